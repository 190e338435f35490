//! `nitro_cancel_t`: cancels blocked calls from any thread.

use super::handle::{drop_raw, infallible, into_raw};
use super::thread_cancel::NotCancelled;
use crate::cancel::CancelToken;

/// A cancel token: cancels the calls that it was passed to, from any thread.
///
/// One token may be passed to any number of calls, concurrently or one after the other. It cannot be reset: create a
/// new one for new calls. A call keeps its own reference, so the token may be freed at any time.
///
/// Threads: any at once. Since 0.1.0.
pub struct nitro_cancel_t {
    pub(super) token: CancelToken,
}

/// Creates a cancel token.
///
/// The caller owns it and frees it with nitro_cancel_free(). Never NULL.
///
/// Threads: any. Since 0.1.0.
#[unsafe(no_mangle)]
pub extern "C" fn nitro_cancel_new() -> *mut nitro_cancel_t {
    infallible(std::ptr::null_mut(), || {
        into_raw(nitro_cancel_t {
            token: CancelToken::new(),
        })
    })
}

/// Triggers the token: each call that it was passed to, or will be passed to, returns NITRO_E_CANCELLED.
///
/// Does not block, may be called repeatedly and from any thread, for example from a window's message handler. It is not
/// async-signal-safe. Does nothing if NULL. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_cancel_trigger(cancel: *const nitro_cancel_t) {
    let _not_cancelled = NotCancelled::new();
    infallible((), || {
        // SAFETY: the header's contract: a handle comes from this library, and is not freed during the call.
        let token = unsafe { cancel.as_ref() }.map(|cancel| cancel.token.clone());
        // The handle is not touched from here on: whoever sees the trigger may free it before this call returns.
        if let Some(token) = token {
            token.cancel();
        }
    });
}

/// Returns 1 if the token was triggered, else 0; 0 if NULL.
///
/// Threads: any. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_cancel_is_triggered(cancel: *const nitro_cancel_t) -> i32 {
    // SAFETY: as above.
    infallible(0, || {
        unsafe { cancel.as_ref() }
            .is_some_and(|c| c.token.is_cancelled())
            .into()
    })
}

/// Frees a cancel token.
///
/// Calls that it was passed to continue and can no longer be cancelled. A thread that has seen that the token was triggered
/// may free it even if that nitro_cancel_trigger() has not returned yet. Does nothing if NULL.
///
/// Threads: any, also while calls use the token. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_cancel_free(cancel: *mut nitro_cancel_t) {
    drop_raw(cancel);
}
