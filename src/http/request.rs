//! What is sent.

use std::io::{self, Read};

use ureq::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use zeroize::Zeroizing;

use crate::error::{Error, Result};
use crate::url::Url;

/// The methods that the service's API uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Method {
    Get,
    Post,
    Put,
}

/// What to do with a 3xx answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Redirects {
    /// Follow it; the token goes along to trusted origins only.
    Follow,
    /// It is an answer: hand it back.
    Report,
}

/// Who repeats a request that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Attempts {
    /// This layer, within the client's budget and the call's limits.
    Retry,
    /// The caller: one attempt here, but for the one resend on a stale connection.
    Once,
}

/// One request; a body is given beside it.
#[derive(Debug)]
pub(crate) struct Request<'a> {
    pub method: Method,
    pub url: &'a Url,
    pub accept: &'static str,
    /// Sent to trusted origins only, whatever `url` is.
    pub bearer: Option<&'a str>,
    /// Correlates the requests of one job at the service (`X-Analytics-Session-Id`); like the token, for trusted origins.
    pub reference_id: Option<&'a str>,
    pub headers: &'a [(&'static str, &'a str)],
    pub redirects: Redirects,
    pub attempts: Attempts,
}

/// A request's body.
pub(crate) enum RequestBody<'a> {
    Empty,
    Bytes {
        content_type: &'a str,
        bytes: &'a [u8],
    },
    /// Exactly `length` bytes of `source`.
    Reader {
        content_type: &'a str,
        length: u64,
        source: &'a mut dyn Source,
    },
}

/// Bytes to send, which may have to be sent again.
pub(crate) trait Source: Read {
    /// Goes back to the first byte; `false` if that cannot be done, and then the request is not repeated.
    fn rewind(&mut self) -> io::Result<bool>;
}

impl Method {
    pub(super) fn as_http(self) -> ureq::http::Method {
        match self {
            Method::Get => ureq::http::Method::GET,
            Method::Post => ureq::http::Method::POST,
            Method::Put => ureq::http::Method::PUT,
        }
    }

    /// Whether sending it twice is the same as sending it once.
    pub(super) fn is_idempotent(self) -> bool {
        self != Method::Post
    }
}

impl RequestBody<'_> {
    pub(super) fn content_type(&self) -> Option<&str> {
        match self {
            RequestBody::Empty => None,
            RequestBody::Bytes { content_type, .. } | RequestBody::Reader { content_type, .. } => {
                // A presigned address may have been signed for an upload without one.
                Some(*content_type).filter(|text| !text.is_empty())
            }
        }
    }

    /// Whether it is read from somewhere while it is sent, perhaps from where it can be read once.
    pub(super) fn is_document(&self) -> bool {
        matches!(self, RequestBody::Reader { .. })
    }

    /// Makes the body ready to be sent once more.
    pub(crate) fn rewind(&mut self) -> bool {
        match self {
            RequestBody::Reader { source, .. } => source.rewind().unwrap_or(false),
            _ => true,
        }
    }
}

const CLIENT: HeaderName = HeaderName::from_static("x-nitro-client");
const REFERENCE: HeaderName = HeaderName::from_static("x-analytics-session-id");

/// The names that go with every request of a client.
#[derive(Debug)]
pub(super) struct Signature {
    user_agent: HeaderValue,
    client: HeaderValue,
}

impl Signature {
    pub(super) fn new(user_agent: &str) -> Result<Self> {
        let invalid = |_| Error::invalid("user_agent: it holds a character that no header may hold");
        Ok(Self {
            user_agent: HeaderValue::from_str(user_agent).map_err(invalid)?,
            client: HeaderValue::from_static(concat!("nitro-jobs/", env!("CARGO_PKG_VERSION"))),
        })
    }

    /// The headers of `request`; what identifies the caller only if the origin is `trusted`.
    pub(super) fn headers(
        &self,
        request: &Request<'_>,
        content_type: Option<&str>,
        trusted: bool,
    ) -> Result<HeaderMap> {
        let mut map = HeaderMap::with_capacity(9 + request.headers.len());
        map.insert(header::ACCEPT, HeaderValue::from_static(request.accept));
        // Lengths, ranges and events stay what they are; nothing here could undo a compression.
        map.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        map.insert(header::USER_AGENT, self.user_agent.clone());
        map.insert(CLIENT, self.client.clone());
        if let Some(content_type) = content_type {
            map.insert(header::CONTENT_TYPE, value("Content-Type", content_type)?);
        }
        if trusted {
            if let Some(bearer) = request.bearer {
                let text = Zeroizing::new(["Bearer ", bearer].concat());
                let mut value = value("the token", &text)?;
                value.set_sensitive(true);
                map.insert(header::AUTHORIZATION, value);
            }
            if let Some(id) = request.reference_id {
                map.insert(REFERENCE, value("the reference id", id)?);
            }
        }
        for (name, text) in request.headers {
            map.insert(HeaderName::from_static(name), value(name, text)?);
        }
        Ok(map)
    }
}

/// Checks that `token` can be a bearer token's text in a header.
pub(crate) fn check_bearer(token: &str) -> Result<()> {
    if token.is_empty() || token.bytes().any(|b| !b.is_ascii_graphic()) {
        return Err(Error::invalid(
            "token: it is empty or holds a space, a line break or another character that no token holds",
        ));
    }
    Ok(())
}

fn value(what: &str, text: &str) -> Result<HeaderValue> {
    HeaderValue::from_str(text)
        .map_err(|_| Error::invalid(format!("{what} holds a character that no header may hold")))
}
