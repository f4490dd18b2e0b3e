//! Which numbers each calling code has: how long they are, how they begin, and where their area codes end.

use std::sync::LazyLock;

/// The numbers behind a calling code.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) code: u16,
    /// What national writing puts before a number; may be empty.
    pub(super) trunk: &'static [u8],
    /// Ascending by their first digits, without overlaps.
    numbers: Vec<Numbers>,
    /// All lengths, a bit for each.
    lengths: u16,
    /// Whether its numbers are looked for without the calling code.
    is_national: bool,
}

/// Numbers whose first three digits are in a range.
#[derive(Debug, Clone, Copy)]
struct Numbers {
    low: u16,
    high: u16,
    lengths: u16,
    areas: u16,
}

/// How digits fit a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fit {
    No,
    /// A number may be as long, but none begins so.
    Possible,
    /// There are such numbers; a bit for each length that their area code may have.
    Valid(u16),
}

impl Plan {
    /// What is left of ASCII digits without the trunk prefix, if they begin with it.
    #[inline]
    pub(super) fn without_trunk<'d>(&self, digits: &'d [u8]) -> Option<&'d [u8]> {
        match (self.trunk, digits) {
            ([], _) => Some(digits),
            ([trunk], [first, rest @ ..]) => (trunk == first).then_some(rest),
            _ => digits.strip_prefix(self.trunk),
        }
    }

    /// How ASCII digits without calling code and trunk prefix fit. Most have no length that the plan has.
    #[inline]
    pub(super) fn fit(&self, national: &[u8]) -> Fit {
        match bit(national.len()).filter(|length| self.lengths & length != 0) {
            Some(length) => self.fit_first(national, length),
            None => Fit::No,
        }
    }

    /// How their first digits fit.
    fn fit_first(&self, national: &[u8], length: u16) -> Fit {
        let first = national.iter().take(DEPTH).fold(0, |all, digit| all * 10 + value(*digit));
        let at = self.numbers.partition_point(|numbers| numbers.high < first);
        match self.numbers.get(at) {
            Some(numbers)
                if numbers.low <= first
                    && numbers.lengths & length != 0
                    && self.has_exchange(national) =>
            {
                Fit::Valid(numbers.areas)
            }
            _ => Fit::Possible,
        }
    }

    /// In North America neither area nor exchange begins with 0 or 1, which three digits do not tell.
    fn has_exchange(&self, national: &[u8]) -> bool {
        self.code != NORTH_AMERICA || national.get(DEPTH).is_some_and(|digit| *digit >= b'2')
    }

    /// Reads a line of the table.
    fn parse(line: &'static str) -> Option<Self> {
        let mut fields = line.split('\t');
        let code = fields.next()?.parse().ok()?;
        let trunk = fields.next()?.as_bytes();
        let mut numbers = Vec::new();
        for item in fields.next()?.split(' ') {
            let (said, ranges) = item.split_once('=')?;
            let (lengths, areas) = said.split_once('/').unwrap_or((said, ""));
            let (lengths, areas) = (bits(lengths)?, bits(areas)?);
            for range in ranges.split(',') {
                let (low, high) = range.split_once('-').unwrap_or((range, range));
                let (low, high) = (filled(low, b'0')?, filled(high, b'9')?);
                numbers.push(Numbers { low, high, lengths, areas });
            }
        }
        numbers.sort_unstable_by_key(|numbers| numbers.low);
        Some(Self {
            code,
            trunk,
            lengths: numbers.iter().fold(0, |all, numbers| all | numbers.lengths),
            is_national: numbers.iter().any(|numbers| numbers.areas != 0),
            numbers,
        })
    }
}

/// The plan of the calling code that ASCII digits begin with, and how many digits the code has.
pub(super) fn of_code(digits: &[u8]) -> Option<(&'static Plan, usize)> {
    // No code begins with 0.
    let mut code = 0;
    for (len, digit) in digits.iter().enumerate().take(DEPTH) {
        code = code * 10 + value(*digit);
        if code == 0 {
            return None;
        }
        if let Some(plan) = by_code(code) {
            return Some((plan, len + 1));
        }
    }
    None
}

/// The plan of a calling code.
pub(super) fn by_code(code: u16) -> Option<&'static Plan> {
    let at = TABLE.by_code.get(usize::from(code)).copied()?;
    TABLE.plans.get(usize::from(at))
}

/// The plans whose numbers are looked for without calling code.
pub(super) fn national() -> impl Iterator<Item = &'static Plan> {
    TABLE.plans.iter().filter(|plan| plan.is_national)
}

#[derive(Debug)]
struct Table {
    plans: Vec<Plan>,
    /// The place of the plan of each calling code; of no plan where there is none.
    by_code: Vec<u8>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    // A test holds that every line can be read.
    let plans: Vec<Plan> = lines().filter_map(Plan::parse).collect();
    let mut by_code = vec![u8::MAX; 1000];
    for (place, plan) in (0..u8::MAX).zip(&plans) {
        if let Some(slot) = by_code.get_mut(usize::from(plan.code)) {
            *slot = place;
        }
    }
    Table { plans, by_code }
});

fn lines() -> impl Iterator<Item = &'static str> {
    include_str!("../../../data/phone_plans.tsv").lines().filter(|line| !line.starts_with('#'))
}

/// Bits by their numbers, one hexadecimal digit each.
fn bits(numbers: &str) -> Option<u16> {
    numbers.chars().try_fold(0, |all, number| Some(all | 1_u16.checked_shl(number.to_digit(16)?)?))
}

fn bit(number: usize) -> Option<u16> {
    1_u16.checked_shl(u32::try_from(number).ok()?)
}

/// First digits as a number of [`DEPTH`] digits.
fn filled(digits: &str, with: u8) -> Option<u16> {
    let filling = std::iter::repeat_n(with, DEPTH.checked_sub(digits.len())?);
    Some(digits.bytes().chain(filling).fold(0, |all, digit| all * 10 + value(digit)))
}

fn value(digit: u8) -> u16 {
    u16::from(digit.wrapping_sub(b'0'))
}

/// How many first digits the table tells apart.
const DEPTH: usize = 3;
/// The calling code of the North American Numbering Plan.
pub(super) const NORTH_AMERICA: u16 = 1;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_table_is_read() {
        assert_eq!(TABLE.plans.len(), lines().count());
        assert!(TABLE.plans.len() < usize::from(u8::MAX));
        for plan in &TABLE.plans {
            assert!(std::ptr::eq(by_code(plan.code).unwrap(), plan));
            assert!(
                plan.numbers.windows(2).all(|pair| pair[0].high < pair[1].low),
                "{}",
                plan.code
            );
            assert!(plan.trunk.iter().all(u8::is_ascii_digit));
        }
    }

    #[test]
    fn fits() {
        let fit = |digits: &str| {
            let (plan, len) = of_code(digits.as_bytes()).unwrap();
            plan.fit(&digits.as_bytes()[len..])
        };
        assert_eq!(fit("12025550143"), Fit::Valid(1 << 3));
        assert_eq!(fit("12021550143"), Fit::Possible);
        assert_eq!(fit("11025550143"), Fit::Possible);
        assert_eq!(fit("1202555014"), Fit::No);
        assert_eq!(fit("33123456789"), Fit::Valid(1 << 1));
        assert_eq!(fit("390612345678"), Fit::Valid(1 << 2));
        assert!(
            of_code(b"012025550143").is_none()
                && of_code(b"999").is_none()
                && of_code(b"").is_none()
        );
    }
}
