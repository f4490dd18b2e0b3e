//! `id:SCHEME`: numbers of a scheme, such as national identifiers; check characters made anew (5.14).

mod rank;

use super::{
    Built, Format, FormatFault, FormatOptions, FormatReason, Misfit, Parsed, Rule, Scalar, Side,
    Written, options,
};
use crate::checksum::{self, Scheme};
use crate::crypto::domain::Payload;
use rank::Ranked;
use serde_json::{Map, Value};
use std::sync::{Arc, LazyLock, OnceLock};

/// A scheme that this format offers. Its numbers are counted when it is first used.
#[derive(Debug)]
struct Offer {
    /// `id:` and the scheme's name.
    name: String,
    scheme: &'static Scheme,
    classes: OnceLock<Vec<Ranked>>,
}

#[derive(Debug)]
struct Id(&'static Offer);

/// A number taken out of its text.
struct Number {
    class: &'static Ranked,
    /// Without separators, in capitals.
    compact: Vec<u8>,
    /// Whether its letters are written small.
    lower: bool,
}

pub(super) fn build(options: &FormatOptions) -> Built {
    let scheme = scheme_of(&options.name).unwrap_or_default();
    if let Ok(at) = OFFERS.binary_search_by_key(&scheme, |offer| offer.scheme.name())
        && let Some(offer) = OFFERS.get(at)
    {
        return Ok(Arc::new(Id(offer)));
    }
    let name = format!("{PREFIX}{scheme}");
    // Some kinds of numbers have a format of their own.
    let own = Format::names().find(|name| *name == scheme && *name != "id");
    let near =
        own.or_else(|| options::nearest(&name, OFFERS.iter().map(|offer| offer.name.as_str())));
    let reason = FormatReason::Scheme { scheme: scheme.to_owned(), near };
    Err(vec![FormatFault::new("format", reason)])
}

/// The scheme that a format's name names after `id:`, if it begins so.
pub(super) fn scheme_of(name: &str) -> Option<&str> {
    name.strip_prefix(PREFIX).map(str::trim)
}

/// The names of all schemes, and whether each has a tweak.
pub(super) fn names() -> impl Iterator<Item = (&'static str, bool)> {
    OFFERS.iter().map(|offer| (offer.name.as_str(), offer.tweaked()))
}

/// Whether this is the name of a format here.
pub(super) fn is_name(name: &str) -> bool {
    name.starts_with(PREFIX)
}

impl Offer {
    fn classes(&'static self) -> &'static [Ranked] {
        self.classes.get_or_init(|| self.scheme.classes().iter().map(Ranked::new).collect())
    }

    /// Whether a class or letters for digits are kept, so that they enter a tweak.
    fn tweaked(&self) -> bool {
        let classes = self.scheme.classes();
        classes.len() > 1 || classes.iter().any(|class| class.alias.is_some())
    }

    /// The number that a text writes.
    fn read(&'static self, text: &str) -> Result<Number, Misfit> {
        let separators = self.separators();
        let mut compact = Vec::with_capacity(checksum::layout::LONGEST);
        for byte in text.bytes().filter(|byte| !separators.contains(byte)) {
            if compact.len() == checksum::layout::LONGEST {
                return Err(Misfit);
            }
            compact.push(byte);
        }
        let lower = compact.iter().any(u8::is_ascii_lowercase);
        if lower && compact.iter().any(u8::is_ascii_uppercase) {
            return Err(Misfit);
        }
        compact.make_ascii_uppercase();
        let class = self.classes().iter().find(|class| class.class().is_valid(&compact));
        let class = class.ok_or(Misfit)?;
        // Where a token might have no letter at all, it could not say how its value writes them.
        if lower && !class.class().has_letters() {
            Err(Misfit)
        } else {
            Ok(Number { class, compact, lower })
        }
    }

    /// All classes of a scheme have the same ones.
    fn separators(&self) -> &'static [u8] {
        self.scheme.classes().first().map_or(&[], |class| &class.separators)
    }
}

impl Rule for Id {
    fn name(&self) -> &'static str {
        &self.0.name
    }

    fn params(&self) -> Map<String, Value> {
        Map::from_iter([
            ("scheme".to_owned(), self.0.scheme.name().into()),
            ("table".to_owned(), 1.into()),
        ])
    }

    fn parse(&self, scalar: Scalar<'_>, _: Side) -> Result<Parsed, Misfit> {
        let number = self.0.read(scalar.text()?)?;
        let rank = number.class.rank(&number.compact).ok_or(Misfit)?;
        Ok(Parsed::ranked(rank, number.class.last(), number.class.tweak(&number.compact)))
    }

    fn render(&self, original: Scalar<'_>, payload: &Payload, _: Side) -> Result<Written, Misfit> {
        let text = original.text()?;
        let number = self.0.read(text)?;
        let rank = payload.small_rank(number.class.last())?;
        let mut token = number.class.unrank(rank, &number.compact).ok_or(Misfit)?;
        if number.lower {
            token.make_ascii_lowercase();
        }
        let separators = self.0.separators();
        let mut characters = token.iter();
        let symbol = |symbol: char| match u8::try_from(symbol) {
            Ok(byte) if !separators.contains(&byte) => {
                characters.next().map_or(symbol, |byte| char::from(*byte))
            }
            _ => symbol,
        };
        Ok(Written::Text(text.chars().map(symbol).collect()))
    }

    fn tweaked(&self) -> bool {
        self.0.tweaked()
    }
}

/// Sorted by the names of schemes.
static OFFERS: LazyLock<Vec<Offer>> = LazyLock::new(|| {
    let schemes = checksum::schemes().iter();
    let offered = |scheme: &&Scheme| {
        // Social security numbers have a format of their own, which takes wrong ones too.
        !scheme.classes().is_empty() && scheme.name() != "us_ssn"
    };
    let offer = |scheme: &'static Scheme| Offer {
        name: format!("{PREFIX}{}", scheme.name()),
        scheme,
        classes: OnceLock::new(),
    };
    schemes.filter(offered).map(offer).collect()
});

const PREFIX: &str = "id:";

#[cfg(test)]
mod tests;
