//! Keyrings: opaque, masked, no way to the bytes.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use tokenize_core::keys::{EncryptionContext, KmsReference, Rewrap};
use tokenize_core::{KeyError, Keyring as CoreKeyring, KeyringOptions};

use crate::carried::Carried;
use crate::error::{Failure, detached};

#[pyclass(frozen, module = "tokenize_py")]
pub(crate) struct Keyring(Mutex<CoreKeyring>);

#[pymethods]
impl Keyring {
    #[staticmethod]
    #[pyo3(signature = (path, kms = "local:kek.key", reveal_kms = None, context = None))]
    fn create(
        py: Python<'_>,
        path: PathBuf,
        kms: &str,
        reveal_kms: Option<&str>,
        context: Option<BTreeMap<String, String>>,
    ) -> Result<Self, Failure> {
        let kms: KmsReference = kms.parse()?;
        let pairs = context.unwrap_or_default().into_iter();
        let context = pairs
            .fold(EncryptionContext::new(), |context, (name, value)| context.with(name, value));
        let mut options =
            KeyringOptions::new(kms, SystemTime::now().into()).encryption_context(context);
        if let Some(kms) = reveal_kms {
            options = options.reveal_kms(kms.parse()?);
        }
        detached(py, || CoreKeyring::create(path, options)).map(Self::new)
    }

    #[staticmethod]
    fn open(py: Python<'_>, path: PathBuf) -> Result<Self, Failure> {
        detached(py, || CoreKeyring::open(path)).map(Self::new)
    }

    #[getter]
    fn id(&self) -> String {
        self.core().id().to_string()
    }

    #[getter]
    fn primary(&self) -> u32 {
        self.core().primary()
    }

    #[getter]
    fn kms(&self) -> String {
        self.core().kms().to_string()
    }

    #[getter]
    fn reveal_kms(&self) -> String {
        self.core().reveal_kms().to_string()
    }

    #[getter]
    fn former_kms(&self) -> Vec<String> {
        self.core().former_kms().iter().map(KmsReference::to_string).collect()
    }

    #[getter]
    fn write_only(&self) -> bool {
        self.core().is_write_only()
    }

    fn versions(&self) -> Vec<KeyVersion> {
        let version = |version: &tokenize_core::keys::VersionInfo| KeyVersion {
            version: version.version(),
            state: version.state().as_str(),
            created: version.created().to_string(),
        };
        self.core().versions().iter().map(version).collect()
    }

    fn add(&self, py: Python<'_>) -> Result<u32, Failure> {
        self.change(py, |keyring| keyring.add(SystemTime::now().into()))
    }

    fn promote(&self, py: Python<'_>, version: u32) -> Result<(), Failure> {
        self.change(py, |keyring| keyring.promote(version))
    }

    fn disable(&self, py: Python<'_>, version: u32) -> Result<(), Failure> {
        self.change(py, |keyring| keyring.disable(version))
    }

    fn enable(&self, py: Python<'_>, version: u32) -> Result<(), Failure> {
        self.change(py, |keyring| keyring.enable(version))
    }

    fn destroy(&self, py: Python<'_>, version: u32) -> Result<(), Failure> {
        self.change(py, |keyring| keyring.destroy(version))
    }

    #[pyo3(signature = (*, kms = None, reveal_kms = None))]
    fn rewrap(&self, py: Python<'_>, kms: Option<&str>, reveal_kms: Option<&str>) -> PyResult<()> {
        let parse = |kms: Option<&str>| kms.map(str::parse::<KmsReference>).transpose();
        let (kms, reveal) =
            (parse(kms).map_err(Failure::from)?, parse(reveal_kms).map_err(Failure::from)?);
        let to = match (kms, reveal) {
            (Some(kms), Some(reveal)) => Rewrap::to(kms).and_reveal_to(reveal),
            (Some(kms), None) => Rewrap::to(kms),
            (None, Some(reveal)) => Rewrap::reveal_to(reveal),
            (None, None) => return Err(PyTypeError::new_err("give kms, reveal_kms or both")),
        };
        Ok(self.change(py, |keyring| keyring.rewrap(&to))?)
    }

    #[pyo3(signature = (path, version = None))]
    fn export_writer(
        &self,
        py: Python<'_>,
        path: PathBuf,
        version: Option<u32>,
    ) -> Result<(), Failure> {
        let keyring = self.core();
        let version = version.unwrap_or_else(|| keyring.primary());
        detached(py, || keyring.export_writer(version, path))
    }

    fn __repr__(&self) -> String {
        let keyring = self.core();
        if keyring.is_write_only() {
            return format!(
                "Keyring(id='{}', primary={}, write_only)",
                keyring.id(),
                keyring.primary()
            );
        }
        format!("Keyring(id='{}', primary={}, keys=***)", keyring.id(), keyring.primary())
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, (String,))> {
        let again = py.import("tokenize_py._pickles")?.getattr("keyring")?;
        Ok((again, (Carried::of(&self.core())?.to_text(),)))
    }
}

/// The keyring of a pickle.
#[pyfunction]
pub(crate) fn carried_keyring(text: &str) -> Result<Keyring, Failure> {
    Ok(Keyring::new(Carried::read(text)?.keyring()?))
}

impl Keyring {
    fn new(keyring: CoreKeyring) -> Self {
        Self(Mutex::new(keyring))
    }

    /// The keyring as it is now; later changes do not reach the clone, unwrapped keys are shared.
    pub(crate) fn core(&self) -> CoreKeyring {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The lock is taken on a clone's way in and out only, never while the interpreter or a KMS is waited for.
    fn change<T: Send>(
        &self,
        py: Python<'_>,
        change: impl FnOnce(&mut CoreKeyring) -> Result<T, KeyError> + Send,
    ) -> Result<T, Failure> {
        let mut keyring = self.core();
        let (keyring, done) = detached(py, || change(&mut keyring).map(|done| (keyring, done)))?;
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = keyring;
        Ok(done)
    }
}

#[pyclass(frozen, get_all, eq, module = "tokenize_py")]
#[derive(PartialEq, Eq)]
pub(crate) struct KeyVersion {
    version: u32,
    state: &'static str,
    created: String,
}

#[pymethods]
impl KeyVersion {
    fn __repr__(&self) -> String {
        format!(
            "KeyVersion(version={}, state='{}', created='{}')",
            self.version, self.state, self.created
        )
    }
}
