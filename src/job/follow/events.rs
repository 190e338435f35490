//! The public [`Events`]: the live progress of a job, read one status at a time.

use crate::call::Call;
use crate::error::{Limit, Result};
use crate::job::Job;
use crate::job::follow::follower::Follower;
use crate::job::status::JobStatus;

impl Job {
    /// The live events of the job. Nothing is sent before the first [`Events::next`].
    pub fn events(&self) -> Events {
        let job = self.share();
        let follower = Follower::new(&job);
        Events { job, follower }
    }
}

/// The live progress of one job: each state while it runs, then its last one, then nothing.
///
/// Reconnects and polls as [`Job::wait`] does. One thread at a time may use it.
#[derive(Debug)]
pub struct Events {
    job: Job,
    follower: Follower,
}

impl Events {
    /// Waits for the next state; `None` after the last. A failed job is a state here, not an error.
    ///
    /// After [`ErrorKind::Timeout`](crate::ErrorKind::Timeout) it can be called again and has lost nothing.
    pub fn next(&mut self, call: &Call) -> Result<Option<JobStatus>> {
        let Self { job, follower } = self;
        // Also after the last state: a cancelled token ends each later call.
        call.check_cancel()
            .and_then(|()| follower.next_status(job, || job.client.begin_wait(call, Limit::Call)))
            .map_err(|e| job.annotate(e))
    }

    /// How many events could not be read and were skipped.
    pub fn unreadable(&self) -> u64 {
        self.follower.malformed_events()
    }
}
