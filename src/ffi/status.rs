//! `nitro_status_t`: where a job stands.

use std::ffi::c_char;
use std::ptr;

use super::handle::{drop_raw, infallible, optional_output};
use crate::job::{Document, JobState, JobStatus};

/// A state that this version does not know; nitro_status_name() has the service's word.
pub const NITRO_STATE_UNKNOWN: i32 = 0;
/// The job is being processed.
pub const NITRO_STATE_RUNNING: i32 = 1;
/// The job is done and has a result.
pub const NITRO_STATE_COMPLETED: i32 = 2;
/// The job failed.
pub const NITRO_STATE_FAILED: i32 = 3;
/// The job was canceled at the service.
pub const NITRO_STATE_CANCELED: i32 = 4;

/// Where a job stands: a state, and how far it is while it runs.
///
/// Never changes. Everything it lends lives until it is freed. Threads: any at once. Since 0.1.0.
pub struct nitro_status_t {
    /// A pointer to it is one to a [`Document`]: one box less for each event.
    _document: [u8; 0],
}

/// Gives the status to C, which owns it from now on.
pub(super) fn give_status(status: JobStatus) -> *mut nitro_status_t {
    Box::into_raw(status.into_document()).cast()
}

/// Lends the status to C, for as long as it stays where it is.
pub(super) fn lend_status(status: &JobStatus) -> *const nitro_status_t {
    ptr::from_ref(status.document()).cast()
}

fn read<T: Copy>(status: *const nitro_status_t, none: T, what: impl FnOnce(&Document) -> T) -> T {
    // SAFETY: the header's contract: a handle comes from this library, and is not freed during the call.
    infallible(none, || {
        unsafe { status.cast::<Document>().as_ref() }.map_or(none, what)
    })
}

/// The state, one of NITRO_STATE_...; NITRO_STATE_UNKNOWN for NULL.
///
/// Treat a number that is not known as a job that still runs. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_status_state(status: *const nitro_status_t) -> i32 {
    read(status, NITRO_STATE_UNKNOWN, |s| match s.state() {
        JobState::Running => NITRO_STATE_RUNNING,
        JobState::Completed => NITRO_STATE_COMPLETED,
        JobState::Failed => NITRO_STATE_FAILED,
        JobState::Canceled => NITRO_STATE_CANCELED,
        _ => NITRO_STATE_UNKNOWN,
    })
}

/// The state in the service's own word, for example "running"; "" if it gave none, and for NULL.
///
/// Lent until the status is freed, never NULL. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_status_name(status: *const nitro_status_t) -> *const c_char {
    read(status, c"".as_ptr(), |s| match s.state() {
        JobState::Running => c"running".as_ptr(),
        JobState::Completed => c"completed".as_ptr(),
        JobState::Failed => c"failed".as_ptr(),
        JobState::Canceled => c"canceled".as_ptr(),
        JobState::Unknown(_) => s.word().as_ptr().cast(),
    })
}

/// How far the job is, from 0.0 to 1.0; -1.0 if the service did not say, and for NULL.
///
/// 1.0 does not mean done: only the state says so. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_status_progress(status: *const nitro_status_t) -> f64 {
    read(status, -1.0, |s| s.progress().unwrap_or(-1.0))
}

/// Whether the job has ended, in whatever way: 1 or 0; 0 for NULL.
///
/// Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_status_is_terminal(status: *const nitro_status_t) -> i32 {
    read(status, 0, |s| s.state().is_terminal().into())
}

/// What the service said, as received: JSON text; "" where it said nothing, and for NULL.
///
/// `length` may be NULL; else it is set to the bytes without the final NUL. Lent until the status is freed, never NULL.
/// Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_status_json(
    status: *const nitro_status_t,
    length: *mut usize,
) -> *const c_char {
    let length = optional_output(length, 0);
    read(status, c"".as_ptr(), |s| {
        if let Some(length) = length {
            *length = s.json().len();
        }
        s.json().as_ptr().cast()
    })
}

/// Frees the status and all that it lent.
///
/// NULL is nothing. Threads: any, once. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_status_free(status: *mut nitro_status_t) {
    drop_raw(status.cast::<Document>());
}
