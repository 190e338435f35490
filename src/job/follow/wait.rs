//! [`Job::wait`]: the job followed to its end on the calling thread.

use crate::call::{Call, CallContext};
use crate::client::Accept;
use crate::error::{Error, ErrorKind, Limit, Result};
use crate::job::follow::follower::Follower;
use crate::job::result::JobResult;
use crate::job::status::{FollowUp, JobState, JobStatus};
use crate::job::{Job, Ticket};

impl Job {
    /// Follows the job to its end and returns its last status, which is completed.
    ///
    /// `progress` is called on this thread with each state that the service reports while the job runs; returning `false`
    /// stops the wait with [`ErrorKind::Stopped`]. A failed job is [`ErrorKind::JobFailed`] with the service's reason. When
    /// the time runs out, the job goes on: [`ErrorKind::WaitTimeout`] carries its ticket.
    pub fn wait(&self, mut progress: impl FnMut(&JobStatus) -> bool, call: &Call) -> Result<JobStatus> {
        self.wait_in(&mut progress, &self.client.begin_wait(call, Limit::Wait))
            .map_err(|e| self.annotate(e))
    }

    pub(crate) fn wait_in(
        &self,
        progress: &mut dyn FnMut(&JobStatus) -> bool,
        context: &CallContext,
    ) -> Result<JobStatus> {
        let mut follower = Follower::new(self);
        while let Some(status) = follower.next_status(self, || context)? {
            match status.state() {
                JobState::Completed => return Ok(status),
                JobState::Failed => return Err(self.failure(&follower.ticket, &status, context)),
                JobState::Canceled => return Err(Error::from_job(ErrorKind::JobCanceled, None)),
                _ if !progress(&status) => return Err(Error::stopped()),
                _ => {}
            }
        }
        Err(Error::new(
            ErrorKind::Internal,
            "the wait ended before the job did",
        ))
    }

    /// Why the job failed. Some streams only name the URL of the reason.
    fn failure(&self, ticket: &Ticket, status: &JobStatus, context: &CallContext) -> Error {
        if let FollowUp::ErrorAt(location) = status.follow_up()
            && let Ok(result_url) = ticket.status_url.join(location)
        {
            let at_location = Ticket {
                result_url,
                ..ticket.clone()
            };
            let result = self
                .request_result(&at_location, Accept::Json, context)
                .and_then(|response| response.text(self.client.settings().max_json, context))
                .and_then(|json| JobResult::of_job(ticket, json));
            if let Err(error) = result
                && error.kind() == ErrorKind::JobFailed
            {
                return error;
            }
        }
        Error::from_job(ErrorKind::JobFailed, status.error())
    }
}
