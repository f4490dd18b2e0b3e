//! The Python door: `tokenize_py._core`.
//!
//! Each function is four moves: convert in, detach from the interpreter, call core, convert out. What kind of table a caller has is
//! the concern of the Python face (`python/tokenize_py`); here everything is an Arrow capsule. Never hands out key bytes, and never
//! lets a value into an exception.

mod carried;
mod detect;
mod error;
mod ff1;
mod file;
mod interrupt;
mod keyring;
mod plan;
mod report;
mod scan;
mod spark;
mod table;
mod tags;
mod tokenizer;

use pyo3::prelude::*;

#[pymodule]
mod _core {
    use pyo3::prelude::*;

    #[pymodule_export]
    use crate::detect::Detector;
    #[pymodule_export]
    use crate::ff1::{ff1_decrypt, ff1_encrypt};
    #[pymodule_export]
    use crate::file::{mask_file, mask_file_inspected, remask_file, unmask_file};
    #[pymodule_export]
    use crate::keyring::{KeyVersion, Keyring, carried_keyring};
    #[pymodule_export]
    use crate::plan::Plan;
    #[pymodule_export]
    use crate::report::{ColumnReport, FileReport, Report};
    #[pymodule_export]
    use crate::scan::{ScanReport, scan};
    #[pymodule_export]
    use crate::spark::{spark_columns, spark_parquet, spark_schema};
    #[pymodule_export]
    use crate::table::{ArrowSchema, ArrowTable, schema_from_bytes, schema_of};
    #[pymodule_export]
    use crate::tags::{masked_paths, tag_schema};
    #[pymodule_export]
    use crate::tokenizer::{Engine, carried_engine, plan_mask_under, policy_json};

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        crate::error::silence_panics();
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }
}
