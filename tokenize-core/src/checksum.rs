//! Check digits: made by formats, tested by detection. Knows neither of them.

pub(crate) mod luhn;
pub(crate) mod mod97;
