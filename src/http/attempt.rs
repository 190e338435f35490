//! One request and the head of its answer, on one connection.

use std::rc::Rc;
use std::time::Instant;

use super::Http;
use super::body::Body;
use super::connection::Connection;
use super::exchange::Exchange;
use super::framing::{self, Framing};
use super::head::Head;
use super::request::{Method, Request, RequestBody};
use super::response::Response;
use crate::call::CallContext;
use crate::error::{Error, ErrorKind, Result};
use crate::log::LogLevel;

impl Http {
    /// Sends the request once; and once more at once if a connection out of the pool turns out to be stale.
    pub(super) fn exchange(
        &self,
        request: &Request<'_>,
        body: &mut RequestBody<'_>,
        context: &CallContext,
    ) -> Result<Response> {
        let mut from_pool = true;
        loop {
            let begun = Instant::now();
            let exchange = Rc::new(Exchange::new(context, context.io_limits.min_rate));
            let outcome = self.attempt(request, body, from_pool, &exchange);
            log(request, &outcome, begun, context);
            let error = match outcome {
                Ok(response) => return Ok(response),
                Err(error) => error,
            };
            let stale = error.kind() == ErrorKind::ConnectionLost
                && exchange.reused.get()
                && !exchange.received.get();
            if !stale {
                return Err(if exchange.sent.get() {
                    error
                } else {
                    error.unsent()
                });
            }
            from_pool = false;
            let method = request.method.as_http();
            context.log.line(LogLevel::Info, || {
                format!(
                    "{method} {}: the kept connection was stale; sent again on a new one",
                    request.url
                )
            });
        }
    }

    fn attempt(
        &self,
        request: &Request<'_>,
        body: &mut RequestBody<'_>,
        from_pool: bool,
        exchange: &Rc<Exchange>,
    ) -> Result<Response> {
        exchange.context.check().map_err(Error::unsent)?;
        let trusted = self.trusts(request.url);
        let answered = match body {
            RequestBody::Empty if request.method == Method::Get => {
                self.get(request, trusted, from_pool, exchange)
            }
            _ => self.submit(request, body, trusted, exchange),
        };
        let answered = answered.and_then(|(head, connection)| {
            let framing = Framing::of(&head)?;
            Ok((head, framing, connection))
        });
        exchange.check_cancel()?;
        let (head, framing, connection) = answered.map_err(|error| {
            let method = request.method.as_http();
            error.context(format_args!("{method} {}", request.url))
        })?;
        let refused = !(200..300).contains(&head.status);
        let lasts = !exchange.early.get() && framing::persists(&head);
        let pool = lasts.then(|| self.pool.clone());
        let mut response = Response {
            status: head.status,
            url: request.url.clone(),
            body: Body::new(request, &head, framing, connection, pool),
            fields: head.fields,
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

    /// A request without a body: on a kept connection, if one may be had out of the pool.
    fn get(
        &self,
        request: &Request<'_>,
        trusted: bool,
        from_pool: bool,
        exchange: &Exchange,
    ) -> Result<(Head, Box<Connection>)> {
        let sent = self.signature.head(request, trusted)?;
        let kept = from_pool.then(|| self.pool.take(request.url, exchange)).flatten();
        exchange.reused.set(kept.is_some());
        let mut connection = match kept {
            Some(connection) => connection,
            None => {
                let origin = request.url.origin();
                let stream = self.dialer.connect(&origin, exchange)?;
                Box::new(Connection::new(origin, stream))
            }
        };
        let head = connection.ask(&sent, exchange)?;
        Ok((head, connection))
    }
}

fn log(request: &Request<'_>, outcome: &Result<Response>, begun: Instant, context: &CallContext) {
    context.log.line(LogLevel::Debug, || {
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
