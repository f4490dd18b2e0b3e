//! Keys, aliases, blobs, and what the three requests do with them.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Value, json};

use super::Seen;
use super::wire::{self, Message};

/// A request, and what is in it.
pub(super) struct Request {
    pub(super) seen: Seen,
    authorized: bool,
    plaintext: Option<Vec<u8>>,
    blob: Option<Vec<u8>>,
    key_spec: String,
}

impl Request {
    pub(super) fn read(message: &Message) -> Self {
        let header = |name: &str| message.headers.get(name).map_or("", String::as_str);
        let body: Value = serde_json::from_slice(&message.body).unwrap_or_default();
        let text = |name: &str| body[name].as_str().map(str::to_owned);
        let context: BTreeMap<String, String> =
            serde_json::from_value(body["EncryptionContext"].clone()).unwrap_or_default();
        // Credential=AKID/DATE/REGION/kms/aws4_request
        let scope = header("authorization").split("Credential=").nth(1).unwrap_or_default();
        let region = scope.split('/').nth(2).unwrap_or_default().to_owned();
        let target = header("x-amz-target");
        Self {
            authorized: !region.is_empty(),
            seen: Seen {
                action: target.strip_prefix("TrentService.").unwrap_or(target).to_owned(),
                purpose: context.get("tokenize:purpose").cloned(),
                context: context.into_iter().collect(),
                key: text("KeyId"),
                region,
            },
            plaintext: text("Plaintext").and_then(|text| wire::decode(&text)),
            blob: text("CiphertextBlob").and_then(|text| wire::decode(&text)),
            key_spec: text("KeySpec").unwrap_or_default(),
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    Disabled,
    Enabled,
    PendingDeletion,
}

#[derive(Default)]
pub(super) struct Service {
    /// By ARN.
    keys: HashMap<String, Status>,
    /// Keys' ARNs by region and name.
    aliases: HashMap<(String, String), String>,
    sealed: HashMap<Vec<u8>, Sealed>,
}

/// What a blob stands for.
struct Sealed {
    key: String,
    context: Vec<(String, String)>,
    plaintext: Vec<u8>,
}

impl Service {
    pub(super) fn create_key(&mut self, region: &str) -> String {
        let hex = hex(16);
        let (a, b, c, d, e) = (&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]);
        self.insert(region, &format!("{a}-{b}-{c}-{d}-{e}"))
    }

    pub(super) fn create_multi_region_key(&mut self, regions: &[&str]) -> Vec<String> {
        let id = format!("mrk-{}", hex(16));
        regions.iter().map(|region| self.insert(region, &id)).collect()
    }

    fn insert(&mut self, region: &str, id: &str) -> String {
        let arn = format!("arn:aws:kms:{region}:111122223333:key/{id}");
        self.keys.insert(arn.clone(), Status::Enabled);
        arn
    }

    pub(super) fn set_alias(&mut self, alias: &str, key: &str) {
        assert!(alias.starts_with("alias/") && self.keys.contains_key(key));
        self.aliases.insert((region_of(key), alias.to_owned()), key.to_owned());
    }

    pub(super) fn set_status(&mut self, key: &str, status: Status) {
        *self.keys.get_mut(key).unwrap() = status;
    }

    pub(super) fn plaintexts(&self) -> Vec<Vec<u8>> {
        self.sealed.values().map(|sealed| sealed.plaintext.clone()).collect()
    }

    pub(super) fn answer(&mut self, request: &Request) -> (u16, String) {
        if !request.authorized {
            return error("MissingAuthenticationToken", "Missing Authentication Token");
        }
        let answer = match request.seen.action.as_str() {
            "Decrypt" => self.decrypt(request),
            "Encrypt" => self.encrypt(request),
            "GenerateDataKey" => self.generate_data_key(request),
            _ => Err(error("UnknownOperationException", "")),
        };
        answer.map_or_else(|error| error, |answer| (200, answer.to_string()))
    }

    fn encrypt(&mut self, request: &Request) -> Result<Value, (u16, String)> {
        let key = self.usable(request)?;
        let missing = || error("ValidationException", "Value null at 'plaintext'");
        let plaintext = request.plaintext.clone().ok_or_else(missing)?;
        let blob = self.seal(&key, request, plaintext);
        Ok(
            json!({ "CiphertextBlob": wire::encode(&blob), "KeyId": key, "EncryptionAlgorithm": "SYMMETRIC_DEFAULT" }),
        )
    }

    fn generate_data_key(&mut self, request: &Request) -> Result<Value, (u16, String)> {
        let key = self.usable(request)?;
        let length = match request.key_spec.as_str() {
            "AES_128" => 16,
            "AES_256" => 32,
            _ => return Err(error("ValidationException", "KeySpec or NumberOfBytes, not both")),
        };
        let plaintext = wire::random_bytes(length);
        let blob = self.seal(&key, request, plaintext.clone());
        let (blob, plaintext) = (wire::encode(&blob), wire::encode(&plaintext));
        Ok(json!({ "CiphertextBlob": blob, "Plaintext": plaintext, "KeyId": key }))
    }

    fn decrypt(&self, request: &Request) -> Result<Value, (u16, String)> {
        let key = self.usable(request)?;
        let invalid = || error("InvalidCiphertextException", "");
        let blob = request.blob.as_ref().ok_or_else(invalid)?;
        let sealed = self.sealed.get(blob).ok_or_else(invalid)?;
        let replica = |arn: &str| {
            arn.rsplit('/').next().filter(|id| id.starts_with("mrk-")).map(str::to_owned)
        };
        if sealed.key != key && (replica(&key).is_none() || replica(&key) != replica(&sealed.key)) {
            let text = "The key ID in the request does not identify a CMK that can perform this operation.";
            return Err(error("IncorrectKeyException", text));
        }
        if sealed.context != request.seen.context {
            return Err(invalid());
        }
        let plaintext = wire::encode(&sealed.plaintext);
        Ok(
            json!({ "Plaintext": plaintext, "KeyId": key, "EncryptionAlgorithm": "SYMMETRIC_DEFAULT" }),
        )
    }

    /// The key that a request names, if it can be used now.
    fn usable(&self, request: &Request) -> Result<String, (u16, String)> {
        let name = request.seen.key.as_deref().unwrap_or_default();
        let region = &request.seen.region;
        let not_found = || error("NotFoundException", &format!("{name} is not found."));
        let here = |arn: &String| region_of(arn) == *region;
        let key = match name.rsplit_once(':').map_or(name, |(_, resource)| resource) {
            alias if alias.starts_with("alias/") => {
                self.aliases.get(&(region.clone(), alias.to_owned()))
            }
            id => self
                .keys
                .keys()
                .find(|arn| here(arn) && arn.rsplit('/').next() == id.rsplit('/').next()),
        };
        // An ARN of another region is not found, whatever is there.
        let key = key.filter(|_| !name.starts_with("arn:") || here(&name.to_owned()));
        let key = key.ok_or_else(not_found)?;
        match self.keys[key] {
            Status::Enabled => Ok(key.clone()),
            Status::Disabled => Err(error("DisabledException", &format!("{key} is disabled."))),
            Status::PendingDeletion => {
                Err(error("KMSInvalidStateException", &format!("{key} is pending deletion.")))
            }
        }
    }

    fn seal(&mut self, key: &str, request: &Request, plaintext: Vec<u8>) -> Vec<u8> {
        let blob = wire::random_bytes(BLOB_LENGTH);
        let sealed =
            Sealed { key: key.to_owned(), context: request.seen.context.clone(), plaintext };
        self.sealed.insert(blob.clone(), sealed);
        blob
    }
}

/// An error in the form of KMS.
pub(super) fn error(code: &str, message: &str) -> (u16, String) {
    (400, json!({ "__type": code, "message": message }).to_string())
}

fn region_of(arn: &str) -> String {
    arn.split(':').nth(3).unwrap_or_default().to_owned()
}

fn hex(bytes: usize) -> String {
    wire::random_bytes(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// That of KMS for a key of 32 bytes.
const BLOB_LENGTH: usize = 184;
