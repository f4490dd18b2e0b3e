//! What a policy promises and what it leaks, rule by rule.

use std::fmt;

use serde::Serialize;
use serde_json::Value;

use super::options::{self, UNLISTEDS};
use super::{Action, Need, Policy, Rule, profile};
use crate::surrogate::{StandIns, expected_sharing};

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
    /// Every clause of the profiles, with the columns that it was held against; none without a profile.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub clauses: Vec<ExplainedClause>,
    /// What should be known besides, each once.
    pub cautions: Vec<&'static str>,
    /// What masking takes from the keyring.
    pub needs: Vec<Need>,
    /// Whether a writer file is enough to mask.
    pub write_only: bool,
}

/// What a regulation says, and which columns that is about.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct ExplainedClause {
    /// The profile.
    pub profile: &'static str,
    /// Where it is said.
    pub clause: &'static str,
    /// What is due.
    pub demands: &'static str,
    /// The columns, each with its action.
    pub columns: Vec<(String, &'static str)>,
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
    /// For `surrogate`, how many stand-ins there are.
    pub stand_ins: Option<StandInCount>,
}

/// How many stand-ins a rule has, and how often values must share one.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct StandInCount {
    /// The number of stand-ins.
    pub possible: u64,
    /// What is expected, for some numbers of different values.
    pub sharing: [Sharing; SAMPLES.len()],
}

/// How many of so many different values are expected to share their stand-in with another one.
#[derive(Debug, Clone, Copy, Serialize)]
#[non_exhaustive]
pub struct Sharing {
    /// The number of different values.
    pub values: u64,
    /// Those that share, to two digits.
    pub expected: f64,
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
            clauses: self.explained_clauses(),
            cautions,
            needs: self.needs(),
            write_only: self.is_write_only(),
        }
    }
}

impl Policy {
    fn explained_clauses(&self) -> Vec<ExplainedClause> {
        let met = profile::met(&self.profiles, &self.rules).into_iter();
        met.map(|met| ExplainedClause {
            profile: met.profile,
            clause: met.clause,
            demands: met.demands,
            columns: met.rules,
        })
        .collect()
    }
}

impl ExplainedRule {
    fn of(rule: &Rule) -> Self {
        let action = &rule.action;
        let domain = match action {
            Action::Encrypt { domain, .. } => domain.clone(),
            Action::Pseudonymize { domain, .. }
            | Action::Surrogate { domain, .. }
            | Action::Tokenize { domain, .. } => Some(domain.clone()),
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
            stand_ins: StandInCount::of(action),
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

    /// The row that says how often values must share a stand-in.
    fn stand_in_cells(&self) -> Option<[String; STAND_IN_COLUMNS]> {
        let StandInCount { possible, sharing: [few, many] } = self.stand_ins.as_ref()?;
        let [few, many] = [few, many].map(|sharing| format!("about {}", sharing.expected));
        Some([one_line(&self.column), possible.to_string(), few, many])
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

impl StandInCount {
    fn of(action: &Action) -> Option<Self> {
        let Action::Surrogate { kind, locale, .. } = action else { return None };
        let possible = StandIns::new(*kind, *locale).possible();
        let sharing = SAMPLES.map(|values| Sharing {
            values,
            expected: two_digits(expected_sharing(values, possible)),
        });
        Some(Self { possible, sharing })
    }
}

/// Rounded: more would look exact.
fn two_digits(number: f64) -> f64 {
    format!("{number:.1e}").parse().unwrap_or(number)
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "policy {}; columns without a rule: {}",
            one_line(&self.policy),
            self.unlisted
        )?;
        write_table(f, HEAD, self.columns.iter().map(ExplainedRule::cells))?;
        writeln!(
            f,
            "Every action but drop shows which cells are null, and all but redact which are empty. Equality is that within a domain and key version."
        )?;
        let stand_ins: Vec<_> =
            self.columns.iter().filter_map(ExplainedRule::stand_in_cells).collect();
        if !stand_ins.is_empty() {
            write_table(f, STAND_IN_HEAD, stand_ins)?;
        }
        self.write_clauses(f)?;
        for caution in &self.cautions {
            writeln!(f, "{caution}")?;
        }
        self.write_needs(f)
    }
}

impl Explanation {
    fn write_clauses(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.clauses.is_empty() {
            return Ok(());
        }
        let row = |clause: &ExplainedClause| {
            let columns = clause.columns.iter();
            let columns: Vec<_> =
                columns.map(|(name, action)| format!("{} ({action})", one_line(name))).collect();
            let columns = if columns.is_empty() { "-".to_owned() } else { columns.join(", ") };
            [clause.profile.to_owned(), clause.clause.to_owned(), columns]
        };
        write_table(f, CLAUSE_HEAD, self.clauses.iter().map(row))?;
        writeln!(
            f,
            "profile: every rule passes its clauses. What a column holds is the policy's word: scan and mask --report look at the values."
        )
    }

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

/// Columns that are as wide as their widest cell.
fn write_table<const N: usize>(
    f: &mut fmt::Formatter<'_>,
    head: [&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
) -> fmt::Result {
    let rows: Vec<_> = std::iter::once(head.map(str::to_owned)).chain(rows).collect();
    let widths: [usize; N] =
        std::array::from_fn(|i| rows.iter().map(|row| row[i].chars().count()).max().unwrap_or(0));
    for row in &rows {
        let line: String =
            row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}  ")).collect();
        writeln!(f, "{}", line.trim_end())?;
    }
    Ok(())
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

const CLAUSE_HEAD: [&str; 3] = ["PROFILE", "CLAUSE", "COLUMNS"];

const STAND_IN_COLUMNS: usize = 4;

const STAND_IN_HEAD: [&str; STAND_IN_COLUMNS] =
    ["COLUMN", "STAND-INS", "OF 1000 VALUES SHARE ONE", "OF 1000000 SHARE ONE"];

/// The numbers of values for which the head above says what to expect.
const SAMPLES: [u64; 2] = [1_000, 1_000_000];

/// Longer options are cut short in the table, not in the data.
const OPTION_LIMIT: usize = 48;
