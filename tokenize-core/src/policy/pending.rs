//! Stands in for the format room until it is there.

use serde_json::{Map, Value};

/// A checked format.
#[derive(Debug, Clone)]
pub struct Format {
    name: &'static str,
}

impl Format {
    /// The format's name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The parameters that enter a subkey.
    #[must_use]
    pub fn subkey_params(&self) -> Value {
        Value::Object(Map::new())
    }
}
