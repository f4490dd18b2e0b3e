//! What a keyring, and a policy with one, are in another process: texts of wrapped keys, and where the KEK is looked for.
//!
//! Equal ones give equal texts, so that pickles can be compared.

use std::path::absolute;

use serde_json::{Map, Value};
use tokenize_core::{Keyring, Policy};

use crate::error::{Class, Failure};

/// A keyring's file and folder; a policy.
pub(crate) struct Carried {
    base: String,
    keyring: String,
    policy: Option<String>,
}

impl Carried {
    pub(crate) fn of(keyring: &Keyring) -> Result<Self, Failure> {
        // Another process may be in another folder.
        let base = absolute(keyring.base().join(".")).ok();
        let base = base.as_deref().and_then(|base| base.to_str()).ok_or_else(|| {
            let message = "the folder of the keyring file has no name in UTF-8 that another process could be told";
            Failure::new(Class::Keyring, "folder", message)
        })?;
        Ok(Self { base: base.to_owned(), keyring: keyring.to_json(), policy: None })
    }

    pub(crate) fn with_policy(self, policy: &Policy) -> Self {
        Self { policy: Some(policy.canonical_json()), ..self }
    }

    pub(crate) fn to_text(&self) -> String {
        let policy = self.policy.iter().map(|policy| ("policy", policy));
        let parts = [("base", &self.base), ("keyring", &self.keyring)].into_iter().chain(policy);
        let tree = parts.map(|(name, text)| (name.to_owned(), Value::from(text.as_str())));
        Value::Object(tree.collect::<Map<_, _>>()).to_string()
    }

    pub(crate) fn read(text: &str) -> Result<Self, Failure> {
        let tree = serde_json::from_str::<Value>(text).ok();
        let part = |name| Some(tree.as_ref()?.get(name)?.as_str()?.to_owned());
        match (part("base"), part("keyring"), part("policy")) {
            (Some(base), Some(keyring), policy) => Ok(Self { base, keyring, policy }),
            _ => Err(damaged()),
        }
    }

    pub(crate) fn keyring(&self) -> Result<Keyring, Failure> {
        Ok(Keyring::carried(&self.keyring, &self.base)?)
    }

    pub(crate) fn policy(&self) -> Result<Policy, Failure> {
        Ok(Policy::from_text(self.policy.as_ref().ok_or_else(damaged)?)?)
    }
}

fn damaged() -> Failure {
    Failure::new(Class::Tokenize, "pickle", "the pickle is damaged, or of another release")
}
