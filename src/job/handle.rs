//! The handle of a job: its client, its ticket, and the result if the service gave it with its response to the submission.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::client::Client;
use crate::error::{Error, Result};
use crate::job::result::JobResult;
use crate::job::ticket::Ticket;
use crate::url::Url;

/// A job at the service: its ticket, and all that can be done with it.
///
/// The ticket alone recreates a job handle, in another process or on another day: store [`Job::to_json`] as soon as there is
/// a job, and pass it to [`Client::job_from_json`]. Any number of threads may use a job at once.
#[derive(Debug)]
pub struct Job {
    pub(super) client: Client,
    /// Shared with the events of this job, which learn where its result is.
    ticket: Arc<Mutex<Arc<Ticket>>>,
    /// The result, where the service gave it with its response to the submission.
    pub(super) immediate_result: Option<Arc<JobResult>>,
}

impl Client {
    /// Creates a job handle from an id. Nothing is sent.
    pub fn job(&self, id: &str) -> Result<Job> {
        Ok(Job::new(self.clone(), Ticket::from_id(self.base(), id)?))
    }

    /// Recreates a job handle from JSON written by [`Job::to_json`], possibly by another process. Nothing is sent.
    pub fn job_from_json(&self, json: &str) -> Result<Job> {
        Ok(Job::new(self.clone(), Ticket::from_json(self.base(), json)?))
    }
}

impl Job {
    pub(super) fn new(client: Client, ticket: Ticket) -> Self {
        Self {
            client,
            ticket: Arc::new(Mutex::new(Arc::new(ticket))),
            immediate_result: None,
        }
    }

    /// A job whose result came with the response to its submission.
    pub(super) fn with_immediate_result(client: Client, ticket: Ticket, result: JobResult) -> Self {
        Self {
            immediate_result: Some(Arc::new(result)),
            ..Self::new(client, ticket)
        }
    }

    /// Another handle of the same job, which shares its ticket.
    pub(super) fn share(&self) -> Self {
        Self {
            client: self.client.clone(),
            ticket: self.ticket.clone(),
            immediate_result: self.immediate_result.clone(),
        }
    }

    /// The job's id; empty for a job that the service completed immediately without giving it one.
    pub fn id(&self) -> String {
        self.lock().job_id.clone()
    }

    /// The id to quote to Nitro's support: sent with each request about this job.
    pub fn reference_id(&self) -> String {
        self.lock().reference_id.clone()
    }

    /// The ticket as JSON, to be stored: job id, URLs at the service and reference id, no token and no password. Where the service
    /// signs its URLs, their queries are in it: keep it like a password then.
    ///
    /// `{"jobID":…,"statusURL":…,"resultURL":…,"referenceID":…,"retryAfterMs":…}`; all but `jobID` may be absent.
    pub fn to_json(&self) -> String {
        self.lock().to_json(self.client.http())
    }

    pub(super) fn ticket(&self) -> Arc<Ticket> {
        self.lock().clone()
    }

    /// Stores the URL of the result that the service named.
    pub(super) fn set_result_url(&self, url: Url) {
        Arc::make_mut(&mut *self.lock()).result_url = url;
    }

    /// Completes an error that leaves a public method: which job it is about, and the ticket, since the job may go on.
    pub(crate) fn annotate(&self, error: Error) -> Error {
        let ticket = self.ticket();
        let error = self.client.annotate(error, &ticket.reference_id);
        if ticket.job_id.is_empty() {
            return error.context("the job that was completed immediately");
        }
        error
            .with_ticket(self.to_json())
            .context(format_args!("job {}", ticket.job_id))
    }

    fn lock(&self) -> MutexGuard<'_, Arc<Ticket>> {
        self.ticket.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;
    use crate::{BearerToken, Call, ClientOptions, Endpoint, ErrorKind, Submission};

    /// Rejects two requests, each with a body that contains both tokens.
    fn echoing_server() -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        std::thread::spawn(move || {
            for status in ["401 Unauthorized", "403 Forbidden"] {
                let (mut socket, _) = listener.accept().unwrap();
                let (mut head, mut byte) = (Vec::new(), [0]);
                while !head.ends_with(b"\r\n\r\n") {
                    socket.read_exact(&mut byte).unwrap();
                    head.push(byte[0]);
                }
                let body = r#"{"title":"no first-token, no second-token"}"#;
                let length = body.len();
                let response = format!(
                    "HTTP/1.1 {status}\r\ncontent-type: application/problem+json\r\ncontent-length: {length}\r\n\
                     connection: close\r\n\r\n{body}"
                );
                socket.write_all(response.as_bytes()).unwrap();
            }
        });
        url
    }

    #[test]
    fn the_current_and_the_rejected_token_are_redacted() {
        let is_renewal = AtomicBool::new(false);
        let options = ClientOptions::new()
            .base_url(echoing_server())
            .token_callback(move |_| {
                Ok(BearerToken::new(match is_renewal.swap(true, Ordering::SeqCst) {
                    false => "first-token",
                    true => "second-token",
                }))
            });
        let job = Client::new(options).unwrap().job("j").unwrap();
        let error = job.status(&Call::new()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Forbidden, "{error}");
        assert!(error.message().contains("no ***, no ***"), "{error}");
        assert!(!format!("{error:?}").contains("-token"), "{error:?}");
        assert_eq!(error.reference_id(), Some(job.reference_id().as_str()));
    }

    #[test]
    fn an_error_before_anything_is_sent_has_no_reference_id() {
        let client = Client::new(ClientOptions::new()).unwrap();
        let empty = Submission::new(Endpoint::Conversions, "convert");
        let error = client.submit(&empty, |_, _| true, &Call::new()).unwrap_err();
        assert_eq!(
            (error.kind(), error.reference_id()),
            (ErrorKind::InvalidArgument, None)
        );
    }
}
