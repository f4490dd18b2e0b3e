//! CREDIT_CARD and IBAN_CODE.

use super::hit::Grade;
use super::rules::Seen;
use crate::checksum::{luhn, mod97};

pub(super) fn grade(seen: &Seen<'_>) -> Option<Grade> {
    let mut digits = [0_u8; 19];
    let digits = digits.get_mut(..seen.compact.len())?;
    for (digit, byte) in digits.iter_mut().zip(seen.compact) {
        *digit = byte.wrapping_sub(b'0');
    }
    if luhn::sum(digits) != 0 {
        return None;
    }
    Some(Grade::checked(60))
}

pub(super) fn iban(seen: &Seen<'_>) -> Option<Grade> {
    let (head, account) = seen.compact.split_at_checked(4)?;
    let remainder = mod97::remainder(account.iter().chain(head).copied())?;
    (remainder == 1).then_some(Grade::checked(95))
}
