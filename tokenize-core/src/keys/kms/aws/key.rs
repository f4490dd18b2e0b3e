//! How keys of AWS KMS are named.

/// A key id, `alias/NAME`, or the ARN of either, in the form that AWS gives them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct KeyName(String);

impl KeyName {
    /// Any of the four forms.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let named = match Arn::parse(text) {
            Some(arn) => is_key(arn.resource) || is_alias(arn.resource),
            None => is_alias(text) || is_id(text),
        };
        (named && text.len() <= MAX_LENGTH).then(|| Self(text.to_owned()))
    }

    /// The ARN of a key: the only name that means the same key for good.
    pub(super) fn parse_key_arn(text: &str) -> Option<Self> {
        let name = Self::parse(text)?;
        is_key(Arn::parse(text)?.resource).then_some(name)
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// The region that an ARN names.
    pub(super) fn region(&self) -> Option<&str> {
        Arn::parse(&self.0).map(|arn| arn.region)
    }

    /// The name to ask by for what was wrapped by `kek`, where this is the name of the keyring.
    ///
    /// That is `kek`, whatever an alias means today. But the replicas of a multi-Region key open each other's blobs, and a keyring that names
    /// one of them, or its id alone, says which region to ask.
    pub(super) fn to_open(&self, kek: Self) -> Self {
        let same_key =
            self.id().is_some_and(|id| id.starts_with(MULTI_REGION) && kek.id() == Some(id));
        let same_account = match (Arn::parse(&self.0), Arn::parse(&kek.0)) {
            (Some(own), Some(other)) => own.account == other.account,
            _ => true,
        };
        if same_key && same_account { self.clone() } else { kek }
    }

    /// The id of a key, from its ARN too; none of an alias.
    fn id(&self) -> Option<&str> {
        match Arn::parse(&self.0) {
            Some(arn) => arn.resource.strip_prefix(KEY),
            None => (!self.0.starts_with(ALIAS)).then_some(&self.0),
        }
    }
}

/// The parts that matter of `arn:PARTITION:kms:REGION:ACCOUNT:RESOURCE`.
struct Arn<'a> {
    region: &'a str,
    account: &'a str,
    resource: &'a str,
}

impl<'a> Arn<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.splitn(6, ':');
        let (arn, partition, service) = (parts.next()?, parts.next()?, parts.next()?);
        let (region, account, resource) = (parts.next()?, parts.next()?, parts.next()?);
        // The region becomes a part of the host's name: nothing else may pass here that could name another host.
        let is_label = |text: &str| {
            let known = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
            !text.is_empty() && text.bytes().all(known)
        };
        let is_account = !account.is_empty() && account.bytes().all(|b| b.is_ascii_digit());
        let known = arn == "arn" && service == "kms" && is_label(partition) && is_label(region);
        (known && is_account).then_some(Self { region, account, resource })
    }
}

fn is_key(resource: &str) -> bool {
    resource.strip_prefix(KEY).is_some_and(is_id)
}

fn is_id(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

fn is_alias(text: &str) -> bool {
    let known = |b: u8| b.is_ascii_alphanumeric() || b"/_-".contains(&b);
    text.strip_prefix(ALIAS).is_some_and(|name| !name.is_empty() && name.bytes().all(known))
}

const ALIAS: &str = "alias/";
const KEY: &str = "key/";
/// What the ids of multi-Region keys begin with.
const MULTI_REGION: &str = "mrk-";
/// The bytes of a `KeyId` (API reference of AWS KMS, `Encrypt`).
const MAX_LENGTH: usize = 2048;

#[cfg(test)]
mod tests {
    use super::*;

    const ARN: &str = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    const MRK: &str = "mrk-1234abcd12ab34cd56ef1234567890ab";

    #[test]
    fn names_are_read() {
        let name = |text: &str| KeyName::parse(text);
        for (text, region) in [
            (ARN, Some("eu-west-1")),
            ("arn:aws-us-gov:kms:us-gov-west-1:1:alias/team/x_1", Some("us-gov-west-1")),
            ("1234abcd-12ab-34cd-56ef-1234567890ab", None),
            (MRK, None),
            ("alias/x", None),
        ] {
            assert_eq!(name(text).unwrap().region(), region, "{text}");
        }
        for text in [
            "",
            "alias/",
            "alias/a b",
            "key/x",
            "arn:aws:s3:::bucket",
            "arn:aws:kms::1:key/x",
            "arn:aws:kms:eu-west-1:1:key/",
            "arn:aws:kms:eu-west-1:1:grant/x",
            "arn:aws:kms:evil.example/#:1:key/x",
            "arn:aws:kms:eu-west-1:1:key/x:y",
            &"a".repeat(MAX_LENGTH + 1),
        ] {
            assert_eq!(name(text), None, "{text}");
        }
        assert!(KeyName::parse_key_arn(ARN).is_some());
        assert_eq!(KeyName::parse_key_arn("alias/x"), None);
        assert_eq!(KeyName::parse_key_arn("arn:aws:kms:eu-west-1:1:alias/x"), None);
    }

    #[test]
    fn blobs_are_opened_by_the_recorded_key_or_its_replica() {
        let arn = |region: &str, account: &str, id: &str| {
            format!("arn:aws:kms:{region}:{account}:key/{id}")
        };
        let kek = arn("eu-west-1", "1", MRK);
        for (own, expected) in [
            ("alias/x", &kek),
            (ARN, &kek),
            (MRK, &MRK.to_owned()),
            (&arn("us-east-1", "1", MRK), &arn("us-east-1", "1", MRK)),
            (&arn("us-east-1", "2", MRK), &kek),
        ] {
            let opened = KeyName::parse(own).unwrap().to_open(KeyName::parse(&kek).unwrap());
            assert_eq!(opened.as_str(), expected, "{own}");
        }
    }
}
