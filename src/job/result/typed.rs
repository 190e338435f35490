//! Typed views of what was read out of a document. Each is made when asked for, and keeps what it does not know.

use std::fmt;

use serde_json::{Map, Number, Value};

use super::walk::{self, Item, Path, flag, integer, list, number, text, tuple};
use super::{JobResult, ResultKind};
use crate::error::Result;
use crate::json::{self, FieldAction, FieldVisitor};

mod boxes;
mod forms;
mod tables;

pub use boxes::{
    PiiBox, PiiType, SingleTextBox, TextBox, TextBoxGroup, TextBoxMatch, TextBoxPiece, TextBoxQuery,
    TextQuery,
};
pub use forms::{FormField, Properties};
pub use tables::{Cell, Table, TableData};

/// A place on a page, in points from its top left corner: `[x, y, width, height]`.
pub type BoundingBox = [f64; 4];

fn bounding_box(value: Value, path: Path<'_>) -> Result<BoundingBox> {
    tuple(number)(value, path)
}

impl JobResult {
    /// Reads the list under `key` item by item, so that never more than one item's tree is in memory.
    fn list<T>(&self, key: &'static str, each: impl Fn(Value, Path<'_>) -> Result<T>) -> Result<Vec<T>> {
        let root = Path::Root(key);
        let Some(raw) = json::non_null(One::of(self.result_json(), key)) else {
            return Ok(Vec::new());
        };
        if !raw.starts_with('[') {
            return Err(root.wrong("a list", &walk::tree(raw, root)?));
        }
        let mut made = Vec::new();
        let mut at = 0;
        let mut failure = None;
        let walked = json::visit_items(raw, |item| {
            let path = Path::Index(&root, at);
            at += 1;
            if failure.is_none() {
                match walk::tree(item, path).and_then(|value| each(value, path)) {
                    Ok(item) => made.push(item),
                    Err(e) => failure = Some(e),
                }
            }
        });
        match failure {
            Some(error) => Err(error),
            None => walked.map(|()| made).map_err(|e| root.error(e)),
        }
    }
}

/// One field of an object, by its name.
struct One<'a> {
    key: &'static str,
    raw: Option<&'a str>,
}

impl<'a> One<'a> {
    fn of(object: &'a str, key: &'static str) -> Option<&'a str> {
        let mut one = Self { key, raw: None };
        json::visit_fields(object, &mut one).ok()?;
        one.raw
    }
}

impl<'a> FieldVisitor<'a> for One<'a> {
    fn field(&mut self, key: &str) -> FieldAction<'_, 'a> {
        if key == self.key {
            FieldAction::Store(&mut self.raw)
        } else {
            FieldAction::Skip
        }
    }
}
