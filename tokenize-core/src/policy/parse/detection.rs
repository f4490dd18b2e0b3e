//! The configuration of detection: `detection:` of a policy, or a file of its own.

use super::{Broken, Fields, Read, Reader};
use crate::detect::check::{Origins, check};
use crate::detect::{Denied, Detection, EntityOptions, Pattern, UserRule};
use crate::policy::Place;
use crate::policy::fault::FaultKind;
use crate::policy::options::{ALLOWED_KEYS, DENIED_KEYS, DETECTION_KEYS, ENTITY_KEYS, RULE_KEYS};
use crate::policy::tree::{self, Kind, Node};

impl Reader {
    /// Reads a configuration at `path`; `None` if something is wrong with it.
    pub(super) fn detection(&mut self, node: &Node, path: String) -> Option<Detection> {
        let noted = self.faults.len();
        let expected = "a mapping with `rules`, `entities` and the like";
        let fields = self.mapping(node, path, node.place, expected).ok()?;
        self.known_keys(&fields, DETECTION_KEYS);
        let mut detection = Detection {
            min_score: self.score(&fields, "min_score").ok().flatten(),
            regions: self.texts(&fields, "regions").unwrap_or_default(),
            entities: self.entities(&fields).into_iter().collect(),
            ..Detection::default()
        };
        detection.regions.iter_mut().for_each(|region| region.make_ascii_lowercase());
        let mut origins = Origins::default();
        (origins.allow, detection.allow) = self.items(&fields, "allow", Self::allowed);
        (origins.deny, detection.deny) = self.items(&fields, "deny", Self::denied);
        (origins.rules, detection.rules) = self.items(&fields, "rules", Self::user_rule);
        for fault in check(&detection, &origins) {
            let place = place_of(node, &fault.path);
            let path = tree::join(&fields.path, &fault.path);
            self.fault(place, path, FaultKind::Detection(fault.kind));
        }
        (self.faults.len() == noted).then_some(detection)
    }

    fn entities(&mut self, fields: &Fields<'_>) -> Vec<(String, EntityOptions)> {
        let Some(entry) = fields.find("entities") else { return Vec::new() };
        let (path, place) = (fields.path_of("entities"), entry.value.place);
        let expected = "a mapping of entities to options";
        let Ok(entities) = self.mapping(&entry.value, path, place, expected) else {
            return Vec::new();
        };
        let options = entities.entries.iter().map(|entry| {
            let path = entities.path_of(&entry.key);
            let expected = "a mapping with `min_score` or `off`";
            let mut options = EntityOptions::default();
            if let Ok(fields) = self.mapping(&entry.value, path, entry.place, expected) {
                self.known_keys(&fields, ENTITY_KEYS);
                options.min_score = self.score(&fields, "min_score").ok().flatten();
                options.off = self.boolean(&fields, "off").ok().flatten().unwrap_or(false);
            }
            (entry.key.clone(), options)
        });
        options.collect()
    }

    /// The items of a list that can be read, and which ones they are.
    fn items<T>(
        &mut self,
        fields: &Fields<'_>,
        key: &str,
        read: impl Fn(&mut Self, &Node, String) -> Result<T, Broken>,
    ) -> (Vec<usize>, Vec<T>) {
        let Some(entry) = fields.find(key) else { return Default::default() };
        let path = fields.path_of(key);
        let Ok(items) = self.list(&entry.value, path.clone(), "a list") else {
            return Default::default();
        };
        let items = items.iter().enumerate();
        items
            .filter_map(|(i, item)| Some((i, read(self, item, tree::index(&path, i)).ok()?)))
            .unzip()
    }

    /// A value, or a mapping with a value or a pattern.
    fn allowed(&mut self, node: &Node, path: String) -> Result<Pattern, Broken> {
        if let Kind::Map(_) = node.kind {
            let fields = self.mapping(node, path, node.place, "")?;
            self.known_keys(&fields, ALLOWED_KEYS);
            return self.pattern(&fields);
        }
        self.text_node(node, path).map(|value| Pattern::Value(value.to_owned()))
    }

    fn denied(&mut self, node: &Node, path: String) -> Result<Denied, Broken> {
        let expected = "a mapping with an `entity` and a `value` or a `regex`";
        let fields = self.mapping(node, path, node.place, expected)?;
        self.known_keys(&fields, DENIED_KEYS);
        let pattern = self.pattern(&fields);
        let entity = self.required(&fields, "entity", "findings are of an entity");
        Ok(Denied::new(pattern?, entity?))
    }

    fn pattern(&mut self, fields: &Fields<'_>) -> Result<Pattern, Broken> {
        let (value, regex) = (self.text(fields, "value"), self.text(fields, "regex"));
        match (value?, regex?) {
            (Some(value), None) => Ok(Pattern::Value(value.to_owned())),
            (None, Some(regex)) => Ok(Pattern::Regex(regex.to_owned())),
            (None, None) => {
                Err(self.missing(fields, "value", "it, or a `regex`, says what is meant"))
            }
            (Some(_), Some(_)) => {
                let kind = FaultKind::NotTaken { key: "regex", owner: "value" };
                Err(self.fault(fields.place_of("regex"), fields.path_of("regex"), kind))
            }
        }
    }

    fn user_rule(&mut self, node: &Node, path: String) -> Result<UserRule, Broken> {
        let expected = "a mapping with an `entity` and a `regex`";
        let fields = self.mapping(node, path, node.place, expected)?;
        self.known_keys(&fields, RULE_KEYS);
        let entity = self.required(&fields, "entity", "findings are of an entity");
        let regex = self.required(&fields, "regex", "it says what the rule looks for");
        let name = self.name(&fields, "name");
        let validator = self.text(&fields, "validator");
        let context = self.texts(&fields, "context");
        let columns = self.texts(&fields, "columns");
        let score = self.score(&fields, "score");
        let mut rule = UserRule::new(entity?, regex?);
        rule.name = name?;
        rule.validator = validator?.map(str::to_owned);
        (rule.context, rule.columns) = (context?, columns?);
        rule.score = score?;
        Ok(rule)
    }

    fn required(
        &mut self,
        fields: &Fields<'_>,
        key: &'static str,
        reason: &'static str,
    ) -> Result<String, Broken> {
        match self.text(fields, key)? {
            Some(text) => Ok(text.to_owned()),
            None => Err(self.missing(fields, key, reason)),
        }
    }

    /// A number under `key`; whether it is a score is judged with the rest.
    fn score(&mut self, fields: &Fields<'_>, key: &str) -> Read<f32> {
        let expected = "a score of 0 to 1, such as 0.6";
        let Some(number) = self.number(fields, key, expected)? else { return Ok(None) };
        match number.parse() {
            Ok(score) => Ok(Some(score)),
            Err(_) => match fields.find(key) {
                Some(entry) => Err(self.wrong_type(&entry.value, fields.path_of(key), expected)),
                None => Ok(None),
            },
        }
    }

    fn texts(&mut self, fields: &Fields<'_>, key: &str) -> Result<Vec<String>, Broken> {
        let Some(entry) = fields.find(key) else { return Ok(Vec::new()) };
        let path = fields.path_of(key);
        let items = self.list(&entry.value, path.clone(), "a list of texts")?;
        let mut texts = Ok(Vec::new());
        for (i, item) in items.iter().enumerate() {
            match (self.text_node(item, tree::index(&path, i)), &mut texts) {
                (Ok(text), Ok(texts)) => texts.push(text.to_owned()),
                (Ok(_), Err(_)) => {}
                (Err(broken), _) => texts = Err(broken),
            }
        }
        texts
    }

    fn known_keys(&mut self, fields: &Fields<'_>, keys: &'static [&'static str]) {
        for entry in fields.entries.iter().filter(|entry| !keys.contains(&entry.key.as_str())) {
            self.unknown_key(fields, entry, keys.to_vec());
        }
    }
}

/// Where something is written, by its path below `node`: the value, its key, or what is nearest around it.
fn place_of(node: &Node, path: &str) -> Place {
    let (mut node, mut place, mut rest) = (node, node.place, path);
    while !rest.is_empty() {
        let found = match &node.kind {
            Kind::Map(entries) => {
                // The longest, since names may hold dots.
                let entry = entries
                    .iter()
                    .filter(|entry| {
                        rest.strip_prefix(&*entry.key)
                            .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
                    })
                    .max_by_key(|entry| entry.key.len());
                entry.map(|entry| {
                    let is_scalar = matches!(entry.value.kind, Kind::Scalar(_));
                    let place = if is_scalar { entry.value.place } else { entry.place };
                    (&entry.value, place, rest.get(entry.key.len()..).unwrap_or_default())
                })
            }
            Kind::List(items) => rest.strip_prefix('[').and_then(|rest| {
                let (number, rest) = rest.split_once(']')?;
                let item = items.get(number.parse::<usize>().ok()?)?;
                Some((item, item.place, rest))
            }),
            Kind::Refused | Kind::Scalar(_) => None,
        };
        let Some((inner, inner_place, after)) = found else { break };
        (node, place) = (inner, inner_place);
        rest = after.strip_prefix('.').unwrap_or(after);
    }
    place
}
