//! Entry points to internals for the fuzz targets and `make bench`. They exist in no other build.
#![allow(missing_docs)]

use std::time::{Duration, SystemTime};

pub use crate::http::fuzzing::{Answer, answer, covers, hop};

use crate::job::fuzzing::{Last, Meaning, meaning};
use crate::{JobResult, JobStatus, ProblemDetails, Result, Submission, url::Url};

pub fn status(json: String) -> Result<JobStatus> {
    JobStatus::parse(json)
}

/// As [`status`], always by the general parser.
pub fn status_whole(json: String) -> Result<JobStatus> {
    JobStatus::parse_any(json)
}

/// The status in an event that follows one with the data `before`; `Err` if it is malformed.
pub fn event(name: &str, before: &str, data: &str) -> std::result::Result<Option<JobStatus>, ()> {
    let mut last = Last::default();
    let _ = meaning(name, before, &mut last);
    match meaning(name, data, &mut last) {
        Meaning::Status(status) => Ok(Some(status)),
        Meaning::Nothing => Ok(None),
        Meaning::Malformed => Err(()),
    }
}

pub fn redirected(location: &str, body: &str) -> JobStatus {
    JobStatus::redirected(location, body)
}

pub fn result(json: String) -> Result<JobResult> {
    JobResult::parse(json)
}

/// The length of the multipart form of a submission, read to its end.
pub fn form(submission: &Submission<'_>) -> Result<u64> {
    crate::job::fuzzing::form_length(submission)
}

pub fn problem(body: Vec<u8>) -> ProblemDetails {
    ProblemDetails::from_body(body)
}

pub fn retry_after(value: &str) -> Option<Duration> {
    crate::http::fuzzing::retry_after(value, SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000))
}

/// The file name from a header or a URL, and the same with a number.
pub fn file_name(disposition: Option<&str>, path: &str) -> (String, String) {
    use crate::job::fuzzing::{from_content_disposition, from_path, numbered, safe_name};
    let suggested = disposition.and_then(from_content_disposition);
    let name = safe_name(&suggested.unwrap_or_else(|| from_path(path)), "fallback-1");
    let second = numbered(&name, 9_999);
    (name, second)
}

/// A reference resolved against a base URL: its text and its origin.
pub fn join(base: &str, reference: &str) -> Result<(String, String)> {
    let url = Url::parse(base)?.join(reference)?;
    Ok((url.as_str().to_owned(), url.origin().to_string()))
}
