//! `nitro_watch_t`: many jobs at once, pulled event by event.

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
use super::status::{lend_status, nitro_status_t};
use crate::c_text::to_c_string;
use crate::error::{Error, ErrorKind};
use crate::job::{JobStatus, News, Watch, WatchEvent, WatchId, WatchOptions};
use crate::panic_guard::mark_library_thread;

/// Many jobs that are followed at once by a bounded number of threads, and whose events are pulled by one function.
///
/// The threads belong to the watch and call nothing of the program: log lines, token requests and events come out of
/// nitro_watch_next(). A job takes about a kilobyte, however slowly events are pulled. Threads: nitro_watch_next() one at a
/// time, everything else any at once. Since 0.1.0.
pub struct nitro_watch_t {
    watch: Watch,
    reader: Mutex<()>,
}

/// What happened to one job of a watch.
///
/// Never changes. Everything it lends lives until it is freed. Threads: any at once. Since 0.1.0.
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
        let (status, error) = match event.into_news() {
            News::GaveUp(error) => (None, Some(error)),
            News::Progress(status) | News::Ended(status) => (Some(status), no_result),
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

/// Makes a watch without jobs.
///
/// Nothing is sent and no thread is started before nitro_watch_add(). `threads`: how many there may be, from 1 to 256; 0
/// stands for 4. Half of them may each hold the live stream of a job, the others poll the rest over kept connections.
/// `requests_per_second`: the most requests of all jobs together, evenly spread; 0 for no limit. The caller owns `*watch`
/// and frees it with nitro_watch_free(); the client may be freed before. Codes: NITRO_E_INVALID_ARGUMENT. Threads: any.
/// Since 0.1.0.
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

/// Begins to follow a job.
///
/// `user_data` comes back with each event of the job. `id` may be NULL; else it is set to the job's number in this watch,
/// which is never 0. A job that the watch follows already keeps its number and takes the new `user_data`. The job may be freed
/// at once. Codes: NITRO_E_INVALID_ARGUMENT for NULL, NITRO_E_INTERNAL if no thread can be started. Threads: any. Since 0.1.0.
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

/// Ceases to follow a job and drops what was not pulled of it: 1 if the watch still had it, else 0; 0 for NULL.
///
/// What is under way for the job is cancelled; the job at the service goes on. No nitro_watch_next() that begins after this
/// has returned gives an event of it. Does not wait. Threads: any. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_watch_remove(watch: *const nitro_watch_t, id: u64) -> i32 {
    // SAFETY: the header's contract: a handle comes from this library, and is not freed during the call.
    infallible(0, || {
        unsafe { watch.as_ref() }
            .is_some_and(|w| w.watch.remove(WatchId::from_u64(id)))
            .into()
    })
}

/// How many jobs the watch has, those included whose end was not pulled yet; 0 for NULL.
///
/// Threads: any. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_watch_count(watch: *const nitro_watch_t) -> usize {
    // SAFETY: as above.
    infallible(0, || unsafe { watch.as_ref() }.map_or(0, |w| w.watch.len()))
}

/// Waits until something happens to one of the jobs; `*event` is NULL with NITRO_OK once no job is left.
///
/// Events come in the order in which things happened. Of the progress of a job only the latest is kept; an end is never lost.
/// A job that failed or cannot be followed is an event here, not an error, and disturbs no other. The caller owns `*event`
/// and frees it with nitro_watch_event_free(). `timeout_ms`: 0 waits without limit, -1 for the client's wait limit. Codes:
/// NITRO_E_TIMEOUT and NITRO_E_CANCELLED lose nothing: call again; NITRO_E_BUSY. The log callback and the token callback
/// are called in here. Threads: one at a time; a second one gets NITRO_E_BUSY. Since 0.1.0.
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
        let _alone = match watch.reader.try_lock() {
            Ok(alone) => alone,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => {
                return Err(Error::new(
                    ErrorKind::Busy,
                    "another thread is waiting for events of this watch now",
                ));
            }
        };
        if let Some(next) = watch.watch.next(&call)? {
            *event = into_raw(nitro_watch_event_t::new(next));
        }
        Ok(())
    })
}

/// Stops following, waits for the watch's threads, and frees it.
///
/// NULL is nothing. The threads are cancelled in what they do, so this is prompt; the jobs at the service go on. Events
/// that were pulled stay valid. Threads: any, once no call is given this handle; not from a callback of the watch. Since
/// 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_watch_free(watch: *mut nitro_watch_t) {
    drop_raw(watch);
}

fn read<T: Copy>(
    event: *const nitro_watch_event_t,
    none: T,
    what: impl FnOnce(&nitro_watch_event_t) -> T,
) -> T {
    // SAFETY: as above.
    infallible(none, || unsafe { event.as_ref() }.map_or(none, what))
}

/// The job's number in the watch, as nitro_watch_add() gave it; 0 for NULL.
///
/// Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_watch_event_id(event: *const nitro_watch_event_t) -> u64 {
    read(event, 0, |e| e.id)
}

/// What was given to nitro_watch_add() with the job; NULL for NULL.
///
/// Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_watch_event_user_data(event: *const nitro_watch_event_t) -> *mut c_void {
    read(event, ptr::null_mut(), |e| {
        ptr::with_exposed_provenance_mut(e.user_data)
    })
}

/// The id of the job at the service; NULL for NULL.
///
/// Lent until the event is freed. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_watch_event_job_id(event: *const nitro_watch_event_t) -> *const c_char {
    read(event, ptr::null(), |e| e.job_id.as_ptr())
}

/// Whether this is the last event of the job, which the watch has let go: 1 or 0; 0 for NULL.
///
/// Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_watch_event_is_last(event: *const nitro_watch_event_t) -> i32 {
    read(event, 0, |e| e.last.into())
}

/// How the job stands, as a code: NITRO_OK while it runs and once it is completed, else why there will be no result.
///
/// NITRO_E_JOB_FAILED and NITRO_E_JOB_CANCELED are the job's own ends; NITRO_E_NOT_FOUND, NITRO_E_GONE, NITRO_E_UNAUTHORIZED
/// or any other code says why it cannot be followed any further. NITRO_OK for NULL. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_watch_event_code(event: *const nitro_watch_event_t) -> nitro_code_t {
    read(event, NITRO_OK, |e| {
        e.error.as_ref().map_or(NITRO_OK, nitro_error_t::code)
    })
}

/// Where the job stands; NULL if it cannot be followed any further, and for NULL.
///
/// Lent until the event is freed; never free it. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_watch_event_status(
    event: *const nitro_watch_event_t,
) -> *const nitro_status_t {
    read(event, ptr::null(), |e| {
        e.status.as_ref().map_or(ptr::null(), lend_status)
    })
}

/// Why there will be no result, with everything that helps to act on it; NULL while nitro_watch_event_code() is NITRO_OK.
///
/// Lent until the event is freed; never free it. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_watch_event_error(event: *const nitro_watch_event_t) -> *const nitro_error_t {
    read(event, ptr::null(), |e| {
        e.error.as_ref().map_or(ptr::null(), ptr::from_ref)
    })
}

/// Frees the event and all that it lent.
///
/// NULL is nothing. Threads: any, once. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_watch_event_free(event: *mut nitro_watch_event_t) {
    drop_raw(event);
}
