//! Which hits are findings: what speaks for a part of a name, and which of several stays.

use std::collections::BTreeMap;

use super::bound::is_unspaced;
use super::word::Trust;
use super::{KnownFinding, View};
use crate::detect::names;

/// A value, or a part of one, where it stands in the text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hit {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) source: usize,
    pub(super) value: usize,
    /// Below [`Trust::Sure`] it is a finding beside another part of a name only.
    pub(super) trust: Trust,
    pub(super) is_whole: bool,
    pub(super) is_name: bool,
}

/// Adds the findings among `hits` to `found`.
pub(super) fn judge(view: &View<'_>, hits: &mut Vec<Hit>, found: &mut Vec<KnownFinding>) {
    hits.sort_unstable_by_key(|hit| hit.start);
    confirm(view.text, hits);
    hits.retain(|hit| hit.trust == Trust::Sure);
    let first = found.len();
    let mut last = None;
    settle(hits, &mut |hit| {
        push(view.text, hit, last, found, first);
        last = Some(hit.value);
    });
}

/// Tells `each` the hits that stay where some overlap, ascending.
pub(super) fn settle(hits: &mut [Hit], each: &mut impl FnMut(&Hit)) {
    hits.sort_unstable_by_key(|hit| hit.start);
    let mut rest = hits;
    while !rest.is_empty() {
        let (cluster, others) = rest.split_at_mut(cluster_len(rest));
        select(cluster, each);
        rest = others;
    }
}

/// Trusts the hits that have another part of a name beside them.
fn confirm(text: &str, hits: &mut [Hit]) {
    for at in 0..hits.len() {
        let Some(hit) = hits.get(at).copied().filter(|hit| hit.trust != Trust::Sure) else {
            continue;
        };
        let behind = hits.get(at + 1..).unwrap_or_default().iter();
        let behind = behind.take_while(|other| other.start <= hit.end + LONGEST_GAP);
        let before = hits.get(..at).unwrap_or_default().iter().rev();
        let before = before.take_while(|other| other.start + LONGEST_REACH >= hit.start);
        let is_beside = behind
            .filter(|other| other.is_name)
            .any(|other| is_gap(text, hit.end, other.start))
            || before.filter(|other| other.is_name).any(|other| is_gap(text, other.end, hit.start));
        if is_beside && let Some(hit) = hits.get_mut(at) {
            hit.trust = Trust::Sure;
        }
    }
}

/// How many hits at the beginning overlap, one with the next.
fn cluster_len(hits: &[Hit]) -> usize {
    let mut end = 0;
    hits.iter()
        .take_while(|hit| {
            let belongs = end == 0 || hit.start < end;
            end = end.max(hit.end);
            belongs
        })
        .count()
}

/// Tells `each` the hits of a cluster that stay, ascending.
fn select(cluster: &mut [Hit], each: &mut impl FnMut(&Hit)) {
    let end = cluster.iter().map(|hit| hit.end).max();
    let start = cluster.iter().map(|hit| hit.start).min();
    cluster.sort_unstable_by_key(|hit| {
        (std::cmp::Reverse(hit.end - hit.start), hit.start, !hit.is_whole, hit.source)
    });
    let Some(longest) = cluster.first() else { return };
    if Some(longest.start) == start && Some(longest.end) == end {
        return each(longest);
    }
    let mut chosen: BTreeMap<usize, &Hit> = BTreeMap::new();
    for hit in &*cluster {
        let before = chosen.range(..hit.end).next_back();
        if before.is_none_or(|(_, before)| before.end <= hit.start) {
            chosen.insert(hit.start, hit);
        }
    }
    chosen.into_values().for_each(each);
}

/// Adds a finding; parts of one value beside each other are one.
fn push(text: &str, hit: &Hit, last: Option<usize>, found: &mut Vec<KnownFinding>, first: usize) {
    if let Some(before) = found.get_mut(first..).and_then(<[_]>::last_mut)
        && last == Some(hit.value)
        && !hit.is_whole
        && !before.is_whole
        && is_gap(text, before.end, hit.start)
    {
        before.end = hit.end;
        return;
    }
    found.push(KnownFinding {
        start: hit.start,
        end: hit.end,
        source: hit.source,
        is_whole: hit.is_whole,
    });
}

/// Whether what is between two parts of a name leaves them beside each other: a space, a hyphen, initials, particles.
fn is_gap(text: &str, from: usize, to: usize) -> bool {
    let Some(gap) = text.get(from..to).filter(|gap| gap.len() <= LONGEST_GAP) else { return false };
    if gap.is_empty() {
        return text.get(to..).and_then(|tail| tail.chars().next()).is_some_and(is_unspaced);
    }
    let parted = |char: char| {
        matches!(char, ' ' | '-' | '.' | ',' | '\u{a0}' | '・' | '·' | '\u{3000}' | '‐' | '‑')
    };
    let is_initial =
        |word: &str| word.chars().nth(1).is_none() && word.chars().all(char::is_uppercase);
    let is_small = |word: &str| is_initial(word) || names::is_particle(&word.to_lowercase());
    gap.starts_with(parted)
        && gap.ends_with(parted)
        && gap.split(parted).all(|word| word.chars().all(char::is_alphabetic) && is_small(word))
}

/// Whether a word has a capital that says something: not one of a text in capitals.
pub(super) fn is_capital(text: &str, start: usize, end: usize) -> bool {
    let word = text.get(start..end).unwrap_or_default();
    let mut letters = word.chars().filter(|char| char.is_alphabetic());
    let first = letters.next();
    if first.is_some_and(|char| !char.is_uppercase() && !char.is_lowercase()) {
        return true;
    }
    let is_shout = letters.all(char::is_uppercase) && word.chars().nth(1).is_some();
    let head = text.get(..start).unwrap_or_default().trim_end_matches(' ');
    first.is_some_and(char::is_uppercase)
        && (!is_shout
            || head
                .chars()
                .next_back()
                .is_some_and(|char| char.is_lowercase() || char == '.' || char == ','))
}

/// Whether a word at `start` would be written small, were it no name: it does not begin a sentence.
pub(super) fn needs_no_capital(text: &str, start: usize) -> bool {
    let head = text.get(..start).unwrap_or_default();
    for (place, char) in head.char_indices().rev().take(LONGEST_REACH) {
        match char {
            ' ' | '\t' | '\u{a0}' | '"' | '\'' | '(' | '[' | '{' | '*' | '_' | '#' | '>' | '-'
            | '–' | '—' | '•' | '·' | '‘' | '’' | '“' | '”' | '„' | '«' | '»' | '‹' | '›' | '¿'
            | '¡' => {}
            '.' => return is_abbreviation(head.get(..place).unwrap_or_default()),
            '!' | '?' | '…' | ':' | '\n' | '\r' | '。' | '！' | '？' | '।' | '؟' | '\u{2028}'
            | '\u{2029}' => return false,
            'n' | 'r' if head.get(..place).is_some_and(|head| head.ends_with('\\')) => {
                return false;
            }
            _ => return true,
        }
    }
    false
}

/// Whether the full stop behind `head` is that of a title or an initial: `Mr. Will`.
fn is_abbreviation(head: &str) -> bool {
    let letters =
        head.char_indices().rev().take(LONGEST_TITLE).take_while(|(_, char)| char.is_alphabetic());
    let word = letters.last().and_then(|(start, _)| head.get(start..)).unwrap_or_default();
    let is_initial =
        word.chars().nth(1).is_none() && word.chars().all(char::is_uppercase) && !word.is_empty();
    is_initial || names::titles().any(|title| title == word.to_lowercase())
}

/// Bytes between two parts of a name.
const LONGEST_GAP: usize = 24;

/// How far back a name beside a part, or the end of a sentence before it, is looked for.
const LONGEST_REACH: usize = 64;

/// Letters of a title.
const LONGEST_TITLE: usize = 12;
