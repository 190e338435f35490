//! A way through JSON of an expected form that can say where it was when the form was another.

use std::fmt;

use serde_json::{Map, Value};

use crate::error::{Error, ErrorKind, Result};
use crate::json;

/// Where something stands in a document: written out only if it has to be named.
#[derive(Clone, Copy)]
pub(super) enum Path<'p> {
    Root(&'p str),
    Key(&'p Path<'p>, &'p str),
    Index(&'p Path<'p>, usize),
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Path::Root(name) => f.write_str(name),
            Path::Key(path, key) => write!(f, "{path}.{key}"),
            Path::Index(path, at) => write!(f, "{path}[{at}]"),
        }
    }
}

impl Path<'_> {
    /// The error for a `value` here that should have been `wanted`.
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
            format!("{self} of the job's result cannot be understood: {why}"),
        )
    }
}

/// The tree of a small part of a document.
pub(super) fn tree(raw: &str, path: Path<'_>) -> Result<Value> {
    let found = serde_json::from_str(raw);
    // Half a surrogate pair is legal in JSON, but not in a string of Rust.
    let found = found.or_else(|e| {
        json::replace_lone_surrogates(raw).map_or(Err(e), |mended| serde_json::from_str(&mended))
    });
    found.map_err(|e| path.error(e))
}

/// An object whose known fields are taken out one by one; what remains is what is not known.
pub(super) struct Item<'p> {
    map: Map<String, Value>,
    path: Path<'p>,
}

impl<'p> Item<'p> {
    pub(super) fn of(value: Value, path: Path<'p>) -> Result<Self> {
        match value {
            Value::Object(map) => Ok(Self { map, path }),
            other => Err(path.wrong("an object", &other)),
        }
    }

    /// Takes the field `key` as `read` understands it. A field that is missing or null is `None`.
    pub(super) fn take<T>(
        &mut self,
        key: &str,
        read: impl FnOnce(Value, Path<'_>) -> Result<T>,
    ) -> Result<Option<T>> {
        match self.map.remove(key) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => read(value, Path::Key(&self.path, key)).map(Some),
        }
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.map.contains_key(key)
    }

    /// What nobody took.
    pub(super) fn rest(self) -> Map<String, Value> {
        self.map
    }
}

pub(super) fn text(value: Value, path: Path<'_>) -> Result<String> {
    match value {
        Value::String(text) => Ok(text),
        other => Err(path.wrong("a string", &other)),
    }
}

pub(super) fn flag(value: Value, path: Path<'_>) -> Result<bool> {
    value.as_bool().ok_or_else(|| path.wrong("a boolean", &value))
}

pub(super) fn number(value: Value, path: Path<'_>) -> Result<f64> {
    value.as_f64().ok_or_else(|| path.wrong("a number", &value))
}

pub(super) fn integer(value: Value, path: Path<'_>) -> Result<i64> {
    // Some writers print every number with a fraction.
    let whole = |n: f64| (n.fract() == 0.0 && n.abs() < 9e15).then_some(n as i64);
    let found = value.as_i64().or_else(|| value.as_f64().and_then(whole));
    found.ok_or_else(|| path.wrong("a whole number", &value))
}

/// A list whose items are as `each` understands them.
pub(super) fn list<T>(
    each: impl Fn(Value, Path<'_>) -> Result<T>,
) -> impl Fn(Value, Path<'_>) -> Result<Vec<T>> {
    move |value, path| match value {
        Value::Array(items) => items
            .into_iter()
            .enumerate()
            .map(|(at, item)| each(item, Path::Index(&path, at)))
            .collect(),
        other => Err(path.wrong("a list", &other)),
    }
}

/// A list of exactly `N` items.
pub(super) fn tuple<T, const N: usize>(
    each: impl Fn(Value, Path<'_>) -> Result<T>,
) -> impl Fn(Value, Path<'_>) -> Result<[T; N]> {
    let list = list(each);
    move |value, path| {
        list(value, path)?.try_into().map_err(|items: Vec<T>| {
            path.error(format_args!("it should have {N} items and has {}", items.len()))
        })
    }
}
