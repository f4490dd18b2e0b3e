//! `local:PATH`: a KMS that is a file with a key (`docs/format.md`, section 11).
//!
//! Whoever reads the file holds the key: its mode is 0600, or it is refused.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::{EncryptionContext, Kms, KmsError, Wrapped};
use crate::crypto::aead::{Aead, NONCE_LENGTH, TAG_LENGTH};
use crate::keys::disk;
use crate::secret::{Secret, random_bytes};

/// A wrapping key read from a KEK file.
#[derive(Debug)]
pub struct LocalKms {
    kek: Secret,
}

impl LocalKms {
    /// Reads a KEK file.
    ///
    /// # Errors
    /// Returns [`KmsError::KekMissing`], [`KmsError::KekExposed`] if others than its owner may read or write the file (a symbolic
    /// link is judged by what it leads to), [`KmsError::KekMalformed`], or [`KmsError::Io`].
    pub fn open(path: &Path) -> Result<Self, KmsError> {
        let failed = |source: io::Error| match source.kind() {
            io::ErrorKind::NotFound => KmsError::KekMissing { path: path.to_owned() },
            _ => KmsError::Io { operation: "read", path: path.to_owned(), source },
        };
        let malformed = || KmsError::KekMalformed { path: path.to_owned() };
        let file = File::open(path).map_err(failed)?;
        // Asked of the open file, so that nothing is exchanged between the look and the reading.
        let metadata = file.metadata().map_err(failed)?;
        if let Some(mode) = disk::exposed_mode(&metadata) {
            return Err(KmsError::KekExposed { path: path.to_owned(), mode });
        }
        if !metadata.is_file() {
            return Err(malformed());
        }
        // One byte longer than any KEK file, so that a longer one shows. Its final size from the start: growing would
        // leave unwiped copies behind.
        let mut text = Zeroizing::new([0; MAX_LENGTH + 1]);
        let mut len = 0;
        while let Some(rest) = text.get_mut(len..).filter(|rest| !rest.is_empty()) {
            match (&file).read(rest).map_err(failed)? {
                0 => break,
                n => len += n,
            }
        }
        let kek = parse(text.get(..len).unwrap_or_default()).ok_or_else(malformed)?;
        Ok(Self { kek })
    }

    /// Makes a KEK file with a new random key, readable and writable by its owner only.
    ///
    /// # Errors
    /// Returns [`KmsError::KekExists`] if there is a file already (it is never overwritten), [`KmsError::Io`], or
    /// [`KmsError::Randomness`].
    pub fn create(path: &Path) -> Result<Self, KmsError> {
        let kek = Secret::random()?;
        let failed = |source| KmsError::Io { operation: "write", path: path.to_owned(), source };
        let mut file = disk::create_private(path).map_err(|source| match source.kind() {
            io::ErrorKind::AlreadyExists => KmsError::KekExists { path: path.to_owned() },
            _ => failed(source),
        })?;
        let written = file.write_all(&line(&kek));
        if let Err(error) =
            written.and_then(|()| file.sync_all()).and_then(|()| disk::sync_parent(path))
        {
            // Half a KEK file is of no use and would stand in the way of the next attempt.
            let _ = std::fs::remove_file(path);
            return Err(failed(error));
        }
        Ok(Self { kek })
    }

    /// For the fake KMS only: a wrapping key that is in no file.
    pub(super) fn insecure_from(kek: Secret) -> Self {
        Self { kek }
    }
}

impl Kms for LocalKms {
    fn wrap(&self, key: &Secret, context: &EncryptionContext) -> Result<Wrapped, KmsError> {
        let mut nonce = [0; NONCE_LENGTH];
        random_bytes(&mut nonce)?;
        // Its final size from the start: the key is encrypted where it lies, and growing would leave it behind in clear.
        let mut blob = Vec::with_capacity(1 + NONCE_LENGTH + KEY_LENGTH + TAG_LENGTH);
        blob.push(BLOB_FORMAT);
        blob.extend_from_slice(&nonce);
        let sealed =
            Aead::new(&self.kek).seal(&nonce, &context.encoded(LABEL), key.expose(), &mut blob);
        // Only a context of 64 GiB gets here.
        sealed.map_err(|_| KmsError::Rejected)?;
        Ok(Wrapped::new(blob))
    }

    fn unwrap(&self, wrapped: &Wrapped, context: &EncryptionContext) -> Result<Secret, KmsError> {
        let (&format, rest) = wrapped.blob.split_first().ok_or(KmsError::Rejected)?;
        let (nonce, sealed) = rest.split_first_chunk().ok_or(KmsError::Rejected)?;
        if format != BLOB_FORMAT || sealed.len() != KEY_LENGTH + TAG_LENGTH {
            return Err(KmsError::Rejected);
        }
        let mut opened = Zeroizing::new(Vec::with_capacity(sealed.len()));
        let outcome =
            Aead::new(&self.kek).open(nonce, &context.encoded(LABEL), sealed, &mut opened);
        outcome.map_err(|_| KmsError::Rejected)?;
        let mut key = *opened.first_chunk().ok_or(KmsError::Rejected)?;
        Ok(Secret::take(&mut key))
    }
}

/// The key of a KEK file's bytes.
fn parse(text: &[u8]) -> Option<Secret> {
    let line = text.strip_suffix(b"\n").unwrap_or(text);
    let encoded = line.strip_prefix(MAGIC)?;
    // Three bytes for every four characters, whatever their padding says.
    let mut decoded = Zeroizing::new([0; ENCODED_LENGTH / 4 * 3]);
    if encoded.len() != ENCODED_LENGTH
        || STANDARD.decode_slice(encoded, decoded.as_mut()).ok()? != KEY_LENGTH
    {
        return None;
    }
    let mut key = *decoded.first_chunk()?;
    Some(Secret::take(&mut key))
}

/// The line of a KEK file.
fn line(kek: &Secret) -> Zeroizing<Vec<u8>> {
    let mut encoded = Zeroizing::new([0; ENCODED_LENGTH]);
    let len = STANDARD
        .encode_slice(kek.expose(), encoded.as_mut())
        .expect("32 bytes are 44 characters of base64");
    debug_assert_eq!(len, ENCODED_LENGTH);
    // Its final size from the start, as above.
    let mut line = Zeroizing::new(Vec::with_capacity(MAX_LENGTH));
    line.extend_from_slice(MAGIC);
    line.extend_from_slice(encoded.as_slice());
    line.push(b'\n');
    line
}

/// What the line of a KEK file begins with.
const MAGIC: &[u8] = b"tokenize-kek/v1 ";
/// 32 bytes in padded base64.
const ENCODED_LENGTH: usize = 44;
/// The line with its end.
const MAX_LENGTH: usize = MAGIC.len() + ENCODED_LENGTH + 1;
/// What the context is encoded for.
const LABEL: &[u8] = b"local-kms";
/// The first byte of a wrapped key.
const BLOB_FORMAT: u8 = 1;
/// The bytes of a key.
const KEY_LENGTH: usize = 32;

#[cfg(test)]
mod tests;
