//! Published test vectors, and keys for tests.

use std::path::Path;

use serde::de::DeserializeOwned;

use crate::secret::Secret;

/// The file `name` of the top-level `tests/vectors/`.
pub(crate) fn read<T: DeserializeOwned>(name: &str) -> T {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors").join(name);
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// Hexadecimal, in either case.
pub(crate) fn hex(text: &str) -> Vec<u8> {
    assert_eq!(text.len() % 2, 0);
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap())
        .collect()
}

/// The secret that hexadecimal digits write.
pub(crate) fn secret(text: &str) -> Secret {
    Secret::take(&mut hex(text).try_into().unwrap())
}

/// The bytes `first`, `first + 1`, … as a secret.
pub(crate) fn counting_secret(first: u8) -> Secret {
    Secret::take(&mut std::array::from_fn(|i| first.wrapping_add(u8::try_from(i).unwrap())))
}

#[test]
fn hexadecimal_is_read() {
    assert_eq!(hex("00fF1a"), [0, 255, 26]);
}
