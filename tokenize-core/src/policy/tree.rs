//! Text into a tree whose every node knows its place.
//!
//! YAML 1.2 without anchors, aliases, tags and merge keys, and without several documents: what is written is what is meant. JSON is
//! read by the same parser. Scalars keep their text, so that `0.00` stays `0.00`. A tree given by a program goes the same way, placeless.

use std::collections::HashSet;

use saphyr_parser::{Event, Parser, ScalarStyle, Span};
use serde_json::{Map, Value};

use super::Place;
use super::fault::{Fault, FaultKind};

/// One node.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) place: Place,
    pub(super) kind: Kind,
}

#[derive(Debug, Clone)]
pub(super) enum Kind {
    List(Vec<Node>),
    Map(Vec<Entry>),
    /// Something refused already: nobody complains about it again.
    Refused,
    Scalar(Scalar),
}

/// A key and its value.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) place: Place,
    pub(super) value: Node,
}

/// A text, a number, a boolean or nothing.
#[derive(Debug, Clone)]
pub(super) struct Scalar {
    pub(super) text: String,
    /// Whether it stands without quotes, so that it may be other than a text.
    pub(super) is_plain: bool,
}

/// What a scalar is by the core schema of YAML 1.2.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ScalarKind {
    Bool(bool),
    Null,
    Number,
    Text,
}

impl Scalar {
    pub(super) fn kind(&self) -> ScalarKind {
        if !self.is_plain {
            return ScalarKind::Text;
        }
        match self.text.as_str() {
            "" | "~" | "null" | "Null" | "NULL" => ScalarKind::Null,
            "true" | "True" | "TRUE" => ScalarKind::Bool(true),
            "false" | "False" | "FALSE" => ScalarKind::Bool(false),
            text if is_number(text) => ScalarKind::Number,
            _ => ScalarKind::Text,
        }
    }

    /// Whether it can be a number or a text of data.
    pub(super) fn is_value(&self) -> bool {
        matches!(self.kind(), ScalarKind::Number | ScalarKind::Text)
    }

    /// The integer, if this is one in plain writing.
    pub(super) fn integer(&self) -> Option<i64> {
        let digits = self.text.strip_prefix('-').unwrap_or(&self.text);
        let is_canonical = digits == "0" || !digits.starts_with('0');
        let is_integer = self.kind() == ScalarKind::Number
            && is_canonical
            && digits.bytes().all(|b| b.is_ascii_digit());
        if is_integer && self.text != "-0" { self.text.parse().ok() } else { None }
    }

    /// Integers that every JSON reader reads alike stay integers; all other numbers become their text, since canonical JSON has no floats.
    fn to_value(&self) -> Value {
        match self.kind() {
            ScalarKind::Bool(value) => value.into(),
            ScalarKind::Null => Value::Null,
            ScalarKind::Number => {
                match self.integer().filter(|integer| integer.unsigned_abs() <= EXACT_INTEGERS) {
                    Some(integer) => integer.into(),
                    None => self.text.as_str().into(),
                }
            }
            ScalarKind::Text => self.text.as_str().into(),
        }
    }
}

impl Node {
    /// Reads a tree. The faults are those of the writing; a tree is there if the rest can be judged all the same.
    pub(super) fn from_text(text: &str) -> (Option<Self>, Vec<Fault>) {
        if text.len() > TEXT_LIMIT {
            return (
                None,
                vec![Fault::at_root(FaultKind::TooLarge { bytes: text.len(), limit: TEXT_LIMIT })],
            );
        }
        let mut builder = Builder::default();
        let is_complete = builder.read(text);
        (builder.root.filter(|_| is_complete), builder.faults)
    }

    /// Takes over a tree given by a program.
    pub(super) fn from_value(value: &Value) -> Result<Self, Fault> {
        Self::from_value_at_depth(value, 0)
            .ok_or_else(|| Fault::at_root(FaultKind::TooDeep { limit: DEPTH_LIMIT }))
    }

    fn from_value_at_depth(value: &Value, depth: usize) -> Option<Self> {
        if depth > DEPTH_LIMIT {
            return None;
        }
        let kind = match value {
            Value::Array(items) => Kind::List(
                items
                    .iter()
                    .map(|item| Self::from_value_at_depth(item, depth + 1))
                    .collect::<Option<_>>()?,
            ),
            Value::Object(map) => {
                let entry = |(key, value): (&String, &Value)| {
                    let value = Self::from_value_at_depth(value, depth + 1)?;
                    Some(Entry { key: key.clone(), place: Place::default(), value })
                };
                Kind::Map(map.iter().map(entry).collect::<Option<_>>()?)
            }
            Value::String(text) => Kind::Scalar(Scalar { text: text.clone(), is_plain: false }),
            Value::Bool(_) | Value::Null | Value::Number(_) => {
                Kind::Scalar(Scalar { text: value.to_string(), is_plain: true })
            }
        };
        Some(Self { place: Place::default(), kind })
    }

    /// The tree as JSON, for canonical writing.
    pub(super) fn to_value(&self) -> Value {
        match &self.kind {
            Kind::List(items) => items.iter().map(Self::to_value).collect(),
            Kind::Map(entries) => {
                let pairs = entries.iter().map(|entry| (entry.key.clone(), entry.value.to_value()));
                Value::Object(pairs.collect::<Map<_, _>>())
            }
            Kind::Refused => Value::Null,
            Kind::Scalar(scalar) => scalar.to_value(),
        }
    }
}

/// Builds a tree from events, without recursion.
#[derive(Default)]
struct Builder {
    root: Option<Node>,
    open: Vec<Open>,
    faults: Vec<Fault>,
}

/// A container that is not closed yet.
enum Open {
    List { place: Place, items: Vec<Node> },
    Map { place: Place, entries: Vec<Entry>, seen: HashSet<String>, key: Key },
}

/// What a map waits for.
enum Key {
    /// A key.
    Due,
    /// The value of a key.
    Read(String, Place),
    /// The value of a key that was refused.
    Refused,
}

impl Builder {
    /// Whether the text could be read to its end.
    fn read(&mut self, text: &str) -> bool {
        let mut documents = 0;
        for event in Parser::new_from_str(text) {
            let (event, span) = match event {
                Ok(event) => event,
                Err(error) => {
                    let mark = error.marker();
                    let place = Place { line: mark.line(), column: mark.col() + 1 };
                    self.fault(place, FaultKind::Syntax { problem: error.info().to_owned() });
                    return false;
                }
            };
            if matches!(event, Event::DocumentStart(_)) {
                documents += 1;
                if documents > 1 {
                    self.fault(start(span), FaultKind::SeveralDocuments);
                    return true;
                }
            }
            if self.open.len() >= DEPTH_LIMIT
                && matches!(event, Event::MappingStart(..) | Event::SequenceStart(..))
            {
                self.fault(start(span), FaultKind::TooDeep { limit: DEPTH_LIMIT });
                return false;
            }
            self.take(event, start(span));
        }
        if self.root.is_none() {
            self.fault(Place { line: 1, column: 1 }, FaultKind::Empty);
        }
        true
    }

    fn take(&mut self, event: Event<'_>, place: Place) {
        match event {
            Event::Alias(_) => {
                self.fault(place, FaultKind::Alias);
                self.close(Node { place, kind: Kind::Refused });
            }
            Event::Scalar(text, style, anchor, tag) => {
                self.refuse_properties(place, anchor, tag.is_some());
                let is_plain = style == ScalarStyle::Plain;
                self.close(Node {
                    place,
                    kind: Kind::Scalar(Scalar { text: text.into_owned(), is_plain }),
                });
            }
            Event::SequenceStart(anchor, tag) => {
                self.refuse_properties(place, anchor, tag.is_some());
                self.open.push(Open::List { place, items: Vec::new() });
            }
            Event::MappingStart(anchor, tag) => {
                self.refuse_properties(place, anchor, tag.is_some());
                self.open.push(Open::Map {
                    place,
                    entries: Vec::new(),
                    seen: HashSet::new(),
                    key: Key::Due,
                });
            }
            Event::MappingEnd | Event::SequenceEnd => match self.open.pop() {
                Some(Open::List { place, items }) => {
                    self.close(Node { place, kind: Kind::List(items) })
                }
                Some(Open::Map { place, entries, .. }) => {
                    self.close(Node { place, kind: Kind::Map(entries) })
                }
                None => {}
            },
            Event::DocumentEnd
            | Event::DocumentStart(_)
            | Event::Nothing
            | Event::StreamEnd
            | Event::StreamStart => {}
        }
    }

    /// Puts a finished node where it belongs.
    fn close(&mut self, node: Node) {
        match self.open.last_mut() {
            None => self.root = Some(node),
            Some(Open::List { items, .. }) => items.push(node),
            Some(Open::Map { entries, key, .. }) => match std::mem::replace(key, Key::Due) {
                Key::Due => self.close_key(node),
                Key::Read(key, place) => entries.push(Entry { key, place, value: node }),
                Key::Refused => {}
            },
        }
    }

    fn close_key(&mut self, node: Node) {
        let (next, kind) = match (node.kind, self.open.last_mut()) {
            (Kind::Refused, _) => (Key::Refused, None),
            (Kind::Scalar(scalar), _) if scalar.is_plain && scalar.text == "<<" => {
                (Key::Refused, Some(FaultKind::MergeKey))
            }
            (Kind::Scalar(scalar), Some(Open::Map { seen, .. })) => {
                if seen.insert(scalar.text.clone()) {
                    (Key::Read(scalar.text, node.place), None)
                } else {
                    (Key::Refused, Some(FaultKind::DuplicateKey { key: scalar.text }))
                }
            }
            _ => (Key::Refused, Some(FaultKind::KeyNotText)),
        };
        if let Some(kind) = kind {
            self.fault(node.place, kind);
        }
        if let Some(Open::Map { key, .. }) = self.open.last_mut() {
            *key = next;
        }
    }

    fn refuse_properties(&mut self, place: Place, anchor: usize, has_tag: bool) {
        if anchor > 0 {
            self.fault(place, FaultKind::Anchor);
        }
        if has_tag {
            self.fault(place, FaultKind::Tag);
        }
    }

    fn fault(&mut self, place: Place, kind: FaultKind) {
        let mut path = String::new();
        for open in &self.open {
            match open {
                Open::List { items, .. } => path = index(&path, items.len()),
                Open::Map { key: Key::Read(key, _), .. } => path = join(&path, key),
                Open::Map { .. } => {}
            }
        }
        self.faults.push(Fault { place, path, kind });
    }
}

/// The path of a key.
pub(super) fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

/// The path of an item, counted from 0.
pub(super) fn index(path: &str, index: usize) -> String {
    format!("{path}[{index}]")
}

fn start(span: Span) -> Place {
    Place { line: span.start.line(), column: span.start.col() + 1 }
}

/// Whether YAML's core schema reads this as a number.
fn is_number(text: &str) -> bool {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let is_special = matches!(unsigned, ".inf" | ".Inf" | ".INF" | ".nan" | ".NaN" | ".NAN");
    let is_prefixed = text
        .strip_prefix("0x")
        .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_hexdigit()))
        || text.strip_prefix("0o").is_some_and(|rest| {
            !rest.is_empty() && rest.bytes().all(|b| (b'0'..=b'7').contains(&b))
        });
    let (mantissa, exponent) =
        unsigned.split_once(['e', 'E']).map_or((unsigned, None), |(m, e)| (m, Some(e)));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let has_digits = whole.len() + fraction.len() > 0
        && whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit());
    let exponent_is_plain = exponent.is_none_or(|exponent| {
        let digits = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
        !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
    });
    is_special || is_prefixed || (has_digits && exponent_is_plain)
}

/// The deepest nesting. A policy needs six levels.
const DEPTH_LIMIT: usize = 64;

/// The largest text, in bytes: several thousand columns fit.
const TEXT_LIMIT: usize = 1 << 20;

/// Up to here integers and IEEE 754 doubles agree, so that every JSON reader has the same number: RFC 8785, appendix D.
const EXACT_INTEGERS: u64 = (1 << 53) - 1;
