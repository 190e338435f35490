//! Starting a job: one request with the documents in it, and what the service says to that.

use uuid::Uuid;

use super::input::Document;
use super::multipart::{Form, Meter, Pieces};
use super::submission::Submission;
use crate::call::{Call, CallContext};
use crate::client::Client;
use crate::error::{Error, ErrorKind, Result};
use crate::http::{Attempts, Method, Redirects, Request, RequestBody, Response};
use crate::job::result::{JobResult, ResultKind};
use crate::job::status::{JobState, JobStatus};
use crate::job::{Job, Ticket};
use crate::log::LogLevel;
use crate::url::Url;

const MAYBE: &str = "the submission had been sent, so the service may have started a job all the same: sending it again \
                     could start a second one";
const CUT: &str = "the submission was not sent whole, so no job should have come of it";

/// A job that was started.
#[derive(Debug)]
#[non_exhaustive]
pub struct Submitted {
    /// The job. Write its ticket down ([`Job::to_json`]) before anything else.
    pub job: Job,
    /// Its result, if the service answered at once; the job knows it too, and asks nobody for it.
    pub result: Option<JobResult>,
}

impl Client {
    /// Starts a job: sends the documents, streamed in constant memory, and returns as soon as the service has them.
    ///
    /// `progress` hears the bytes sent so far and their total, on this thread; returning `false` stops with
    /// [`ErrorKind::Stopped`]. Without a limit in `call` only silence ends it.
    ///
    /// A submission is repeated only if it provably never arrived, or if the service turned it away (429, 503). After a
    /// failure that leaves it open whether a job was started [`Error::is_uncertain`] is true, and the message says so.
    pub fn submit(
        &self,
        submission: &Submission<'_>,
        mut progress: impl FnMut(u64, u64) -> bool,
        call: &Call,
    ) -> Result<Submitted> {
        let job = self.submit_in(submission, &mut progress, &self.begin_transfer(call))?;
        Ok(Submitted {
            result: job.answer.as_deref().cloned(),
            job,
        })
    }

    pub(crate) fn submit_in(
        &self,
        submission: &Submission<'_>,
        progress: &mut dyn FnMut(u64, u64) -> bool,
        context: &CallContext,
    ) -> Result<Job> {
        let reference_id = Uuid::new_v4().to_string();
        self.start(submission, &reference_id, progress, context)
            .map_err(|e| self.redact(e))
            .map_err(|e| {
                e.with_reference(&reference_id)
                    .context(submission.endpoint.as_str())
            })
    }

    fn start(
        &self,
        submission: &Submission<'_>,
        reference_id: &str,
        progress: &mut dyn FnMut(u64, u64) -> bool,
        context: &CallContext,
    ) -> Result<Job> {
        let documents = submission.open()?;
        if !submission.presigned {
            let form = form_of(submission, documents);
            let content_type = form.content_type();
            let pieces = form.finish();
            let mut meter = Meter::new(pieces.length(), progress);
            return self.post(
                submission,
                &content_type,
                pieces.metered(&mut meter),
                reference_id,
                context,
            );
        }
        let here = documents.iter().filter(|d| !d.remote).map(|d| d.length).sum();
        let mut meter = Meter::new(here, progress);
        let mut remote = Vec::with_capacity(documents.len());
        for document in documents {
            remote.push(match document.remote {
                true => document,
                false => self.put_aside(document, &mut meter, reference_id, context)?,
            });
        }
        let form = form_of(submission, remote);
        let content_type = form.content_type();
        self.post(submission, &content_type, form.finish(), reference_id, context)
    }

    fn post(
        &self,
        submission: &Submission<'_>,
        content_type: &str,
        mut pieces: Pieces<'_, '_, '_>,
        reference_id: &str,
        context: &CallContext,
    ) -> Result<Job> {
        let url = self.base().join_path(&[submission.endpoint.as_str()]);
        let request = Request {
            method: Method::Post,
            url: &url,
            accept: "application/json",
            bearer: None,
            reference_id: Some(reference_id),
            headers: &[("prefer", "respond-async")],
            // A document goes where the program said, and nowhere else.
            redirects: Redirects::Report,
            attempts: Attempts::Retry,
        };
        let mut body = RequestBody::Reader {
            content_type,
            length: pieces.length(),
            source: &mut pieces,
        };
        let sent = self.send(&request, &mut body, context);
        let whole = pieces.is_spent();
        let response = match sent {
            Ok(response) => response,
            Err(error) if error.is_unsent() => return Err(error),
            Err(error) if whole => return Err(error.uncertain().with_advice(MAYBE)),
            Err(error) => return Err(error.with_advice(CUT)),
        };
        match response.status {
            200..=299 => self.accept(response, reference_id, context),
            300..=399 => Err(moved(&response)),
            // A gateway may have given up on a service that goes on.
            500 | 502 | 504 if whole => Err(response.into_error(context).uncertain().with_advice(MAYBE)),
            _ => Err(response.into_error(context)),
        }
    }

    /// Makes a job of the service's consent.
    fn accept(&self, response: Response, reference_id: &str, context: &CallContext) -> Result<Job> {
        let location = match response.header("location") {
            Some(text) if !text.trim().is_empty() => Some(response.url.join(text.trim()).map_err(|e| {
                let error = Error::new(ErrorKind::Protocol, e.message());
                error
                    .context("the Location of the job")
                    .uncertain()
                    .with_advice(MAYBE)
            })?),
            _ => None,
        };
        let (code, retry_after) = (response.status, response.retry_after());
        let text = response.text(self.settings().max_json, context);
        let (text, broken) = match text {
            Ok(text) => (text, None),
            Err(error) => (String::new(), Some(error)),
        };
        let status = JobStatus::parse(text.clone()).ok();
        let id = status.as_ref().and_then(JobStatus::job_id);
        let named = id.is_some() || location.is_some();
        let under_way = code == 202
            || location.is_some()
            || status.as_ref().is_some_and(|s| *s.state() == JobState::Running);
        if !under_way && broken.is_none() {
            return self.answered_at_once(text, id, reference_id);
        }
        if !named {
            let error = broken.unwrap_or_else(|| {
                Error::new(
                    ErrorKind::Protocol,
                    "the service accepted the submission without saying which job it became",
                )
            });
            return Err(error.uncertain().with_advice(MAYBE));
        }
        let mut ticket = self.ticket_of(id, location, reference_id)?;
        ticket.retry_after = retry_after;
        let job = Job::new(self.clone(), ticket);
        match broken {
            // What the head says is enough; but a stop is a stop, and then the ticket goes with it.
            Some(error) => match context.check() {
                Ok(()) => context.log.line(LogLevel::Warn, || {
                    format!("the body of the consent broke off ({error}); its head names the job")
                }),
                Err(stop) => return Err(job.about(&job.ticket(), stop)),
            },
            None => context
                .log
                .line(LogLevel::Info, || format!("job {} was started", job.id())),
        }
        Ok(job)
    }

    fn ticket_of(&self, id: Option<&str>, location: Option<Url>, reference_id: &str) -> Result<Ticket> {
        let mut ticket = Ticket::accepted(self.base(), id, location).map_err(|e| {
            let error = Error::new(ErrorKind::Protocol, e.message());
            error
                .context("the job that was started")
                .uncertain()
                .with_advice(MAYBE)
        })?;
        reference_id.clone_into(&mut ticket.reference_id);
        Ok(ticket)
    }

    /// The whole answer is here: a finished job, or one that failed.
    fn answered_at_once(&self, text: String, id: Option<&str>, reference_id: &str) -> Result<Job> {
        let result = JobResult::parse(text).map_err(|error| match error.kind() {
            ErrorKind::JobFailed | ErrorKind::JobCanceled => error,
            _ => error.uncertain().with_advice(MAYBE),
        })?;
        let mut ticket = match id {
            Some(id) => self.ticket_of(Some(id), None, reference_id)?,
            None => Ticket::nameless(self.base()),
        };
        reference_id.clone_into(&mut ticket.reference_id);
        // Completed, but the result is to be had elsewhere.
        if id.is_some() && result.kind() == ResultKind::Unknown {
            return Ok(Job::new(self.clone(), ticket));
        }
        Ok(Job::answered(self.clone(), ticket, result))
    }
}

/// The form of a submission. One document is called `file`, several are called `files`.
fn form_of<'s>(submission: &Submission<'_>, documents: Vec<Document<'s>>) -> Form<'s> {
    let mut form = Form::new();
    form.field("method", &submission.method);
    form.field("params", &submission.params);
    if let Some(delivery) = &submission.delivery {
        form.field("delivery", delivery);
    }
    let field = if documents.len() == 1 { "file" } else { "files" };
    for document in documents {
        form.document(field, document);
    }
    form
}

/// The length of the form that would be sent, read to its end.
#[cfg(any(fuzzing, nitro_bench))]
pub(crate) fn form_length(submission: &Submission<'_>) -> Result<u64> {
    let documents = submission.open()?;
    let sent = std::io::copy(&mut form_of(submission, documents).finish(), &mut std::io::sink());
    sent.map_err(|error| Error::new(ErrorKind::File, error.to_string()))
}

fn moved(response: &Response) -> Error {
    let to = response
        .header("location")
        .and_then(|text| response.url.join(text).ok())
        .map_or_else(String::new, |url| format!(" to {url}"));
    Error::new(
        ErrorKind::Redirect,
        format!(
            "{} redirects ({}){to}, and documents are sent nowhere but to the base URL: set that to the new address",
            response.url, response.status
        ),
    )
}
