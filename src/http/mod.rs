//! HTTP for the rest of the library: one request in, one response out.
//!
//! [`Http::send`] retries what is safe to retry and follows redirects; `round_trip` is one request on one connection. ureq is
//! the engine: `agent` has it write every request and read every response, `transport` is the connection as ureq uses it,
//! and `response_head` and `framing` make up for what ureq reads otherwise than RFC 9112 demands. An event stream alone is taken over
//! from ureq after its head (`event_stream_body`, `chunked`). Connections come from `net`.

use std::fmt::Display;
use std::time::Duration;

use crate::call::CallContext;
use crate::error::{Error, ErrorKind, Result};
use crate::log::LogLevel;
use crate::net::Dialer;
use crate::options::ClientOptions;
use crate::retry::{self, Backoff};
use crate::token::{TokenSource, check_bearer};
use crate::url::{Origin, Url};

mod agent;
mod body;
mod chunked;
mod event_stream_body;
mod framing;
mod redirect;
mod request;
mod response;
mod response_head;
mod retry_after;
mod round_trip;
#[cfg(test)]
mod tests;
mod transport;

pub(crate) use body::Body;
pub(crate) use framing::Framing;
pub(crate) use request::{Attempts, BodySource, Method, Redirects, Request, RequestBody};
pub(crate) use response::Response;

/// The bound of the first pause before a retry.
const FIRST_PAUSE: Duration = Duration::from_millis(500);

/// The HTTP client of one [`Client`](crate::Client): its engine with its connections, and the origins that get the token.
#[derive(Debug)]
pub(crate) struct Http {
    engine: agent::Engine,
    trusted: Vec<Origin>,
    retries: u32,
    backoff: Backoff,
}

impl Http {
    /// Checks the options; makes no connection.
    pub(crate) fn new(options: &ClientOptions) -> Result<Self> {
        let named = |option: &'static str| move |error: Error| error.context(option);
        let base = Url::parse(&options.base_url).map_err(named("the base URL"))?;
        let mut trusted = vec![base.origin()];
        for origin in &options.trusted_origins {
            trusted.push(Url::parse(origin).map_err(named("a trusted origin"))?.origin());
        }
        if let TokenSource::Fixed(token) = &options.token {
            check_bearer(token)?;
        }
        Ok(Self {
            engine: agent::Engine::new(Dialer::new(options)?, &options.user_agent)?,
            trusted,
            retries: options.retries,
            backoff: Backoff {
                first: FIRST_PAUSE,
                longest: options.retry_cap,
            },
        })
    }

    /// Whether the token may go to `url`.
    pub(crate) fn trusts(&self, url: &Url) -> bool {
        self.trusted.iter().any(|origin| url.has_origin(origin))
    }

    /// Sends the request and reads the head of the response, whatever its status.
    pub(crate) fn send(&self, request: &Request<'_>, context: &CallContext) -> Result<Response> {
        self.send_body(request, &mut RequestBody::Empty, context)
    }

    /// Sends the request with a body and reads the head of the response, whatever its status. Retries what is safe to retry, within
    /// the budget and the deadline of the call.
    pub(crate) fn send_body(
        &self,
        request: &Request<'_>,
        body: &mut RequestBody<'_>,
        context: &CallContext,
    ) -> Result<Response> {
        let budget = match request.attempts {
            Attempts::Retry => self.retries,
            Attempts::Once => 0,
        };
        for attempt in 1.. {
            let mut outcome = self.follow(request, body, context);
            if attempt > budget {
                return outcome;
            }
            let retry_after = match &mut outcome {
                // A POST that was sent on has had its effect: what failed is the hop.
                Ok(response) if !request.method.is_idempotent() && response.url != *request.url => {
                    return outcome;
                }
                Ok(response)
                    if retry::is_transient_status(response.status, request.method.is_idempotent()) =>
                {
                    response.buffer_body(context)?
                }
                Err(error)
                    if retry::is_connection_failure(error)
                        && (request.method.is_idempotent() || error.is_unsent()) =>
                {
                    error.retry_after()
                }
                _ => return outcome,
            };
            let pause = self.backoff.pause(attempt - 1, retry_after);
            let in_time = context
                .deadline
                .is_none_or(|d| pause < d.saturating_duration_since(std::time::Instant::now()));
            if !in_time || !body.rewind() {
                return outcome;
            }
            context.log.line(LogLevel::Info, || {
                let why = match &outcome {
                    Ok(response) => format!("responded {}", response.status),
                    Err(error) => error.to_string(),
                };
                let (method, url, millis) = (request.method.as_str(), request.url, pause.as_millis());
                format!(
                    "{method} {url}: {why}; attempt {} of {} in {millis} ms",
                    attempt + 1,
                    budget + 1
                )
            });
            drop(outcome);
            context.sleep(pause)?;
        }
        unreachable!("the loop ends with its budget")
    }

    /// Follows redirects where the request allows it.
    fn follow(
        &self,
        request: &Request<'_>,
        body: &mut RequestBody<'_>,
        context: &CallContext,
    ) -> Result<Response> {
        let mut response = self.round_trip(request, body, context)?;
        let mut method = request.method;
        for _ in 0..redirect::HOPS {
            if !redirect::is_followed(request.redirects, response.status) {
                return Ok(response);
            }
            let hop = redirect::hop(
                &response.url,
                method,
                response.status,
                response.location().as_deref(),
            )?;
            context.log.line(LogLevel::Debug, || {
                format!("{} redirects ({}) to {}", response.url, response.status, hop.url)
            });
            if hop.keeps_body && !body.rewind() {
                let text = format!(
                    "{} redirects the request, whose body cannot be sent again",
                    response.url
                );
                return Err(Error::new(ErrorKind::Redirect, text));
            }
            // What cannot be drained costs a connection, no more; but a stop is a stop.
            if response.body.drain(redirect::DRAIN, context).is_err() {
                context.check()?;
            }
            method = hop.method;
            let next = Request {
                method,
                url: &hop.url,
                ..*request
            };
            response = if hop.keeps_body {
                self.round_trip(&next, body, context)?
            } else {
                let response = self.round_trip(&next, &mut RequestBody::Empty, context);
                // The hop was not sent, but the request that led here was.
                response.map_err(Error::maybe_sent)?
            };
        }
        if redirect::is_followed(request.redirects, response.status) {
            let text = format!(
                "{} was redirected more than {} times",
                request.url,
                redirect::HOPS
            );
            return Err(Error::new(ErrorKind::Redirect, text));
        }
        Ok(response)
    }
}

/// The server violates HTTP/1.1.
fn malformed(what: impl Display) -> Error {
    Error::new(ErrorKind::Protocol, format!("malformed HTTP response: {what}"))
}

#[cfg(any(fuzzing, nitro_bench))]
pub(crate) mod fuzzing {
    pub(crate) use super::chunked::decode_chunks;
    pub(crate) use super::redirect::hop;
    pub(crate) use super::response_head::prepared;
    pub(crate) use super::retry_after::parse as retry_after;
}
