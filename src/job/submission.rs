//! What is asked of the service: an endpoint, a method, its parameters, and documents.

use std::fmt;

use super::input::{Document, Input};
use crate::error::{Error, Result};
use crate::json::{self, FieldAction, FieldVisitor};

/// The four endpoints that take documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Endpoint {
    /// One format into another.
    Conversions,
    /// Text, tables, forms, personal data out of a document.
    Extractions,
    /// A document changed: merged, split, protected, redacted.
    Transformations,
    /// Forms filled in or made.
    Generations,
}

impl Endpoint {
    /// The service's word for it, which is its path.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Conversions => "conversions",
            Self::Extractions => "extractions",
            Self::Transformations => "transformations",
            Self::Generations => "generations",
        }
    }

    /// The endpoint of the service's word.
    pub fn from_word(word: &str) -> Option<Self> {
        [
            Self::Conversions,
            Self::Extractions,
            Self::Transformations,
            Self::Generations,
        ]
        .into_iter()
        .find(|endpoint| endpoint.as_str() == word)
    }
}

/// A job to be started: what is asked, and of which documents.
///
/// Method and parameters go to the service as they are, so that what it learns later works at once.
///
/// ```
/// # use nitro_jobs::{Endpoint, Input, Submission};
/// # fn main() -> nitro_jobs::Result<()> {
/// let to_pdf = Submission::new(Endpoint::Conversions, "convert")
///     .params_json(r#"{"to":"pdf"}"#)?
///     .file(Input::path("letter.docx"));
/// # Ok(()) }
/// ```
pub struct Submission<'a> {
    pub(super) endpoint: Endpoint,
    pub(super) method: String,
    pub(super) params: String,
    pub(super) delivery: Option<String>,
    inputs: Vec<Input<'a>>,
    pub(super) presigned: bool,
}

impl<'a> Submission<'a> {
    /// Asks for `method`, with no parameters and no document yet.
    pub fn new(endpoint: Endpoint, method: impl Into<String>) -> Self {
        Self {
            endpoint,
            method: method.into(),
            params: "{}".to_owned(),
            delivery: None,
            inputs: Vec::new(),
            presigned: false,
        }
    }

    /// The method's parameters: the text of a JSON object, sent as it is.
    pub fn params_json(mut self, json: impl Into<String>) -> Result<Self> {
        self.set_params(json.into())?;
        Ok(self)
    }

    /// Where the service is to deliver the result and whom to call back: the text of a JSON object, sent as it is.
    pub fn delivery_json(mut self, json: impl Into<String>) -> Result<Self> {
        self.set_delivery(json.into())?;
        Ok(self)
    }

    /// Adds a document; the order counts, for a merge say.
    pub fn file(mut self, input: Input<'a>) -> Self {
        self.add(input);
        self
    }

    /// Sends the documents to storage first, each to a presigned address, and names them to the service afterwards.
    ///
    /// For documents that the endpoints themselves refuse as too large. The service does not document this way.
    pub fn via_presigned_upload(mut self, presigned: bool) -> Self {
        self.presigned = presigned;
        self
    }

    pub(crate) fn endpoint(&self) -> Endpoint {
        self.endpoint
    }

    pub(crate) fn method(&self) -> &str {
        &self.method
    }

    pub(crate) fn params(&self) -> &str {
        &self.params
    }

    pub(crate) fn inputs(&self) -> &[Input<'a>] {
        &self.inputs
    }

    pub(crate) fn set_params(&mut self, json: String) -> Result<()> {
        self.params = object(json, "the parameters")?;
        Ok(())
    }

    pub(crate) fn set_delivery(&mut self, json: String) -> Result<()> {
        self.delivery = Some(object(json, "the delivery")?);
        Ok(())
    }

    pub(crate) fn set_presigned(&mut self, presigned: bool) {
        self.presigned = presigned;
    }

    pub(crate) fn add(&mut self, input: Input<'a>) {
        self.inputs.push(input);
    }

    /// Opens the documents, and says what cannot be sent before anything is.
    pub(super) fn open(&self) -> Result<Vec<Document<'_>>> {
        if self.method.trim().is_empty() {
            return Err(Error::invalid("the submission names no method"));
        }
        if self.inputs.is_empty() {
            return Err(Error::invalid("the submission has no document"));
        }
        self.inputs.iter().map(Input::open).collect()
    }
}

/// Without the parameters, which may hold passwords.
impl fmt::Debug for Submission<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Submission")
            .field("endpoint", &self.endpoint)
            .field("method", &self.method)
            .field("inputs", &self.inputs)
            .finish_non_exhaustive()
    }
}

/// Checks that the text is a JSON object. What is wrong is said without showing it.
fn object(text: String, what: &str) -> Result<String> {
    struct Nothing;
    impl<'a> FieldVisitor<'a> for Nothing {
        fn field(&mut self, _: &str) -> FieldAction<'_, 'a> {
            FieldAction::Skip
        }
    }
    match json::visit_fields(&text, &mut Nothing) {
        Ok(()) => Ok(text),
        Err(e) => Err(Error::invalid(format!(
            "{what}: this is no JSON object, from line {} column {} on",
            e.line(),
            e.column()
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_json_objects_are_parameters_and_no_error_shows_them() {
        let new = || Submission::new(Endpoint::Transformations, "protect");
        assert!(new().params_json(r#" {"userPassword":"x"} "#).is_ok());
        for bad in ["", "[]", "\"PASS\"", "{\"p\":PASS}", "{\"PASS\":1} x", "null"] {
            let error = new().params_json(bad).unwrap_err();
            assert_eq!(error.kind(), crate::ErrorKind::InvalidArgument, "{bad}");
            assert!(!error.message().contains("PASS"), "{error}");
        }
    }

    #[test]
    fn endpoints_have_words() {
        assert_eq!(Endpoint::from_word("extractions"), Some(Endpoint::Extractions));
        assert_eq!(Endpoint::from_word("Extractions"), None);
    }
}
