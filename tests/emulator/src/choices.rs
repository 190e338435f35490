//! The types of a scenario's fields.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// When a job's clock starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Start {
    /// At its first status, stream or result request.
    #[default]
    Lazy,
    /// When it is created.
    Now,
}

/// What drives a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Clock {
    /// Time.
    #[default]
    Auto,
    /// Calls of `set_progress` and `finish`.
    Manual,
}

/// The unit of `progress` on the wire. The documentation mentions both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProgressUnit {
    /// 0.0 to 1.0.
    #[default]
    Fraction,
    /// 0 to 100.
    Percent,
}

/// How a job ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// With a result.
    #[default]
    Completed,
    /// With `error`.
    Failed,
    /// Canceled by the user.
    Canceled,
    /// Never: the job keeps running.
    Never,
    /// 410 on status and result, from the start.
    Gone,
    /// 404 on status and result, from the start.
    Lost,
}

/// The shape of a result.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// The one that follows from the endpoint and the method; a file for a job that was never submitted.
    #[default]
    Auto,
    /// `{file:{…}}`.
    File,
    /// `{files:[…]}`.
    Files {
        /// How many.
        n: usize,
    },
    /// A bare string.
    Text,
    /// `{tables:[…]}`.
    Tables,
    /// `{textBoxes:[{ID,text,…}]}`, as the seed has it.
    TextBoxes,
    /// `{textBoxes:[{query,matches:[…]}]}`, the newer form.
    TextBoxesQueries,
    /// `{PIIBoxes:[…]}`.
    PiiBoxes,
    /// The nine strings of a document's properties.
    Properties,
    /// `{fields,averageConfidence}`.
    FormFields,
    /// `{formFields:[…]}` straight in the document, without `result`.
    FillableUnwrapped,
    /// `{formFields:[…]}` inside `result`.
    Fillable,
    /// A file whose `URL` is null, as after a `delivery`.
    Delivered,
    /// An undocumented shape.
    Unknown,
    /// This JSON, as `result`.
    Custom(Value),
}

/// How a poll reports completion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Completion {
    /// 200 with `result`.
    #[default]
    Json,
    /// 302 with `Location` and `{"status":"completed"}`.
    Redirect,
}

/// The dialects of the event stream, named after their distinguishing feature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dialect {
    /// What all clients of Nitro follow: `event` and `jobID` inside the JSON, no `status-update`, and a failed job carries both
    /// `location` and `error`.
    #[default]
    Common,
    /// Nitro's Python samples: the kind of event is `event` inside the JSON, only `redirect` is terminal.
    EventInData,
    /// Nitro's Python MCP client: the kind is the SSE event name (`progress-update`, `redirect`, `job-failed`).
    Named,
    /// Nitro's Node MCP client: plain messages; a failed job carries `location`.
    Message,
}

/// The response to a request for the event stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StreamMode {
    /// Events as they happen.
    #[default]
    Live,
    /// The status as plain JSON, as if the stream did not exist.
    Json,
    /// This code, with a problem document.
    Refuse(u16),
    /// Headers, then nothing: the stream stays idle.
    Idle,
    /// This many events, then the end of the body, without a terminal event.
    EndEarly(u32),
    /// Completed without `location` or `result`, then the end.
    StatusUpdateOnly,
}

/// The name under which the job's id is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum JobIdKey {
    /// `jobID`, as the OpenAPI has it.
    #[default]
    #[serde(rename = "jobID")]
    JobID,
    /// `jobId`, as the samples have it.
    #[serde(rename = "jobId")]
    JobId,
    /// Not at all.
    #[serde(rename = "none")]
    Absent,
}

/// An undocumented status, for the first polls and events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusName {
    /// The status.
    pub name: String,
    /// How many polls, and how many events of each stream.
    pub times: u32,
}

/// The body of the 202.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AcceptedBody {
    /// None.
    Empty,
    /// `{jobID,status:"running",progress:0}`.
    #[default]
    Json,
}

/// The body of a synchronous response with files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SynchronousBody {
    /// `{result:{file:{…}}}`, as Nitro's samples read it.
    #[default]
    Wrapped,
    /// `{file:{…}}`, as the OpenAPI has it.
    Bare,
}

/// The form of the status URL in `Location`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LocationForm {
    /// `https://host/base/jobs/ID/status`.
    #[default]
    Absolute,
    /// `/base/jobs/ID/status`.
    Relative,
    /// `https://host/base/jobs/ID`; that URL then returns the status until the job is over.
    Bare,
}

/// How the end of a body is marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Framing {
    /// `Content-Length`.
    #[default]
    Length,
    /// `Transfer-Encoding: chunked`.
    Chunked,
    /// By closing the connection (an HTTP/1.0 response).
    Close,
}

/// How presigned URLs respond.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Presigned {
    /// Framing of whole files; a range always has a length.
    pub framing: Framing,
    /// Honour `Range` and `If-Range`, send `Accept-Ranges` and `ETag`.
    pub ranges: bool,
    /// A URL responds with 403 this long after it was issued.
    pub expires_ms: Option<u64>,
    /// A URL responds with 403 after this many uses.
    pub uses: Option<u32>,
}

impl Default for Presigned {
    fn default() -> Self {
        Self {
            framing: Framing::Length,
            ranges: true,
            expires_ms: Some(900_000),
            uses: None,
        }
    }
}

/// The body of an error response, in place of a problem document.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ErrorBody {
    /// The body, of any kind; may be empty.
    pub body: String,
    /// Its content type; none is sent if empty.
    pub content_type: String,
}

/// A 429 response to the first requests.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RateLimit {
    /// How many requests get it.
    pub times: u32,
    /// Which requests.
    pub on: Limited,
    /// Seconds to wait.
    pub retry_after: f64,
    /// Send `Retry-After`.
    pub header: bool,
    /// Send `extensions.retry_after`.
    pub extension: bool,
}

impl Default for RateLimit {
    fn default() -> Self {
        Self {
            times: 1,
            on: Limited::default(),
            retry_after: 1.0,
            header: true,
            extension: true,
        }
    }
}

/// The requests that a rate limit applies to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Limited {
    /// Submissions.
    Submit,
    /// Status requests.
    #[default]
    Status,
    /// Result requests.
    Result,
}
