//! Starting a job: one request with the documents in it, and the response to it.
//!
//! `submission` and `input` describe what is sent, `media_type` the type of a document; `multipart` is the body of the request,
//! `presigned` the upload by way of storage.

mod input;
mod media_type;
mod multipart;
mod presigned;
mod submission;

use std::borrow::Cow;

use uuid::Uuid;

use crate::call::{Call, CallContext};
use crate::client::Client;
use crate::error::{Error, ErrorKind, Result};
use crate::http::{Attempts, Method, Redirects, Request, RequestBody, Response};
use crate::job::result::{JobResult, ResultKind};
use crate::job::status::{JobState, StatusFields};
use crate::job::{Job, Ticket};
use crate::log::LogLevel;
use crate::retry::is_uncertain;
use crate::url::Url;
pub use input::Input;
use input::OpenDocument;
pub(crate) use media_type::is_type_of;
use multipart::{BodyParts, Form, UploadProgress};
pub use submission::{Endpoint, Submission};

const MAYBE_STARTED: &str = "the submission was sent, so the service may have started a job nevertheless: sending it again could \
                             start a second one";
const NOT_STARTED: &str =
    "the submission was not sent completely, so no job should have been started: it can be sent again";

/// A job that was started.
#[derive(Debug)]
#[non_exhaustive]
pub struct SubmitResult {
    /// The job. Store its ticket ([`Job::to_json`]) before anything else.
    pub job: Job,
    /// Its result, if the service sent it with its response; the job has it too, and makes no request for it.
    pub result: Option<JobResult>,
}

impl Client {
    /// Starts a job: sends the documents, streamed in constant memory, and returns as soon as the service has accepted them.
    ///
    /// `progress` is called on this thread with the bytes sent so far and their total; returning `false` stops with
    /// [`ErrorKind::Stopped`]. Without a timeout in `call`, only inactivity ends it.
    ///
    /// A submission is retried only if it provably never arrived, or if the service rejected it (429, 503). After a failure
    /// after which a job may or may not have been started, [`Error::is_uncertain`] is true, and the message states it.
    pub fn submit(
        &self,
        submission: &Submission<'_>,
        mut progress: impl FnMut(u64, u64) -> bool,
        call: &Call,
    ) -> Result<SubmitResult> {
        let job = self.submit_job(submission, &mut progress, &self.begin_transfer(call))?;
        Ok(SubmitResult {
            result: job.immediate_result.as_deref().cloned(),
            job,
        })
    }

    /// As [`Client::submit`]. Its errors are complete: before there is a job, no job can annotate them.
    pub(crate) fn submit_job(
        &self,
        submission: &Submission<'_>,
        progress: &mut dyn FnMut(u64, u64) -> bool,
        context: &CallContext,
    ) -> Result<Job> {
        let reference_id = Uuid::new_v4().to_string();
        let endpoint = submission.endpoint.as_str();
        let documents = submission.open().map_err(|e| e.context(endpoint))?;
        self.start(submission, documents, &reference_id, progress, context)
            .map_err(|e| self.annotate(e, &reference_id).context(endpoint))
    }

    fn start(
        &self,
        submission: &Submission<'_>,
        documents: Vec<OpenDocument<'_>>,
        reference_id: &str,
        progress: &mut dyn FnMut(u64, u64) -> bool,
        context: &CallContext,
    ) -> Result<Job> {
        if !submission.presigned {
            let form = form_of(submission, documents);
            let content_type = form.content_type();
            let parts = form.finish();
            let mut upload = UploadProgress::new(parts.length(), progress);
            return self.post(
                submission,
                &content_type,
                parts.with_progress(&mut upload),
                reference_id,
                context,
            );
        }
        let upload_length = documents.iter().filter(|d| !d.remote).map(|d| d.length).sum();
        let mut upload = UploadProgress::new(upload_length, progress);
        let mut remote = Vec::with_capacity(documents.len());
        for document in documents {
            remote.push(match document.remote {
                true => document,
                false => self.upload_to_storage(document, &mut upload, reference_id, context)?,
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
        mut parts: BodyParts<'_, '_, '_>,
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
            // Documents are sent to the base URL and nowhere else.
            redirects: Redirects::Report,
            attempts: Attempts::Retry,
        };
        let mut body = RequestBody::Reader {
            content_type,
            length: parts.length(),
            source: &mut parts,
        };
        let sent = self.send(&request, &mut body, context);
        let is_complete = parts.is_spent();
        let response = match sent {
            Ok(response) => response,
            Err(error) if error.is_unsent() => return Err(error),
            Err(error) if is_complete && is_uncertain(Err(&error)) => return Err(maybe_started(error)),
            Err(error) => return Err(error.with_advice(NOT_STARTED)),
        };
        match response.status {
            200..=299 => self.accept(response, reference_id, context),
            300..=399 => Err(redirected(&response)),
            status if is_complete && is_uncertain(Ok(status)) => {
                Err(maybe_started(response.into_error(context)))
            }
            _ => Err(response.into_error(context)),
        }
    }

    /// Reads the response of a service that accepted the submission.
    fn accept(&self, response: Response, reference_id: &str, context: &CallContext) -> Result<Job> {
        let location = response.location().map(|text| {
            response.url.join(&text).map_err(|e| {
                let error = Error::new(ErrorKind::Protocol, e.message());
                maybe_started(error.context("the Location of the job"))
            })
        });
        let location = location.transpose();
        let (code, retry_after) = (response.status, response.retry_after());
        let text = response.text(self.settings().max_json, context);
        let (text, body_error) = match text {
            Ok(text) => (text, None),
            Err(error) => (String::new(), Some(error)),
        };
        let fields = StatusFields::parse(&text).ok();
        let id = fields.as_ref().and_then(StatusFields::id).map(Cow::into_owned);
        let id = id.as_deref();
        // The id names the job, too.
        let location = match location {
            Err(error) if id.is_some() => {
                context.log.line(LogLevel::Warn, || error.to_string());
                None
            }
            location => location?,
        };
        let has_name = id.is_some() || location.is_some();
        let is_running = code == 202
            || location.is_some()
            || fields.is_some_and(|fields| fields.state() == JobState::Running);
        if !is_running && body_error.is_none() {
            return self.accept_immediate_result(text, id, reference_id);
        }
        if !has_name {
            let error = body_error.unwrap_or_else(|| {
                Error::new(
                    ErrorKind::Protocol,
                    "the service accepted the submission without a job id",
                )
            });
            return Err(maybe_started(error));
        }
        let mut ticket = self.ticket_of(id, location, reference_id)?;
        ticket.retry_after = retry_after;
        let job = Job::new(self.clone(), ticket);
        match body_error {
            // The head names the job, which is enough; but a call that was stopped fails, with the ticket.
            Some(error) => match context.check() {
                Ok(()) => context.log.line(LogLevel::Warn, || {
                    format!(
                        "the body of the response to a submission broke off: {error}; its head names the job"
                    )
                }),
                Err(stop) => return Err(job.annotate(stop)),
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
            maybe_started(error.context("the job that was started"))
        })?;
        reference_id.clone_into(&mut ticket.reference_id);
        Ok(ticket)
    }

    /// Reads a response that is a completed job with its result, or a failed one.
    fn accept_immediate_result(&self, text: String, id: Option<&str>, reference_id: &str) -> Result<Job> {
        let result = JobResult::parse(text).map_err(|error| match error.kind() {
            ErrorKind::JobFailed | ErrorKind::JobCanceled => error,
            _ => maybe_started(error),
        })?;
        let mut ticket = match id {
            Some(id) => self.ticket_of(Some(id), None, reference_id)?,
            None => Ticket::without_id(self.base()),
        };
        reference_id.clone_into(&mut ticket.reference_id);
        // Completed, but the result must be requested.
        if id.is_some() && result.kind() == ResultKind::Unknown {
            return Ok(Job::new(self.clone(), ticket));
        }
        Ok(Job::with_immediate_result(self.clone(), ticket, result))
    }
}

/// Marks an error after which a job may have been started.
fn maybe_started(error: Error) -> Error {
    error.uncertain().with_advice(MAYBE_STARTED)
}

/// The form of a submission. The field of one document is `file`, that of several is `files`.
fn form_of<'s>(submission: &Submission<'_>, documents: Vec<OpenDocument<'s>>) -> Form<'s> {
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

/// The length of the form of a submission, read to its end.
#[cfg(any(fuzzing, nitro_bench))]
pub(crate) fn form_length(submission: &Submission<'_>) -> Result<u64> {
    let documents = submission.open()?;
    let sent = std::io::copy(&mut form_of(submission, documents).finish(), &mut std::io::sink());
    sent.map_err(|error| Error::new(ErrorKind::File, error.to_string()))
}

fn redirected(response: &Response) -> Error {
    let to = response
        .location()
        .and_then(|text| response.url.join(&text).ok())
        .map_or_else(String::new, |url| format!(" to {url}"));
    Error::new(
        ErrorKind::Redirect,
        format!(
            "{} redirects ({}){to}, and documents are sent to the base URL only: set the base URL to the new one",
            response.url, response.status
        ),
    )
}
