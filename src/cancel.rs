//! Cancels blocked calls from any thread.

use std::fmt;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use crate::error::{Error, Result};
use crate::sync::{AtomicBool, Condvar, Mutex, MutexGuard, Ordering};

#[cfg(model)]
pub mod model;

/// What a blocked call waits on and a trigger can wake, such as a socket.
///
/// `wake` is called with the token's lock held: it must not block and must not call back into the token.
pub(crate) trait Wake: Send + Sync {
    fn wake(&self);
}

/// Cancels the calls that it was passed to, from any thread.
///
/// Clones are the same token. Triggering it is idempotent, never blocks and cannot be undone: use a new token for new calls.
#[derive(Clone, Default)]
pub struct CancelToken {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    triggered: AtomicBool,
    waiting: Mutex<Vec<Arc<dyn Wake>>>,
    changed: Condvar,
}

impl CancelToken {
    /// A token that has not been triggered.
    pub fn new() -> Self {
        Self::default()
    }

    /// Triggers the token: each call that it was passed to returns [`ErrorKind::Cancelled`](crate::ErrorKind::Cancelled).
    pub fn cancel(&self) {
        let waiting = self.lock();
        self.shared.triggered.store(true, Ordering::Release);
        for waker in waiting.iter() {
            waker.wake();
        }
        self.shared.changed.notify_all();
    }

    /// Whether the token has been triggered.
    pub fn is_cancelled(&self) -> bool {
        self.shared.triggered.load(Ordering::Acquire)
    }

    /// Fails if the token has been triggered.
    pub(crate) fn check(&self) -> Result<()> {
        if self.is_cancelled() {
            Err(Error::cancelled())
        } else {
            Ok(())
        }
    }

    /// Lets a trigger wake `waker` until the registration is dropped. Once the drop returns, no wake can happen.
    pub(crate) fn register(&self, waker: Arc<dyn Wake>) -> Registration {
        let mut waiting = self.lock();
        if self.is_cancelled() {
            waker.wake();
        }
        waiting.push(waker.clone());
        drop(waiting);
        Registration {
            token: self.clone(),
            waker,
        }
    }

    /// Sleeps for `duration`, or until the token is triggered.
    pub(crate) fn sleep(&self, duration: Duration) -> Result<()> {
        let until = Instant::now() + duration;
        let mut waiting = self.lock();
        loop {
            self.check()?;
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(());
            }
            waiting = self
                .shared
                .changed
                .wait_timeout(waiting, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Arc<dyn Wake>>> {
        self.shared.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for CancelToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CancelToken")
            .field("cancelled", &self.is_cancelled())
            .finish()
    }
}

/// Keeps a waker registered with its token.
pub(crate) struct Registration {
    token: CancelToken,
    waker: Arc<dyn Wake>,
}

impl fmt::Debug for Registration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Registration")
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        let mut waiting = self.token.lock();
        if let Some(at) = waiting.iter().position(|w| Arc::ptr_eq(w, &self.waker)) {
            waiting.swap_remove(at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicUsize;

    #[derive(Default)]
    struct Counter(AtomicUsize);
    impl Wake for Counter {
        fn wake(&self) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    #[test]
    fn a_trigger_wakes_registered_wakers_and_no_dropped_ones() {
        let token = CancelToken::new();
        let (registered, released) = (Arc::new(Counter::default()), Arc::new(Counter::default()));
        let _registration = token.register(registered.clone());
        drop(token.register(released.clone()));
        token.cancel();
        token.cancel();
        assert!(token.is_cancelled());
        assert_eq!(registered.0.load(Ordering::SeqCst), 2);
        assert_eq!(released.0.load(Ordering::SeqCst), 0);
    }

    #[test]
    fn registering_with_a_triggered_token_wakes_immediately() {
        let token = CancelToken::new();
        token.cancel();
        let late = Arc::new(Counter::default());
        let _registration = token.register(late.clone());
        assert_eq!(late.0.load(Ordering::SeqCst), 1);
    }

    #[test]
    fn a_trigger_ends_a_sleep() {
        let token = CancelToken::new();
        let other = token.clone();
        let sleeper = std::thread::spawn(move || other.sleep(Duration::from_secs(3600)));
        token.cancel();
        let ended = sleeper.join().unwrap();
        assert_eq!(ended.unwrap_err().kind(), crate::ErrorKind::Cancelled);
    }
}
