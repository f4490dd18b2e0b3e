//! A keyring file's text, read strictly: what is not exactly as `docs/format.md`, section 11, says is refused.
//!
//! Errors name the place and what belongs there, never what was found.

use crate::hex::from_hex;
use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use super::content::{
    Content, FORMAT, HPKE_SCHEME, KeyringId, RESERVED_PREFIX, VersionInfo, VersionState,
    WRITER_FORMAT, WrappedKey, WrappedKeys,
};
use super::error::KeyError;
use super::kms::{EncryptionContext, KmsReference, Wrapped};

/// Reads a keyring file's text.
pub(super) fn parse(text: &str) -> Result<Content, KeyError> {
    let value: Value = serde_json::from_str(text).map_err(|error| {
        fault(format!("line {}, column {}", error.line(), error.column()), "JSON")
    })?;
    let root = Node { value: &value, place: String::new() };
    // First of all: another format may differ in everything else.
    match root.field("format")?.text()? {
        FORMAT => keyring(&root),
        WRITER_FORMAT => writer(&root),
        _ => root
            .field("format")?
            .fault("`tokenize-keyring/v1` or `tokenize-writer/v1`, the formats this version reads"),
    }
}

fn keyring(root: &Node<'_>) -> Result<Content, KeyError> {
    root.only(
        &["format", "id", "kms", "reveal_kms", "former_kms", "encryption_context", "versions"],
        "no field but those of tokenize-keyring/v1",
    )?;
    let former = root.optional("former_kms");
    let content = Content {
        id: id(&root.field("id")?)?,
        kms: reference(&root.field("kms")?)?,
        reveal_kms: root.optional("reveal_kms").map(|node| reference(&node)).transpose()?,
        former_kms: match former {
            Some(list) => list.elements()?.iter().map(reference).collect::<Result<_, _>>()?,
            None => Vec::new(),
        },
        context: context(&root.field("encryption_context")?)?,
        versions: root
            .field("versions")?
            .elements()?
            .iter()
            .map(version)
            .collect::<Result<_, _>>()?,
    };
    check_versions(&root.field("versions")?, &content.versions)?;
    Ok(content)
}

/// A file that holds the right to make data keys and nothing else.
fn writer(root: &Node<'_>) -> Result<Content, KeyError> {
    root.only(
        &["format", "keyring", "key_version", "created", "encryption_context", "public_key"],
        "no field but those of tokenize-writer/v1",
    )?;
    let public = root.field("public_key")?;
    let Some(key) = STANDARD.decode(public.text()?).ok().filter(|key| key.len() == 32) else {
        return public.fault("32 bytes in base64");
    };
    let version = VersionInfo {
        version: version_number(&root.field("key_version")?)?,
        state: VersionState::Primary,
        created: root.field("created")?.read("an RFC 3339 time in UTC")?,
        keys: None,
    };
    Ok(Content {
        id: id(&root.field("keyring")?)?,
        kms: KmsReference::new(HPKE_SCHEME, STANDARD.encode(key)),
        reveal_kms: None,
        former_kms: Vec::new(),
        context: context(&root.field("encryption_context")?)?,
        versions: vec![version],
    })
}

fn id(node: &Node<'_>) -> Result<KeyringId, KeyError> {
    node.read("`kr-` and 32 lower-case hexadecimal characters")
}

fn reference(node: &Node<'_>) -> Result<KmsReference, KeyError> {
    let reference: KmsReference = node.read("a KMS reference such as local:kek.key")?;
    // What only makes data keys cannot hold root keys.
    if reference.scheme() == HPKE_SCHEME {
        node.fault("the reference of a KMS")
    } else {
        Ok(reference)
    }
}

/// What holds between versions.
fn check_versions(node: &Node<'_>, versions: &[VersionInfo]) -> Result<(), KeyError> {
    let mut seen = BTreeSet::new();
    for (entry, node) in versions.iter().zip(node.elements()?) {
        if !seen.insert(entry.version) {
            return node.field("version")?.fault("a version number of its own");
        }
    }
    let primaries = versions.iter().filter(|entry| entry.state == VersionState::Primary).count();
    if primaries == 1 { Ok(()) } else { node.fault("exactly one primary version") }
}

fn context(node: &Node<'_>) -> Result<EncryptionContext, KeyError> {
    let mut context = EncryptionContext::new();
    for (name, value) in node.object()? {
        if name.starts_with(RESERVED_PREFIX) {
            return node.fault("names that do not begin with `tokenize:`");
        }
        match value {
            Value::String(value) => context = context.with(name, value),
            _ => return node.fault("text values"),
        }
    }
    Ok(context)
}

fn version(node: &Node<'_>) -> Result<VersionInfo, KeyError> {
    node.only(
        &["version", "state", "created", "keys"],
        "no field but version, state, created and keys",
    )?;
    let version = version_number(&node.field("version")?)?;
    let state = match node.field("state")?.text()? {
        "primary" => VersionState::Primary,
        "enabled" => VersionState::Enabled,
        "disabled" => VersionState::Disabled,
        "destroyed" => VersionState::Destroyed,
        _ => return node.field("state")?.fault("`primary`, `enabled`, `disabled` or `destroyed`"),
    };
    let created = node.field("created")?.read("an RFC 3339 time in UTC")?;
    let keys = node.field("keys")?;
    let keys = if state == VersionState::Destroyed {
        keys.only(&[], "no key in a destroyed version")?;
        None
    } else {
        keys.only(&["pseudonym", "reveal"], "no key but pseudonym and reveal")?;
        Some(WrappedKeys {
            pseudonym: wrapped(&keys.field("pseudonym")?)?,
            reveal: wrapped(&keys.field("reveal")?)?,
        })
    };
    Ok(VersionInfo { version, state, created, keys })
}

fn version_number(node: &Node<'_>) -> Result<u32, KeyError> {
    let number = node.value.as_u64().and_then(|number| u32::try_from(number).ok());
    number
        .filter(|&number| number > 0)
        .map_or_else(|| node.fault("a number from 1 to 4294967295"), Ok)
}

fn wrapped(node: &Node<'_>) -> Result<WrappedKey, KeyError> {
    node.only(&["wrapped", "kek", "commitment"], "no field but wrapped, kek and commitment")?;
    let blob = node.field("wrapped")?;
    let commitment = node.field("commitment")?;
    let Some(bytes) = STANDARD.decode(blob.text()?).ok().filter(|bytes| !bytes.is_empty()) else {
        return blob.fault("base64");
    };
    let kek = node.optional("kek").map(|kek| kek.text().map(str::to_owned)).transpose()?;
    let Some(commitment) = from_hex(commitment.text()?) else {
        return commitment.fault("64 lower-case hexadecimal characters");
    };
    Ok(WrappedKey { wrapped: Wrapped { blob: bytes, kek }, commitment })
}

/// A value of the file and where it is.
struct Node<'a> {
    value: &'a Value,
    place: String,
}

impl<'a> Node<'a> {
    fn field(&self, name: &str) -> Result<Self, KeyError> {
        let place =
            if self.place.is_empty() { name.to_owned() } else { format!("{}.{name}", self.place) };
        match self.object()?.get(name) {
            Some(value) => Ok(Self { value, place }),
            None => Err(fault(place, "this field, which is missing")),
        }
    }

    /// A field that may be missing.
    fn optional(&self, name: &str) -> Option<Self> {
        self.value.get(name).and_then(|_| self.field(name).ok())
    }

    fn object(&self) -> Result<&'a Map<String, Value>, KeyError> {
        self.value.as_object().map_or_else(|| self.fault("an object"), Ok)
    }

    /// Refuses fields that are not in `known`.
    fn only(&self, known: &[&str], expected: &'static str) -> Result<(), KeyError> {
        if self.object()?.keys().all(|name| known.contains(&name.as_str())) {
            Ok(())
        } else {
            self.fault(expected)
        }
    }

    fn elements(&self) -> Result<Vec<Self>, KeyError> {
        let Some(values) = self.value.as_array() else { return self.fault("a list") };
        let place = |i| format!("{}[{i}]", self.place);
        Ok(values.iter().enumerate().map(|(i, value)| Self { value, place: place(i) }).collect())
    }

    fn text(&self) -> Result<&'a str, KeyError> {
        self.value.as_str().map_or_else(|| self.fault("text"), Ok)
    }

    fn read<T: std::str::FromStr>(&self, expected: &'static str) -> Result<T, KeyError> {
        self.text()?.parse().or_else(|_| self.fault(expected))
    }

    fn fault<T>(&self, expected: &'static str) -> Result<T, KeyError> {
        let place = if self.place.is_empty() { "the whole file" } else { &self.place };
        Err(fault(place.to_owned(), expected))
    }
}

fn fault(place: String, expected: &'static str) -> KeyError {
    KeyError::Malformed { path: None, place, expected }
}

#[cfg(test)]
mod tests;
