//! A tree into rules, with every fault on the way.
//!
//! Each reader returns what it read, `Ok(None)` where nothing is written, or [`Broken`] when the fault is noted already; nobody stops at
//! the first fault. What concerns several rules at once is judged by `check`.

mod action;
mod detection;
mod scalar;
mod text;

use super::fault::{Fault, FaultKind};
use super::options::{
    self, ActionSpec, COMMON, HOLDS, NORMALIZES, ON_INVALIDS, POLICY_KEYS, PROFILES, UNLISTEDS,
};
use super::tree::{self, Entry, Kind, Node};
use super::{Action, Holds, Normalize, OnInvalid, Place, Profile, Rule, TEXT_COLUMN, Unlisted};
use crate::detect::Detection;
use crate::field::{FieldPath, PathPattern};

/// What a policy says, as far as it could be read.
pub(super) struct Draft {
    pub(super) name: String,
    pub(super) profiles: Vec<Profile>,
    /// Whether it says any, read or not.
    pub(super) claims_profile: bool,
    pub(super) unlisted: Unlisted,
    /// Where that is written, or else the policy.
    pub(super) unlisted_place: Place,
    pub(super) rules: Vec<DraftRule>,
    pub(super) detection: Option<Detection>,
    /// `text:`, as the rule of the one column of a text.
    pub(super) text: Option<DraftRule>,
}

/// A rule whose column could be read.
pub(super) struct DraftRule {
    pub(super) column: PathPattern,
    /// `columns.` and the key.
    pub(super) path: String,
    pub(super) place: Place,
    /// Where the domain is written, or else the rule.
    pub(super) domain_place: Place,
    /// Where the subject is written, or else the rule.
    pub(super) subject_place: Place,
    /// The rule, if nothing is wrong with it.
    pub(super) rule: Option<Rule>,
}

/// Something could not be read; the fault is noted.
#[derive(Debug, Clone, Copy)]
struct Broken;

/// What was read, if anything is written.
type Read<T> = Result<Option<T>, Broken>;

/// Reads a tree.
pub(super) fn read(root: &Node) -> (Draft, Vec<Fault>) {
    let mut reader = Reader { faults: Vec::new() };
    let draft = reader.policy(root);
    (draft, reader.faults)
}

/// Reads a configuration of detection that stands alone; `None` if something is wrong with it.
pub(super) fn read_detection(root: &Node) -> (Option<Detection>, Vec<Fault>) {
    let mut reader = Reader { faults: Vec::new() };
    let detection = reader.detection(root, String::new());
    (detection, reader.faults)
}

/// Reads nodes and notes what is wrong with them.
struct Reader {
    faults: Vec<Fault>,
}

/// A mapping and the way to it.
struct Fields<'a> {
    path: String,
    /// Where to point at when a key is missing.
    place: Place,
    entries: &'a [Entry],
}

impl<'a> Fields<'a> {
    fn find(&self, key: &str) -> Option<&'a Entry> {
        self.entries.iter().find(|entry| entry.key == key)
    }

    /// Where a key's value is written, or else the mapping.
    fn place_of(&self, key: &str) -> Place {
        self.find(key).map_or(self.place, |entry| entry.value.place)
    }

    fn path_of(&self, key: &str) -> String {
        tree::join(&self.path, key)
    }
}

impl Reader {
    fn fault(&mut self, place: Place, path: String, kind: FaultKind) -> Broken {
        self.faults.push(Fault { place, path, kind });
        Broken
    }

    fn policy(&mut self, root: &Node) -> Draft {
        let mut draft = Draft {
            name: String::new(),
            profiles: Vec::new(),
            claims_profile: false,
            unlisted: Unlisted::default(),
            unlisted_place: root.place,
            rules: Vec::new(),
            detection: None,
            text: None,
        };
        let Ok(fields) = self.mapping(
            root,
            String::new(),
            root.place,
            "a mapping with `version`, `name` and `columns`",
        ) else {
            return draft;
        };
        for entry in fields.entries {
            if !POLICY_KEYS.contains(&entry.key.as_str()) {
                self.unknown_key(&fields, entry, POLICY_KEYS.to_vec());
            }
        }
        self.version(&fields);
        if let Ok(Some(name)) = self.name(&fields, "name") {
            draft.name = name;
        }
        draft.claims_profile = fields.find("profile").is_some();
        draft.profiles = self.profiles(&fields).unwrap_or_default();
        draft.unlisted_place = fields.place_of("unlisted");
        let unlisted = self.word(&fields, "unlisted", "choice", UNLISTEDS);
        draft.unlisted = unlisted.ok().flatten().unwrap_or_default();
        draft.rules = self.columns(&fields, unlisted);
        let detection = fields.find("detection");
        draft.detection =
            detection.and_then(|entry| self.detection(&entry.value, fields.path_of("detection")));
        draft.text = fields.find("text").and_then(|entry| self.text_rule(entry));
        self.finish_texts(&mut draft);
        draft
    }

    fn version(&mut self, fields: &Fields<'_>) {
        let Some(entry) = fields.find("version") else {
            self.missing(fields, "version", "it is 1 for policies of this form");
            return;
        };
        if let Ok(version) = self.integer_node(&entry.value, fields.path_of("version"))
            && version != 1
        {
            self.fault(entry.value.place, fields.path_of("version"), FaultKind::Version);
        }
    }

    /// One word, or a list of them.
    fn profiles(&mut self, fields: &Fields<'_>) -> Result<Vec<Profile>, Broken> {
        let Some(entry) = fields.find("profile") else { return Ok(Vec::new()) };
        let path = fields.path_of("profile");
        match &entry.value.kind {
            Kind::List(items) if items.is_empty() => {
                Err(self.fault(entry.value.place, path, FaultKind::EmptyText))
            }
            Kind::List(items) => self.words(items, &path, "profile", PROFILES),
            _ => Ok(vec![self.word_node(&entry.value, path, "profile", PROFILES)?]),
        }
    }

    fn columns(&mut self, fields: &Fields<'_>, unlisted: Read<Unlisted>) -> Vec<DraftRule> {
        if fields.find("name").is_none() {
            self.missing(fields, "name", "reports and manifests call the policy by it");
        }
        let Some(entry) = fields.find("columns") else {
            self.missing(fields, "columns", "it says what happens to which column");
            return Vec::new();
        };
        let Ok(columns) = self.mapping(
            &entry.value,
            "columns".to_owned(),
            entry.value.place,
            "a mapping of columns to rules",
        ) else {
            return Vec::new();
        };
        if columns.entries.is_empty() && matches!(unlisted, Ok(None | Some(Unlisted::Deny))) {
            self.fault(entry.value.place, "columns".to_owned(), FaultKind::NoColumns);
        }
        columns
            .entries
            .iter()
            .filter_map(|entry| self.rule(entry, columns.path_of(&entry.key)))
            .collect()
    }

    fn rule(&mut self, entry: &Entry, path: String) -> Option<DraftRule> {
        let column = match entry.key.parse::<PathPattern>() {
            Ok(column) => Ok(column),
            Err(error) => Err(self.fault(entry.place, path.clone(), FaultKind::Path(error))),
        };
        self.rule_of(column, entry, path, None)
    }

    /// `text:`, a rule of the action `text` that need not say so.
    fn text_rule(&mut self, entry: &Entry) -> Option<DraftRule> {
        let column = FieldPath::column(TEXT_COLUMN).to_string().parse().map_err(|_| Broken);
        let mut drafted =
            self.rule_of(column, entry, "text".to_owned(), ActionSpec::named("text"))?;
        if let Some(rule) = &mut drafted.rule {
            rule.holds = Some(Holds::FreeText);
        }
        Some(drafted)
    }

    /// A rule; `spec` where the action is not written.
    fn rule_of(
        &mut self,
        column: Result<PathPattern, Broken>,
        entry: &Entry,
        path: String,
        spec: Option<&'static ActionSpec>,
    ) -> Option<DraftRule> {
        let fields =
            self.mapping(&entry.value, path.clone(), entry.place, "a mapping with an `action`");
        let read = fields.as_ref().map_err(|broken| *broken).and_then(|fields| match spec {
            None => self.rule_body(fields),
            Some(spec) => self.body_of(spec, fields),
        });
        let place_of = |key| fields.as_ref().map_or(entry.place, |fields| fields.place_of(key));
        let column = column.ok()?;
        let rule = read.ok().map(|body| Rule {
            action: body.action,
            column: column.clone(),
            holds: body.holds,
            key_version: body.key_version,
            normalize: body.normalize,
            on_invalid: body.on_invalid,
            optional: body.optional,
            place: entry.place,
        });
        let (domain_place, subject_place) = (place_of("domain"), place_of("subject"));
        Some(DraftRule { column, path, place: entry.place, domain_place, subject_place, rule })
    }

    fn rule_body(&mut self, fields: &Fields<'_>) -> Result<Body, Broken> {
        match self.action_spec(fields) {
            Ok(spec) => self.body_of(spec, fields),
            Err(broken) => {
                let _ = self.boolean(fields, "optional");
                Err(broken)
            }
        }
    }

    fn body_of(&mut self, spec: &'static ActionSpec, fields: &Fields<'_>) -> Result<Body, Broken> {
        let optional = self.boolean(fields, "optional");
        let holds = self.word(fields, "holds", "word for what a column holds,", HOLDS);
        let noted = self.faults.len();
        for entry in fields.entries.iter().filter(|entry| !spec.takes(&entry.key)) {
            match options::known_key(&entry.key) {
                Some(key) => self.fault(
                    entry.place,
                    fields.path_of(key),
                    FaultKind::NotTaken { key, owner: spec.name },
                ),
                None => self.unknown_key(fields, entry, spec.keys()),
            };
        }
        for required in spec.required.iter().filter(|required| fields.find(required.key).is_none())
        {
            self.missing(fields, required.key, required.reason);
        }
        let action = self.action(spec, fields);
        let normalize =
            if spec.takes("normalize") { self.normalize(fields) } else { Ok(Vec::new()) };
        let on_invalid = if spec.takes("on_invalid") {
            self.word(fields, "on_invalid", "choice", ON_INVALIDS)
        } else {
            Ok(None)
        };
        let key_version = if spec.takes("key_version") {
            self.integer(fields, "key_version", options::KEY_VERSIONS)
        } else {
            Ok(None)
        };
        let action = action?;
        let on_invalid = self.on_invalid(fields, &action, on_invalid?)?;
        let body = Body {
            action,
            holds: holds?,
            key_version: key_version?,
            normalize: normalize?,
            on_invalid,
            optional: optional?.unwrap_or(false),
        };
        if self.faults.len() == noted { Ok(body) } else { Err(Broken) }
    }

    /// What happens to a value that does not fit: a text is redacted, unless every text must come back.
    fn on_invalid(
        &mut self,
        fields: &Fields<'_>,
        action: &Action,
        written: Option<OnInvalid>,
    ) -> Result<OnInvalid, Broken> {
        let Action::Text(text) = action else { return Ok(written.unwrap_or_default()) };
        match (text.is_reversible_required, written) {
            (true, Some(OnInvalid::Nullify | OnInvalid::Redact)) => {
                let (place, path) = (fields.place_of("on_invalid"), fields.path_of("on_invalid"));
                Err(self.fault(place, path, FaultKind::RequiredLoses))
            }
            (true, _) => Ok(OnInvalid::Fail),
            (false, written) => Ok(written.unwrap_or(OnInvalid::Redact)),
        }
    }

    fn action_spec(&mut self, fields: &Fields<'_>) -> Result<&'static ActionSpec, Broken> {
        let Some(entry) = fields.find("action") else {
            self.unknown_keys_of_any_action(fields);
            return Err(self.missing(fields, "action", "it says what happens to the column"));
        };
        let path = fields.path_of("action");
        let name = self.text_node(&entry.value, path.clone())?;
        if let Some(spec) = ActionSpec::named(name) {
            return Ok(spec);
        }
        self.unknown_keys_of_any_action(fields);
        let names: Vec<_> = options::ACTIONS.iter().map(|spec| spec.name).collect();
        Err(self.unknown_word(&entry.value, path, "action", name, names))
    }

    /// Without an action, only keys that no action takes are surely wrong.
    fn unknown_keys_of_any_action(&mut self, fields: &Fields<'_>) {
        let mut keys: Vec<_> = options::ACTIONS
            .iter()
            .flat_map(ActionSpec::keys)
            .chain(COMMON.iter().copied())
            .collect();
        keys.sort_unstable();
        keys.dedup();
        for entry in fields.entries.iter().filter(|entry| !keys.contains(&entry.key.as_str())) {
            self.unknown_key(fields, entry, keys.clone());
        }
    }

    fn normalize(&mut self, fields: &Fields<'_>) -> Result<Vec<Normalize>, Broken> {
        let Some(entry) = fields.find("normalize") else { return Ok(Vec::new()) };
        let path = fields.path_of("normalize");
        let items = self.list(&entry.value, path.clone(), "a list of steps")?;
        self.words(items, &path, "step", NORMALIZES)
    }

    /// Words of a list, each once.
    fn words<T: Copy + PartialEq>(
        &mut self,
        items: &[Node],
        path: &str,
        what: &'static str,
        known: options::Words<T>,
    ) -> Result<Vec<T>, Broken> {
        let mut words = Vec::new();
        let mut result = Ok(());
        for (i, item) in items.iter().enumerate() {
            let path = tree::index(path, i);
            match self.word_node(item, path.clone(), what, known) {
                Ok(word) if words.contains(&word) => {
                    let step = options::word_of(word, known);
                    result = Err(self.fault(item.place, path, FaultKind::TwiceNormalized { step }));
                }
                Ok(word) => words.push(word),
                Err(broken) => result = Err(broken),
            }
        }
        result.map(|()| words)
    }

    fn mapping<'a>(
        &mut self,
        node: &'a Node,
        path: String,
        place: Place,
        expected: &'static str,
    ) -> Result<Fields<'a>, Broken> {
        match &node.kind {
            Kind::Map(entries) => Ok(Fields { path, place, entries }),
            _ => Err(self.wrong_type(node, path, expected)),
        }
    }

    fn list<'a>(
        &mut self,
        node: &'a Node,
        path: String,
        expected: &'static str,
    ) -> Result<&'a [Node], Broken> {
        match &node.kind {
            Kind::List(items) => Ok(items),
            _ => Err(self.wrong_type(node, path, expected)),
        }
    }

    fn missing(&mut self, fields: &Fields<'_>, key: &'static str, reason: &'static str) -> Broken {
        self.fault(fields.place, fields.path.clone(), FaultKind::Missing { key, reason })
    }

    fn unknown_key(
        &mut self,
        fields: &Fields<'_>,
        entry: &Entry,
        allowed: Vec<&'static str>,
    ) -> Broken {
        let near = options::nearest(&entry.key, allowed.iter().copied());
        let kind = FaultKind::UnknownKey { key: entry.key.clone(), near, allowed };
        self.fault(entry.place, fields.path_of(&entry.key), kind)
    }
}

/// What a rule says, apart from its column.
struct Body {
    action: Action,
    holds: Option<Holds>,
    key_version: Option<u32>,
    normalize: Vec<Normalize>,
    on_invalid: super::OnInvalid,
    optional: bool,
}
