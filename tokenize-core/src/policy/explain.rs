//! What a policy promises and what it leaks, rule by rule.

use std::fmt;

use serde::Serialize;
use serde_json::Value;

use super::options::{self, UNLISTEDS};
use super::{Action, Need, Policy, Rule};

/// A policy explained: one row per rule. `Display` writes a table.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Explanation {
    /// The policy's name.
    pub policy: String,
    /// What happens to a column that no rule names.
    pub unlisted: &'static str,
    /// The rules, as ordered in the policy.
    pub columns: Vec<ExplainedRule>,
    /// What should be known besides, each once.
    pub cautions: Vec<&'static str>,
    /// What masking takes from the keyring.
    pub needs: Vec<Need>,
    /// Whether a writer file is enough to mask.
    pub write_only: bool,
}

/// What one rule promises and leaks.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct ExplainedRule {
    /// The columns it names.
    pub column: String,
    /// What happens to them.
    pub action: &'static str,
    /// The pseudonymisation domain; none for actions without one, and where `encrypt` takes the column's path.
    pub domain: Option<String>,
    /// All options, defaults written out.
    pub options: Value,
    /// The key version, if one is pinned.
    pub key_version: Option<u32>,
    /// Whether the column may be absent.
    pub optional: bool,
    /// Whether values can be had back.
    pub reversible: bool,
    /// Whether equal values become equal.
    pub deterministic: bool,
    /// Whether different values become different.
    pub injective: bool,
    /// Whether shape and type stay.
    pub format_preserving: bool,
    /// What the masked column still shows.
    pub leaks: &'static str,
}

impl Policy {
    /// Says, rule by rule, what the policy promises and what it leaks.
    #[must_use]
    pub fn explain(&self) -> Explanation {
        let mut cautions: Vec<_> =
            self.rules.iter().filter_map(|rule| rule.action.caution()).collect();
        cautions.sort_unstable();
        cautions.dedup();
        Explanation {
            policy: self.name.clone(),
            unlisted: options::word_of(self.unlisted, UNLISTEDS),
            columns: self.rules.iter().map(ExplainedRule::of).collect(),
            cautions,
            needs: self.needs(),
            write_only: self.is_write_only(),
        }
    }
}

impl ExplainedRule {
    fn of(rule: &Rule) -> Self {
        let action = &rule.action;
        let domain = match action {
            Action::Encrypt { domain, .. } => domain.clone(),
            Action::Pseudonymize { domain, .. } | Action::Tokenize { domain, .. } => {
                Some(domain.clone())
            }
            _ => None,
        };
        Self {
            column: rule.column.to_string(),
            action: action.name(),
            domain,
            options: rule.params_json(),
            key_version: rule.key_version,
            optional: rule.optional,
            reversible: action.is_reversible(),
            deterministic: action.is_deterministic(),
            injective: action.is_injective(),
            format_preserving: action.is_format_preserving(),
            leaks: action.leaks(),
        }
    }

    fn cells(&self) -> [String; COLUMNS] {
        let yes_or_no = |yes: bool| if yes { "yes" } else { "no" }.to_owned();
        [
            one_line(&self.column),
            self.action.to_owned(),
            self.options_text(),
            yes_or_no(self.reversible),
            yes_or_no(self.deterministic),
            yes_or_no(self.injective),
            yes_or_no(self.format_preserving),
            self.leaks.to_owned(),
        ]
    }

    /// `name=value` for every option that is not what all rules have.
    fn options_text(&self) -> String {
        let mut shown = Vec::new();
        shown.extend(self.domain.as_ref().map(|domain| format!("domain={}", one_line(domain))));
        shown.extend(self.key_version.map(|version| format!("key_version={version}")));
        shown.extend(self.optional.then(|| "optional".to_owned()));
        for (key, value) in self.options.as_object().into_iter().flatten() {
            let is_usual = matches!((key.as_str(), value), ("on_invalid", Value::String(word)) if word == "fail")
                || matches!((key.as_str(), value), ("normalize", Value::Array(steps)) if steps.is_empty());
            if !is_usual {
                shown.push(format!("{key}={}", option_text(value)));
            }
        }
        if shown.is_empty() { "-".to_owned() } else { shown.join(" ") }
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "policy {}; columns without a rule: {}",
            one_line(&self.policy),
            self.unlisted
        )?;
        let rows: Vec<_> = std::iter::once(HEAD.map(str::to_owned))
            .chain(self.columns.iter().map(ExplainedRule::cells))
            .collect();
        let widths: [usize; COLUMNS] = std::array::from_fn(|i| {
            rows.iter().map(|row| row[i].chars().count()).max().unwrap_or(0)
        });
        for row in &rows {
            let line: String =
                row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}  ")).collect();
            writeln!(f, "{}", line.trim_end())?;
        }
        writeln!(
            f,
            "Every action but drop shows which cells are null, and all but redact which are empty. Equality is that within a domain and key version."
        )?;
        for caution in &self.cautions {
            writeln!(f, "{caution}")?;
        }
        self.write_needs(f)
    }
}

impl Explanation {
    fn write_needs(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.needs.is_empty() {
            return writeln!(f, "mask needs: no key.");
        }
        let needs: Vec<String> =
            self.needs.iter().map(|need| one_line(&need.to_string())).collect();
        writeln!(f, "mask needs: {}.", needs.join(", "))?;
        f.write_str(if self.write_only {
            "A writer file is enough to mask (tokenize keyring export-writer), and cannot unmask.\n"
        } else {
            "A writer file is not enough to mask: it makes data keys and takes no root key.\n"
        })
    }
}

/// A value of an option, short enough for a table.
fn option_text(value: &Value) -> String {
    let text = match value {
        Value::Array(items) => items.iter().map(option_text).collect::<Vec<_>>().join(","),
        Value::Object(map) => map
            .iter()
            .map(|(key, value)| format!("{key}:{}", option_text(value)))
            .collect::<Vec<_>>()
            .join(","),
        Value::String(text) => one_line(text),
        other => other.to_string(),
    };
    match text.char_indices().nth(OPTION_LIMIT) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

const COLUMNS: usize = 8;

const HEAD: [&str; COLUMNS] = [
    "COLUMN",
    "ACTION",
    "OPTIONS",
    "REVERSIBLE",
    "DETERMINISTIC",
    "INJECTIVE",
    "FORMAT KEPT",
    "LEAKS",
];

/// Longer options are cut short in the table, not in the data.
const OPTION_LIMIT: usize = 48;
