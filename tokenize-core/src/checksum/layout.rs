//! One way in which numbers of a class are built: elements side by side, check characters among them.

use super::date::Dates;
use super::element::{Block, Element, List, Set};

/// Elements side by side.
#[derive(Debug)]
pub(crate) struct Layout {
    elements: Vec<Element>,
    /// For each place the characters that its element allows, as far as it decides place by place: what most texts fail at, so
    /// that a scanner soon knows.
    places: Vec<u128>,
    /// Elements that decide by more than that, with their first place.
    others: Vec<(usize, usize)>,
}

impl Layout {
    /// Reads an alternative of the column `layout`.
    pub(super) fn from_text(text: &str) -> Option<Self> {
        let mut elements = Vec::new();
        for word in text.split_ascii_whitespace() {
            read_word(word, &mut elements)?;
        }
        let checks = elements.iter().filter(|element| matches!(element, Element::Check(_))).count();
        let (mut places, mut others) = (Vec::new(), Vec::new());
        for (at, element) in elements.iter().enumerate() {
            if !matches!(element, Element::Check(_) | Element::Set(_)) {
                others.push((at, places.len()));
            }
            places.extend(std::iter::repeat_n(element.members(), element.width()));
        }
        (checks <= 1 && (1..=LONGEST).contains(&places.len())).then_some(Self {
            elements,
            places,
            others,
        })
    }

    pub(crate) fn elements(&self) -> &[Element] {
        &self.elements
    }

    /// The number of characters.
    pub(crate) fn len(&self) -> usize {
        self.places.len()
    }

    /// Where the check characters begin and how many there are; none at the end if there are none.
    pub(crate) fn check(&self) -> (usize, usize) {
        let mut at = 0;
        for element in &self.elements {
            if let Element::Check(width) = element {
                return (at, *width);
            }
            at += element.width();
        }
        (at, 0)
    }

    /// Whether each element fits, whatever the check characters are.
    pub(crate) fn fits(&self, text: &[u8]) -> bool {
        let allowed =
            |(members, symbol): (&u128, &u8)| symbol.is_ascii() && members >> symbol & 1 == 1;
        text.len() == self.places.len()
            && self.places.iter().zip(text).all(allowed)
            && self.others.iter().all(|(at, from)| {
                let element = self.elements.get(*at);
                element.is_some_and(|element| {
                    text.get(*from..from + element.width()).is_some_and(|part| element.fits(part))
                })
            })
    }

    /// Whether some place holds letters only, so that every number of this layout shows its case.
    pub(crate) fn has_letters(&self) -> bool {
        self.elements.iter().any(|element| match element {
            Element::Block(block) => block.has_letters(),
            Element::Set(set) => set.is_letters(),
            _ => false,
        })
    }
}

/// The longest number of any scheme: no buffer needs more.
pub(crate) const LONGEST: usize = 20;

fn read_word(word: &str, elements: &mut Vec<Element>) -> Option<()> {
    if let Some(dates) = word.strip_prefix('@') {
        elements.push(Element::Dates(Dates::from_text(dates)?));
    } else if let Some(list) = word.strip_prefix('<') {
        elements.push(Element::List(List::from_text(list.strip_suffix('>')?)?));
    } else if let Some(block) = word.strip_prefix('{') {
        let (sets, words) = block.strip_suffix('}')?.split_once('!')?;
        elements.push(Element::Block(Block::new(read_sets(sets)?, words)?));
    } else if let Some(count) = word.strip_prefix('c') {
        elements.push(Element::Check(if count.is_empty() { 1 } else { count.parse().ok()? }));
    } else if word == "idnr" {
        elements.push(Element::Idnr);
    } else {
        elements.extend(read_sets(word)?.into_iter().map(Element::Set));
    }
    Some(())
}

/// Sets with no space between: `d`, `A`, `X` or characters in brackets, each with a number of repetitions or without.
fn read_sets(text: &str) -> Option<Vec<Set>> {
    let mut sets = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (set, after) = if let Some(bracket) = rest.strip_prefix('[') {
            bracket.split_once(']')?
        } else {
            let (letter, after) = rest.split_at_checked(1)?;
            let set = match letter {
                "A" => "A-Z",
                "X" => "0-9A-Z",
                "d" => "0-9",
                _ => return None,
            };
            (set, after)
        };
        let set = Set::from_text(set)?;
        let digits = after.bytes().take_while(u8::is_ascii_digit).count();
        let (count, after) = after.split_at_checked(digits)?;
        let count = if count.is_empty() { 1 } else { count.parse().ok()? };
        sets.extend(std::iter::repeat_n(set, count));
        rest = after;
    }
    Some(sets)
}
