//! Reads the table of schemes, `data/id-1.tsv`, in the notation of `docs/format.md`, section 5.14.

use super::check::{Characters, Check, SYMBOLS, Sum};
use super::class::{Alias, Class, Exceptions};
use super::layout::Layout;

/// Each class with the name of its scheme, in the order of the table.
pub(super) fn classes() -> impl Iterator<Item = (&'static str, Class)> {
    lines().filter_map(read_line)
}

fn lines() -> impl Iterator<Item = &'static str> {
    include_str!("../../data/id-1.tsv").lines().filter(|line| !line.starts_with('#'))
}

/// The columns are those that the head of the table names.
pub(crate) fn read_line(line: &'static str) -> Option<(&'static str, Class)> {
    let mut columns = line.split('\t').map(|column| if column == "=" { "" } else { column });
    let (scheme, name, separators) = (columns.next()?, columns.next()?, columns.next()?);
    let (layouts, check, rules) = (columns.next()?, columns.next()?, columns.next()?);
    let layouts: Vec<Layout> =
        layouts.split(" | ").map(Layout::from_text).collect::<Option<_>>()?;
    let (len, place) = (layouts.first()?.len(), layouts.first()?.check());
    if columns.next().is_some()
        || layouts.iter().any(|layout| layout.len() != len || layout.check() != place)
    {
        return None;
    }
    let check = read_check(check, len, place)?;
    let (alias, exceptions) = match rules.strip_prefix("alias ") {
        Some(alias) => (Some(read_alias(alias)?), Exceptions::List(Vec::new())),
        None => (None, read_exceptions(rules)),
    };
    let separators =
        separators.bytes().map(|byte| if byte == b'_' { b' ' } else { byte }).collect();
    Some((scheme, Class { name, separators, layouts, check, exceptions, alias }))
}

/// Places, counted from 0, and ten letters.
fn read_alias(text: &str) -> Option<Alias> {
    let (places, letters) = text.split_once(' ')?;
    let places = places.split(',').map(str::parse).collect::<Result<_, _>>().ok()?;
    Some(Alias { places, letters: letters.as_bytes().try_into().ok()? })
}

fn read_exceptions(text: &'static str) -> Exceptions {
    match text {
        "" => Exceptions::List(Vec::new()),
        "equal" => Exceptions::Equal,
        "palindrome" => Exceptions::Palindromes,
        _ => Exceptions::List(text.split(',').map(str::as_bytes).collect()),
    }
}

fn read_check(text: &str, len: usize, place: (usize, usize)) -> Option<Check> {
    let (at, width) = place;
    let at_end = width == 1 && at + 1 == len;
    match text {
        "" => (width == 0).then_some(Check::None),
        "mod11_10" => at_end.then_some(Check::Mod11And10),
        "verhoeff" => at_end.then_some(Check::Verhoeff),
        _ => {
            let sums: Vec<&str> = text.split(" ; ").collect();
            let mut read = Vec::with_capacity(sums.len());
            for (before, sum) in sums.into_iter().enumerate() {
                // The places that the sum weighs: all but those of check characters that it is to make, or that come after.
                let places: Vec<usize> =
                    (0..len).filter(|i| *i < at + before || *i >= at + width).collect();
                read.push(read_sum(sum, len, &places)?);
            }
            let known: usize = read.iter().filter_map(Sum::width).sum();
            (known == width).then_some(Check::Sums(read))
        }
    }
}

/// What the words of a sum say.
struct Words<'a> {
    modulus: u32,
    plus: u32,
    fold: bool,
    values: [u32; SYMBOLS],
    weights: &'a str,
    table: Vec<u32>,
    to: Vec<Option<Characters>>,
}

fn read_sum(text: &str, len: usize, places: &[usize]) -> Option<Sum> {
    let words = Words::read(text)?;
    let mut terms = vec![[0; SYMBOLS]; len];
    let weights: Vec<Option<u32>> = if words.weights == "10^" {
        let powers = std::iter::successors(Some(1), |power| Some(power * 10 % words.modulus));
        let mut weights: Vec<_> = powers.take(places.len()).map(Some).collect();
        weights.reverse();
        weights
    } else {
        words.weights.split(',').map(Words::weight).collect::<Option<_>>()?
    };
    if weights.len() != places.len() {
        return None;
    }
    for (place, weight) in places.iter().zip(weights) {
        for (symbol, term) in terms.get_mut(*place)?.iter_mut().enumerate() {
            *term = words.term(symbol, weight)?;
        }
    }
    Sum::new(words.modulus, words.plus, terms, words.to)
}

impl<'a> Words<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let mut words = Self {
            modulus: 0,
            plus: 0,
            fold: false,
            values: usual_values(),
            weights: "",
            table: Vec::new(),
            to: Vec::new(),
        };
        for word in text.split(' ') {
            match word.split_once('=') {
                Some(("mod", modulus)) => words.modulus = modulus.parse().ok()?,
                Some(("plus", plus)) => words.plus = plus.parse().ok()?,
                Some(("v", values)) => words.read_values(values)?,
                Some(("w", weights)) => words.weights = weights,
                Some(("t", table)) => {
                    words.table =
                        table.split(',').map(str::parse).collect::<Result<_, _>>().ok()?;
                }
                Some(("to", symbols)) => {
                    let one = |symbol| (symbol != b'-').then_some(Characters::one(symbol));
                    words.to = symbols.bytes().map(one).collect();
                }
                Some(("less", from)) => {
                    let from: u8 = from.parse().ok()?;
                    let remainders = 0..u8::try_from(words.modulus).ok()?;
                    let two = |remainder| from.checked_sub(remainder).map(Characters::two);
                    words.to = remainders.map(two).collect();
                }
                None if word == "fold" => words.fold = true,
                _ => return None,
            }
        }
        (words.modulus > 1).then_some(words)
    }

    /// `X-Z:0` and `A:96`: the value of a letter, those after it counting up.
    fn read_values(&mut self, text: &str) -> Option<()> {
        for part in text.split(',') {
            let (letters, value) = part.split_once(':')?;
            let value: u32 = value.parse().ok()?;
            let letters = letters.as_bytes();
            let (first, last) = (letters.first()?, letters.last()?);
            for (letter, value) in (*first..=*last).zip(value..) {
                *self.values.get_mut(usize::from(letter.checked_sub(b'0')?))? = value;
            }
        }
        Some(())
    }

    /// A number, or `t` for the values of the second table.
    fn weight(text: &str) -> Option<Option<u32>> {
        if text == "t" { Some(None) } else { text.parse().ok().map(Some) }
    }

    /// What a symbol adds, modulo the modulus.
    fn term(&self, symbol: usize, weight: Option<u32>) -> Option<u8> {
        let Some(weight) = weight else {
            let place = usual_values().get(symbol).copied()?;
            let value = self.table.get(place as usize).copied().unwrap_or(0);
            return u8::try_from(value % self.modulus).ok();
        };
        let product = self.values.get(symbol)? * weight;
        let term = if self.fold { product / 10 + product % 10 } else { product };
        u8::try_from(term % self.modulus).ok()
    }
}

/// 0 to 9 for digits and 10 to 35 for letters.
fn usual_values() -> [u32; SYMBOLS] {
    let mut values = [0; SYMBOLS];
    for (symbol, value) in (b'0'..=b'Z').zip(&mut values) {
        *value = char::from(symbol).to_digit(36).unwrap_or(0);
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_table_is_read() {
        for line in lines() {
            assert!(read_line(line).is_some(), "{line}");
        }
    }

    #[test]
    fn broken_lines_are_not_read() {
        let lines = [
            "",
            "a\t=\t-\td9",
            "a\t=\t-\td9\t=\t=\t=",
            "a\t=\t-\td9 c\t=\t=",
            "a\t=\t-\td9\tverhoeff\t=",
            "a\t=\t-\tc d9\tverhoeff\t=",
            "a\t=\t-\td2 c\tmod=3 w=1 to=012\t=",
            "a\t=\t-\td2 c\tmod=3 w=1,1 to=01\t=",
            "a\t=\t-\td2 c2\tmod=3 w=1,1 to=012\t=",
            "a\t=\t-\td2 c2\tmod=3 w=1,1 to=012 ; mod=3 w=1,1 to=012\t=",
            "a\t=\t-\td2 c\tmod=3 w=1,x to=012\t=",
            "a\t=\t-\td2 c\tmod=3 what=1 to=012\t=",
            "a\t=\t-\td2 | d3\t=\t=",
            "a\t=\t-\t<2,1>\t=\t=",
            "a\t=\t-\t<1,12>\t=\t=",
            "a\t=\t-\t[AA]\t=\t=",
            "a\t=\t-\t{AA!AB,AA}\t=\t=",
            "a\t=\t-\td21\t=\t=",
        ];
        for line in lines {
            assert!(read_line(line).is_none(), "{line}");
        }
    }
}
