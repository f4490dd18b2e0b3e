//! The check digit of Verhoeff (J. Verhoeff, Error Detecting Decimal Codes, 1969): sums in the dihedral group of order ten.

/// The check digit of a number of ASCII digits; other characters count as `0`.
pub(crate) fn check_digit(number: impl DoubleEndedIterator<Item = u8>) -> u8 {
    let sum = number.rev().zip(1_usize..).fold(0, |sum, (character, place)| {
        let digit = usize::from(character.wrapping_sub(b'0')) % 10;
        product(sum, permuted(place, digit))
    });
    b'0' + inverse(sum)
}

/// The product of two elements: 0 to 4 are turns, 5 to 9 reflections.
fn product(left: u8, right: u8) -> u8 {
    match (left < 5, right < 5) {
        (true, true) => (left + right) % 5,
        (true, false) => 5 + (left + right) % 5,
        (false, true) => 5 + (left + 5 - right) % 5,
        (false, false) => (5 + left - right) % 5,
    }
}

fn inverse(element: u8) -> u8 {
    if element < 5 { (5 - element) % 5 } else { element }
}

/// What a digit counts at a place, counted from the right with the check digit at 0.
fn permuted(place: usize, digit: usize) -> u8 {
    TURNS.get(place % 8).and_then(|turn| turn.get(digit)).copied().unwrap_or(0)
}

/// The permutation (1 5 8 9 4 2 7 0)(3 6), applied 0 to 7 times.
const TURNS: [[u8; 10]; 8] = turns();

const fn turns() -> [[u8; 10]; 8] {
    let once: [u8; 10] = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];
    let mut turns = [[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]; 8];
    let mut turn = 1;
    while turn < 8 {
        let mut digit = 0;
        while digit < 10 {
            turns[turn][digit] = once[turns[turn - 1][digit] as usize];
            digit += 1;
        }
        turn += 1;
    }
    turns
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2363 is the example of Wikipedia, "Verhoeff algorithm"; 12345 of several textbooks has the check digit 1.
    #[test]
    fn known_numbers() {
        for (number, check) in [("236", b'3'), ("12345", b'1'), ("", b'0')] {
            assert_eq!(check_digit(number.bytes()), check, "{number}");
        }
    }

    #[test]
    fn the_group_is_one() {
        for a in 0..10 {
            assert_eq!(product(a, inverse(a)), 0);
            for b in 0..10 {
                for c in 0..10 {
                    assert_eq!(product(product(a, b), c), product(a, product(b, c)));
                }
            }
        }
    }

    /// What the code was made for: every wrong digit and every swap of neighbours shows.
    #[test]
    fn single_errors_show() {
        let number = *b"8501234567";
        let check = check_digit(number.into_iter());
        for place in 0..number.len() {
            for digit in b'0'..=b'9' {
                let mut other = number;
                other[place] = digit;
                assert_eq!(check_digit(other.into_iter()) == check, other == number);
            }
            let mut other = number;
            other.swap(place, (place + 1).min(number.len() - 1));
            assert_eq!(check_digit(other.into_iter()) == check, other == number);
        }
    }
}
