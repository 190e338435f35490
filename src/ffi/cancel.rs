//! `nitro_cancel_t`: stops blocked calls from any thread.

use super::handle::{drop_raw, infallible, into_raw};
use crate::cancel::CancelToken;

/// A cancel token: stops the calls that it was given to, from any thread.
///
/// One token may serve any number of calls, at once or one after the other. It cannot be reset: make a new one for new
/// work. Threads: any at once. Since 0.1.0.
pub struct nitro_cancel_t {
    pub(super) token: CancelToken,
}

/// Makes a cancel token that has not been triggered.
///
/// The caller owns it and frees it with nitro_cancel_free(). Never NULL. Threads: any. Since 0.1.0.
#[unsafe(no_mangle)]
pub extern "C" fn nitro_cancel_new() -> *mut nitro_cancel_t {
    infallible(std::ptr::null_mut(), || {
        into_raw(nitro_cancel_t {
            token: CancelToken::new(),
        })
    })
}

/// Triggers the token: each call that it was given to returns NITRO_E_CANCELLED, and so does each later one.
///
/// Does not block, may be called again, and may be called from any thread, a window's message handler for instance. It is
/// not for signal handlers. NULL is nothing. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_cancel_trigger(cancel: *const nitro_cancel_t) {
    infallible((), || {
        // SAFETY: the header's contract: a handle comes from this library, and is not freed during the call.
        if let Some(cancel) = unsafe { cancel.as_ref() } {
            cancel.token.cancel();
        }
    });
}

/// Whether the token has been triggered: 1 or 0; 0 for NULL.
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

/// Frees the token.
///
/// Calls that it was given to go on and can no longer be cancelled. NULL is nothing. Threads: any, also while calls use
/// the token. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_cancel_free(cancel: *mut nitro_cancel_t) {
    drop_raw(cancel);
}
