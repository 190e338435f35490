//! Test hooks for the fuzz targets and for `make bench`, which otherwise see only the public API. Absent from any other build.
#![allow(missing_docs)]

use std::time::{Duration, SystemTime};

use crate::http::fuzzing as hooks;
use crate::job::fuzzing::{PreviousEvent, StreamEvent, parse_event};
use crate::{JobResult, JobStatus, ProblemDetails, Result, Submission, url::Url};

pub fn status(json: String) -> Result<JobStatus> {
    JobStatus::parse(json)
}

/// The same by the parser of any document, without the fast path.
pub fn status_whole(json: String) -> Result<JobStatus> {
    JobStatus::parse_any(json)
}

/// What an event means that comes after one with the data `before`: a status, nothing, or `Err` for malformed data.
pub fn event(name: &str, before: &str, data: &str) -> std::result::Result<Option<JobStatus>, ()> {
    let mut previous = PreviousEvent::default();
    let _ = parse_event(name, before, &mut previous);
    match parse_event(name, data, &mut previous) {
        Some(StreamEvent::Status(status)) => Ok(Some(status)),
        None => Ok(None),
        Some(_) => Err(()),
    }
}

pub fn redirected(location: &str, body: &str) -> Result<JobStatus> {
    JobStatus::redirected(Ok(location.to_owned()), body)
}

pub fn result(json: String) -> Result<JobResult> {
    JobResult::parse(json)
}

/// The length of the form of a submission, read to its end.
pub fn form(submission: &Submission<'_>) -> Result<u64> {
    crate::job::fuzzing::form_length(submission)
}

pub fn problem(body: Vec<u8>) -> ProblemDetails {
    ProblemDetails::from_body(body)
}

/// What ureq is given of a head that was received in pieces of `piece` bytes.
pub fn response_head(received: &[u8], piece: usize) -> Result<Vec<u8>> {
    hooks::prepared(received, piece)
}

/// The chunked body that `input` begins with, read in pieces of `piece` bytes into a buffer of `size`, and whether it is whole.
pub fn chunks(input: &[u8], piece: usize, size: usize) -> Result<(Vec<u8>, bool)> {
    hooks::decode_chunks(input, piece, size)
}

pub fn covers(list: &str, host: &str, port: u16) -> bool {
    crate::net::NoProxy::parse(list).covers(host, port)
}

/// Where a redirect leads.
pub fn hop(from: &str, status: u16, location: &str) -> Result<String> {
    let hop = hooks::hop(
        &Url::parse(from)?,
        crate::http::Method::Get,
        status,
        Some(location),
    )?;
    Ok(hop.url.as_str().to_owned())
}

pub fn retry_after(value: &str) -> Option<Duration> {
    hooks::retry_after(value, SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000))
}

/// The file name from a header or a URL path, and the same with a number.
pub fn file_name(disposition: Option<&str>, path: &str) -> (String, String) {
    use crate::job::fuzzing::{from_content_disposition, from_path, numbered, safe_name};
    let suggested = disposition.and_then(from_content_disposition);
    let name = safe_name(&suggested.unwrap_or_else(|| from_path(path)), "fallback-1");
    let second = numbered(&name, 9_999);
    (name, second)
}

/// A reference joined to a URL: its text, and its origin as text.
pub fn join(base: &str, reference: &str) -> Result<(String, String)> {
    let url = Url::parse(base)?.join(reference)?;
    Ok((url.as_str().to_owned(), url.origin().to_string()))
}
