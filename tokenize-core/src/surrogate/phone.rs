//! Phone numbers that are nobody's, and how they are written.

use super::form::Form;

/// Numbers that differ in their last digits only.
pub(super) struct Numbers {
    pub(super) count: u64,
    /// `?` is any digit.
    international: &'static str,
    national: &'static str,
}

impl Numbers {
    pub(super) fn read(line: &'static str) -> Option<Self> {
        let (international, national) = line.split_once('\t')?;
        let open = |pattern: &str| u32::try_from(pattern.matches('?').count()).ok();
        let digits = open(international)?;
        let count = 10_u64.checked_pow(digits)?;
        (open(national) == Some(digits)).then_some(Self { count, international, national })
    }
}

/// The number of this rank in the writing of the value; `None` if it is the value's.
pub(super) fn write(numbers: &[Numbers], mut rank: u64, form: &Form) -> Option<String> {
    let line = numbers.iter().find(|line| match rank.checked_sub(line.count) {
        Some(left) => {
            rank = left;
            false
        }
        None => true,
    })?;
    let (international, national) = (fill(line.international, rank), fill(line.national, rank));
    if form.has_digits_of(&international) || form.has_digits_of(&national) {
        return None;
    }
    let mut text = if form.writing.is_international { international } else { national };
    if form.writing.is_compact {
        text.retain(|c| c.is_ascii_digit() || c == '+');
    }
    Some(text)
}

/// The pattern with the digits of `number` for its `?`.
fn fill(pattern: &str, number: u64) -> String {
    let open = pattern.matches('?').count();
    let mut digits = format!("{number:0open$}").into_bytes().into_iter().map(char::from);
    pattern.chars().map(|c| if c == '?' { digits.next().unwrap_or(c) } else { c }).collect()
}
