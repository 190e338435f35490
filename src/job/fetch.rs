//! One round trip each: the status, and the result as JSON or as bytes.

use std::io::Write;
use std::time::Duration;

use crate::call::{Call, CallContext};
use crate::client::{Accept, Get};
use crate::error::{Error, ErrorKind, Limit, Result};
use crate::http::{Attempts, Framing, Redirects, Response};
use crate::job::result::JobResult;
use crate::job::status::{JobState, JobStatus};
use crate::job::transfer::unproved;
use crate::job::{Job, Ticket};
use crate::log::LogLevel;

/// How often a result is asked for again when the service says that the job is completed and yet has no result.
const LATE_RESULT_ATTEMPTS: u32 = 6;
const LATE_RESULT_PAUSE: Duration = Duration::from_millis(150);
/// The most of a JSON answer in place of bytes that is looked at to tell an envelope from a file.
const ENVELOPE_LOOK: usize = 64 << 10;
const COPY_BUFFER: usize = 128 << 10;
const BROKEN_ANSWER_PAUSE: Duration = Duration::from_millis(500);

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
    /// Asks for the job's status, once. A failed or canceled job is an answer, not an error.
    pub fn status(&self, call: &Call) -> Result<JobStatus> {
        let context = self.client.begin(call);
        if let Some(status) = self.answered_status() {
            return Ok(status);
        }
        let ticket = self.ticket();
        let ask = || self.request_status(&ticket, Attempts::Retry, &context);
        let status = self.whole(&context, ask, |response| self.read_status(response, &context));
        status.map_err(|e| self.about(&ticket, e))
    }

    /// The result as JSON, which must be there: see [`Job::wait`].
    ///
    /// [`ErrorKind::NotReady`] while the job runs, [`ErrorKind::JobFailed`] and [`ErrorKind::JobCanceled`] if it ended so,
    /// though the service says all of it with HTTP 200.
    pub fn result(&self, call: &Call) -> Result<JobResult> {
        self.result_in(&self.client.begin(call))
    }

    pub(crate) fn result_in(&self, context: &CallContext) -> Result<JobResult> {
        if let Some(answer) = &self.answer {
            return Ok(JobResult::clone(answer));
        }
        let ticket = self.ticket();
        let ask = || self.ask_result(&ticket, Accept::Json, context);
        let read = |response: Response| response.text(self.client.settings().max_json, context);
        let result = self.whole(context, ask, read);
        let result = result.and_then(|json| JobResult::of(&ticket, json));
        result.map_err(|e| self.about(&ticket, e))
    }

    /// The result as bytes, given to `writer` as they come, in constant memory whatever their number.
    ///
    /// Several files come as one zip. An extraction has no bytes: [`ErrorKind::UnexpectedResult`]. If this fails, what the
    /// writer was given is incomplete and must be thrown away; [`Job::download`] sees to that for files.
    pub fn result_bytes(&self, writer: &mut dyn Write, call: &Call) -> Result<ReceivedBytes> {
        let context = self.client.begin_transfer(call);
        let ticket = self.ticket();
        let response = match &self.answer {
            Some(answer) => self.ask_answered_file(answer, &ticket, &context),
            None => self.ask_result(&ticket, Accept::OctetStream, &context),
        };
        response
            .and_then(|response| copy_result(response, &ticket, writer, &context))
            .map_err(|e| self.about(&ticket, e))
    }

    /// Asks again where an answer broke off in its body: the transport, which repeats requests, saw its head come.
    fn whole<T>(
        &self,
        context: &CallContext,
        ask: impl Fn() -> Result<Response>,
        read: impl Fn(Response) -> Result<T>,
    ) -> Result<T> {
        let settings = self.client.settings();
        for attempt in 0.. {
            match read(ask()?) {
                Err(error) if broke_off(&error) && attempt < settings.retries => {
                    context.log.line(LogLevel::Info, || {
                        format!("an answer broke off ({error}); asking again")
                    });
                    let pause = BROKEN_ANSWER_PAUSE * (1 << attempt.min(6));
                    context.sleep(pause.min(settings.rhythm.pause_cap).mul_f64(fastrand::f64()))?;
                }
                outcome => return outcome,
            }
        }
        unreachable!("the loop ends by its attempts")
    }

    /// The status, and how long the service asks to wait before the next question.
    pub(crate) fn ask_status(
        &self,
        ticket: &Ticket,
        attempts: Attempts,
        context: &CallContext,
    ) -> Result<(JobStatus, Option<Duration>)> {
        let response = self.request_status(ticket, attempts, context)?;
        let retry_after = response.retry_after();
        Ok((self.read_status(response, context)?, retry_after))
    }

    fn request_status(&self, ticket: &Ticket, attempts: Attempts, context: &CallContext) -> Result<Response> {
        let get = Get {
            redirects: Redirects::Report,
            attempts,
            ..Get::new(&ticket.status_url, Accept::Json, &ticket.reference_id)
        };
        self.client.get(&get, context)
    }

    /// Understands an answer of the status endpoint: JSON, or a redirect to the result.
    pub(crate) fn read_status(&self, response: Response, context: &CallContext) -> Result<JobStatus> {
        let limit = self.client.settings().max_json;
        let status = match response.status {
            200..=299 => JobStatus::parse(response.text(limit, context)?)?,
            300..=399 => {
                let location = response.header("location").unwrap_or_default();
                let location = response.url.join(location).map_err(|e| {
                    Error::new(ErrorKind::Redirect, e.message()).context("the status' Location")
                })?;
                // A body that nobody can read says nothing; one that broke off may have said that the job failed.
                let body = match response.text(limit, context) {
                    Err(error) if matches!(error.kind(), ErrorKind::Protocol | ErrorKind::TooLarge) => {
                        String::new()
                    }
                    body => body?,
                };
                JobStatus::redirected(location.as_str(), &body)
            }
            _ => return Err(response.into_error(context)),
        };
        self.lock().recognise(status.job_id())?;
        self.note_location(&status);
        Ok(status)
    }

    /// Remembers where a completed job says that its result is.
    pub(crate) fn note_location(&self, status: &JobStatus) {
        if let (JobState::Completed, Some(location)) = (status.state(), status.location())
            && let Ok(url) = self.ticket().status_url.join(location)
        {
            self.result_is_at(url);
        }
    }

    /// Asks for the result; a 404 is cleared up by asking the status once.
    pub(crate) fn ask_result(
        &self,
        ticket: &Ticket,
        accept: Accept,
        context: &CallContext,
    ) -> Result<Response> {
        let mut known_completed = false;
        for attempt in 0.. {
            let get = Get::new(&ticket.result_url, accept, &ticket.reference_id);
            let response = self.client.get(&get, context)?;
            if (200..300).contains(&response.status) {
                return Ok(response);
            }
            let refusal = response.into_error(context);
            if refusal.kind() != ErrorKind::NotFound || attempt == LATE_RESULT_ATTEMPTS {
                return Err(refusal);
            }
            if !known_completed {
                let (status, retry_after) = self.ask_status(ticket, Attempts::Retry, context)?;
                match status.state() {
                    JobState::Completed => known_completed = true,
                    JobState::Failed => return Err(Error::from_job(ErrorKind::JobFailed, status.error())),
                    JobState::Canceled => return Err(Error::from_job(ErrorKind::JobCanceled, None)),
                    _ => return Err(not_ready(retry_after)),
                }
            }
            context.sleep(LATE_RESULT_PAUSE * (1 << attempt))?;
        }
        unreachable!("the loop ends by its attempts")
    }

    /// Says which job an error is about, and lets it carry the ticket where the job may go on.
    pub(crate) fn about(&self, ticket: &Ticket, error: Error) -> Error {
        let error = self.client.redact(error).with_reference(&ticket.reference_id);
        if ticket.job_id.is_empty() {
            return error.context("the job that was answered at once");
        }
        error
            .with_ticket(self.to_json())
            .context(format_args!("job {}", ticket.job_id))
    }
}

/// Whether an answer's head came, and then its body did not.
fn broke_off(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Truncated | ErrorKind::ConnectionLost)
        || error.limit() == Some(Limit::Idle)
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
    let content_type = response.header("content-type").map(str::to_owned);
    let mut buffer = vec![0; COPY_BUFFER];
    let mut filled = 0;
    if response.content_type().as_deref().is_some_and(is_json) {
        // A job that failed, or an extraction, answers with its JSON envelope whatever was asked for.
        filled = read_full(&mut response, &mut buffer[..ENVELOPE_LOOK], context)?;
        if let Some(error) = envelope_error(ticket, &buffer[..filled]) {
            return Err(error);
        }
    }
    let mut bytes = 0;
    loop {
        if filled > 0 {
            writer
                .write_all(&buffer[..filled])
                .map_err(|e| Error::new(ErrorKind::Sink, format!("the caller's writer failed: {e}")))?;
            bytes += filled as u64;
        }
        filled = response.body.read(&mut buffer, context)?;
        if filled == 0 {
            break;
        }
    }
    if response.body.framing() == Framing::UntilClose {
        return Err(unproved());
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

/// What a JSON answer says if it is the job's envelope rather than a file that happens to be JSON.
fn envelope_error(ticket: &Ticket, start: &[u8]) -> Option<Error> {
    let text = std::str::from_utf8(start).unwrap_or_default();
    if let Ok(status) = JobStatus::parse(text.to_owned()) {
        let stranger = ticket.recognise(status.job_id()).err();
        return match status.state() {
            JobState::Unknown(_) => None,
            _ if stranger.is_some() => stranger,
            JobState::Running => Some(not_ready(None)),
            JobState::Completed => Some(no_bytes()),
            JobState::Failed => Some(Error::from_job(ErrorKind::JobFailed, status.error())),
            JobState::Canceled => Some(Error::from_job(ErrorKind::JobCanceled, None)),
        };
    }
    // Longer than the look: an envelope begins with one of its own keys.
    let first_key = text
        .trim_start()
        .strip_prefix('{')?
        .trim_start()
        .strip_prefix('"')?;
    ["jobID\"", "jobId\"", "status\"", "result\""]
        .iter()
        .any(|key| first_key.starts_with(key))
        .then(no_bytes)
}

pub(crate) fn no_bytes() -> Error {
    Error::new(
        ErrorKind::UnexpectedResult,
        "the job's result is JSON, not a file: take it as JSON instead of as bytes",
    )
}
