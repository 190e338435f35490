//! What the service says about a job at one moment, as a poll's answer or as an event of the stream.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use crate::error::{Error, Result};
use crate::json;
use crate::problem::ProblemDetails;

mod head;
mod kept;
mod plain;
#[cfg(test)]
mod tests;

pub(super) use head::Head;
use kept::Kept;
pub(crate) use plain::Last;
use plain::Plain;

/// Where a job stands.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum JobState {
    /// The service works on it.
    Running,
    /// It is done; its result can be had.
    Completed,
    /// It ended without a result; the service says why.
    Failed,
    /// It was canceled at the service.
    Canceled,
    /// A state that this library has not heard of, in the service's word; empty where nothing tells.
    Unknown(String),
}

impl JobState {
    fn from_word(word: &str) -> Self {
        match word {
            "running" => Self::Running,
            "completed" => Self::Completed,
            "failed" => Self::Failed,
            "canceled" | "cancelled" => Self::Canceled,
            other => Self::Unknown(other.to_owned()),
        }
    }

    /// Whether the job is over.
    pub fn is_terminal(&self) -> bool {
        matches!(self, Self::Completed | Self::Failed | Self::Canceled)
    }

    /// The service's word for it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Running => "running",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Canceled => "canceled",
            Self::Unknown(word) => word,
        }
    }
}

/// What the service said about a job at one moment. The text is kept exactly as it came.
#[derive(Clone)]
pub struct JobStatus(Box<Document>);

/// In a box, since a status is handed on many times between where it is read and who asked for it. C has the box itself.
#[derive(Clone)]
pub(crate) struct Document {
    /// As C wants it: the JSON and a NUL, then the word for a state that is not known and a NUL.
    text: Kept,
    /// Of the JSON alone.
    length: usize,
    state: JobState,
    progress: Option<f64>,
    /// The progress to show instead, so that it never goes backwards.
    held: Option<f64>,
    job_id: Option<Text>,
    location: Option<Text>,
    error: Option<Range<usize>>,
    result: Option<Range<usize>>,
}

impl Document {
    /// Of `json`, and nothing else of it known but the state.
    fn new(mut json: String, state: JobState) -> Self {
        let length = json.len();
        json.push('\0');
        if let JobState::Unknown(word) = &state {
            json.extend(word.chars().filter(|c| *c != '\0'));
            json.push('\0');
        }
        Self {
            text: json.into(),
            length,
            state,
            progress: None,
            held: None,
            job_id: None,
            location: None,
            error: None,
            result: None,
        }
    }

    pub(crate) fn state(&self) -> &JobState {
        &self.state
    }

    pub(crate) fn progress(&self) -> Option<f64> {
        if self.held.is_some() {
            return self.held;
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

    /// The word for a state that is not known, and behind it a NUL.
    pub(crate) fn word(&self) -> &str {
        &self.text.as_str()[self.length + 1..]
    }
}

/// Without the text: a completed job's holds addresses that are credentials in themselves, and what documents say.
impl fmt::Debug for JobStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JobStatus")
            .field("state", &self.0.state)
            .field("progress", &self.progress())
            .finish_non_exhaustive()
    }
}

/// What follows from a status: all that whoever waits for a job needs to know.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Next<'a> {
    /// The job goes on.
    Running,
    /// Completed, and the result is inside.
    Result,
    /// Completed, and the result is there.
    ResultAt(&'a str),
    /// Completed, and nothing more is said: a poll tells where the result is.
    Completed,
    /// Failed, and [`JobStatus::error`] has all that there is.
    Failed,
    /// Failed, and the reason is there.
    ErrorAt(&'a str),
    /// Canceled at the service.
    Canceled,
    /// Nothing that this library understands: carry on.
    Nothing,
}

impl JobStatus {
    /// Reads an answer's JSON.
    pub(crate) fn parse(json: String) -> Result<Self> {
        match Plain::read(&json).map(|plain| Self::of_plain(&json, plain)) {
            Some(status) => Ok(status),
            None => Self::parse_any(json),
        }
    }

    /// Reads an event's JSON, which comes after `last`.
    pub(crate) fn parse_event(json: &str, last: &mut Last) -> Result<Self> {
        match last.read(json).map(|plain| Self::of_plain(json, plain)) {
            Some(status) => Ok(status),
            None => Self::parse_any(json.to_owned()),
        }
    }

    #[inline(always)]
    fn of_plain(json: &str, plain: Plain) -> Self {
        // Made where it stays: moving it there would cost as much as making it.
        let place = Box::new_uninit();
        let mut document = Box::write(
            place,
            Document {
                text: Kept::EMPTY,
                length: json.len(),
                state: JobState::Running,
                progress: plain.progress,
                held: None,
                job_id: plain.job_id.map(Text::At),
                location: None,
                error: None,
                result: None,
            },
        );
        document.text.set(json);
        Self(document)
    }

    /// Reads a document of any form, however odd its fields are.
    pub(crate) fn parse_any(json: String) -> Result<Self> {
        let head =
            Head::read(&json).map_err(|cause| Error::malformed_json("the job's status", &json, &cause))?;
        let text = |raw: Option<&str>| raw.and_then(|raw| Text::of(&json, raw));
        let range = |raw: Option<&str>| json::non_null(raw).map(|raw| json::range_of(&json, raw));
        let state = head.state();
        let progress = head.progress.and_then(json::number);
        let job_id = text(head.job_id).or_else(|| text(head.job_id_too));
        let location = text(head.location);
        let (error, result) = (range(head.error), range(head.result));
        Ok(Self(Box::new(Document {
            progress,
            job_id,
            location,
            error,
            result,
            ..Document::new(json, state)
        })))
    }

    /// Reads a redirect to `location`, the service's other way to say that a job is completed.
    pub(crate) fn redirected(location: &str, body: &str) -> Self {
        let mut status = Self::parse(body.to_owned()).unwrap_or_else(|_| Self::silent(body.to_owned()));
        // A redirect is also how a failed job could point to its reason, so a clear word in the body is believed.
        if !status.0.state.is_terminal() {
            status.0.state = JobState::Completed;
        }
        status.0.location = Some(Text::Own(location.to_owned()));
        status
    }

    /// The answer of a job that was done at once: completed, in whatever form the result stands there.
    pub(crate) fn answered(json: &str) -> Self {
        let mut status = Self::parse(json.to_owned()).unwrap_or_else(|_| Self::silent(json.to_owned()));
        status.0.state = JobState::Completed;
        status
    }

    /// A status that says nothing. Its text is anything; a NUL inside, which C could not see behind, is left out.
    fn silent(mut text: String) -> Self {
        text.retain(|c| c != '\0');
        Self(Box::new(Document::new(text, JobState::Unknown(String::new()))))
    }

    /// The document for C, which owns it from now on.
    pub(crate) fn into_document(self) -> Box<Document> {
        self.0
    }

    /// The document lent.
    pub(crate) fn document(&self) -> &Document {
        &self.0
    }

    /// Whether the document tells no state at all.
    pub(super) fn is_silent(&self) -> bool {
        matches!(&self.0.state, JobState::Unknown(word) if word.is_empty())
    }

    /// Takes from the name of an event what the document itself does not tell.
    pub(super) fn hinted(mut self, event: &str) -> Self {
        match event {
            "redirect" if self.0.location.is_some() => self.0.state = JobState::Completed,
            "job-failed" => self.0.state = JobState::Failed,
            _ => {}
        }
        self
    }

    /// Where the job stands.
    pub fn state(&self) -> &JobState {
        &self.0.state
    }

    /// Whether the job is over.
    pub fn is_terminal(&self) -> bool {
        self.0.state.is_terminal()
    }

    /// How far the job is, from 0.0 to 1.0. Above 1 the service's number is taken for a percentage. Whoever follows a
    /// job sees it never go backwards.
    pub fn progress(&self) -> Option<f64> {
        self.0.progress()
    }

    /// Shows `progress` instead of the service's number.
    pub(crate) fn hold_progress(&mut self, progress: f64) {
        self.0.held = Some(progress);
    }

    /// The service's number for the progress as it came.
    pub fn raw_progress(&self) -> Option<f64> {
        self.0.progress
    }

    /// The job's id, if it was said.
    #[inline(always)]
    pub fn job_id(&self) -> Option<&str> {
        self.0.job_id.as_ref().map(|text| text.get(self.0.json()))
    }

    /// Where the result is, or the reason of a failure, as it was said: perhaps a relative address.
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
        // Some failures are told by a problem document that stands alone.
        let whole = (self.0.state == JobState::Failed && self.0.location.is_none())
            .then(|| ProblemDetails::from_json(self.0.json()))?;
        (!whole.summary().is_empty()).then_some(whole)
    }

    /// The result inside the status, as JSON exactly as it came.
    pub fn result_json(&self) -> Option<&str> {
        self.0.result.as_ref().map(|range| &self.0.json()[range.clone()])
    }

    /// The whole document exactly as it came.
    pub fn json(&self) -> &str {
        self.0.json()
    }

    /// What follows from this.
    pub(crate) fn next(&self) -> Next<'_> {
        match (&self.0.state, self.location()) {
            (JobState::Running, _) => Next::Running,
            (JobState::Completed, _) if self.0.result.is_some() => Next::Result,
            (JobState::Completed, Some(location)) => Next::ResultAt(location),
            (JobState::Completed, None) => Next::Completed,
            (JobState::Failed, Some(location)) if self.0.error.is_none() => Next::ErrorAt(location),
            (JobState::Failed, _) => Next::Failed,
            (JobState::Canceled, _) => Next::Canceled,
            (JobState::Unknown(_), _) => Next::Nothing,
        }
    }
}

/// A string of the document: in its text where it was written plainly, else decoded.
#[derive(Clone, Debug)]
enum Text {
    At(Range<usize>),
    Own(String),
}

impl Text {
    fn of(whole: &str, raw: &str) -> Option<Self> {
        match json::string(raw)? {
            Cow::Borrowed(text) => Some(Self::At(json::range_of(whole, text))),
            Cow::Owned(text) => Some(Self::Own(text)),
        }
    }

    #[inline(always)]
    fn get<'a>(&'a self, whole: &'a str) -> &'a str {
        match self {
            Self::At(range) => &whole[range.clone()],
            Self::Own(text) => text,
        }
    }
}
