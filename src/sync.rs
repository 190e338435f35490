//! The locks and threads of what several threads use at once: those of std, or of a model checker (`tests/model`).

#[cfg(model)]
use shuttle as primitives;
#[cfg(not(model))]
use std as primitives;

pub(crate) use primitives::sync::atomic::{AtomicBool, Ordering};
pub(crate) use primitives::sync::{Condvar, Mutex, MutexGuard};
pub(crate) use primitives::thread;

#[cfg(model)]
pub(crate) use event::{Event, LONG};

/// For the programs that the model checker runs.
#[cfg(model)]
mod event {
    use std::sync::Arc;
    use std::time::Duration;

    use super::{Condvar, Mutex};

    /// A timeout that never expires in a model: each wait ends by being woken.
    pub(crate) const LONG: Duration = Duration::from_secs(3600);

    /// Something that happens once and that other threads wait for.
    #[derive(Clone, Default)]
    pub(crate) struct Event(Arc<(Mutex<bool>, Condvar)>);

    impl Event {
        pub(crate) fn happen(&self) {
            *self.0.0.lock().expect("a lock") = true;
            self.0.1.notify_all();
        }

        pub(crate) fn wait(&self) {
            let mut happened = self.0.0.lock().expect("a lock");
            while !*happened {
                happened = self.0.1.wait(happened).expect("a lock");
            }
        }
    }
}
