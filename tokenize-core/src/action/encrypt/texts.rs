//! `encrypt` of texts, straight into the bytes of the new column.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::header::HEADER;
use super::{By, Sealing, SealingKey};
use crate::action::texts::{Results, TreatTexts};
use crate::action::{ActionError, Reason};
use crate::crypto::aead::{NONCE_LENGTH, NonceKeys, TAG_LENGTH};

impl Sealing {
    /// Appends one cell; `sealed` is room for it.
    fn seal_text(
        &self,
        key: &SealingKey,
        (nonce, keys): (&[u8; NONCE_LENGTH], &NonceKeys),
        text: &str,
        sealed: &mut Vec<u8>,
        out: &mut Results,
    ) {
        let start = out.bytes.len();
        let cell = if self.as_text { &mut *sealed } else { &mut out.bytes };
        cell.extend_from_slice(&key.header);
        cell.extend_from_slice(nonce);
        if keys.seal(&self.aad, text.as_bytes(), cell).is_err() {
            out.bytes.truncate(start);
            out.fault(Reason::Range);
        } else {
            if self.as_text {
                push_base64(sealed, &mut out.bytes);
            }
            out.end();
        }
        sealed.clear();
    }
}

impl TreatTexts for Sealing {
    fn treat_texts(&self, texts: &[&str], out: &mut Results) -> Result<(), ActionError> {
        let reserved;
        let (key, nonces) = match &self.by {
            By::Value { key, nonces: prf } => {
                let nonces = texts.iter().map(|text| self.nonce_of(prf, text.as_bytes()));
                (key, nonces.collect())
            }
            By::Chance { keys, kind, version } => {
                reserved = keys.reserve(*kind, *version, texts.len() as u64, &self.path)?;
                (reserved.as_ref(), keys.nonces(&self.path, texts.len())?)
            }
        };
        let mut sealed = Vec::new();
        for (texts, nonces) in texts.chunks(CELLS).zip(nonces.chunks(CELLS)) {
            let keys = key.aead.nonce_keys(nonces);
            for (text, nonce) in texts.iter().zip(nonces.iter().zip(&keys)) {
                self.seal_text(key, nonce, text, &mut sealed, out);
            }
        }
        Ok(())
    }

    fn bytes_for(&self, texts: usize, bytes: usize) -> usize {
        let bytes = bytes + texts * (HEADER + NONCE_LENGTH + TAG_LENGTH);
        if self.as_text { bytes * 4 / 3 + texts * 4 } else { bytes }
    }
}

fn push_base64(bytes: &[u8], out: &mut Vec<u8>) {
    let start = out.len();
    out.resize(start + base64::encoded_len(bytes.len(), true).unwrap_or(0), 0);
    // It has just the room that it needs, so it does not fail.
    let written = STANDARD.encode_slice(bytes, &mut out[start..]).unwrap_or(0);
    out.truncate(start + written);
}

/// Cells whose keys are derived together: their blocks fill the AES pipeline and stay in the first cache.
pub(super) const CELLS: usize = 64;
