//! Texts that are written beside the data: drafts of policies, reports.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use crate::error::CliError;
use crate::files::refuse_elsewhere;

/// Refuses a file that no text can be written to. `option` is what named it.
pub(crate) fn refuse_taken(path: &Path, force: bool, option: &'static str) -> Result<(), CliError> {
    refuse_elsewhere(path)?;
    if path.is_dir() || !force && path.symlink_metadata().is_ok() {
        return Err(CliError::TextExists { path: path.to_owned(), option });
    }
    Ok(())
}

/// Writes a text whole or not at all.
pub(crate) fn write(
    path: &Path,
    text: &str,
    force: bool,
    option: &'static str,
) -> Result<(), CliError> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.tmp", std::process::id()));
    let temporary = path.with_file_name(name);
    let failed = |error| CliError::Text { path: path.to_owned(), error };
    let written = (|| -> io::Result<()> {
        let mut file = File::create_new(&temporary)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()
    })();
    let published = written.map_err(failed).and_then(|()| {
        refuse_taken(path, force, option)?;
        fs::rename(&temporary, path).map_err(failed)
    });
    if published.is_err() {
        // It may not even be there.
        let _ = fs::remove_file(&temporary);
    }
    published
}
