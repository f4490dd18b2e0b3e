//! People: which words of a run are a name, and how sure that is.

use super::context::Before;
use super::lists;
use super::place::Place;
use super::scan::Scan;
use super::words::{self, Shape, Word};
use super::{NameFinding, NameKind};

/// More words than this are no one's name.
const MOST_WORDS: usize = 5;

/// Adds the people of a run.
pub(super) fn people(
    scan: &Scan<'_>,
    run: &[Word],
    places: &[Place],
    found: &mut Vec<NameFinding>,
) {
    let capitals =
        run.iter().filter(|word| word.is_full()).all(|word| word.shape == Shape::AllCaps);
    let mut at = 0;
    while at < run.len() {
        let length = segment(scan, run, at, places, capitals);
        if length == 0 {
            at += 1;
            continue;
        }
        let words = trim(scan, run.get(at..at + length).unwrap_or_default());
        found.extend(judge(scan, words, capitals));
        at += length;
    }
}

/// How many words from `at` on may belong to one name.
fn segment(scan: &Scan<'_>, run: &[Word], at: usize, places: &[Place], capitals: bool) -> usize {
    let mut length = 0;
    for (index, word) in run.iter().enumerate().skip(at) {
        let sure_place = places.iter().any(|place| place.holds(index) && place.count > 1);
        // A second name after `y` or `e`: a surname would hardly be a given name too.
        let joined = length > 1
            && matches!(word.of(scan.text), "y" | "e")
            && run.get(index + 1).map(given) == Some(Trust::Strong);
        if sure_place || joined || parts(scan, run, index, word, capitals) {
            break;
        }
        length += 1;
    }
    length
}

/// Whether a word cannot belong to a name, and so parts two.
fn parts(scan: &Scan<'_>, run: &[Word], index: usize, word: &Word, capitals: bool) -> bool {
    let entry = word.entry;
    let text = word.of(scan.text);
    match word.shape {
        Shape::Initial => matches!(text, "I" | "A") || text == "M." && index == 0,
        Shape::Particle => !lists::is_surname_particle(&text.to_lowercase()),
        Shape::AllCaps if !capitals && entry.given() == 0 && entry.surname() == 0 => {
            let before = index.checked_sub(1).and_then(|before| run.get(before));
            let after_given = before.is_some_and(|word| given(word) == Trust::Strong);
            !(after_given && word.end - word.start >= 4)
        }
        _ if !entry.is_known() => is_unmarked(scan, run, index, text),
        _ => {
            let doubted = match entry.word() {
                0 => false,
                1 => entry.given() == 0 && entry.surname() == 0,
                _ => entry.given() < 2 && entry.surname() < 2,
            };
            doubted
                || is_title_of(scan, run, index, text)
                || scan.cues.is_organisation(text) && !is_borne(word)
        }
    }
}

/// An unknown word that is a title, ends in a full stop, or is of a script without capitals, where only a title or label before
/// it tells a name.
fn is_unmarked(scan: &Scan<'_>, run: &[Word], index: usize, text: &str) -> bool {
    if text.chars().next().is_some_and(words::is_devanagari) {
        let before = (1..=2).filter_map(|back| run.get(index.checked_sub(back)?));
        let told = before
            .map(|word| word.of(scan.text))
            .any(|word| word == "नाम" || scan.cues.is_title(word));
        let labelled = || {
            let first = run.first().filter(|_| index < 2);
            first
                .map(|word| scan.cues.before(scan.text, word.start))
                .is_some_and(|before| before.title || before.person > 1)
        };
        return !(told || labelled())
            || scan.cues.is_title(text)
            || matches!(
                text,
                "है" | "हैं"
                    | "ने"
                    | "का"
                    | "की"
                    | "के"
                    | "को"
                    | "से"
                    | "में"
                    | "और"
                    | "नाम"
            );
    }
    text.ends_with('.') || scan.cues.is_organisation(text) || is_title_of(scan, run, index, text)
}

/// A title before another word, or abbreviated.
fn is_title_of(scan: &Scan<'_>, run: &[Word], index: usize, text: &str) -> bool {
    let dotted =
        run.get(index).is_some_and(|word| scan.text.as_bytes().get(word.end) == Some(&b'.'));
    (index + 1 < run.len() || dotted) && scan.cues.is_title(text)
}

/// Whether people bear it more than it is used otherwise.
fn is_borne(word: &Word) -> bool {
    word.entry.word() < 2 && (word.entry.given() == 3 || word.entry.surname() == 3)
}

/// Without what cannot begin or end a name.
fn trim<'a>(scan: &Scan<'_>, words: &'a [Word]) -> &'a [Word] {
    let mut words = words;
    while let [first, rest @ ..] = words {
        let more = rest.iter().any(Word::is_full);
        let begins = match first.shape {
            Shape::Initial => more,
            // `De Luca`, `van Dijk`
            Shape::Particle => {
                let next = rest.first();
                next.is_some_and(|next| next.entry.surname() >= 2 && given(next) < Trust::Strong)
                    && words::begins_word(scan.text, first.start)
            }
            _ => !more || first.entry.word() < 3 || first.entry.given() >= 2,
        };
        if begins && !is_opening(scan, words) {
            break;
        }
        words = rest;
    }
    while let [rest @ .., last] = words {
        let ends = last.is_full() && (last.entry.word() < 3 || last.entry.surname() >= 2);
        if ends || rest.is_empty() && last.is_full() {
            break;
        }
        words = rest;
    }
    words
}

/// A sentence's first word before a whole name: `Laut Maria Berger`.
fn is_opening(scan: &Scan<'_>, words: &[Word]) -> bool {
    let [first, second, rest @ ..] = words else { return false };
    given(first) < Trust::Strong
        && first.is_full()
        && given(second) == Trust::Strong
        && rest.iter().any(Word::is_full)
        && scan.cues.before(scan.text, first.start).sentence_start
}

/// How far a word is believed to be a given name, or a surname.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Trust {
    None,
    Weak,
    Strong,
}

fn trust(class: u8, word: u8) -> Trust {
    match (class, word) {
        (0, _) => Trust::None,
        (2.., 0..=1) | (3, 2) => Trust::Strong,
        _ => Trust::Weak,
    }
}

fn given(word: &Word) -> Trust {
    trust(word.entry.given(), word.entry.word())
}

fn surname(word: &Word) -> Trust {
    trust(word.entry.surname(), word.entry.word())
}

fn judge(scan: &Scan<'_>, words: &[Word], capitals: bool) -> Option<NameFinding> {
    let (head, last) = (words.first()?, words.last()?);
    let full: [Option<&Word>; MOST_WORDS] = {
        let mut iter = words.iter().filter(|word| word.is_full());
        let full = std::array::from_fn(|_| iter.next());
        if iter.next().is_some() {
            return None;
        }
        full
    };
    let count = full.iter().flatten().count();
    let first = full.first().copied().flatten()?;
    if full.iter().flatten().any(|word| names_identifier(word.of(scan.text))) {
        return None;
    }
    let initial = head.shape == Shape::Initial;
    let plain = if count == 1 && !initial { lone(first) } else { several(&full, initial) };
    let (start, before) = reach_back(scan, head.start);
    let thing = scan.cues.organisation_follows(scan.text, last.end);
    let partners =
        before.ampersand || scan.text.get(last.end..).is_some_and(|rest| rest.starts_with(" & "));
    if (thing && !before.title) || (partners && plain < 60) || (before.organisation && plain < 70) {
        return None;
    }
    let (end, inverted) = match (count, initial) {
        (1, false) if !before.comma => inverted(scan, first),
        _ => None,
    }
    .map_or((last.end, 0), |inverted| inverted);
    let known = words.iter().any(|word| given(word) > Trust::None || surname(word) > Trust::None);
    let plain = plain.max(inverted);
    let plain = if joined_by_particle(scan, words) {
        plain.max(55 + u8::from(given(first) > Trust::None) * 10)
    } else {
        plain
    };
    let unsure = inverted == 0
        && before.sentence_start
        && (first.entry.word() > 1 || !first.entry.is_known());
    let plain = if unsure { plain.saturating_sub(10) } else { plain };
    let plain = if before.companion && plain >= 40 { plain + 10 } else { plain };
    let plain = if capitals && inverted == 0 { in_capitals(&full, count, plain) } else { plain };
    let borne = words.iter().all(|word| word.entry.given() >= 2);
    let deed = scan.cues.deed_follows(scan.text, end)
        || !capitals && !scan.cues.is_label(first.of(scan.text)) && speaks(scan, start, end);
    let told = Told { borne, deed, known, count, doubted: doubted(words) };
    let score = told.score(plain, &before);
    let cue = before.title || before.person > 0 || told.deed;
    let end = with_suffix(scan.text, end);
    (score > 0).then_some(NameFinding {
        start,
        end,
        kind: NameKind::Person,
        score,
        cue,
        dictionary: known,
    })
}

/// Whether a word says what the identifier behind it is: `IP`, `MAC-Adresse`.
fn names_identifier(word: &str) -> bool {
    let head = word.split('-').next().unwrap_or_default();
    matches!(
        head,
        "IP" | "MAC"
            | "IBAN"
            | "BIC"
            | "SWIFT"
            | "VIN"
            | "PAN"
            | "PIN"
            | "SSN"
            | "DOB"
            | "NIR"
            | "BSN"
            | "CPF"
            | "DNI"
    )
}

/// One word alone.
fn lone(word: &Word) -> u8 {
    match (given(word), word.entry.given()) {
        (Trust::Strong, 3) => 30,
        (Trust::Strong, _) => 25,
        _ => 0,
    }
}

/// Two words or more, or an initial and a word.
fn several(full: &[Option<&Word>; MOST_WORDS], initial: bool) -> u8 {
    let [Some(first), rest @ ..] = full else { return 0 };
    let last = rest.iter().flatten().next_back();
    let Some(last) = last else {
        return match surname(first) {
            _ if !initial => 0,
            Trust::Strong => 60,
            _ if first.entry.word() == 0 && first.shape == Shape::Capitalized => 40,
            _ => 0,
        };
    };
    let family = rest.iter().flatten().map(|word| surname(word)).max().unwrap_or(Trust::None);
    let unknown = !last.entry.is_known();
    match (given(first), family) {
        (Trust::Strong, Trust::Strong) if first.entry.given() == 3 => 80,
        (Trust::Strong, Trust::Strong) => 75,
        (Trust::Strong, Trust::Weak) if last.entry.word() == 0 => 70,
        (Trust::Strong, Trust::Weak) if last.entry.word() < 3 || last.entry.surname() > 1 => 55,
        (Trust::Strong, Trust::Weak) => 45,
        (Trust::Strong, Trust::None) if unknown || given(last) == Trust::Strong => 60,
        (Trust::Strong, Trust::None) => 45,
        (_, _) if surname(first) > Trust::None && given(last) == Trust::Strong => 60,
        (Trust::Weak, Trust::Strong) if first.entry.word() == 0 => 65,
        (Trust::Weak, Trust::Strong) => 60,
        (Trust::Weak, Trust::Weak) if first.entry.word() == 0 && last.entry.word() == 0 => 50,
        (Trust::Weak, Trust::Weak) => 35,
        (Trust::Weak, Trust::None) if first.entry.word() == 0 && unknown => 40,
        (Trust::None, Trust::Strong) if initial => 60,
        (Trust::None, Trust::Strong) if !first.entry.is_known() => 52,
        (Trust::None, Trust::Strong) => 40,
        (Trust::None, Trust::Weak) if !first.entry.is_known() && last.entry.word() == 0 => 42,
        _ => 0,
    }
}

/// Headings are written in capitals, and so are names in forms: there both words must be known.
fn in_capitals(full: &[Option<&Word>; MOST_WORDS], count: usize, plain: u8) -> u8 {
    let ends = (full.first().copied().flatten(), full.iter().flatten().next_back());
    match ends {
        (Some(first), Some(last))
            if count > 1 && given(first) == Trust::Strong && surname(last) == Trust::Strong =>
        {
            plain.saturating_sub(15)
        }
        (Some(first), Some(last))
            if count > 1 && surname(first) == Trust::Strong && given(last) == Trust::Strong =>
        {
            plain.saturating_sub(10)
        }
        _ => 0,
    }
}

/// Whether every word is an ordinary one too.
fn doubted(words: &[Word]) -> bool {
    words.iter().filter(|word| word.is_full()).all(|word| word.entry.word() > 1)
}

/// What is known of a name beside its words.
struct Told {
    /// Every word is a given name.
    borne: bool,
    deed: bool,
    known: bool,
    count: usize,
    doubted: bool,
}

impl Told {
    fn score(&self, plain: u8, before: &Before) -> u8 {
        let deed = match (self.deed, plain) {
            (true, 0..35) if self.borne => 55,
            (true, 1..60) => plain + 20,
            _ => plain,
        };
        let title = match (before.title, self.known, self.doubted) {
            (false, ..) => 0,
            (true, true, false) => 88,
            (true, true, true) => 65,
            (true, false, _) => 80,
        };
        let person = match (before.person, self.known && !self.doubted, self.count) {
            (0, ..) => 0,
            (1, true, 1) => 60,
            (1, true, _) => 80,
            (1, false, 1) => 35,
            (1, false, _) => 55,
            (_, true, 1) => 65,
            (_, true, _) => 85,
            (_, false, 1) => 50,
            (_, false, _) => 70,
        };
        deed.max(title).max(person).min(95)
    }
}

/// Takes particles before a surname in, and says what stands before them: `Frau von Berg`.
fn reach_back(scan: &Scan<'_>, start: usize) -> (usize, Before) {
    let before = scan.cues.before(scan.text, start);
    if before.title || before.person > 0 {
        return (start, before);
    }
    let mut from = start;
    for _ in 0..3 {
        let Some(head) = scan.text.get(scan.floor()..from).and_then(|head| head.strip_suffix(' '))
        else {
            break;
        };
        let letters = head.bytes().rev().take_while(u8::is_ascii_lowercase).take(6).count();
        let particle = head.get(head.len() - letters..).unwrap_or_default();
        if !lists::is_surname_particle(particle) {
            break;
        }
        from = scan.floor() + head.len() - letters;
    }
    if from < start {
        let told = scan.cues.before(scan.text, from);
        if told.title || told.person > 0 {
            return (from, told);
        }
    }
    (start, before)
}

/// A line of a conversation, `Kevin: see you`, the time perhaps before it.
fn speaks(scan: &Scan<'_>, start: usize, end: usize) -> bool {
    let head = scan.text.get(..start).unwrap_or_default();
    let head = head.strip_suffix(' ').unwrap_or(head);
    let begins = head.is_empty() || head.ends_with(['\n', ']']);
    begins && scan.text.get(end..).is_some_and(|rest| rest.starts_with(": "))
}

/// Whether a particle that is no preposition stands between two words: `Maxim van Suinvorde`.
fn joined_by_particle(scan: &Scan<'_>, words: &[Word]) -> bool {
    let [first, rest @ ..] = words else { return false };
    let sound = first.is_full()
        && first.entry.word() < 3
        && (given(first) > Trust::None || !first.entry.is_known());
    let clear = |word: &Word| {
        word.shape == Shape::Particle
            && matches!(
                word.of(scan.text),
                "van"
                    | "von"
                    | "vom"
                    | "zu"
                    | "ter"
                    | "ten"
                    | "bin"
                    | "ibn"
                    | "dos"
                    | "della"
                    | "del"
            )
    };
    sound && rest.iter().any(clear) && rest.last().is_some_and(|last| last.entry.word() < 3)
}

/// The end and score of `Müller, Hans`, if a given name follows the comma and no list goes on.
fn inverted(scan: &Scan<'_>, word: &Word) -> Option<(usize, u8)> {
    let at = word.end + 2;
    if scan.text.get(word.end..at) != Some(", ") || !words::begins_word(scan.text, at) {
        return None;
    }
    let next = words::read_one(scan.dictionary, scan.text, at)?;
    let rest = scan.text.get(next.end..).unwrap_or_default();
    if scan.cues.is_closing(word.of(scan.text)) {
        return None;
    }
    let listed = rest.strip_prefix(", ").is_some_and(|rest| words::begins_word(rest, 0));
    let towns = word.entry.city() >= 2 && next.entry.city() >= 2;
    if listed || towns || !next.is_full() {
        return None;
    }
    let second = rest.strip_prefix(' ').filter(|rest| words::begins_word(rest, 0));
    let second = second.and_then(|_| words::read_one(scan.dictionary, scan.text, next.end + 1));
    let second =
        second.filter(|second| second.shape == Shape::Initial || given(second) == Trust::Strong);
    let end = second.map_or(next.end, |second| second.end);
    // `Höfig, Sigrid-Reising-Allee 56`
    let numbered = scan.text.get(end..).and_then(|rest| rest.strip_prefix(' '));
    if numbered.is_some_and(|rest| rest.starts_with(|char: char| char.is_ascii_digit())) {
        return None;
    }
    // A field of its own, as in a table.
    let closed = scan
        .text
        .get(end..)
        .is_none_or(|rest| rest.is_empty() || rest.starts_with(['\t', '\n', ';', '"', '(', '|']));
    let place = next.entry.is_country() || next.entry.is_region() || next.entry.city() >= 2;
    let score = match (surname(word), given(&next)) {
        (Trust::Strong, Trust::Strong) => 65,
        (Trust::Weak, Trust::Strong) if word.entry.word() < 2 => 55,
        (Trust::None, Trust::Strong) if !word.entry.is_known() => 50,
        (Trust::Weak, Trust::Strong) if closed => 55,
        (Trust::Strong, _)
            if closed && !place && next.entry.word() < 2 && next.shape == Shape::Capitalized =>
        {
            52
        }
        (Trust::None, Trust::Weak)
            if closed && !place && !word.entry.is_known() && next.entry.word() < 2 =>
        {
            52
        }
        _ => return None,
    };
    Some((end, score))
}

/// `Jr.`, `III`
fn with_suffix(text: &str, end: usize) -> usize {
    let rest = text.get(end..).unwrap_or_default();
    if rest.starts_with('.')
        && text.get(..end).is_some_and(|head| head.ends_with(" Jr") || head.ends_with(" Sr"))
    {
        return end + 1;
    }
    let bare = rest.strip_prefix(',').unwrap_or(rest);
    for suffix in [" Jr.", " Sr.", " Jr", " Sr", " III", " II", " IV"] {
        if let Some(after) = bare.strip_prefix(suffix)
            && !after.starts_with(char::is_alphanumeric)
        {
            return end + rest.len() - after.len();
        }
    }
    end
}
