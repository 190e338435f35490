//! The live events of a job, for who pulls them one by one.

use crate::call::Call;
use crate::error::{Limit, Result};
use crate::job::Job;
use crate::job::follow::Follow;
use crate::job::status::JobStatus;

impl Job {
    /// The live events of the job, to be pulled one by one. Nothing is sent before the first [`Events::next`].
    pub fn events(&self) -> Events {
        let job = self.share();
        let follow = Follow::new(&job);
        Events { job, follow }
    }
}

/// The live progress of one job, pulled: each state while it runs, then its end, then nothing.
///
/// Reconnects and polls as [`Job::wait`] does. One thread at a time may use it.
#[derive(Debug)]
pub struct Events {
    job: Job,
    follow: Follow,
}

impl Events {
    /// Waits for the next state; `None` after the last. A failed job is a state here, not an error.
    ///
    /// After [`ErrorKind::Timeout`](crate::ErrorKind::Timeout) it can be called again and has lost nothing.
    pub fn next(&mut self, call: &Call) -> Result<Option<JobStatus>> {
        self.pull(call)
            .map_err(|e| self.job.about(&self.follow.ticket, e))
    }

    fn pull(&mut self, call: &Call) -> Result<Option<JobStatus>> {
        // Also once there is nothing left to wait for: a triggered token ends each later call.
        call.check_cancel()?;
        if let Some(report) = self.follow.at_hand(&self.job) {
            return Ok(Some(report));
        }
        let settings = self.job.client.settings();
        let context = call.begin(
            settings.wait_timeout,
            Limit::Call,
            &settings.io_limits,
            &settings.log,
        );
        self.follow.next(&self.job, &context)
    }

    /// How many events came that nobody could read and that were passed over.
    pub fn unreadable(&self) -> u64 {
        self.follow.garbled()
    }
}
