//! `aws-kms:ARN-or-alias`: AWS KMS, by the AWS SDK.

use std::path::Path;

use super::{Kms, KmsError, KmsProvider, KmsReference};

/// The scheme of its references.
pub(super) const SCHEME: &str = "aws-kms";

/// Opens `aws-kms:` references.
#[derive(Debug, Clone, Default)]
pub struct AwsKmsProvider;

impl AwsKmsProvider {
    /// Credentials, region and endpoint as the SDK finds them.
    #[must_use]
    pub fn from_environment() -> Self {
        Self
    }
}

impl KmsProvider for AwsKmsProvider {
    fn open(&self, reference: &KmsReference, _base: &Path) -> Result<Box<dyn Kms>, KmsError> {
        Err(KmsError::NotSupported { reference: reference.clone() })
    }
}
