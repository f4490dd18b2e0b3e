//! Numbers of payment cards (ISO/IEC 7812-1): which network a number belongs to, by its first digits and its length.
//!
//! The ranges are those that the networks publish for merchants and ISO/IEC 7812 assigns, as collected in Wikipedia, "Payment card
//! number", and in the documentation of Braintree, Stripe and Adyen. Of ranges inside others the narrower one counts.

use super::luhn;

/// A card network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Issuer {
    /// American Express.
    AmericanExpress,
    /// Diners Club International.
    DinersClub,
    /// Discover.
    Discover,
    /// Elo, Brazil.
    Elo,
    /// Hipercard, Brazil.
    Hipercard,
    /// JCB.
    Jcb,
    /// Maestro, and whatever else begins with 5 or 6.
    Maestro,
    /// Mastercard.
    Mastercard,
    /// Mir, Russia.
    Mir,
    /// RuPay, India.
    RuPay,
    /// Troy, Turkey.
    Troy,
    /// China UnionPay.
    UnionPay,
    /// Verve, Nigeria.
    Verve,
    /// Visa.
    Visa,
}

impl Issuer {
    /// The network of a number of ASCII digits, if its first digits and its length are some network's. Does not look at the check
    /// digit.
    pub(crate) fn of(compact: &[u8]) -> Option<Self> {
        if compact.len() > LONGEST || !compact.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let head = compact.get(..HEAD)?;
        let head = head.iter().fold(0, |head, digit| head * 10 + u32::from(digit - b'0'));
        let length = 1_u32 << compact.len();
        let range = RANGES
            .iter()
            .find(|range| range.first <= head && head <= range.last && range.lengths & length != 0);
        range.map(|range| range.issuer)
    }
}

/// Whether a text of digits is the number of a card: of some network, its check digit right.
pub(crate) fn is_valid(compact: &[u8]) -> bool {
    is_luhn(compact) && Issuer::of(compact).is_some()
}

/// Whether the Luhn sum of ASCII digits is right. Takes any bytes.
fn is_luhn(compact: &[u8]) -> bool {
    // Filled up with zeros, which count nothing, to a length that the compiler knows.
    let mut digits = [0; LONGEST + 1];
    let Some(from) = digits.len().checked_sub(compact.len()) else { return false };
    for (digit, character) in digits.iter_mut().skip(from).zip(compact) {
        *digit = character.wrapping_sub(b'0');
    }
    digits.iter().fold(true, |all, digit| all & (*digit < 10)) && luhn::sum(&digits) == 0
}

/// Numbers that begin alike.
struct Range {
    /// The first and the last six digits.
    first: u32,
    last: u32,
    /// The lengths that occur, one bit each.
    lengths: u32,
    issuer: Issuer,
}

const fn range(first: u32, last: u32, lengths: u32, issuer: Issuer) -> Range {
    // Shorter prefixes are filled up with zeros and nines.
    let (mut low, mut high) = (first, last);
    while low < 100_000 {
        low *= 10;
        high = high * 10 + 9;
    }
    Range { first: low, last: high, lengths, issuer }
}

/// One bit for each length from `first` to `last`.
const fn lengths(first: u32, last: u32) -> u32 {
    (1 << (last + 1)) - (1 << first)
}

/// How many digits tell the network.
const HEAD: usize = 6;

/// ISO/IEC 7812-1 allows no more digits.
const LONGEST: usize = 19;

const SIXTEEN: u32 = lengths(16, 16);
const SIXTEEN_UP: u32 = lengths(16, 19);
const VERVE: u32 = lengths(16, 16) | lengths(18, 19);
const VISA: u32 = lengths(13, 13) | lengths(16, 16) | lengths(19, 19);

/// Narrower ranges come before those they lie in.
const RANGES: &[Range] = &[
    range(401_178, 401_179, SIXTEEN, Issuer::Elo),
    range(431_274, 431_274, SIXTEEN, Issuer::Elo),
    range(438_935, 438_935, SIXTEEN, Issuer::Elo),
    range(451_416, 451_416, SIXTEEN, Issuer::Elo),
    range(457_393, 457_393, SIXTEEN, Issuer::Elo),
    range(457_631, 457_632, SIXTEEN, Issuer::Elo),
    range(504_175, 504_175, SIXTEEN, Issuer::Elo),
    range(506_699, 506_778, SIXTEEN, Issuer::Elo),
    range(509_000, 509_999, SIXTEEN, Issuer::Elo),
    range(627_780, 627_780, SIXTEEN, Issuer::Elo),
    range(636_297, 636_297, SIXTEEN, Issuer::Elo),
    range(636_368, 636_368, SIXTEEN, Issuer::Elo),
    range(650_031, 650_033, SIXTEEN, Issuer::Elo),
    range(650_035, 650_051, SIXTEEN, Issuer::Elo),
    range(650_405, 650_439, SIXTEEN, Issuer::Elo),
    range(650_485, 650_538, SIXTEEN, Issuer::Elo),
    range(650_541, 650_598, SIXTEEN, Issuer::Elo),
    range(650_700, 650_718, SIXTEEN, Issuer::Elo),
    range(650_720, 650_727, SIXTEEN, Issuer::Elo),
    range(650_901, 650_978, SIXTEEN, Issuer::Elo),
    range(651_652, 651_679, SIXTEEN, Issuer::Elo),
    range(655_000, 655_019, SIXTEEN, Issuer::Elo),
    range(655_021, 655_058, SIXTEEN, Issuer::Elo),
    range(506_099, 506_198, VERVE, Issuer::Verve),
    range(507_865, 507_964, VERVE, Issuer::Verve),
    range(650_002, 650_027, VERVE, Issuer::Verve),
    range(606_282, 606_282, SIXTEEN, Issuer::Hipercard),
    range(622_126, 622_925, SIXTEEN_UP, Issuer::Discover),
    range(6011, 6011, SIXTEEN_UP, Issuer::Discover),
    range(6521, 6522, SIXTEEN, Issuer::RuPay),
    range(9792, 9792, SIXTEEN, Issuer::Troy),
    range(2200, 2204, SIXTEEN_UP, Issuer::Mir),
    range(2221, 2720, SIXTEEN, Issuer::Mastercard),
    range(3528, 3589, SIXTEEN_UP, Issuer::Jcb),
    range(3095, 3095, lengths(14, 19), Issuer::DinersClub),
    range(300, 305, lengths(14, 19), Issuer::DinersClub),
    range(644, 649, SIXTEEN_UP, Issuer::Discover),
    range(508, 508, SIXTEEN, Issuer::RuPay),
    range(34, 34, lengths(15, 15), Issuer::AmericanExpress),
    range(37, 37, lengths(15, 15), Issuer::AmericanExpress),
    range(36, 36, lengths(14, 19), Issuer::DinersClub),
    range(38, 39, lengths(14, 19), Issuer::DinersClub),
    range(51, 55, SIXTEEN, Issuer::Mastercard),
    range(60, 60, SIXTEEN, Issuer::RuPay),
    range(62, 62, SIXTEEN_UP, Issuer::UnionPay),
    range(65, 65, SIXTEEN_UP, Issuer::Discover),
    range(81, 81, SIXTEEN_UP, Issuer::UnionPay),
    range(82, 82, SIXTEEN, Issuer::RuPay),
    range(50, 50, lengths(12, 19), Issuer::Maestro),
    range(56, 58, lengths(12, 19), Issuer::Maestro),
    range(4, 4, VISA, Issuer::Visa),
    range(6, 6, lengths(12, 19), Issuer::Maestro),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_digits_and_length_tell_the_network() {
        let cases = [
            ("4111111111111111", Some(Issuer::Visa)),
            ("4222222222222", Some(Issuer::Visa)),
            ("41111111111111", None),
            ("5555555555554444", Some(Issuer::Mastercard)),
            ("555555555555444", None),
            ("2221000000000009", Some(Issuer::Mastercard)),
            ("2720990000000000", Some(Issuer::Mastercard)),
            ("2721000000000000", None),
            ("2205000000000000", None),
            ("2204000000000000", Some(Issuer::Mir)),
            ("378282246310005", Some(Issuer::AmericanExpress)),
            ("3782822463100050", None),
            ("6011111111111117", Some(Issuer::Discover)),
            ("6221260000000000", Some(Issuer::Discover)),
            ("6221250000000000", Some(Issuer::UnionPay)),
            ("6229260000000000", Some(Issuer::UnionPay)),
            ("6490000000000000", Some(Issuer::Discover)),
            ("30569309025904", Some(Issuer::DinersClub)),
            ("3095000000000000", Some(Issuer::DinersClub)),
            ("3528000000000000", Some(Issuer::Jcb)),
            ("3590000000000000", None),
            ("6521500000000000", Some(Issuer::RuPay)),
            ("5081000000000000", Some(Issuer::RuPay)),
            ("9792000000000000", Some(Issuer::Troy)),
            ("5060990000000000", Some(Issuer::Verve)),
            ("506099000000000000", Some(Issuer::Verve)),
            ("6550000000000000", Some(Issuer::Elo)),
            ("6550200000000000", Some(Issuer::Discover)),
            ("6062820000000000", Some(Issuer::Hipercard)),
            ("6759649826438453", Some(Issuer::Maestro)),
            ("500000000000", Some(Issuer::Maestro)),
            ("8100000000000000", Some(Issuer::UnionPay)),
            ("59000000000000", None),
            ("0000000000000000", None),
            ("41111111111111111111", None),
            ("4111x11111111111", None),
            ("4", None),
            ("", None),
        ];
        for (number, issuer) in cases {
            assert_eq!(Issuer::of(number.as_bytes()), issuer, "{number}");
        }
    }

    #[test]
    fn no_range_hides_a_narrower_one() {
        for (at, range) in RANGES.iter().enumerate() {
            for before in RANGES.iter().take(at) {
                let inside = before.first <= range.first && range.last <= before.last;
                assert!(!inside, "{} {}", range.first, range.last);
            }
        }
    }

    #[test]
    fn cards_have_the_right_sum() {
        assert!(is_valid(b"4111111111111111"));
        assert!(!is_valid(b"4111111111111112"));
        assert!(!is_valid(b"0000000000000000"));
        assert!(!is_valid(&[b'0'; 99]));
        assert!(!is_valid("４１１１".as_bytes()));
    }
}
