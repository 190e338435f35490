//! Parsing JSON of an expected form, with errors that name the place where the form is another.

use std::fmt;

use serde_json::{Map, Value};

use crate::error::{Error, ErrorKind, Result};
use crate::json;

/// The place of a value in a document: formatted only for an error.
#[derive(Clone, Copy)]
pub(super) enum JsonPath<'p> {
    Root(&'p str),
    Key(&'p JsonPath<'p>, &'p str),
    Index(&'p JsonPath<'p>, usize),
}

impl fmt::Display for JsonPath<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            JsonPath::Root(name) => f.write_str(name),
            JsonPath::Key(path, key) => write!(f, "{path}.{key}"),
            JsonPath::Index(path, at) => write!(f, "{path}[{at}]"),
        }
    }
}

impl JsonPath<'_> {
    /// The error of a `value` here that should be `wanted`.
    pub(super) fn wrong(&self, wanted: &str, value: &Value) -> Error {
        let found = match value {
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Number(_) => "a number",
            Value::String(_) => "a string",
            Value::Array(_) => "a list",
            Value::Object(_) => "an object",
        };
        self.error(format_args!("it should be {wanted} and is {found}"))
    }

    pub(super) fn error(&self, why: impl fmt::Display) -> Error {
        Error::new(
            ErrorKind::Protocol,
            format!("{self} of the job's result cannot be parsed: {why}; its JSON is still available"),
        )
    }
}

/// Parses a small part of a document.
pub(super) fn parse_tree(raw: &str, path: JsonPath<'_>) -> Result<Value> {
    let found = serde_json::from_str(raw);
    // Half a surrogate pair is legal in JSON, but not in a Rust string.
    let found = found.or_else(|e| {
        json::replace_lone_surrogates(raw).map_or(Err(e), |mended| serde_json::from_str(&mended))
    });
    found.map_err(|e| path.error(e))
}

/// An object whose known fields are taken out one by one; the unknown fields remain.
pub(super) struct Item<'p> {
    map: Map<String, Value>,
    path: JsonPath<'p>,
}

impl<'p> Item<'p> {
    pub(super) fn of(value: Value, path: JsonPath<'p>) -> Result<Self> {
        match value {
            Value::Object(map) => Ok(Self { map, path }),
            other => Err(path.wrong("an object", &other)),
        }
    }

    /// Takes the field `key` out and parses it with `read`. A field that is missing or null is `None`.
    pub(super) fn take<T>(
        &mut self,
        key: &str,
        read: impl FnOnce(Value, JsonPath<'_>) -> Result<T>,
    ) -> Result<Option<T>> {
        match self.map.remove(key) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => read(value, JsonPath::Key(&self.path, key)).map(Some),
        }
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.map.contains_key(key)
    }

    /// The fields that were not taken.
    pub(super) fn rest(self) -> Map<String, Value> {
        self.map
    }
}

pub(super) fn text(value: Value, path: JsonPath<'_>) -> Result<String> {
    match value {
        Value::String(text) => Ok(text),
        other => Err(path.wrong("a string", &other)),
    }
}

pub(super) fn flag(value: Value, path: JsonPath<'_>) -> Result<bool> {
    value.as_bool().ok_or_else(|| path.wrong("a boolean", &value))
}

pub(super) fn number(value: Value, path: JsonPath<'_>) -> Result<f64> {
    value.as_f64().ok_or_else(|| path.wrong("a number", &value))
}

pub(super) fn integer(value: Value, path: JsonPath<'_>) -> Result<i64> {
    // Some writers print every number with a fraction.
    let whole = |n: f64| (n.fract() == 0.0 && n.abs() < 9e15).then_some(n as i64);
    let found = value.as_i64().or_else(|| value.as_f64().and_then(whole));
    found.ok_or_else(|| path.wrong("a whole number", &value))
}

/// A list whose items `each` parses.
pub(super) fn list<T>(
    each: impl Fn(Value, JsonPath<'_>) -> Result<T>,
) -> impl Fn(Value, JsonPath<'_>) -> Result<Vec<T>> {
    move |value, path| match value {
        Value::Array(items) => items
            .into_iter()
            .enumerate()
            .map(|(at, item)| each(item, JsonPath::Index(&path, at)))
            .collect(),
        other => Err(path.wrong("a list", &other)),
    }
}

/// A list of exactly `N` items.
pub(super) fn tuple<T, const N: usize>(
    each: impl Fn(Value, JsonPath<'_>) -> Result<T>,
) -> impl Fn(Value, JsonPath<'_>) -> Result<[T; N]> {
    let list = list(each);
    move |value, path| {
        list(value, path)?.try_into().map_err(|items: Vec<T>| {
            path.error(format_args!("it should have {N} items and has {}", items.len()))
        })
    }
}
