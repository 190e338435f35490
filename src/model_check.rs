//! The locks and threads whose interleavings are model checked: those of std, or of a model checker that runs the same code in
//! many orders (`tests/model`), with the entry points that it calls.
#![cfg_attr(model, allow(missing_docs))]

#[cfg(model)]
use shuttle as primitives;
#[cfg(not(model))]
use std as primitives;

pub(crate) use primitives::sync::atomic::{AtomicBool, Ordering};
pub(crate) use primitives::sync::{Condvar, Mutex, MutexGuard};
pub(crate) use primitives::thread;

#[cfg(model)]
pub use entry::*;

#[cfg(model)]
mod entry {
    use std::sync::Arc;
    use std::time::Duration;

    pub use crate::auth::model as renewal;
    pub use crate::cancel::model as cancel;
    pub use crate::job::model as watch;

    use super::{Condvar, Mutex};
    use crate::call::{Call, CallContext, IoLimits};
    use crate::error::Limit;
    use crate::log::Log;

    /// A timeout that never expires in a model: each wait ends by being woken.
    pub(crate) const LONG: Duration = Duration::from_secs(3600);

    pub(crate) fn context(call: &Call) -> CallContext {
        let io_limits = IoLimits {
            connect: LONG,
            idle: LONG,
            min_rate: 0,
        };
        call.begin(None, Limit::Call, &io_limits, &Log::default())
    }

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
