//! Extractions from a PDF.

use serde::Serialize;

use super::options::{options, service_enum};
use super::{NoParams, build};
use crate::error::Result;
use crate::job::{Endpoint, Input, Submission};

service_enum! {
    /// Languages in which personal data is found.
    PiiLanguage { English = "en", Spanish = "es" }
}

service_enum! {
    /// Forms in which the data of a form comes.
    FormDataFormat { Json = "json", Xfdf = "xfdf", Fdf = "fdf", Csv = "csv" }
}

service_enum! {
    /// How a regular expression is read.
    RegexFlag { IgnoreCase = "ignore-case", Multiline = "multiline", DotAll = "dot-all" }
}

options! {
    /// How text is extracted.
    TextOptions {
        /// The pages, counted from 0; all by default.
        page_indices = "pageIndices": Vec<u32>,
        /// Left to right and top to bottom, as by default; or as it stands in the file.
        reading_order = "readingOrder": bool,
    }
}

/// A text that is looked for.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TextSearch {
    text: String,
    is_regex: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    regex_flags: Vec<RegexFlag>,
}

impl TextSearch {
    /// This text as it stands.
    pub fn text(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            is_regex: false,
            regex_flags: Vec::new(),
        }
    }

    /// What matches this regular expression.
    pub fn regex(expression: impl Into<String>, flags: impl IntoIterator<Item = RegexFlag>) -> Self {
        Self {
            text: expression.into(),
            is_regex: true,
            regex_flags: flags.into_iter().collect(),
        }
    }
}

fn extract<'a>(document: Input<'a>, method: &str, params: &impl Serialize) -> Result<Submission<'a>> {
    build(Endpoint::Extractions, method, params, [document])
}

/// The text of a PDF: [`JobResult::text`](crate::JobResult::text).
pub fn extract_text<'a>(document: Input<'a>, options: &TextOptions) -> Result<Submission<'a>> {
    extract(document, "extract-text", options)
}

/// Names and values of a form that was printed or scanned: [`JobResult::form_fields`](crate::JobResult::form_fields).
pub fn extract_forms(document: Input<'_>) -> Result<Submission<'_>> {
    extract(document, "extract-forms", &NoParams {})
}

/// The tables of a PDF: [`JobResult::tables`](crate::JobResult::tables).
pub fn extract_tables(document: Input<'_>) -> Result<Submission<'_>> {
    extract(document, "extract-tables", &NoParams {})
}

/// Names, addresses and other personal data with their bounding boxes: [`JobResult::pii_boxes`](crate::JobResult::pii_boxes).
pub fn extract_pii_bounding_boxes(document: Input<'_>, language: PiiLanguage) -> Result<Submission<'_>> {
    #[derive(Serialize)]
    struct Params {
        language: PiiLanguage,
    }
    extract(document, "extract-pii-bounding-boxes", &Params { language })
}

/// Where texts stand: [`JobResult::text_boxes`](crate::JobResult::text_boxes).
pub fn extract_text_bounding_boxes<'a>(
    document: Input<'a>,
    queries: impl IntoIterator<Item = TextSearch>,
) -> Result<Submission<'a>> {
    #[derive(Serialize)]
    struct Params {
        queries: Vec<TextSearch>,
    }
    let queries = queries.into_iter().collect();
    extract(document, "extract-text-bounding-boxes", &Params { queries })
}

/// Title, author and the like: [`JobResult::properties`](crate::JobResult::properties).
pub fn get_properties(document: Input<'_>) -> Result<Submission<'_>> {
    extract(document, "get-properties", &NoParams {})
}

/// Names and values of an invoice: [`JobResult::form_fields`](crate::JobResult::form_fields).
pub fn extract_invoices(document: Input<'_>) -> Result<Submission<'_>> {
    extract(document, "extract-invoices", &NoParams {})
}

/// What stands in a fillable form: [`JobResult::form_fields`](crate::JobResult::form_fields), or a file unless it is JSON.
pub fn extract_fillable_form_data(document: Input<'_>, format: FormDataFormat) -> Result<Submission<'_>> {
    #[derive(Serialize)]
    struct Params {
        format: FormDataFormat,
    }
    extract(document, "extract-fillable-form-data", &Params { format })
}

/// Places of a PDF that look like form fields: [`JobResult::form_fields`](crate::JobResult::form_fields).
pub fn smart_detect_form_fields(document: Input<'_>) -> Result<Submission<'_>> {
    extract(document, "smart-detect-form-fields", &NoParams {})
}
