//! A job's ticket: what recreates a job handle, in another process or on another day.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::error::{Error, ErrorKind, Result, shown};
use crate::http::Http;
use crate::job::file_name;
use crate::url::Url;

/// The longest job id that is accepted; the service's own are UUIDs.
const MAX_ID: usize = 1024;

/// What is known of a job without a request. A URL of it may be signed.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Ticket {
    pub job_id: String,
    pub status_url: Url,
    pub result_url: Url,
    pub reference_id: String,
    pub retry_after: Option<Duration>,
}

/// The ticket as JSON. Unknown fields are ignored, so that later versions can add some.
#[derive(Serialize, Deserialize)]
struct TicketJson {
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
    /// The ticket of a job from its id alone.
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

    /// The ticket of a job that was just accepted, with the `id` and the `status_url` that the service named.
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

    /// The ticket of a job that the service completed immediately and gave no id.
    pub(crate) fn without_id(base: &Url) -> Self {
        let jobs = base.join_path(&["jobs"]);
        Self {
            job_id: String::new(),
            status_url: jobs.clone(),
            result_url: jobs,
            reference_id: Uuid::new_v4().to_string(),
            retry_after: None,
        }
    }

    /// Parses what [`Ticket::to_json`] wrote, or any JSON object with a `jobID`.
    pub(crate) fn from_json(base: &Url, json: &str) -> Result<Self> {
        let json: TicketJson = serde_json::from_str(json).map_err(|e| {
            Error::invalid(format!(
                "invalid job ticket: {e}; pass JSON that Job::to_json() wrote"
            ))
        })?;
        let mut ticket = Self::from_id(base, &json.job_id)?;
        let named = |text: &str| base.lead_to(Url::parse(text)?);
        if let Some(url) = json.status_url {
            ticket.status_url = named(&url).map_err(|e| e.context("the statusURL of the job ticket"))?;
        }
        if let Some(url) = json.result_url {
            ticket.result_url = named(&url).map_err(|e| e.context("the resultURL of the job ticket"))?;
        }
        if let Some(id) = json.reference_id {
            if id.is_empty() || id.len() > MAX_ID || !id.bytes().all(|b| b.is_ascii_graphic()) {
                return Err(Error::invalid(
                    "invalid referenceID in the job ticket: it must be visible ASCII, as a header value is",
                ));
            }
            ticket.reference_id = id;
        }
        ticket.retry_after = json.retry_after_ms.map(Duration::from_millis);
        Ok(ticket)
    }

    /// Checks that a document is about this job; another one is the error of a proxy or of the service.
    pub(crate) fn check_job_id(&self, named: Option<&str>) -> Result<()> {
        match named {
            Some(id) if id != self.job_id && !id.eq_ignore_ascii_case(&self.job_id) => {
                Err(other_job(id, &self.job_id))
            }
            _ => Ok(()),
        }
    }

    /// The URL of the result that a response of the status resource named. The status resource itself is no result.
    pub(crate) fn result_location(&self, location: &str) -> Result<Url> {
        let url = self.status_url.join(location)?;
        match self.status_url.is_same_resource(&url) {
            true => Err(Error::invalid("it leads to the status itself")),
            false => Ok(url),
        }
    }

    /// The ticket as JSON. A URL outside the service may be a credential, and is left out. One of the service is written whole,
    /// since without its query the job might not be found again.
    pub(crate) fn to_json(&self, http: &Http) -> String {
        let trusted = |url: &Url| http.trusts(url).then(|| url.as_str().to_owned());
        let json = TicketJson {
            job_id: self.job_id.clone(),
            status_url: trusted(&self.status_url),
            result_url: trusted(&self.result_url),
            reference_id: Some(self.reference_id.clone()),
            retry_after_ms: self
                .retry_after
                .map(|r| r.as_millis().try_into().unwrap_or(u64::MAX)),
        };
        serde_json::to_string(&json).unwrap_or_default()
    }
}

#[cold]
fn other_job(named: &str, id: &str) -> Error {
    let text = format!(
        "the response is about another job ({}) than the request ({id})",
        shown(named)
    );
    Error::new(ErrorKind::Protocol, text)
}

fn check_id(id: &str) -> Result<()> {
    let problem = match id {
        "" => "is empty",
        "." | ".." => "is a relative path segment",
        _ if id.len() > MAX_ID => "is longer than 1024 bytes",
        _ if id.chars().any(char::is_control) => "contains a control character",
        _ => return Ok(()),
    };
    Err(Error::invalid(format!("the job id {problem}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base() -> Url {
        Url::parse("https://api.example/idp/platform").unwrap()
    }

    #[test]
    fn a_ticket_is_made_from_an_id_alone() {
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
    fn an_accepted_job_has_the_urls_that_the_service_names() {
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
    fn unsafe_ids_are_rejected() {
        let long = "x".repeat(MAX_ID + 1);
        for id in ["", ".", "..", "a\nb", "a\0b", &long] {
            let error = Ticket::from_id(&base(), id).unwrap_err();
            assert_eq!(error.kind(), crate::ErrorKind::InvalidArgument, "{id:?}");
        }
    }

    #[test]
    fn invalid_tickets_are_rejected() {
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
    fn unknown_fields_and_both_spellings_are_accepted() {
        let ticket =
            Ticket::from_json(&base(), "{\"jobId\":\"a\",\"later\":{},\"retryAfterMs\":1500}").unwrap();
        assert_eq!(
            (ticket.job_id.as_str(), ticket.retry_after),
            ("a", Some(Duration::from_millis(1500)))
        );
    }
}
