//! Texts, numbers, booleans and words.

use super::{Broken, Fields, Read, Reader};
use crate::policy::fault::{FaultKind, TEXT};
use crate::policy::options::{self, Words};
use crate::policy::tree::{Kind, Node, Scalar, ScalarKind};

impl Reader {
    /// The text under `key`.
    pub(super) fn text<'a>(&mut self, fields: &Fields<'a>, key: &str) -> Read<&'a str> {
        let Some(entry) = fields.find(key) else { return Ok(None) };
        self.text_node(&entry.value, fields.path_of(key)).map(Some)
    }

    pub(super) fn text_node<'a>(
        &mut self,
        node: &'a Node,
        path: String,
    ) -> Result<&'a str, Broken> {
        match &node.kind {
            Kind::Scalar(scalar) if scalar.kind() == ScalarKind::Text => Ok(&scalar.text),
            _ => Err(self.wrong_type(node, path, TEXT)),
        }
    }

    /// The text under `key`, if it can be a name.
    pub(super) fn name(&mut self, fields: &Fields<'_>, key: &str) -> Read<String> {
        let Some(name) = self.text(fields, key)? else { return Ok(None) };
        let problem = if name.is_empty() {
            FaultKind::EmptyText
        } else if name.contains(char::is_control) {
            FaultKind::ControlCharacter
        } else {
            return Ok(Some(name.to_owned()));
        };
        Err(self.fault(fields.place_of(key), fields.path_of(key), problem))
    }

    /// The single character under `key`.
    pub(super) fn character(&mut self, fields: &Fields<'_>, key: &str) -> Read<char> {
        let Some(text) = self.text(fields, key)? else { return Ok(None) };
        let mut chars = text.chars();
        match (chars.next(), chars.next()) {
            (Some(character), None) if !character.is_control() => Ok(Some(character)),
            _ => Err(self.fault(fields.place_of(key), fields.path_of(key), FaultKind::Character)),
        }
    }

    /// A number under `key`, as written.
    pub(super) fn number<'a>(
        &mut self,
        fields: &Fields<'a>,
        key: &str,
        expected: &'static str,
    ) -> Read<&'a str> {
        let Some(entry) = fields.find(key) else { return Ok(None) };
        match &entry.value.kind {
            // Quoted numbers are welcome: JSON readers lose the zeros of 0.50 otherwise.
            Kind::Scalar(scalar)
                if matches!(scalar.kind(), ScalarKind::Number | ScalarKind::Text) =>
            {
                Ok(Some(&scalar.text))
            }
            _ => Err(self.wrong_type(&entry.value, fields.path_of(key), expected)),
        }
    }

    /// The integer under `key`, if it lies within `ends`, both included.
    pub(super) fn integer(
        &mut self,
        fields: &Fields<'_>,
        key: &str,
        ends: (i64, i64),
    ) -> Read<u32> {
        let Some(entry) = fields.find(key) else { return Ok(None) };
        let integer = self.integer_node(&entry.value, fields.path_of(key))?;
        match u32::try_from(integer) {
            Ok(fitting) if (ends.0..=ends.1).contains(&integer) => Ok(Some(fitting)),
            _ => Err(self.fault(
                entry.value.place,
                fields.path_of(key),
                FaultKind::Range { low: ends.0, high: ends.1 },
            )),
        }
    }

    pub(super) fn integer_node(&mut self, node: &Node, path: String) -> Result<i64, Broken> {
        match &node.kind {
            Kind::Scalar(scalar) => scalar.integer().ok_or(()),
            _ => Err(()),
        }
        .map_err(|()| self.wrong_type(node, path, "a whole number such as 12"))
    }

    pub(super) fn boolean(&mut self, fields: &Fields<'_>, key: &str) -> Read<bool> {
        let Some(entry) = fields.find(key) else { return Ok(None) };
        match &entry.value.kind {
            Kind::Scalar(scalar) => match scalar.kind() {
                ScalarKind::Bool(value) => Ok(Some(value)),
                _ => Err(self.wrong_type(&entry.value, fields.path_of(key), "`true` or `false`")),
            },
            _ => Err(self.wrong_type(&entry.value, fields.path_of(key), "`true` or `false`")),
        }
    }

    /// One of `words` under `key`.
    pub(super) fn word<T: Copy>(
        &mut self,
        fields: &Fields<'_>,
        key: &str,
        what: &'static str,
        words: Words<T>,
    ) -> Read<T> {
        let Some(entry) = fields.find(key) else { return Ok(None) };
        self.word_node(&entry.value, fields.path_of(key), what, words).map(Some)
    }

    pub(super) fn word_node<T: Copy>(
        &mut self,
        node: &Node,
        path: String,
        what: &'static str,
        words: Words<T>,
    ) -> Result<T, Broken> {
        let word = self.text_node(node, path.clone())?;
        match words.iter().find(|(known, _)| *known == word) {
            Some((_, choice)) => Ok(*choice),
            None => Err(self.unknown_word(
                node,
                path,
                what,
                word,
                words.iter().map(|(known, _)| *known).collect(),
            )),
        }
    }

    pub(super) fn unknown_word(
        &mut self,
        node: &Node,
        path: String,
        what: &'static str,
        word: &str,
        allowed: Vec<&'static str>,
    ) -> Broken {
        let near = options::nearest(word, allowed.iter().copied());
        self.fault(
            node.place,
            path,
            FaultKind::UnknownWord { what, word: word.to_owned(), near, allowed },
        )
    }

    pub(super) fn wrong_type(
        &mut self,
        node: &Node,
        path: String,
        expected: &'static str,
    ) -> Broken {
        let found = match &node.kind {
            Kind::List(_) => "a list",
            Kind::Map(_) => "a mapping",
            Kind::Refused => return Broken,
            Kind::Scalar(scalar) => scalar_name(scalar),
        };
        self.fault(node.place, path, FaultKind::WrongType { expected, found })
    }
}

fn scalar_name(scalar: &Scalar) -> &'static str {
    match scalar.kind() {
        ScalarKind::Bool(_) => "a boolean",
        ScalarKind::Null => "nothing",
        ScalarKind::Number if scalar.integer().is_some() => "a number",
        ScalarKind::Number => "a number in another writing",
        ScalarKind::Text if scalar.text.is_empty() => "an empty text",
        ScalarKind::Text => TEXT,
    }
}
