//! WARNING: for tests only. The wrapping key lives in memory, may be chosen by the caller, and is gone with the process.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use super::{
    EncryptionContext, Kms, KmsError, KmsProvider, KmsReference, Wrapped, local::LocalKms,
};
use crate::secret::Secret;

/// WARNING: for tests only. A KMS and its provider in one, for references of the scheme `insecure-fake`.
///
/// It counts the calls to [`Kms::unwrap`] and can be told to be out of order. Clones are the same KMS.
#[derive(Debug, Clone)]
pub struct InsecureFakeKms(Arc<State>);

#[derive(Debug)]
struct State {
    kms: LocalKms,
    unwraps: AtomicUsize,
    down: AtomicBool,
}

impl InsecureFakeKms {
    /// A KMS whose wrapping key is `kek`.
    #[must_use]
    pub fn new(mut kek: [u8; 32]) -> Self {
        let kms = LocalKms::insecure_from(Secret::take(&mut kek));
        Self(Arc::new(State { kms, unwraps: AtomicUsize::new(0), down: AtomicBool::new(false) }))
    }

    /// How often a key was unwrapped.
    #[must_use]
    pub fn unwraps(&self) -> usize {
        self.0.unwraps.load(Ordering::SeqCst)
    }

    /// Makes every call fail from now on, or work again.
    pub fn set_down(&self, down: bool) {
        self.0.down.store(down, Ordering::SeqCst);
    }

    fn answer(&self) -> Result<(), KmsError> {
        if self.0.down.load(Ordering::SeqCst) {
            return Err(KmsError::Service { source: "the fake KMS is down".into() });
        }
        Ok(())
    }
}

impl Kms for InsecureFakeKms {
    fn wrap(&self, key: &Secret, context: &EncryptionContext) -> Result<Wrapped, KmsError> {
        self.answer()?;
        self.0.kms.wrap(key, context)
    }

    fn unwrap(&self, wrapped: &Wrapped, context: &EncryptionContext) -> Result<Secret, KmsError> {
        self.0.unwraps.fetch_add(1, Ordering::SeqCst);
        self.answer()?;
        self.0.kms.unwrap(wrapped, context)
    }
}

impl KmsProvider for InsecureFakeKms {
    fn open(&self, reference: &KmsReference, _base: &Path) -> Result<Box<dyn Kms>, KmsError> {
        match reference.scheme() {
            "insecure-fake" => Ok(Box::new(self.clone())),
            _ => Err(KmsError::UnknownScheme { reference: reference.clone() }),
        }
    }
}
