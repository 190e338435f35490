//! `nitro_job_t`: a job, its status and its result.

use std::ffi::{CString, c_char, c_void};
use std::io;

use super::cancel::nitro_cancel_t;
use super::client::nitro_client_t;
use super::codes::nitro_code_t;
use super::entry::{call, fallible};
use super::error::nitro_error_t;
use super::handle::{drop_raw, handle, infallible, into_raw, optional_output, output, required, text};
use super::result::nitro_result_t;
use super::status::{nitro_status_t, status_as_ptr, status_into_raw};
use super::string::to_owned_text;
use crate::c_text::to_c_string;
use crate::error::{Error, Result};
use crate::job::Job;
use crate::panic_guard::call_host;

/// Progress callback of nitro_job_wait().
///
/// Returns 0 to continue; any other value stops the wait with NITRO_E_STOPPED. It is called on the waiting thread, only
/// during the wait. `status` is valid during the callback only. No C++ exception may leave it.
pub type nitro_progress_fn =
    Option<unsafe extern "C" fn(status: *const nitro_status_t, user_data: *mut c_void) -> i32>;

/// Sink of nitro_job_result_bytes(): receives the next `length` bytes of the result.
///
/// Returns 0 to continue; any other value stops the call with NITRO_E_STOPPED. It is called on the calling thread, only
/// during the call. `data` is valid during the callback only. No C++ exception may leave it.
pub type nitro_sink_fn =
    Option<unsafe extern "C" fn(data: *const u8, length: usize, user_data: *mut c_void) -> i32>;

/// A job: its id, URLs and reference id, which is all that is needed to get its status and its result.
///
/// It does not change. It can be stored as JSON with nitro_job_json() and recreated with nitro_job_from_json().
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

/// Creates a job handle from an id.
///
/// Nothing is sent. The caller owns `*job` and frees it with nitro_job_free(); the client may be freed before it.
///
/// Codes: NITRO_E_INVALID_ARGUMENT if `id` cannot be a job id.
///
/// Threads: any. Since 0.1.0.
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

/// Recreates a job handle from JSON written by nitro_job_json(), possibly by another process.
///
/// Nothing is sent. The caller owns `*job` and frees it with nitro_job_free(); the client may be freed before it.
///
/// Codes: NITRO_E_INVALID_ARGUMENT if `json` was not written by nitro_job_json().
///
/// Threads: any. Since 0.1.0.
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

/// Writes the job as JSON for nitro_job_from_json(): its id, its URLs at the service, its reference id.
///
/// Store it as soon as there is a job, so that the job is not lost with the process. It contains no token and no password, and
/// no URL outside the service. The URLs are whole, since the job might not be found without their queries: where the service
/// signs its URLs, keep the JSON like a password. The caller owns `*json` and frees
/// it with nitro_string_free(). `length` may be NULL; otherwise it is set to the length in bytes without the final NUL.
///
/// Codes: NITRO_E_INVALID_ARGUMENT for NULL.
///
/// Threads: any. Since 0.1.0.
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
        let text = handle(job, "job")?.job.to_json();
        *json = to_owned_text(&text)?;
        if let Some(length) = length {
            *length = text.len();
        }
        Ok(())
    })
}

/// Returns the job's id; "" if the service returned the result at once without an id; NULL if NULL.
///
/// Lent until the job is freed.
///
/// Threads: any. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_job_id(job: *const nitro_job_t) -> *const c_char {
    // SAFETY: the header's contract: a handle comes from this library, and is not freed during the call.
    infallible(std::ptr::null(), || {
        unsafe { job.as_ref() }.map_or(std::ptr::null(), |j| j.id.as_ptr())
    })
}

/// Returns the id to quote to Nitro's support, which each request about this job carries; NULL if NULL.
///
/// Lent until the job is freed.
///
/// Threads: any. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_job_reference_id(job: *const nitro_job_t) -> *const c_char {
    // SAFETY: as above.
    infallible(std::ptr::null(), || {
        unsafe { job.as_ref() }.map_or(std::ptr::null(), |j| j.reference_id.as_ptr())
    })
}

/// Gets the job's status from the service.
///
/// The status of a failed or canceled job is a success here, not an error. The caller owns `*status` and frees it with
/// nitro_status_free(). `timeout_ms`: 0 for no timeout, -1 for the client's call timeout.
///
/// Codes: NITRO_E_NOT_FOUND for an unknown id, NITRO_E_UNAUTHORIZED, NITRO_E_GONE.
///
/// Threads: any. Since 0.1.0.
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
        *status = status_into_raw(handle(job, "job")?.job.status(&call)?);
        Ok(())
    })
}

/// Waits until the job ends; returns NITRO_OK if it is completed.
///
/// `progress` may be NULL; otherwise it is called with each new status while the job is running. `status` may be NULL;
/// otherwise the caller owns `*status`, the status of the completed job, and frees it with nitro_status_free().
/// `timeout_ms`: 0 for no timeout, -1 for the client's wait timeout.
///
/// Codes: NITRO_E_JOB_FAILED with the service's reason; NITRO_E_JOB_CANCELED. NITRO_E_WAIT_TIMEOUT, NITRO_E_CANCELLED
/// and NITRO_E_STOPPED end the wait, not the job: it can be waited for again.
///
/// Threads: any. Since 0.1.0.
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
        let report = |now: &_| match progress {
            // SAFETY: the header's contract for nitro_progress_fn.
            Some(progress) => call_host(|| unsafe { progress(status_as_ptr(now), user_data) }) == 0,
            None => true,
        };
        let last = handle(job, "job")?.job.wait(report, &call)?;
        if let Some(status) = status {
            *status = status_into_raw(last);
        }
        Ok(())
    })
}

/// Gets the job's result as JSON: the URLs of files, or extracted text, tables, boxes or fields.
///
/// The caller owns `*result` and frees it with nitro_result_free(). `timeout_ms`: 0 for no timeout, -1 for the client's
/// call timeout.
///
/// Codes: NITRO_E_NOT_READY while the job is running; NITRO_E_JOB_FAILED with the service's reason;
/// NITRO_E_JOB_CANCELED; NITRO_E_NOT_FOUND; NITRO_E_GONE.
///
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
        *result = into_raw(nitro_result_t::new(handle(job, "job")?.job.result(&call)?)?);
        Ok(())
    })
}

/// Gets the job's result as bytes, which are passed to `sink` as they are received; several files come as one zip archive.
///
/// Memory use is constant. `bytes` may be NULL; otherwise it is set to the number of bytes. `content_type` may be NULL;
/// otherwise the caller owns `*content_type` and frees it with nitro_string_free(); it is NULL if the service sent no
/// media type. After an error the bytes that `sink` received are incomplete. `timeout_ms`: 0 or -1 for no timeout; the
/// idle timeout and the minimum rate still apply.
///
/// Codes: those of nitro_job_result(); NITRO_E_UNEXPECTED_RESULT if the result is not a file; NITRO_E_TRUNCATED;
/// NITRO_E_STOPPED if `sink` stopped the call.
///
/// Threads: any. Since 0.1.0.
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
        let sink = required(sink, "sink")?;
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
    /// A sink that stopped the call is not an error of the writer.
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
                Err(io::Error::other("the sink stopped the call"))
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Frees the job handle.
///
/// The job at the service continues. Does nothing if NULL.
///
/// Threads: any, once no call uses this handle. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_job_free(job: *mut nitro_job_t) {
    drop_raw(job);
}
