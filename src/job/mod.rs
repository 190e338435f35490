//! What a job is and what can be done with one.

mod answered;
mod download;
mod events;
mod fetch;
mod file_name;
mod follow;
mod input;
mod media_type;
mod multipart;
mod place;
mod presigned;
mod pull;
mod result;
mod run;
mod status;
mod stream;
mod submission;
mod submit;
mod ticket;
mod transfer;
mod wait;
mod watch;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub use download::{Download, DownloadProgress, SavedFile};
pub use fetch::ReceivedBytes;
pub use input::Input;
pub use place::OnExisting;
pub use pull::Events;
pub use result::{
    BoundingBox, Cell, FileInfo, FormField, JobResult, PiiBox, PiiType, Properties, ResultKind,
    SingleTextBox, Table, TableData, TextBox, TextBoxGroup, TextBoxMatch, TextBoxPiece, TextBoxQuery,
    TextQuery,
};
pub use run::{Finished, RunProgress};
pub use status::{JobState, JobStatus};
pub use submission::{Endpoint, Submission};
pub use submit::Submitted;
pub use watch::{News, Watch, WatchEvent, WatchId, WatchOptions};

#[cfg(any(fuzzing, nitro_bench))]
pub(crate) mod fuzzing {
    pub(crate) use super::events::{Meaning, meaning};
    pub(crate) use super::file_name::{from_content_disposition, from_path, numbered, safe_name};
    pub(crate) use super::status::Last;
    pub(crate) use super::submit::form_length;
}
pub(crate) use media_type::is_type_of;
pub(crate) use status::Document;
pub(crate) use ticket::Ticket;
pub(crate) use wait::Rhythm;
#[cfg(model)]
pub use watch::model;

use crate::client::Client;
use crate::url::Url;

/// A job at the service: its ticket, and all that can be done with it.
///
/// The ticket alone brings a job back in another process or on another day: write [`Job::to_json`] down as soon as
/// there is a job, and take it up with [`Client::job_from_json`]. Any number of threads may use a job at once.
#[derive(Debug)]
pub struct Job {
    client: Client,
    /// Shared with the events of this job, which learn where its result is.
    ticket: Arc<Mutex<Arc<Ticket>>>,
    /// The result, where the service gave it in answer to the submission.
    answer: Option<Arc<JobResult>>,
}

impl Job {
    pub(crate) fn new(client: Client, ticket: Ticket) -> Self {
        Self {
            client,
            ticket: Arc::new(Mutex::new(Arc::new(ticket))),
            answer: None,
        }
    }

    /// A job that the service has answered at once.
    pub(crate) fn answered(client: Client, ticket: Ticket, answer: JobResult) -> Self {
        Self {
            answer: Some(Arc::new(answer)),
            ..Self::new(client, ticket)
        }
    }

    /// Another handle on the same job, which shares its ticket.
    pub(crate) fn share(&self) -> Self {
        Self {
            client: self.client.clone(),
            ticket: self.ticket.clone(),
            answer: self.answer.clone(),
        }
    }

    /// The job's id; empty for a job that the service answered at once without giving it one.
    pub fn id(&self) -> String {
        self.lock().job_id.clone()
    }

    /// The id to quote to Nitro's support: sent with each request about this job.
    pub fn reference_id(&self) -> String {
        self.lock().reference_id.clone()
    }

    /// The ticket as JSON, to be written down: job id, addresses and reference id, no secret.
    ///
    /// `{"jobID":…,"statusURL":…,"resultURL":…,"referenceID":…,"retryAfterMs":…}`; all but `jobID` may be absent.
    pub fn to_json(&self) -> String {
        self.lock().to_json(self.client.http())
    }

    pub(crate) fn ticket(&self) -> Arc<Ticket> {
        self.lock().clone()
    }

    /// Remembers where the service says that the result is.
    pub(crate) fn result_is_at(&self, url: Url) {
        Arc::make_mut(&mut *self.lock()).result_url = url;
    }

    fn lock(&self) -> MutexGuard<'_, Arc<Ticket>> {
        self.ticket.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
