//! The raw NIST primitive.

use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::error::{Class, Failure, detached};

#[pyfunction]
#[pyo3(signature = (key, tweak, text, alphabet = None))]
pub(crate) fn ff1_encrypt(
    py: Python<'_>,
    key: &[u8],
    tweak: &[u8],
    text: &Bound<'_, PyString>,
    alphabet: Option<&Bound<'_, PyString>>,
) -> Result<String, Failure> {
    let (text, alphabet) = (utf8(text)?, alphabet.map_or(Ok(DIGITS), utf8)?);
    detached(py, || tokenize_core::ff1_encrypt(key, tweak, text, alphabet))
}

#[pyfunction]
#[pyo3(signature = (key, tweak, text, alphabet = None))]
pub(crate) fn ff1_decrypt(
    py: Python<'_>,
    key: &[u8],
    tweak: &[u8],
    text: &Bound<'_, PyString>,
    alphabet: Option<&Bound<'_, PyString>>,
) -> Result<String, Failure> {
    let (text, alphabet) = (utf8(text)?, alphabet.map_or(Ok(DIGITS), utf8)?);
    detached(py, || tokenize_core::ff1_decrypt(key, tweak, text, alphabet))
}

/// The text. Python's own error for a lone surrogate would carry the text with it.
fn utf8<'a>(text: &'a Bound<'_, PyString>) -> Result<&'a str, Failure> {
    text.to_str().map_err(|_| {
        Failure::new(
            Class::InvalidValue,
            "not_unicode",
            "the text holds a lone surrogate, which UTF-8 cannot write",
        )
    })
}

const DIGITS: &str = "0123456789";
