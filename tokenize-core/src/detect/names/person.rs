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
        let words = trim(run.get(at..at + length).unwrap_or_default());
        let next = run.get(at + length);
        found.extend(judge(scan, words, next, capitals));
        at += length;
    }
}

/// How many words from `at` on may belong to one name.
fn segment(scan: &Scan<'_>, run: &[Word], at: usize, places: &[Place], capitals: bool) -> usize {
    let mut length = 0;
    for (index, word) in run.iter().enumerate().skip(at) {
        let sure_place = places.iter().any(|place| place.holds(index) && place.count > 1);
        // After a given name a surname may be a town's: `Maria Santa Cruz` is rare, `Jack London` is not.
        if sure_place || parts(scan, run, index, word, capitals) {
            break;
        }
        length += 1;
    }
    length
}

/// Whether a word cannot belong to a name, and so parts two.
fn parts(scan: &Scan<'_>, run: &[Word], index: usize, word: &Word, capitals: bool) -> bool {
    let entry = word.entry;
    match word.shape {
        Shape::Initial => {
            matches!(word.of(scan.text), "I" | "A") || word.of(scan.text) == "M." && index == 0
        }
        Shape::Particle => !lists::is_surname_particle(word.of(scan.text)),
        Shape::AllCaps if !capitals && entry.given() == 0 && entry.surname() == 0 => {
            let before = index.checked_sub(1).and_then(|before| run.get(before));
            let after_given = before.is_some_and(|word| given(word) == Trust::Strong);
            !(after_given && word.end - word.start >= 4)
        }
        _ => {
            let doubted = match entry.word() {
                0 => false,
                1 => entry.given() == 0 && entry.surname() == 0,
                2 => entry.given() < 2 && entry.surname() < 2,
                _ => entry.given() < 2 && entry.surname() < 3,
            };
            let text = word.of(scan.text);
            // Without capitals, only what is known can be told from the words around it.
            let unknown =
                !entry.is_known() && text.chars().next().is_some_and(words::is_devanagari);
            doubted
                || unknown
                || text.ends_with('.')
                || scan.cues.is_organisation(text) && !is_borne(word)
        }
    }
}

/// Whether people bear it more than it is used otherwise.
fn is_borne(word: &Word) -> bool {
    word.entry.word() < 2 && (word.entry.given() == 3 || word.entry.surname() == 3)
}

/// Without what cannot begin or end a name.
fn trim(words: &[Word]) -> &[Word] {
    let mut words = words;
    while let [first, rest @ ..] = words {
        let initial = first.shape == Shape::Initial && rest.iter().any(Word::is_full);
        let begins = first.is_full() && !(first.entry.word() == 3 && first.entry.given() < 2);
        if initial || begins {
            break;
        }
        words = rest;
    }
    while let [rest @ .., last] = words {
        let alone = rest.is_empty() && last.shape != Shape::Initial;
        let ends = last.is_full() && (last.entry.word() < 3 || last.entry.surname() >= 2);
        if ends || alone && last.is_full() {
            break;
        }
        words = rest;
    }
    words
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

fn judge(
    scan: &Scan<'_>,
    words: &[Word],
    next: Option<&Word>,
    capitals: bool,
) -> Option<NameFinding> {
    let (first, last) = (words.first()?, words.last()?);
    let full: [Option<&Word>; MOST_WORDS] = {
        let mut iter = words.iter().filter(|word| word.is_full());
        let full = std::array::from_fn(|_| iter.next());
        if iter.next().is_some() {
            return None;
        }
        full
    };
    let count = full.iter().flatten().count();
    let initial = first.shape == Shape::Initial;
    let plain = if count == 1 && !initial { lone(first) } else { several(&full, initial) };
    let (start, before) = reach_back(scan, first.start);
    let thing = next.is_some_and(|word| scan.cues.is_organisation(word.of(scan.text)));
    let partners =
        before.ampersand || scan.text.get(last.end..).is_some_and(|rest| rest.starts_with(" & "));
    if (thing && !before.title) || (partners && plain < 60) || (before.organisation && plain < 70) {
        return None;
    }
    let (end, inverted) = match (count, initial) {
        (1, false) if !before.comma => inverted(scan, first),
        _ => None,
    }
    .map_or((last.end, 0), |end| (end, if surname(first) == Trust::Strong { 65 } else { 50 }));
    let known = words.iter().any(|word| given(word) > Trust::None || surname(word) > Trust::None);
    let plain = plain.max(inverted);
    let plain = if before.sentence_start && first.entry.word() > 1 {
        plain.saturating_sub(10)
    } else {
        plain
    };
    let plain = if capitals && inverted == 0 { in_capitals(&full, count, plain) } else { plain };
    let told = Told {
        deed: scan.cues.deed_follows(scan.text, end),
        known,
        count,
        doubted: doubted(words),
    };
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
        (Trust::Strong, Trust::Weak) => 55,
        (Trust::Strong, Trust::None) if unknown || given(last) == Trust::Strong => 60,
        (Trust::Strong, Trust::None) => 45,
        (_, _) if surname(first) > Trust::None && given(last) == Trust::Strong => 60,
        (Trust::Weak, Trust::Strong) if first.entry.word() == 0 => 65,
        (Trust::Weak, Trust::Strong) => 60,
        (Trust::Weak, Trust::Weak) if first.entry.word() == 0 && last.entry.word() == 0 => 50,
        (Trust::Weak, Trust::Weak) => 35,
        (Trust::Weak, Trust::None) if first.entry.word() == 0 && unknown => 40,
        (Trust::None, Trust::Strong) if initial => 60,
        (Trust::None, Trust::Strong) if !first.entry.is_known() => 45,
        (Trust::None, Trust::Strong) => 40,
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
    deed: bool,
    known: bool,
    count: usize,
    doubted: bool,
}

impl Told {
    fn score(&self, plain: u8, before: &Before) -> u8 {
        let deed = match (self.deed, plain) {
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

/// The end of `Müller, Hans`, if a given name follows the comma and no list goes on.
fn inverted(scan: &Scan<'_>, word: &Word) -> Option<usize> {
    let at = word.end + 2;
    let surname = word.entry.surname() > 0 || !word.entry.is_known();
    if !surname || scan.text.get(word.end..at) != Some(", ") || !words::begins_word(scan.text, at) {
        return None;
    }
    let next = words::read_one(scan.dictionary, scan.text, at)?;
    let rest = scan.text.get(next.end..).unwrap_or_default();
    let listed = rest.strip_prefix(", ").is_some_and(|rest| words::begins_word(rest, 0));
    let trusted =
        given(&next) == Trust::Strong && !(surname_is_place(word) && next.entry.is_place());
    if !trusted || listed {
        return None;
    }
    let second = rest.strip_prefix(' ').filter(|rest| words::begins_word(rest, 0));
    let second = second.and_then(|_| words::read_one(scan.dictionary, scan.text, next.end + 1));
    match second {
        Some(second) if second.shape == Shape::Initial || given(&second) == Trust::Strong => {
            Some(second.end)
        }
        _ => Some(next.end),
    }
}

fn surname_is_place(word: &Word) -> bool {
    word.entry.is_place()
}

/// `Jr.`, `III`
fn with_suffix(text: &str, end: usize) -> usize {
    let rest = text.get(end..).unwrap_or_default();
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
