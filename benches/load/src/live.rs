//! Jobs that run for a while: `live-MS-...` ends so many milliseconds after its first request.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rustix::time::{ClockId, clock_gettime};

/// Nanoseconds of `CLOCK_MONOTONIC`, the clock of the clients' times too.
pub fn now() -> u64 {
    let now = clock_gettime(ClockId::Monotonic);
    now.tv_sec.unsigned_abs() * 1_000_000_000 + now.tv_nsec.unsigned_abs()
}

/// When each job ends.
#[derive(Default)]
pub struct Live(Mutex<HashMap<String, u64>>);

impl Live {
    fn jobs(&self) -> MutexGuard<'_, HashMap<String, u64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// `None` for what is no live job.
    pub fn end_of(&self, id: &str) -> Option<u64> {
        let (ms, _) = id.strip_prefix("live-")?.split_once('-')?;
        let lasts = ms.parse::<u64>().ok()? * 1_000_000;
        let mut jobs = self.jobs();
        Some(match jobs.get(id) {
            Some(end) => *end,
            None => *jobs.entry(id.to_owned()).or_insert(now() + lasts),
        })
    }

    /// A line for each: its id, and when it ended or will end.
    pub fn list(&self) -> String {
        let mut list = String::new();
        for (id, end) in self.jobs().iter() {
            let _ = writeln!(list, "{id} {end}");
        }
        list
    }

    pub fn clear(&self) {
        self.jobs().clear();
    }
}
