//! Keyrings: opaque, masked, no way to the bytes.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use tokenize_core::keys::{EncryptionContext, KmsReference};
use tokenize_core::{KeyError, Keyring as CoreKeyring, KeyringOptions};

use crate::error::{Failure, detached};

#[pyclass(frozen, module = "tokenize_py")]
pub(crate) struct Keyring(Mutex<CoreKeyring>);

#[pymethods]
impl Keyring {
    #[staticmethod]
    #[pyo3(signature = (path, kms = "local:kek.key", context = None))]
    fn create(
        py: Python<'_>,
        path: PathBuf,
        kms: &str,
        context: Option<BTreeMap<String, String>>,
    ) -> Result<Self, Failure> {
        let kms: KmsReference = kms.parse()?;
        let pairs = context.unwrap_or_default().into_iter();
        let context = pairs
            .fold(EncryptionContext::new(), |context, (name, value)| context.with(name, value));
        let options =
            KeyringOptions::new(kms, SystemTime::now().into()).encryption_context(context);
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

    fn __repr__(&self) -> String {
        let keyring = self.core();
        format!("Keyring(id='{}', primary={}, keys=***)", keyring.id(), keyring.primary())
    }

    fn __reduce_ex__(&self, _protocol: i32) -> PyResult<()> {
        Err(PyTypeError::new_err(
            "a Keyring cannot be pickled or copied: it may hold unwrapped keys; open the keyring file where it is needed",
        ))
    }
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
