//! Catches panics inside the library, so that none reaches C and the host program's panic hook is not called for them.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

thread_local! {
    /// Whether a panic on this thread is caught by the library and returned as an error.
    static CAUGHT: Cell<bool> = const { Cell::new(false) };
}

/// The message of the error that a caught panic becomes.
pub(crate) const DEFECT: &str =
    "internal error: a panic inside the library was caught; please report this defect";

pub(crate) fn is_caught() -> bool {
    CAUGHT.get()
}

/// Sets whether panics on this thread are caught by the library; returns the previous value.
pub(crate) fn set_caught(caught: bool) -> bool {
    CAUGHT.replace(caught)
}

/// Runs `body`; `None` after a panic.
pub(crate) fn catch<T>(body: impl FnOnce() -> T) -> Option<T> {
    let outcome = panic::catch_unwind(AssertUnwindSafe(body));
    outcome.map_err(drop_quietly).ok()
}

/// As [`catch`], without calling the host program's panic hook.
pub(crate) fn catch_silently<T>(body: impl FnOnce() -> T) -> Option<T> {
    skip_hook_for_own_panics();
    let before = set_caught(true);
    let outcome = catch(body);
    set_caught(before);
    outcome
}

/// Calls a callback of the host program: a panic in there is the host's and reaches its hook.
pub(crate) fn call_host<T>(callback: impl FnOnce() -> T) -> T {
    let before = set_caught(false);
    let outcome = callback();
    set_caught(before);
    outcome
}

/// Marks this thread as the library's own: it catches its panics itself, so the host's hook is not called for them.
pub(crate) fn mark_library_thread() {
    skip_hook_for_own_panics();
    set_caught(true);
}

/// Drops a value that a panic may have left inconsistent, or whose drop may panic again.
pub(crate) fn drop_quietly(value: impl Sized) {
    // A payload of this second panic could panic again without end: it is leaked.
    let _ = panic::catch_unwind(AssertUnwindSafe(|| drop(value))).map_err(std::mem::forget);
}

/// Installs a hook that prints nothing for panics that the library catches and calls the previous hook for all others.
fn skip_hook_for_own_panics() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        let previous = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !is_caught() {
                previous(info);
            }
        }));
    });
}
