//! `nitro_error_t`: the error of a failed call.

use std::ffi::{CString, c_char};
use std::ptr;

use super::codes::{NITRO_OK, nitro_code_t};
use super::handle::{drop_raw, infallible, into_raw, to_milliseconds};
use crate::c_text::to_c_string;
use crate::error::{Error, Limit};

/// No timeout or limit expired.
pub const NITRO_LIMIT_NONE: i32 = 0;
/// The connect timeout: name resolution, TCP connect, proxy and TLS handshake together took too long.
pub const NITRO_LIMIT_CONNECT: i32 = 1;
/// The idle timeout: no byte was sent or received for too long.
pub const NITRO_LIMIT_IDLE: i32 = 2;
/// The minimum rate: a body was transferred too slowly.
pub const NITRO_LIMIT_RATE: i32 = 3;
/// The timeout of the call.
pub const NITRO_LIMIT_CALL: i32 = 4;
/// The timeout of a wait.
pub const NITRO_LIMIT_WAIT: i32 = 5;

/// The error of a failed call: a code, a message, and everything that helps to act on it.
///
/// It never contains a token or a password. The strings that its accessors return are valid until it is freed.
/// Accessors return their empty value if `err` is NULL.
///
/// Threads: one at a time. Since 0.1.0.
pub struct nitro_error_t {
    error: Error,
    message: CString,
    problem_type: Option<CString>,
    title: Option<CString>,
    detail: Option<CString>,
    problem: Option<CString>,
    reference_id: Option<CString>,
    ticket: Option<CString>,
    path: Option<CString>,
}

impl nitro_error_t {
    pub(super) fn boxed(error: Error) -> *mut Self {
        into_raw(Self::new(error))
    }

    pub(super) fn code(&self) -> nitro_code_t {
        self.error.kind().code()
    }

    pub(super) fn new(error: Error) -> Self {
        let problem = error.problem();
        Self {
            message: to_c_string(error.message()),
            problem_type: problem.and_then(|p| p.kind.as_deref()).map(to_c_string),
            title: problem.and_then(|p| p.title.as_deref()).map(to_c_string),
            detail: problem.and_then(|p| p.detail.as_deref()).map(to_c_string),
            problem: problem.map(|p| to_c_string(p.body.as_str())),
            reference_id: error.reference_id().map(to_c_string),
            ticket: error.ticket().map(to_c_string),
            path: error.path().map(|path| to_c_string(&*path.to_string_lossy())),
            error,
        }
    }
}

fn access<T>(err: *const nitro_error_t, empty: T, accessor: impl FnOnce(&nitro_error_t) -> T) -> T
where
    T: Copy,
{
    // SAFETY: the header's contract: a handle comes from this library, and is not freed during the call.
    infallible(empty, || unsafe { err.as_ref() }.map_or(empty, accessor))
}

fn ptr_or_null(text: &Option<CString>) -> *const c_char {
    text.as_ref().map_or(ptr::null(), |t| t.as_ptr())
}

/// Returns the code that the failed function returned; NITRO_OK if NULL.
///
/// Threads: one at a time per error. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_error_code(err: *const nitro_error_t) -> nitro_code_t {
    access(err, NITRO_OK, nitro_error_t::code)
}

/// Returns what failed, why, and what to do next, in a sentence for people; "" if NULL.
///
/// The text is English and may change between versions: branch on nitro_error_code(). Lent until the error is freed,
/// never NULL.
///
/// Threads: one at a time per error. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_error_message(err: *const nitro_error_t) -> *const c_char {
    access(err, c"".as_ptr(), |e| e.message.as_ptr())
}

/// Returns the HTTP status of the service's error response; 0 if there was no response or the error is not the service's.
///
/// Threads: one at a time per error. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_error_http_status(err: *const nitro_error_t) -> i32 {
    access(err, 0, |e| e.error.http_status().map_or(0, i32::from))
}

/// Returns the `type` of the service's problem document, for example "PDFIsPasswordProtected" or a URI; NULL if absent.
///
/// Lent until the error is freed.
///
/// Threads: one at a time per error. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_error_problem_type(err: *const nitro_error_t) -> *const c_char {
    access(err, ptr::null(), |e| ptr_or_null(&e.problem_type))
}

/// Returns the `title` of the service's problem document; NULL if absent.
///
/// Lent until the error is freed.
///
/// Threads: one at a time per error. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_error_problem_title(err: *const nitro_error_t) -> *const c_char {
    access(err, ptr::null(), |e| ptr_or_null(&e.title))
}

/// Returns the `detail` of the service's problem document, which explains this occurrence; NULL if absent.
///
/// Lent until the error is freed.
///
/// Threads: one at a time per error. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_error_problem_detail(err: *const nitro_error_t) -> *const c_char {
    access(err, ptr::null(), |e| ptr_or_null(&e.detail))
}

/// Returns the body of the service's error response, or the `error` of a failed job, as received; NULL if there is none.
///
/// It is usually a JSON problem document (RFC 9457), but can be any text, for example the HTML page of a gateway. Lent
/// until the error is freed.
///
/// Threads: one at a time per error. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_error_problem_json(err: *const nitro_error_t) -> *const c_char {
    access(err, ptr::null(), |e| ptr_or_null(&e.problem))
}

/// Returns how many milliseconds the service requests to wait before a retry; -1 if it requests no pause.
///
/// Threads: one at a time per error. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_error_retry_after_ms(err: *const nitro_error_t) -> i64 {
    access(err, -1, |e| to_milliseconds(e.error.retry_after()))
}

/// Returns 1 if the same call may succeed later without any change by the caller, else 0.
///
/// A submission that may have created a job is not retryable: see nitro_error_is_uncertain().
///
/// Threads: one at a time per error. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_error_is_retryable(err: *const nitro_error_t) -> i32 {
    access(err, 0, |e| e.error.is_retryable().into())
}

/// Returns which timeout or limit expired, one of NITRO_LIMIT_...; NITRO_LIMIT_NONE if none did.
///
/// Threads: one at a time per error. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_error_limit(err: *const nitro_error_t) -> i32 {
    access(err, NITRO_LIMIT_NONE, |e| match e.error.limit() {
        None => NITRO_LIMIT_NONE,
        Some(Limit::Connect) => NITRO_LIMIT_CONNECT,
        Some(Limit::Idle) => NITRO_LIMIT_IDLE,
        Some(Limit::Rate) => NITRO_LIMIT_RATE,
        Some(Limit::Call) => NITRO_LIMIT_CALL,
        Some(Limit::Wait) => NITRO_LIMIT_WAIT,
    })
}

/// Returns the id to quote to Nitro's support; NULL if no request for a job was sent.
///
/// Lent until the error is freed.
///
/// Threads: one at a time per error. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_error_reference_id(err: *const nitro_error_t) -> *const c_char {
    access(err, ptr::null(), |e| ptr_or_null(&e.reference_id))
}

/// Returns 1 if the failed submission may have created a job all the same, else 0; 0 if NULL.
///
/// Submitting again could create, and bill, a second job.
///
/// Threads: one at a time per error. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_error_is_uncertain(err: *const nitro_error_t) -> i32 {
    access(err, 0, |e| e.error.is_uncertain().into())
}

/// Returns the JSON of the job that the error is about, for nitro_job_from_json(); NULL if it is not about a job.
///
/// As that of nitro_job_json(), it may contain the signature of a URL.
///
/// Lent until the error is freed.
///
/// Threads: one at a time per error. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_error_ticket_json(err: *const nitro_error_t) -> *const c_char {
    access(err, ptr::null(), |e| ptr_or_null(&e.ticket))
}

/// Returns the path of the file that could not be read or written; NULL if the error is not about a file.
///
/// Lent until the error is freed.
///
/// Threads: one at a time per error. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_error_path(err: *const nitro_error_t) -> *const c_char {
    access(err, ptr::null(), |e| ptr_or_null(&e.path))
}

/// Returns the operating system's error for that file, for example ENOENT; 0 if it reported none.
///
/// Threads: one at a time per error. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_error_os_error(err: *const nitro_error_t) -> i32 {
    access(err, 0, |e| e.error.os_error().unwrap_or(0))
}

/// Frees an error and the strings of its accessors.
///
/// Does nothing if NULL.
///
/// Threads: any, once. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_error_free(err: *mut nitro_error_t) {
    drop_raw(err);
}
