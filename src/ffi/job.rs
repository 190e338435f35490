//! `nitro_job_t`: a job's ticket and what can be done with one.

use std::ffi::{CString, c_char, c_void};
use std::io;

use super::cancel::nitro_cancel_t;
use super::client::nitro_client_t;
use super::codes::nitro_code_t;
use super::entry::{call, fallible};
use super::error::nitro_error_t;
use super::handle::{drop_raw, handle, infallible, into_raw, optional_output, output, text};
use super::result::nitro_result_t;
use super::status::{give_status, lend_status, nitro_status_t};
use super::string::to_owned_text;
use crate::c_text::to_c_string;
use crate::error::{Error, Result};
use crate::job::Job;
use crate::panic_guard::call_host;

/// Hears how far a wait is.
///
/// Returns 0 to go on; anything else stops the wait with NITRO_E_STOPPED. Called on the waiting thread, only during the
/// wait. `status` is lent for the call. No C++ exception may leave it.
pub type nitro_progress_fn =
    Option<unsafe extern "C" fn(status: *const nitro_status_t, user_data: *mut c_void) -> i32>;

/// Takes the next bytes of a result.
///
/// Returns 0 to go on; anything else stops with NITRO_E_STOPPED. Called on the calling thread, only during the call.
/// `data` is lent for the call. No C++ exception may leave it.
pub type nitro_sink_fn =
    Option<unsafe extern "C" fn(data: *const u8, length: usize, user_data: *mut c_void) -> i32>;

/// A job's ticket: what is enough to come back to it, and all that can be done with it.
///
/// Threads: any at once. Since 0.1.0.
pub struct nitro_job_t {
    pub(super) job: Job,
    id: CString,
    reference_id: CString,
}

impl nitro_job_t {
    pub(super) fn new(job: Job) -> Self {
        Self {
            id: to_c_string(job.id()),
            reference_id: to_c_string(job.reference_id()),
            job,
        }
    }
}

/// Makes the ticket of a job of which only the id is known.
///
/// Nothing is sent. The caller owns `*job`; the client may be freed before it. Codes: NITRO_E_INVALID_ARGUMENT for an id
/// that cannot be one. Threads: any. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_job_from_id(
    client: *const nitro_client_t,
    id: *const c_char,
    job: *mut *mut nitro_job_t,
    err: *mut *mut nitro_error_t,
) -> nitro_code_t {
    fallible(err, || {
        let job = output(job, "job", std::ptr::null_mut())?;
        *job = into_raw(nitro_job_t::new(
            handle(client, "client")?.client.job(text(id, "id")?)?,
        ));
        Ok(())
    })
}

/// Takes up the ticket that nitro_job_json() wrote, in this program or another, on this day or another.
///
/// Nothing is sent. The caller owns `*job`; the client may be freed before it. Codes: NITRO_E_INVALID_ARGUMENT for what
/// is no ticket. Threads: any. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_job_from_json(
    client: *const nitro_client_t,
    json: *const c_char,
    job: *mut *mut nitro_job_t,
    err: *mut *mut nitro_error_t,
) -> nitro_code_t {
    fallible(err, || {
        let job = output(job, "job", std::ptr::null_mut())?;
        *job = into_raw(nitro_job_t::new(
            handle(client, "client")?
                .client
                .job_from_json(text(json, "json")?)?,
        ));
        Ok(())
    })
}

/// Writes the ticket down as JSON, without secrets: store it as soon as there is a job.
///
/// The caller owns `*json` and frees it with nitro_string_free(). `length` may be NULL; else it is set to the bytes without
/// the final NUL. Codes: NITRO_E_INVALID_ARGUMENT for NULL. Threads: any. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_job_json(
    job: *const nitro_job_t,
    json: *mut *mut c_char,
    length: *mut usize,
    err: *mut *mut nitro_error_t,
) -> nitro_code_t {
    fallible(err, || {
        let length = optional_output(length, 0);
        let json = output(json, "json", std::ptr::null_mut())?;
        let written = handle(job, "job")?.job.to_json();
        *json = to_owned_text(&written)?;
        if let Some(length) = length {
            *length = written.len();
        }
        Ok(())
    })
}

/// The job's id; "" for a job that the service answered at once without giving it one; NULL for NULL.
///
/// Lent until the job is freed. Threads: any. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_job_id(job: *const nitro_job_t) -> *const c_char {
    // SAFETY: the header's contract: a handle comes from this library, and is not freed during the call.
    infallible(std::ptr::null(), || {
        unsafe { job.as_ref() }.map_or(std::ptr::null(), |j| j.id.as_ptr())
    })
}

/// The id to quote to Nitro's support, sent with each request about this job; NULL for NULL.
///
/// Lent until the job is freed. Threads: any. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_job_reference_id(job: *const nitro_job_t) -> *const c_char {
    // SAFETY: as above.
    infallible(std::ptr::null(), || {
        unsafe { job.as_ref() }.map_or(std::ptr::null(), |j| j.reference_id.as_ptr())
    })
}

/// Asks the service for the job's status, once.
///
/// A failed or canceled job is an answer here, not an error. The caller owns `*status`. `cancel` may be NULL.
/// `timeout_ms`: 0 for no limit, -1 for the client's call limit. Codes: NITRO_E_NOT_FOUND for an unknown id,
/// NITRO_E_UNAUTHORIZED, NITRO_E_GONE. Threads: any. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_job_status(
    job: *const nitro_job_t,
    cancel: *const nitro_cancel_t,
    timeout_ms: i64,
    status: *mut *mut nitro_status_t,
    err: *mut *mut nitro_error_t,
) -> nitro_code_t {
    fallible(err, || {
        let status = output(status, "status", std::ptr::null_mut())?;
        let call = call(cancel, timeout_ms)?;
        *status = give_status(handle(job, "job")?.job.status(&call)?);
        Ok(())
    })
}

/// Follows the job to its end: NITRO_OK once it is completed.
///
/// `progress` may be NULL; it is called with each state while the job runs. `status` may be NULL; else the caller owns
/// `*status`, the completed one. `timeout_ms`: 0 waits without limit, -1 for the client's wait limit. Codes:
/// NITRO_E_JOB_FAILED with the service's reason, NITRO_E_JOB_CANCELED; NITRO_E_WAIT_TIMEOUT, NITRO_E_CANCELLED and
/// NITRO_E_STOPPED end the waiting, not the job: wait again. Threads: any. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_job_wait(
    job: *const nitro_job_t,
    progress: nitro_progress_fn,
    user_data: *mut c_void,
    cancel: *const nitro_cancel_t,
    timeout_ms: i64,
    status: *mut *mut nitro_status_t,
    err: *mut *mut nitro_error_t,
) -> nitro_code_t {
    fallible(err, || {
        let status = optional_output(status, std::ptr::null_mut());
        let call = call(cancel, timeout_ms)?;
        let tell = |now: &_| match progress {
            // SAFETY: the header's contract for nitro_progress_fn.
            Some(tell) => call_host(|| unsafe { tell(lend_status(now), user_data) }) == 0,
            None => true,
        };
        let last = handle(job, "job")?.job.wait(tell, &call)?;
        if let Some(status) = status {
            *status = give_status(last);
        }
        Ok(())
    })
}

/// Takes the result as JSON: files as addresses, or the text, tables, boxes or fields themselves.
///
/// The caller owns `*result`. `timeout_ms`: 0 for no limit, -1 for the client's call limit. Codes: NITRO_E_NOT_READY while
/// the job runs, NITRO_E_JOB_FAILED with the service's reason, NITRO_E_JOB_CANCELED, NITRO_E_NOT_FOUND, NITRO_E_GONE.
/// Threads: any. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_job_result(
    job: *const nitro_job_t,
    cancel: *const nitro_cancel_t,
    timeout_ms: i64,
    result: *mut *mut nitro_result_t,
    err: *mut *mut nitro_error_t,
) -> nitro_code_t {
    fallible(err, || {
        let result = output(result, "result", std::ptr::null_mut())?;
        let call = call(cancel, timeout_ms)?;
        *result = into_raw(nitro_result_t::new(handle(job, "job")?.job.result(&call)?));
        Ok(())
    })
}

/// Takes the result as bytes, given to `sink` as they come, in constant memory; several files come as one zip.
///
/// `bytes` may be NULL; else it is set to their number. `content_type` may be NULL; else the caller owns `*content_type`,
/// which is NULL if the service gave none. After any error what the sink was given is incomplete. `timeout_ms`: 0 or -1 for
/// no limit but silence and slowness. Codes: as nitro_job_result(); NITRO_E_UNEXPECTED_RESULT for a result that is no file;
/// NITRO_E_TRUNCATED; NITRO_E_STOPPED by the sink. Threads: any. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_job_result_bytes(
    job: *const nitro_job_t,
    sink: nitro_sink_fn,
    user_data: *mut c_void,
    cancel: *const nitro_cancel_t,
    timeout_ms: i64,
    bytes: *mut u64,
    content_type: *mut *mut c_char,
    err: *mut *mut nitro_error_t,
) -> nitro_code_t {
    fallible(err, || {
        let bytes = optional_output(bytes, 0);
        let content_type = optional_output(content_type, std::ptr::null_mut());
        let call = call(cancel, timeout_ms)?;
        let sink = sink.ok_or_else(|| Error::invalid("sink is NULL"))?;
        let mut writer = Sink {
            sink,
            user_data,
            stopped: false,
        };
        let received = handle(job, "job")?.job.result_bytes(&mut writer, &call);
        let received = writer.outcome(received)?;
        if let Some(bytes) = bytes {
            *bytes = received.bytes;
        }
        if let (Some(content_type), Some(value)) = (content_type, received.content_type) {
            *content_type = to_owned_text(&value)?;
        }
        Ok(())
    })
}

/// The host's sink as a writer.
struct Sink {
    sink: unsafe extern "C" fn(*const u8, usize, *mut c_void) -> i32,
    user_data: *mut c_void,
    stopped: bool,
}

impl Sink {
    /// A sink that said stop is no failure of a writer.
    fn outcome<T>(&self, outcome: Result<T>) -> Result<T> {
        if self.stopped {
            Err(Error::stopped())
        } else {
            outcome
        }
    }
}

impl io::Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // SAFETY: the header's contract for nitro_sink_fn.
        match call_host(|| unsafe { (self.sink)(bytes.as_ptr(), bytes.len(), self.user_data) }) {
            0 => Ok(bytes.len()),
            _ => {
                self.stopped = true;
                Err(io::Error::other("the sink said stop"))
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Frees the ticket.
///
/// The job at the service goes on. NULL is nothing. Threads: any, once no call is given this handle. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_job_free(job: *mut nitro_job_t) {
    drop_raw(job);
}
