use std::sync::Arc;

use serde_json::json;

use super::*;
use crate::keys::EmbeddedKms;

const ID: &str = "kr-000102030405060708090a0b0c0d0e0f";
const MAIN: &str = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const APART: &str = "arn:aws:kms:eu-west-1:111122223333:key/mrk-00000000000000000000000000000001";
const FORMER: &str = "arn:aws:kms:eu-west-1:111122223333:key/00000000-0000-0000-0000-000000000002";

/// A keyring file with one version, of which only the names of wrapping keys matter.
struct File {
    kms: &'static str,
    reveal_kms: Option<&'static str>,
    former: Vec<String>,
    keks: [Option<&'static str>; 2],
    context: Value,
}

impl Default for File {
    fn default() -> Self {
        let (kms, keks) = ("aws-kms:alias/tokenize", [Some(MAIN); 2]);
        Self { kms, reveal_kms: None, former: Vec::new(), keks, context: json!({}) }
    }
}

impl File {
    fn apart() -> Self {
        let reveal_kms = Some("aws-kms:alias/reveal");
        Self { reveal_kms, keks: [Some(MAIN), Some(APART)], ..Self::default() }
    }

    fn keyring(&self) -> Keyring {
        let key = |kek: Option<&str>| {
            let mut key = json!({ "wrapped": "AAAA", "commitment": "00".repeat(32) });
            if let Some(kek) = kek {
                key["kek"] = kek.into();
            }
            key
        };
        let mut file = json!({
            "format": "tokenize-keyring/v1", "id": ID, "kms": self.kms, "encryption_context": self.context,
            "former_kms": self.former,
            "versions": [{ "version": 1, "state": "primary", "created": "2026-01-02T03:04:05Z",
                "keys": { "pseudonym": key(self.keks[0]), "reveal": key(self.keks[1]) } }],
        });
        if let Some(reveal_kms) = self.reveal_kms {
            file["reveal_kms"] = reveal_kms.into();
        }
        Keyring::from_json(&file.to_string(), "", Arc::new(EmbeddedKms)).unwrap()
    }

    fn permissions(&self, rules: &str, role: Role) -> Result<Permissions, IamError> {
        let policy =
            Policy::from_text(&format!("version: 1\nname: test\ncolumns: {rules}\n")).unwrap();
        permissions(&policy, &self.keyring(), role)
    }
}

/// The statements of the IAM policy; that those for key policies say the same is checked on the way.
#[track_caller]
fn statements(permissions: &Permissions) -> Vec<Value> {
    let both: Value = serde_json::from_str(&permissions.to_json()).unwrap();
    let document = |text: String| serde_json::from_str::<Value>(&text).unwrap();
    assert_eq!(both["iam_policy"], document(permissions.iam_policy()));
    assert_eq!(both["key_policy_statements"], document(permissions.key_policy_statements()));
    assert_eq!(both["iam_policy"]["Version"], "2012-10-17");
    let statements = both["iam_policy"]["Statement"].as_array().unwrap().clone();

    let mut by_kek = json!({});
    for statement in &statements {
        let keks = match &statement["Resource"] {
            Value::Array(keks) => keks.clone(),
            kek => vec![kek.clone()],
        };
        for kek in keks {
            let mut own = statement.clone();
            own["Resource"] = "*".into();
            own["Principal"] = json!({ "AWS": "arn:aws:iam::ACCOUNT:role/ROLE" });
            let kek = kek.as_str().unwrap();
            let mut list = by_kek[kek].as_array().cloned().unwrap_or_default();
            list.push(own);
            by_kek[kek] = list.into();
        }
    }
    assert_eq!(both["key_policy_statements"], by_kek);
    statements
}

fn statement(sid: &str, actions: Value, kek: Value, purposes: Value) -> Value {
    json!({
        "Sid": sid,
        "Effect": "Allow",
        "Action": actions,
        "Resource": kek,
        "Condition": {
            "StringEquals": { "kms:EncryptionContext:tokenize:keyring": ID, "kms:EncryptionContext:tokenize:purpose": purposes },
            "ForAllValues:StringEquals": { "kms:EncryptionContextKeys": ["tokenize:keyring", "tokenize:purpose"] },
        },
    })
}

const WRITE_ONLY: &str = "{ note: { action: encrypt, key: output }, kept: { action: keep } }";
const PSEUDONYM: &str = "{ id: { action: pseudonymize, domain: id }, gone: { action: drop } }";
const MIXED: &str = "{ id: { action: pseudonymize, domain: id }, ssn: { action: tokenize, format: us_ssn }, \
    \"note*\": { action: encrypt, key: output }, day: { action: shift_date, subject: id, max_days: 9 }, \
    name: { action: encrypt, mode: deterministic } }";

#[test]
fn writers() {
    let key = |apart| if apart { APART } else { MAIN };
    for (file, apart) in [(File::default(), false), (File::apart(), true)] {
        let data_keys = || {
            statement(
                "TokenizeMakeDataKeys",
                json!("kms:GenerateDataKey"),
                json!(key(apart)),
                json!("data-key"),
            )
        };
        let pseudonyms = || {
            statement("TokenizePseudonymize", json!("kms:Decrypt"), json!(MAIN), json!("pseudonym"))
        };
        let reveal = statement(
            "TokenizeMaskReversibly",
            json!("kms:Decrypt"),
            json!(key(apart)),
            json!("reveal"),
        );
        for (rules, expected) in [
            (WRITE_ONLY, vec![data_keys()]),
            (PSEUDONYM, vec![pseudonyms()]),
            (MIXED, vec![data_keys(), pseudonyms(), reveal]),
        ] {
            let permissions = file.permissions(rules, Role::Writer).unwrap();
            assert_eq!(statements(&permissions), expected, "{rules}");
        }
    }
}

#[test]
fn revealers() {
    let decrypt =
        |purposes| statement("TokenizeUnmask", json!("kms:Decrypt"), json!(APART), purposes);
    for (rules, purposes) in [
        (WRITE_ONLY, json!("data-key")),
        (MIXED, json!(["data-key", "reveal"])),
        ("{ ssn: { action: tokenize, format: us_ssn } }", json!("reveal")),
    ] {
        let permissions = File::apart().permissions(rules, Role::Revealer).unwrap();
        assert_eq!(statements(&permissions), [decrypt(purposes)], "{rules}");
    }
    let nothing = File::default().permissions(PSEUDONYM, Role::Revealer).unwrap_err();
    assert_eq!(nothing, IamError::NothingNeeded { role: Role::Revealer });
}

#[test]
fn admins() {
    let all = || json!(["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"]);
    let permissions = File::default().permissions(WRITE_ONLY, Role::Admin).unwrap();
    let both = json!(["pseudonym", "reveal"]);
    assert_eq!(
        statements(&permissions),
        [statement("TokenizeKeepKeyring", all(), json!(MAIN), both)]
    );
    let permissions = File::apart().permissions(PSEUDONYM, Role::Admin).unwrap();
    assert_eq!(
        statements(&permissions),
        [
            statement("TokenizeKeepPseudonymKeys", all(), json!(MAIN), json!("pseudonym")),
            statement("TokenizeKeepRevealKeys", all(), json!(APART), json!("reveal")),
        ]
    );
}

#[test]
fn own_pairs_are_conditions_and_no_variables() {
    let context = json!({ "team": "data", "who": "${aws:username}", "zone": "*" });
    let file = File { context, ..File::default() };
    let permissions = file.permissions(WRITE_ONLY, Role::Revealer).unwrap();
    let condition = &statements(&permissions)[0]["Condition"];
    assert_eq!(
        condition,
        &json!({
            "StringEquals": {
                "kms:EncryptionContext:team": "data",
                "kms:EncryptionContext:tokenize:keyring": ID,
                "kms:EncryptionContext:tokenize:purpose": "data-key",
                "kms:EncryptionContext:who": "${$}{aws:username}",
                "kms:EncryptionContext:zone": "*",
            },
            "ForAllValues:StringEquals": {
                "kms:EncryptionContextKeys": ["team", "tokenize:keyring", "tokenize:purpose", "who", "zone"]
            },
        })
    );
}

#[test]
fn what_wrapped_data_keys_before_is_granted_for_them_alone() {
    let former = ["alias/old", FORMER, MAIN].map(|key| format!("aws-kms:{key}")).to_vec();
    let file = File { former: former.clone(), ..File::default() };
    let permissions = file.permissions(MIXED, Role::Revealer).unwrap();
    assert_eq!(
        statements(&permissions),
        [
            statement(
                "TokenizeUnmask",
                json!("kms:Decrypt"),
                json!(MAIN),
                json!(["data-key", "reveal"])
            ),
            statement(
                "TokenizeUnmaskFormer",
                json!("kms:Decrypt"),
                json!(FORMER),
                json!("data-key")
            ),
        ]
    );
    let no_data_keys = "{ ssn: { action: tokenize, format: us_ssn } }";
    assert_eq!(statements(&file.permissions(no_data_keys, Role::Revealer).unwrap()).len(), 1);
    let file = File { former: former[..1].to_vec(), ..File::default() };
    let permissions = file.permissions(WRITE_ONLY, Role::Revealer).unwrap();
    assert_eq!(statements(&permissions).len(), 1);
    assert!(permissions.notes().iter().any(|note| note.contains("aws-kms:alias/old")));
}

#[test]
fn only_the_arn_of_a_key_is_granted() {
    for kms in [
        "aws-kms:alias/x",
        "aws-kms:1234abcd-12ab-34cd-56ef-1234567890ab",
        "aws-kms:arn:aws:kms:eu-west-1:111122223333:alias/x",
    ] {
        let file = File { kms, keks: [None; 2], ..File::default() };
        let error = file.permissions(MIXED, Role::Writer).unwrap_err();
        assert_eq!(error, IamError::NoArn { reference: kms.parse().unwrap() });
        assert!(error.hint().unwrap().contains("rewrap"));
    }
    // A wildcard would be one.
    for kek in [
        "arn:aws:kms:*:111122223333:key/*",
        "arn:aws:kms:eu-west-1:111122223333:key/?",
        "*",
        "arn:aws:s3:eu-west-1:111122223333:key/x",
        "arn:aws:kms:eu-west-1:1111:key/x",
    ] {
        let file = File { keks: [Some(kek); 2], ..File::default() };
        assert!(
            matches!(file.permissions(MIXED, Role::Writer), Err(IamError::NoArn { .. })),
            "{kek}"
        );
    }
    const CHINA: &str =
        "arn:aws-cn:kms:cn-north-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    let kms =
        "aws-kms:arn:aws-cn:kms:cn-north-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    let file = File { kms, keks: [None; 2], ..File::default() };
    let permissions = file.permissions(WRITE_ONLY, Role::Writer).unwrap();
    assert!(permissions.iam_policy().contains(CHINA));
    assert!(permissions.key_policy_statements().contains("arn:aws-cn:iam::ACCOUNT:role/ROLE"));
}

#[test]
fn keys_that_are_not_at_aws_are_not_granted_there() {
    let local = File { kms: "local:kek.key", keks: [None; 2], ..File::default() };
    for role in [Role::Admin, Role::Revealer, Role::Writer] {
        let error = local.permissions(MIXED, role).unwrap_err();
        assert_eq!(error, IamError::NotAtAws { reference: "local:kek.key".parse().unwrap() });
    }
    let half = File {
        kms: "local:kek.key",
        reveal_kms: Some("aws-kms:alias/reveal"),
        keks: [None, Some(APART)],
        ..File::default()
    };
    let permissions = half.permissions(MIXED, Role::Writer).unwrap();
    let sids: Vec<Value> = statements(&permissions).iter().map(|one| one["Sid"].clone()).collect();
    assert_eq!(sids, ["TokenizeMakeDataKeys", "TokenizeMaskReversibly"]);
    assert!(permissions.notes().iter().any(|note| note.contains("local:kek.key")));
    assert!(matches!(half.permissions(PSEUDONYM, Role::Writer), Err(IamError::NotAtAws { .. })));
    assert_eq!(statements(&half.permissions(PSEUDONYM, Role::Admin).unwrap()).len(), 1);
    let unkeyed = "{ kept: { action: keep }, gone: { action: redact } }";
    for role in [Role::Revealer, Role::Writer] {
        let error = File::default().permissions(unkeyed, role).unwrap_err();
        assert_eq!(error, IamError::NothingNeeded { role });
    }
}

#[test]
fn notes_say_which_columns_and_what_else() {
    let permissions = File::apart().permissions(MIXED, Role::Writer).unwrap();
    let notes = permissions.notes().join("\n");
    for expected in [
        "kms:GenerateDataKey, purpose data-key: for note* (encrypt, key: output):",
        "kms:Decrypt, purpose pseudonym: for id (pseudonymize):",
        "kms:Decrypt, purpose reveal: for ssn (tokenize), day (shift_date), name (encrypt, mode: deterministic):",
        "this role can unmask too",
        "aws-kms:alias/reveal is granted as the key that it meant",
        "ACCOUNT and ROLE replaced",
    ] {
        assert!(notes.contains(expected), "{expected}\n{notes}");
    }
    let permissions = File::apart().permissions(MIXED, Role::Revealer).unwrap();
    assert!(permissions.notes().join("\n").contains("no permission brings back id (pseudonymize)"));
}
