//! HTTP for the rest of the library: one request in, one answer out. The only room that touches ureq and sockets.

use std::sync::Arc;

use crate::call::Scope;
use crate::error::{Error, Result};
use crate::options::ClientOptions;
use crate::url::{Origin, Url};

/// The methods that the service's API uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Method {
    Get,
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

/// One request.
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

/// How a body says where it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Framing {
    /// `Content-Length`.
    Length(u64),
    /// The last chunk.
    Chunked,
    /// The connection's end, which proves nothing.
    UntilClose,
}

/// The connections of one client: a pool, its trust, its proxy.
#[derive(Debug)]
pub(crate) struct Http {
    trusted: Vec<Origin>,
}

/// An answer: its head, and a body still to be read.
#[derive(Debug)]
pub(crate) struct Response {
    pub status: u16,
    /// Where the answer came from after redirects.
    pub url: Url,
    pub body: Body,
}

/// A body under way. Dropping it early closes its connection; read to its end, the connection goes back to the pool.
#[derive(Debug)]
pub(crate) struct Body {
    framing: Framing,
}

impl Http {
    /// Checks the options; makes no connection.
    pub(crate) fn new(_options: &ClientOptions) -> Result<Self> {
        todo!()
    }

    /// Whether the token may go to `origin`.
    pub(crate) fn trusts(&self, origin: &Origin) -> bool {
        self.trusted.contains(origin)
    }

    /// Sends the request and reads the answer's head, whatever its status.
    pub(crate) fn send(&self, _request: &Request<'_>, _scope: &Scope) -> Result<Response> {
        todo!()
    }
}

impl Response {
    /// A header's value, if it came and is text.
    pub(crate) fn header(&self, _name: &str) -> Option<&str> {
        todo!()
    }

    /// How long the service asks to wait.
    pub(crate) fn retry_after(&self) -> Option<std::time::Duration> {
        todo!()
    }

    /// The whole body as text, which must be UTF-8, up to `limit` bytes.
    pub(crate) fn text(self, _limit: usize, _scope: &Scope) -> Result<String> {
        todo!()
    }

    /// The error that this answer stands for, with its problem document, `Retry-After` and reference id.
    pub(crate) fn into_error(self, _scope: &Scope) -> Error {
        todo!()
    }
}

impl Body {
    /// The next bytes; 0 at the end, which `framing` has proved unless it is `UntilClose`.
    ///
    /// After a `Limit::Idle` error the read may be repeated and nothing is lost; `scope` may be another one each time.
    pub(crate) fn read(&mut self, _buffer: &mut [u8], _scope: &Scope) -> Result<usize> {
        todo!()
    }

    /// Exempt from the rate floor: a healthy stream may be as slow as it likes.
    pub(crate) fn into_stream(self) -> Self {
        self
    }

    pub(crate) fn framing(&self) -> Framing {
        self.framing
    }
}

#[allow(unused)]
type Shared = Arc<Http>;
