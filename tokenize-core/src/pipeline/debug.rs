//! What `{:?}` shows of what holds keys: names.

use std::fmt;

use super::{Inspector, MaskPlan, RemaskPlan, TextPlan, Tokenizer, UnmaskPlan, Unmasker};

impl fmt::Debug for Tokenizer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokenizer")
            .field("policy", &self.policy.name())
            .field("keyring", &self.keyring)
            .finish()
    }
}

impl fmt::Debug for Unmasker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unmasker").field("keyring", &self.keyring).finish_non_exhaustive()
    }
}

/// `MaskPlan { .. }` and so on.
macro_rules! by_name {
    ($($type:ident),+) => {$(
        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($type)).finish_non_exhaustive()
            }
        }
    )+};
}

by_name!(Inspector, MaskPlan, RemaskPlan, TextPlan, UnmaskPlan);

#[cfg(test)]
mod tests {
    use crate::keys::Keyring;
    use crate::policy::Policy;
    use crate::{KeyringOptions, Tokenizer};

    #[test]
    fn plans_show_no_keys() {
        let folder = tempfile::tempdir().unwrap();
        let options = KeyringOptions::new(
            "local:kek.key".parse().unwrap(),
            "2026-01-02T03:04:05Z".parse().unwrap(),
        );
        let keyring = Keyring::create(folder.path().join("keyring.json"), options).unwrap();
        let policy =
            "version: 1\nname: people\ncolumns:\n  ssn: { action: tokenize, format: us_ssn }\n";
        let tokenizer = Tokenizer::new(Policy::from_text(policy).unwrap(), &keyring).unwrap();
        assert_eq!(
            format!("{tokenizer:?}"),
            format!("Tokenizer {{ policy: \"people\", keyring: {keyring:?} }}")
        );
        let schema = arrow::datatypes::Schema::new(vec![arrow::datatypes::Field::new(
            "ssn",
            arrow::datatypes::DataType::Utf8,
            true,
        )]);
        assert_eq!(
            format!("{:?}", tokenizer.plan_mask(&schema.into()).unwrap()),
            "MaskPlan { .. }"
        );
    }
}
