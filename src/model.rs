//! Doors for the model checker: small programs of a few threads, each run in many orders. Not there in any other build.
#![allow(missing_docs)]

use std::sync::Arc;
use std::time::Duration;

pub use crate::auth::model as renewal;
pub use crate::cancel::model as cancel;
pub use crate::job::model as watch;

use crate::call::{Call, CallContext, IoLimits};
use crate::error::Limit;
use crate::log::Log;
use crate::sync::{Condvar, Mutex};

/// No limit in a model ever runs out: what ends, ends by being woken.
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
