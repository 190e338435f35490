//! Problem documents (RFC 9457): the service's own account of a refusal or of a job's failure, kept whole.

use std::time::Duration;

/// The service's account of what went wrong, whatever form it came in.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct ProblemDetails {
    /// The body as received; JSON where the service sent JSON.
    pub body: String,
    /// `type`: a bare identifier such as `PDFIsPasswordProtected`, or a URI.
    pub kind: Option<String>,
    /// `title`: a short summary.
    pub title: Option<String>,
    /// `status`: the HTTP status as the document states it.
    pub status: Option<i64>,
    /// `detail`: this occurrence, explained.
    pub detail: Option<String>,
    /// `instance`: the occurrence's own reference.
    pub instance: Option<String>,
    /// `extensions`, as JSON text.
    pub extensions: Option<String>,
}

impl ProblemDetails {
    /// Understands a body of any form.
    pub(crate) fn from_body(body: Vec<u8>) -> Self {
        Self {
            body: String::from_utf8_lossy(&body).into_owned(),
            ..Self::default()
        }
    }

    /// The document in a sentence for people; empty if it says nothing.
    pub(crate) fn summary(&self) -> String {
        self.title.clone().unwrap_or_default()
    }

    /// `extensions.retry_after`.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        None
    }
}
