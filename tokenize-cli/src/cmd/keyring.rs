//! `tokenize keyring`: make, list and change keyrings.

use std::path::PathBuf;
use std::time::SystemTime;

use clap::Subcommand;
use serde_json::json;
use tokenize_core::keys::{EncryptionContext, Keyring, KeyringOptions, KmsReference, Rewrap};

use crate::error::{CliError, Exit};
use crate::out::Out;

/// The verbs of `keyring`.
#[derive(Debug, Subcommand)]
pub(crate) enum KeyringCommand {
    /// Add a version with new keys, enabled but not primary; print its number
    #[command(after_help = "Examples:
  tokenize keyring add keyring.json

Rotation is three steps: add a version, promote it, and disable the old one when nothing masked with it is needed any more.")]
    Add {
        /// The keyring file
        keyring: PathBuf,
    },
    /// Make a keyring file with one version; print its id
    #[command(after_help = "Examples:
  tokenize keyring create keyring.json --kms local:kek.key
  tokenize keyring create keyring.json --kms local:kek.key --context team=data --context zone=eu

With local:PATH the wrapping key (KEK) is a file, made if it does not exist; PATH is relative to the keyring file.
Whoever loses the KEK loses every key in the keyring, and with them the masked data. Back it up, away from the data.")]
    Create {
        /// The keyring file; an existing one is never overwritten
        keyring: PathBuf,
        /// The KMS and wrapping key: local:PATH
        #[arg(long, value_name = "REF")]
        kms: String,
        /// Bind the wrapped keys to a name and value of your own (may be repeated); both are in clear in the file
        #[arg(long, value_name = "NAME=VALUE", value_parser = pair)]
        context: Vec<(String, String)>,
    },
    /// Remove the keys of a version for good: what was masked with it can never be unmasked
    #[command(after_help = "Examples:
  tokenize keyring destroy keyring.json 1 --confirm kr-0123456789abcdef0123456789abcdef

Backups of the keyring file still hold the wrapped keys.")]
    Destroy {
        /// The keyring file
        keyring: PathBuf,
        /// The version
        version: u32,
        /// The id of the keyring, as `list` prints it
        #[arg(long, value_name = "KEYRING-ID")]
        confirm: String,
    },
    /// Refuse a version until it is enabled again
    #[command(after_help = "Examples:
  tokenize keyring disable keyring.json 1")]
    Disable {
        /// The keyring file
        keyring: PathBuf,
        /// The version
        version: u32,
    },
    /// Allow a disabled version again
    #[command(after_help = "Examples:
  tokenize keyring enable keyring.json 1")]
    Enable {
        /// The keyring file
        keyring: PathBuf,
        /// The version
        version: u32,
    },
    /// List the versions of a keyring
    #[command(after_help = "Examples:
  tokenize keyring list keyring.json
  tokenize keyring list keyring.json --json")]
    List {
        /// The keyring file
        keyring: PathBuf,
        /// Print JSON, for programs
        #[arg(long)]
        json: bool,
    },
    /// Make a version the primary one, used where none is asked for
    #[command(after_help = "Examples:
  tokenize keyring promote keyring.json 2")]
    Promote {
        /// The keyring file
        keyring: PathBuf,
        /// The version
        version: u32,
    },
    /// Wrap every key with another wrapping key; tokens stay the same
    #[command(after_help = "Examples:
  tokenize keyring rewrap keyring.json --kms local:new-kek.key

The old KEK still opens older copies of the keyring file.")]
    Rewrap {
        /// The keyring file
        keyring: PathBuf,
        /// The new KMS and wrapping key: local:PATH
        #[arg(long, value_name = "REF")]
        kms: String,
    },
}

pub(crate) fn run(command: KeyringCommand, out: &mut Out) -> Result<Exit, CliError> {
    match command {
        KeyringCommand::Add { keyring } => {
            let version = Keyring::open(keyring)?.add(SystemTime::now().into())?;
            out.data(&format!("{version}\n"))?;
            out.say(format_args!("added version {version}; it is used once it is promoted"));
        }
        KeyringCommand::Create { keyring, kms, context } => create(keyring, &kms, context, out)?,
        KeyringCommand::Destroy { keyring, version, confirm } => {
            let mut keyring = Keyring::open(keyring)?;
            if keyring.id().as_str() != confirm {
                return Err(CliError::NotConfirmed { keyring: keyring.id().clone() });
            }
            keyring.destroy(version)?;
            out.say(format_args!("version {version} is destroyed; backups of the keyring file still hold its wrapped keys"));
        }
        KeyringCommand::Disable { keyring, version } => {
            Keyring::open(keyring)?.disable(version)?;
            out.say(format_args!("version {version} is disabled"));
        }
        KeyringCommand::Enable { keyring, version } => {
            let mut keyring = Keyring::open(keyring)?;
            keyring.enable(version)?;
            let state = if keyring.primary() == version { "primary" } else { "enabled" };
            out.say(format_args!("version {version} is {state}"));
        }
        KeyringCommand::List { keyring, json } => {
            let keyring = Keyring::open(keyring)?;
            out.data(&if json { as_json(&keyring) } else { as_table(&keyring) })?;
        }
        KeyringCommand::Promote { keyring, version } => {
            Keyring::open(keyring)?.promote(version)?;
            out.say(format_args!("version {version} is primary"));
        }
        KeyringCommand::Rewrap { keyring, kms } => {
            let reference: KmsReference = kms.parse()?;
            let mut keyring = Keyring::open(keyring)?;
            keyring.rewrap(&Rewrap::to(reference.clone()))?;
            out.say(format_args!("every key is wrapped by {reference}; tokens stay the same"));
            warn_of_loss(&keyring, out);
        }
    }
    Ok(Exit::Done)
}

fn create(
    path: PathBuf,
    kms: &str,
    pairs: Vec<(String, String)>,
    out: &mut Out,
) -> Result<(), CliError> {
    let context = pairs
        .into_iter()
        .fold(EncryptionContext::new(), |all, (name, value)| all.with(name, value));
    let options =
        KeyringOptions::new(kms.parse()?, SystemTime::now().into()).encryption_context(context);
    let keyring = Keyring::create(&path, options)?;
    out.data(&format!("{}\n", keyring.id()))?;
    out.say(format_args!("made {}, its keys wrapped by {}", path.display(), keyring.kms()));
    warn_of_loss(&keyring, out);
    Ok(())
}

/// Says what depends on a KEK file.
fn warn_of_loss(keyring: &Keyring, out: &mut Out) {
    if keyring.kms().scheme() == "local" {
        let kek = keyring.base().join(keyring.kms().locator());
        out.say(format_args!(
            "warning: whoever loses {} loses the masked data, and whoever reads it can unmask it: back it up, away from the data",
            kek.display()
        ));
    }
}

fn as_table(keyring: &Keyring) -> String {
    let mut table = format!(
        "keyring  {}\nkms      {}\n\nversion  state      created\n",
        keyring.id(),
        keyring.kms()
    );
    for version in keyring.versions() {
        table +=
            &format!("{:>7}  {:<9}  {}\n", version.version(), version.state(), version.created());
    }
    table
}

fn as_json(keyring: &Keyring) -> String {
    let version = |version: &tokenize_core::keys::VersionInfo| {
        json!({
            "version": version.version(),
            "state": version.state().as_str(),
            "created": version.created().to_string(),
        })
    };
    let list = json!({
        "id": keyring.id().as_str(),
        "kms": keyring.kms().to_string(),
        "primary": keyring.primary(),
        "versions": keyring.versions().iter().map(version).collect::<Vec<_>>(),
    });
    format!("{list:#}\n")
}

/// Reads `NAME=VALUE`.
fn pair(text: &str) -> Result<(String, String), &'static str> {
    let (name, value) = text.split_once('=').ok_or("expected NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}
