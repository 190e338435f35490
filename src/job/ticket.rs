//! A job's ticket: what is enough to come back to it, from another process or on another day.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::error::{Error, ErrorKind, Result};
use crate::http::Http;
use crate::job::file_name;
use crate::url::Url;

/// The longest job id taken; the service's own are UUIDs.
const MAX_ID: usize = 1024;

/// What is known of a job without asking. It holds no secret.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Ticket {
    pub job_id: String,
    pub status_url: Url,
    pub result_url: Url,
    pub reference_id: String,
    pub retry_after: Option<Duration>,
}

/// The ticket as it is written down. Unknown fields are passed over, so that later versions can add some.
#[derive(Serialize, Deserialize)]
struct Written {
    #[serde(rename = "jobID", alias = "jobId")]
    job_id: String,
    #[serde(rename = "statusURL", default, skip_serializing_if = "Option::is_none")]
    status_url: Option<String>,
    #[serde(rename = "resultURL", default, skip_serializing_if = "Option::is_none")]
    result_url: Option<String>,
    #[serde(rename = "referenceID", default, skip_serializing_if = "Option::is_none")]
    reference_id: Option<String>,
    #[serde(rename = "retryAfterMs", default, skip_serializing_if = "Option::is_none")]
    retry_after_ms: Option<u64>,
}

impl Ticket {
    /// The ticket of a job of which only the id is known.
    pub(crate) fn from_id(base: &Url, id: &str) -> Result<Self> {
        check_id(id)?;
        Ok(Self {
            job_id: id.to_owned(),
            status_url: base.join_path(&["jobs", id, "status"]),
            result_url: base.join_path(&["jobs", id]),
            reference_id: Uuid::new_v4().to_string(),
            retry_after: None,
        })
    }

    /// The ticket of a job just accepted: `status_url` is where the service says that its status is, `id` what it calls it.
    pub(crate) fn accepted(base: &Url, id: Option<&str>, status_url: Option<Url>) -> Result<Self> {
        let Some(status_url) = status_url else {
            return Self::from_id(base, id.unwrap_or_default());
        };
        let text = status_url.as_str();
        let bare = &text[..text.find('?').unwrap_or(text.len())];
        let parent = bare.trim_end_matches('/').strip_suffix("/status");
        let id = match id {
            Some(id) => id.to_owned(),
            None => {
                let path = status_url.path().trim_end_matches('/');
                file_name::from_path(path.strip_suffix("/status").unwrap_or(path))
            }
        };
        let mut ticket = Self::from_id(base, &id)?;
        ticket.result_url = match parent {
            Some(parent) => Url::parse(parent)?,
            None => status_url.clone(),
        };
        ticket.status_url = status_url;
        Ok(ticket)
    }

    /// The ticket of a job that the service has answered at once and does not know by any id.
    pub(crate) fn nameless(base: &Url) -> Self {
        let jobs = base.join_path(&["jobs"]);
        Self {
            job_id: String::new(),
            status_url: jobs.clone(),
            result_url: jobs,
            reference_id: Uuid::new_v4().to_string(),
            retry_after: None,
        }
    }

    /// Reads what [`Ticket::to_json`] wrote, or any JSON object with a `jobID`.
    pub(crate) fn from_json(base: &Url, json: &str) -> Result<Self> {
        let written: Written =
            serde_json::from_str(json).map_err(|e| Error::invalid(format!("this is no job ticket: {e}")))?;
        let mut ticket = Self::from_id(base, &written.job_id)?;
        if let Some(url) = written.status_url {
            ticket.status_url = Url::parse(&url).map_err(|e| e.context("the ticket's statusURL"))?;
        }
        if let Some(url) = written.result_url {
            ticket.result_url = Url::parse(&url).map_err(|e| e.context("the ticket's resultURL"))?;
        }
        if let Some(id) = written.reference_id {
            if id.is_empty() || id.len() > MAX_ID || !id.bytes().all(|b| b.is_ascii_graphic()) {
                return Err(Error::invalid(
                    "the ticket's referenceID is not usable as a header",
                ));
            }
            ticket.reference_id = id;
        }
        ticket.retry_after = written.retry_after_ms.map(Duration::from_millis);
        Ok(ticket)
    }

    /// Refuses an answer that names another job: a proxy or the service mixed something up.
    pub(crate) fn recognise(&self, named: Option<&str>) -> Result<()> {
        match named {
            Some(id) if id != self.job_id && !id.eq_ignore_ascii_case(&self.job_id) => Err(stranger()),
            _ => Ok(()),
        }
    }

    /// Writes the ticket down. An address elsewhere than at the service may be a credential in itself, and is left out.
    pub(crate) fn to_json(&self, http: &Http) -> String {
        let harmless = |url: &Url| http.trusts(url).then(|| url.as_str().to_owned());
        let written = Written {
            job_id: self.job_id.clone(),
            status_url: harmless(&self.status_url),
            result_url: harmless(&self.result_url),
            reference_id: Some(self.reference_id.clone()),
            retry_after_ms: self
                .retry_after
                .map(|r| r.as_millis().try_into().unwrap_or(u64::MAX)),
        };
        serde_json::to_string(&written).unwrap_or_default()
    }
}

#[cold]
fn stranger() -> Error {
    Error::new(
        ErrorKind::Protocol,
        "the answer is about another job than the one that was asked about",
    )
}

fn check_id(id: &str) -> Result<()> {
    let complaint = match id {
        "" => "is empty",
        "." | ".." => "is no name but a step in a path",
        _ if id.len() > MAX_ID => "is longer than 1024 bytes",
        _ if id.chars().any(char::is_control) => "holds a control character",
        _ => return Ok(()),
    };
    Err(Error::invalid(format!("the job id {complaint}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base() -> Url {
        Url::parse("https://api.example/idp/platform").unwrap()
    }

    #[test]
    fn an_id_alone_is_enough() {
        let ticket = Ticket::from_id(&base(), "a b/../c").unwrap();
        assert_eq!(
            ticket.status_url.as_str(),
            "https://api.example/idp/platform/jobs/a%20b%2F..%2Fc/status"
        );
        assert_eq!(
            ticket.result_url.as_str(),
            "https://api.example/idp/platform/jobs/a%20b%2F..%2Fc"
        );
    }

    #[test]
    fn an_accepted_job_is_where_the_service_says() {
        let location = |text: &str| Some(base().join(text).unwrap());
        for (id, at, job, status, result) in [
            (
                None,
                "/jobs/a%20b/status",
                "a b",
                "https://api.example/jobs/a%20b/status",
                "https://api.example/jobs/a%20b",
            ),
            (
                Some("x"),
                "https://o.example/q/status?s=1",
                "x",
                "https://o.example/q/status?s=1",
                "https://o.example/q",
            ),
            (
                None,
                "/jobs/7",
                "7",
                "https://api.example/jobs/7",
                "https://api.example/jobs/7",
            ),
            (
                None,
                "/jobs/7/",
                "7",
                "https://api.example/jobs/7/",
                "https://api.example/jobs/7/",
            ),
        ] {
            let ticket = Ticket::accepted(&base(), id, location(at)).unwrap();
            assert_eq!(ticket.job_id, job);
            assert_eq!(ticket.status_url.as_str(), status);
            assert_eq!(ticket.result_url.as_str(), result);
        }
        assert_eq!(Ticket::accepted(&base(), Some("9"), None).unwrap().job_id, "9");
        assert!(Ticket::accepted(&base(), None, None).is_err());
        assert!(Ticket::accepted(&base(), None, location("https://o.example/")).is_err());
    }

    #[test]
    fn hostile_ids_are_refused() {
        let long = "x".repeat(MAX_ID + 1);
        for id in ["", ".", "..", "a\nb", "a\0b", &long] {
            let error = Ticket::from_id(&base(), id).unwrap_err();
            assert_eq!(error.kind(), crate::ErrorKind::InvalidArgument, "{id:?}");
        }
    }

    #[test]
    fn what_is_no_ticket_is_refused() {
        for json in [
            "",
            "{}",
            "[]",
            "{\"jobID\":1}",
            "{\"jobID\":\"\"}",
            "{\"jobID\":\"a\",\"statusURL\":\"file:///etc\"}",
            "{\"jobID\":\"a\",\"referenceID\":\"a\\r\\nb\"}",
        ] {
            let error = Ticket::from_json(&base(), json).unwrap_err();
            assert_eq!(error.kind(), crate::ErrorKind::InvalidArgument, "{json:?}");
        }
    }

    #[test]
    fn unknown_fields_and_other_spellings_are_tolerated() {
        let ticket =
            Ticket::from_json(&base(), "{\"jobId\":\"a\",\"later\":{},\"retryAfterMs\":1500}").unwrap();
        assert_eq!(
            (ticket.job_id.as_str(), ticket.retry_after),
            ("a", Some(Duration::from_millis(1500)))
        );
    }
}
