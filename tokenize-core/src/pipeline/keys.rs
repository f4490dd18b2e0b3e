//! Data keys that run out while a file is written: a new one is on disk, wrapped, before it encrypts anything.

use std::sync::{Mutex, PoisonError, RwLock};

use super::MaskPlan;
use crate::error::Error;
use crate::io::side::Beside;

/// Lets batches through, from any thread.
pub(super) struct KeyGate<'a> {
    plan: &'a MaskPlan,
    beside: Mutex<Beside>,
    /// Held by all that treat, and alone by whoever brings a new key.
    passing: RwLock<()>,
}

impl<'a> KeyGate<'a> {
    /// A gate for a plan whose data keys are in `beside`.
    pub(super) fn new(plan: &'a MaskPlan, beside: Beside) -> Self {
        Self { plan, beside: Mutex::new(beside), passing: RwLock::new(()) }
    }

    /// Treats a batch, under new data keys if the old ones are used up.
    pub(super) fn pass<T>(&self, treat: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
        if self.plan.run.sealing().is_renewal_due() {
            let _alone = self.passing.write().unwrap_or_else(PoisonError::into_inner);
            if self.plan.run.sealing().renew()? {
                let mut beside = self.beside.lock().unwrap_or_else(PoisonError::into_inner);
                beside.update(&self.plan.manifest()?.to_text())?;
            }
        }
        let _with_others = self.passing.read().unwrap_or_else(PoisonError::into_inner);
        treat()
    }

    /// What is beside the output, once all batches have passed.
    pub(super) fn beside(self) -> Beside {
        self.beside.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}
