//! The common case in one call: submit, wait, save.

use crate::call::Call;
use crate::client::Client;
use crate::error::{Error, Limit, Result};
use crate::job::download::{Download, DownloadProgress, SavedFile};
use crate::job::result::JobResult;
use crate::job::status::JobStatus;
use crate::job::{Job, Submission};

/// How far a [`Client::run`] is: the phases come in this order.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum RunProgress<'a> {
    /// The documents are being sent.
    Upload {
        /// Bytes sent so far.
        sent: u64,
        /// All bytes to be sent.
        total: u64,
    },
    /// There is a job now.
    Submitted {
        /// Its ticket, to be written down ([`Job::to_json`]).
        ticket: &'a str,
    },
    /// The service works on it.
    Processing {
        /// What it says.
        status: &'a JobStatus,
    },
    /// The result is being saved.
    Download(DownloadProgress),
}

/// What a [`Client::run`] came to.
#[derive(Debug)]
#[non_exhaustive]
pub struct Finished {
    /// The job, which is completed.
    pub job: Job,
    /// Its result.
    pub result: JobResult,
    /// The files that were saved; none if nothing was to be saved.
    pub saved: Vec<SavedFile>,
}

impl Client {
    /// Submits, waits, and saves the result: one progress, one cancel token, one deadline for all of it.
    ///
    /// The limit is that of `call`, else the client's limit on waits. `download` may be `None`: then the result is taken
    /// and nothing is saved, as an extraction wants it. Once there is a job every error carries its ticket, so that the
    /// job can be taken up where this call left it. `progress` returning `false` stops with
    /// [`ErrorKind::Stopped`](crate::ErrorKind::Stopped).
    ///
    /// ```no_run
    /// # use nitro_jobs::*;
    /// # fn show(client: &Client, submission: &Submission) -> Result<()> {
    /// client.run(submission, &Download::to_file("letter.pdf"), |_| true, &Call::new())?;
    /// # Ok(()) }
    /// ```
    pub fn run<'d>(
        &self,
        submission: &Submission<'_>,
        download: impl Into<Option<&'d Download>>,
        mut progress: impl FnMut(RunProgress<'_>) -> bool,
        call: &Call,
    ) -> Result<Finished> {
        // Waiting and the rest name their limit differently, but it is the same moment.
        let waiting = self.begin_wait(call);
        let context = waiting.with_limit_kind(Limit::Call);
        let job = self.submit_in(
            submission,
            &mut |sent, total| progress(RunProgress::Upload { sent, total }),
            &context,
        )?;
        if !progress(RunProgress::Submitted {
            ticket: &job.to_json(),
        }) {
            return Err(job.about(&job.ticket(), Error::stopped()));
        }
        job.wait_in(
            &mut |status| progress(RunProgress::Processing { status }),
            &waiting,
        )?;
        let result = job.result_in(&context)?;
        let saved = match download.into() {
            None => Vec::new(),
            Some(download) => job.save_in(
                &result,
                download,
                &mut |now| progress(RunProgress::Download(now)),
                &context,
            )?,
        };
        Ok(Finished { job, result, saved })
    }
}
