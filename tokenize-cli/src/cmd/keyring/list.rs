//! What a keyring file holds, for people and for programs: names, dates and states, no key.

use serde_json::json;
use tokenize_core::keys::{Keyring, KmsReference, UtcTime, VersionInfo};

/// Its heads as pairs, then a line for each version.
pub(super) fn as_table(keyring: &Keyring, now: UtcTime) -> String {
    let mut heads = vec![("keyring", keyring.id().to_string())];
    if keyring.is_write_only() {
        let kind = "writer: makes data keys for `encrypt` with `key: output`, and opens nothing";
        heads.push(("kind", kind.to_owned()));
    }
    heads.push(("kms", keyring.kms().to_string()));
    if keyring.reveal_kms() != keyring.kms() {
        heads.push(("reveal kms", keyring.reveal_kms().to_string()));
    }
    heads.extend(keyring.former_kms().iter().map(|kms| ("former kms", kms.to_string())));
    let width = heads.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    let heads: String =
        heads.iter().map(|(name, text)| format!("{name:width$}  {text}\n")).collect();
    let line = |version: &VersionInfo| {
        let age = match age_days(version, now) {
            1 => "1 day".to_owned(),
            days => format!("{days} days"),
        };
        let (number, state, created) = (version.version(), version.state(), version.created());
        format!("{number:>7}  {state:<9}  {created}  {age:>9}\n")
    };
    let versions: String = keyring.versions().iter().map(line).collect();
    format!("{heads}\nVERSION  STATE      CREATED                     AGE\n{versions}")
}

pub(super) fn as_json(keyring: &Keyring, now: UtcTime) -> String {
    let version = |version: &VersionInfo| {
        json!({
            "version": version.version(),
            "state": version.state().as_str(),
            "created": version.created().to_string(),
            "age_days": age_days(version, now),
        })
    };
    let former = keyring.former_kms().iter().map(KmsReference::to_string);
    let list = json!({
        "id": keyring.id().as_str(),
        "kms": keyring.kms().to_string(),
        "reveal_kms": keyring.reveal_kms().to_string(),
        "former_kms": former.collect::<Vec<_>>(),
        "write_only": keyring.is_write_only(),
        "primary": keyring.primary(),
        "versions": keyring.versions().iter().map(version).collect::<Vec<_>>(),
    });
    format!("{list:#}\n")
}

fn age_days(version: &VersionInfo, now: UtcTime) -> u64 {
    now.whole_days_since(version.created())
}
