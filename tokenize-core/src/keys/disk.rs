//! Files that appear whole or not at all, for their owner's eyes, one writer at a time.

use std::ffi::OsString;
use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::secret::random_bytes;

/// The right to change a file, held until dropped. Only programs that ask for it are kept out.
///
/// It locks a sibling, `.NAME.lock`, which stays behind empty: the file itself is exchanged by every change, and a
/// directory cannot be locked everywhere (NFS, Windows).
#[derive(Debug)]
pub(super) struct Lock {
    _file: File,
}

impl Lock {
    /// Waits for the right to change `path`.
    pub(super) fn take(path: &Path) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        let file = owner_only(&mut options).open(sibling(path, "lock")?)?;
        file.lock()?;
        Ok(Self { _file: file })
    }
}

/// Makes a new file of mode 0600; fails if there is one.
pub(super) fn create_private(path: &Path) -> io::Result<File> {
    owner_only(OpenOptions::new().write(true).create_new(true)).open(path)
}

/// Puts a new file in place; fails if there is one.
pub(super) fn publish_new(path: &Path, content: &[u8]) -> io::Result<()> {
    // An empty file holds the name, so that nothing is ever overwritten, also on file systems without hard links.
    create_private(path)?;
    replace(path, content).inspect_err(|_| {
        let _ = fs::remove_file(path);
    })
}

/// Puts a new content in the place of an existing file, whose permissions stay.
pub(super) fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut random = [0; 8];
    random_bytes(&mut random).map_err(io::Error::other)?;
    let temporary = sibling(path, &format!("{:016x}.tmp", u64::from_be_bytes(random)))?;
    write_synced(&temporary, path, content)
        .and_then(|()| fs::rename(&temporary, path))
        .inspect_err(|_| {
            let _ = fs::remove_file(&temporary);
        })?;
    sync_parent(path)
}

/// Makes a new name survive a power cut, where directories can be synchronised.
pub(super) fn sync_parent(path: &Path) -> io::Result<()> {
    let parent =
        path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if cfg!(unix) { File::open(parent)?.sync_all() } else { Ok(()) }
}

/// The permission bits, if they let others than the owner read or write.
#[cfg(unix)]
pub(super) fn exposed_mode(metadata: &Metadata) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt;
    let mode = metadata.permissions().mode() & 0o7777;
    (mode & 0o077 != 0).then_some(mode)
}

/// Without modes there is nothing to look at: access is a matter of the directory.
#[cfg(not(unix))]
pub(super) fn exposed_mode(_metadata: &Metadata) -> Option<u32> {
    None
}

#[cfg(unix)]
fn owner_only(options: &mut OpenOptions) -> &mut OpenOptions {
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600)
}

#[cfg(not(unix))]
fn owner_only(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}

/// Writes the content that is to take the place of `path`.
fn write_synced(temporary: &Path, path: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = create_private(temporary)?;
    file.set_permissions(fs::metadata(path)?.permissions())?;
    file.write_all(content)?;
    file.sync_all()
}

/// A hidden file next to `path`, so that it is on the same file system.
fn sibling(path: &Path, suffix: &str) -> io::Result<PathBuf> {
    let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?;
    let mut hidden = OsString::from(".");
    hidden.push(name);
    hidden.push(".");
    hidden.push(suffix);
    Ok(path.with_file_name(hidden))
}
