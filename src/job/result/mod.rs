//! The result of a job: files, or what was extracted from a document. The JSON is kept as it was received; typed views are
//! parsed from it on demand.
//!
//! `file` describes a result file, `typed/` holds the views, `json_path` locates an error inside the JSON.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use super::Ticket;
use super::status::{JobState, StatusFields};
use crate::c_text;
use crate::error::{Error, ErrorKind, Result};
use crate::json::{self, FieldAction, FieldVisitor};
use crate::problem::ProblemDetails;

mod file;
mod json_path;
mod typed;

pub use file::FileInfo;
pub use typed::{
    BoundingBox, Cell, FormField, PiiBox, PiiType, Properties, SingleTextBox, Table, TableData, TextBox,
    TextBoxGroup, TextBoxMatch, TextBoxPiece, TextBoxQuery, TextQuery,
};

/// What kind of result a job has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ResultKind {
    /// One file.
    File,
    /// Several files.
    Files,
    /// The text of a document.
    Text,
    /// Tables.
    Tables,
    /// Locations of a text that was searched for.
    TextBoxes,
    /// Locations of personal data.
    PiiBoxes,
    /// A document's properties.
    Properties,
    /// The contents of a form, recognised, each with a confidence.
    Form,
    /// The fields of a fillable form, read or detected.
    FormFields,
    /// A kind that this library does not know; its JSON is available.
    Unknown,
}

impl fmt::Display for ResultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::File => "a file",
            Self::Files => "several files",
            Self::Text => "a text",
            Self::Tables => "tables",
            Self::TextBoxes => "text boxes",
            Self::PiiBoxes => "boxes of personal data",
            Self::Properties => "document properties",
            Self::Form => "a form's contents",
            Self::FormFields => "form fields",
            Self::Unknown => "of an unknown kind",
        })
    }
}

/// The result of a completed job. Clones share its text.
#[derive(Clone)]
pub struct JobResult(Arc<ResultDocument>);

struct ResultDocument {
    /// The text, and a NUL behind it, so that C can borrow it as it is.
    json: String,
    length: usize,
    result: Range<usize>,
    kind: ResultKind,
    files: Vec<FileInfo>,
}

/// Without the text: it holds the content of documents, and presigned URLs, which are credentials.
impl fmt::Debug for JobResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JobResult")
            .field("kind", &self.kind())
            .field("files", &self.files())
            .finish_non_exhaustive()
    }
}

impl JobResult {
    /// Parses the response about the job of `ticket`. A job that failed, was canceled or still runs is an error, although
    /// the service reports it with HTTP 200.
    pub(crate) fn of_job(ticket: &Ticket, json: String) -> Result<Self> {
        Self::parse_checked(json, |id| ticket.check_job_id(id))
    }

    /// Parses a response about any job.
    pub(crate) fn parse(json: String) -> Result<Self> {
        Self::parse_checked(json, |_| Ok(()))
    }

    fn parse_checked(json: String, check_job_id: impl Fn(Option<&str>) -> Result<()>) -> Result<Self> {
        let malformed = |cause| Error::malformed_json("the job's result", &json, &cause);
        json::check_depth(&json).map_err(malformed)?;
        let text = json::without_bom(&json).trim_ascii();
        if !text.starts_with('{') {
            json::check(&json).map_err(malformed)?;
            let (result, kind) = (json::range_of(&json, text), kind_of(text));
            return Self::new(json, result, kind);
        }
        let mut envelope = Envelope::default();
        json::visit_fields(&json, &mut envelope).map_err(malformed)?;
        check_job_id(envelope.fields.id().as_deref())?;
        if let Some(error) = envelope.error(&json) {
            return Err(error);
        }
        // Without the wrapper the document itself is the result.
        let (part, kind) = match envelope.fields.result {
            Some(part) => (part, kind_of(part)),
            None => (text, envelope.shape.kind()),
        };
        let result = json::range_of(&json, part);
        Self::new(json, result, kind)
    }

    fn new(mut json: String, result: Range<usize>, kind: ResultKind) -> Result<Self> {
        let files = match kind {
            ResultKind::File | ResultKind::Files => FileInfo::all_of(&json[result.clone()])?,
            _ => Vec::new(),
        };
        let length = json.len();
        c_text::terminate(&mut json)?;
        Ok(Self(Arc::new(ResultDocument {
            json,
            length,
            result,
            kind,
            files,
        })))
    }

    /// The kind of result.
    pub fn kind(&self) -> ResultKind {
        self.0.kind
    }

    /// The whole response exactly as it was received. A NUL is behind it.
    pub fn json(&self) -> &str {
        &self.0.json[..self.0.length]
    }

    /// The whole response exactly as it was received, without a copy unless there is a clone of this result.
    pub fn into_json(self) -> String {
        let length = self.0.length;
        let mut json = Arc::try_unwrap(self.0).map_or_else(|shared| shared.json.clone(), |own| own.json);
        json.truncate(length);
        json
    }

    /// The `result` alone, exactly as it was received; the whole response where it has no wrapper.
    pub fn result_json(&self) -> &str {
        &self.0.json[self.result_range()]
    }

    /// The range of [`JobResult::result_json`] in [`JobResult::json`], in bytes.
    pub fn result_range(&self) -> Range<usize> {
        self.0.result.clone()
    }

    /// The files, if the result is a file or several.
    pub fn files(&self) -> &[FileInfo] {
        &self.0.files
    }

    /// The text, if the result is one. Half of a surrogate pair, which no Rust string can hold, becomes U+FFFD.
    pub fn text(&self) -> Option<Cow<'_, str>> {
        self.decode_text().ok()?
    }

    /// As [`JobResult::text`]; fails if there is no memory for it.
    pub(crate) fn decode_text(&self) -> Result<Option<Cow<'_, str>>> {
        match self.kind() {
            ResultKind::Text => Ok(json::decode(self.result_json())?),
            _ => Ok(None),
        }
    }

    /// Rejects a view of another kind of result.
    fn expect_kind(&self, kind: ResultKind) -> Result<()> {
        if self.kind() == kind {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::UnexpectedResult,
            format!("the job's result is {}, not {kind}", self.kind()),
        ))
    }
}

/// The kind of the result that `raw` is. It is parsed no further than the first key that decides.
fn kind_of(raw: &str) -> ResultKind {
    let mut shape = Shape::default();
    match raw.as_bytes().first() {
        Some(b'"') => ResultKind::Text,
        // The text was checked before, so this cannot fail.
        Some(b'{') => json::visit_fields(raw, &mut shape).map_or(ResultKind::Unknown, |()| shape.kind()),
        _ => ResultKind::Unknown,
    }
}

/// What the keys of an object imply about its kind.
#[derive(Default)]
struct Shape {
    certain: Option<ResultKind>,
    properties: bool,
}

impl Shape {
    /// Notes one key; true if it decides the kind.
    fn note(&mut self, key: &str) -> bool {
        let kind = match key {
            "file" => ResultKind::File,
            "files" => ResultKind::Files,
            "tables" => ResultKind::Tables,
            "textBoxes" => ResultKind::TextBoxes,
            "PIIBoxes" => ResultKind::PiiBoxes,
            "fields" => ResultKind::Form,
            "formFields" => ResultKind::FormFields,
            // `title` alone decides nothing: problem documents have one too.
            "author" | "subject" | "keywords" | "creator" | "producer" | "creationDate" | "modDate"
            | "trapped" => {
                self.properties = true;
                return false;
            }
            _ => return false,
        };
        self.certain.get_or_insert(kind);
        true
    }

    fn kind(&self) -> ResultKind {
        match (self.certain, self.properties) {
            (Some(kind), _) => kind,
            (None, true) => ResultKind::Properties,
            (None, false) => ResultKind::Unknown,
        }
    }
}

impl<'a> FieldVisitor<'a> for Shape {
    fn field(&mut self, key: &str) -> FieldAction<'_, 'a> {
        if self.note(key) {
            FieldAction::Stop
        } else {
            FieldAction::Skip
        }
    }
}

/// The outermost object of the response.
#[derive(Default)]
struct Envelope<'a> {
    fields: StatusFields<'a>,
    shape: Shape,
    problem: Option<&'a str>,
}

impl Envelope<'_> {
    /// Why there is no result in this response, if there is none.
    fn error(&self, json: &str) -> Option<Error> {
        let has_result = self.fields.result.is_some() || self.shape.kind() != ResultKind::Unknown;
        let failed = || {
            let error = json::non_null(self.fields.error).unwrap_or(json);
            Error::from_job(ErrorKind::JobFailed, Some(ProblemDetails::of_job(error, json)))
        };
        let running = |state: &str| {
            let message = format!("the job has no result yet: its status is \"{state}\"; wait for it first");
            Error::new(ErrorKind::NotReady, message)
        };
        let has_status = self.fields.status_name().is_some();
        match self.fields.state() {
            JobState::Completed => None,
            JobState::Canceled => Some(Error::from_job(ErrorKind::JobCanceled, None)),
            _ if !has_status && has_result => None,
            JobState::Failed => Some(failed()),
            JobState::Running => Some(running("running")),
            JobState::Unknown(_) if has_result => None,
            JobState::Unknown(_) if json::non_null(self.fields.error).is_some() => Some(failed()),
            JobState::Unknown(name) if has_status => Some(running(&name)),
            // The reason of a failure may also be a problem document without a wrapper.
            JobState::Unknown(_) => self.problem.and_then(json::short_string).map(|_| failed()),
        }
    }
}

impl<'a> FieldVisitor<'a> for Envelope<'a> {
    fn field(&mut self, key: &str) -> FieldAction<'_, 'a> {
        if self.shape.note(key) {
            return FieldAction::Skip;
        }
        match key {
            "type" => FieldAction::Store(&mut self.problem),
            _ => self.fields.field(key),
        }
    }
}

/// The error of a result that was requested as a file and is JSON.
pub(super) fn not_a_file() -> Error {
    Error::new(
        ErrorKind::UnexpectedResult,
        "the job's result is JSON, not a file: get it as JSON instead of as bytes",
    )
}

#[cfg(test)]
mod tests;
