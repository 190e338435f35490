//! Error responses: problem documents, and S3's XML for presigned URLs.

use crate::scenario::Scenario;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

/// A builder of problem documents.
pub(crate) struct Problem {
    status: u16,
    kind: Option<String>,
    detail: String,
    instance: String,
    extensions: Map<String, Value>,
}

/// The title, the documentation's anchor and the usual detail of a status code.
fn known(status: u16) -> (&'static str, &'static str) {
    match status {
        400 => ("Bad Request", "Request validation failed"),
        401 => ("Unauthorized", "Missing or invalid Authorization header"),
        403 => ("Forbidden", "Not allowed"),
        404 => ("Not Found", "Resource not found"),
        405 => ("Method Not Allowed", "Method not allowed"),
        406 => ("Not Acceptable", "Not acceptable"),
        408 => ("Request Timeout", "The upload took too long"),
        409 => ("Conflict", "Conflict"),
        410 => ("Gone", "The file is no longer available"),
        413 => (
            "Content too large",
            "Uploaded document exceeds the file size limit",
        ),
        415 => (
            "Unsupported Media Type",
            "The media type of the document is not supported",
        ),
        422 => (
            "Unprocessable Entity",
            "The request was well-formed but could not be processed",
        ),
        429 => (
            "Too Many Requests",
            "You have used up your current Nitro allowance",
        ),
        503 => ("Service Unavailable", "The service is temporarily unavailable"),
        500..=599 => ("Internal Server Error", "An unexpected error occurred"),
        _ => ("Error", "The request failed"),
    }
}

impl Problem {
    /// The usual document of this code; its type is a URI into the documentation.
    pub(crate) fn new(status: u16, instance: &str) -> Self {
        let detail = known(status).1.to_owned();
        Self {
            status,
            kind: None,
            detail,
            instance: instance.to_owned(),
            extensions: Map::new(),
        }
    }

    /// The bare identifier that names the problem.
    pub(crate) fn kind(mut self, kind: &str) -> Self {
        self.kind = Some(kind.to_owned());
        self
    }

    pub(crate) fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = detail.into();
        self
    }

    pub(crate) fn extension(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.extensions.insert(name.to_owned(), value.into());
        self
    }

    fn document(&self) -> Value {
        let title = known(self.status).0;
        let slug = title.to_lowercase().replace(' ', "-");
        let uri = || {
            format!(
                "https://developers.gonitro.com/docs/build-nitro/errors#{}-{slug}",
                self.status
            )
        };
        let mut document = json!({
            "type": self.kind.clone().unwrap_or_else(uri),
            "title": title,
            "status": self.status,
            "detail": self.detail,
            "instance": self.instance,
        });
        if !self.extensions.is_empty() {
            document["extensions"] = self.extensions.clone().into();
        }
        document
    }

    /// The response, or the one that the scenario sets in its place.
    pub(crate) fn response(self, scenario: &Scenario) -> Response {
        let Some(instead) = &scenario.problem else {
            return self.into_response();
        };
        let mut response = (code(self.status), instead.body.clone()).into_response();
        response.headers_mut().remove(header::CONTENT_TYPE);
        if let Ok(value) = HeaderValue::from_str(&instead.content_type)
            && !value.is_empty()
        {
            response.headers_mut().insert(header::CONTENT_TYPE, value);
        }
        response
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let headers = [(header::CONTENT_TYPE, "application/problem+json")];
        (code(self.status), headers, self.document().to_string()).into_response()
    }
}

pub(crate) fn code(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// An error response in the format of S3.
pub(crate) fn s3(status: u16, kind: &str, message: &str) -> Response {
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{kind}</Code><Message>{message}</Message></Error>"
    );
    (code(status), [(header::CONTENT_TYPE, "application/xml")], body).into_response()
}
