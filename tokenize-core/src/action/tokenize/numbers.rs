//! `tokenize` on integers and days: the short way for what is within the format's range, the long way for the rest.

use super::{Permutation, Tokens};
use crate::action::numbers::TreatNumbers;
use crate::action::{ActionError, Reason, Treat};
use crate::column::cell::{Cell, Value};
use crate::crypto::cipher::Short;
use crate::format::Span;

impl Tokens {
    /// The tokens of numbers within the span; `None` if they are not to be had the short way.
    fn within(&self, span: &Span<'_>, numbers: &[i64]) -> Option<Vec<Short>> {
        let Permutation::Cipher(cipher) = &self.permutation else { return None };
        let payload = |number: &i64| Short {
            domain: 0,
            halves: [0, number.abs_diff(span.first)],
            tweak: [0, 0],
        };
        let mut payloads: Vec<Short> = numbers.iter().map(payload).collect();
        cipher.apply_short(self.cipher_direction(), span.domains, &mut payloads, &[]).ok()?;
        Some(payloads)
    }
}

impl TreatNumbers for Tokens {
    fn treat_numbers(
        &self,
        numbers: &mut [i64],
        cell: fn(i64) -> Cell<'static>,
    ) -> Result<Vec<(usize, Reason)>, ActionError> {
        let span = self.format.span();
        let is_within = |number: &i64| {
            span.as_ref().is_some_and(|span| (span.first..=span.last).contains(number))
        };
        let (mut short, mut long): (Vec<usize>, Vec<usize>) =
            (0..numbers.len()).partition(|place| is_within(&numbers[*place]));
        let within: Vec<i64> = short.iter().map(|place| numbers[*place]).collect();
        match span.as_ref().and_then(|span| Some((span.first, self.within(span, &within)?))) {
            Some((first, payloads)) => {
                for (place, payload) in short.iter().zip(payloads) {
                    numbers[*place] = first.wrapping_add_unsigned(payload.halves[1]);
                }
            }
            None => {
                long.append(&mut short);
                long.sort_unstable();
            }
        }
        let cells: Vec<Cell<'_>> = long.iter().map(|place| cell(numbers[*place])).collect();
        let treated = match cells.as_slice() {
            [] => Vec::new(),
            cells => self.treat(cells, &[])?,
        };
        let mut faults = Vec::new();
        for (place, treated) in long.into_iter().zip(treated) {
            let number = treated.and_then(|value| number(&value).ok_or(Reason::Range));
            match number {
                Ok(number) => numbers[place] = number,
                Err(reason) => faults.push((place, reason)),
            }
        }
        Ok(faults)
    }
}

fn number(value: &Value) -> Option<i64> {
    match value {
        Value::Day(day) => Some((*day).into()),
        Value::Int(number) => i64::try_from(*number).ok(),
        _ => None,
    }
}
