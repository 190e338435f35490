//! What needs a build of its own: the C programs under valgrind and the sanitizers, and the fuzz targets.

#[path = "../common/mod.rs"]
mod common;

mod fuzz;
mod sanitizers;

use std::sync::{Mutex, MutexGuard};

/// Two at once would wait for each other's builds and slow down programs that test timeouts.
fn one_at_a_time() -> MutexGuard<'static, ()> {
    static RUNNING: Mutex<()> = Mutex::new(());
    RUNNING.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}
