//! `nitro_error_t`: everything that helps to act on a failure.

use std::ffi::{CString, c_char};
use std::ptr;

use super::codes::{NITRO_OK, nitro_code_t};
use super::handle::{drop_raw, infallible, into_raw, to_milliseconds};
use crate::c_text::to_c_string;
use crate::error::{Error, Limit};

/// No time limit ran out.
pub const NITRO_LIMIT_NONE: i32 = 0;
/// Resolving, connecting, proxy and TLS negotiation together took too long.
pub const NITRO_LIMIT_CONNECT: i32 = 1;
/// No byte moved for too long.
pub const NITRO_LIMIT_IDLE: i32 = 2;
/// A body came too slowly.
pub const NITRO_LIMIT_RATE: i32 = 3;
/// The whole call took too long.
pub const NITRO_LIMIT_CALL: i32 = 4;
/// The whole wait took too long.
pub const NITRO_LIMIT_WAIT: i32 = 5;

/// An error: what went wrong in one call, with everything that helps to act on it.
///
/// No token and no password is ever in it. Everything it lends lives until it is freed. Threads: one at a time. Since 0.1.0.
pub struct nitro_error_t {
    error: Error,
    message: CString,
    problem_type: Option<CString>,
    title: Option<CString>,
    detail: Option<CString>,
    problem: Option<CString>,
    reference_id: Option<CString>,
    ticket: Option<CString>,
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
            error,
        }
    }
}

fn read<T>(err: *const nitro_error_t, none: T, what: impl FnOnce(&nitro_error_t) -> T) -> T
where
    T: Copy,
{
    // SAFETY: the header's contract: a handle comes from this library, and is not freed during the call.
    infallible(none, || unsafe { err.as_ref() }.map_or(none, what))
}

fn lend(text: &Option<CString>) -> *const c_char {
    text.as_ref().map_or(ptr::null(), |t| t.as_ptr())
}

/// The code that the function returned; NITRO_OK for NULL.
///
/// Threads: one at a time per error. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_error_code(err: *const nitro_error_t) -> nitro_code_t {
    read(err, NITRO_OK, nitro_error_t::code)
}

/// What went wrong and what to do next, in a sentence or two for people; "" for NULL.
///
/// Lent until the error is freed, never NULL. Threads: one at a time per error. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_error_message(err: *const nitro_error_t) -> *const c_char {
    read(err, c"".as_ptr(), |e| e.message.as_ptr())
}

/// The HTTP status of the service's refusal; 0 if there was no answer, or the failure is not the service's.
///
/// Threads: one at a time per error. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_error_http_status(err: *const nitro_error_t) -> i32 {
    read(err, 0, |e| e.error.http_status().map_or(0, i32::from))
}

/// The service's type of problem, for example "PDFIsPasswordProtected", or a URI; NULL if it gave none.
///
/// Lent until the error is freed. Threads: one at a time per error. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_error_problem_type(err: *const nitro_error_t) -> *const c_char {
    read(err, ptr::null(), |e| lend(&e.problem_type))
}

/// The service's title of the problem; NULL if it gave none.
///
/// Lent until the error is freed. Threads: one at a time per error. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_error_problem_title(err: *const nitro_error_t) -> *const c_char {
    read(err, ptr::null(), |e| lend(&e.title))
}

/// The service's explanation of this occurrence; NULL if it gave none.
///
/// Lent until the error is freed. Threads: one at a time per error. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_error_problem_detail(err: *const nitro_error_t) -> *const c_char {
    read(err, ptr::null(), |e| lend(&e.detail))
}

/// The service's whole account of the problem, as received: a JSON problem document, or whatever came; NULL if none.
///
/// Lent until the error is freed. Threads: one at a time per error. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_error_problem_json(err: *const nitro_error_t) -> *const c_char {
    read(err, ptr::null(), |e| lend(&e.problem))
}

/// How many milliseconds the service asks to wait before the next attempt; -1 if it said nothing.
///
/// Threads: one at a time per error. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_error_retry_after_ms(err: *const nitro_error_t) -> i64 {
    read(err, -1, |e| to_milliseconds(e.error.retry_after()))
}

/// Whether the same call may succeed later without any change by the caller: 1 or 0.
///
/// Threads: one at a time per error. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_error_is_retryable(err: *const nitro_error_t) -> i32 {
    read(err, 0, |e| e.error.is_retryable().into())
}

/// Which time limit ran out: one of NITRO_LIMIT_...; NITRO_LIMIT_NONE if none did.
///
/// Threads: one at a time per error. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_error_limit(err: *const nitro_error_t) -> i32 {
    read(err, NITRO_LIMIT_NONE, |e| match e.error.limit() {
        None => NITRO_LIMIT_NONE,
        Some(Limit::Connect) => NITRO_LIMIT_CONNECT,
        Some(Limit::Idle) => NITRO_LIMIT_IDLE,
        Some(Limit::Rate) => NITRO_LIMIT_RATE,
        Some(Limit::Call) => NITRO_LIMIT_CALL,
        Some(Limit::Wait) => NITRO_LIMIT_WAIT,
    })
}

/// The id to quote to Nitro's support; NULL if the failure is about no job.
///
/// Lent until the error is freed. Threads: one at a time per error. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_error_reference_id(err: *const nitro_error_t) -> *const c_char {
    read(err, ptr::null(), |e| lend(&e.reference_id))
}

/// Whether the failed submission may have started a job all the same, so that a second one could start another: 1 or 0.
///
/// 0 for NULL. Threads: one at a time per error. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_error_is_uncertain(err: *const nitro_error_t) -> i32 {
    read(err, 0, |e| e.error.is_uncertain().into())
}

/// The ticket of the job that the failure is about, for nitro_job_from_json(); NULL if it is about no job.
///
/// Lent until the error is freed. Threads: one at a time per error. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_error_ticket_json(err: *const nitro_error_t) -> *const c_char {
    read(err, ptr::null(), |e| lend(&e.ticket))
}

/// Frees the error and all that it lent.
///
/// NULL is nothing. Threads: any, once. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_error_free(err: *mut nitro_error_t) {
    drop_raw(err);
}
