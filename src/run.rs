//! Submit, wait and save in one call.

use crate::call::{Call, CallContext};
use crate::client::Client;
use crate::error::{Error, ErrorKind, Limit, Result};
use crate::job::{Destination, Download, DownloadProgress, Job, JobResult, JobStatus, SavedFile, Submission};

/// The progress of [`Client::run`]: the phases come in this order.
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
        /// Its ticket, to be stored ([`Job::to_json`]).
        ticket: &'a str,
    },
    /// The service processes it.
    Processing {
        /// Its status.
        status: &'a JobStatus,
    },
    /// The result is being saved.
    Download(DownloadProgress),
}

/// What [`Client::run`] returns.
#[derive(Debug)]
#[non_exhaustive]
pub struct RunResult {
    /// The completed job.
    pub job: Job,
    /// Its result.
    pub result: JobResult,
    /// The files that were saved; none if there was no download.
    pub saved: Vec<SavedFile>,
}

impl Client {
    /// Submits, waits, and saves the result, with one progress callback, one cancel token and one deadline for all of it.
    ///
    /// The timeout is that of `call`, else the client's timeout of waits. `download` may be `None`: then the result is
    /// returned and nothing is saved, as suits an extraction. A target that cannot work is rejected before anything is sent: see
    /// [`Download`]; so is a file where the operation is known to give several, or none. Once there is a job, every error carries its ticket, so that
    /// the job can be resumed. `progress` returning `false` stops with
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
    ) -> Result<RunResult> {
        let download = download.into();
        let target = match download {
            None => None,
            Some(download) => {
                check_result(submission, download)?;
                Some(download.resolve().map_err(Error::unsent)?)
            }
        };
        // The wait reports its deadline differently than the rest, but it is the same moment.
        let waiting = self.begin_wait(call, Limit::Wait);
        let context = waiting.with_limit_kind(Limit::Call);
        let upload = &mut |sent, total| progress(RunProgress::Upload { sent, total });
        let job = self.submit_job(submission, upload, &context)?;
        match finish(&job, target.as_ref(), &mut progress, &waiting, &context) {
            Ok((result, saved)) => Ok(RunResult { job, result, saved }),
            Err(error) => Err(job.annotate(error)),
        }
    }
}

/// Rejects a target that does not fit what the operation is known to give.
fn check_result(submission: &Submission<'_>, download: &Download) -> Result<()> {
    let unexpected = |what: String| {
        let error = Error::new(ErrorKind::UnexpectedResult, what).unsent();
        Err(error.context(submission.method()))
    };
    match (submission.known_result(), download.file()) {
        (Some("files"), Some(path)) => unexpected(format!(
            "the result is several files: give a folder instead of the path {}",
            path.display()
        )),
        (None | Some("file" | "files" | "formFields"), _) => Ok(()),
        (Some(other), _) => unexpected(format!(
            "the result is {other}, not a file: get it as JSON instead of downloading it"
        )),
    }
}

/// Everything after the submission.
fn finish(
    job: &Job,
    target: Option<&Destination>,
    progress: &mut dyn FnMut(RunProgress<'_>) -> bool,
    waiting: &CallContext,
    context: &CallContext,
) -> Result<(JobResult, Vec<SavedFile>)> {
    if !progress(RunProgress::Submitted {
        ticket: &job.to_json(),
    }) {
        return Err(Error::stopped());
    }
    job.wait_in(
        &mut |status| progress(RunProgress::Processing { status }),
        waiting,
    )?;
    let result = job.result_in(context)?;
    let saved = match target {
        None => Vec::new(),
        Some(target) => job.save_files(
            &result,
            target,
            &mut |now| progress(RunProgress::Download(now)),
            context,
        )?,
    };
    Ok((result, saved))
}
