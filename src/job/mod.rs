//! What a job is and what can be done with one.

mod download;
mod events;
mod fetch;
mod file_name;
mod follow;
mod place;
mod result;
mod status;
mod stream;
mod ticket;
mod transfer;
mod wait;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub use download::{Download, DownloadProgress, SavedFile};
pub use fetch::ReceivedBytes;
pub use follow::Events;
pub use place::OnExisting;
pub use result::{
    BoundingBox, Cell, FileInfo, FormField, JobResult, PiiBox, PiiType, Properties, ResultKind,
    SingleTextBox, Table, TableData, TextBox, TextBoxGroup, TextBoxMatch, TextBoxPiece, TextBoxQuery,
    TextQuery,
};
pub use status::{JobState, JobStatus};

#[cfg(fuzzing)]
pub(crate) mod fuzzing {
    pub(crate) use super::events::{Meaning, meaning};
    pub(crate) use super::file_name::{from_content_disposition, from_path, numbered, safe_name};
}
pub(crate) use ticket::Ticket;
pub(crate) use wait::Rhythm;

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
    ticket: Arc<Mutex<Ticket>>,
}

impl Job {
    pub(crate) fn new(client: Client, ticket: Ticket) -> Self {
        Self {
            client,
            ticket: Arc::new(Mutex::new(ticket)),
        }
    }

    /// Another handle on the same job, which shares its ticket.
    pub(crate) fn share(&self) -> Self {
        Self {
            client: self.client.clone(),
            ticket: self.ticket.clone(),
        }
    }

    /// The job's id.
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

    pub(crate) fn ticket(&self) -> Ticket {
        self.lock().clone()
    }

    /// Remembers where the service says that the result is.
    pub(crate) fn result_is_at(&self, url: Url) {
        self.lock().result_url = url;
    }

    fn lock(&self) -> MutexGuard<'_, Ticket> {
        self.ticket.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
