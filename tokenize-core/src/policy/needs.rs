//! What masking under a policy takes from a keyring, and why: for whoever grants rights, and for whoever lacks one.

use std::fmt;

use serde::{Serialize, Serializer};

use super::{Action, CellKey, Mode, Policy, Rule};
use crate::keys::Power;

/// A power that masking takes. `Display` writes it in one line: `reveal root key (tokenize: email, ssn; …)`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Need {
    /// What is needed from the keyring.
    #[serde(serialize_with = "purpose")]
    pub power: Power,
    /// The columns that need it, as the rules name them, in their order.
    pub columns: Vec<String>,
    /// The same columns by what is done to them.
    pub uses: Vec<Use>,
}

/// What a power is used for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Use {
    /// What is done, such as `tokenize`.
    pub action: &'static str,
    /// To which columns.
    pub columns: Vec<String>,
    /// Why it takes this power.
    pub why: &'static str,
}

impl Policy {
    /// The powers that masking under this policy takes, each once, in the order in which the rules first need them.
    ///
    /// A column that an earlier mask has encrypted, and that this policy keeps, takes the power to unmask it besides: the new manifest
    /// vouches for it.
    #[must_use]
    pub fn needs(&self) -> Vec<Need> {
        let mut needs: Vec<Need> = Vec::new();
        let actions = self.rules.iter().flat_map(|rule| {
            let inner = rule.action.inner().into_iter().map(move |action| (rule, action));
            [(rule, &rule.action)].into_iter().chain(inner)
        });
        for (rule, action) in actions {
            let Some((power, action, why)) = need_of(action) else { continue };
            match needs.iter_mut().find(|need| need.power == power) {
                Some(need) => need.add(rule, action, why),
                None => {
                    let mut need = Need { power, columns: Vec::new(), uses: Vec::new() };
                    need.add(rule, action, why);
                    needs.push(need);
                }
            }
        }
        needs
    }

    /// Whether a writer file is enough to mask: no rule needs a root key.
    #[must_use]
    pub fn is_write_only(&self) -> bool {
        self.rules.iter().all(|rule| rule.action.power().is_none_or(|power| power.root().is_none()))
    }
}

impl Need {
    fn add(&mut self, rule: &Rule, action: &'static str, why: &'static str) {
        let column = rule.column.to_string();
        if !self.columns.contains(&column) {
            self.columns.push(column.clone());
        }
        match self.uses.iter_mut().find(|known| known.action == action) {
            Some(known) if known.columns.contains(&column) => {}
            Some(known) => known.columns.push(column),
            None => self.uses.push(Use { action, columns: vec![column], why }),
        }
    }
}

impl fmt::Display for Need {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.power {
            Power::DataKey => "a data key per output",
            Power::Pseudonym => "the pseudonym root key",
            Power::Reveal => "the reveal root key",
        })?;
        let uses: Vec<String> = self.uses.iter().map(Use::to_string).collect();
        write!(f, " ({})", uses.join(". "))
    }
}

impl fmt::Display for Use {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}; {}", self.action, self.columns.join(", "), self.why)
    }
}

/// The power that an action takes, what it is called here, and why it takes it.
fn need_of(action: &Action) -> Option<(Power, &'static str, &'static str)> {
    let (name, why) = match action {
        Action::Encrypt { key: CellKey::Output, .. } => {
            ("encrypt, key: output", "making one gives no right to open it")
        }
        Action::Encrypt { mode: Mode::Deterministic, .. } => (
            "encrypt, mode: deterministic",
            "equal values must give equal cells, so whoever makes them holds the key",
        ),
        Action::Encrypt { .. } => (
            "encrypt",
            "the keyring's own key makes the cells and opens them; key: output needs no such right",
        ),
        Action::Pseudonymize { .. } => (
            "pseudonymize",
            "equal values must give equal pseudonyms, so whoever makes them holds the key",
        ),
        Action::ShiftDate { .. } => (
            "shift_date",
            "all dates of a subject must move alike, so whoever moves them holds the key",
        ),
        Action::Surrogate { .. } => (
            "surrogate",
            "equal values must give equal stand-ins, so whoever makes them holds the key",
        ),
        Action::Text(_) => {
            ("text", "tags in texts carry a check, which only the key's holder can make")
        }
        Action::Tokenize { .. } => {
            ("tokenize", "equal values must give equal tokens, so whoever makes them holds the key")
        }
        Action::Drop
        | Action::Generalize(_)
        | Action::Keep
        | Action::Redact { .. }
        | Action::Truncate { .. } => return None,
    };
    Some((action.power()?, name, why))
}

/// The name that encryption contexts and manifests have for a power.
fn purpose<S: Serializer>(power: &Power, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(power.purpose())
}
