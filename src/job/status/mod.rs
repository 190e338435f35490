//! The status of a job at one moment, from the response to a poll or from an event of the stream.
//!
//! `fast_path` parses what nearly every poll and event brings, `fields` any document; `inline_text` holds the text.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use crate::c_text::{self, TERMINATOR_LEN};
use crate::error::{Error, ErrorKind, Result};
use crate::json;
use crate::problem::ProblemDetails;

mod fast_path;
mod fields;
mod inline_text;
#[cfg(test)]
mod tests;

pub(crate) use fast_path::PreviousEvent;
use fast_path::RunningStatus;
pub(super) use fields::StatusFields;
use inline_text::InlineText;

/// The state of a job.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum JobState {
    /// The service works on it.
    Running,
    /// It is done; its result is available.
    Completed,
    /// It ended without a result; the service gives the reason.
    Failed,
    /// It was canceled at the service.
    Canceled,
    /// A state that this library does not know, by the service's name; empty where the service gives no state.
    Unknown(String),
}

impl JobState {
    /// The state of this name, which is matched without regard to case.
    fn from_name(name: &str) -> Self {
        match name.to_ascii_lowercase().as_str() {
            "running" => Self::Running,
            "completed" => Self::Completed,
            "failed" => Self::Failed,
            "canceled" | "cancelled" => Self::Canceled,
            _ => Self::Unknown(name.to_owned()),
        }
    }

    /// Whether the job is over.
    pub fn is_terminal(&self) -> bool {
        matches!(self, Self::Completed | Self::Failed | Self::Canceled)
    }

    /// The service's name of it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Running => "running",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Canceled => "canceled",
            Self::Unknown(name) => name,
        }
    }
}

/// The status of a job at one moment. The text is stored exactly as it was received.
#[derive(Clone)]
pub struct JobStatus(Box<StatusDocument>);

/// In a box, since a status is moved many times between its parser and the caller. C owns the box itself.
#[derive(Clone)]
pub(crate) struct StatusDocument {
    /// For C: the JSON and a NUL, then the name of an unknown state and a NUL.
    text: InlineText,
    /// The length of the JSON alone.
    length: usize,
    state: JobState,
    progress: Option<f64>,
    /// The progress to show instead, so that it never decreases.
    shown: Option<f64>,
    job_id: Option<TextSpan>,
    location: Option<TextSpan>,
    error: Option<Range<usize>>,
    result: Option<Range<usize>>,
}

impl StatusDocument {
    /// A document of which only the state is known.
    fn new(mut json: String, state: JobState) -> Result<Self> {
        let length = json.len();
        c_text::terminate(&mut json)?;
        if let JobState::Unknown(name) = &state {
            let mut name = name.clone();
            c_text::remove_nuls(&mut name);
            json.try_reserve_exact(name.len() + TERMINATOR_LEN)?;
            json.push_str(&name);
            c_text::terminate(&mut json)?;
        }
        Ok(Self {
            text: json.into(),
            length,
            state,
            progress: None,
            shown: None,
            job_id: None,
            location: None,
            error: None,
            result: None,
        })
    }

    pub(crate) fn state(&self) -> &JobState {
        &self.state
    }

    pub(crate) fn progress(&self) -> Option<f64> {
        if self.shown.is_some() {
            return self.shown;
        }
        let raw = self.progress?;
        let fraction = if raw > 1.0 { raw / 100.0 } else { raw };
        // Adding zero turns a minus zero into a plain one.
        Some(fraction.clamp(0.0, 1.0) + 0.0)
    }

    /// The JSON, and behind it a NUL.
    #[inline(always)]
    pub(crate) fn json(&self) -> &str {
        &self.text.as_str()[..self.length]
    }

    /// The name of an unknown state, and behind it a NUL.
    pub(crate) fn unknown_state_name(&self) -> &str {
        &self.text.as_str()[self.length + TERMINATOR_LEN..]
    }
}

/// Without the text: that of a completed job holds presigned URLs, which are credentials, and the content of documents.
impl fmt::Debug for JobStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JobStatus")
            .field("state", &self.0.state)
            .field("progress", &self.progress())
            .finish_non_exhaustive()
    }
}

/// What follows from a status for a caller that waits for the job.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum FollowUp<'a> {
    /// The job goes on.
    Running,
    /// Completed, and the result is inside.
    Result,
    /// Completed, and the result is there.
    ResultAt(&'a str),
    /// Completed, without the result's URL: a poll returns it.
    Completed,
    /// Failed, and [`JobStatus::error`] has the reason if there is one.
    Failed,
    /// Failed, and the reason is there.
    ErrorAt(&'a str),
    /// Canceled at the service.
    Canceled,
    /// An unknown state: the job goes on.
    Nothing,
}

impl JobStatus {
    /// Parses the JSON of a response.
    pub(crate) fn parse(json: String) -> Result<Self> {
        match RunningStatus::parse(&json).map(|running| Self::of_running(&json, running)) {
            Some(status) => Ok(status),
            None => Self::parse_any(json),
        }
    }

    /// Parses the JSON of an event, which comes after `previous`.
    pub(crate) fn parse_event(json: &str, previous: &mut PreviousEvent) -> Result<Self> {
        match previous
            .parse(json)
            .map(|running| Self::of_running(json, running))
        {
            Some(status) => Ok(status),
            None => Self::parse_any(c_text::copy(json)?),
        }
    }

    #[inline(always)]
    fn of_running(json: &str, running: RunningStatus) -> Self {
        // Created in place: moving it there would cost as much as creating it.
        let uninit = Box::new_uninit();
        let mut document = Box::write(
            uninit,
            StatusDocument {
                text: InlineText::EMPTY,
                length: json.len(),
                state: JobState::Running,
                progress: running.progress,
                shown: None,
                job_id: running.job_id.map(TextSpan::InDocument),
                location: None,
                error: None,
                result: None,
            },
        );
        document.text.set(json);
        Self(document)
    }

    /// Parses a document of any form, whatever the types of its fields.
    pub(crate) fn parse_any(json: String) -> Result<Self> {
        let fields = StatusFields::parse(&json)
            .map_err(|cause| Error::malformed_json("the job's status", &json, &cause))?;
        let text = |raw: Option<&str>| raw.and_then(|raw| TextSpan::of(&json, raw));
        let range = |raw: Option<&str>| json::non_null(raw).map(|raw| json::range_of(&json, raw));
        let state = fields.state();
        let progress = fields.progress.and_then(json::number);
        let job_id = text(fields.job_id).or_else(|| text(fields.job_id_camel));
        let location = text(fields.location);
        let (error, result) = (range(fields.error), range(fields.result));
        Ok(Self(Box::new(StatusDocument {
            progress,
            job_id,
            location,
            error,
            result,
            ..StatusDocument::new(json, state)?
        })))
    }

    /// The status that a redirect to `location` with this body stands for: the service's other way to report that a job is
    /// completed. A body that reports another state counts more: a failed job may redirect to its reason.
    pub(crate) fn redirected(location: Result<String>, body: &str) -> Result<Self> {
        let mut status = Self::parse_or_keep(body)?;
        match (&status.0.state, location) {
            (JobState::Running, _) | (JobState::Failed | JobState::Canceled, Err(_)) => {}
            (_, location) => {
                status.0.location = Some(TextSpan::Decoded(location?));
                if !status.is_terminal() {
                    status.0.state = JobState::Completed;
                }
            }
        }
        Ok(status)
    }

    /// The status of a job whose result came with the response to its submission.
    pub(crate) fn completed(json: &str) -> Result<Self> {
        let mut status = Self::parse_or_keep(json)?;
        status.0.state = JobState::Completed;
        Ok(status)
    }

    /// A completed job of which nothing else is said.
    pub(crate) fn bare_completed() -> Self {
        const JSON: &str = r#"{"status":"completed"}"#;
        let mut text = InlineText::EMPTY;
        text.set(JSON);
        Self(Box::new(StatusDocument {
            text,
            length: JSON.len(),
            state: JobState::Completed,
            progress: None,
            shown: None,
            job_id: None,
            location: None,
            error: None,
            result: None,
        }))
    }

    /// The status that `text` is, or else one without a state. A NUL inside, where C would end it, is left out.
    fn parse_or_keep(text: &str) -> Result<Self> {
        match Self::parse(c_text::copy(text)?) {
            Err(error) if error.kind() != ErrorKind::NoMemory => {
                let mut text = c_text::copy(text)?;
                c_text::remove_nuls(&mut text);
                let document = StatusDocument::new(text, JobState::Unknown(String::new()))?;
                Ok(Self(Box::new(document)))
            }
            parsed => parsed,
        }
    }

    /// The document for C, which owns it from now on.
    pub(crate) fn into_document(self) -> Box<StatusDocument> {
        self.0
    }

    /// The document, borrowed.
    pub(crate) fn document(&self) -> &StatusDocument {
        &self.0
    }

    /// Whether the document has no state at all.
    pub(super) fn has_no_state(&self) -> bool {
        matches!(&self.0.state, JobState::Unknown(name) if name.is_empty())
    }

    /// The error that the document is, if it is about no job.
    pub(super) fn foreign_error(&self) -> Option<Error> {
        if !self.has_no_state() || self.job_id().is_some() {
            return None;
        }
        let text = match ProblemDetails::from_json(self.json()).summary() {
            summary if summary.is_empty() => "the response reports no state of a job".to_owned(),
            summary => format!("the response reports an error instead of the job's state: {summary}"),
        };
        Some(Error::new(ErrorKind::Protocol, text))
    }

    /// Takes the state from the name of the event, for a document that has none.
    pub(super) fn with_event_name(mut self, event: &str) -> Self {
        match event {
            "redirect" if self.0.location.is_some() => self.0.state = JobState::Completed,
            "job-failed" => self.0.state = JobState::Failed,
            _ => {}
        }
        self
    }

    /// The state of the job.
    pub fn state(&self) -> &JobState {
        &self.0.state
    }

    /// Whether the job is over.
    pub fn is_terminal(&self) -> bool {
        self.0.state.is_terminal()
    }

    /// The progress of the job, from 0.0 to 1.0. Above 1 the service's number is taken for a percentage. While a job is
    /// followed, it never decreases.
    pub fn progress(&self) -> Option<f64> {
        self.0.progress()
    }

    /// Shows `progress` instead of the service's number.
    pub(crate) fn set_shown_progress(&mut self, progress: f64) {
        self.0.shown = Some(progress);
    }

    /// The service's number for the progress as it was received.
    pub fn raw_progress(&self) -> Option<f64> {
        self.0.progress
    }

    /// The job's id, if the service named it.
    #[inline(always)]
    pub fn job_id(&self) -> Option<&str> {
        self.0.job_id.as_ref().map(|text| text.get(self.0.json()))
    }

    /// The URL of the result, or of the reason of a failure, as it was received: perhaps a relative one.
    pub fn location(&self) -> Option<&str> {
        self.0.location.as_ref().map(|text| text.get(self.0.json()))
    }

    /// Why the job failed.
    pub fn error(&self) -> Option<ProblemDetails> {
        if let Some(error) = &self.0.error {
            return Some(ProblemDetails::of_job(
                &self.0.json()[error.clone()],
                self.0.json(),
            ));
        }
        // Some failures are problem documents without a wrapper.
        let problem = (self.0.state == JobState::Failed && self.0.location.is_none())
            .then(|| ProblemDetails::from_json(self.0.json()))?;
        (!problem.summary().is_empty()).then_some(problem)
    }

    /// The result inside the status, as JSON exactly as it was received.
    pub fn result_json(&self) -> Option<&str> {
        self.0.result.as_ref().map(|range| &self.0.json()[range.clone()])
    }

    /// The whole document exactly as it was received.
    pub fn json(&self) -> &str {
        self.0.json()
    }

    /// What follows from this for a caller that waits for the job.
    pub(crate) fn follow_up(&self) -> FollowUp<'_> {
        match (&self.0.state, self.location()) {
            (JobState::Running, _) => FollowUp::Running,
            (JobState::Completed, _) if self.0.result.is_some() => FollowUp::Result,
            (JobState::Completed, Some(location)) => FollowUp::ResultAt(location),
            (JobState::Completed, None) => FollowUp::Completed,
            (JobState::Failed, Some(location)) if self.0.error.is_none() => FollowUp::ErrorAt(location),
            (JobState::Failed, _) => FollowUp::Failed,
            (JobState::Canceled, _) => FollowUp::Canceled,
            (JobState::Unknown(_), _) => FollowUp::Nothing,
        }
    }
}

/// A string of the document: a range of its text where it has no escapes, else decoded.
#[derive(Clone, Debug)]
enum TextSpan {
    InDocument(Range<usize>),
    Decoded(String),
}

impl TextSpan {
    fn of(document: &str, raw: &str) -> Option<Self> {
        match json::short_string(raw)? {
            Cow::Borrowed(text) => Some(Self::InDocument(json::range_of(document, text))),
            Cow::Owned(text) => Some(Self::Decoded(text)),
        }
    }

    #[inline(always)]
    fn get<'a>(&'a self, document: &'a str) -> &'a str {
        match self {
            Self::InDocument(range) => &document[range.clone()],
            Self::Decoded(text) => text,
        }
    }
}
