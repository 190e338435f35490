//! What crosses the C boundary: handles, outputs, strings and numbers, with NULL and UTF-8 checked here and nowhere else.

use std::ffi::{CStr, c_char, c_void};
use std::time::Duration;

use super::thread_cancel::NotCancelled;
use crate::error::{Error, Result};
use crate::panic_guard::catch_silently;

/// Runs the body of a function that cannot fail; returns `fallback` after a panic.
pub(super) fn infallible<T>(fallback: T, body: impl FnOnce() -> T) -> T {
    catch_silently(body).unwrap_or(fallback)
}

/// A required handle.
pub(super) fn handle<'a, T>(pointer: *const T, name: &str) -> Result<&'a T> {
    // SAFETY: the header's contract: a handle comes from this library, and is not freed during the call.
    unsafe { pointer.as_ref() }.ok_or_else(|| null(name))
}

/// A required handle that this call changes; the header documents which handles serve one thread at a time.
pub(super) fn handle_mut<'a, T>(pointer: *mut T, name: &str) -> Result<&'a mut T> {
    // SAFETY: as for `handle`; the header's contract excludes a second thread.
    unsafe { pointer.as_mut() }.ok_or_else(|| null(name))
}

/// A required output. It is set to `empty` at once, and written again only on success.
pub(super) fn output<'a, T>(pointer: *mut T, name: &str, empty: T) -> Result<&'a mut T> {
    // SAFETY: the header's contract: an output points to memory for one value; writing needs no initialised memory.
    unsafe {
        if pointer.is_null() {
            return Err(null(name));
        }
        pointer.write(empty);
        Ok(&mut *pointer)
    }
}

/// As [`output`], for an output that may be NULL.
pub(super) fn optional_output<'a, T>(pointer: *mut T, empty: T) -> Option<&'a mut T> {
    output(pointer, "", empty).ok()
}

/// A required string.
pub(super) fn text<'a>(pointer: *const c_char, name: &str) -> Result<&'a str> {
    optional_text(pointer, name)?.ok_or_else(|| null(name))
}

/// A string that may be NULL.
pub(super) fn optional_text<'a>(pointer: *const c_char, name: &str) -> Result<Option<&'a str>> {
    if pointer.is_null() {
        return Ok(None);
    }
    // SAFETY: the header's contract: a string ends with NUL and does not change during the call.
    let text = unsafe { CStr::from_ptr(pointer) };
    match text.to_str() {
        Ok(text) => Ok(Some(text)),
        Err(e) => Err(Error::invalid(format!(
            "{name} is not valid UTF-8: invalid byte at offset {}",
            e.valid_up_to()
        ))),
    }
}

/// A required callback.
pub(super) fn required<F>(function: Option<F>, name: &str) -> Result<F> {
    function.ok_or_else(|| null(name))
}

pub(super) fn null(name: &str) -> Error {
    Error::invalid(format!("{name} is NULL"))
}

pub(super) fn negative(name: &str) -> Error {
    Error::invalid(format!("{name} is negative"))
}

/// A duration in milliseconds, as options have it.
pub(super) fn milliseconds(value: i64, name: &str) -> Result<Duration> {
    u64::try_from(value)
        .map(Duration::from_millis)
        .map_err(|_| negative(name))
}

/// Milliseconds for C; -1 for none.
pub(super) fn to_milliseconds(duration: Option<Duration>) -> i64 {
    duration.map_or(-1, |d| d.as_millis().try_into().unwrap_or(i64::MAX))
}

/// Moves a value to the heap and passes its ownership to C.
pub(super) fn into_raw<T>(value: T) -> *mut T {
    Box::into_raw(Box::new(value))
}

/// Takes the ownership back from C and drops the value; does nothing if NULL.
pub(super) fn drop_raw<T>(pointer: *mut T) {
    let _not_cancelled = NotCancelled::new();
    infallible((), || {
        if !pointer.is_null() {
            // SAFETY: the header's contract: the handle came from `into_raw` and is freed once.
            drop(unsafe { Box::from_raw(pointer) });
        }
    });
}

/// The host's pointer, which the library never dereferences.
#[derive(Clone, Copy)]
pub(super) struct UserData(pub(super) *mut c_void);

impl UserData {
    pub(super) fn get(self) -> *mut c_void {
        self.0
    }
}

// SAFETY: the header documents that the host's callbacks run on any thread that is inside a call.
unsafe impl Send for UserData {}
// SAFETY: as above.
unsafe impl Sync for UserData {}
