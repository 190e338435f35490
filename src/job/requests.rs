//! Single requests: the status, and the result as JSON or as bytes.

use std::borrow::Cow;
use std::io::Write;
use std::time::Duration;

use crate::call::{Call, CallContext};
use crate::client::{Accept, Get};
use crate::error::{Error, ErrorKind, Result};
use crate::http::{Attempts, Framing, Redirects, Response};
use crate::job::result::{JobResult, not_a_file};
use crate::job::status::{JobState, JobStatus};
use crate::job::{Job, Ticket};
use crate::log::LogLevel;
use crate::retry::{Backoff, is_broken_body};

/// How often, and with which pauses, a result is requested again when the job is completed and yet has no result (404).
const LATE_RESULT_RETRIES: u32 = 6;
const LATE_RESULT_BACKOFF: Backoff = Backoff {
    first: Duration::from_millis(150),
    longest: Duration::from_secs(10),
};
/// The first pause before a request whose response broke off in its body is retried.
const BROKEN_BODY_PAUSE: Duration = Duration::from_millis(500);
/// How many bytes of a JSON response are read to distinguish an envelope from a file that is JSON.
const ENVELOPE_PREFIX: usize = 64 << 10;
const COPY_BUFFER: usize = 128 << 10;

/// What [`Job::result_bytes`] has given to the writer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReceivedBytes {
    /// How many bytes.
    pub bytes: u64,
    /// The file's media type, as the service states it; `application/zip` for several files.
    pub content_type: Option<String>,
}

impl Job {
    /// Requests the job's status, once. A failed or canceled job is a status, not an error.
    pub fn status(&self, call: &Call) -> Result<JobStatus> {
        if let Some(status) = self.immediate_status() {
            return Ok(status);
        }
        let context = self.client.begin(call);
        let ticket = self.ticket();
        let request = || self.send_status_request(&ticket, Attempts::Retry, &context);
        self.retry_broken_body(&context, request, |response| self.read_status(response, &context))
            .map_err(|e| self.annotate(e))
    }

    /// The result as JSON. The job must be completed: see [`Job::wait`].
    ///
    /// [`ErrorKind::NotReady`] while the job runs, [`ErrorKind::JobFailed`] and [`ErrorKind::JobCanceled`] if it ended so,
    /// although the service reports all of these with HTTP 200.
    pub fn result(&self, call: &Call) -> Result<JobResult> {
        self.result_in(&self.client.begin(call))
            .map_err(|e| self.annotate(e))
    }

    pub(crate) fn result_in(&self, context: &CallContext) -> Result<JobResult> {
        if let Some(result) = &self.immediate_result {
            return Ok(JobResult::clone(result));
        }
        let ticket = self.ticket();
        let request = || self.request_result(&ticket, Accept::Json, context);
        let read = |response: Response| response.text(self.client.settings().max_json, context);
        let json = self.retry_broken_body(context, request, read)?;
        JobResult::of_job(&ticket, json)
    }

    /// The result as bytes, written to `writer` as they arrive, in constant memory whatever their number.
    ///
    /// Several files come as one zip. An extraction has no bytes: [`ErrorKind::UnexpectedResult`]. If this fails, what was
    /// written is incomplete and must be discarded; [`Job::download`] does that for files.
    pub fn result_bytes(&self, writer: &mut dyn Write, call: &Call) -> Result<ReceivedBytes> {
        let context = self.client.begin_transfer(call);
        let ticket = self.ticket();
        let response = match &self.immediate_result {
            Some(result) => self.request_immediate_file(result, &ticket, &context),
            None => self.request_result(&ticket, Accept::OctetStream, &context),
        };
        response
            .and_then(|response| copy_result(response, &ticket, writer, &context))
            .map_err(|e| self.annotate(e))
    }

    /// Retries a request whose response broke off in its body: the HTTP layer retries only until a head has arrived.
    fn retry_broken_body<T>(
        &self,
        context: &CallContext,
        request: impl Fn() -> Result<Response>,
        read: impl Fn(Response) -> Result<T>,
    ) -> Result<T> {
        let settings = self.client.settings();
        let backoff = Backoff {
            first: BROKEN_BODY_PAUSE,
            longest: settings.poll_policy.retry_cap,
        };
        for retry in 0..settings.retries {
            match read(request()?) {
                Err(error) if is_broken_body(&error) => {
                    context.log.line(LogLevel::Info, || {
                        format!("the body of a response broke off: {error}; retrying")
                    });
                    context.sleep(backoff.pause(retry, None))?;
                }
                outcome => return outcome,
            }
        }
        read(request()?)
    }

    /// The status, and the `Retry-After` that came with it.
    pub(super) fn request_status(
        &self,
        ticket: &Ticket,
        attempts: Attempts,
        context: &CallContext,
    ) -> Result<(JobStatus, Option<Duration>)> {
        let response = self.send_status_request(ticket, attempts, context)?;
        let retry_after = response.retry_after();
        Ok((self.read_status(response, context)?, retry_after))
    }

    fn send_status_request(
        &self,
        ticket: &Ticket,
        attempts: Attempts,
        context: &CallContext,
    ) -> Result<Response> {
        let get = Get {
            redirects: Redirects::FollowMoved,
            attempts,
            ..Get::new(&ticket.status_url, Accept::Json, &ticket.reference_id)
        };
        self.client.get(&get, context)
    }

    /// Reads a response of the status endpoint: JSON, or a redirect to the result.
    pub(super) fn read_status(&self, response: Response, context: &CallContext) -> Result<JobStatus> {
        let limit = self.client.settings().max_json;
        let status = match response.status {
            200..=299 => JobStatus::parse(response.text(limit, context)?)?,
            302 | 303 => self.read_redirect(response, context)?,
            _ => return Err(response.into_error(context)),
        };
        self.ticket().check_job_id(status.job_id())?;
        self.store_result_location(&status);
        Ok(status)
    }

    /// Reads a redirect of the status endpoint: it announces the result at another URL, unless its body reports otherwise.
    fn read_redirect(&self, response: Response, context: &CallContext) -> Result<JobStatus> {
        let (code, from) = (response.status, response.url.clone());
        let named = response.location().unwrap_or_default();
        // An unreadable body carries nothing; one that broke off may have carried the state of the job.
        let body = match response.text(self.client.settings().max_json, context) {
            Err(error) if matches!(error.kind(), ErrorKind::Protocol | ErrorKind::TooLarge) => String::new(),
            body => body?,
        };
        let location = match named.trim() {
            "" => Err(Error::invalid("it has no Location")),
            named => (from.join(named)).and_then(|url| self.ticket().result_location(url.as_str())),
        };
        let location = location.map(|url| url.as_str().to_owned()).map_err(|error| {
            let text = format!(
                "{from} responded {code}, which announces no result: {}",
                error.message()
            );
            Error::new(ErrorKind::Redirect, text)
        });
        JobStatus::redirected(location, &body)
    }

    /// Stores the URL of the result that a completed job's status names.
    pub(super) fn store_result_location(&self, status: &JobStatus) {
        if let (JobState::Completed, Some(location)) = (status.state(), status.location())
            && let Ok(url) = self.ticket().result_location(location)
        {
            self.set_result_url(url);
        }
    }

    /// Requests the result; after a 404 the status, requested once, decides what the error is.
    pub(super) fn request_result(
        &self,
        ticket: &Ticket,
        accept: Accept,
        context: &CallContext,
    ) -> Result<Response> {
        let mut known_completed = false;
        for retry in 0.. {
            let get = Get::new(&ticket.result_url, accept, &ticket.reference_id);
            let response = self.client.get(&get, context)?;
            if (200..300).contains(&response.status) {
                return Ok(response);
            }
            let error = response.into_error(context);
            if error.kind() != ErrorKind::NotFound || retry == LATE_RESULT_RETRIES {
                return Err(error);
            }
            if !known_completed {
                let (status, retry_after) = self.request_status(ticket, Attempts::Retry, context)?;
                match status.state() {
                    JobState::Completed => known_completed = true,
                    JobState::Failed => return Err(Error::from_job(ErrorKind::JobFailed, status.error())),
                    JobState::Canceled => return Err(Error::from_job(ErrorKind::JobCanceled, None)),
                    _ => return Err(not_ready(retry_after)),
                }
            }
            context.sleep(LATE_RESULT_BACKOFF.bound(retry))?;
        }
        unreachable!("the loop ends with its last retry")
    }
}

/// The error of a body whose end cannot be verified.
pub(super) fn unverified_length() -> Error {
    Error::new(
        ErrorKind::Unverified,
        "the response has neither a length nor chunks, so a complete body cannot be distinguished from a truncated one",
    )
}

fn not_ready(retry_after: Option<Duration>) -> Error {
    Error::new(
        ErrorKind::NotReady,
        "the job is still running, so it has no result yet; wait for it first",
    )
    .with_retry_after(retry_after)
}

fn copy_result(
    mut response: Response,
    ticket: &Ticket,
    writer: &mut dyn Write,
    context: &CallContext,
) -> Result<ReceivedBytes> {
    let content_type = response.text_header("content-type").map(Cow::into_owned);
    let mut buffer = vec![0; COPY_BUFFER];
    let mut filled = 0;
    if response.content_type().as_deref().is_some_and(is_json) {
        // For a failed job and for an extraction the service sends the JSON envelope, whatever was requested.
        filled = read_full(&mut response, &mut buffer[..ENVELOPE_PREFIX], context)?;
        if let Some(error) = envelope_error(ticket, &buffer[..filled]) {
            return Err(error);
        }
    }
    let mut bytes = 0;
    loop {
        if filled > 0 {
            writer.write_all(&buffer[..filled]).map_err(|e| {
                Error::new(
                    ErrorKind::Sink,
                    format!("writing the result failed in the program's writer: {e}"),
                )
            })?;
            bytes += filled as u64;
        }
        filled = response.body.read(&mut buffer, context)?;
        if filled == 0 {
            break;
        }
    }
    if response.body.framing() == Framing::UntilClose {
        return Err(unverified_length());
    }
    Ok(ReceivedBytes { bytes, content_type })
}

fn read_full(response: &mut Response, buffer: &mut [u8], context: &CallContext) -> Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match response.body.read(&mut buffer[filled..], context)? {
            0 => break,
            read => filled += read,
        }
    }
    Ok(filled)
}

fn is_json(media_type: &str) -> bool {
    media_type == "application/json" || media_type.ends_with("+json")
}

/// The error that a JSON response stands for if it is the job's envelope rather than a file that is JSON.
fn envelope_error(ticket: &Ticket, start: &[u8]) -> Option<Error> {
    let text = std::str::from_utf8(start).unwrap_or_default();
    if let Ok(status) = JobStatus::parse(text.to_owned()) {
        let other_job = ticket.check_job_id(status.job_id()).err();
        return match status.state() {
            // An error document is not the content of a file.
            JobState::Unknown(_) => status.error().and_then(|_| status.foreign_error()),
            _ if other_job.is_some() => other_job,
            JobState::Running => Some(not_ready(None)),
            JobState::Completed => Some(not_a_file()),
            JobState::Failed => Some(Error::from_job(ErrorKind::JobFailed, status.error())),
            JobState::Canceled => Some(Error::from_job(ErrorKind::JobCanceled, None)),
        };
    }
    // Longer than the prefix: an envelope begins with one of its own keys.
    let first_key = text
        .trim_start()
        .strip_prefix('{')?
        .trim_start()
        .strip_prefix('"')?;
    ["jobID\"", "jobId\"", "status\"", "result\""]
        .iter()
        .any(|key| first_key.starts_with(key))
        .then(not_a_file)
}
