//! HTTP for the rest of the library: one request in, one answer out. The only room that touches ureq and sockets.
//!
//! `send` follows redirects and repeats what is safe; an `attempt` is one request on one connection, and `exchange` what
//! bounds it and what was seen of it. With a body it goes through ureq (`agent`), which sees the connection as a `transport`
//! and finds those bounds in `current`. Without one, as each poll is, it goes past ureq (`connection`, `head`) at less than a
//! third of the instructions. What answers have after their head is read in one way (`body`, `incoming`, `chunked`).
//! Connections are made by the `dialer` (`resolver`, `socket`, `proxy`, `socks`, `tls`), move bytes as a `stream`, and wait for
//! the next request in the `pool`.

use std::sync::Arc;
use std::time::Duration;

use crate::call::CallContext;
use crate::error::{Error, Result};
use crate::log::LogLevel;
use crate::options::ClientOptions;
use crate::token::{TokenSource, check_bearer};
use crate::url::{Origin, Url};

mod agent;
mod attempt;
mod body;
mod buffers;
mod chunked;
mod connection;
mod current;
mod dialer;
mod exchange;
mod fields;
mod framing;
mod head;
mod incoming;
mod no_proxy;
mod pool;
mod proxy;
mod rate;
mod redirect;
mod request;
mod resolver;
mod response;
mod retry;
mod retry_after;
mod socket;
mod socks;
mod stream;
#[cfg(test)]
mod tests;
mod tls;
mod transport;

pub(crate) use body::Body;
pub(crate) use framing::Framing;
use request::Signature;
pub(crate) use request::{Attempts, Method, Redirects, Request, RequestBody, Source};
pub(crate) use response::Response;

/// The connections of one client: a pool, its trust, its proxy.
#[derive(Debug)]
pub(crate) struct Http {
    dialer: Arc<dialer::Dialer>,
    pool: Arc<pool::Pool>,
    agent: ureq::Agent,
    signature: Signature,
    trusted: Vec<Origin>,
    retries: u32,
    retry_cap: Duration,
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
        let config = ureq::Agent::config_builder()
            .proxy(None)
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .user_agent("")
            .accept("")
            .accept_encoding("")
            .timeout_await_100(None)
            .max_response_header_size(buffers::HEAD)
            .max_idle_connections(0)
            .build();
        let dialer = Arc::new(dialer::Dialer {
            lookups: resolver::Lookups::default(),
            tls: Arc::new(tls::Tls::new(&options.trust)?),
            proxies: proxy::Proxies::new(options, &|name| std::env::var(name).ok())?,
        });
        let connections = transport::Connections(dialer.clone());
        Ok(Self {
            dialer,
            pool: Arc::default(),
            agent: ureq::Agent::with_parts(config, connections, resolver::Unresolved),
            signature: Signature::new(&options.user_agent)?,
            trusted,
            retries: options.retries,
            retry_cap: options.retry_cap,
        })
    }

    /// Whether the token may go to `url`.
    pub(crate) fn trusts(&self, url: &Url) -> bool {
        self.trusted.iter().any(|origin| url.has_origin(origin))
    }

    /// Sends the request and reads the answer's head, whatever its status.
    pub(crate) fn send(&self, request: &Request<'_>, context: &CallContext) -> Result<Response> {
        self.send_body(request, &mut RequestBody::Empty, context)
    }

    /// Sends the request with a body and reads the answer's head, whatever its status.
    pub(crate) fn send_body(
        &self,
        request: &Request<'_>,
        body: &mut RequestBody<'_>,
        context: &CallContext,
    ) -> Result<Response> {
        let sent = self.persist(request, body, context);
        sent.map_err(|error| match request.reference_id {
            Some(id) => error.with_reference(id),
            None => error,
        })
    }

    /// Repeats what may be repeated, within the budget and the call's limits.
    fn persist(
        &self,
        request: &Request<'_>,
        body: &mut RequestBody<'_>,
        context: &CallContext,
    ) -> Result<Response> {
        if let Some(bearer) = request.bearer {
            check_bearer(bearer)?;
        }
        let budget = match request.attempts {
            Attempts::Retry => self.retries,
            Attempts::Once => 0,
        };
        for attempt in 1.. {
            let mut outcome = self.follow(request, body, context);
            if attempt > budget {
                return outcome;
            }
            let asked = match &mut outcome {
                // A POST that was sent on has had its effect: what failed is the hop.
                Ok(answer) if !request.method.is_idempotent() && answer.url != *request.url => {
                    return outcome;
                }
                Ok(answer) if retry::is_passing(request.method, answer.status) => answer.hold(context)?,
                Err(error) if retry::is_safe(request.method, error) => error.retry_after(),
                _ => return outcome,
            };
            let pause = retry::pause(attempt, asked, self.retry_cap);
            let in_time = context
                .deadline
                .is_none_or(|d| pause < d.saturating_duration_since(std::time::Instant::now()));
            if !in_time || !body.rewind() {
                return outcome;
            }
            context.log.line(LogLevel::Info, || {
                let why = match &outcome {
                    Ok(answer) => format!("answered {}", answer.status),
                    Err(error) => error.to_string(),
                };
                let (method, url, millis) = (request.method.as_http(), request.url, pause.as_millis());
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

    /// Follows redirects where the request says so.
    fn follow(
        &self,
        request: &Request<'_>,
        body: &mut RequestBody<'_>,
        context: &CallContext,
    ) -> Result<Response> {
        let mut answer = self.exchange(request, body, context)?;
        let mut method = request.method;
        for _ in 0..redirect::HOPS {
            if request.redirects == Redirects::Report || !redirect::is_redirect(answer.status) {
                return Ok(answer);
            }
            let hop = redirect::hop(&answer.url, method, answer.status, answer.header("location"))?;
            context.log.line(LogLevel::Debug, || {
                format!("{} redirects ({}) to {}", answer.url, answer.status, hop.url)
            });
            if hop.keeps_body && !body.rewind() {
                let text = format!(
                    "{} redirects the request, whose body cannot be sent again",
                    answer.url
                );
                return Err(Error::new(crate::ErrorKind::Redirect, text));
            }
            // What cannot be drained costs a connection, no more; but a stop is a stop.
            if answer.body.drain(redirect::DRAIN, context).is_err() {
                context.check()?;
            }
            method = hop.method;
            let next = Request {
                method,
                url: &hop.url,
                ..*request
            };
            answer = if hop.keeps_body {
                self.exchange(&next, body, context)?
            } else {
                let answer = self.exchange(&next, &mut RequestBody::Empty, context);
                // The hop was not sent, but the request that led here was.
                answer.map_err(Error::maybe_sent)?
            };
        }
        if redirect::is_redirect(answer.status) {
            let text = format!(
                "{} was redirected more than {} times",
                request.url,
                redirect::HOPS
            );
            return Err(Error::new(crate::ErrorKind::Redirect, text));
        }
        Ok(answer)
    }
}

#[cfg(any(fuzzing, nitro_bench))]
#[allow(missing_docs)]
pub(crate) mod fuzzing {
    use std::time::{Duration, SystemTime};

    use super::{Framing, Method, Url, head, incoming, no_proxy, redirect, retry_after as header};

    /// What the bytes of a server are.
    #[derive(Clone, Debug, PartialEq)]
    pub struct Answer {
        /// How long its head is.
        pub head: usize,
        pub length: Option<u64>,
        pub chunked: bool,
        pub body: Vec<u8>,
        pub whole: bool,
    }

    /// Reads `said`, its body in pieces of `piece` bytes into `room`; nothing while its head is not there, and words for what is no
    /// HTTP.
    pub fn answer(said: &[u8], piece: usize, room: usize) -> Result<Option<Answer>, String> {
        let words = |error: crate::Error| error.to_string();
        let Some((parsed, head)) = head::Head::parse(said).map_err(words)? else {
            return Ok(None);
        };
        let framing = Framing::of(&parsed).map_err(words)?;
        let (body, whole) = incoming::decode(framing, &said[head..], piece, room).map_err(words)?;
        Ok(Some(Answer {
            head,
            length: match framing {
                Framing::Length(length) => Some(length),
                _ => None,
            },
            chunked: framing == Framing::Chunked,
            body,
            whole,
        }))
    }

    pub(crate) fn retry_after(value: &str, now: SystemTime) -> Option<Duration> {
        header::parse(value, now)
    }

    pub fn covers(list: &str, host: &str, port: u16) -> bool {
        no_proxy::NoProxy::parse(list).covers(host, port)
    }

    /// Where a redirect leads.
    pub fn hop(from: &str, status: u16, location: &str) -> crate::Result<String> {
        let from = Url::parse(from)?;
        let hop = redirect::hop(&from, Method::Get, status, Some(location))?;
        Ok(hop.url.as_str().to_owned())
    }
}
