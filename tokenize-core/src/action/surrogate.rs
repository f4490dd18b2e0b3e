//! `surrogate`: a realistic stand-in, drawn by HMAC-SHA256 (`docs/format.md`, section 13).

use super::{ActionError, Reason, Treat, Treated};
use crate::column::cell::{Cell, Value};
use crate::crypto::kdf::{Purpose, enc};
use crate::crypto::prf::Prf;
use crate::keys::RootKey;
use crate::surrogate::{Kind, Locale, StandIns, TABLE};

/// The stand-ins of one column.
pub(super) struct Surrogates {
    prf: Prf,
    stand_ins: StandIns,
}

impl Surrogates {
    pub(super) fn new(key: &RootKey, domain: &str, kind: Kind, locale: Locale) -> Self {
        let table = TABLE.to_string();
        let parts = [kind.name(), locale.name(), &table, domain].map(str::as_bytes);
        let prf = Prf::new(&key.subkey(Purpose::Surrogate, &parts));
        Self { prf, stand_ins: StandIns::new(kind, locale) }
    }

    /// The first 16 bytes of the tag: so many that each stand-in is as likely as any other, but for 2^-128.
    fn draw(&self, canonical: &str, vain: u32) -> u128 {
        let message = enc(&[canonical.as_bytes(), vain.to_string().as_bytes()]);
        let [high @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _] = self.prf.tag(&message);
        u128::from_be_bytes(high)
    }
}

impl Treat for Surrogates {
    fn treat(&self, cells: &[Cell<'_>], _: &[Option<i64>]) -> Result<Vec<Treated>, ActionError> {
        let treat = |cell: &Cell<'_>| match cell {
            Cell::Text(text) => {
                let stand_in = self.stand_ins.of(text, |value, vain| self.draw(value, vain));
                stand_in.map(Value::Text).ok_or(Reason::Format)
            }
            _ => Err(Reason::Format),
        };
        Ok(cells.iter().map(treat).collect())
    }
}
