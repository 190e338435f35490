//! The catalogue: what the service documents, what the emulator accepts, and what is rejected before a request is sent.
#![allow(clippy::unwrap_used)]

mod checks;
mod facts;
mod helpers;

use serde_json::Value;

/// The catalogue's entries.
pub fn operations() -> Vec<Value> {
    serde_json::from_str(nitro_jobs::catalog::json()).unwrap()
}

/// A text field of an entry.
pub fn word<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().unwrap_or_else(|| panic!("{key} of {value}"))
}

/// The items of a list; none if it is absent.
pub fn items(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}
