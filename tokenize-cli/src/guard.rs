//! Panics of dependencies: no payload of theirs is shown, because it may quote a value.

use std::any::Any;
use std::panic::{self, AssertUnwindSafe, Location};
use std::path::{Component, Path};
use std::sync::{Mutex, PoisonError};

use crate::error::CliError;

/// Replaces the panic hook, which prints payloads, by one that only notes the place in the code.
pub(crate) fn keep_panics_quiet() {
    panic::set_hook(Box::new(|info| {
        let place = info.location().map(place);
        *LAST.lock().unwrap_or_else(PoisonError::into_inner) = place;
    }));
}

/// Runs `work`; a panic in it, in this thread or one that it joins, becomes [`CliError::Internal`]. Files in the making are
/// removed while the stack unwinds.
pub(crate) fn guarded<T>(work: impl FnOnce() -> Result<T, CliError>) -> Result<T, CliError> {
    // What `work` borrows is not looked at again but by the report of the error.
    panic::catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|payload: Box<dyn Any + Send>| {
        // Dropped unread.
        drop(payload);
        Err(CliError::Internal {
            place: LAST.lock().unwrap_or_else(PoisonError::into_inner).take(),
        })
    })
}

/// A place in the code, from the crate's own directory on.
fn place(location: &Location<'_>) -> String {
    let names: Vec<_> = Path::new(location.file())
        .components()
        .filter(|part| matches!(part, Component::Normal(_)))
        .collect();
    let from = names
        .iter()
        .rposition(|part| part.as_os_str() == "src")
        .unwrap_or(names.len())
        .saturating_sub(1);
    let inside: Vec<_> = names[from.min(names.len())..]
        .iter()
        .map(|part| part.as_os_str().to_string_lossy())
        .collect();
    format!("{}:{}", inside.join("/"), location.line())
}

static LAST: Mutex<Option<String>> = Mutex::new(None);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Exit;

    #[test]
    fn a_panic_is_told_without_its_text() {
        keep_panics_quiet();
        let outcome = guarded::<()>(|| panic!("canary 123-45-6789"));
        let _ = panic::take_hook();
        let error = outcome.unwrap_err();
        assert_eq!(error.exit(), Exit::Data);
        let told = format!("{error} {:?} {error:?}", error.hint());
        assert!(told.contains("tokenize-cli/src/guard.rs:") && !told.contains("canary"), "{told}");
    }
}
