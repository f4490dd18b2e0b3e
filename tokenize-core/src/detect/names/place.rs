//! Towns, regions and countries.

use super::context::Before;
use super::dictionary::Entry;
use super::scan::Scan;
use super::words::{Shape, Word};
use super::{NameFinding, NameKind};

/// Words of a run that the dictionary knows as one place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    /// Index of the first word within the run.
    pub(super) from: usize,
    /// Words, particles among them.
    pub(super) count: usize,
    entry: Entry,
}

impl Place {
    pub(super) fn holds(&self, at: usize) -> bool {
        (self.from..self.from + self.count).contains(&at)
    }
}

/// The places of a run, from left to right, the longest first.
pub(super) fn places(scan: &Scan<'_>, run: &[Word]) -> Vec<Place> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(word) = run.get(at) {
        let more = word.entry.begins_more.then(|| {
            let words = run.get(at..).unwrap_or_default().iter().map(|word| word.of(scan.text));
            scan.dictionary.longest(words).filter(|(_, entry)| entry.is_place())
        });
        let place = match more.flatten() {
            Some((count, entry)) => Some(Place { from: at, count, entry }),
            None if word.is_full() && word.entry.is_place() => {
                Some(Place { from: at, count: 1, entry: word.entry })
            }
            None => None,
        };
        at += place.as_ref().map_or(1, |place| place.count);
        found.extend(place);
    }
    found
}

/// The places that are worth a finding.
pub(super) fn findings(
    scan: &Scan<'_>,
    run: &[Word],
    places: &[Place],
) -> impl Iterator<Item = NameFinding> + use<> {
    let found: Vec<_> = places.iter().filter_map(|place| finding(scan, run, *place)).collect();
    found.into_iter()
}

fn finding(scan: &Scan<'_>, run: &[Word], place: Place) -> Option<NameFinding> {
    let (first, last) = (run.get(place.from)?, run.get(place.from + place.count - 1)?);
    let before = scan.cues.before(scan.text, first.start);
    let next = run.get(place.from + place.count);
    let state = state_after(scan.text, last.end);
    let mut score = base(place, first, &before);
    if score == 0 {
        return None;
    }
    let mut end = last.end;
    if let Some(state_end) = state {
        score = score.max(70);
        end = state_end;
    }
    let title_case = next.is_some_and(|word| word.is_full() && !word.entry.is_place());
    if state.is_none() && (title_case || before.organisation || before.ampersand) {
        score = score.min(35);
    }
    let cue = before.place || state.is_some();
    Some(NameFinding {
        start: first.start,
        end,
        kind: NameKind::Location,
        score,
        cue,
        dictionary: true,
    })
}

/// What the place's own words are worth, and the word before them.
fn base(place: Place, first: &Word, before: &Before) -> u8 {
    let entry = place.entry;
    let known = entry.city() >= 2 || entry.is_country() || entry.is_region();
    if place.count > 1 {
        return match (known, before.place) {
            (true, true) => 75,
            (true, false) => 65,
            (false, true) => 60,
            (false, false) => 40,
        };
    }
    if first.shape == Shape::AllCaps && !known {
        return 0;
    }
    let person = entry.given().max(entry.surname());
    match (known, entry.word(), before.place) {
        (true, 0..=1, true) => 70,
        (true, 0..=1, false) if entry.given() == 3 => 40,
        (true, 0..=1, false) => 58,
        (true, _, true) => 50,
        (false, 0, true) if person < 2 => 55,
        (false, 0, true) => 45,
        (false, 0, false) if person < 2 => 35,
        _ => 0,
    }
}

/// The end of `, IL` or ` IL 62704` after a town.
fn state_after(text: &str, at: usize) -> Option<usize> {
    let rest = text.get(at..)?;
    let after = rest.strip_prefix(", ").or_else(|| rest.strip_prefix(','))?;
    let code = after.get(..2).filter(|code| is_state(code))?;
    let free = after.as_bytes().get(2).is_none_or(|byte| !byte.is_ascii_alphanumeric());
    free.then_some(at + rest.len() - after.len() + code.len())
}

/// A state of the United States or a province of Canada, by its postal letters.
pub(super) fn is_state(code: &str) -> bool {
    const STATES: &[u8] = b"AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC \
        ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY PR VI GU AS MP FM MH PW AA AE AP AB BC MB NB NL NS NT NU ON PE QC SK YT ";
    code.len() == 2 && STATES.chunks(3).any(|state| state.starts_with(code.as_bytes()))
}
