//! `tokenize keyring`: make, list and change keyrings.

mod confirm;
mod list;
mod loss;
mod rewrap;

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use clap::Subcommand;
use tokenize_core::keys::{EncryptionContext, Keyring, KeyringOptions, Root};

use self::loss::warn_of_loss;
use self::rewrap::RewrapArgs;
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
  tokenize keyring create keyring.json --kms aws-kms:alias/p --reveal-kms aws-kms:alias/r

With --reveal-kms, whoever may use the first wrapping key alone makes pseudonyms, and can unmask nothing.
With local:PATH the wrapping key (KEK) is a file, made if it does not exist; PATH is relative to the keyring file.
Whoever loses the KEK loses every key in the keyring, and with them the masked data. Back it up, away from the data.")]
    Create {
        /// The keyring file; an existing one is never overwritten
        keyring: PathBuf,
        /// The KMS and wrapping key: local:PATH, or aws-kms:KEY (key id, ARN or alias)
        #[arg(long, value_name = "REF")]
        kms: String,
        /// Another one for the keys that unmask (`reveal` root keys and data keys)
        #[arg(long, value_name = "REF")]
        reveal_kms: Option<String>,
        /// Bind the wrapped keys to a name and value of your own (may be repeated); both are in clear in the file
        #[arg(long, value_name = "NAME=VALUE", value_parser = pair)]
        context: Vec<(String, String)>,
    },
    /// Remove the keys of a version for good: what was masked with it can never be unmasked
    #[command(after_help = "Examples:
  tokenize keyring destroy keyring.json 1
  tokenize keyring destroy keyring.json 1 --confirm kr-0123456789abcdef0123456789abcdef

Without --confirm the id is asked for, on a terminal.
Backups of the keyring file still hold the wrapped keys.")]
    Destroy {
        /// The keyring file
        keyring: PathBuf,
        /// The version
        version: u32,
        /// The id of the keyring, as `list` prints it; asked for if not given
        #[arg(long, value_name = "KEYRING-ID")]
        confirm: Option<String>,
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
    /// Write a file that lets another host mask `key: output` columns, and unmask nothing
    #[command(after_help = "Examples:
  tokenize keyring export-writer keyring.json --out writer.json

Give the file to the host that masks, in place of the keyring. It holds a public key and is no secret; take care who may write to the outputs.")]
    ExportWriter {
        /// The keyring file
        keyring: PathBuf,
        /// The writer file to make; an existing file is never overwritten
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// The key version that it writes under [default: the primary one]
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
        version: Option<u32>,
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
    /// Wrap keys with another wrapping key; tokens stay the same
    Rewrap(RewrapArgs),
}

pub(crate) fn run(command: KeyringCommand, out: &mut Out) -> Result<Exit, CliError> {
    match command {
        KeyringCommand::Add { keyring } => {
            let version = Keyring::open(keyring)?.add(SystemTime::now().into())?;
            out.data(&format!("{version}\n"))?;
            out.say(format_args!("added version {version}; it is used once it is promoted"));
        }
        KeyringCommand::Create { keyring, kms, reveal_kms, context } => {
            create(&keyring, &kms, reveal_kms.as_deref(), context, out)?;
        }
        KeyringCommand::Destroy { keyring, version, confirm } => {
            let mut keyring = Keyring::open(keyring)?;
            confirm::confirm(&keyring, version, confirm.as_deref(), out)?;
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
        KeyringCommand::ExportWriter { keyring, out: file, version } => {
            export_writer(&keyring, &file, version, out)?;
        }
        KeyringCommand::List { keyring, json } => {
            let (keyring, now) = (Keyring::open(keyring)?, SystemTime::now().into());
            out.data(&if json {
                list::as_json(&keyring, now)
            } else {
                list::as_table(&keyring, now)
            })?;
        }
        KeyringCommand::Promote { keyring, version } => {
            Keyring::open(keyring)?.promote(version)?;
            out.say(format_args!("version {version} is primary"));
        }
        KeyringCommand::Rewrap(args) => rewrap::run(&args, out)?,
    }
    Ok(Exit::Done)
}

fn create(
    path: &Path,
    kms: &str,
    reveal_kms: Option<&str>,
    pairs: Vec<(String, String)>,
    out: &mut Out,
) -> Result<(), CliError> {
    let context = pairs
        .into_iter()
        .fold(EncryptionContext::new(), |all, (name, value)| all.with(name, value));
    let mut options =
        KeyringOptions::new(kms.parse()?, SystemTime::now().into()).encryption_context(context);
    if let Some(kms) = reveal_kms {
        options = options.reveal_kms(kms.parse()?);
    }
    let keyring = Keyring::create(path, options)?;
    out.data(&format!("{}\n", keyring.id()))?;
    let (kms, reveal_kms) = (keyring.kms(), keyring.reveal_kms());
    if kms == reveal_kms {
        out.say(format_args!("made {}, its keys wrapped by {kms}", path.display()));
    } else {
        out.say(format_args!(
            "made {}, its pseudonym keys wrapped by {kms}, its reveal keys by {reveal_kms}",
            path.display()
        ));
    }
    warn_of_loss(&keyring, &Root::ALL, out);
    Ok(())
}

fn export_writer(
    path: &Path,
    file: &Path,
    version: Option<u32>,
    out: &mut Out,
) -> Result<(), CliError> {
    let keyring = Keyring::open(path)?;
    let version = version.unwrap_or_else(|| keyring.primary());
    keyring.export_writer(version, file)?;
    out.say(format_args!(
        "made {}, a writer file for version {version} of keyring {}
it can make data keys for `encrypt` with `key: output`: give it to `tokenize mask --keyring`
it cannot unmask, not even what was written with it, nor make tokens or pseudonyms
it holds no secret key, and stays with version {version} when another one is promoted",
        file.display(),
        keyring.id(),
    ));
    Ok(())
}

/// Reads `NAME=VALUE`.
fn pair(text: &str) -> Result<(String, String), &'static str> {
    let (name, value) = text.split_once('=').ok_or("expected NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}
