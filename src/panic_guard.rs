//! Whose panics are whose: those that the library catches itself are no business of the host program's hook.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};

thread_local! {
    /// Whether a panic on this thread is caught by the library and told as an error.
    static CAUGHT: Cell<bool> = const { Cell::new(false) };
}

/// What stands in an error after a panic.
pub(crate) const DEFECT: &str = "a defect inside the library was caught; please report it";

pub(crate) fn is_caught() -> bool {
    CAUGHT.get()
}

/// Says so of this thread from now on; gives what held before.
pub(crate) fn set_caught(caught: bool) -> bool {
    CAUGHT.replace(caught)
}

/// Runs `body`; nothing after a panic.
pub(crate) fn catch<T>(body: impl FnOnce() -> T) -> Option<T> {
    let outcome = panic::catch_unwind(AssertUnwindSafe(body));
    outcome.map_err(drop_quietly).ok()
}

/// Drops what a panic may have left half-changed, or may panic again.
pub(crate) fn drop_quietly(what: impl Sized) {
    // A payload of this second panic might go on for ever: it is left alone.
    let _ = panic::catch_unwind(AssertUnwindSafe(|| drop(what))).map_err(std::mem::forget);
}
