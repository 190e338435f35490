//! What comes back.

use std::fmt;
use std::io::Read;
use std::rc::Rc;
use std::time::{Duration, SystemTime};

use ureq::BodyReader;
use ureq::http::header::{self, HeaderMap};
use zeroize::Zeroizing;

use super::chunked::Chunked;
use super::current::{self, Exchange};
use super::exchange::failure;
use super::request::Request;
use super::retry_after;
use crate::call::Scope;
use crate::error::{Error, ErrorKind, Result};
use crate::problem::ProblemDetails;
use crate::url::Url;

/// The most of a refusal's body that is kept.
const PROBLEM: usize = 1 << 20;

/// How much of the reserved memory is made ready at a time.
const STEP: usize = 64 << 10;

const EVENTS: &str = "text/event-stream";

/// How a body says where it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Framing {
    /// `Content-Length`.
    Length(u64),
    /// The last chunk.
    Chunked,
    /// The connection's end, which proves nothing.
    UntilClose,
}

/// An answer: its head, and a body still to be read.
#[derive(Debug)]
pub(crate) struct Response {
    pub status: u16,
    /// Where the answer came from after redirects.
    pub url: Url,
    pub body: Body,
    pub(super) headers: HeaderMap,
    pub(super) reference_id: Option<String>,
    /// Kept for refusals only, to be taken out of what a server may echo.
    pub(super) secret: Option<Zeroizing<String>>,
}

/// A body under way. Dropping it early closes its connection; read to its end, the connection goes back to the pool.
pub(crate) struct Body {
    source: BodySource,
    framing: Framing,
    /// An event stream, which may be as slow as it likes.
    stream: bool,
    url: Url,
}

enum BodySource {
    Wire(Box<BodyReader<'static>>),
    /// An event stream in chunks, read past ureq.
    Chunked(Box<Chunked>),
    /// Read already, to look for a problem document.
    Held(std::io::Cursor<Vec<u8>>),
}

impl Response {
    /// A header's value, if it came and is text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The media type without its parameters, in lower case.
    pub(crate) fn content_type(&self) -> Option<String> {
        let value = self.header("content-type")?;
        let media = value.split(';').next().unwrap_or_default().trim();
        (!media.is_empty()).then(|| media.to_ascii_lowercase())
    }

    /// How long `Retry-After` asks to wait.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        retry_after::parse(self.header("retry-after")?, SystemTime::now())
    }

    /// The whole body as text, which must be UTF-8, up to `limit` bytes.
    pub(crate) fn text(mut self, limit: usize, scope: &Scope) -> Result<String> {
        let (bytes, whole) = self.body.read_up_to(limit, scope)?;
        if !whole {
            let text = format!(
                "the answer of {} is larger than the limit of {limit} bytes",
                self.url
            );
            return Err(Error::new(ErrorKind::TooLarge, text));
        }
        utf8(bytes).map_err(|at| {
            let text = format!("the answer of {} is not UTF-8 text at byte {at}", self.url);
            Error::new(ErrorKind::Protocol, text)
        })
    }

    /// The error that this answer stands for, with its problem document, `Retry-After` and reference id.
    pub(crate) fn into_error(mut self, scope: &Scope) -> Error {
        let asked = self.retry_after();
        let (mut bytes, whole) = match self.body.read_up_to(PROBLEM, scope) {
            Ok(read) => read,
            // The status says enough; but a caller who stopped the call wants to hear of nothing else.
            Err(error) if error.kind() == ErrorKind::Cancelled => return self.refer(error),
            Err(_) => (Vec::new(), true),
        };
        if !whole {
            bytes.extend_from_slice("… (cut)".as_bytes());
        }
        if let Some(secret) = &self.secret {
            redact(&mut bytes, secret.as_bytes());
        }
        let error =
            Error::from_response(self.status, ProblemDetails::from_body(bytes)).with_retry_after(asked);
        self.refer(error)
    }

    fn refer(&self, error: Error) -> Error {
        match &self.reference_id {
            Some(id) => error.with_reference(id),
            None => error,
        }
    }

    /// Takes a refusal's body off the connection and keeps it; gives the pause that it or the head asks for.
    pub(super) fn hold(&mut self, scope: &Scope) -> Result<Option<Duration>> {
        let bytes = match self.body.read_up_to(PROBLEM, scope) {
            Ok((bytes, _)) => bytes,
            Err(_) => {
                // The status counts even if its body broke off; but a stop is a stop.
                scope.check()?;
                Vec::new()
            }
        };
        let asked = self
            .retry_after()
            .or_else(|| ProblemDetails::from_body(bytes.clone()).retry_after());
        self.body.hold(bytes);
        Ok(asked)
    }
}

impl Body {
    pub(super) fn new(
        request: &Request<'_>,
        status: u16,
        headers: &HeaderMap,
        http10: bool,
        body: ureq::Body,
        exchange: &Rc<Exchange>,
    ) -> Self {
        let is_stream = |v: &str| v.trim_start().to_ascii_lowercase().starts_with(EVENTS);
        let answered = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok());
        let stream = request.accept.contains(EVENTS) && answered.is_some_and(is_stream);
        let framing = framing(status, headers, http10);
        let source = if stream && framing == Framing::Chunked {
            BodySource::Chunked(Box::new(Chunked::take_over(body, exchange)))
        } else {
            BodySource::Wire(Box::new(body.into_reader()))
        };
        Self {
            framing,
            source,
            stream,
            url: request.url.clone(),
        }
    }

    /// Leaves nothing to read; the connection is closed unless the body had ended.
    pub(super) fn clear(&mut self) {
        self.hold(Vec::new());
    }

    fn hold(&mut self, bytes: Vec<u8>) {
        self.framing = Framing::Length(bytes.len() as u64);
        self.source = BodySource::Held(std::io::Cursor::new(bytes));
    }

    /// The next bytes; 0 at the end, which `framing` has proved unless it is `UntilClose`.
    ///
    /// After a `Limit::Idle` or `Limit::Call` error the read may be repeated and nothing is lost; `scope` may be another
    /// one each time.
    pub(crate) fn read(&mut self, buffer: &mut [u8], scope: &Scope) -> Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        let min_rate = if self.stream { 0 } else { scope.pace.min_rate };
        let exchange = Rc::new(Exchange::new(scope, min_rate));
        let outcome = match &mut self.source {
            BodySource::Wire(reader) => {
                let _entered = current::enter(&exchange);
                reader.read(buffer).map_err(|error| failure(error.into()))
            }
            BodySource::Chunked(chunked) => chunked.read(buffer, &exchange),
            BodySource::Held(bytes) => return Ok(bytes.read(buffer).unwrap_or(0)),
        };
        exchange.check_cancel()?;
        match outcome {
            Ok(0) if self.framing == Framing::UntilClose && exchange.abrupt.get() => {
                let text = format!("the body of {} was cut: TLS ended without saying so", self.url);
                Err(Error::new(ErrorKind::Truncated, text))
            }
            Ok(n) => Ok(n),
            Err(error) => Err(self.broken(error)),
        }
    }

    pub(crate) fn framing(&self) -> Framing {
        self.framing
    }

    /// A connection lost in a body that announced its end has truncated it.
    fn broken(&self, error: Error) -> Error {
        let url = &self.url;
        if error.kind() != ErrorKind::ConnectionLost || self.framing == Framing::UntilClose {
            return error.context(format_args!("reading {url}"));
        }
        let promised = match self.framing {
            Framing::Length(length) => format!("the {length} bytes that its head promised"),
            _ => "its last chunk".to_owned(),
        };
        let text = format!("the body of {url} ended before {promised}");
        Error::new(ErrorKind::Truncated, text)
    }

    /// The body in memory, and whether that is all of it; what is over `limit` is not read.
    fn read_up_to(&mut self, limit: usize, scope: &Scope) -> Result<(Vec<u8>, bool)> {
        let most = limit.saturating_add(1);
        // Room for what is announced and one byte more, so that the end is seen, and a NUL put, without growing. Memory
        // that is merely reserved costs nothing yet.
        let room = match self.framing {
            Framing::Length(length) => usize::try_from(length).unwrap_or(usize::MAX).saturating_add(1),
            _ => STEP,
        };
        let mut bytes = Vec::new();
        self.grow(&mut bytes, room.min(most))?;
        let mut filled = 0;
        loop {
            if filled == bytes.len() {
                if filled > limit {
                    bytes.truncate(limit);
                    return Ok((bytes, false));
                }
                let target = filled.saturating_add(STEP).min(most);
                if filled == bytes.capacity() {
                    self.grow(&mut bytes, filled)?;
                }
                bytes.resize(target.min(bytes.capacity()), 0);
            }
            let n = self.read(&mut bytes[filled..], scope)?;
            if n == 0 {
                bytes.truncate(filled);
                // What is read may be kept for long: a thousand words of a hundred bytes shall not take 64 MB.
                bytes.shrink_to(filled + 1);
                return Ok((bytes, true));
            }
            filled += n;
        }
    }

    /// Reserves room for `more` bytes whose number the peer decided.
    fn grow(&self, bytes: &mut Vec<u8>, more: usize) -> Result<()> {
        bytes.try_reserve_exact(more.max(1)).map_err(|_| {
            let target = bytes.len().saturating_add(more);
            let text = format!(
                "there is no memory for the answer of {} ({target} bytes)",
                self.url
            );
            Error::new(ErrorKind::NoMemory, text)
        })
    }

    /// Reads the rest away if it is small, so that the connection can be used again.
    pub(super) fn drain(mut self, most: u64, scope: &Scope) -> Result<()> {
        if let Framing::Length(length) = self.framing
            && length > most
        {
            return Ok(());
        }
        let mut buffer = [0; 4096];
        let mut left = most;
        loop {
            let n = self.read(&mut buffer, scope)? as u64;
            if n == 0 || n > left {
                return Ok(());
            }
            left -= n;
        }
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

/// Where ureq will see the body's end.
fn framing(status: u16, headers: &HeaderMap, http10: bool) -> Framing {
    let chunked = headers.get_all(header::TRANSFER_ENCODING).iter().any(|v| {
        v.to_str()
            .is_ok_and(|v| v.to_ascii_lowercase().contains("chunked"))
    });
    let length = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|v| v.to_str().ok()?.trim().parse().ok());
    match length {
        _ if matches!(status, 100..=199 | 204 | 304) => Framing::Length(0),
        _ if chunked && !http10 => Framing::Chunked,
        Some(length) => Framing::Length(length),
        None => Framing::UntilClose,
    }
}

/// Replaces `secret` wherever it occurs.
fn redact(bytes: &mut Vec<u8>, secret: &[u8]) {
    if secret.is_empty() || memchr::memmem::find(bytes, secret).is_none() {
        return;
    }
    let mut clean = Vec::with_capacity(bytes.len());
    let mut rest = bytes.as_slice();
    while let Some(at) = memchr::memmem::find(rest, secret) {
        clean.extend_from_slice(&rest[..at]);
        clean.extend_from_slice(b"***");
        rest = &rest[at + secret.len()..];
    }
    clean.extend_from_slice(rest);
    *bytes = clean;
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Body")
            .field("framing", &self.framing)
            .finish_non_exhaustive()
    }
}
