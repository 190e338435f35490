//! What a job has made: files, or what was read out of a document. The text stays as it came; typed views are made of
//! it when they are asked for.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use super::Ticket;
use super::status::{Head, JobState};
use crate::error::{Error, ErrorKind, Result};
use crate::json::{self, FieldAction, FieldVisitor};
use crate::problem::ProblemDetails;

mod file;
mod typed;
mod walk;

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
    /// Places where a text was found.
    TextBoxes,
    /// Places of personal data.
    PiiBoxes,
    /// A document's properties.
    Properties,
    /// What a form holds, recognised, each with a confidence.
    Form,
    /// The fields of a fillable form, read or detected.
    FormFields,
    /// Something that this library has not heard of; its JSON can be had.
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

/// The result of a completed job.
#[derive(Clone)]
pub struct JobResult {
    /// The text, and a NUL behind it where C was lent it.
    json: String,
    length: usize,
    result: Range<usize>,
    kind: ResultKind,
    files: Vec<FileInfo>,
}

/// Without the text: it is what documents say, and addresses that are credentials in themselves.
impl fmt::Debug for JobResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JobResult")
            .field("kind", &self.kind)
            .field("files", &self.files)
            .finish_non_exhaustive()
    }
}

impl JobResult {
    /// Reads the service's answer about the job of `ticket`. A job that failed, was canceled or still runs is an error,
    /// though its answer comes as a success.
    pub(crate) fn of(ticket: &Ticket, json: String) -> Result<Self> {
        Self::read(json, |named| ticket.recognise(named))
    }

    /// Reads an answer about whatever job.
    pub(crate) fn parse(json: String) -> Result<Self> {
        Self::read(json, |_| Ok(()))
    }

    fn read(json: String, recognise: impl Fn(Option<&str>) -> Result<()>) -> Result<Self> {
        let text = json::without_bom(&json).trim_ascii();
        if !text.starts_with('{') {
            json::check(&json).map_err(|cause| Error::malformed_json("the job's result", &json, &cause))?;
            let (result, kind) = (json::range_of(&json, text), kind_of(text));
            return Ok(Self::new(json, result, kind));
        }
        let mut seen = Document::default();
        json::visit_fields(&json, &mut seen)
            .map_err(|cause| Error::malformed_json("the job's result", &json, &cause))?;
        let named = seen.head.job_id.or(seen.head.job_id_too);
        recognise(named.and_then(json::string).as_deref())?;
        if let Some(refusal) = seen.refusal(&json) {
            return Err(refusal);
        }
        // Without the wrapper the document itself is the result.
        let (part, kind) = match seen.head.result {
            Some(part) => (part, kind_of(part)),
            None => (text, seen.shape.kind()),
        };
        let result = json::range_of(&json, part);
        Ok(Self::new(json, result, kind))
    }

    fn new(json: String, result: Range<usize>, kind: ResultKind) -> Self {
        let files = match kind {
            ResultKind::File | ResultKind::Files => FileInfo::all_of(&json[result.clone()]),
            _ => Vec::new(),
        };
        Self {
            length: json.len(),
            json,
            result,
            kind,
            files,
        }
    }

    /// What kind of result this is.
    pub fn kind(&self) -> ResultKind {
        self.kind
    }

    /// The whole answer exactly as it came.
    pub fn json(&self) -> &str {
        &self.json[..self.length]
    }

    /// The whole answer exactly as it came, without a copy.
    pub fn into_json(mut self) -> String {
        self.json.truncate(self.length);
        self.json
    }

    /// Puts a NUL behind the text, so that [`JobResult::json`] can be lent to C as it is.
    pub(crate) fn terminate(&mut self) {
        if self.json.len() == self.length {
            self.json.push('\0');
        }
    }

    /// The `result` alone, exactly as it came; the whole answer where it stands without a wrapper.
    pub fn result_json(&self) -> &str {
        &self.json[self.result.clone()]
    }

    /// Where [`JobResult::result_json`] lies in [`JobResult::json`], in bytes.
    pub fn result_range(&self) -> Range<usize> {
        self.result.clone()
    }

    /// The files, if the result is a file or several.
    pub fn files(&self) -> &[FileInfo] {
        &self.files
    }

    /// The text, if the result is one. Half of a surrogate pair, which no Rust string can hold, becomes U+FFFD.
    pub fn text(&self) -> Option<Cow<'_, str>> {
        (self.kind == ResultKind::Text).then(|| json::string(self.result_json()))?
    }

    /// Refuses a view that the result has not.
    fn want(&self, kind: ResultKind) -> Result<()> {
        if self.kind == kind {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::UnexpectedResult,
            format!("the job's result is {}, not {kind}", self.kind),
        ))
    }
}

/// The kind of the result that `raw` is. It is read no further than the first key that tells.
fn kind_of(raw: &str) -> ResultKind {
    let mut shape = Shape::default();
    match raw.as_bytes().first() {
        Some(b'"') => ResultKind::Text,
        // The text was checked before, so this cannot fail; if it did, the kind would be unknown.
        Some(b'{') => json::visit_fields(raw, &mut shape).map_or(ResultKind::Unknown, |()| shape.kind()),
        _ => ResultKind::Unknown,
    }
}

/// What the keys of an object tell about its kind.
#[derive(Default)]
struct Shape {
    certain: Option<ResultKind>,
    properties: bool,
}

impl Shape {
    /// Looks at one key; true when it settles the kind.
    fn note(&mut self, key: &str) -> bool {
        let kind = match key {
            "file" => ResultKind::File,
            "files" => ResultKind::Files,
            "tables" => ResultKind::Tables,
            "textBoxes" => ResultKind::TextBoxes,
            "PIIBoxes" => ResultKind::PiiBoxes,
            "fields" => ResultKind::Form,
            "formFields" => ResultKind::FormFields,
            // `title` alone would not do: problem documents have one too.
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

/// The answer's outermost object.
#[derive(Default)]
struct Document<'a> {
    head: Head<'a>,
    shape: Shape,
    problem: Option<&'a str>,
}

impl Document<'_> {
    /// Why there is no result in this answer, if there is none.
    fn refusal(&self, json: &str) -> Option<Error> {
        let held = self.head.result.is_some() || self.shape.kind() != ResultKind::Unknown;
        let failed = || {
            let error = json::non_null(self.head.error).unwrap_or(json);
            Error::from_job(ErrorKind::JobFailed, Some(ProblemDetails::of_job(error, json)))
        };
        let running = |word: &str| {
            let message = format!("the job has no result yet: its status is {word:?}");
            Error::new(ErrorKind::NotReady, message)
        };
        let said = self.head.word().is_some();
        match self.head.state() {
            JobState::Completed => None,
            JobState::Canceled => Some(Error::from_job(ErrorKind::JobCanceled, None)),
            _ if !said && held => None,
            JobState::Failed => Some(failed()),
            JobState::Running => Some(running("running")),
            JobState::Unknown(_) if held => None,
            JobState::Unknown(_) if json::non_null(self.head.error).is_some() => Some(failed()),
            JobState::Unknown(word) if said => Some(running(&word)),
            // A reason of failure may also stand alone, as a bare problem document.
            JobState::Unknown(_) => self.problem.and_then(json::string).map(|_| failed()),
        }
    }
}

impl<'a> FieldVisitor<'a> for Document<'a> {
    fn field(&mut self, key: &str) -> FieldAction<'_, 'a> {
        if self.shape.note(key) {
            return FieldAction::Skip;
        }
        match key {
            "type" => FieldAction::Store(&mut self.problem),
            _ => self.head.field(key),
        }
    }
}

#[cfg(test)]
mod tests;
