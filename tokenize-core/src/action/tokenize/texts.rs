//! `tokenize` on texts: the short way of the format where it has one, the long way for what does not take it.

use std::net::IpAddr;

use super::{Cipher, Permutation, Tokens};
use crate::action::texts::{Results, TreatTexts};
use crate::action::{ActionError, Reason, Treat};
use crate::column::cell::{Cell, Value};
use crate::crypto::cipher::Short;
use crate::crypto::ipcrypt::IpcryptPfx;
use crate::format::{Shortcut, Texts};

impl Tokens {
    /// The payloads of those texts that go the short way, permuted; none if their domain is too small.
    fn short(&self, shortcut: &dyn Shortcut, texts: &[&str]) -> Texts {
        let direction = self.cipher_direction();
        let mut short = Texts::default();
        shortcut.read_all(texts, self.sides().0, &mut short);
        let Texts { payloads, tweaks, .. } = &mut short;
        match &self.permutation {
            Permutation::Cipher(cipher) => {
                if cipher.apply_short(direction, shortcut.domains(), payloads, tweaks).is_err() {
                    return Texts::default();
                }
            }
            Permutation::Prefix(prefix) => turn(prefix, direction, payloads),
        }
        short
    }
}

/// ipcrypt-pfx on IPv4 addresses, the only ones that go the short way.
fn turn(prefix: &IpcryptPfx, direction: Cipher, payloads: &mut [Short]) {
    let address = |short: &Short| {
        let [.., a, b, c, d] = short.halves[1].to_be_bytes();
        IpAddr::from([a, b, c, d])
    };
    let mut addresses: Vec<IpAddr> = payloads.iter().map(address).collect();
    prefix.apply(direction, &mut addresses);
    for (short, address) in payloads.iter_mut().zip(addresses) {
        if let IpAddr::V4(address) = address {
            short.halves[1] = u64::from(address.to_bits());
        }
    }
}

impl TreatTexts for Tokens {
    fn treat_texts(&self, texts: &[&str], out: &mut Results) -> Result<(), ActionError> {
        let shortcut = self.format.shortcut();
        let short = shortcut.map(|shortcut| self.short(shortcut, texts)).unwrap_or_default();
        let mut places = short.places.iter().map(|place| *place as usize).peekable();
        let long = (0..texts.len()).filter(|i| places.next_if_eq(i).is_none());
        let cells: Vec<Cell<'_>> = long.map(|i| Cell::Text(texts[i])).collect();
        let mut treated = match cells.as_slice() {
            [] => Vec::new(),
            cells => self.treat(cells, &[])?,
        }
        .into_iter();
        let mut short = short.places.iter().zip(&short.payloads).peekable();
        out.ends.reserve(texts.len());
        for (i, text) in texts.iter().enumerate() {
            let taken = short.next_if(|(place, _)| **place as usize == i);
            if let (Some((_, payload)), Some(shortcut)) = (taken, shortcut) {
                shortcut.write(text, payload, self.sides().1, &mut out.bytes);
                out.end();
                continue;
            }
            match treated.next() {
                Some(Ok(Value::Text(text))) => {
                    out.bytes.extend_from_slice(text.as_bytes());
                    out.end();
                }
                Some(Err(reason)) => out.fault(reason),
                // Texts give texts, one for each.
                _ => out.fault(Reason::Format),
            }
        }
        Ok(())
    }

    fn bytes_for(&self, _: usize, bytes: usize) -> usize {
        bytes + bytes / 64
    }
}
