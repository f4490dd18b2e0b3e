//! Remainders without division: no instruction here takes a time that depends on its operands.

/// A number that is divided by often: 2 to 2^64.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Modulus {
    /// The number less one.
    pub(super) last: u64,
    /// `floor(2^64 / m)`; 0 for 2^64.
    reciprocal: u64,
    /// How far `m` is shifted so that its top bit is set.
    shift: u32,
    /// `floor((2^128 - 1) / (m << shift)) - 2^64`.
    reciprocal_of_shifted: u64,
}

impl Modulus {
    /// `None` unless `2 <= modulus <= 2^64`.
    pub(crate) const fn new(modulus: u128) -> Option<Self> {
        if modulus < 2 || modulus > 1 << 64 {
            return None;
        }
        let last = low(modulus - 1);
        if last == u64::MAX {
            return Some(Self { last, reciprocal: 0, shift: 0, reciprocal_of_shifted: 0 });
        }
        let shift = (last + 1).leading_zeros();
        Some(Self {
            last,
            reciprocal: low((1 << 64) / modulus),
            shift,
            reciprocal_of_shifted: low(u128::MAX / (modulus << shift)),
        })
    }

    /// The number itself, if it is below 2^64; else 0.
    pub(crate) fn get(&self) -> u64 {
        self.last.wrapping_add(1)
    }

    /// `number mod m`, of a modulus below 2^64.
    #[inline(always)]
    pub(super) fn rest(&self, number: u64) -> u64 {
        let modulus = self.last.wrapping_add(1);
        // The estimate of the quotient is right or one too low.
        let rest = number.wrapping_sub(high(number, self.reciprocal).wrapping_mul(modulus));
        rest.min(rest.wrapping_sub(modulus))
    }

    /// `(number·2^32 + more) mod m`, of a modulus below 2^64.
    #[inline(always)]
    pub(super) fn rest_of_longer(&self, number: u64, more: u32) -> u64 {
        let part = (u128::from(self.rest(number)) << 32) | u128::from(more);
        self.div_rem_longer(part).1
    }

    /// Quotient and rest, of a modulus below 2^64 and a number below `m·2^64`.
    #[inline(always)]
    pub(crate) fn div_rem_longer(&self, number: u128) -> (u64, u64) {
        // Division of two words by one: Möller and Granlund, "Improved division by invariant integers", algorithm 4.
        let shifted = number << self.shift;
        let (modulus, top) = (self.last.wrapping_add(1) << self.shift, low(shifted >> 64));
        let product =
            (u128::from(self.reciprocal_of_shifted) * u128::from(top)).wrapping_add(shifted);
        let quotient = low(product >> 64).wrapping_add(1);
        let rest = low(shifted).wrapping_sub(quotient.wrapping_mul(modulus));
        let is_high = rest > low(product);
        let quotient = quotient.wrapping_sub(u64::from(is_high));
        let rest = if is_high { rest.wrapping_add(modulus) } else { rest };
        let is_low = rest >= modulus;
        let rest = if is_low { rest.wrapping_sub(modulus) } else { rest };
        (quotient.wrapping_add(u64::from(is_low)), rest >> self.shift)
    }

    /// `(a - b) mod m` for `a < m` and `b <= m`.
    #[inline(always)]
    pub(super) fn sub(&self, a: u64, b: u64) -> u64 {
        let (difference, is_below) = a.overflowing_sub(b);
        let modulus = self.last.wrapping_add(1);
        difference.wrapping_add(if is_below { modulus } else { 0 })
    }

    /// Quotient and rest, of a modulus below 2^64.
    #[inline(always)]
    pub(crate) fn div_rem(&self, number: u64) -> (u64, u64) {
        let modulus = self.last.wrapping_add(1);
        let quotient = high(number, self.reciprocal);
        let rest = number.wrapping_sub(quotient.wrapping_mul(modulus));
        let is_low = rest > self.last;
        (quotient.wrapping_add(u64::from(is_low)), rest.min(rest.wrapping_sub(modulus)))
    }
}

/// The upper half of the product.
#[inline(always)]
fn high(a: u64, b: u64) -> u64 {
    low((u128::from(a) * u128::from(b)) >> 64)
}

#[expect(clippy::cast_possible_truncation, reason = "keeping the low half is the point")]
#[inline(always)]
const fn low(number: u128) -> u64 {
    number as u64
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Numbers at the edges of words, and any.
    fn number() -> impl Strategy<Value = u64> {
        let edge = (0..64_u32, -2..=2_i64)
            .prop_map(|(bit, more)| (1_u64 << bit).wrapping_add_signed(more));
        prop_oneof![any::<u64>(), edge, (0..64_u32, any::<u64>()).prop_map(|(s, n)| n >> s)]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]

        #[test]
        fn rests_are_those_of_division(last in number(), n in number(), more: u32, a in number()) {
            let last = last.max(1);
            let (m, modulus) = (u128::from(last) + 1, Modulus::new(u128::from(last) + 1).unwrap());
            if last < u64::MAX {
                prop_assert_eq!(u128::from(modulus.rest(n)), u128::from(n) % m);
                let (quotient, rest) = modulus.div_rem(n);
                prop_assert_eq!((u128::from(quotient), u128::from(rest)), (u128::from(n) / m, u128::from(n) % m));
                let longer = (u128::from(n) << 32) | u128::from(more);
                prop_assert_eq!(u128::from(modulus.rest_of_longer(n, more)), longer % m);
                let longest = ((u128::from(a) % m) << 64) | u128::from(n);
                let (quotient, rest) = modulus.div_rem_longer(longest);
                prop_assert_eq!((u128::from(quotient), u128::from(rest)), (longest / m, longest % m));
            }
            let (a, b) = (u128::from(a) % m, u128::from(n) % m);
            let difference = modulus.sub(low(a), low(b));
            prop_assert_eq!(u128::from(difference), (a + m - b) % m);
        }
    }

    #[test]
    fn moduli_have_limits() {
        for modulus in [0, 1, (1 << 64) + 1, u128::MAX] {
            assert_eq!(Modulus::new(modulus), None);
        }
        assert!(Modulus::new(2).is_some() && Modulus::new(1 << 64).is_some());
    }
}
