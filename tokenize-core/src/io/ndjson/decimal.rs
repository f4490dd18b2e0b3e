//! Whether a number survives in 64 bits of floating point.

/// The number, if the shortest spelling of what 64 bits hold of it is the same number.
pub(super) fn exact(spelled: &str) -> Option<f64> {
    let value: f64 = spelled.parse().ok().filter(|value: &f64| value.is_finite())?;
    // 64 bits hold any 15 digits.
    if value != 0.0 && spelled.len() <= 15 && !spelled.contains(['e', 'E']) {
        return Some(value);
    }
    let shortest = format!("{value:e}");
    (Decimal::of(spelled)? == Decimal::of(&shortest)?).then_some(value)
}

/// Sign, digits without zeros at either end, and the power of ten of the last digit.
#[derive(PartialEq, Eq)]
struct Decimal {
    is_negative: bool,
    digits: Vec<u8>,
    exponent: i64,
}

impl Decimal {
    fn of(spelled: &str) -> Option<Self> {
        let (number, exponent) = spelled.split_once(['e', 'E']).unwrap_or((spelled, "0"));
        let (is_negative, number) = match number.strip_prefix('-') {
            Some(number) => (true, number),
            None => (false, number),
        };
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        let all: Vec<u8> = whole.bytes().chain(fraction.bytes()).collect();
        let last = all.iter().rposition(|digit| *digit != b'0').map_or(0, |last| last + 1);
        let first = all.iter().position(|digit| *digit != b'0').unwrap_or(0);
        let digits = all.get(first..last).unwrap_or_default().to_vec();
        let cut = i64::try_from(all.len() - last).ok()? - i64::try_from(fraction.len()).ok()?;
        let exponent =
            if digits.is_empty() { 0 } else { exponent.parse::<i64>().ok()?.checked_add(cut)? };
        Some(Self { is_negative, digits, exponent })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_64_bits_hold_are_told_from_others() {
        for exact_one in [
            "0",
            "-0",
            "0.0",
            "1.10",
            "1e3",
            "1E+3",
            "1000",
            "-12.5e-3",
            "0.1",
            "9007199254740993e0".get(..3).unwrap(),
            "123456789012345",
            "0.1234567890123",
            "-99999999999.99",
            "123456789.000000000000000",
            "1e308",
            "0.000001",
            "0e999999",
        ] {
            let value = exact(exact_one).unwrap_or_else(|| panic!("{exact_one}"));
            assert_eq!(value, exact_one.parse::<f64>().unwrap());
        }
        for lost in [
            "9007199254740993",
            "18446744073709551615",
            "0.12345678901234567890",
            "1e400",
            "1e-400",
        ] {
            assert_eq!(exact(lost), None, "{lost}");
        }
    }
}
