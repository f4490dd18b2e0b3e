//! How random a text is: which kinds of characters it mixes, how often they change, and how many of its pairs of letters words have.

/// What is counted of a text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Strength {
    pub(super) len: usize,
    pub(super) lower: usize,
    pub(super) upper: usize,
    pub(super) digits: usize,
    /// What is none of these, save `-`, `_` and `.`, which part words.
    pub(super) signs: usize,
    pub(super) parts: usize,
    pub(super) spaces: usize,
    /// Bytes of characters beyond ASCII.
    pub(super) foreign: usize,
    /// Neighbours of different kinds.
    changes: usize,
    /// Neighbours that are letters, and those of them that words often have.
    pairs: usize,
    common: usize,
    /// Letters a to f in one case and digits.
    hex: usize,
}

impl Strength {
    pub(super) fn of(text: &[u8]) -> Self {
        let mut counts = Self { len: text.len(), ..Self::default() };
        let mut last = (Kind::Sign, 0);
        for byte in text {
            let kind = Kind::of(*byte);
            match kind {
                Kind::Digit => counts.digits += 1,
                Kind::Foreign => counts.foreign += 1,
                Kind::Lower => counts.lower += 1,
                Kind::Part => counts.parts += 1,
                Kind::Sign => counts.signs += 1,
                Kind::Space => counts.spaces += 1,
                Kind::Upper => counts.upper += 1,
            }
            counts.hex += usize::from(byte.is_ascii_hexdigit());
            counts.changes += usize::from(kind != last.0);
            if byte.is_ascii_alphabetic() && last.1 != 0 {
                counts.pairs += 1;
                counts.common += usize::from(is_common(last.1, *byte));
            }
            last = (kind, if byte.is_ascii_alphabetic() { *byte } else { 0 });
        }
        counts
    }

    pub(super) const fn letters(&self) -> usize {
        self.lower + self.upper + self.foreign
    }

    /// How many of lower case, upper case, digits and signs it mixes.
    pub(super) fn classes(&self) -> usize {
        let signs = self.signs + self.parts;
        [self.lower + self.foreign, self.upper, self.digits, signs]
            .iter()
            .filter(|n| **n > 0)
            .count()
    }

    /// Whether its letters make words.
    pub(super) const fn is_wordlike(&self) -> bool {
        self.pairs >= 3
            && self.common * 100 >= self.pairs * WORDS_FROM
            && self.digits * 3 <= self.len
    }

    /// Whether it is hexadecimal, in one case, of the length of a key.
    pub(super) const fn is_hex(&self) -> bool {
        self.hex == self.len
            && (self.lower == 0 || self.upper == 0)
            && self.len >= LEAST_RANDOM
            && self.digits * 5 >= self.len
            && self.letters() * 8 >= self.len
    }

    /// Whether nobody thought it up: long, mixed, and without words.
    pub(super) fn is_random(&self) -> bool {
        let is_mixed = self.digits > 0 && self.letters() > 0
            || self.lower > 2 && self.upper > 2 && self.len >= 20;
        let is_whole = self.spaces == 0 && self.foreign == 0 && self.parts * 5 <= self.len;
        let is_restless = self.changes * 5 >= self.len;
        self.is_hex()
            || self.len >= LEAST_RANDOM
                && is_mixed
                && is_whole
                && is_restless
                && !(self.pairs >= 3 && self.common * 100 >= self.pairs * WORDS_FROM)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Digit,
    Foreign,
    Lower,
    Part,
    Sign,
    Space,
    Upper,
}

impl Kind {
    const fn of(byte: u8) -> Self {
        match byte {
            b'0'..=b'9' => Self::Digit,
            b'a'..=b'z' => Self::Lower,
            b'A'..=b'Z' => Self::Upper,
            b'-' | b'_' | b'.' => Self::Part,
            b' ' | b'\t' => Self::Space,
            0x80.. => Self::Foreign,
            _ => Self::Sign,
        }
    }
}

/// Whether words often have this pair of letters. Of English text nine pairs in ten are, of random letters one in three.
fn is_common(a: u8, b: u8) -> bool {
    let index = |byte: u8| usize::from(byte.to_ascii_lowercase().wrapping_sub(b'a'));
    PAIRS.get(index(a)).is_some_and(|seconds| seconds.contains(&b.to_ascii_lowercase()))
}

/// In percent of its pairs: from here on a text is made of words.
const WORDS_FROM: usize = 70;
/// The shortest text that can be told from one thought up.
const LEAST_RANDOM: usize = 16;

/// The letters that often follow a, b, c, ...: the 214 commonest pairs in manuals and source code.
static PAIRS: [&[u8]; 26] = [
    b"bcdgiklmnprstuv",
    b"aeilosu",
    b"acehiklorstu",
    b"adeiorsu",
    b"abcdefgilmnprstvwxy",
    b"aefilor",
    b"aeinorsu",
    b"aeio",
    b"abcdefglmnoprstvz",
    b"",
    b"eis",
    b"adeilostuy",
    b"abeimops",
    b"acdefgiostu",
    b"bcdflmnoprstuvw",
    b"aeiloprstu",
    b"u",
    b"acdegikmnorstuy",
    b"acehiopstuy",
    b"acehilorstuy",
    b"bceilmnprst",
    b"aei",
    b"aei",
    b"p",
    b"ps",
    b"e",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_noise() {
        for text in
            ["wJalrXUtnFEMI/K7MDENG/bPxRfi", "5f4dcc3b5aa765d61d8327deb882cf99", "q7Gk2LmZ9xTb4WvR"]
        {
            assert!(Strength::of(text.as_bytes()).is_random(), "{text}");
        }
        for text in [
            "production-database-2024",
            "getUserAccessTokenFromRequest",
            "my_service_account_v2_token",
            "correct horse battery staple",
            "short1X",
        ] {
            assert!(!Strength::of(text.as_bytes()).is_random(), "{text}");
        }
    }
}
