//! What follows street and number: unit, postal code, town, state, country.

use super::place;
use super::scan::Scan;
use super::words;

/// Parts after street and number.
const MOST_PARTS: usize = 7;

/// Words of a town's name.
const MOST_TOWN_WORDS: usize = 5;

/// How far an address goes on after its street.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tail {
    pub(super) end: usize,
    pub(super) code: bool,
    /// The code is no four digits, which may be a year.
    pub(super) long_code: bool,
    pub(super) town: bool,
    /// The last part read is the code.
    after_code: bool,
}

/// Reads on from `at`, the end of street and number.
pub(super) fn tail(scan: &Scan<'_>, at: usize) -> Tail {
    let mut tail = Tail { end: at, code: false, long_code: false, town: false, after_code: false };
    for _ in 0..MOST_PARTS {
        let Some(start) = after_separator(scan.text, tail.end) else { break };
        let Some(end) = part(scan, start, &mut tail) else { break };
        tail.end = end;
    }
    tail
}

fn part(scan: &Scan<'_>, start: usize, tail: &mut Tail) -> Option<usize> {
    if let Some(end) = unit(scan.text, start) {
        return Some(end);
    }
    if let Some(end) = code(scan.text, start).filter(|_| !tail.code) {
        tail.code = true;
        // Eight digits in a row are as often the number of something else.
        let is_joined = text_is_digits(scan.text, start, end);
        tail.long_code = match end - start {
            5..=7 => true,
            8.. => !is_joined || follows_letters(scan.text, start),
            _ => follows_state(scan.text, start),
        };
        tail.after_code = true;
        return Some(end);
    }
    if tail.town
        && let Some(end) = state(scan.text, start)
    {
        return Some(end);
    }
    let end = town(scan, start, tail)?;
    tail.town = true;
    tail.after_code = false;
    Some(end)
}

fn text_is_digits(text: &str, start: usize, end: usize) -> bool {
    text.get(start..end).is_some_and(|text| text.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Whether a state of Australia stands before a code.
fn follows_state(text: &str, start: usize) -> bool {
    let head = text.get(..start).unwrap_or_default().trim_end();
    AUSTRALIAN.iter().any(|state| head.ends_with(state))
}

/// Whether a state of Brazil stands before a code: `SP, 01310100`.
fn follows_letters(text: &str, start: usize) -> bool {
    let head = text.get(..start).unwrap_or_default().trim_end_matches([',', ' ', '\n']);
    let mut last = head.bytes().rev();
    let two = [last.next(), last.next()].into_iter().flatten();
    two.filter(u8::is_ascii_uppercase).count() == 2 && last.next() == Some(b' ')
}

/// The states and territories of Australia.
const AUSTRALIAN: [&str; 8] = ["ACT", "NSW", "NT", "QLD", "SA", "TAS", "VIC", "WA"];

/// The end of a comma, a dash or a line break and the spaces around it.
pub(super) fn after_separator(text: &str, at: usize) -> Option<usize> {
    let mut end = at;
    let (mut breaks, mut marks) = (0, 0);
    for char in text.get(at..)?.chars().take(8) {
        match char {
            ' ' | '\t' | '\r' => {}
            '\n' if breaks == 0 => breaks += 1,
            ',' | ';' | '-' | '–' | '/' | '(' if marks == 0 => marks += 1,
            _ => break,
        }
        end += char.len_utf8();
    }
    // In a table the next field follows its comma at once; so do states, `Springfield,IL`.
    let is_field = text.get(at..end).is_some_and(|gap| matches!(gap, "," | ";"));
    let is_state = || text.get(end..end + 2).is_some_and(place::is_state);
    (end > at && (!is_field || is_state())).then_some(end)
}

/// `Apt. 4B`, `#12`, `piso 3`, `bis`
pub(super) fn unit(text: &str, at: usize) -> Option<usize> {
    let rest = text.get(at..)?;
    let after = match rest.strip_prefix('#') {
        Some(after) => after,
        None => {
            let word = letters(rest, 12);
            if !is_unit(&word.to_lowercase()) {
                return None;
            }
            rest.get(word.len()..)?.trim_start_matches(['.', 'º', '°'])
        }
    };
    let number = after.strip_prefix(' ').unwrap_or(after);
    let length = number
        .bytes()
        .take(6)
        .take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'-')
        .count();
    let number = number.get(..length)?;
    let sound = number.bytes().any(|byte| byte.is_ascii_digit()) || number.len() == 1;
    let start = text.len() - after.len() + usize::from(after.starts_with(' '));
    sound.then_some(start + length)
}

#[rustfmt::skip]
fn is_unit(word: &str) -> bool {
    matches!(
        word,
        "apt" | "apartment" | "suite" | "ste" | "unit" | "flat" | "floor" | "fl" | "room" | "rm" | "bldg" | "building" | "box"
            | "studio" | "lot" | "apto" | "piso" | "puerta" | "planta" | "bloque" | "bl" | "esc" | "andar" | "sala" | "bloco" | "bâtiment"
            | "bat" | "étage" | "appt" | "interno" | "int" | "piano" | "scala" | "appartamento" | "wohnung" | "stock" | "etage" | "whg"
            | "bus" | "lgh" | "lok" | "mieszkanie" | "bte" | "casa"
    )
}

/// A postal code: `62704-1234`, `D-10115`, `1017 AB`, `00-950`, `113 51`, `SW1A 1AA`, `01310-100`.
pub(super) fn code(text: &str, at: usize) -> Option<usize> {
    let rest = text.get(at..)?;
    let country = letters(rest, 3);
    let prefixed = rest.get(country.len()..)?.strip_prefix('-').filter(|_| !country.is_empty());
    let from = if prefixed.is_some() { country.len() + 1 } else { 0 };
    let body = rest.get(from..)?;
    if from == 0 && !country.is_empty() {
        return letter_code(body).map(|length| at + length).filter(|end| ends(text, *end));
    }
    let digits = digit_count(body);
    let after = body.get(digits..)?;
    let more = |separator: char, count: usize| {
        let next = after.strip_prefix(separator)?;
        (digit_count(next) == count).then_some(1 + count)
    };
    let extra = match digits {
        5 => more('-', 4).or_else(|| more('-', 3)).unwrap_or(0),
        4 => dutch_letters(after).or_else(|| more('-', 3)).unwrap_or(0),
        3 => more(' ', 2)?,
        2 => more('-', 3)?,
        6 | 8 => 0,
        _ => return None,
    };
    let end = at + from + digits + extra;
    ends(text, end).then_some(end)
}

/// `1AA` of a Dutch code: a space at most, then two capitals.
fn dutch_letters(after: &str) -> Option<usize> {
    let letters = after.strip_prefix(' ').unwrap_or(after);
    let two = letters.get(..2)?.bytes().all(|byte| byte.is_ascii_uppercase());
    let free = letters.as_bytes().get(2).is_none_or(|byte| !byte.is_ascii_alphanumeric());
    (two && free).then_some(after.len() - letters.len() + 2)
}

/// A British or Canadian code.
fn letter_code(text: &str) -> Option<usize> {
    let kind = |byte: &u8| match byte {
        b'A'..=b'Z' => 'A',
        b'0'..=b'9' => '9',
        b' ' => ' ',
        _ => '.',
    };
    let shape: String = text.bytes().take(8).map(|byte| kind(&byte)).collect();
    ["AA99 9AA", "AA9A 9AA", "AA9 9AA", "A99 9AA", "A9A 9AA", "A9 9AA", "A9A 9A9", "A9A9A9"]
        .into_iter()
        .find(|known| shape.starts_with(known))
        .map(str::len)
}

/// `IL`, `(MI)`, `SP`, after a town.
fn state(text: &str, at: usize) -> Option<usize> {
    let rest = text.get(at..)?;
    if let Some(state) = AUSTRALIAN.iter().find(|state| rest.starts_with(**state))
        && ends(text, at + state.len())
    {
        return Some(at + state.len());
    }
    let two = rest.get(..2).filter(|two| two.bytes().all(|byte| byte.is_ascii_uppercase()))?;
    let bracket = text.get(..at)?.ends_with('(');
    let end = at + two.len();
    if bracket {
        return rest.get(2..)?.starts_with(')').then_some(end + 1);
    }
    ends(text, end).then_some(end)
}

/// A town's or country's name: one of the dictionary, or any after a code or before one.
fn town(scan: &Scan<'_>, at: usize, tail: &mut Tail) -> Option<usize> {
    if !words::begins_word(scan.text, at) {
        return None;
    }
    let mut run = Vec::new();
    words::read_run(scan.dictionary, scan.text, at, &mut run);
    let is_state = |word: &str| place::is_state(word) || AUSTRALIAN.contains(&word);
    let coded = run.iter().position(|word| is_state(word.of(scan.text))).filter(|at| *at > 0);
    let count = coded.unwrap_or(run.len());
    let run = run.get(..count)?;
    let places = place::places(scan, run);
    let known = places.iter().find(|place| place.from == 0);
    let end = run.last()?.end;
    let follows = after_separator(scan.text, end)
        .is_some_and(|next| code(scan.text, next).is_some() || state(scan.text, next).is_some());
    if (tail.after_code || !tail.town && follows) && run.len() <= MOST_TOWN_WORDS {
        // A town after its code may be followed by the next sentence: `10115 Berlin Please call`.
        return match known {
            Some(place) if !follows && goes_on(scan.text, end) => {
                Some(run.get(place.from + place.count - 1)?.end)
            }
            _ => Some(end),
        };
    }
    let place = known?;
    Some(run.get(place.from + place.count - 1)?.end)
}

/// Whether a sentence goes on at `at`.
fn goes_on(text: &str, at: usize) -> bool {
    let rest = text.get(at..).unwrap_or_default();
    rest.strip_prefix(' ').is_some_and(|rest| rest.starts_with(char::is_alphabetic))
}

fn letters(text: &str, most: usize) -> &str {
    let length: usize = text
        .chars()
        .take(most + 1)
        .take_while(|char| char.is_alphabetic())
        .map(char::len_utf8)
        .sum();
    text.get(..length).filter(|word| word.chars().count() <= most).unwrap_or_default()
}

fn digit_count(text: &str) -> usize {
    text.bytes().take(10).take_while(u8::is_ascii_digit).count()
}

fn ends(text: &str, at: usize) -> bool {
    text.as_bytes().get(at).is_none_or(|byte| !byte.is_ascii_alphanumeric())
}
