//! A job whose result came with the response to its submission, so that no request is needed for it.

use crate::call::CallContext;
use crate::client::{Accept, Get};
use crate::error::{Error, ErrorKind, Result};
use crate::http::Response;
use crate::job::result::{JobResult, not_a_file};
use crate::job::status::JobStatus;
use crate::job::{Job, Ticket};

impl Job {
    /// The status of a job whose result is here: completed.
    pub(super) fn immediate_status(&self) -> Option<JobStatus> {
        self.immediate_result.as_ref().map(|result| {
            // Without memory for a copy, the state alone: the result has the text.
            JobStatus::completed(result.json()).unwrap_or_else(|_| JobStatus::bare_completed())
        })
    }

    /// Requests the one file of the result.
    pub(super) fn request_immediate_file(
        &self,
        result: &JobResult,
        ticket: &Ticket,
        context: &CallContext,
    ) -> Result<Response> {
        let file = match result.files() {
            [] => return Err(not_a_file()),
            [file] => file,
            files => {
                return Err(Error::new(
                    ErrorKind::UnexpectedResult,
                    format!(
                        "the result is {} separate files, not one archive: download them into a folder",
                        files.len()
                    ),
                ));
            }
        };
        let location = file.url().ok_or_else(|| {
            Error::new(
                ErrorKind::Delivered,
                "the result has no URL: it was delivered to the `delivery` of the submission",
            )
        })?;
        let url = ticket.result_url.join(location).map_err(|e| {
            Error::new(ErrorKind::Protocol, e.message()).context("the URL of the result file")
        })?;
        let get = Get {
            with_token: false,
            ..Get::new(&url, Accept::Any, &ticket.reference_id)
        };
        let response = self.client.get(&get, context)?;
        if response.status == 200 {
            Ok(response)
        } else {
            Err(response
                .into_error(context)
                .context("downloading the result file"))
        }
    }
}
