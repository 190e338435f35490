//! What is sent to the service: an endpoint, a method, its parameters, and documents.

use std::fmt;

use super::input::{Input, OpenDocument};
use crate::error::{Error, Result};
use crate::json::{self, FieldAction, FieldVisitor};

/// The four endpoints that accept documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Endpoint {
    /// Converts one format into another.
    Conversions,
    /// Extracts text, tables, forms or personal data from a document.
    Extractions,
    /// Changes a document: merge, split, protect, redact.
    Transformations,
    /// Fills in or creates forms.
    Generations,
}

impl Endpoint {
    /// The service's name for it, which is its path.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Conversions => "conversions",
            Self::Extractions => "extractions",
            Self::Transformations => "transformations",
            Self::Generations => "generations",
        }
    }

    /// The endpoint of the service's name.
    pub fn from_name(name: &str) -> Option<Self> {
        [
            Self::Conversions,
            Self::Extractions,
            Self::Transformations,
            Self::Generations,
        ]
        .into_iter()
        .find(|endpoint| endpoint.as_str() == name)
    }
}

/// A job to be started: an endpoint, a method, its parameters, and the documents.
///
/// Method and parameters are sent as they are, so that new ones work without a new version of this library.
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
    /// A submission to `method` of `endpoint`, with no parameters and no document yet.
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

    /// Where the service delivers the result, and its callback: the text of a JSON object, sent as it is.
    pub fn delivery_json(mut self, json: impl Into<String>) -> Result<Self> {
        self.set_delivery(json.into())?;
        Ok(self)
    }

    /// Adds a document; their order matters, for a merge for example.
    pub fn file(mut self, input: Input<'a>) -> Self {
        self.add(input);
        self
    }

    /// Uploads the documents to storage first, each to a presigned URL, and names them to the service afterwards.
    ///
    /// For documents that the endpoints reject as too large. The service does not document this way.
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

    /// Opens the documents, and reports what cannot be sent before anything is.
    pub(super) fn open(&self) -> Result<Vec<OpenDocument<'_>>> {
        if self.method.trim().is_empty() {
            return Err(Error::invalid(
                "the submission has no method: name one of its endpoint",
            ));
        }
        if self.inputs.is_empty() {
            return Err(Error::invalid("the submission has no document: add one"));
        }
        self.inputs.iter().map(Input::open).collect()
    }
}

/// Without the parameters, which may contain passwords.
impl fmt::Debug for Submission<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Submission")
            .field("endpoint", &self.endpoint)
            .field("method", &self.method)
            .field("inputs", &self.inputs)
            .finish_non_exhaustive()
    }
}

/// Checks that the text is a JSON object. The error does not contain the text.
fn object(text: String, what: &str) -> Result<String> {
    struct NoFields;
    impl<'a> FieldVisitor<'a> for NoFields {
        fn field(&mut self, _: &str) -> FieldAction<'_, 'a> {
            FieldAction::Skip
        }
    }
    match json::visit_fields(&text, &mut NoFields) {
        Ok(()) => Ok(text),
        Err(e) => Err(Error::invalid(format!(
            "{what}: not a JSON object from line {} column {} on",
            e.line(),
            e.column()
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_must_be_json_objects_and_no_error_contains_them() {
        let new = || Submission::new(Endpoint::Transformations, "protect");
        assert!(new().params_json(r#" {"userPassword":"x"} "#).is_ok());
        for bad in ["", "[]", "\"PASS\"", "{\"p\":PASS}", "{\"PASS\":1} x", "null"] {
            let error = new().params_json(bad).unwrap_err();
            assert_eq!(error.kind(), crate::ErrorKind::InvalidArgument, "{bad}");
            assert!(!error.message().contains("PASS"), "{error}");
        }
    }

    #[test]
    fn endpoints_are_found_by_their_name() {
        assert_eq!(Endpoint::from_name("extractions"), Some(Endpoint::Extractions));
        assert_eq!(Endpoint::from_name("Extractions"), None);
    }
}
