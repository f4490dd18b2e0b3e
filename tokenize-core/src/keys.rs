//! Keyrings: versioned root keys that exist in clear only while they are used.
//!
//! A [`Keyring`] is a file of wrapped keys. [`Keyring::unwrap_root`] asks the key management service ([`Kms`]) that the
//! file names for one of them and hands out a [`RootKey`], from which the other rooms take subkeys.
//!
//! ```text
//! keyring.json ── Keyring::open ──▶ Keyring ── unwrap_root(version, root) ──▶ RootKey ── subkey ──▶ action
//!                                      │ wrapped key, encryption context          ▲
//!                                      └──────────────▶ Kms (local KEK file, …) ──┘ commitment checked
//! ```
//!
//! This room never writes a key in clear, never hands key bytes to a caller, never guesses a version, and reads no clock.
//!
//! Start at [`Keyring::create`] and [`Keyring::open`]. To bring a key management service of your own, implement [`Kms`]
//! and [`KmsProvider`]. The bytes of both files are in `docs/format.md`, sections 2 and 11.

mod cache;
mod content;
mod data_key;
mod disk;
mod error;
mod keyring;
pub mod kms;
mod parse;
mod root;
mod time;

pub use cache::{CacheLimits, KeyCache};
pub use content::{KeyringId, NotAKeyringId, VersionInfo, VersionState};
pub(crate) use data_key::{DataKey, KEY_ID, WrappedDataKey};
pub use error::KeyError;
pub use keyring::{Keyring, KeyringOptions, Rewrap};
pub use kms::{EmbeddedKms, EncryptionContext, Kms, KmsError, KmsProvider, KmsReference, Wrapped};
pub use root::{Power, Root, RootKey};
pub use time::{NotUtcTime, UtcTime};

#[cfg(test)]
mod tests;
