//! Generations: forms are filled in or created.

use serde::Serialize;
use serde_json::Value;

use super::build;
use super::options::service_enum;
use crate::error::{Error, Result};
use crate::job::{BoundingBox, Endpoint, FormField, Input, Submission};

/// A field of a form, and what is put into it.
#[derive(Clone, Debug, Serialize)]
pub struct FieldValue {
    field: String,
    value: Value,
}

impl FieldValue {
    /// Puts a string, a number, a boolean or null into the field of this name.
    pub fn new(field: impl Into<String>, value: impl Into<Value>) -> Self {
        Self {
            field: field.into(),
            value: value.into(),
        }
    }
}

service_enum! {
    /// Fields that can be made.
    FieldKind { TextBox = "TextBox", CheckBox = "CheckBox" }
}

/// A field that is to be made.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewField {
    page_index: i64,
    field_type: String,
    name: String,
    bounding_box: BoundingBox,
    value: String,
}

impl NewField {
    /// An empty field of this name at a place of a page, which is counted from 0.
    pub fn new(kind: FieldKind, name: impl Into<String>, page_index: u32, bounding_box: BoundingBox) -> Self {
        Self {
            page_index: page_index.into(),
            field_type: kind.as_str().to_owned(),
            name: name.into(),
            bounding_box,
            value: String::new(),
        }
    }

    /// What stands in it at first.
    pub fn value(mut self, value: impl Into<String>) -> Self {
        self.value = value.into();
        self
    }
}

/// A field as [`smart_detect_form_fields`](super::smart_detect_form_fields) detected it. Fails if the service did not return
/// its kind, its page or its bounding box.
impl TryFrom<FormField> for NewField {
    type Error = Error;

    fn try_from(found: FormField) -> Result<Self> {
        match (found.page_index, found.field_type, found.bounding_box) {
            (Some(page_index), Some(field_type), Some(bounding_box)) => Ok(Self {
                page_index,
                field_type,
                name: found.name,
                bounding_box,
                value: found.value,
            }),
            _ => Err(Error::invalid(
                "create-fillable-forms: the kind, the page or the bounding box of a detected field is missing; skip the field",
            )),
        }
    }
}

#[derive(Serialize)]
struct Fill {
    strict: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    fields: Option<Vec<FieldValue>>,
}

/// Fills in a form. `strict` rejects names of fields that the form does not have, and required fields without a value.
pub fn fill_forms<'a>(
    document: Input<'a>,
    fields: impl IntoIterator<Item = FieldValue>,
    strict: bool,
) -> Result<Submission<'a>> {
    let params = Fill {
        strict,
        fields: Some(fields.into_iter().collect()),
    };
    build(Endpoint::Generations, "fill-forms", &params, [document])
}

/// Fills in a form from a data file: CSV, JSON, XFDF or FDF.
pub fn fill_forms_from<'a>(document: Input<'a>, data: Input<'a>, strict: bool) -> Result<Submission<'a>> {
    let params = Fill { strict, fields: None };
    build(Endpoint::Generations, "fill-forms", &params, [document, data])
}

/// Makes a form of a PDF: puts fields into it.
pub fn create_fillable_forms<'a>(
    document: Input<'a>,
    fields: impl IntoIterator<Item = NewField>,
) -> Result<Submission<'a>> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Params {
        form_fields: Vec<NewField>,
    }
    let params = Params {
        form_fields: fields.into_iter().collect(),
    };
    build(
        Endpoint::Generations,
        "create-fillable-forms",
        &params,
        [document],
    )
}
