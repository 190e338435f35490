//! Requests and responses through ureq, the one HTTP engine: it writes every request and reads every head, and every body but
//! that of an event stream.

use std::io::{self, Read};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use ureq::config::Config;
use ureq::http::header::{self, HeaderName, HeaderValue};
use ureq::http::{self, Method as HttpMethod, Version};
use ureq::{Agent, SendBody};
use zeroize::Zeroizing;

use super::framing::{self, Framing, HeaderMap};
use super::malformed;
use super::request::{BodySource, Method, Request, RequestBody};
use super::transport::{Handover, OutputPlan, RequestConnector, Unresolved};
use crate::error::{Error, ErrorKind, Result};
use crate::net::{Connection, Dialer, ExchangeContext, HEAD, IDLE_AGE, Pool, from_io_error, into_io_error};

/// The largest buffer that a request body is read into and sent from: each send costs the kernel more than its bytes do.
const OUTPUT: usize = 256 << 10;

/// How long a connection may have been idle to be used for a request that cannot be retried if the server closes it just then.
/// Servers let an idle connection live for seconds at least.
const IDLE_AGE_FOR_POST: Duration = Duration::from_secs(1);

/// Runs requests through ureq, on connections of our own.
#[derive(Debug)]
pub(super) struct Engine {
    dialer: Arc<Dialer>,
    pool: Arc<Pool>,
    user_agent: HeaderValue,
}

static CLIENT_NAME: HeaderName = HeaderName::from_static("x-nitro-client");
static CLIENT: HeaderValue = HeaderValue::from_static(concat!("nitro-jobs/", env!("CARGO_PKG_VERSION")));
static REFERENCE_ID: HeaderName = HeaderName::from_static("x-analytics-session-id");

/// The configuration of every agent. ureq's default, which it is made of, reads the proxy variables of the environment, though
/// they are not used: so it is made once, at the first request, and not when a client is created.
fn config() -> &'static Config {
    static CONFIG: OnceLock<Config> = OnceLock::new();
    CONFIG.get_or_init(|| {
        Agent::config_builder()
            .proxy(None)
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .user_agent("")
            .accept("")
            .accept_encoding("")
            .timeout_await_100(None)
            .max_response_header_size(HEAD)
            .max_idle_connections(0)
            .build()
    })
}

/// The head of a response, and the body that follows.
pub(super) struct EngineResponse {
    pub status: u16,
    pub headers: HeaderMap,
    pub framing: Framing,
    pub body: UreqBody,
}

impl Engine {
    pub(super) fn new(dialer: Dialer, user_agent: &str) -> Result<Self> {
        Ok(Self {
            dialer: Arc::new(dialer),
            pool: Arc::default(),
            user_agent: header_value("user_agent", user_agent)?,
        })
    }

    /// Sends the request and reads the head of the response. `trusted`: the token may go to the origin. `reuse`: a pooled
    /// connection may be used.
    pub(super) fn run(
        &self,
        request: &Request<'_>,
        body: &mut RequestBody<'_>,
        trusted: bool,
        reuse: bool,
        exchange: &Arc<ExchangeContext>,
    ) -> Result<EngineResponse> {
        let (headers, length) = self.header_map(request, body.content_type(), trusted)?;
        let handover = Handover::new(exchange);
        // An agent for each request costs two allocations, and is ureq's way to hand a context to the connector.
        let agent = Agent::with_parts(
            config().clone(),
            RequestConnector {
                dialer: self.dialer.clone(),
                pool: self.pool.clone(),
                url: request.url.clone(),
                max_idle: max_idle(request.method, body).filter(|_| reuse),
                output: output_plan(length, body),
                handover: handover.clone(),
            },
            Unresolved,
        );
        let response = send(&agent, request, headers, body, exchange).map_err(from_ureq)?;
        let (head, body) = response.into_parts();
        let status = head.status.as_u16();
        let http10 = head.version == Version::HTTP_10;
        // ureq has let go of the connection already where no body follows.
        let length = if handover.is_released() {
            Some(0)
        } else {
            body.content_length()
        };
        let framing = Framing::of(status, http10, &head.headers, length)?;
        let reusable = !exchange.early_response.is_set() && framing::allows_reuse(status, &head.headers);
        let mut body = UreqBody {
            reader: Some(body.into_reader()),
            handover,
            pool: reusable.then(|| self.pool.clone()),
        };
        body.recycle();
        Ok(EngineResponse {
            status,
            headers: head.headers,
            framing,
            body,
        })
    }

    /// The request's fields for ureq, and how long they are at most together with the request line. What identifies the caller goes
    /// to `trusted` origins only.
    fn header_map(
        &self,
        request: &Request<'_>,
        content_type: Option<&str>,
        trusted: bool,
    ) -> Result<(HeaderMap, usize)> {
        // No more than is needed: a map for 6 fields is small enough for the allocator's fast path.
        let count = 6 + usize::from(content_type.is_some()) + request.headers.len();
        let mut map = HeaderMap::with_capacity(count);
        map.insert(header::ACCEPT, HeaderValue::from_static(request.accept));
        // Lengths, ranges and events stay what they are; nothing here could undo a compression.
        map.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        map.insert(header::USER_AGENT, self.user_agent.clone());
        map.insert(CLIENT_NAME.clone(), CLIENT.clone());
        // The request line, Host, Content-Length, the names and the constant values take less than 400 bytes more.
        let mut length = 2 * request.url.as_str().len() + self.user_agent.len() + 400;
        let mut insert = |name: HeaderName, value: HeaderValue| {
            length += value.len();
            map.insert(name, value);
        };
        if let Some(content_type) = content_type {
            insert(header::CONTENT_TYPE, header_value("Content-Type", content_type)?);
        }
        if let Some(bearer) = request.bearer.filter(|_| trusted) {
            let text = Zeroizing::new(["Bearer ", bearer].concat());
            let mut value = header_value("the token", &text)?;
            value.set_sensitive(true);
            insert(header::AUTHORIZATION, value);
        }
        if let Some(id) = request.reference_id.filter(|_| trusted) {
            insert(REFERENCE_ID.clone(), header_value("the reference id", id)?);
        }
        for (name, text) in request.headers {
            insert(HeaderName::from_static(name), header_value(name, text)?);
        }
        Ok((map, length))
    }
}

/// The text as a field value, without control characters, so that nothing splits a request.
fn header_value(what: &str, text: &str) -> Result<HeaderValue> {
    HeaderValue::from_bytes(text.as_bytes())
        .map_err(|_| Error::invalid(format!("{what} holds a character that no header may hold")))
}

/// How long a pooled connection may have been idle for this request; `None` if only a new one will do.
fn max_idle(method: Method, body: &RequestBody<'_>) -> Option<Duration> {
    match body {
        // If a connection that was closed meanwhile took some of it, the rest could not be sent anywhere.
        RequestBody::Reader { source, .. } if !source.can_rewind() => None,
        _ if method.is_idempotent() => Some(IDLE_AGE),
        _ => Some(IDLE_AGE_FOR_POST),
    }
}

fn output_plan(head: usize, body: &RequestBody<'_>) -> OutputPlan {
    let length = match body {
        RequestBody::Empty => 0,
        RequestBody::Bytes { bytes, .. } => bytes.len(),
        RequestBody::Reader { length, .. } => usize::try_from(*length).unwrap_or(usize::MAX),
    };
    OutputPlan {
        size: head.saturating_add(length).min(OUTPUT.max(head)),
        has_body: length > 0,
        // Without a body, all that is sent is the head.
        secret_body: !matches!(body, RequestBody::Reader { .. }),
    }
}

fn send(
    agent: &Agent,
    request: &Request<'_>,
    headers: HeaderMap,
    body: &mut RequestBody<'_>,
    exchange: &ExchangeContext,
) -> std::result::Result<http::Response<ureq::Body>, ureq::Error> {
    let method = match request.method {
        Method::Get => HttpMethod::GET,
        Method::Post => HttpMethod::POST,
        Method::Put => HttpMethod::PUT,
    };
    let mut head = http::Request::new(());
    *head.method_mut() = method;
    *head.uri_mut() = request.url.as_str().parse().map_err(http::Error::from)?;
    *head.headers_mut() = headers;
    match body {
        RequestBody::Empty if request.method == Method::Get => agent.run(head),
        RequestBody::Empty => agent.run(head.map(|()| &b""[..])),
        RequestBody::Bytes { bytes, .. } => {
            let bytes: &[u8] = bytes;
            agent.run(head.map(|()| bytes))
        }
        RequestBody::Reader { length, source, .. } => {
            head.headers_mut()
                .insert(header::CONTENT_LENGTH, (*length).into());
            let mut exact = ExactLength {
                source: *source,
                length: *length,
                left: *length,
                exchange,
            };
            agent.run(head.map(|()| SendBody::from_reader(&mut exact)))
        }
    }
}

/// A source that must give the length that was announced.
struct ExactLength<'a> {
    source: &'a mut dyn BodySource,
    length: u64,
    left: u64,
    exchange: &'a ExchangeContext,
}

impl Read for ExactLength<'_> {
    /// Fills the buffer from as many reads of the source as that takes, so that one send carries them.
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        let mut filled = 0;
        while filled < most {
            self.exchange.check().map_err(into_io_error)?;
            if self.exchange.early_response.is_set() {
                // The response is there already: the transport sends none of this, but ureq wants to have counted it.
                filled = most;
                break;
            }
            let n = self
                .source
                .read(&mut buffer[filled..most])
                .map_err(|error| match error.get_ref() {
                    Some(inner) if inner.is::<Error>() => error,
                    _ => into_io_error(Error::new(
                        ErrorKind::File,
                        format!("the document could not be read: {error}"),
                    )),
                })?;
            if n == 0 {
                let (sent, length) = (self.length - self.left + filled as u64, self.length);
                let text =
                    format!("the document ended after {sent} of {length} bytes; was it changed meanwhile?");
                return Err(into_io_error(Error::new(ErrorKind::File, text)));
            }
            filled += n;
        }
        self.left -= filled as u64;
        Ok(filled)
    }
}

/// The body of a response, as ureq reads it.
pub(super) struct UreqBody {
    /// There until the body has ended.
    reader: Option<ureq::BodyReader<'static>>,
    handover: Arc<Handover>,
    /// Where the connection goes after the end, if it may serve another request.
    pool: Option<Arc<Pool>>,
}

impl UreqBody {
    /// The next bytes; 0 at the end. After a timeout the read may be retried, and nothing is lost; after another error it may
    /// not: ureq forgets what failed, and would report an end.
    pub(super) fn read(&mut self, buffer: &mut [u8], exchange: &Arc<ExchangeContext>) -> Result<usize> {
        let Some(reader) = &mut self.reader else {
            return Ok(0);
        };
        self.handover.set_exchange(exchange);
        match reader.read(buffer) {
            Ok(0) => {
                self.recycle();
                self.reader = None;
                Ok(0)
            }
            Ok(n) => Ok(n),
            Err(error) => Err(from_ureq_io(error)),
        }
    }

    /// Takes the connection away from ureq, with what it has received of the body; `None` if the body has ended.
    pub(super) fn into_connection(mut self) -> Option<(Box<Connection>, Option<Arc<Pool>>)> {
        drop(self.reader.take());
        let released = self.handover.take_released()?;
        Some((released.connection, self.pool.take()))
    }

    /// Pools the connection if ureq is done with it.
    fn recycle(&mut self) {
        if let (Some(released), Some(pool)) = (self.handover.take_released(), &self.pool)
            && released.reusable
        {
            pool.put(released.connection);
        }
    }
}

/// What ureq reports, in our terms. Our own errors pass through it unchanged.
fn from_ureq(error: ureq::Error) -> Error {
    let (kind, text) = match error {
        ureq::Error::Io(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
            return closed_early();
        }
        // The connection ended between two chunks or in the line that begins one.
        ureq::Error::BodyStalled => return closed_early(),
        ureq::Error::Io(error) => return from_io_error(error),
        ureq::Error::Http(error) => (
            ErrorKind::InvalidArgument,
            format!("the request cannot be made: {error}"),
        ),
        ureq::Error::BadUri(_) => (ErrorKind::InvalidArgument, "the URL cannot be used".to_owned()),
        ureq::Error::LargeResponseHeader(..) => {
            return malformed(format_args!("the head is too long (over {} KiB)", HEAD >> 10));
        }
        ureq::Error::Protocol(error) => return malformed(error),
        other => (ErrorKind::Protocol, format!("the request failed: {other}")),
    };
    Error::new(kind, text)
}

fn from_ureq_io(error: io::Error) -> Error {
    if error.kind() == io::ErrorKind::UnexpectedEof {
        return closed_early();
    }
    match error.downcast::<ureq::Error>() {
        Ok(error) => from_ureq(error),
        Err(error) => from_io_error(error),
    }
}

fn closed_early() -> Error {
    let text = "the connection was closed before the response was complete";
    Error::new(ErrorKind::ConnectionLost, text)
}
