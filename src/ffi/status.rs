//! `nitro_status_t`: the status of a job at one moment.

use std::ffi::c_char;
use std::ptr;

use super::handle::{drop_raw, infallible, optional_output};
use crate::job::{JobState, JobStatus, StatusDocument};

/// A state that this version does not know; nitro_status_name() has the service's name for it.
pub const NITRO_STATE_UNKNOWN: i32 = 0;
/// The job is being processed.
pub const NITRO_STATE_RUNNING: i32 = 1;
/// The job is completed and has a result.
pub const NITRO_STATE_COMPLETED: i32 = 2;
/// The job failed.
pub const NITRO_STATE_FAILED: i32 = 3;
/// The job was canceled at the service.
pub const NITRO_STATE_CANCELED: i32 = 4;

/// The status of a job at one moment: its state, and its progress while it is running.
///
/// It does not change. The strings that its accessors return are valid until it is freed.
///
/// Threads: any at once. Since 0.1.0.
pub struct nitro_status_t {
    /// A pointer to this type is one to a [`StatusDocument`], which saves one allocation for each event.
    _document: [u8; 0],
}

/// Passes the ownership of the status to C.
pub(super) fn status_into_raw(status: JobStatus) -> *mut nitro_status_t {
    Box::into_raw(status.into_document()).cast()
}

/// A pointer for C, valid as long as the status is neither moved nor dropped.
pub(super) fn status_as_ptr(status: &JobStatus) -> *const nitro_status_t {
    ptr::from_ref(status.document()).cast()
}

fn access<T: Copy>(
    status: *const nitro_status_t,
    empty: T,
    accessor: impl FnOnce(&StatusDocument) -> T,
) -> T {
    // SAFETY: the header's contract: a handle comes from this library, and is not freed during the call.
    infallible(empty, || {
        unsafe { status.cast::<StatusDocument>().as_ref() }.map_or(empty, accessor)
    })
}

/// Returns the state, one of NITRO_STATE_...; NITRO_STATE_UNKNOWN if NULL.
///
/// Treat an unknown value as a job that is still running. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_status_state(status: *const nitro_status_t) -> i32 {
    access(status, NITRO_STATE_UNKNOWN, |s| match s.state() {
        JobState::Running => NITRO_STATE_RUNNING,
        JobState::Completed => NITRO_STATE_COMPLETED,
        JobState::Failed => NITRO_STATE_FAILED,
        JobState::Canceled => NITRO_STATE_CANCELED,
        _ => NITRO_STATE_UNKNOWN,
    })
}

/// Returns the service's name of the state, for example "running"; "" if the service gave none, or if NULL.
///
/// Lent until the status is freed, never NULL. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_status_name(status: *const nitro_status_t) -> *const c_char {
    access(status, c"".as_ptr(), |s| match s.state() {
        JobState::Running => c"running".as_ptr(),
        JobState::Completed => c"completed".as_ptr(),
        JobState::Failed => c"failed".as_ptr(),
        JobState::Canceled => c"canceled".as_ptr(),
        JobState::Unknown(_) => s.unknown_state_name().as_ptr().cast(),
    })
}

/// Returns the progress, from 0.0 to 1.0; -1.0 if the service gave none, or if NULL.
///
/// 1.0 does not mean that the job is completed: see nitro_status_state(). Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_status_progress(status: *const nitro_status_t) -> f64 {
    access(status, -1.0, |s| s.progress().unwrap_or(-1.0))
}

/// Returns 1 if the job has ended, whether completed, failed or canceled, else 0; 0 if NULL.
///
/// Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_status_is_terminal(status: *const nitro_status_t) -> i32 {
    access(status, 0, |s| s.state().is_terminal().into())
}

/// Returns the status document of the service as received, a JSON text; "" if there was none, or if NULL.
///
/// `length` may be NULL; otherwise it is set to the length in bytes without the final NUL. Lent until the status is
/// freed, never NULL. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_status_json(
    status: *const nitro_status_t,
    length: *mut usize,
) -> *const c_char {
    let length = optional_output(length, 0);
    access(status, c"".as_ptr(), |s| {
        if let Some(length) = length {
            *length = s.json().len();
        }
        s.json().as_ptr().cast()
    })
}

/// Frees the status and the strings of its accessors.
///
/// Does nothing if NULL.
///
/// Threads: any, once. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_status_free(status: *mut nitro_status_t) {
    drop_raw(status.cast::<StatusDocument>());
}
