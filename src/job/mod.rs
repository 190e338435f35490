//! Jobs: what a job is and what can be done with one.
//!
//! Each folder is one verb, and uses only what stands below it in this list:
//! - `submit/`: a submission, its documents, and the requests that start a job
//! - `watch/`: many jobs at once on a bounded number of threads
//! - `follow/`: one job to its end: [`Job::wait`], [`Events`], and the machine that decides when to poll and when to retry
//! - `download/`: result files to disk, resumed, verified and renamed into place
//! - `requests`, `immediate_result`: single requests for the status and the result
//! - `handle`: the [`Job`] itself, which every verb adds its methods to
//! - `result/`, `status/`: the service's JSON documents, parsed
//! - `ticket`: the JSON that recreates a job; `file_name`: file names made safe

mod download;
mod file_name;
mod follow;
mod handle;
mod immediate_result;
mod requests;
mod result;
mod status;
mod submit;
mod ticket;
mod watch;

pub use download::{Download, DownloadProgress, OnExisting, SavedFile};
pub use follow::Events;
pub use handle::Job;
pub use requests::ReceivedBytes;
pub use result::{
    BoundingBox, Cell, FileInfo, FormField, JobResult, PiiBox, PiiType, Properties, ResultKind,
    SingleTextBox, Table, TableData, TextBox, TextBoxGroup, TextBoxMatch, TextBoxPiece, TextBoxQuery,
    TextQuery,
};
pub use status::{JobState, JobStatus};
pub use submit::{Endpoint, Input, Submission, SubmitResult};
pub use watch::{JobUpdate, Watch, WatchEvent, WatchId, WatchOptions};

#[cfg(any(fuzzing, nitro_bench))]
pub(crate) mod fuzzing {
    pub(crate) use super::file_name::{from_content_disposition, from_path, numbered, safe_name};
    pub(crate) use super::follow::{StreamEvent, parse_event};
    pub(crate) use super::status::PreviousEvent;
    pub(crate) use super::submit::form_length;
}
pub(crate) use download::Destination;
pub(crate) use status::StatusDocument;
pub(crate) use submit::is_type_of;
pub(crate) use ticket::Ticket;
#[cfg(model)]
pub use watch::model;
