//! The codes of the C API: a grouped list to which codes are only added. A test compares it with [`ErrorKind`].

use std::ffi::CStr;

/// The status code that a function returns: NITRO_OK, or what went wrong.
///
/// Codes are only ever added; their numbers never change. Treat an unknown code as a failure.
pub type nitro_code_t = i32;

/// Success.
pub const NITRO_OK: nitro_code_t = 0;
/// An argument or option is invalid; nothing was sent.
pub const NITRO_E_INVALID_ARGUMENT: nitro_code_t = 1;
/// An internal error: a panic inside the library was caught.
///
/// Later calls work. Please report it.
pub const NITRO_E_INTERNAL: nitro_code_t = 2;
/// Out of memory while reading a response.
pub const NITRO_E_NO_MEMORY: nitro_code_t = 3;
/// A handle that may be used by one thread at a time is in use by another thread.
pub const NITRO_E_BUSY: nitro_code_t = 4;
/// The call was cancelled by its cancel token.
pub const NITRO_E_CANCELLED: nitro_code_t = 10;
/// A callback of the caller stopped the call.
pub const NITRO_E_STOPPED: nitro_code_t = 11;
/// A timeout of this call expired; nitro_error_limit() returns which.
pub const NITRO_E_TIMEOUT: nitro_code_t = 12;
/// The timeout of a wait expired.
///
/// The job itself continues: nitro_error_ticket_json() has what nitro_job_from_json() needs to wait for it again.
pub const NITRO_E_WAIT_TIMEOUT: nitro_code_t = 13;
/// The host name could not be resolved.
pub const NITRO_E_DNS: nitro_code_t = 20;
/// The connection could not be established; the request was not sent.
pub const NITRO_E_CONNECT: nitro_code_t = 21;
/// The TLS handshake failed, or the server's certificate is not trusted.
pub const NITRO_E_TLS: nitro_code_t = 22;
/// The proxy could not be used, or refused the destination.
pub const NITRO_E_PROXY: nitro_code_t = 23;
/// 407: the proxy requires a user name and password, or other ones.
pub const NITRO_E_PROXY_AUTH: nitro_code_t = 24;
/// The connection was lost after the request was sent at least in part.
pub const NITRO_E_CONNECTION_LOST: nitro_code_t = 25;
/// A redirect cannot be followed: too many redirects, from https to http, or without a valid Location.
pub const NITRO_E_REDIRECT: nitro_code_t = 26;
/// The response is malformed: not HTTP, or not the expected content.
pub const NITRO_E_PROTOCOL: nitro_code_t = 27;
/// A response body ended before its Content-Length or its last chunk.
pub const NITRO_E_TRUNCATED: nitro_code_t = 28;
/// A response exceeds the size limit for its kind.
pub const NITRO_E_TOO_LARGE: nitro_code_t = 29;
/// A response body has neither a length nor chunks, so that it cannot be verified to be complete.
pub const NITRO_E_UNVERIFIED: nitro_code_t = 30;
/// 400: the service rejected the request as invalid.
pub const NITRO_E_BAD_REQUEST: nitro_code_t = 40;
/// 401: the token is missing, invalid or expired.
pub const NITRO_E_UNAUTHORIZED: nitro_code_t = 41;
/// 403: the token does not allow this.
pub const NITRO_E_FORBIDDEN: nitro_code_t = 42;
/// 404: the job does not exist, or no longer.
pub const NITRO_E_NOT_FOUND: nitro_code_t = 43;
/// 410: the job's files were deleted; the document must be submitted again.
pub const NITRO_E_GONE: nitro_code_t = 44;
/// 413: the document exceeds the service's size limit.
pub const NITRO_E_CONTENT_TOO_LARGE: nitro_code_t = 45;
/// 415: the service does not support this type of document.
pub const NITRO_E_UNSUPPORTED_MEDIA_TYPE: nitro_code_t = 46;
/// 422: the request is well formed, but cannot be processed.
pub const NITRO_E_UNPROCESSABLE: nitro_code_t = 47;
/// 429: too many requests, or the quota is exhausted.
pub const NITRO_E_RATE_LIMITED: nitro_code_t = 48;
/// 5xx: the service failed.
pub const NITRO_E_SERVICE: nitro_code_t = 49;
/// Any other HTTP status that is not a success.
pub const NITRO_E_HTTP: nitro_code_t = 50;
/// The job is still running and has no result yet.
pub const NITRO_E_NOT_READY: nitro_code_t = 60;
/// The job failed; nitro_error_problem_json() has the service's reason.
pub const NITRO_E_JOB_FAILED: nitro_code_t = 61;
/// The job was canceled at the service.
pub const NITRO_E_JOB_CANCELED: nitro_code_t = 62;
/// The result is of another kind than requested, for example text instead of a file.
pub const NITRO_E_UNEXPECTED_RESULT: nitro_code_t = 63;
/// The result was delivered to the destination that the submission named, so there is nothing to download.
pub const NITRO_E_DELIVERED: nitro_code_t = 64;
/// A local file could not be read or written.
pub const NITRO_E_FILE: nitro_code_t = 70;
/// The file already exists and must not be replaced.
pub const NITRO_E_FILE_EXISTS: nitro_code_t = 71;
/// The writer that receives the bytes failed.
///
/// Only the Rust API returns it: a C sink that stops the call gives NITRO_E_STOPPED.
pub const NITRO_E_SINK: nitro_code_t = 72;

/// Name and text of each code.
pub(super) const TABLE: &[(nitro_code_t, &CStr, &CStr)] = &[
    (NITRO_OK, c"NITRO_OK", c"success"),
    (
        NITRO_E_INVALID_ARGUMENT,
        c"NITRO_E_INVALID_ARGUMENT",
        c"an argument or option is invalid; nothing was sent",
    ),
    (
        NITRO_E_INTERNAL,
        c"NITRO_E_INTERNAL",
        c"an internal error: a panic inside the library was caught",
    ),
    (
        NITRO_E_NO_MEMORY,
        c"NITRO_E_NO_MEMORY",
        c"out of memory while reading a response",
    ),
    (
        NITRO_E_BUSY,
        c"NITRO_E_BUSY",
        c"a handle that may be used by one thread at a time is in use by another thread",
    ),
    (
        NITRO_E_CANCELLED,
        c"NITRO_E_CANCELLED",
        c"the call was cancelled by its cancel token",
    ),
    (
        NITRO_E_STOPPED,
        c"NITRO_E_STOPPED",
        c"a callback of the caller stopped the call",
    ),
    (
        NITRO_E_TIMEOUT,
        c"NITRO_E_TIMEOUT",
        c"a timeout of this call expired",
    ),
    (
        NITRO_E_WAIT_TIMEOUT,
        c"NITRO_E_WAIT_TIMEOUT",
        c"the timeout of a wait expired",
    ),
    (
        NITRO_E_DNS,
        c"NITRO_E_DNS",
        c"the host name could not be resolved",
    ),
    (
        NITRO_E_CONNECT,
        c"NITRO_E_CONNECT",
        c"the connection could not be established; the request was not sent",
    ),
    (
        NITRO_E_TLS,
        c"NITRO_E_TLS",
        c"the TLS handshake failed, or the server's certificate is not trusted",
    ),
    (
        NITRO_E_PROXY,
        c"NITRO_E_PROXY",
        c"the proxy could not be used, or refused the destination",
    ),
    (
        NITRO_E_PROXY_AUTH,
        c"NITRO_E_PROXY_AUTH",
        c"407: the proxy requires a user name and password, or other ones",
    ),
    (
        NITRO_E_CONNECTION_LOST,
        c"NITRO_E_CONNECTION_LOST",
        c"the connection was lost after the request was sent at least in part",
    ),
    (
        NITRO_E_REDIRECT,
        c"NITRO_E_REDIRECT",
        c"a redirect cannot be followed: too many redirects, from https to http, or without a valid Location",
    ),
    (
        NITRO_E_PROTOCOL,
        c"NITRO_E_PROTOCOL",
        c"the response is malformed: not HTTP, or not the expected content",
    ),
    (
        NITRO_E_TRUNCATED,
        c"NITRO_E_TRUNCATED",
        c"a response body ended before its Content-Length or its last chunk",
    ),
    (
        NITRO_E_TOO_LARGE,
        c"NITRO_E_TOO_LARGE",
        c"a response exceeds the size limit for its kind",
    ),
    (
        NITRO_E_UNVERIFIED,
        c"NITRO_E_UNVERIFIED",
        c"a response body has neither a length nor chunks, so that it cannot be verified to be complete",
    ),
    (
        NITRO_E_BAD_REQUEST,
        c"NITRO_E_BAD_REQUEST",
        c"400: the service rejected the request as invalid",
    ),
    (
        NITRO_E_UNAUTHORIZED,
        c"NITRO_E_UNAUTHORIZED",
        c"401: the token is missing, invalid or expired",
    ),
    (
        NITRO_E_FORBIDDEN,
        c"NITRO_E_FORBIDDEN",
        c"403: the token does not allow this",
    ),
    (
        NITRO_E_NOT_FOUND,
        c"NITRO_E_NOT_FOUND",
        c"404: the job does not exist, or no longer",
    ),
    (
        NITRO_E_GONE,
        c"NITRO_E_GONE",
        c"410: the job's files were deleted; the document must be submitted again",
    ),
    (
        NITRO_E_CONTENT_TOO_LARGE,
        c"NITRO_E_CONTENT_TOO_LARGE",
        c"413: the document exceeds the service's size limit",
    ),
    (
        NITRO_E_UNSUPPORTED_MEDIA_TYPE,
        c"NITRO_E_UNSUPPORTED_MEDIA_TYPE",
        c"415: the service does not support this type of document",
    ),
    (
        NITRO_E_UNPROCESSABLE,
        c"NITRO_E_UNPROCESSABLE",
        c"422: the request is well formed, but cannot be processed",
    ),
    (
        NITRO_E_RATE_LIMITED,
        c"NITRO_E_RATE_LIMITED",
        c"429: too many requests, or the quota is exhausted",
    ),
    (
        NITRO_E_SERVICE,
        c"NITRO_E_SERVICE",
        c"5xx: the service failed",
    ),
    (
        NITRO_E_HTTP,
        c"NITRO_E_HTTP",
        c"any other HTTP status that is not a success",
    ),
    (
        NITRO_E_NOT_READY,
        c"NITRO_E_NOT_READY",
        c"the job is still running and has no result yet",
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
        c"the result is of another kind than requested, for example text instead of a file",
    ),
    (
        NITRO_E_DELIVERED,
        c"NITRO_E_DELIVERED",
        c"the result was delivered to the destination that the submission named, so there is nothing to download",
    ),
    (
        NITRO_E_FILE,
        c"NITRO_E_FILE",
        c"a local file could not be read or written",
    ),
    (
        NITRO_E_FILE_EXISTS,
        c"NITRO_E_FILE_EXISTS",
        c"the file already exists and must not be replaced",
    ),
    (
        NITRO_E_SINK,
        c"NITRO_E_SINK",
        c"the writer that receives the bytes failed",
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
