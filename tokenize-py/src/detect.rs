//! Personal data in texts and tables, found.

use arrow::array::RecordBatch;
use arrow::compute::concat_batches;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedStr;
use tokenize_core::detect::findings_schema;
use tokenize_core::{
    DetectError, Detection, Detector as CoreDetector, Finding, detection_from_json,
    detection_from_path, detection_from_text,
};

use crate::error::{Class, Failure, detached};
use crate::table::{ArrowTable, Input, own};

/// What `tokenize_py.detect` and its neighbours drive.
#[pyclass(frozen, module = "tokenize_py._core")]
pub(crate) struct Detector(pub(crate) CoreDetector);

/// Entity, start, end, score, rule, reasons, reserved.
type Found = (String, usize, usize, f64, String, Vec<&'static str>, bool);

#[pymethods]
impl Detector {
    /// `rules` are a text and what it is: `path`, `text` or `json`.
    #[new]
    fn new(
        py: Python<'_>,
        rules: Option<(String, String)>,
        entities: Option<Vec<String>>,
        min_score: Option<f32>,
    ) -> Result<Self, Failure> {
        detached(py, || {
            let mut detection = rules.map_or_else(|| Ok(Detection::default()), read)?;
            if let Some(entities) = entities {
                detection = detection.only(entities.iter().map(String::as_str))?;
            }
            detection.min_score = min_score.or(detection.min_score);
            Ok::<_, Failure>(Self(CoreDetector::new(&detection)?))
        })
    }

    fn entities(&self) -> Vec<&str> {
        self.0.entities().collect()
    }

    /// Places are counted in `codepoints`, `utf8` or `utf16`.
    fn detect(&self, py: Python<'_>, text: &Bound<'_, PyAny>, unit: &str) -> PyResult<Vec<Found>> {
        let text = text
            .extract::<PyBackedStr>()
            .map_err(|error| own(py, error, "the text holds lone surrogates: it is no Unicode"))?;
        let width = match unit {
            "codepoints" => |_: char| 1,
            "utf16" => char::len_utf16,
            _ => char::len_utf8,
        };
        Ok(detached(py, || Ok::<_, Failure>(places(&text, &self.0.detect(&text), width)))?)
    }

    /// `name` is that of an array; a table has names of its own.
    fn detect_all(
        &self,
        py: Python<'_>,
        data: &Bound<'_, PyAny>,
        name: Option<&str>,
    ) -> PyResult<ArrowTable> {
        let input = input(data, name)?;
        Ok(detached(py, || {
            let (mut tables, mut rows) = (Vec::new(), 0);
            for batch in input {
                let batch = batch?;
                tables.push(self.0.detect_batch_at(&batch, rows)?);
                rows += batch.num_rows();
            }
            let schema = findings_schema();
            let table: RecordBatch = concat_batches(&schema, &tables).map_err(DetectError::from)?;
            Ok::<_, Failure>(ArrowTable::new(schema, vec![table]))
        })?)
    }
}

/// A table, or an array under a name.
pub(crate) fn input(data: &Bound<'_, PyAny>, name: Option<&str>) -> PyResult<Input> {
    name.map_or_else(|| Input::new(data), |name| Input::of_array(data, name))
}

fn read((rules, kind): (String, String)) -> Result<Detection, Failure> {
    match &*kind {
        "json" => {
            let tree = serde_json::from_str(&rules);
            detection_from_json(&tree.map_err(|_| {
                let problem = "the rules are no tree of texts, numbers, lists and mappings";
                Failure::new(Class::Policy, "rules", problem)
            })?)
        }
        "path" => detection_from_path(rules),
        _ => detection_from_text(&rules),
    }
    .map_err(|error| Failure::from(error).of_rules())
}

/// Findings with their places in another unit; they come in the order of their places.
fn places(text: &str, findings: &[Finding], width: impl Fn(char) -> usize) -> Vec<Found> {
    let (mut byte, mut place) = (0, 0);
    let mut place_of = |to: usize| {
        place += text.get(byte..to).map_or(0, |text| text.chars().map(&width).sum());
        byte = to;
        place
    };
    let found = findings.iter().map(|finding| {
        (
            finding.entity.to_string(),
            place_of(finding.start),
            place_of(finding.end),
            // Scores are whole percents.
            (f64::from(finding.score) * 100.0).round() / 100.0,
            finding.rule.to_string(),
            finding.reasons.names().collect(),
            finding.reserved,
        )
    });
    found.collect()
}
