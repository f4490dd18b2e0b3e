//! `encrypt` of texts, straight into the bytes of the new column.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::header::HEADER;
use super::{By, Sealing, SealingKey};
use crate::action::texts::{Results, TreatTexts};
use crate::action::{ActionError, Reason};
use crate::crypto::aead::{NONCE_LENGTH, TAG_LENGTH};
use crate::secret::random_bytes;

impl Sealing {
    /// Appends one cell; `sealed` is room for it.
    fn seal_text(
        &self,
        key: &SealingKey,
        nonce: &[u8; NONCE_LENGTH],
        text: &str,
        sealed: &mut Vec<u8>,
        out: &mut Results,
    ) {
        let start = out.bytes.len();
        let cell = if self.as_text { &mut *sealed } else { &mut out.bytes };
        cell.extend_from_slice(&key.header);
        cell.extend_from_slice(nonce);
        if key.aead.seal(nonce, &self.aad, text.as_bytes(), cell).is_err() {
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
        let mut sealed = Vec::new();
        match &self.by {
            By::Value { key, nonces } => {
                for text in texts {
                    let nonce = self.nonce_of(nonces, text.as_bytes());
                    self.seal_text(key, &nonce, text, &mut sealed, out);
                }
            }
            By::Chance { keys, kind, version } => {
                let key = keys.reserve(*kind, *version, texts.len() as u64, &self.path)?;
                let mut random = vec![0; texts.len() * NONCE_LENGTH];
                random_bytes(&mut random)?;
                for (text, nonce) in texts.iter().zip(random.as_chunks().0) {
                    self.seal_text(&key, nonce, text, &mut sealed, out);
                }
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
