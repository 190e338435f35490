//! The kinds of failure, and the time limits that can run out.

use std::fmt;

/// What kind of thing went wrong: what a program branches on.
///
/// Each kind has a number that never changes and is never reused: [`ErrorKind::code`], the `NITRO_E_…` of the C header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[repr(i32)]
pub enum ErrorKind {
    /// An argument or option cannot be used; nothing was sent.
    InvalidArgument = 1,
    /// A defect inside this library was caught. The call had no effect that is known; the next call works.
    Internal = 2,
    /// There is no memory for an answer whose size the peer decided.
    NoMemory = 3,
    /// A handle that serves one thread at a time is in use by another thread now.
    Busy = 4,

    /// The caller's cancel token was triggered.
    Cancelled = 10,
    /// A callback of the caller said stop.
    Stopped = 11,
    /// A time limit of this call ran out; [`Error::limit`](super::Error::limit) says which.
    Timeout = 12,
    /// The time to wait for a job ran out. The job goes on: its ticket is in [`Error::ticket`](super::Error::ticket).
    WaitTimeout = 13,

    /// The host name could not be resolved.
    Dns = 20,
    /// No connection could be made; the request was never sent.
    Connect = 21,
    /// The TLS handshake failed or the certificate is not trusted.
    Tls = 22,
    /// The proxy could not be used or refused the target.
    Proxy = 23,
    /// The proxy wants credentials, or other ones (407).
    ProxyAuth = 24,
    /// The connection broke after the request was on its way.
    ConnectionLost = 25,
    /// A redirect cannot be followed: too many hops, from https to http, or without a usable `Location`.
    Redirect = 26,
    /// The peer did not speak HTTP, or its answer cannot be understood.
    Protocol = 27,
    /// A body ended before the length or the last chunk that its head promised.
    Truncated = 28,
    /// An answer is larger than the limit for its kind.
    TooLarge = 29,
    /// A body came without any proof of its end, so it cannot be told whole from cut.
    Unverified = 30,

    /// 400: the service cannot use the request.
    BadRequest = 40,
    /// 401: the token is missing, wrong or expired.
    Unauthorized = 41,
    /// 403: the token does not allow this.
    Forbidden = 42,
    /// 404: there is no such job, or no longer.
    NotFound = 43,
    /// 410: the job's files were deleted; the request must be sent again.
    Gone = 44,
    /// 413: the document is larger than the service takes.
    ContentTooLarge = 45,
    /// 415: the service does not take this kind of document.
    UnsupportedMediaType = 46,
    /// 422: the request is well formed but asks for something that cannot be done.
    Unprocessable = 47,
    /// 429: too many requests, or the allowance is used up.
    RateLimited = 48,
    /// 5xx: the service has a fault of its own.
    Service = 49,
    /// Any other HTTP status that is no success.
    Http = 50,

    /// The job is still running, so it has no result yet.
    NotReady = 60,
    /// The job failed; [`Error::problem`](super::Error::problem) has the service's reason.
    JobFailed = 61,
    /// The job was canceled at the service.
    JobCanceled = 62,
    /// The result is not what was asked for: a text where a file was wanted, say.
    UnexpectedResult = 63,
    /// The result was delivered elsewhere at the submission's request, so there is nothing to download here.
    Delivered = 64,

    /// A local file could not be written or read.
    File = 70,
    /// The file exists already and was not to be replaced.
    FileExists = 71,
    /// The caller's writer or callback that takes the bytes failed.
    Sink = 72,
}

impl ErrorKind {
    /// The number that stands for this kind in the C API, and in logs.
    pub fn code(self) -> i32 {
        self as i32
    }

    /// The kind that an HTTP status stands for.
    pub(crate) fn from_http(status: u16) -> Self {
        match status {
            400 => Self::BadRequest,
            401 => Self::Unauthorized,
            403 => Self::Forbidden,
            404 => Self::NotFound,
            407 => Self::ProxyAuth,
            410 => Self::Gone,
            413 => Self::ContentTooLarge,
            415 => Self::UnsupportedMediaType,
            422 => Self::Unprocessable,
            429 => Self::RateLimited,
            500..=599 => Self::Service,
            _ => Self::Http,
        }
    }
}

/// Which time limit ran out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Limit {
    /// Resolving the name, connecting, proxy and TLS negotiation together took longer than `connect_timeout`.
    Connect,
    /// No byte moved for `idle_timeout`.
    Idle,
    /// The body came slower than `min_rate`.
    Rate,
    /// The whole call took longer than its timeout.
    Call,
    /// The whole wait took longer than its timeout.
    Wait,
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Limit::Connect => "connect limit",
            Limit::Idle => "idle limit",
            Limit::Rate => "minimum rate",
            Limit::Call => "call limit",
            Limit::Wait => "wait limit",
        })
    }
}
