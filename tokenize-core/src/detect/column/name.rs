//! What the name of a column says.

use std::collections::HashMap;
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::vocabulary::{ABOUT, KINDS, PROSE, THINGS, WHETHER};
use crate::detect::context::{CONTRARY, Mask, split_name};
use crate::detect::table::Table;
use crate::field::{FieldPath, Step};

/// What a name speaks for.
#[derive(Debug, Clone, Default)]
pub(super) struct NameEvidence {
    /// Entities of the table.
    pub(super) entities: Mask,
    /// Numbers of [`KINDS`], the surest first, with whether the name means it.
    pub(super) kinds: Vec<(usize, bool)>,
    /// Free text.
    pub(super) is_prose: bool,
    /// Whether the name tells of something else, such as how long a thing is.
    pub(super) is_contrary: bool,
    /// The word for a name without saying of whom or what, in the language that it is of.
    pub(super) bare_name: Option<String>,
}

impl NameEvidence {
    /// Reads the innermost name of a path, or all of it if that says nothing.
    pub(super) fn of(path: &FieldPath, table: &Table) -> Self {
        let names: Vec<&str> = path
            .steps()
            .iter()
            .filter_map(|step| match step {
                Step::Name(name) => Some(name.as_str()),
                Step::Element | Step::Key | Step::Value => None,
            })
            .collect();
        let own = names.last().copied().unwrap_or_default();
        let evidence = Self::of_text(own, table);
        let is_vague = evidence.bare_name.is_some() || evidence.says_nothing();
        if names.len() < 2 || !is_vague || evidence.is_contrary {
            return evidence;
        }
        let whole = Self::of_text(&names.join(" "), table);
        if whole.says_nothing() && !whole.is_contrary { evidence } else { whole }
    }

    fn of_text(name: &str, table: &Table) -> Self {
        let words = words_of(name);
        let mut evidence = Self { entities: table.names.of_name(name), ..Self::default() };
        let mut covered = vec![false; words.len()];
        for length in (1..=LONGEST_PHRASE.min(words.len())).rev() {
            for start in 0..=words.len() - length {
                evidence.take(&words, start, length, &mut covered);
            }
        }
        let ends_covered = |at: Option<usize>| at.and_then(|at| covered.get(at)).copied();
        let last = words.len().checked_sub(1);
        let is_about = |meaning: fn(&Meaning) -> bool, at: Option<usize>| {
            let word = at.and_then(|at| words.get(at));
            ends_covered(at) == Some(false)
                && word.and_then(|word| PHRASES.get(word)).is_some_and(meaning)
        };
        let is_contrary_word = ends_covered(last) == Some(false)
            && words.len() > 1
            && last.and_then(|at| words.get(at)).is_some_and(|word| {
                table.vocabulary.of_name(word) & CONTRARY != 0 && table.names.of_name(word) == 0
            });
        evidence.is_contrary = is_contrary_word
            || words.len() > 1
                && (is_about(|meaning| meaning.is_about, last)
                    || is_about(|meaning| meaning.is_whether, Some(0)));
        let has_thing = || {
            words.iter().zip(&covered).any(|(word, covered)| {
                !covered && PHRASES.get(word).is_some_and(|meaning| meaning.is_thing)
            })
        };
        if evidence.bare_name.is_some() && has_thing() {
            evidence.is_contrary = true;
        }
        // The last word is what a name is about, in English; the surer comes first.
        evidence.kinds.reverse();
        evidence.kinds.sort_by_key(|(_, is_strong)| !is_strong);
        if evidence.is_contrary {
            evidence.kinds.clear();
            evidence.entities = 0;
        }
        evidence
    }

    /// Takes in what a phrase of the name means, if no longer one holds its words.
    fn take(&mut self, words: &[String], start: usize, length: usize, covered: &mut [bool]) {
        let Some(phrase) = words.get(start..start + length) else { return };
        let Some(covered) = covered.get_mut(start..start + length) else { return };
        let Some(meaning) = PHRASES.get(&phrase.concat()) else { return };
        if covered.contains(&true) || !meaning.is_thing_itself() {
            return;
        }
        covered.fill(true);
        self.is_prose |= meaning.is_prose;
        let is_bare = matches!(phrase, [word] if BARE_NAMES.contains(&word.as_str()));
        // What a name ends with is what it is about: the user's agent is no user. Not so where the name of someone comes first.
        let is_head = start + length == words.len() || is_bare;
        for kind in &meaning.kinds {
            if (kind.1 || is_head) && !self.kinds.contains(kind) {
                self.kinds.push(*kind);
            }
        }
        if let ([word], true) = (phrase, is_bare) {
            self.bare_name = Some(word.clone());
        }
    }

    fn says_nothing(&self) -> bool {
        self.entities == 0 && self.kinds.is_empty() && !self.is_prose
    }
}

/// What a phrase in a name means.
#[derive(Debug, Default)]
struct Meaning {
    kinds: Vec<(usize, bool)>,
    is_prose: bool,
    is_about: bool,
    is_whether: bool,
    is_thing: bool,
}

impl Meaning {
    fn is_thing_itself(&self) -> bool {
        self.is_prose || !self.kinds.is_empty()
    }
}

/// Phrases without the spaces in them.
static PHRASES: LazyLock<HashMap<String, Meaning>> = LazyLock::new(|| {
    let mut phrases: HashMap<String, Meaning> = HashMap::new();
    let mut add = |list: &str, set: &dyn Fn(&mut Meaning)| {
        for phrase in list.split('|').map(|phrase| phrase.replace(' ', "")) {
            if !phrase.is_empty() {
                set(phrases.entry(phrase).or_default());
            }
        }
    };
    for (number, kind) in KINDS.iter().enumerate() {
        add(kind.strong, &|meaning| meaning.kinds.push((number, true)));
        add(kind.weak, &|meaning| meaning.kinds.push((number, false)));
    }
    add(PROSE, &|meaning| meaning.is_prose = true);
    add(ABOUT, &|meaning| meaning.is_about = true);
    add(WHETHER, &|meaning| meaning.is_whether = true);
    add(THINGS, &|meaning| meaning.is_thing = true);
    phrases
});

/// The words of a name, without numbers, accents and case.
fn words_of(name: &str) -> Vec<String> {
    let words = split_name(name).into_iter().map(|word| {
        let word = String::from_utf8_lossy(&word).into_owned();
        let bare = word.nfd().filter(|character| !is_combining_mark(*character));
        bare.map(|c| match c {
            'ł' => "l".to_owned(),
            'ß' => "ss".to_owned(),
            'ø' => "o".to_owned(),
            other => other.to_string(),
        })
        .collect::<String>()
    });
    words.filter(|word| !word.chars().all(char::is_numeric)).collect()
}

/// Words for a name that leave open whose it is, and whether it is all of it.
const BARE_NAMES: &[&str] =
    &["name", "names", "nom", "nombre", "nome", "naam", "namn", "navn", "nimi"];
const LONGEST_PHRASE: usize = 5;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::{Detection, Detector};

    /// The kinds that a name speaks for, `?` behind a weak one; `text`; `!` if it tells of something else.
    #[track_caller]
    fn check(path: &str, expected: &str) {
        let detector = Detector::new(&Detection::default()).unwrap();
        let evidence = NameEvidence::of(&path.parse().unwrap(), &detector.table);
        let mut said: Vec<String> = Vec::new();
        for kind in &detector.table.kinds {
            // Whom and where the search finds, our own words say better.
            let is_ours = ["PERSON", "LOCATION", "ADDRESS", "DATE_OF_BIRTH", "GENERIC_SECRET"];
            if kind.mask & evidence.entities != 0 && !is_ours.contains(&&*kind.name) {
                said.push(kind.name.to_string());
            }
        }
        for (kind, is_strong) in &evidence.kinds {
            said.push(format!("{}{}", KINDS[*kind].entity, if *is_strong { "" } else { "?" }));
        }
        if evidence.is_prose {
            said.push("text".to_owned());
        }
        if evidence.is_contrary {
            said.push("!".to_owned());
        }
        assert_eq!(said.join(" "), expected, "{path}");
    }

    #[test]
    fn names_in_several_languages_and_spellings() {
        for name in ["first_name", "FirstName", "FIRSTNAME", "cust-first-name", "vorname", "Prénom"]
        {
            check(name, "FIRST_NAME");
        }
        for name in ["nachname", "apellidos", "cognome", "Surname", "nazwisko", "last_name_2"] {
            check(name, "LAST_NAME");
        }
        for name in ["dob", "Date of Birth", "geburtsdatum", "data_nasc", "fecha_nacimiento"] {
            check(name, "DATE_OF_BIRTH");
        }
        for name in ["plz", "código postal", "cap", "ship_zip", "kod_pocztowy", "address.zip"] {
            check(name, "ZIP_CODE");
        }
        check("straße", "ADDRESS");
        check("CardHolder", "CREDIT_CARD PERSON");
        check("gift_note", "text");
        check("sexo", "GENDER");
    }

    #[test]
    fn vague_names_say_little() {
        check("name", "PERSON?");
        check("customer.name", "PERSON");
        check("company.name", "ORGANIZATION");
        check("author_id", "");
        check("user_agent_os", "");
        check("c1", "");
        check("value", "");
    }

    #[test]
    fn names_of_something_about_the_thing_say_nothing() {
        for name in ["email_count", "name_length", "phone_model", "has_email", "ip_rating"] {
            check(name, "!");
        }
        for name in ["product_name", "file.name", "email_sent_at", "order_date"] {
            check(name, "!");
        }
    }
}
