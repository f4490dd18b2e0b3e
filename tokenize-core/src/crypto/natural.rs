//! Natural numbers of any size, just enough to number the payloads of a ranked domain.
//!
//! Numbers below 2^128, which is nearly all of them, live without allocation.

use std::cmp::Ordering;

/// A natural number.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Natural(Repr);

/// `Wide` holds limbs, least significant first, without leading zero limbs, and only numbers of more than 128 bits.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Repr {
    Small(u128),
    Wide(Vec<u64>),
}

impl Natural {
    pub(crate) const ZERO: Self = Self(Repr::Small(0));
    pub(crate) const ONE: Self = Self(Repr::Small(1));

    /// `base` to the power of `exponent`.
    pub(crate) fn power(base: u64, exponent: usize) -> Self {
        let mut result = Self::ONE;
        for _ in 0..exponent {
            result.mul_add(base, 0);
        }
        result
    }

    /// The number that big-endian `bytes` write.
    pub(crate) fn from_be_bytes(bytes: &[u8]) -> Self {
        let limbs = bytes
            .rchunks(8)
            .map(|chunk| chunk.iter().fold(0, |limb, byte| (limb << 8) | u64::from(*byte)));
        Self::from_limbs(limbs.collect())
    }

    /// The number as `len` big-endian bytes, or `None` if it needs more.
    pub(crate) fn to_be_bytes(&self, len: usize) -> Option<Vec<u8>> {
        if self.bit_len() > len * 8 {
            return None;
        }
        let limbs = self.limbs();
        let byte = |i: usize| limbs.get(i / 8).map_or(0, |limb| limb.to_le_bytes()[i % 8]);
        Some((0..len).rev().map(byte).collect())
    }

    /// The number, if it is below 2^128.
    pub(crate) fn to_u128(&self) -> Option<u128> {
        match self.0 {
            Repr::Small(number) => Some(number),
            Repr::Wide(_) => None,
        }
    }

    /// The number of bits without leading zeros; 0 for zero.
    pub(crate) fn bit_len(&self) -> usize {
        match &self.0 {
            Repr::Small(number) => 128 - number.leading_zeros() as usize,
            Repr::Wide(limbs) => {
                limbs.len() * 64 - limbs.last().map_or(0, |top| top.leading_zeros() as usize)
            }
        }
    }

    /// Makes this `self * factor + term`.
    pub(crate) fn mul_add(&mut self, factor: u64, term: u64) {
        if let Repr::Small(number) = self.0 {
            let product = number.checked_mul(u128::from(factor));
            if let Some(result) = product.and_then(|product| product.checked_add(u128::from(term)))
            {
                self.0 = Repr::Small(result);
                return;
            }
        }
        let mut carry = u128::from(term);
        let mut limbs = self.take_limbs();
        for limb in &mut limbs {
            carry += u128::from(*limb) * u128::from(factor);
            *limb = low(carry);
            carry >>= 64;
        }
        limbs.push(low(carry));
        *self = Self::from_limbs(limbs);
    }

    /// Makes this the quotient by `divisor`, which must not be zero, and returns the remainder.
    pub(crate) fn div_rem(&mut self, divisor: u64) -> u64 {
        let wide = u128::from(divisor);
        if let Repr::Small(number) = self.0 {
            self.0 = Repr::Small(number / wide);
            return low(number % wide);
        }
        let mut remainder = 0;
        let mut limbs = self.take_limbs();
        for limb in limbs.iter_mut().rev() {
            let part = (remainder << 64) | u128::from(*limb);
            *limb = low(part / wide);
            remainder = part % wide;
        }
        *self = Self::from_limbs(limbs);
        low(remainder)
    }

    /// Makes this the sum.
    pub(crate) fn add(&mut self, other: &Self) {
        let (mut limbs, others) = (self.limbs(), other.limbs());
        limbs.resize(limbs.len().max(others.len()) + 1, 0);
        let mut carry = 0;
        for (i, limb) in limbs.iter_mut().enumerate() {
            carry += u128::from(*limb) + u128::from(others.get(i).copied().unwrap_or(0));
            *limb = low(carry);
            carry >>= 64;
        }
        *self = Self::from_limbs(limbs);
    }

    /// The difference, or `None` if `other` is larger.
    pub(crate) fn checked_sub(&self, other: &Self) -> Option<Self> {
        if *self < *other {
            return None;
        }
        let (mut limbs, others) = (self.limbs(), other.limbs());
        let mut borrow = false;
        for (i, limb) in limbs.iter_mut().enumerate() {
            let (without, first) = limb.overflowing_sub(others.get(i).copied().unwrap_or(0));
            let (without, second) = without.overflowing_sub(u64::from(borrow));
            *limb = without;
            borrow = first || second;
        }
        Some(Self::from_limbs(limbs))
    }

    fn limbs(&self) -> Vec<u64> {
        match &self.0 {
            Repr::Small(number) => vec![low(*number), low(*number >> 64)],
            Repr::Wide(limbs) => limbs.clone(),
        }
    }

    /// The limbs without a copy; zero is left behind.
    fn take_limbs(&mut self) -> Vec<u64> {
        match std::mem::replace(&mut self.0, Repr::Small(0)) {
            Repr::Small(number) => vec![low(number), low(number >> 64)],
            Repr::Wide(limbs) => limbs,
        }
    }

    fn from_limbs(mut limbs: Vec<u64>) -> Self {
        while limbs.last() == Some(&0) {
            limbs.pop();
        }
        if limbs.len() > 2 {
            return Self(Repr::Wide(limbs));
        }
        let limb = |i: usize| u128::from(limbs.get(i).copied().unwrap_or(0));
        Self(Repr::Small((limb(1) << 64) | limb(0)))
    }
}

impl From<u128> for Natural {
    fn from(number: u128) -> Self {
        Self(Repr::Small(number))
    }
}

impl Ord for Natural {
    fn cmp(&self, other: &Self) -> Ordering {
        match (&self.0, &other.0) {
            (Repr::Small(a), Repr::Small(b)) => a.cmp(b),
            (Repr::Small(_), Repr::Wide(_)) => Ordering::Less,
            (Repr::Wide(_), Repr::Small(_)) => Ordering::Greater,
            (Repr::Wide(a), Repr::Wide(b)) => {
                a.len().cmp(&b.len()).then_with(|| a.iter().rev().cmp(b.iter().rev()))
            }
        }
    }
}

impl PartialOrd for Natural {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The low 64 bits.
#[expect(clippy::cast_possible_truncation, reason = "keeping the low limb is the point")]
fn low(number: u128) -> u64 {
    number as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numerals_survive_the_way_there_and_back() {
        for radix in [2, 36, 62, 65536] {
            let digits: Vec<u64> = (0..200).map(|i| (i * 7919 + 13) % radix).collect();
            let mut number = Natural::ZERO;
            for digit in &digits {
                number.mul_add(radix, *digit);
            }
            let mut back: Vec<u64> = digits.iter().map(|_| number.div_rem(radix)).collect();
            back.reverse();
            assert_eq!(back, digits);
            assert_eq!(number, Natural::ZERO);
        }
    }

    #[test]
    fn sums_and_differences_agree() {
        let mut sum = Natural::power(62, 40);
        let term = Natural::power(36, 70);
        sum.add(&term);
        assert_eq!(sum.checked_sub(&term), Some(Natural::power(62, 40)));
        assert_eq!(term.checked_sub(&sum), None);
        assert_eq!(sum.checked_sub(&sum), Some(Natural::ZERO));
    }

    #[test]
    fn the_step_over_128_bits_is_seamless() {
        let mut number = Natural::from(u128::MAX);
        assert_eq!(number.bit_len(), 128);
        number.add(&Natural::ONE);
        assert_eq!(number.bit_len(), 129);
        assert_eq!(number.to_u128(), None);
        assert!(number > Natural::from(u128::MAX));
        assert_eq!(number.checked_sub(&Natural::ONE), Some(Natural::from(u128::MAX)));
    }

    #[test]
    fn bytes_are_big_endian() {
        let number = Natural::from_be_bytes(&[1, 2, 3, 4, 5, 6, 7, 8, 9]);
        assert_eq!(number.to_u128(), Some(0x01_0203_0405_0607_0809));
        assert_eq!(number.to_be_bytes(10), Some(vec![0, 1, 2, 3, 4, 5, 6, 7, 8, 9]));
        assert_eq!(number.to_be_bytes(8), None);
    }
}
