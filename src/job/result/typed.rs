//! Typed views of what was extracted from a document. Each is parsed on demand and keeps the fields that it does not know.

use std::fmt;

use serde_json::{Map, Number, Value};

use super::json_path::{self, Item, JsonPath, flag, integer, list, number, text, tuple};
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

/// A rectangle on a page, in points from its top left corner: `[x, y, width, height]`.
pub type BoundingBox = [f64; 4];

fn bounding_box(value: Value, path: JsonPath<'_>) -> Result<BoundingBox> {
    tuple(number)(value, path)
}

impl JobResult {
    /// Reads the list under `key` item by item, so that never more than one item's tree is in memory.
    fn list<T>(&self, key: &'static str, each: impl Fn(Value, JsonPath<'_>) -> Result<T>) -> Result<Vec<T>> {
        let root = JsonPath::Root(key);
        let Some(raw) = json::non_null(SingleField::of(self.result_json(), key)) else {
            return Ok(Vec::new());
        };
        if !raw.starts_with('[') {
            return Err(root.wrong("a list", &json_path::parse_tree(raw, root)?));
        }
        let mut made = Vec::new();
        let mut at = 0;
        let mut failure = None;
        let walked = json::visit_items(raw, |item| {
            let path = JsonPath::Index(&root, at);
            at += 1;
            if failure.is_none() {
                match json_path::parse_tree(item, path).and_then(|value| each(value, path)) {
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

/// SingleField field of an object, by its name.
struct SingleField<'a> {
    key: &'static str,
    raw: Option<&'a str>,
}

impl<'a> SingleField<'a> {
    fn of(object: &'a str, key: &'static str) -> Option<&'a str> {
        let mut one = Self { key, raw: None };
        json::visit_fields(object, &mut one).ok()?;
        one.raw
    }
}

impl<'a> FieldVisitor<'a> for SingleField<'a> {
    fn field(&mut self, key: &str) -> FieldAction<'_, 'a> {
        if key == self.key {
            FieldAction::Store(&mut self.raw)
        } else {
            FieldAction::Skip
        }
    }
}
