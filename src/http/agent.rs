//! Requests with a body, through ureq: it sends them and reads the head of the answer.
//!
//! Each gets a new connection: the server could be closing a kept one just then, and nobody could tell whether it had taken
//! the request.

use std::io::{self, Read};
use std::rc::Rc;

use ureq::SendBody;
use ureq::http::header::{CONTENT_LENGTH, HeaderMap};
use ureq::http::{self, Version};

use super::Http;
use super::connection::Connection;
use super::current;
use super::exchange::Exchange;
use super::fields::Fields;
use super::head::{Head, malformed};
use super::request::{Request, RequestBody, Source};
use super::stream::{carry, uncarry};
use crate::error::{Error, ErrorKind, Result};

impl Http {
    /// Sends the request; gives the head of the answer, and the connection on which its body comes.
    pub(super) fn submit(
        &self,
        request: &Request<'_>,
        body: &mut RequestBody<'_>,
        trusted: bool,
        exchange: &Rc<Exchange>,
    ) -> Result<(Head, Box<Connection>)> {
        let fields = self.signature.map(request, body.content_type(), trusted)?;
        let entered = current::enter(exchange);
        let (head, wire) = self.run(request, fields, body).map_err(failure)?.into_parts();
        drop(wire);
        let Some((stream, buffers)) = entered.connection() else {
            return Err(Error::new(
                ErrorKind::Internal,
                "the connection of an answer is gone",
            ));
        };
        let head = Head {
            status: head.status.as_u16(),
            http10: head.version == Version::HTTP_10,
            fields: Fields::of_map(&head.headers),
        };
        let connection = Connection {
            origin: request.url.origin(),
            stream,
            buffers,
        };
        Ok((head, Box::new(connection)))
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
    source: &'a mut dyn Source,
    length: u64,
    left: u64,
}

impl Read for Exact<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        if most == 0 {
            return Ok(0);
        }
        let exchange = &current::get().map_err(carry)?.exchange;
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
fn failure(error: ureq::Error) -> Error {
    let (kind, text) = match error {
        ureq::Error::Io(error) if error.kind() == io::ErrorKind::UnexpectedEof => (
            ErrorKind::ConnectionLost,
            "the connection was closed before the answer was complete".to_owned(),
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
        ureq::Error::Protocol(error) => return malformed(error),
        other => (ErrorKind::Protocol, format!("the exchange failed: {other}")),
    };
    Error::new(kind, text)
}
