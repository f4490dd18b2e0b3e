//! A destruction is confirmed by the id of what is destroyed, on the command line or typed.

use std::io::{self, BufRead, IsTerminal};

use tokenize_core::keys::{KeyError, Keyring, VersionState};

use crate::error::CliError;
use crate::out::Out;

/// Refuses to go on without the keyring's id, given or typed.
pub(super) fn confirm(
    keyring: &Keyring,
    version: u32,
    given: Option<&str>,
    out: &mut Out,
) -> Result<(), CliError> {
    if let Some(given) = given {
        return judge(keyring, given, false);
    }
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return Err(CliError::NobodyToAsk { keyring: keyring.id().clone() });
    }
    // Nobody is to type an id in vain.
    refuse_hopeless(keyring, version)?;
    out.say(format_args!(
        "This removes the keys of version {version} of keyring {}, for good.
What was masked with that version can never be unmasked, and nobody can make its tokens and pseudonyms again.
Writer files of that version go on writing what nobody can open: replace them first.",
        keyring.id()
    ));
    out.ask("To go on, type the id of the keyring: ");
    let line = typed(&mut io::stdin().lock());
    if !line.ends_with('\n') {
        out.say("");
    }
    judge(keyring, line.trim(), true)
}

/// One typed line; nothing if none could be read.
fn typed(answers: &mut impl BufRead) -> String {
    let mut line = String::new();
    if answers.read_line(&mut line).is_ok() { line } else { String::new() }
}

fn judge(keyring: &Keyring, given: &str, is_typed: bool) -> Result<(), CliError> {
    if given == keyring.id().as_str() {
        return Ok(());
    }
    Err(CliError::NotConfirmed { keyring: keyring.id().clone(), is_typed })
}

fn refuse_hopeless(keyring: &Keyring, version: u32) -> Result<(), KeyError> {
    let id = keyring.id().clone();
    if keyring.is_write_only() {
        return Err(KeyError::WriteOnly { keyring: id });
    }
    match keyring.versions().iter().find(|entry| entry.version() == version) {
        None => Err(KeyError::UnknownVersion { keyring: id, version }),
        Some(entry) if entry.state() == VersionState::Primary => {
            Err(KeyError::Primary { keyring: id, version })
        }
        Some(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use tokenize_core::keys::KeyringOptions;

    use super::*;

    #[test]
    fn a_destruction_takes_the_whole_id() {
        let folder = tempfile::tempdir().unwrap();
        let now = "2026-01-02T03:04:05Z".parse().unwrap();
        let options = KeyringOptions::new("local:kek.key".parse().unwrap(), now);
        let mut keyring = Keyring::create(folder.path().join("keyring.json"), options).unwrap();
        let id = keyring.id().to_string();
        for (line, is_enough) in [
            (format!("{id}\n"), true),
            (format!("  {id}\r\n"), true),
            (id.clone(), true),
            (String::new(), false),
            ("\n".to_owned(), false),
            ("yes\n".to_owned(), false),
            (format!("{}\n", &id[..20]), false),
            (format!("\n{id}\n"), false),
        ] {
            let outcome = judge(&keyring, typed(&mut line.as_bytes()).trim(), true);
            assert_eq!(outcome.is_ok(), is_enough, "{line:?}");
        }
        assert!(matches!(refuse_hopeless(&keyring, 1), Err(KeyError::Primary { .. })));
        assert!(matches!(refuse_hopeless(&keyring, 2), Err(KeyError::UnknownVersion { .. })));
        keyring.add(now).unwrap();
        refuse_hopeless(&keyring, 2).unwrap();
    }
}
