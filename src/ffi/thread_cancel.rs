//! `pthread_cancel` during a call: it takes effect after the call, since no Rust code can be unwound by it.

/// cbindgen:ignore
#[cfg(target_os = "linux")]
mod linux {
    use std::ffi::c_int;
    use std::ptr;

    /// `PTHREAD_CANCEL_DISABLE` of glibc and musl.
    const DISABLE: c_int = 1;

    unsafe extern "C" {
        fn pthread_setcancelstate(state: c_int, before: *mut c_int) -> c_int;
    }

    /// While it lives, this thread cannot be cancelled.
    pub(in crate::ffi) struct NotCancelled(c_int);

    impl NotCancelled {
        pub(in crate::ffi) fn new() -> Self {
            let mut before = DISABLE;
            // SAFETY: it writes the previous state, and calls nothing.
            unsafe { pthread_setcancelstate(DISABLE, &mut before) };
            Self(before)
        }
    }

    impl Drop for NotCancelled {
        fn drop(&mut self) {
            // SAFETY: the state is the one that the thread had; a request that came meanwhile stays pending.
            unsafe { pthread_setcancelstate(self.0, ptr::null_mut()) };
        }
    }
}

#[cfg(target_os = "linux")]
pub(super) use linux::NotCancelled;

/// Elsewhere the header's rule stands alone: no thread is cancelled during a call.
#[cfg(not(target_os = "linux"))]
pub(super) struct NotCancelled;

#[cfg(not(target_os = "linux"))]
impl NotCancelled {
    pub(super) fn new() -> Self {
        Self
    }
}
