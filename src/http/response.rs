//! A response: its head, and its body as text, bytes or an error.

use std::borrow::Cow;
use std::time::{Duration, SystemTime};

use percent_encoding::{AsciiSet, percent_encode};

use super::body::Body;
use super::framing::HeaderMap;
use super::retry_after;
use crate::call::CallContext;
use crate::error::{Error, ErrorKind, Result};
use crate::problem::{CUT, MAX_BODY, ProblemDetails};
use crate::url::Url;

/// Every byte above 0x7F is encoded in any case.
const NON_ASCII: &AsciiSet = &AsciiSet::EMPTY;

/// A response: its head, and a body still to be read.
#[derive(Debug)]
pub(crate) struct Response {
    pub status: u16,
    /// Where the response came from after redirects.
    pub url: Url,
    pub body: Body,
    pub(super) headers: HeaderMap,
    /// The request had a token, which did not go to this origin.
    pub(super) token_withheld: bool,
}

impl Response {
    /// A header's value, if it came and is UTF-8: then it can be sent back byte for byte.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        str::from_utf8(self.headers.get(name)?.as_bytes()).ok()
    }

    /// A header's value as text: what is not UTF-8 is ISO 8859-1, as it once was in HTTP (RFC 9110 5.5).
    pub(crate) fn text_header(&self, name: &str) -> Option<Cow<'_, str>> {
        let bytes = self.headers.get(name)?.as_bytes();
        let latin1 = || bytes.iter().copied().map(char::from).collect();
        Some(str::from_utf8(bytes).map_or_else(|_| Cow::Owned(latin1()), Cow::Borrowed))
    }

    /// `Location`, if it is not empty. Bytes that no URL has are percent-encoded, whatever characters they are.
    pub(crate) fn location(&self) -> Option<String> {
        let bytes = self.headers.get("location")?.as_bytes().trim_ascii();
        (!bytes.is_empty()).then(|| percent_encode(bytes, NON_ASCII).to_string())
    }

    /// The media type without its parameters, in lower case.
    pub(crate) fn content_type(&self) -> Option<String> {
        let value = self.text_header("content-type")?;
        let media = value.split(';').next().unwrap_or_default().trim();
        (!media.is_empty()).then(|| media.to_ascii_lowercase())
    }

    /// How long `Retry-After` requests to wait.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        retry_after::parse(self.header("retry-after")?, SystemTime::now())
    }

    /// The whole body as text, which must be UTF-8, up to `limit` bytes.
    pub(crate) fn text(mut self, limit: usize, context: &CallContext) -> Result<String> {
        let (bytes, whole) = self.body.read_up_to(limit, context)?;
        if !whole {
            let text = format!(
                "the response of {} is larger than the limit of {limit} bytes",
                self.url
            );
            return Err(Error::new(ErrorKind::TooLarge, text));
        }
        utf8(bytes).map_err(|at| {
            let text = format!("the response of {} is not UTF-8 text at byte {at}", self.url);
            Error::new(ErrorKind::Protocol, text)
        })
    }

    /// The error that this response stands for, with its problem document and `Retry-After`. The body may echo the token.
    pub(crate) fn into_error(mut self, context: &CallContext) -> Error {
        let retry_after = self.retry_after();
        let (mut bytes, whole) = match self.body.read_up_to(MAX_BODY, context) {
            Ok(read) => read,
            // The status is enough; but a caller who cancelled the call gets no other error.
            Err(error) if error.kind() == ErrorKind::Cancelled => return error,
            Err(_) => (Vec::new(), true),
        };
        if !whole {
            bytes.extend_from_slice(CUT.as_bytes());
        }
        let problem = ProblemDetails::from_body(bytes);
        let error = match self.status {
            401 | 403 if self.token_withheld => {
                Error::from_untrusted(self.status, problem, self.url.origin())
            }
            status => Error::from_response(status, problem),
        };
        error.with_retry_after(retry_after)
    }

    /// Reads an error response's body into memory; returns the pause that it or the head requests.
    pub(super) fn buffer_body(&mut self, context: &CallContext) -> Result<Option<Duration>> {
        let bytes = match self.body.read_up_to(MAX_BODY, context) {
            Ok((bytes, _)) => bytes,
            Err(_) => {
                // The status counts even if its body broke off; but a stop is a stop.
                context.check()?;
                Vec::new()
            }
        };
        let requested = self
            .retry_after()
            .or_else(|| ProblemDetails::from_body(bytes.clone()).retry_after());
        self.body.buffer(bytes);
        Ok(requested)
    }
}

/// The text that `bytes` are, or where they are none.
#[allow(unsafe_code)]
fn utf8(bytes: Vec<u8>) -> std::result::Result<String, usize> {
    match simdutf8::basic::from_utf8(&bytes) {
        // SAFETY: checked just now; the standard library would take five times as long for it.
        Ok(_) => Ok(unsafe { String::from_utf8_unchecked(bytes) }),
        Err(_) => String::from_utf8(bytes).map_err(|e| e.utf8_error().valid_up_to()),
    }
}
