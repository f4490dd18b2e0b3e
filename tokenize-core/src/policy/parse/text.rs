//! The options of `text`, and the rules of columns that it takes over with `as`.

use std::collections::BTreeMap;

use super::{Broken, Draft, Fields, Reader};
use crate::detect;
use crate::field::{FieldPath, PathPattern};
use crate::policy::fault::FaultKind;
use crate::policy::options::{KNOWN_VALUES, MARKUPS, REVERSIBLES, TOKENS};
use crate::policy::text::{REST, TEXT_DOMAIN};
use crate::policy::tree::Entry;
use crate::policy::{Action, KnownValues, Mode, Text, TextMarkup, TokenWriting, Treatment};
use crate::spelling::nearest;

impl Reader {
    pub(super) fn free_text(&mut self, fields: &Fields<'_>) -> Result<Text, Broken> {
        let treatments =
            self.treatments(fields, "entities", "a mapping of entities to what happens to them");
        let tokens = self.word(fields, "tokens", "writing", TOKENS);
        let reversible = self.word(fields, "reversible", "choice", REVERSIBLES);
        let known_values = self.word(fields, "known_values", "choice", KNOWN_VALUES);
        let parse = self.word(fields, "parse", "markup", MARKUPS);
        let paths = self.treatments(fields, "paths", "a mapping of paths to what happens there");
        let paths = paths.and_then(|paths| self.json_paths(fields, paths));
        let parse = parse?;
        if let (Some(entry), true) = (fields.find("paths"), parse != Some(TextMarkup::Json)) {
            let place = entry.place;
            return Err(self.fault(place, fields.path_of("paths"), FaultKind::PathsWithoutJson));
        }
        let mut entities: BTreeMap<String, Treatment> = treatments?.into_iter().collect();
        let rest = entities.remove(REST);
        let text = Text {
            entities,
            rest: rest.unwrap_or_else(|| Treatment {
                place: fields.place,
                ..Treatment::new(Action::Redact { with: None })
            }),
            tokens: tokens?.unwrap_or(TokenWriting::Tagged),
            is_reversible_required: reversible?.unwrap_or(false),
            known_values: known_values?.unwrap_or(KnownValues::Row),
            parse,
            paths: paths?,
            known: Vec::new(),
            spans: None,
            detection: std::sync::Arc::default(),
            is_of_any_version: false,
        };
        Ok(text)
    }

    /// `key: { NAME: { as: COLUMN } or { action: … } }`.
    fn treatments(
        &mut self,
        fields: &Fields<'_>,
        key: &str,
        what: &'static str,
    ) -> Result<Vec<(String, Treatment)>, Broken> {
        let Some(entry) = fields.find(key) else { return Ok(Vec::new()) };
        let path = fields.path_of(key);
        let all = self.mapping(&entry.value, path, entry.value.place, what)?;
        let read: Vec<_> = all
            .entries
            .iter()
            .map(|entry| Ok((entry.key.clone(), self.treatment(entry, all.path_of(&entry.key))?)))
            .collect();
        read.into_iter().collect()
    }

    fn treatment(&mut self, entry: &Entry, path: String) -> Result<Treatment, Broken> {
        let expected = "a mapping with `as` or an `action`";
        let fields = self.mapping(&entry.value, path, entry.place, expected)?;
        if let Some(column) = self.text(&fields, "as")? {
            if let Some(other) = fields.entries.iter().find(|entry| entry.key != "as") {
                return Err(self.unknown_key(&fields, other, vec!["as"]));
            }
            let column = Some(column.to_owned());
            return Ok(Treatment { column, place: entry.place, ..Treatment::new(Action::Keep) });
        }
        for key in ["holds", "on_invalid", "optional"] {
            if let Some(entry) = fields.find(key) {
                let kind = FaultKind::NotTaken { key, owner: "an action in a text" };
                return Err(self.fault(entry.place, fields.path_of(key), kind));
            }
        }
        let body = self.rule_body(&fields)?;
        let mut action = body.action;
        if let Action::Encrypt { domain, mode, .. } = &mut action {
            domain.get_or_insert_with(|| TEXT_DOMAIN.to_owned());
            // A text would not be the same twice, and nothing could be joined.
            if fields.find("mode").is_none() {
                *mode = Mode::Deterministic;
            }
        }
        let treatment = Treatment {
            action,
            normalize: body.normalize,
            key_version: body.key_version,
            column: None,
            place: entry.place,
        };
        match treatment.refused() {
            None => Ok(treatment),
            Some(action) => {
                let kind = FaultKind::NotInText { action };
                Err(self.fault(fields.place_of("action"), fields.path_of("action"), kind))
            }
        }
    }

    fn json_paths(
        &mut self,
        fields: &Fields<'_>,
        paths: Vec<(String, Treatment)>,
    ) -> Result<Vec<(PathPattern, Treatment)>, Broken> {
        let read = paths.into_iter().map(|(path, treatment)| match path.parse() {
            Ok(pattern) => Ok((pattern, treatment)),
            Err(error) => {
                let at = format!("{}.{path}", fields.path_of("paths"));
                Err(self.fault(treatment.place, at, FaultKind::Path(error)))
            }
        });
        let read: Vec<_> = read.collect();
        read.into_iter().collect()
    }

    /// Puts the rules of columns in the places where texts say `as`, and judges what texts say as a whole.
    pub(super) fn finish_texts(&mut self, draft: &mut Draft) {
        let columns: Vec<(PathPattern, Option<Treatment>)> = draft
            .rules
            .iter()
            .map(|rule| (rule.column.clone(), rule.rule.as_ref().map(Treatment::of_rule)))
            .collect();
        let detection = draft.detection.clone().unwrap_or_default();
        let entities: Vec<String> = detect::entity_names(&detection);
        let rules = draft.rules.iter_mut().chain(&mut draft.text);
        for rule in rules {
            let path = rule.path.clone();
            let Some(inner) = &mut rule.rule else { continue };
            let Action::Text(text) = &mut inner.action else { continue };
            text.detection = std::sync::Arc::new(detection.clone());
            let noted = self.faults.len();
            self.entity_names(text, &path, &entities);
            for (name, treatment) in named(text) {
                self.borrow(treatment, &format!("{path}.{name}"), &columns);
            }
            self.all_come_back(text, &path);
            if self.faults.len() != noted {
                rule.rule = None;
            }
        }
    }

    fn entity_names(&mut self, text: &Text, path: &str, known: &[String]) {
        for (entity, treatment) in &text.entities {
            if !known.iter().any(|name| name == entity) {
                let kind = detect::check::unknown_entity(entity, known.iter().map(String::as_str));
                let kind = FaultKind::Detection(kind);
                self.fault(treatment.place, format!("{path}.entities.{entity}"), kind);
            }
        }
    }

    /// Gives a treatment the rule of the column that it names.
    fn borrow(
        &mut self,
        treatment: &mut Treatment,
        path: &str,
        columns: &[(PathPattern, Option<Treatment>)],
    ) {
        let Some(column) = treatment.column.clone() else { return };
        let place = treatment.place;
        let wanted = match column.parse::<FieldPath>() {
            Ok(wanted) => wanted,
            Err(error) => {
                self.fault(place, path.to_owned(), FaultKind::Path(error));
                return;
            }
        };
        let exact = columns.iter().find(|(known, _)| known.exact().as_ref() == Some(&wanted));
        match exact.or_else(|| columns.iter().find(|(known, _)| known.matches(&wanted))) {
            // Its own faults are noted.
            Some((_, None)) => {}
            Some((_, Some(rule))) => match rule.refused() {
                Some(action) => {
                    self.fault(place, path.to_owned(), FaultKind::NotInText { action });
                }
                None => {
                    *treatment = Treatment { column: Some(column), place, ..rule.clone() };
                    if let Action::Encrypt { domain, .. } = &mut treatment.action {
                        domain.get_or_insert_with(|| wanted.to_string());
                    }
                }
            },
            None => {
                let names: Vec<_> = columns.iter().map(|(known, _)| known.to_string()).collect();
                let near = nearest(&column, names.iter().map(String::as_str)).map(str::to_owned);
                self.fault(place, path.to_owned(), FaultKind::UnknownColumn { column, near });
            }
        }
    }

    /// Where every text must come back, nothing may happen that cannot be undone.
    fn all_come_back(&mut self, text: &Text, path: &str) {
        if !text.is_reversible_required {
            return;
        }
        for (name, treatment) in text.written() {
            if !treatment.action.is_reversible() {
                let (action, is_rest) = (treatment.action.name(), name == REST);
                let kind = FaultKind::Irreversible { action, is_rest };
                self.fault(treatment.place, format!("{path}.entities.{name}"), kind);
            }
        }
    }
}

impl Treatment {
    fn of_rule(rule: &crate::policy::Rule) -> Self {
        Self {
            action: rule.action.clone(),
            normalize: rule.normalize.clone(),
            key_version: rule.key_version,
            column: None,
            place: rule.place,
        }
    }
}

/// The treatments that are written, with the way to each.
fn named(text: &mut Text) -> impl Iterator<Item = (String, &mut Treatment)> {
    let entities = text.entities.iter_mut();
    let entities = entities.map(|(entity, treatment)| (format!("entities.{entity}"), treatment));
    let paths = text.paths.iter_mut().map(|(path, one)| (format!("paths.{path}"), one));
    let rest = [(format!("entities.{}", REST), &mut text.rest)];
    entities.chain(paths).chain(rest)
}
