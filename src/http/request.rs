//! A request: method, URL, header fields, body.

use std::io::{self, Read};

use crate::url::Url;

/// The methods that the service's API uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Method {
    Get,
    Post,
    Put,
}

/// What to do with a 3xx response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Redirects {
    /// Follow it; the token goes along to trusted origins only.
    Follow,
    /// Follow it if the resource moved (301, 307, 308); one to another resource (302, 303) is a response: return it.
    FollowMoved,
    /// It is a response: return it.
    Report,
}

/// Which layer retries a request that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Attempts {
    /// This layer, within the client's budget and the call's deadline.
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
        source: &'a mut dyn BodySource,
    },
}

/// Bytes to send, which may have to be sent again.
pub(crate) trait BodySource: Read {
    /// Goes back to the first byte; `false` if that cannot be done, and then the request is not retried.
    fn rewind(&mut self) -> io::Result<bool>;

    /// Whether [`BodySource::rewind`] works after bytes were read.
    fn can_rewind(&self) -> bool {
        true
    }
}

impl Method {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Post => "POST",
            Method::Put => "PUT",
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
                // A presigned URL may have been signed for an upload without one.
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
