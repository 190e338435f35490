//! A form's fields, and a document's properties.

use super::*;

/// A field of a form: recognised in a document, or read from its fillable form. Each way tells other things.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct FormField {
    /// The field's name.
    pub name: String,
    /// What stands in it.
    pub value: String,
    /// How sure its recognition is, from 0 to 100.
    pub confidence: Option<f64>,
    /// The page, counted from 0.
    pub page_index: Option<i64>,
    /// The kind of field in the service's word, such as `TextBox` or `CheckBox`.
    pub field_type: Option<String>,
    /// The place on the page.
    pub bounding_box: Option<BoundingBox>,
    /// What can be chosen, for a field that offers a choice.
    pub choices: Option<Vec<String>>,
    /// What this library does not know.
    pub extra: Map<String, Value>,
}

/// A document's properties.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Properties {
    /// The title.
    pub title: Option<String>,
    /// Who wrote it.
    pub author: Option<String>,
    /// What it is about.
    pub subject: Option<String>,
    /// Its keywords.
    pub keywords: Option<String>,
    /// The program that it was written with.
    pub creator: Option<String>,
    /// The program that made the PDF.
    pub producer: Option<String>,
    /// When it was made, in PDF's form of a date.
    pub creation_date: Option<String>,
    /// When it was last changed, in PDF's form of a date.
    pub mod_date: Option<String>,
    /// Whether colours are trapped, in PDF's word.
    pub trapped: Option<String>,
    /// What this library does not know.
    pub extra: Map<String, Value>,
}

impl JobResult {
    /// The fields, if the result is a form's contents or form fields.
    pub fn form_fields(&self) -> Result<Vec<FormField>> {
        if self.kind() == ResultKind::Form {
            return self.list("fields", field);
        }
        self.want(ResultKind::FormFields)?;
        self.list("formFields", field)
    }

    /// How sure the recognition of a form is on the average, from 0 to 100.
    pub fn average_confidence(&self) -> Result<Option<f64>> {
        self.want(ResultKind::Form)?;
        const KEY: &str = "averageConfidence";
        let Some(raw) = json::non_null(One::of(self.result_json(), KEY)) else {
            return Ok(None);
        };
        number(walk::tree(raw, Path::Root(KEY))?, Path::Root(KEY)).map(Some)
    }

    /// The document's properties, if that is what the result is.
    pub fn properties(&self) -> Result<Properties> {
        self.want(ResultKind::Properties)?;
        let root = Path::Root("result");
        let mut item = Item::of(walk::tree(json::without_bom(self.result_json()), root)?, root)?;
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

fn field(value: Value, path: Path<'_>) -> Result<FormField> {
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
