//! The documented operations of the service, each a function that creates a [`Submission`] and checks its parameters and
//! documents before anything is sent.
//!
//! Methods, parameters and their values have the service's own names. For an operation that is not here use
//! [`Submission::new`], which takes any method and any parameters.
//!
//! ```no_run
//! use nitro_jobs::{Call, Client, ClientOptions, Download, Input, catalog};
//!
//! # fn main() -> nitro_jobs::Result<()> {
//! let client = Client::new(ClientOptions::from_env()?)?;
//! let merge = catalog::merge([Input::path("one.pdf"), Input::path("two.pdf")])?;
//! client.run(&merge, &Download::to_file("both.pdf"), |_| true, &Call::new())?;
//! # Ok(()) }
//! ```

mod check;
mod conversions;
mod extractions;
mod generations;
mod names;
mod options;
mod rules;
mod transformations;

use std::ffi::CStr;

use serde::Serialize;

use crate::c_text::{terminated, without_terminator};
use crate::error::{Error, Result};
use crate::job::{Endpoint, Input, Submission};

pub use conversions::{
    Conformance, ImageFormat, OfficeFormat, PdfAOptions, to_image, to_office, to_pdf, to_pdfa,
};
pub use extractions::{
    FormDataFormat, PiiLanguage, RegexFlag, TextOptions, TextSearch, extract_fillable_form_data,
    extract_forms, extract_invoices, extract_pii_bounding_boxes, extract_tables, extract_text,
    extract_text_bounding_boxes, get_properties, smart_detect_form_fields,
};
pub use generations::{FieldKind, FieldValue, NewField, create_fillable_forms, fill_forms, fill_forms_from};
pub use transformations::{
    Compression, ContentDepth, Flip, NewProperties, OcrLanguage, OcrOptions, OcrQuality, Passwords,
    PdfVersion, Permission, Profile, Protection, Redaction, Rotation, WatermarkOptions, compress,
    delete_pages, flatten, merge, ocr, optimize, protect, redact, rotate, set_properties, split, unprotect,
    watermark,
};

/// The operations as JSON, for Rust and for C alike.
static TEXT: &str = terminated!(include_str!("operations.json"));

/// The documented operations as JSON, for a program that offers them: a list of
/// `{"name","title","description","endpoint","method","documents":[…],"params":[…],"result"}`.
///
/// Each parameter has `name`, `type`, `required` and `description`, and the constraints of its values as in JSON Schema:
/// `enum`, `default`, `minimum`, `maximum`, `minItems`, `maxItems`, `maxLength`, `items`; `properties` is again such a list.
/// A `default` is what the service uses if the parameter is left out. `alias` is another name of the parameter, and
/// `undocumented` lists more parameters that the service's own clients send. `documents` states the number of files, their extensions and their order, and `result` the name of the result in the
/// response. Ignore unknown members.
pub fn json() -> &'static str {
    without_terminator(TEXT)
}

/// As [`json`], for C.
pub(crate) fn c_json() -> &'static CStr {
    CStr::from_bytes_with_nul(TEXT.as_bytes()).unwrap_or_default()
}

/// Creates the submission of an operation, and checks it.
fn build<'a>(
    endpoint: Endpoint,
    method: &str,
    params: &impl Serialize,
    documents: impl IntoIterator<Item = Input<'a>>,
) -> Result<Submission<'a>> {
    let params = serde_json::to_string(params)
        .map_err(|_| Error::invalid(format!("{method}: the parameters cannot be serialized as JSON")))?;
    let mut submission = Submission::new(endpoint, method).params_json(params)?;
    for document in documents {
        submission.add(document);
    }
    submission.check()?;
    Ok(submission)
}

/// The parameters of an operation without any.
#[derive(Serialize)]
struct NoParams {}
