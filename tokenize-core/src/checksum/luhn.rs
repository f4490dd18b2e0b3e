//! The Luhn sum of card numbers (ISO/IEC 7812-1, annex B).

/// The Luhn sum modulo 10 of digits 0 to 9, the check digit last; 0 if it is right.
pub(crate) fn sum(digits: &[u8]) -> u8 {
    let (head, pairs) = digits.as_rchunks::<2>();
    // In steps of one pair, without a branch, so that the compiler takes many at once; ten pairs stay far below the end of the type.
    let sum = pairs.chunks(10).fold(0_u32, |sum, pairs| {
        let part: u8 = pairs.iter().map(|[left, right]| share(1, *left) + share(0, *right)).sum();
        sum + u32::from(part)
    });
    let sum = sum + head.iter().map(|digit| u32::from(*digit)).sum::<u32>();
    u8::try_from(sum % 10).unwrap_or(0)
}

/// The same of 16 digits, each in a byte of its own, the first in the highest: all at a time, in parts of one word.
#[inline]
pub(crate) fn sum_of_values(values: [u64; 2]) -> u8 {
    let shares = |values: u64| {
        let (left, right) = (values >> 8 & 0x000f_000f_000f_000f, values & 0x000f_000f_000f_000f);
        // The top bit of a byte: whether the digit is above 4.
        let above = (left + 0x007b_007b_007b_007b) >> 7 & 0x0001_0001_0001_0001;
        2 * left - 9 * above + right
    };
    let four = shares(values[0]) + shares(values[1]);
    // The highest part of the product is the sum of all four.
    let sum = four.wrapping_mul(0x0001_0001_0001_0001) >> 48;
    u8::try_from(sum % 10).unwrap_or(0)
}

/// The digit that, at `place` counted from the right, makes up `difference` in the sum.
pub(crate) fn digit_for(place: usize, difference: u8) -> u8 {
    let share = difference % 10;
    if place.is_multiple_of(2) { share } else { share / 2 + share % 2 * 5 }
}

/// What a digit at `place`, counted from the right, adds to the sum. For each place a permutation of 0 to 9.
fn share(place: usize, digit: u8) -> u8 {
    if place.is_multiple_of(2) { digit } else { digit * 2 - if digit > 4 { 9 } else { 0 } }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digits(text: &str) -> Vec<u8> {
        text.bytes().map(|byte| byte - b'0').collect()
    }

    #[test]
    fn known_numbers() {
        for (text, expected) in [
            ("4111111111111111", 0),
            ("79927398713", 0),
            ("79927398710", 7),
            ("0", 0),
            ("18", 0),
            ("", 0),
        ] {
            assert_eq!(sum(&digits(text)), expected, "{text}");
        }
    }

    #[test]
    fn sums_of_words_are_those_of_digits() {
        for number in (0..10_u64.pow(16)).step_by(999_999_999_989).take(2_000) {
            let digits = digits(&format!("{number:016}"));
            let values = [&digits[..8], &digits[8..]]
                .map(|half| u64::from_be_bytes(half.try_into().unwrap()));
            assert_eq!(sum_of_values(values), sum(&digits), "{number}");
        }
    }

    #[test]
    fn any_place_balances_any_sum() {
        for place in 0..4 {
            for difference in 0..10 {
                let mut number = vec![0; 4];
                number[3 - place] = digit_for(place, difference);
                assert_eq!(sum(&number), difference);
            }
        }
    }
}
