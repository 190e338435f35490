//! One request and the head of its answer, on one connection, through ureq.

use std::io::{self, Read};
use std::rc::Rc;
use std::time::Instant;

use ureq::SendBody;
use ureq::http::header::{CONTENT_LENGTH, HeaderMap};
use ureq::http::{self, Version};

use super::Http;
use super::current::{self, Exchange};
use super::request::{Request, RequestBody};
use super::response::{Body, Response};
use super::stream::{carry, uncarry};
use crate::call::Scope;
use crate::error::{Error, ErrorKind, Result};
use crate::log::LogLevel;

impl Http {
    /// Sends the request once; and once more at once if a connection out of the pool turns out to be stale.
    ///
    /// What could not be sent once more gets a new connection from the start: the server may be closing a kept one just then.
    pub(super) fn exchange(
        &self,
        request: &Request<'_>,
        body: &mut RequestBody<'_>,
        scope: &Scope,
    ) -> Result<Response> {
        let mut exchange = Exchange::new(scope, scope.pace.min_rate);
        exchange.fresh = !request.method.is_idempotent() || body.is_document();
        loop {
            let begun = Instant::now();
            let shared = Rc::new(exchange);
            let outcome = self.attempt(request, body, &shared);
            log(request, &outcome, begun, scope);
            let error = match outcome {
                Ok(response) => return Ok(response),
                Err(error) => error,
            };
            let untouched = !shared.sent.get();
            let stale =
                error.kind() == ErrorKind::ConnectionLost && shared.reused.get() && !shared.received.get();
            if !stale || !body.rewind() {
                return Err(if untouched { error.unsent() } else { error });
            }
            let method = request.method.as_http();
            scope.log.line(LogLevel::Info, || {
                format!(
                    "{method} {}: the kept connection was stale; sent again on a new one",
                    request.url
                )
            });
            exchange = Exchange::new(scope, scope.pace.min_rate);
            exchange.fresh = true;
        }
    }

    fn attempt(
        &self,
        request: &Request<'_>,
        body: &mut RequestBody<'_>,
        exchange: &Rc<Exchange>,
    ) -> Result<Response> {
        exchange.scope.check().map_err(Error::unsent)?;
        let trusted = self.trusts(request.url);
        let headers = self.signature.headers(request, body.content_type(), trusted)?;
        let answer = {
            let _entered = current::enter(exchange);
            self.run(request, headers, body)
        };
        exchange.check_cancel()?;
        let (head, wire) = answer
            .map_err(|error| {
                failure(error).context(format_args!("{} {}", request.method.as_http(), request.url))
            })?
            .into_parts();
        let status = head.status.as_u16();
        let http10 = head.version == Version::HTTP_10;
        let refused = !head.status.is_success();
        let mut response = Response {
            status,
            url: request.url.clone(),
            body: Body::new(request, status, &head.headers, http10, wire, exchange),
            headers: head.headers,
            reference_id: request.reference_id.filter(|_| refused).map(str::to_owned),
            secret: request.bearer.filter(|_| refused).map(|t| t.to_owned().into()),
        };
        let coding = response.header("content-encoding").unwrap_or_default().trim();
        if !coding.is_empty() && !coding.eq_ignore_ascii_case("identity") {
            if !refused {
                let text = format!(
                    "{} answered with Content-Encoding {coding}, which was not asked for (a proxy or server in between \
                     compresses although told not to)",
                    request.url
                );
                return Err(Error::new(ErrorKind::Protocol, text));
            }
            // The status of a refusal still counts; its body cannot be read.
            response.body.clear();
        }
        Ok(response)
    }

    fn run(
        &self,
        request: &Request<'_>,
        headers: HeaderMap,
        body: &mut RequestBody<'_>,
    ) -> std::result::Result<http::Response<ureq::Body>, ureq::Error> {
        let mut head = http::Request::builder()
            .method(request.method.as_http())
            .uri(request.url.as_str())
            .body(())?;
        *head.headers_mut() = headers;
        match body {
            RequestBody::Empty if request.method == super::Method::Get => self.agent.run(head),
            RequestBody::Empty => self.agent.run(head.map(|()| &b""[..])),
            RequestBody::Bytes { bytes, .. } => {
                let bytes: &[u8] = bytes;
                self.agent.run(head.map(|()| bytes))
            }
            RequestBody::Reader { length, source, .. } => {
                head.headers_mut().insert(CONTENT_LENGTH, (*length).into());
                let mut exact = Exact {
                    source: *source,
                    length: *length,
                    left: *length,
                };
                self.agent.run(head.map(|()| SendBody::from_reader(&mut exact)))
            }
        }
    }
}

/// A source that must give the length that was announced.
struct Exact<'a> {
    source: &'a mut dyn super::Source,
    length: u64,
    left: u64,
}

impl Read for Exact<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        if most == 0 {
            return Ok(0);
        }
        let exchange = current::get().map_err(carry)?;
        exchange.check().map_err(carry)?;
        let n = if exchange.early.get() {
            // The answer is there already: the transport sends none of this, but ureq wants to have counted it.
            most
        } else {
            let read = self.source.read(&mut buffer[..most]);
            let n = read.map_err(|error| match error.get_ref() {
                Some(inner) if inner.is::<Error>() => error,
                _ => carry(Error::new(
                    ErrorKind::File,
                    format!("the document could not be read: {error}"),
                )),
            })?;
            if n == 0 {
                let (sent, length) = (self.length - self.left, self.length);
                let text =
                    format!("the document ended after {sent} of {length} bytes; was it changed meanwhile?");
                return Err(carry(Error::new(ErrorKind::File, text)));
            }
            n
        };
        self.left -= n as u64;
        Ok(n)
    }
}

/// What ureq reports, in our terms. Our own errors come through it as they are.
pub(super) fn failure(error: ureq::Error) -> Error {
    let (kind, text) = match error {
        ureq::Error::Io(error) if error.kind() == io::ErrorKind::UnexpectedEof => (
            ErrorKind::ConnectionLost,
            "the connection was closed before the answer was complete".to_owned(),
        ),
        // What ureq says of a connection that ends between two chunks or in the line that begins one.
        ureq::Error::BodyStalled => (
            ErrorKind::ConnectionLost,
            "the connection was closed in the middle of the body".to_owned(),
        ),
        ureq::Error::Io(error) => return uncarry(error),
        ureq::Error::Http(error) => (
            ErrorKind::InvalidArgument,
            format!("the request cannot be made: {error}"),
        ),
        ureq::Error::BadUri(_) => (
            ErrorKind::InvalidArgument,
            "the address cannot be used".to_owned(),
        ),
        ureq::Error::LargeResponseHeader(..) => (
            ErrorKind::Protocol,
            "the head of the answer is too large".to_owned(),
        ),
        ureq::Error::Protocol(error) => (
            ErrorKind::Protocol,
            format!("the answer is no proper HTTP: {error}"),
        ),
        other => (ErrorKind::Protocol, format!("the exchange failed: {other}")),
    };
    Error::new(kind, text)
}

fn log(request: &Request<'_>, outcome: &Result<Response>, begun: Instant, scope: &Scope) {
    scope.log.line(LogLevel::Debug, || {
        let (method, millis) = (request.method.as_http(), begun.elapsed().as_millis());
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
