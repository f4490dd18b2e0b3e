//! Grants as the policy language of AWS writes them.
//!
//! Condition keys and operators are those of the AWS KMS Developer Guide, "AWS KMS condition keys"
//! (<https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html>): `kms:EncryptionContext:NAME` has one value and takes no
//! set operator; its name is compared without regard to case. `kms:EncryptionContextKeys` has many, takes `ForAllValues`, and compares names
//! exactly. `ForAllValues` is also true of a request without any context, which the other conditions then refuse.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::keys::{EncryptionContext, KeyringId, KmsReference};

/// Actions on wrapping keys, for some purposes of a keyring.
#[derive(Debug, Clone)]
pub(super) struct Grant {
    pub(super) sid: &'static str,
    pub(super) actions: &'static [&'static str],
    pub(super) keks: Vec<Arn>,
    pub(super) purposes: Vec<&'static str>,
    pub(super) keyring: KeyringId,
    /// The user's own pairs.
    pub(super) context: EncryptionContext,
}

/// The ARN of a KMS key, which names it for good: `arn:PARTITION:kms:REGION:ACCOUNT:key/ID`.
///
/// An IAM policy takes neither a key id nor an alias for a resource (AWS KMS Developer Guide, "Specifying KMS keys in IAM policy statements",
/// <https://docs.aws.amazon.com/kms/latest/developerguide/cmks-in-iam-policies.html>), and takes `*` and `?` for wildcards, so nothing but the
/// exact form is one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Arn(String);

impl Arn {
    /// The ARN in a reference, if that is what it holds.
    pub(super) fn of(reference: &KmsReference) -> Option<Self> {
        Self::read(reference.locator()).filter(|_| reference.scheme() == KEY_SCHEME)
    }

    pub(super) fn read(text: &str) -> Option<Self> {
        let parts: Vec<&str> = text.split(':').collect();
        let &["arn", partition, "kms", region, account, key] = parts.as_slice() else {
            return None;
        };
        let is_word = |text: &str| {
            let mut bytes = text.bytes();
            !text.is_empty() && bytes.all(|b| b.is_ascii_alphanumeric() || b == b'-')
        };
        let is_account = account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit());
        let is_key = key.strip_prefix("key/").is_some_and(is_word);
        (is_word(partition) && is_word(region) && is_account && is_key)
            .then(|| Self(text.to_owned()))
    }

    fn partition(&self) -> &str {
        self.0.split(':').nth(1).unwrap_or("aws")
    }
}

/// `iam_policy` and `key_policy_statements` in one object.
pub(super) fn both(grants: &[Grant]) -> String {
    text(&Both { iam_policy: policy(grants), key_policy_statements: by_kek(grants) })
}

pub(super) fn iam_policy(grants: &[Grant]) -> String {
    text(&policy(grants))
}

/// By key: a statement in a key policy is about that key, whatever its resource says, which is `*` by custom.
pub(super) fn key_policy_statements(grants: &[Grant]) -> String {
    text(&by_kek(grants))
}

#[derive(Serialize)]
struct Both<'a> {
    iam_policy: PolicyDocument<'a>,
    key_policy_statements: BTreeMap<&'a str, Vec<Statement<'a>>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct PolicyDocument<'a> {
    version: &'static str,
    statement: Vec<Statement<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Statement<'a> {
    sid: &'static str,
    effect: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    principal: Option<Principal>,
    action: OneOrMore<'a>,
    resource: OneOrMore<'a>,
    condition: Condition<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "UPPERCASE")]
struct Principal {
    aws: String,
}

#[derive(Serialize)]
struct Condition<'a> {
    #[serde(rename = "StringEquals")]
    equals: BTreeMap<String, OneOrMore<'a>>,
    #[serde(rename = "ForAllValues:StringEquals")]
    names: BTreeMap<&'static str, Vec<String>>,
}

/// A list of one is written as its element.
#[derive(Serialize)]
#[serde(untagged)]
enum OneOrMore<'a> {
    More(Vec<&'a str>),
    One(&'a str),
    Own(String),
}

impl<'a> OneOrMore<'a> {
    fn of(list: Vec<&'a str>) -> Self {
        match list.as_slice() {
            [only] => Self::One(only),
            _ => Self::More(list),
        }
    }
}

fn policy(grants: &[Grant]) -> PolicyDocument<'_> {
    let statement = grants.iter().map(|grant| {
        let keks = grant.keks.iter().map(|kek| kek.0.as_str()).collect();
        statement(grant, None, OneOrMore::of(keks))
    });
    PolicyDocument { version: "2012-10-17", statement: statement.collect() }
}

fn by_kek(grants: &[Grant]) -> BTreeMap<&str, Vec<Statement<'_>>> {
    let mut found: BTreeMap<&str, Vec<Statement<'_>>> = BTreeMap::new();
    for grant in grants {
        for kek in &grant.keks {
            let aws = format!("arn:{}:iam::ACCOUNT:role/ROLE", kek.partition());
            let statement = statement(grant, Some(Principal { aws }), OneOrMore::One("*"));
            found.entry(&kek.0).or_default().push(statement);
        }
    }
    found
}

fn statement<'a>(
    grant: &'a Grant,
    principal: Option<Principal>,
    resource: OneOrMore<'a>,
) -> Statement<'a> {
    let action = OneOrMore::of(grant.actions.to_vec());
    Statement {
        sid: grant.sid,
        effect: "Allow",
        principal,
        action,
        resource,
        condition: condition(grant),
    }
}

/// The encryption context, whole: these names and no others, each with its value.
fn condition(grant: &Grant) -> Condition<'_> {
    let pairs = grant.context.iter().map(|(name, value)| (name, OneOrMore::Own(literal(value))));
    let keyring = (EncryptionContext::KEYRING, OneOrMore::One(grant.keyring.as_str()));
    let purpose = (EncryptionContext::PURPOSE, OneOrMore::of(grant.purposes.clone()));
    let pairs: BTreeMap<&str, OneOrMore<'_>> = pairs.chain([keyring, purpose]).collect();
    let names = pairs.keys().map(|name| literal(name)).collect();
    let equals =
        pairs.into_iter().map(|(name, value)| (format!("kms:EncryptionContext:{name}"), value));
    Condition {
        equals: equals.collect(),
        names: BTreeMap::from([("kms:EncryptionContextKeys", names)]),
    }
}

/// A text as a value in a policy, where `${` would begin a variable (IAM User Guide, "IAM policy elements: Variables and tags",
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>).
fn literal(text: &str) -> String {
    text.replace("${", "${$}{")
}

fn text(document: &impl Serialize) -> String {
    let text = serde_json::to_string_pretty(document);
    text.expect("texts, lists and maps with text keys are JSON") + "\n"
}

/// The scheme of references to AWS KMS.
pub(super) const KEY_SCHEME: &str = "aws-kms";
