//! WARNING: for tests only. The wrapping key lives in memory, may be chosen by the caller, and is gone with the process.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::{
    EncryptionContext, Kms, KmsError, KmsProvider, KmsReference, Wrapped, local::LocalKms,
};
use crate::secret::Secret;

/// WARNING: for tests only. A KMS and its provider in one, for references of the scheme `insecure-fake`.
///
/// It counts calls and can be told to be out of order, at once or after some more calls. Clones are the same KMS.
#[derive(Debug, Clone)]
pub struct InsecureFakeKms(Arc<State>);

#[derive(Debug)]
struct State {
    kms: LocalKms,
    generates: AtomicUsize,
    unwraps: AtomicUsize,
    /// How many more calls are answered.
    left: AtomicUsize,
}

impl InsecureFakeKms {
    /// A KMS whose wrapping key is `kek`.
    #[must_use]
    pub fn new(mut kek: [u8; 32]) -> Self {
        let kms = LocalKms::insecure_from(Secret::take(&mut kek));
        Self(Arc::new(State {
            kms,
            generates: AtomicUsize::new(0),
            unwraps: AtomicUsize::new(0),
            left: AtomicUsize::new(usize::MAX),
        }))
    }

    /// How often a key was unwrapped.
    #[must_use]
    pub fn unwraps(&self) -> usize {
        self.0.unwraps.load(Ordering::SeqCst)
    }

    /// How often a key was made.
    #[must_use]
    pub fn generates(&self) -> usize {
        self.0.generates.load(Ordering::SeqCst)
    }

    /// Makes every call fail from now on, or work again.
    pub fn set_down(&self, down: bool) {
        self.fail_after(if down { 0 } else { usize::MAX });
    }

    /// Answers this many calls more, and fails from then on.
    pub fn fail_after(&self, calls: usize) {
        self.0.left.store(calls, Ordering::SeqCst);
    }

    fn answer(&self) -> Result<(), KmsError> {
        let fewer = |left: usize| if left == usize::MAX { Some(left) } else { left.checked_sub(1) };
        match self.0.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, fewer) {
            Ok(_) => Ok(()),
            Err(_) => Err(KmsError::Service { source: "the fake KMS is down".into() }),
        }
    }
}

impl Kms for InsecureFakeKms {
    fn wrap(&self, key: &Secret, context: &EncryptionContext) -> Result<Wrapped, KmsError> {
        self.answer()?;
        self.0.kms.wrap(key, context)
    }

    fn generate(&self, context: &EncryptionContext) -> Result<(Secret, Wrapped), KmsError> {
        self.0.generates.fetch_add(1, Ordering::SeqCst);
        self.answer()?;
        self.0.kms.generate(context)
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
