//! `tokenize keyring rewrap`: which keys move where, and what has to stay.

use std::path::PathBuf;

use tokenize_core::keys::{Keyring, KmsReference, Rewrap, Root, VersionState};

use super::loss::warn_of_loss;
use crate::error::CliError;
use crate::out::Out;

/// Arguments of `keyring rewrap`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  tokenize keyring rewrap keyring.json --kms local:new-kek.key
  tokenize keyring rewrap keyring.json --reveal-kms aws-kms:alias/reveal

--kms alone moves every key, but not reveal keys that have a KMS of their own.
The old KEK still opens older copies of the keyring file.")]
#[group(skip)]
pub(crate) struct RewrapArgs {
    /// The keyring file
    keyring: PathBuf,
    /// The new KMS and wrapping key: local:PATH, or aws-kms:KEY (key id, ARN or alias)
    #[arg(long, value_name = "REF", required_unless_present = "reveal_kms")]
    kms: Option<String>,
    /// The new one of the keys that unmask (`reveal` root keys and data keys), theirs alone from then on
    #[arg(long, value_name = "REF")]
    reveal_kms: Option<String>,
}

pub(super) fn run(args: &RewrapArgs, out: &mut Out) -> Result<(), CliError> {
    let parse = |kms: &Option<String>| kms.as_deref().map(str::parse::<KmsReference>).transpose();
    let to = match (parse(&args.kms)?, parse(&args.reveal_kms)?) {
        (Some(kms), Some(reveal)) => Rewrap::to(kms).and_reveal_to(reveal),
        (Some(kms), None) => Rewrap::to(kms),
        (None, Some(reveal)) => Rewrap::reveal_to(reveal),
        // The arguments ask for one of the two; to move nothing is no harm.
        (None, None) => Rewrap::default(),
    };
    let mut keyring = Keyring::open(&args.keyring)?;
    let before = Root::ALL.map(|root| kms_of(&keyring, root).clone());
    let moved: Vec<Root> = Root::ALL.into_iter().filter(|root| keyring.moves(*root, &to)).collect();
    keyring.rewrap(&to)?;
    for (root, old) in Root::ALL.into_iter().zip(before) {
        let (keys, new) = (keys_of(&keyring, root), kms_of(&keyring, root));
        if moved.contains(&root) {
            out.say(format_args!("{keys}: wrapped by {old} before, by {new} now"));
        } else {
            out.say(format_args!("{keys}: wrapped by {old}, as before"));
        }
    }
    out.say("tokens stay the same");
    tell_former(&keyring, out);
    warn_of_loss(&keyring, &moved, out);
    Ok(())
}

/// Says what has to stay usable, for data keys are wrapped in outputs, which no rewrap reaches.
fn tell_former(keyring: &Keyring, out: &mut Out) {
    for former in keyring.former_kms() {
        out.say(format_args!(
            "keep {former}: outputs written with `key: output` while it was in use still need it to be unmasked"
        ));
    }
}

fn kms_of(keyring: &Keyring, root: Root) -> &KmsReference {
    match root {
        Root::Pseudonym => keyring.kms(),
        Root::Reveal => keyring.reveal_kms(),
    }
}

/// The keys of one kind in words, such as `reveal keys of versions 1 and 3`.
fn keys_of(keyring: &Keyring, root: Root) -> String {
    let left = keyring.versions().iter().filter(|entry| entry.state() != VersionState::Destroyed);
    let numbers: Vec<String> = left.map(|entry| entry.version().to_string()).collect();
    match numbers.split_last() {
        Some((only, [])) => format!("{root} key of version {only}"),
        Some((last, others)) => format!("{root} keys of versions {} and {last}", others.join(", ")),
        None => format!("{root} keys"),
    }
}
