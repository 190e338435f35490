//! A form's fields, and a document's properties.

use super::*;

/// A field of a form: recognised in a document, or read from its fillable form. Each source gives other details.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct FormField {
    /// The field's name.
    pub name: String,
    /// Its value.
    pub value: String,
    /// The confidence of its recognition, from 0 to 100.
    pub confidence: Option<f64>,
    /// The page, counted from 0.
    pub page_index: Option<i64>,
    /// The service's name of the kind of field, such as `TextBox` or `CheckBox`.
    pub field_type: Option<String>,
    /// The location on the page.
    pub bounding_box: Option<BoundingBox>,
    /// The choices, for a field that offers some.
    pub choices: Option<Vec<String>>,
    /// The fields that this library does not know.
    pub extra: Map<String, Value>,
}

/// A document's properties.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Properties {
    /// The title.
    pub title: Option<String>,
    /// The author.
    pub author: Option<String>,
    /// The subject.
    pub subject: Option<String>,
    /// Its keywords.
    pub keywords: Option<String>,
    /// The program in which it was written.
    pub creator: Option<String>,
    /// The program that produced the PDF.
    pub producer: Option<String>,
    /// The date of its creation, in PDF's format.
    pub creation_date: Option<String>,
    /// The date of its last change, in PDF's format.
    pub mod_date: Option<String>,
    /// Whether colours are trapped, as named in the PDF.
    pub trapped: Option<String>,
    /// The fields that this library does not know.
    pub extra: Map<String, Value>,
}

impl JobResult {
    /// The fields, if the result is a form's contents or form fields.
    pub fn form_fields(&self) -> Result<Vec<FormField>> {
        if self.kind() == ResultKind::Form {
            return self.list("fields", field);
        }
        self.expect_kind(ResultKind::FormFields)?;
        self.list("formFields", field)
    }

    /// The average confidence of the recognition of a form, from 0 to 100.
    pub fn average_confidence(&self) -> Result<Option<f64>> {
        self.expect_kind(ResultKind::Form)?;
        const KEY: &str = "averageConfidence";
        let Some(raw) = json::non_null(SingleField::of(self.result_json(), KEY)) else {
            return Ok(None);
        };
        number(
            json_path::parse_tree(raw, JsonPath::Root(KEY))?,
            JsonPath::Root(KEY),
        )
        .map(Some)
    }

    /// The document's properties, if that is what the result is.
    pub fn properties(&self) -> Result<Properties> {
        self.expect_kind(ResultKind::Properties)?;
        let root = JsonPath::Root("result");
        let mut item = Item::of(
            json_path::parse_tree(json::without_bom(self.result_json()), root)?,
            root,
        )?;
        Ok(Properties {
            title: item.take("title", text)?,
            author: item.take("author", text)?,
            subject: item.take("subject", text)?,
            keywords: item.take("keywords", text)?,
            creator: item.take("creator", text)?,
            producer: item.take("producer", text)?,
            creation_date: item.take("creationDate", text)?,
            mod_date: item.take("modDate", text)?,
            trapped: item.take("trapped", text)?,
            extra: item.rest(),
        })
    }
}

fn field(value: Value, path: JsonPath<'_>) -> Result<FormField> {
    let mut item = Item::of(value, path)?;
    Ok(FormField {
        name: item.take("name", text)?.unwrap_or_default(),
        value: item.take("value", text)?.unwrap_or_default(),
        confidence: item.take("confidence", number)?,
        page_index: item.take("pageIndex", integer)?,
        field_type: item.take("fieldType", text)?,
        bounding_box: item.take("boundingBox", bounding_box)?,
        choices: item.take("choices", list(text))?,
        extra: item.rest(),
    })
}
