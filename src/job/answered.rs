//! A job that the service answered at once: its result is here, and nothing needs to be asked.

use crate::call::CallContext;
use crate::client::{Accept, Get};
use crate::error::{Error, ErrorKind, Result};
use crate::http::Response;
use crate::job::fetch::no_bytes;
use crate::job::result::JobResult;
use crate::job::status::JobStatus;
use crate::job::{Job, Ticket};

impl Job {
    /// Completed, if the service answered at once.
    pub(crate) fn answered_status(&self) -> Option<JobStatus> {
        self.answer
            .as_ref()
            .map(|answer| JobStatus::answered(answer.json()))
    }

    /// Asks for the one file of the answer.
    pub(crate) fn ask_answered_file(
        &self,
        answer: &JobResult,
        ticket: &Ticket,
        context: &CallContext,
    ) -> Result<Response> {
        let file = match answer.files() {
            [] => return Err(no_bytes()),
            [file] => file,
            files => {
                return Err(Error::new(
                    ErrorKind::UnexpectedResult,
                    format!(
                        "the result is {} files that no archive holds: download them into a folder",
                        files.len()
                    ),
                ));
            }
        };
        let address = file.url().ok_or_else(|| {
            Error::new(
                ErrorKind::Delivered,
                "the result has no address: it was delivered where the submission's `delivery` said",
            )
        })?;
        let url = ticket.result_url.join(address).map_err(|e| {
            Error::new(ErrorKind::Protocol, e.message()).context("the address of the result's file")
        })?;
        let get = Get {
            with_token: false,
            ..Get::new(&url, Accept::Any, &ticket.reference_id)
        };
        let response = self.client.get(&get, context)?;
        if response.status == 200 {
            Ok(response)
        } else {
            Err(response.into_error(context).context("fetching the result's file"))
        }
    }
}
