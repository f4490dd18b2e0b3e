//! What a part of a name is worth: some are no name at all, some need a capital.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::bound::is_unspaced;
use super::fold::push_value;
use crate::detect::{column, names};

/// How far a part of a name can be trusted, by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Trust {
    /// A particle, a title, an initial, a placeholder.
    Never,
    /// Too short, or one ideograph: beside another part only.
    Short,
    /// A word as well: with a capital that the sentence does not ask for.
    Common,
    Sure,
}

/// What the fold of a part is worth; `alone` if the value is nothing else, `first` if it begins with it.
pub(super) fn trust(part: &[u8], alone: bool, first: bool) -> Trust {
    let Ok(word) = std::str::from_utf8(part) else { return Trust::Never };
    let letters = word.chars().filter(|char| char.is_alphabetic()).count();
    let is_unspaced = word.chars().next().is_some_and(is_unspaced);
    if letters < 2 && !is_unspaced || is_filler(word) {
        return Trust::Never;
    }
    let is_given = GIVEN.contains(&word);
    let is_small = names::is_particle(word) || is_given || is_addition(part);
    match (letters, is_unspaced) {
        _ if is_small && !alone && !(first && is_given) => Trust::Never,
        (0..=2, false) | (0..=1, true) => Trust::Short,
        _ if is_small || kinds(part) & COMMON != 0 => Trust::Common,
        _ => Trust::Sure,
    }
}

/// Whether a part belongs to a name without being one: `Dr`, `Jr`. A whole name is whole without it.
pub(super) fn is_addition(part: &[u8]) -> bool {
    kinds(part) & ADDITION != 0
}

fn kinds(part: &[u8]) -> u8 {
    WORDS.get(part).copied().unwrap_or_default()
}

/// Whether a whole value, folded, stands for none.
pub(super) fn is_placeholder(value: &str) -> bool {
    is_filler(value) || is_counted(value.as_bytes()) || value.split_whitespace().all(is_filler)
}

/// Whether a word stands where a name would.
fn is_filler(word: &str) -> bool {
    let mut bytes = word.bytes();
    let first = bytes.next();
    first.is_some_and(|byte| byte.is_ascii()) && bytes.all(|byte| Some(byte) == first)
        || kinds(word.as_bytes()) & FILLER != 0
        || column::is_missing(word)
}

/// Whether the digits are those of `000000` or `123456`.
fn is_counted(value: &[u8]) -> bool {
    let digits = || value.iter().filter(|byte| byte.is_ascii_alphanumeric());
    let is_one = digits().zip(digits().skip(1)).all(|(first, second)| first == second);
    is_one && digits().next().is_some()
        || COUNTED.iter().any(|counted| digits().eq(counted.as_bytes()))
}

/// What is known of words, by their folds: bits.
static WORDS: LazyLock<HashMap<Vec<u8>, u8>> = LazyLock::new(|| {
    let lines = include_str!("../../../data/common_names.txt").lines();
    let common = lines.filter(|line| !line.starts_with(['#', '['])).flat_map(str::split_whitespace);
    let common = common.map(|word| (word, COMMON));
    let additions =
        names::titles().chain(ADDITIONS.iter().copied()).filter(|word| !GIVEN.contains(word));
    let mut words = HashMap::new();
    for (word, kind) in common
        .chain(additions.map(|word| (word, ADDITION)))
        .chain(FILLERS.iter().map(|word| (*word, FILLER)))
    {
        let mut fold = Vec::new();
        push_value(word, &mut fold);
        *words.entry(fold).or_default() |= kind;
    }
    words
});

const ADDITION: u8 = 1;
const COMMON: u8 = 2;
const FILLER: u8 = 4;

/// Particles and titles that are given names above all where a name begins with them.
const GIVEN: &[&str] = &["ben", "dean", "don", "justice", "pan"];

/// What stands behind a name, and titles that no letter begins with.
const ADDITIONS: &[&str] = &[
    "jr", "sr", "jnr", "snr", "ii", "iii", "iv", "vi", "vii", "viii", "esq", "phd", "md", "dds",
    "mba", "msc", "bsc", "ba", "ma", "cpa", "rn", "mc", "mac", "junior", "senior", "neto", "filho",
    "med", "jur", "san", "st", "ste", "abu", "ould", "ap", "fitz",
];

/// Digits as they are typed to fill a field; eight are more often a number.
const COUNTED: &[&str] = &[
    "012345",
    "123456",
    "1234567",
    "0123456",
    "123456789",
    "1234567890",
    "0123456789",
    "654321",
    "987654",
    "987654321",
    "9876543210",
    "123123",
    "123123123",
];

/// What people and programs write instead of a name, in the languages of the rules.
const FILLERS: &[&str] = &[
    "account",
    "admin",
    "administrator",
    "anonim",
    "anonimo",
    "anonym",
    "anonyme",
    "anoniem",
    "anonymous",
    "aucun",
    "aucune",
    "beispiel",
    "benutzer",
    "blank",
    "brak",
    "cliente",
    "client",
    "company",
    "contact",
    "customer",
    "default",
    "demo",
    "desconhecido",
    "desconocido",
    "deleted",
    "dummy",
    "empty",
    "example",
    "ejemplo",
    "exemple",
    "family",
    "familie",
    "firma",
    "first",
    "first name",
    "geen",
    "gast",
    "guest",
    "inconnu",
    "inconnue",
    "ingen",
    "invalid",
    "info",
    "kein",
    "keine",
    "klant",
    "klient",
    "kunde",
    "kund",
    "last",
    "last name",
    "leer",
    "member",
    "muster",
    "name",
    "nessuno",
    "nenhum",
    "nichts",
    "ninguno",
    "nieznany",
    "nobody",
    "no name",
    "nom",
    "nombre",
    "nome",
    "null",
    "okand",
    "onbekend",
    "other",
    "owner",
    "patient",
    "person",
    "private",
    "prova",
    "prueba",
    "qwerty",
    "redacted",
    "removed",
    "sample",
    "sconosciuto",
    "self",
    "sistema",
    "staff",
    "support",
    "surname",
    "system",
    "tba",
    "tbc",
    "tbd",
    "test",
    "tester",
    "teste",
    "testing",
    "todo",
    "undefined",
    "ukendt",
    "ukjent",
    "unbekannt",
    "unknown",
    "unnamed",
    "usager",
    "user",
    "usuario",
    "utente",
    "utilisateur",
    "vacant",
    "vide",
    "vuoto",
    "example",
    "john doe",
    "jane doe",
    "max mustermann",
    "mustermann",
    "不明",
    "不详",
    "无",
    "無",
    "未知",
    "没有",
    "匿名",
    "测试",
    "テスト",
    "なし",
    "名無し",
    "없음",
    "미상",
    "익명",
    "테스트",
];
