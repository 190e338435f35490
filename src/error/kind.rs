//! The kinds of error, and the timeouts that can expire.

use std::fmt;

/// The kind of an error: what a program branches on.
///
/// Each kind has a number that never changes and is never reused: [`ErrorKind::code`], the `NITRO_E_…` of the C header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
#[repr(i32)]
pub enum ErrorKind {
    /// An argument or option is invalid; nothing was sent.
    InvalidArgument = 1,
    /// An internal error: a panic inside this library was caught. Later calls work.
    Internal = 2,
    /// Out of memory while reading a response.
    NoMemory = 3,
    /// A handle that may be used by one thread at a time is in use by another thread.
    Busy = 4,

    /// The caller's cancel token was triggered.
    Cancelled = 10,
    /// A callback of the caller stopped the call.
    Stopped = 11,
    /// A timeout of this call expired; [`Error::limit`](super::Error::limit) returns which.
    Timeout = 12,
    /// The timeout of a wait expired. The job still runs: its ticket is in [`Error::ticket`](super::Error::ticket).
    WaitTimeout = 13,

    /// The host name could not be resolved.
    Dns = 20,
    /// The connection could not be established; the request was not sent.
    Connect = 21,
    /// The TLS handshake failed or the certificate is not trusted.
    Tls = 22,
    /// The proxy could not be used, or refused the destination.
    Proxy = 23,
    /// 407: the proxy requires a user name and password, or other ones.
    ProxyAuth = 24,
    /// The connection was lost after the request was sent at least in part.
    ConnectionLost = 25,
    /// A redirect cannot be followed: too many redirects, from https to http, or without a valid `Location`.
    Redirect = 26,
    /// The response is malformed: not HTTP, or not the expected content.
    Protocol = 27,
    /// A response body ended before its `Content-Length` or its last chunk.
    Truncated = 28,
    /// A response exceeds the size limit for its kind.
    TooLarge = 29,
    /// A response body has neither length nor chunks, so that it cannot be verified to be complete.
    Unverified = 30,

    /// 400: the service rejected the request as invalid.
    BadRequest = 40,
    /// 401: the token is missing, invalid or expired.
    Unauthorized = 41,
    /// 403: the token does not allow this.
    Forbidden = 42,
    /// 404: the job does not exist, or no longer.
    NotFound = 43,
    /// 410: the job's files were deleted; the document must be submitted again.
    Gone = 44,
    /// 413: the document exceeds the service's size limit.
    ContentTooLarge = 45,
    /// 415: the service does not support this type of document.
    UnsupportedMediaType = 46,
    /// 422: the request is well formed, but cannot be processed.
    Unprocessable = 47,
    /// 429: too many requests, or the quota is exhausted.
    RateLimited = 48,
    /// 5xx: the service failed.
    Service = 49,
    /// Any other HTTP status that is not a success.
    Http = 50,

    /// The job is still running and has no result yet.
    NotReady = 60,
    /// The job failed; [`Error::problem`](super::Error::problem) has the service's reason.
    JobFailed = 61,
    /// The job was canceled at the service.
    JobCanceled = 62,
    /// The result is of another kind than requested, for example text instead of a file.
    UnexpectedResult = 63,
    /// The result was delivered to the destination that the submission named, so there is nothing to download.
    Delivered = 64,

    /// A local file could not be read or written.
    File = 70,
    /// The file already exists and must not be replaced.
    FileExists = 71,
    /// The caller's writer or callback that receives the bytes failed.
    Sink = 72,
}

impl ErrorKind {
    /// The number of this kind, the same in the C API.
    pub fn code(self) -> i32 {
        self as i32
    }

    /// The kind of an error response with this status.
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

    /// What to do next after an error response of this kind; empty where the service's message includes it.
    pub(super) fn advice(self) -> &'static str {
        match self {
            Self::Unauthorized => "check the bearer token: it is missing, invalid or expired",
            Self::Forbidden => "the token does not allow this, or the URL has expired",
            Self::NotFound => "check the job id and the base URL; jobs are deleted some time after they end",
            Self::Gone => {
                "the service deletes files about 15 minutes after the job ends; submit the document again"
            }
            Self::ContentTooLarge => "the document exceeds the service's size limit",
            Self::RateLimited => "too many requests, or the quota is exhausted; try again later",
            Self::Service => "the service failed; try again later",
            _ => "",
        }
    }
}

/// Which timeout or limit expired.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Limit {
    /// Name resolution, TCP connect, proxy and TLS handshake together took longer than `connect_timeout`.
    Connect,
    /// No byte was sent or received for `idle_timeout`.
    Idle,
    /// The body was transferred slower than `min_rate`.
    Rate,
    /// The call took longer than its timeout.
    Call,
    /// The wait took longer than its timeout.
    Wait,
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Limit::Connect => "connect timeout",
            Limit::Idle => "idle timeout",
            Limit::Rate => "minimum rate",
            Limit::Call => "call timeout",
            Limit::Wait => "wait timeout",
        })
    }
}
