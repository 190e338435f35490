//! The catalogue: what the service documents, what the emulator takes, and what is refused before anything is sent.
#![allow(clippy::unwrap_used)]

mod checks;
mod facts;
mod helpers;

use serde_json::Value;

/// The catalogue's entries.
pub fn operations() -> Vec<Value> {
    serde_json::from_str(nitro_jobs::catalog::json()).unwrap()
}

/// A word of an entry.
pub fn word<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().unwrap_or_else(|| panic!("{key} of {value}"))
}

/// The items of a list, none if it is not there.
pub fn items(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}
