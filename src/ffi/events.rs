//! `nitro_events_t`: the progress events of one job.

use std::sync::{Mutex, TryLockError};

use super::cancel::nitro_cancel_t;
use super::codes::nitro_code_t;
use super::entry::{call, fallible};
use super::error::nitro_error_t;
use super::handle::{drop_raw, handle, into_raw, output};
use super::job::nitro_job_t;
use super::status::{nitro_status_t, status_into_raw};
use crate::error::{Error, ErrorKind};
use crate::job::Events;

/// The progress events of one job; reconnects, and falls back to polling, by itself.
///
/// Threads: one at a time; a second one gets NITRO_E_BUSY. Since 0.1.0.
pub struct nitro_events_t {
    events: Mutex<Events>,
}

/// Creates the progress events of a job.
///
/// Nothing is sent before the first nitro_events_next(). The caller owns `*events` and frees it with
/// nitro_events_free(); the job may be freed before it.
///
/// Codes: NITRO_E_INVALID_ARGUMENT for NULL.
///
/// Threads: any. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_job_events(
    job: *const nitro_job_t,
    events: *mut *mut nitro_events_t,
    err: *mut *mut nitro_error_t,
) -> nitro_code_t {
    fallible(err, || {
        let events = output(events, "events", std::ptr::null_mut())?;
        *events = into_raw(nitro_events_t {
            events: Mutex::new(handle(job, "job")?.job.events()),
        });
        Ok(())
    })
}

/// Waits for the next status of the job; `*status` is NULL with NITRO_OK after the last one.
///
/// It returns each status while the job is running, and then that of its end. The status of a failed job is a success
/// here, not an error. The caller owns `*status` and frees it with nitro_status_free(). `timeout_ms`: 0 for no timeout,
/// -1 for the client's wait timeout; a request in progress can delay the return a little.
///
/// Codes: NITRO_E_TIMEOUT and NITRO_E_CANCELLED lose no event: call again, after a cancellation with a new token. After
/// NITRO_E_NOT_FOUND and NITRO_E_GONE there are no more events. NITRO_E_BUSY.
///
/// Threads: one at a time; a second one gets NITRO_E_BUSY. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_events_next(
    events: *const nitro_events_t,
    cancel: *const nitro_cancel_t,
    timeout_ms: i64,
    status: *mut *mut nitro_status_t,
    err: *mut *mut nitro_error_t,
) -> nitro_code_t {
    fallible(err, || {
        let status = output(status, "status", std::ptr::null_mut())?;
        let call = call(cancel, timeout_ms)?;
        let mut events = match handle(events, "events")?.events.try_lock() {
            Ok(events) => events,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => {
                return Err(Error::new(
                    ErrorKind::Busy,
                    "another thread is reading these events; use one thread at a time",
                ));
            }
        };
        if let Some(next) = events.next(&call)? {
            *status = status_into_raw(next);
        }
        Ok(())
    })
}

/// Closes the event stream and frees the handle.
///
/// Does no network I/O. Does nothing if NULL.
///
/// Threads: any, once no call uses this handle. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_events_free(events: *mut nitro_events_t) {
    drop_raw(events);
}
