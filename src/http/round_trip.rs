//! One request and the head of its response, on one connection.

use std::sync::Arc;
use std::time::Instant;

use super::Http;
use super::body::Body;
use super::framing::{HeaderMap, header};
use super::request::{Method, Request, RequestBody};
use super::response::Response;
use crate::call::CallContext;
use crate::error::{Error, ErrorKind, Result};
use crate::log::LogLevel;
use crate::net::ExchangeContext;

const EVENT_STREAM: &str = "text/event-stream";
/// The registered content codings. Storage services also return other words (`aws-chunked`, `utf-8`), as somebody set them.
const CODINGS: &str = "gzip br deflate zstd compress x-gzip x-compress dcb dcz aes128gcm exi pack200-gzip";

impl Http {
    /// Sends the request once; and once more at once if a pooled connection turns out to be stale.
    pub(super) fn round_trip(
        &self,
        request: &Request<'_>,
        body: &mut RequestBody<'_>,
        context: &CallContext,
    ) -> Result<Response> {
        let mut reuse = true;
        loop {
            let begun = Instant::now();
            let exchange = Arc::new(ExchangeContext::new(context, context.io_limits.min_rate));
            let outcome = self.attempt(request, body, reuse, &exchange);
            log(request, &outcome, begun, context);
            let error = match outcome {
                Ok(response) => return Ok(response),
                Err(error) => error,
            };
            if !is_stale(&error, request.method, &exchange) || !body.rewind() {
                return Err(if exchange.sent.is_set() {
                    error
                } else {
                    error.unsent()
                });
            }
            reuse = false;
            let method = request.method.as_str();
            context.log.line(LogLevel::Info, || {
                format!(
                    "{method} {}: the pooled connection was stale; sent again on a new one",
                    request.url
                )
            });
        }
    }

    fn attempt(
        &self,
        request: &Request<'_>,
        body: &mut RequestBody<'_>,
        reuse: bool,
        exchange: &Arc<ExchangeContext>,
    ) -> Result<Response> {
        exchange.context.check().map_err(Error::unsent)?;
        let trusted = self.trusts(request.url);
        let token_withheld = request.bearer.is_some() && !trusted;
        if token_withheld {
            exchange.context.log.line(LogLevel::Info, || {
                let (method, url, origin) = (request.method.as_str(), request.url, request.url.origin());
                format!("{method} {url}: sent without the token, since {origin} is not a trusted origin")
            });
        }
        let outcome = self.engine.run(request, body, trusted, reuse, exchange);
        exchange.check_cancel()?;
        let received = outcome.map_err(|error| {
            let method = request.method.as_str();
            error.context(format_args!("{method} {}", request.url))
        })?;
        let is_error = !(200..300).contains(&received.status);
        let is_event_stream = request.accept.contains(EVENT_STREAM)
            && received.headers.get(header::CONTENT_TYPE).is_some_and(|value| {
                let kind = value.as_bytes().trim_ascii_start().get(..EVENT_STREAM.len());
                kind.is_some_and(|kind| kind.eq_ignore_ascii_case(EVENT_STREAM.as_bytes()))
            });
        let mut response = Response {
            status: received.status,
            url: request.url.clone(),
            body: Body::new(request.url, received.body, received.framing, is_event_stream),
            headers: received.headers,
            token_withheld,
        };
        if let Some(coding) = content_coding(&response.headers) {
            if !is_error {
                let text = format!(
                    "{} responded with Content-Encoding {coding}, which was not requested (a proxy or server in between \
                     compresses although the request forbids it)",
                    request.url
                );
                return Err(Error::new(ErrorKind::Protocol, text));
            }
            // The status of an error response still counts; its body cannot be read.
            response.body.clear();
        }
        Ok(response)
    }
}

/// The first coding of the body, which nothing here could undo.
fn content_coding(headers: &HeaderMap) -> Option<&'static str> {
    for value in headers.get_all(header::CONTENT_ENCODING) {
        for coding in value.as_bytes().split(|byte| *byte == b',') {
            let is = |known: &&str| known.as_bytes().eq_ignore_ascii_case(coding.trim_ascii());
            if let Some(known) = CODINGS.split(' ').find(is) {
                return Some(known);
            }
        }
    }
    None
}

/// Whether a pooled connection had been closed before the request could have had an effect: no response came, and the request
/// does no harm twice, or was not sent whole.
fn is_stale(error: &Error, method: Method, exchange: &ExchangeContext) -> bool {
    error.kind() == ErrorKind::ConnectionLost
        && exchange.reused.is_set()
        && !exchange.received.is_set()
        && (method.is_idempotent() || !exchange.complete.is_set())
}

fn log(request: &Request<'_>, outcome: &Result<Response>, begun: Instant, context: &CallContext) {
    context.log.line(LogLevel::Debug, || {
        let (method, millis) = (request.method.as_str(), begun.elapsed().as_millis());
        match outcome {
            Ok(response) => format!("{method} {} -> {} ({millis} ms)", request.url, response.status),
            Err(error) => format!(
                "{method} {} -> {:?}: {error} ({millis} ms)",
                request.url,
                error.kind()
            ),
        }
    });
}
