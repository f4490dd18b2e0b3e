//! The options of a rule as `tokenize.params` carries them: `docs/format.md`, section 10.

use serde_json::{Map, Value, json};

use super::options::{
    self, CELL_KEYS, CELL_OUTPUTS, MODES, NORMALIZES, ON_INVALIDS, PSEUDONYM_OUTPUTS,
};
use super::{Action, Generalize, Rule};
use crate::surrogate::TABLE;

impl Rule {
    /// Every option of the action that affects what is written, defaults written out; the domain and the key version have tags of
    /// their own. The logical type of `encrypt` depends on the column, so the plan adds it.
    #[must_use]
    pub fn params_json(&self) -> Value {
        let mut params = self.action.params();
        let steps = self.normalize.iter().map(|step| options::word_of(*step, NORMALIZES));
        params.insert("normalize".to_owned(), steps.collect());
        params
            .insert("on_invalid".to_owned(), options::word_of(self.on_invalid, ON_INVALIDS).into());
        Value::Object(params)
    }
}

impl Action {
    pub(super) fn params(&self) -> Map<String, Value> {
        let params = match self {
            Self::Drop | Self::Keep => json!({}),
            Self::Encrypt { mode, output, key, .. } => json!({
                "key": options::word_of(*key, CELL_KEYS),
                "mode": options::word_of(*mode, MODES),
                "output": options::word_of(*output, CELL_OUTPUTS),
            }),
            Self::Generalize(generalize) => generalize.params(),
            Self::Pseudonymize { output, .. } => {
                json!({ "output": options::word_of(*output, PSEUDONYM_OUTPUTS) })
            }
            Self::Redact { with } => json!({ "with": with.as_deref().unwrap_or(REDACTED) }),
            Self::ShiftDate { max_days, subject } => {
                json!({ "max_days": max_days, "subject": subject.to_string() })
            }
            Self::Surrogate { kind, locale, .. } => {
                json!({ "kind": kind.name(), "locale": locale.name(), "table": TABLE })
            }
            Self::Text(text) => text.params(),
            Self::Tokenize { format, .. } => format.all_params(),
            Self::Truncate { fill, first, last } => {
                json!({ "fill": fill, "keep": { "first": first, "last": last } })
            }
        };
        match params {
            Value::Object(params) => params,
            _ => Map::new(),
        }
    }
}

impl Generalize {
    /// The word that policies write.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::AgeBand { .. } => "age_band",
            Self::Bucket { .. } => "bucket",
            Self::Month => "month",
            Self::Round { .. } => "round",
            Self::Year => "year",
            Self::Zip3 => "zip3",
        }
    }

    fn params(&self) -> Value {
        let to = self.name();
        match self {
            Self::AgeBand { as_of, size } => {
                json!({ "as_of": as_of.to_string(), "size": size, "to": to })
            }
            // As text: canonical JSON has no floats.
            Self::Bucket { size } | Self::Round { size } => {
                json!({ "size": size.to_string(), "to": to })
            }
            Self::Month | Self::Year | Self::Zip3 => json!({ "to": to }),
        }
    }
}

/// What `redact` writes by itself: `docs/format.md`, section 9.
const REDACTED: &str = "[REDACTED]";

impl super::PseudonymOutput {
    /// The word that policies write.
    #[must_use]
    pub fn name(self) -> &'static str {
        options::word_of(self, PSEUDONYM_OUTPUTS)
    }
}
