//! Starts the library's own threads, in the same way whatever the host program has set.

use std::io;
use std::thread::{Builder, JoinHandle};

/// Set here, since Rust's default follows the variable `RUST_MIN_STACK` of the host program.
const STACK_SIZE: usize = 2 << 20;

/// Starts a thread on which no signal handler of the host program runs.
pub(crate) fn spawn(name: &str, body: impl FnOnce() + Send + 'static) -> io::Result<JoinHandle<()>> {
    // The thread has the signal mask of the one that starts it.
    let _blocked = signals::block();
    Builder::new()
        .name(name.to_owned())
        .stack_size(STACK_SIZE)
        .spawn(body)
}

#[cfg(unix)]
#[allow(unsafe_code)]
mod signals {
    use std::mem::MaybeUninit;
    use std::ptr;

    /// Raised by the thread itself: blocked, they would end the process without the host's crash handler.
    const SYNCHRONOUS: [libc::c_int; 7] = [
        libc::SIGSEGV,
        libc::SIGBUS,
        libc::SIGFPE,
        libc::SIGILL,
        libc::SIGTRAP,
        libc::SIGSYS,
        libc::SIGABRT,
    ];

    /// Restores the signal mask that the thread had.
    pub(super) struct Blocked(libc::sigset_t);

    /// Blocks all signals on this thread; `None` if that is impossible.
    pub(super) fn block() -> Option<Blocked> {
        let mut all = MaybeUninit::uninit();
        let mut before = MaybeUninit::uninit();
        // SAFETY: both sets are this function's own, and are read only once they were written.
        unsafe {
            libc::sigfillset(all.as_mut_ptr());
            for signal in SYNCHRONOUS {
                libc::sigdelset(all.as_mut_ptr(), signal);
            }
            let failed = libc::pthread_sigmask(libc::SIG_SETMASK, all.as_ptr(), before.as_mut_ptr());
            (failed == 0).then(|| Blocked(before.assume_init()))
        }
    }

    impl Drop for Blocked {
        fn drop(&mut self) {
            // SAFETY: the set is the one that the system gave.
            unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, &self.0, ptr::null_mut()) };
        }
    }
}

#[cfg(not(unix))]
mod signals {
    /// There are no signals.
    pub(super) fn block() -> Option<()> {
        None
    }
}
