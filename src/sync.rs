//! The locks between threads whose order matters: those of std, or of a model checker that tries the orders
//! (`tests/model`).

#[cfg(model)]
use shuttle as kind;
#[cfg(not(model))]
use std as kind;

pub(crate) use kind::sync::atomic::{AtomicBool, Ordering};
pub(crate) use kind::sync::{Condvar, Mutex, MutexGuard};
pub(crate) use kind::thread;
