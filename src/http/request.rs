//! What is sent.

use std::io::{self, Read};

use ureq::http::header::{HeaderMap, HeaderName, HeaderValue};
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

    /// Makes the body ready to be sent once more.
    pub(crate) fn rewind(&mut self) -> bool {
        match self {
            RequestBody::Reader { source, .. } => source.rewind().unwrap_or(false),
            _ => true,
        }
    }
}

/// More than the names of the fields that `Signature` gives and what stands between them.
const NAMES: usize = 200;
const AUTHORIZATION: &str = "authorization";

/// The names that go with every request of a client.
#[derive(Debug)]
pub(super) struct Signature {
    user_agent: String,
}

impl Signature {
    pub(super) fn new(user_agent: &str) -> Result<Self> {
        Ok(Self {
            user_agent: value("user_agent", user_agent)?.to_owned(),
        })
    }

    /// Gives each field of `request` to `put`, its value in pieces; what identifies the caller only if the origin is
    /// `trusted`.
    fn fields(
        &self,
        request: &Request<'_>,
        content_type: Option<&str>,
        trusted: bool,
        put: &mut dyn FnMut(&'static str, &[&str]),
    ) -> Result<()> {
        put("accept", &[request.accept]);
        // Lengths, ranges and events stay what they are; nothing here could undo a compression.
        put("accept-encoding", &["identity"]);
        put("user-agent", &[&self.user_agent]);
        put(
            "x-nitro-client",
            &[concat!("nitro-jobs/", env!("CARGO_PKG_VERSION"))],
        );
        if let Some(content_type) = content_type {
            put("content-type", &[value("Content-Type", content_type)?]);
        }
        if trusted {
            if let Some(bearer) = request.bearer {
                put(AUTHORIZATION, &["Bearer ", value("the token", bearer)?]);
            }
            if let Some(id) = request.reference_id {
                put("x-analytics-session-id", &[value("the reference id", id)?]);
            }
        }
        for (name, text) in request.headers {
            put(name, &[value(name, text)?]);
        }
        Ok(())
    }

    /// The head of a request without a body, as it goes over the wire (RFC 9112 3).
    pub(super) fn head(&self, request: &Request<'_>, trusted: bool) -> Result<Zeroizing<Vec<u8>>> {
        let url = request.url;
        // Room for all of it: a token that moved would leave its trace.
        let texts = [
            Some(url.as_str()),
            Some(request.accept),
            Some(&self.user_agent),
            request.bearer,
            request.reference_id,
        ];
        let own = request
            .headers
            .iter()
            .map(|(name, text)| name.len() + text.len() + 4);
        let room = texts
            .into_iter()
            .flatten()
            .map(str::len)
            .chain(own)
            .sum::<usize>()
            + NAMES;
        let mut head = Zeroizing::new(Vec::with_capacity(room));
        let target = url.target();
        let root = if target.starts_with('/') { "" } else { "/" };
        for piece in ["GET ", root, target, " HTTP/1.1\r\nhost: ", url.authority()] {
            head.extend_from_slice(piece.as_bytes());
        }
        self.fields(request, None, trusted, &mut |name, pieces| {
            for piece in ["\r\n", name, ": "].iter().chain(pieces) {
                head.extend_from_slice(piece.as_bytes());
            }
        })?;
        head.extend_from_slice(b"\r\n\r\n");
        debug_assert!(head.len() <= room);
        Ok(head)
    }

    /// The fields of a request with a body, for ureq.
    pub(super) fn map(
        &self,
        request: &Request<'_>,
        content_type: Option<&str>,
        trusted: bool,
    ) -> Result<HeaderMap> {
        let mut map = HeaderMap::with_capacity(9 + request.headers.len());
        self.fields(request, content_type, trusted, &mut |name, pieces| {
            let text = Zeroizing::new(pieces.concat());
            // Checked already, by the same rules.
            if let Ok(mut value) = HeaderValue::from_str(&text) {
                value.set_sensitive(name == AUTHORIZATION);
                map.insert(HeaderName::from_static(name), value);
            }
        })?;
        Ok(map)
    }
}

/// Refuses what could split a request: all but visible ASCII, spaces and tabs.
fn value<'a>(what: &str, text: &'a str) -> Result<&'a str> {
    if text.bytes().all(|b| matches!(b, b' '..=b'~' | b'\t')) {
        return Ok(text);
    }
    Err(Error::invalid(format!(
        "{what} holds a character that no header may hold"
    )))
}
