//! The codes of the C API: a short, grouped list that only grows. A test holds it against [`ErrorKind`].

use std::ffi::CStr;

/// What a function returns: NITRO_OK, or what went wrong.
///
/// Codes are only ever added, their numbers never change. Treat a code that is not known as a failure.
pub type nitro_code_t = i32;

/// The call did what its comment says.
pub const NITRO_OK: nitro_code_t = 0;
/// An argument or option cannot be used; nothing was sent.
pub const NITRO_E_INVALID_ARGUMENT: nitro_code_t = 1;
/// A defect inside this library was caught.
///
/// The call had no effect that is known; the next call works.
pub const NITRO_E_INTERNAL: nitro_code_t = 2;
/// There is no memory for an answer whose size the peer decided.
pub const NITRO_E_NO_MEMORY: nitro_code_t = 3;
/// A handle that serves one thread at a time is in use by another thread now.
pub const NITRO_E_BUSY: nitro_code_t = 4;
/// The caller's cancel token was triggered.
pub const NITRO_E_CANCELLED: nitro_code_t = 10;
/// A callback of the caller said stop.
pub const NITRO_E_STOPPED: nitro_code_t = 11;
/// A time limit of this call ran out; nitro_error_limit() says which.
pub const NITRO_E_TIMEOUT: nitro_code_t = 12;
/// The time to wait for a job ran out.
///
/// The job goes on: its ticket is in nitro_error_ticket_json().
pub const NITRO_E_WAIT_TIMEOUT: nitro_code_t = 13;
/// The host name could not be resolved.
pub const NITRO_E_DNS: nitro_code_t = 20;
/// No connection could be made; the request was never sent.
pub const NITRO_E_CONNECT: nitro_code_t = 21;
/// The TLS handshake failed or the certificate is not trusted.
pub const NITRO_E_TLS: nitro_code_t = 22;
/// The proxy could not be used or refused the target.
pub const NITRO_E_PROXY: nitro_code_t = 23;
/// The proxy wants credentials, or other ones (407).
pub const NITRO_E_PROXY_AUTH: nitro_code_t = 24;
/// The connection broke after the request was on its way.
pub const NITRO_E_CONNECTION_LOST: nitro_code_t = 25;
/// A redirect cannot be followed: too many hops, from https to http, or without a usable Location.
pub const NITRO_E_REDIRECT: nitro_code_t = 26;
/// The peer did not speak HTTP, or its answer cannot be understood.
pub const NITRO_E_PROTOCOL: nitro_code_t = 27;
/// A body ended before the length or the last chunk that its head promised.
pub const NITRO_E_TRUNCATED: nitro_code_t = 28;
/// An answer is larger than the limit for its kind.
pub const NITRO_E_TOO_LARGE: nitro_code_t = 29;
/// A body came without any proof of its end, so it cannot be told whole from cut.
pub const NITRO_E_UNVERIFIED: nitro_code_t = 30;
/// 400: the service cannot use the request.
pub const NITRO_E_BAD_REQUEST: nitro_code_t = 40;
/// 401: the token is missing, wrong or expired.
pub const NITRO_E_UNAUTHORIZED: nitro_code_t = 41;
/// 403: the token does not allow this.
pub const NITRO_E_FORBIDDEN: nitro_code_t = 42;
/// 404: there is no such job, or no longer.
pub const NITRO_E_NOT_FOUND: nitro_code_t = 43;
/// 410: the job's files were deleted; the request must be sent again.
pub const NITRO_E_GONE: nitro_code_t = 44;
/// 413: the document is larger than the service takes.
pub const NITRO_E_CONTENT_TOO_LARGE: nitro_code_t = 45;
/// 415: the service does not take this kind of document.
pub const NITRO_E_UNSUPPORTED_MEDIA_TYPE: nitro_code_t = 46;
/// 422: the request is well formed but asks for something that cannot be done.
pub const NITRO_E_UNPROCESSABLE: nitro_code_t = 47;
/// 429: too many requests, or the allowance is used up.
pub const NITRO_E_RATE_LIMITED: nitro_code_t = 48;
/// 5xx: the service has a fault of its own.
pub const NITRO_E_SERVICE: nitro_code_t = 49;
/// Any other HTTP status that is no success.
pub const NITRO_E_HTTP: nitro_code_t = 50;
/// The job is still running, so it has no result yet.
pub const NITRO_E_NOT_READY: nitro_code_t = 60;
/// The job failed; nitro_error_problem_json() has the service's reason.
pub const NITRO_E_JOB_FAILED: nitro_code_t = 61;
/// The job was canceled at the service.
pub const NITRO_E_JOB_CANCELED: nitro_code_t = 62;
/// The result is not what was asked for: a text where a file was wanted, say.
pub const NITRO_E_UNEXPECTED_RESULT: nitro_code_t = 63;
/// The result was delivered elsewhere at the submission's request, so there is nothing to download here.
pub const NITRO_E_DELIVERED: nitro_code_t = 64;
/// A local file could not be written or read.
pub const NITRO_E_FILE: nitro_code_t = 70;
/// The file exists already and was not to be replaced.
pub const NITRO_E_FILE_EXISTS: nitro_code_t = 71;
/// The writer that takes the bytes failed.
///
/// In Rust alone: a sink in C that says stop is NITRO_E_STOPPED.
pub const NITRO_E_SINK: nitro_code_t = 72;

/// Name and text of every code.
pub(super) const TABLE: &[(nitro_code_t, &CStr, &CStr)] = &[
    (NITRO_OK, c"NITRO_OK", c"success"),
    (
        NITRO_E_INVALID_ARGUMENT,
        c"NITRO_E_INVALID_ARGUMENT",
        c"an argument or option cannot be used",
    ),
    (
        NITRO_E_INTERNAL,
        c"NITRO_E_INTERNAL",
        c"a defect inside this library was caught",
    ),
    (
        NITRO_E_NO_MEMORY,
        c"NITRO_E_NO_MEMORY",
        c"there is no memory for an answer whose size the peer decided",
    ),
    (
        NITRO_E_BUSY,
        c"NITRO_E_BUSY",
        c"a handle that serves one thread at a time is in use by another thread now",
    ),
    (
        NITRO_E_CANCELLED,
        c"NITRO_E_CANCELLED",
        c"the caller's cancel token was triggered",
    ),
    (
        NITRO_E_STOPPED,
        c"NITRO_E_STOPPED",
        c"a callback of the caller said stop",
    ),
    (
        NITRO_E_TIMEOUT,
        c"NITRO_E_TIMEOUT",
        c"a time limit of this call ran out",
    ),
    (
        NITRO_E_WAIT_TIMEOUT,
        c"NITRO_E_WAIT_TIMEOUT",
        c"the time to wait for a job ran out",
    ),
    (
        NITRO_E_DNS,
        c"NITRO_E_DNS",
        c"the host name could not be resolved",
    ),
    (
        NITRO_E_CONNECT,
        c"NITRO_E_CONNECT",
        c"no connection could be made",
    ),
    (
        NITRO_E_TLS,
        c"NITRO_E_TLS",
        c"the TLS handshake failed or the certificate is not trusted",
    ),
    (
        NITRO_E_PROXY,
        c"NITRO_E_PROXY",
        c"the proxy could not be used or refused the target",
    ),
    (
        NITRO_E_PROXY_AUTH,
        c"NITRO_E_PROXY_AUTH",
        c"the proxy wants credentials, or other ones (407)",
    ),
    (
        NITRO_E_CONNECTION_LOST,
        c"NITRO_E_CONNECTION_LOST",
        c"the connection broke after the request was on its way",
    ),
    (
        NITRO_E_REDIRECT,
        c"NITRO_E_REDIRECT",
        c"a redirect cannot be followed",
    ),
    (
        NITRO_E_PROTOCOL,
        c"NITRO_E_PROTOCOL",
        c"the peer did not speak HTTP, or its answer cannot be understood",
    ),
    (
        NITRO_E_TRUNCATED,
        c"NITRO_E_TRUNCATED",
        c"a body ended before the length or the last chunk that its head promised",
    ),
    (
        NITRO_E_TOO_LARGE,
        c"NITRO_E_TOO_LARGE",
        c"an answer is larger than the limit for its kind",
    ),
    (
        NITRO_E_UNVERIFIED,
        c"NITRO_E_UNVERIFIED",
        c"a body came without any proof of its end, so it cannot be told whole from cut",
    ),
    (
        NITRO_E_BAD_REQUEST,
        c"NITRO_E_BAD_REQUEST",
        c"400: the service cannot use the request",
    ),
    (
        NITRO_E_UNAUTHORIZED,
        c"NITRO_E_UNAUTHORIZED",
        c"401: the token is missing, wrong or expired",
    ),
    (
        NITRO_E_FORBIDDEN,
        c"NITRO_E_FORBIDDEN",
        c"403: the token does not allow this",
    ),
    (
        NITRO_E_NOT_FOUND,
        c"NITRO_E_NOT_FOUND",
        c"404: there is no such job, or no longer",
    ),
    (
        NITRO_E_GONE,
        c"NITRO_E_GONE",
        c"410: the job's files were deleted; the request must be sent again",
    ),
    (
        NITRO_E_CONTENT_TOO_LARGE,
        c"NITRO_E_CONTENT_TOO_LARGE",
        c"413: the document is larger than the service takes",
    ),
    (
        NITRO_E_UNSUPPORTED_MEDIA_TYPE,
        c"NITRO_E_UNSUPPORTED_MEDIA_TYPE",
        c"415: the service does not take this kind of document",
    ),
    (
        NITRO_E_UNPROCESSABLE,
        c"NITRO_E_UNPROCESSABLE",
        c"422: the request is well formed but asks for something that cannot be done",
    ),
    (
        NITRO_E_RATE_LIMITED,
        c"NITRO_E_RATE_LIMITED",
        c"429: too many requests, or the allowance is used up",
    ),
    (
        NITRO_E_SERVICE,
        c"NITRO_E_SERVICE",
        c"5xx: the service has a fault of its own",
    ),
    (
        NITRO_E_HTTP,
        c"NITRO_E_HTTP",
        c"any other HTTP status that is no success",
    ),
    (
        NITRO_E_NOT_READY,
        c"NITRO_E_NOT_READY",
        c"the job is still running, so it has no result yet",
    ),
    (NITRO_E_JOB_FAILED, c"NITRO_E_JOB_FAILED", c"the job failed"),
    (
        NITRO_E_JOB_CANCELED,
        c"NITRO_E_JOB_CANCELED",
        c"the job was canceled at the service",
    ),
    (
        NITRO_E_UNEXPECTED_RESULT,
        c"NITRO_E_UNEXPECTED_RESULT",
        c"the result is not what was asked for",
    ),
    (
        NITRO_E_DELIVERED,
        c"NITRO_E_DELIVERED",
        c"the result was delivered elsewhere at the submission's request, so there is nothing to download here",
    ),
    (
        NITRO_E_FILE,
        c"NITRO_E_FILE",
        c"a local file could not be written or read",
    ),
    (
        NITRO_E_FILE_EXISTS,
        c"NITRO_E_FILE_EXISTS",
        c"the file exists already and was not to be replaced",
    ),
    (
        NITRO_E_SINK,
        c"NITRO_E_SINK",
        c"the caller's writer or callback that takes the bytes failed",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;

    #[test]
    fn each_kind_of_error_has_its_code() {
        let kinds = [
            (NITRO_E_INVALID_ARGUMENT, ErrorKind::InvalidArgument),
            (NITRO_E_INTERNAL, ErrorKind::Internal),
            (NITRO_E_NO_MEMORY, ErrorKind::NoMemory),
            (NITRO_E_BUSY, ErrorKind::Busy),
            (NITRO_E_CANCELLED, ErrorKind::Cancelled),
            (NITRO_E_STOPPED, ErrorKind::Stopped),
            (NITRO_E_TIMEOUT, ErrorKind::Timeout),
            (NITRO_E_WAIT_TIMEOUT, ErrorKind::WaitTimeout),
            (NITRO_E_DNS, ErrorKind::Dns),
            (NITRO_E_CONNECT, ErrorKind::Connect),
            (NITRO_E_TLS, ErrorKind::Tls),
            (NITRO_E_PROXY, ErrorKind::Proxy),
            (NITRO_E_PROXY_AUTH, ErrorKind::ProxyAuth),
            (NITRO_E_CONNECTION_LOST, ErrorKind::ConnectionLost),
            (NITRO_E_REDIRECT, ErrorKind::Redirect),
            (NITRO_E_PROTOCOL, ErrorKind::Protocol),
            (NITRO_E_TRUNCATED, ErrorKind::Truncated),
            (NITRO_E_TOO_LARGE, ErrorKind::TooLarge),
            (NITRO_E_UNVERIFIED, ErrorKind::Unverified),
            (NITRO_E_BAD_REQUEST, ErrorKind::BadRequest),
            (NITRO_E_UNAUTHORIZED, ErrorKind::Unauthorized),
            (NITRO_E_FORBIDDEN, ErrorKind::Forbidden),
            (NITRO_E_NOT_FOUND, ErrorKind::NotFound),
            (NITRO_E_GONE, ErrorKind::Gone),
            (NITRO_E_CONTENT_TOO_LARGE, ErrorKind::ContentTooLarge),
            (NITRO_E_UNSUPPORTED_MEDIA_TYPE, ErrorKind::UnsupportedMediaType),
            (NITRO_E_UNPROCESSABLE, ErrorKind::Unprocessable),
            (NITRO_E_RATE_LIMITED, ErrorKind::RateLimited),
            (NITRO_E_SERVICE, ErrorKind::Service),
            (NITRO_E_HTTP, ErrorKind::Http),
            (NITRO_E_NOT_READY, ErrorKind::NotReady),
            (NITRO_E_JOB_FAILED, ErrorKind::JobFailed),
            (NITRO_E_JOB_CANCELED, ErrorKind::JobCanceled),
            (NITRO_E_UNEXPECTED_RESULT, ErrorKind::UnexpectedResult),
            (NITRO_E_DELIVERED, ErrorKind::Delivered),
            (NITRO_E_FILE, ErrorKind::File),
            (NITRO_E_FILE_EXISTS, ErrorKind::FileExists),
            (NITRO_E_SINK, ErrorKind::Sink),
        ];
        for (code, kind) in kinds {
            assert_eq!(code, kind.code(), "{kind:?}");
            assert!(TABLE.iter().any(|row| row.0 == code), "{kind:?} has no text");
        }
        assert_eq!(TABLE.len(), kinds.len() + 1);
    }
}
