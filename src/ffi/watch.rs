//! `nitro_watch_t`: the events of many jobs.

use std::ffi::{CString, c_char, c_void};
use std::ptr;
use std::sync::{Mutex, TryLockError};

use super::cancel::nitro_cancel_t;
use super::client::nitro_client_t;
use super::codes::{NITRO_OK, nitro_code_t};
use super::entry::{call, fallible};
use super::error::nitro_error_t;
use super::handle::{drop_raw, handle, infallible, into_raw, optional_output, output};
use super::job::nitro_job_t;
use super::status::{nitro_status_t, status_as_ptr};
use super::thread_cancel::NotCancelled;
use crate::c_text::to_c_string;
use crate::error::{Error, ErrorKind};
use crate::job::{JobStatus, JobUpdate, Watch, WatchEvent, WatchId, WatchOptions};
use crate::panic_guard::mark_library_thread;

/// A watch: follows many jobs with a bounded number of threads, and returns the events of all through one function.
///
/// Its threads never call the program: log lines and token requests are delivered inside nitro_watch_next(). A job
/// takes about 1 kB of memory, however slowly its events are read.
///
/// Threads: nitro_watch_next() one at a time, everything else any at once. Since 0.1.0.
pub struct nitro_watch_t {
    watch: Watch,
    reader: Mutex<()>,
}

/// An event of one job of a watch.
///
/// It does not change. What its accessors return is valid until it is freed.
///
/// Threads: any at once. Since 0.1.0.
pub struct nitro_watch_event_t {
    id: u64,
    user_data: usize,
    job_id: CString,
    last: bool,
    status: Option<JobStatus>,
    error: Option<nitro_error_t>,
}

impl nitro_watch_event_t {
    fn new(event: WatchEvent) -> Self {
        let (id, user_data, last) = (event.id().as_u64(), event.tag(), event.is_last());
        let (job_id, no_result) = (to_c_string(event.job_id()), event.no_result());
        let (status, error) = match event.into_update() {
            JobUpdate::GaveUp(error) => (None, Some(error)),
            JobUpdate::Progress(status) | JobUpdate::Ended(status) => (Some(status), no_result),
        };
        Self {
            id,
            user_data,
            job_id,
            last,
            status,
            error: error.map(nitro_error_t::new),
        }
    }
}

/// Creates a watch without jobs.
///
/// Nothing is sent and no thread is started before nitro_watch_add(). `threads` is the maximum number of threads, from
/// 1 to 256; 0 stands for 4. Half of them can each hold the event stream of one job; the others poll the remaining jobs
/// over pooled connections. `requests_per_second` is the maximum rate of requests for all jobs together, evenly spread;
/// 0 for no maximum. The caller owns `*watch` and frees it with nitro_watch_free(); the client may be freed before it.
///
/// Codes: NITRO_E_INVALID_ARGUMENT.
///
/// Threads: any. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_watch_new(
    client: *const nitro_client_t,
    threads: u32,
    requests_per_second: f64,
    watch: *mut *mut nitro_watch_t,
    err: *mut *mut nitro_error_t,
) -> nitro_code_t {
    fallible(err, || {
        let watch = output(watch, "watch", ptr::null_mut())?;
        let mut options = WatchOptions::new().requests_per_second(requests_per_second);
        if threads != 0 {
            options = options.threads(threads as usize);
        }
        let client = &handle(client, "client")?.client;
        *watch = into_raw(nitro_watch_t {
            watch: client.watch(options.on_thread(mark_library_thread))?,
            reader: Mutex::new(()),
        });
        Ok(())
    })
}

/// Adds a job to the watch.
///
/// `user_data` is returned with each event of the job. `id` may be NULL; otherwise it is set to the number of the job
/// in this watch, which is never 0. A job that is already in the watch keeps its number and gets the new `user_data`.
/// The job handle may be freed at once.
///
/// Codes: NITRO_E_INVALID_ARGUMENT for NULL; NITRO_E_INTERNAL if no thread can be started.
///
/// Threads: any. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_watch_add(
    watch: *const nitro_watch_t,
    job: *const nitro_job_t,
    user_data: *mut c_void,
    id: *mut u64,
    err: *mut *mut nitro_error_t,
) -> nitro_code_t {
    fallible(err, || {
        let id = optional_output(id, 0);
        let watch = &handle(watch, "watch")?.watch;
        let added = watch.add_tagged(&handle(job, "job")?.job, user_data.expose_provenance())?;
        if let Some(id) = id {
            *id = added.as_u64();
        }
        Ok(())
    })
}

/// Removes a job and its pending events from the watch; returns 1 if the watch had it, else 0; 0 if NULL.
///
/// Requests in progress for the job are cancelled; the job at the service continues. No call of nitro_watch_next() that
/// begins after this one returned will return an event of the job. Does not block.
///
/// Threads: any. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_watch_remove(watch: *const nitro_watch_t, id: u64) -> i32 {
    let _not_cancelled = NotCancelled::new();
    // SAFETY: the header's contract: a handle comes from this library, and is not freed during the call.
    infallible(0, || {
        unsafe { watch.as_ref() }
            .is_some_and(|w| w.watch.remove(WatchId::from_u64(id)))
            .into()
    })
}

/// Returns the number of jobs in the watch, including those whose last event was not read yet; 0 if NULL.
///
/// Threads: any. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_watch_count(watch: *const nitro_watch_t) -> usize {
    // SAFETY: as above.
    infallible(0, || unsafe { watch.as_ref() }.map_or(0, |w| w.watch.len()))
}

/// Waits for the next event of any job; `*event` is NULL with NITRO_OK once no job is left.
///
/// Events are returned in the order in which they occurred. Only the latest progress of a job is kept; its last event
/// is never lost. A job that failed or can no longer be followed is an event here, not an error, and does not affect
/// other jobs. The caller owns `*event` and frees it with nitro_watch_event_free(). `timeout_ms`: 0 for no timeout, -1
/// for the client's wait timeout. The log callback and the token callback are called inside this function.
///
/// Codes: NITRO_E_TIMEOUT and NITRO_E_CANCELLED lose no event: call again. NITRO_E_BUSY.
///
/// Threads: one at a time; a second one gets NITRO_E_BUSY. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_watch_next(
    watch: *const nitro_watch_t,
    cancel: *const nitro_cancel_t,
    timeout_ms: i64,
    event: *mut *mut nitro_watch_event_t,
    err: *mut *mut nitro_error_t,
) -> nitro_code_t {
    fallible(err, || {
        let event = output(event, "event", ptr::null_mut())?;
        let call = call(cancel, timeout_ms)?;
        let watch = handle(watch, "watch")?;
        let _guard = match watch.reader.try_lock() {
            Ok(guard) => guard,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => {
                return Err(Error::new(
                    ErrorKind::Busy,
                    "another thread is reading the events of this watch; use one thread at a time",
                ));
            }
        };
        if let Some(next) = watch.watch.next(&call)? {
            *event = into_raw(nitro_watch_event_t::new(next));
        }
        Ok(())
    })
}

/// Cancels the requests of the watch, joins its threads, and frees it.
///
/// Since their requests are cancelled, the threads end promptly. The jobs at the service continue; events that were
/// read stay valid. Does nothing if NULL.
///
/// Threads: any, once no call uses this handle; not from a callback of the watch. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_watch_free(watch: *mut nitro_watch_t) {
    drop_raw(watch);
}

fn access<T: Copy>(
    event: *const nitro_watch_event_t,
    empty: T,
    accessor: impl FnOnce(&nitro_watch_event_t) -> T,
) -> T {
    // SAFETY: as above.
    infallible(empty, || unsafe { event.as_ref() }.map_or(empty, accessor))
}

/// Returns the number of the job in the watch, as set by nitro_watch_add(); 0 if NULL.
///
/// Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_watch_event_id(event: *const nitro_watch_event_t) -> u64 {
    access(event, 0, |e| e.id)
}

/// Returns the `user_data` that was given to nitro_watch_add(); NULL if NULL.
///
/// Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_watch_event_user_data(event: *const nitro_watch_event_t) -> *mut c_void {
    access(event, ptr::null_mut(), |e| {
        ptr::with_exposed_provenance_mut(e.user_data)
    })
}

/// Returns the id of the job at the service; NULL if NULL.
///
/// Lent until the event is freed. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_watch_event_job_id(event: *const nitro_watch_event_t) -> *const c_char {
    access(event, ptr::null(), |e| e.job_id.as_ptr())
}

/// Returns 1 if this is the last event of the job, which has left the watch, else 0; 0 if NULL.
///
/// Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_watch_event_is_last(event: *const nitro_watch_event_t) -> i32 {
    access(event, 0, |e| e.last.into())
}

/// Returns NITRO_OK while the job is running and if it is completed, else the reason why there will be no result.
///
/// NITRO_E_JOB_FAILED and NITRO_E_JOB_CANCELED are ends of the job itself. Any other code, such as NITRO_E_NOT_FOUND,
/// NITRO_E_GONE or NITRO_E_UNAUTHORIZED, is the reason why it can no longer be followed. NITRO_OK if NULL. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_watch_event_code(event: *const nitro_watch_event_t) -> nitro_code_t {
    access(event, NITRO_OK, |e| {
        e.error.as_ref().map_or(NITRO_OK, nitro_error_t::code)
    })
}

/// Returns the status of the job; NULL if it can no longer be followed, or if NULL.
///
/// Lent until the event is freed: do not free it. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_watch_event_status(
    event: *const nitro_watch_event_t,
) -> *const nitro_status_t {
    access(event, ptr::null(), |e| {
        e.status.as_ref().map_or(ptr::null(), status_as_ptr)
    })
}

/// Returns the error that explains nitro_watch_event_code(); NULL if that is NITRO_OK, or if NULL.
///
/// Lent until the event is freed: do not free it. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_watch_event_error(event: *const nitro_watch_event_t) -> *const nitro_error_t {
    access(event, ptr::null(), |e| {
        e.error.as_ref().map_or(ptr::null(), ptr::from_ref)
    })
}

/// Frees the event and what its accessors returned.
///
/// Does nothing if NULL.
///
/// Threads: any, once. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_watch_event_free(event: *mut nitro_watch_event_t) {
    drop_raw(event);
}
