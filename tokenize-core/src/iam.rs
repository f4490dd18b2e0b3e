//! Permissions at AWS: what a role must be allowed to do with the wrapping keys of a keyring, and nothing more.
//!
//! Brings a [`Policy`] and a [`Keyring`] together and writes JSON. Asks no KMS and unwraps no key: that a permission is enough or too much
//! is a matter of which keys the columns are under. Start at [`permissions`].
//!
//! What it says holds for data that nothing has masked before. Whoever masks a file again that holds masked columns, and keeps them, has to
//! verify its manifest, which takes what a [`Role::Revealer`] has. A remask takes what a writer and a revealer have together.

mod document;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::fmt;

use serde_json::Value;

use self::document::{Arn, Grant, KEY_SCHEME};
use crate::keys::{Keyring, KmsReference, Power, Root};
use crate::policy::{Policy, Rule};

/// Who is to be allowed something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Role {
    /// Makes keyrings, adds versions, moves keys to other wrapping keys.
    Admin,
    /// Unmasks what the policy masks.
    Revealer,
    /// Masks by the policy.
    Writer,
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Admin => "admin",
            Self::Revealer => "revealer",
            Self::Writer => "writer",
        })
    }
}

/// Why there are no permissions to write. Configuration, every one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IamError {
    /// What the role needs is not wrapped by AWS KMS.
    #[error(
        "there is nothing to grant at AWS: the keys that this role needs are wrapped by {reference}"
    )]
    NotAtAws {
        /// What wraps them.
        reference: KmsReference,
    },
    /// The role needs no key of the keyring.
    #[error("there is nothing to grant: by this policy, a {role} needs no key of the keyring")]
    NothingNeeded {
        /// The role.
        role: Role,
    },
    /// The reference may come to mean another key, and the keyring does not record which one it meant.
    #[error(
        "{reference} names no key for good: only the ARN of a key can be granted, and the keyring has recorded none"
    )]
    NoArn {
        /// The reference.
        reference: KmsReference,
    },
    /// A writer file asks no KMS.
    #[error("there is nothing to grant at AWS: this is a writer file, which asks no KMS")]
    WriterFile,
}

impl IamError {
    /// The next step, where there is one.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::NoArn { .. } => {
                "name the key by its ARN: tokenize keyring rewrap KEYRING --kms aws-kms:arn:aws:kms:REGION:ACCOUNT:key/ID (for the reveal keys: --reveal-kms)"
            }
            Self::NotAtAws { reference } if reference.scheme() == "local" => {
                "whoever can read the KEK file can mask and unmask: grant that by the file's owner and mode"
            }
            Self::NotAtAws { .. } | Self::NothingNeeded { .. } | Self::WriterFile => return None,
        };
        Some(hint.to_owned())
    }
}

/// The permissions of one role.
#[derive(Debug, Clone)]
pub struct Permissions {
    grants: Vec<Grant>,
    notes: Vec<String>,
}

impl Permissions {
    /// Both documents in one object: `iam_policy` and `key_policy_statements`.
    #[must_use]
    pub fn to_json(&self) -> String {
        document::both(&self.grants)
    }

    /// A whole IAM policy, to attach to the role.
    #[must_use]
    pub fn iam_policy(&self) -> String {
        document::iam_policy(&self.grants)
    }

    /// Statements for key policies, by the ARN of the key. Their principal is to be replaced.
    #[must_use]
    pub fn key_policy_statements(&self) -> String {
        document::key_policy_statements(&self.grants)
    }

    /// What a person should know of each permission: why it is needed, and what else comes with it.
    #[must_use]
    pub fn notes(&self) -> &[String] {
        &self.notes
    }
}

/// What `role` has to be allowed, for data that `policy` masks with `keyring`.
///
/// # Errors
/// [`IamError`] if there is nothing to grant at AWS, or no key ARN to grant it on.
pub fn permissions(
    policy: &Policy,
    keyring: &Keyring,
    role: Role,
) -> Result<Permissions, IamError> {
    if keyring.is_write_only() {
        return Err(IamError::WriterFile);
    }
    let mut draft = Draft { policy, keyring, grants: Vec::new(), notes: Vec::new(), absent: None };
    match role {
        Role::Admin => draft.admin()?,
        Role::Revealer => draft.revealer()?,
        Role::Writer => draft.writer()?,
    }
    if draft.grants.is_empty() {
        return Err(match draft.absent {
            Some(reference) => IamError::NotAtAws { reference },
            None => IamError::NothingNeeded { role },
        });
    }
    draft.general_notes();
    Ok(Permissions { grants: draft.grants, notes: draft.notes })
}

/// Permissions in the making.
struct Draft<'a> {
    policy: &'a Policy,
    keyring: &'a Keyring,
    grants: Vec<Grant>,
    notes: Vec<String>,
    /// What wraps keys that the role needs, and is not at AWS.
    absent: Option<KmsReference>,
}

impl Draft<'_> {
    fn writer(&mut self) -> Result<(), IamError> {
        let powers = [
            (
                Power::DataKey,
                GENERATE,
                "TokenizeMakeDataKeys",
                "makes a data key for each output, and opens none of those made before",
            ),
            (
                Power::Pseudonym,
                DECRYPT,
                "TokenizePseudonymize",
                "gives the key of pseudonyms, which nothing reverses; whoever has it can find the value behind one by trying candidates",
            ),
            (
                Power::Reveal,
                DECRYPT,
                "TokenizeMaskReversibly",
                "gives the key that makes these tokens, and the same key reverses them: this role can unmask too. If its host must not read, use encrypt with key: output for these columns",
            ),
        ];
        for (power, actions, sid, why) in powers {
            let columns = self.columns_of(power);
            if !columns.is_empty() {
                let root = power.root().unwrap_or(Root::Reveal);
                let why = format!("for {columns}: it {why}.");
                self.grant(sid, actions, root, &[power], &why)?;
            }
        }
        Ok(())
    }

    fn revealer(&mut self) -> Result<(), IamError> {
        let powers = [Power::DataKey, Power::Reveal];
        let needed: Vec<_> =
            powers.into_iter().filter(|power| !self.columns_of(*power).is_empty()).collect();
        if !needed.is_empty() {
            let reasons: Vec<_> = needed.iter().map(|power| self.why_reveal(*power)).collect();
            let why = format!("{}.", reasons.join("; "));
            self.grant("TokenizeUnmask", DECRYPT, Root::Reveal, &needed, &why)?;
        }
        if needed.contains(&Power::DataKey) {
            self.former();
        }
        let one_way = self
            .policy
            .rules()
            .iter()
            .filter(|rule| !rule.action.is_reversible() && rule.action.name() != "drop");
        let one_way: Vec<_> = one_way.map(described).collect();
        if !one_way.is_empty() && !needed.is_empty() {
            let note = format!("no permission brings back {}: one-way.", one_way.join(", "));
            self.note(note);
        }
        Ok(())
    }

    /// Why who unmasks needs what a column is under.
    fn why_reveal(&self, power: Power) -> String {
        let columns = self.columns_of(power);
        match power {
            Power::DataKey => format!("an output's data keys open the cells of {columns}"),
            Power::Pseudonym | Power::Reveal => format!(
                "the reveal key reverses {columns}, and verifies what a file says of itself before anything is reversed"
            ),
        }
    }

    /// Outputs from before a rewrap have data keys that stay under what wrapped them.
    fn former(&mut self) {
        let former = self.keyring.former_kms().iter();
        let former: Vec<_> =
            former.filter(|reference| reference.scheme() == KEY_SCHEME).cloned().collect();
        let current: BTreeSet<Arn> =
            self.grants.iter().flat_map(|grant| grant.keks.clone()).collect();
        let arns: Vec<Arn> = former.iter().filter_map(Arn::of).collect();
        for reference in former.iter().filter(|_| arns.is_empty()) {
            self.note(format!(
                "outputs from before the keyring was rewrapped may have data keys under {reference}, whose key ARN is not recorded: add a statement for it by hand if there are such outputs."
            ));
        }
        let keks: Vec<Arn> = arns.into_iter().filter(|arn| !current.contains(arn)).collect();
        if !keks.is_empty() {
            let why = "for outputs from before the keyring was rewrapped: their data keys stay under the key that wrapped them.";
            self.push("TokenizeUnmaskFormer", DECRYPT, keks, &[Power::DataKey], why);
        }
    }

    fn admin(&mut self) -> Result<(), IamError> {
        let why = "GenerateDataKey makes the keys of a new keyring or version (keyring create, add); Encrypt and Decrypt move them to another wrapping key (keyring rewrap), which has to allow both too.";
        let reveal = format!(
            "{why} With it everything can be unmasked: it is for the few who keep the keyring."
        );
        if self.keyring.kms() == self.keyring.reveal_kms() {
            let both = [Power::Pseudonym, Power::Reveal];
            return self.grant("TokenizeKeepKeyring", KEEP, Root::Reveal, &both, &reveal);
        }
        let pseudonym = "TokenizeKeepPseudonymKeys";
        self.grant(pseudonym, KEEP, Root::Pseudonym, &[Power::Pseudonym], why)?;
        self.grant("TokenizeKeepRevealKeys", KEEP, Root::Reveal, &[Power::Reveal], &reveal)
    }

    /// Grants actions on the wrapping keys of a root key, if they are at AWS.
    fn grant(
        &mut self,
        sid: &'static str,
        actions: &'static [&'static str],
        root: Root,
        powers: &[Power],
        why: &str,
    ) -> Result<(), IamError> {
        let reference = match root {
            Root::Pseudonym => self.keyring.kms(),
            Root::Reveal => self.keyring.reveal_kms(),
        };
        let reference = reference.clone();
        if reference.scheme() != KEY_SCHEME {
            let purposes = purposes(powers).join(" and ");
            self.note(format!(
                "nothing is granted at AWS for {purposes}: these keys are wrapped by {reference}."
            ));
            self.absent = Some(reference);
            return Ok(());
        }
        let mut keks: Vec<Arn> = Arn::of(&reference).into_iter().collect();
        let is_for_good = !keks.is_empty();
        let mut roots = vec![root];
        if powers.contains(&Power::Pseudonym) && powers.contains(&Power::Reveal) {
            roots = Root::ALL.to_vec();
        }
        for kek in roots.into_iter().flat_map(|root| self.keyring.keks(root)) {
            keks.extend(Arn::read(kek).filter(|arn| !keks.contains(arn)));
        }
        if keks.is_empty() {
            return Err(IamError::NoArn { reference });
        }
        self.push(sid, actions, keks, powers, why);
        if !is_for_good {
            self.note(format!(
                "{reference} is granted as the key that it meant when the keyring's keys were wrapped; run this again once it means another."
            ));
        }
        Ok(())
    }

    fn push(
        &mut self,
        sid: &'static str,
        actions: &'static [&'static str],
        keks: Vec<Arn>,
        powers: &[Power],
        why: &str,
    ) {
        let purposes = purposes(powers);
        self.note(format!("{}, purpose {}: {why}", actions.join(", "), purposes.join(" and ")));
        let context = self.keyring.encryption_context().clone();
        let keyring = self.keyring.id().clone();
        self.grants.push(Grant { sid, actions, keks, purposes, keyring, context });
    }

    fn note(&mut self, note: String) {
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    /// The columns whose action needs this of the keyring, with their actions.
    fn columns_of(&self, power: Power) -> String {
        let rules = self.policy.rules().iter();
        let rules = rules.filter(|rule| rule.action.power() == Some(power));
        rules.map(described).collect::<Vec<_>>().join(", ")
    }

    fn general_notes(&mut self) {
        self.note(
            "attach iam_policy to the role, or add key_policy_statements to the key policy of the key that they stand under, ACCOUNT and ROLE replaced; a role of another account needs both.".to_owned(),
        );
    }
}

fn purposes(powers: &[Power]) -> Vec<&'static str> {
    powers.iter().map(|power| power.purpose()).collect()
}

/// A rule for a note: its column and what is done to it.
fn described(rule: &Rule) -> String {
    let params = rule.params_json();
    let option = ["mode", "key"].into_iter().filter_map(|name| {
        let word = params.get(name).and_then(Value::as_str)?;
        (rule.action.name() == "encrypt" && !["randomized", "keyring"].contains(&word))
            .then(|| format!(", {name}: {word}"))
    });
    format!("{} ({}{})", rule.column, rule.action.name(), option.collect::<String>())
}

const DECRYPT: &[&str] = &["kms:Decrypt"];
const GENERATE: &[&str] = &["kms:GenerateDataKey"];
const KEEP: &[&str] = &["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"];
