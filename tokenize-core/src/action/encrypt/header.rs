//! The head of a cell: which key opens it (`docs/format.md`, section 7).

use crate::keys::KEY_ID;

/// What a cell's key comes from. The set is closed, by the format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// `key: keyring`, randomized: derived from the key id.
    Keyring = 1,
    /// `mode: deterministic`: derived from the domain.
    Deterministic = 2,
    /// `key: output`: a data key that the output's manifest holds wrapped.
    Output = 3,
}

/// The head of a cell, without its nonce.
pub(super) fn header(kind: Kind, version: u32, id: &[u8; KEY_ID]) -> [u8; HEADER] {
    let mut header = [0; HEADER];
    header[0] = CELL_FORMAT;
    header[1] = kind as u8;
    header[2..6].copy_from_slice(&version.to_be_bytes());
    header[6..].copy_from_slice(id);
    header
}

/// Reads a head; `None` if it is none of this format.
pub(super) fn read_header(header: &[u8; HEADER]) -> Option<(Kind, u32, [u8; KEY_ID])> {
    let [CELL_FORMAT, kind, a, b, c, d, id @ ..] = *header else { return None };
    let kind = match kind {
        1 => Kind::Keyring,
        2 if id == [0; KEY_ID] => Kind::Deterministic,
        3 => Kind::Output,
        _ => return None,
    };
    Some((kind, u32::from_be_bytes([a, b, c, d]), id))
}

/// Its bytes.
pub(super) const HEADER: usize = 1 + 1 + 4 + KEY_ID;
const CELL_FORMAT: u8 = 1;
