//! Responses with a status of 3xx at each step of a job, with a `Location` of any kind or none.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use nitro_jobs::{Call, Client, Download, Endpoint, Error, Input, JobState, Submission};

use crate::common::raw::{self, Raw, Request};
use crate::report::Report;
use crate::world::Certificate;

const STATUSES: [u16; 11] = [300, 301, 302, 303, 304, 305, 306, 307, 308, 310, 399];

/// What `Location` says; `None` leaves the header out.
const LOCATIONS: [(&str, Option<&str>); 9] = [
    ("no Location", None),
    ("an empty Location", Some("")),
    ("the same resource", Some("?")),
    ("the status resource", Some("/jobs/mine/status")),
    ("another path", Some("/elsewhere")),
    ("a path of its own", Some("elsewhere/")),
    ("another scheme", Some("ftp://127.0.0.1/x")),
    ("no URL", Some("http://[::bad/")),
    ("a fragment", Some("#x")),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Submission,
    Status,
    Stream,
    Result,
    File,
}

const STEPS: [Step; 5] = [
    Step::Submission,
    Step::Status,
    Step::Stream,
    Step::Result,
    Step::File,
];

/// How often the step is answered so, before it is answered as it should be.
const TIMES: [usize; 2] = [1, usize::MAX];

/// How many requests a case may cost at most: redirects are followed a few times, attempts repeated a few times.
const REQUESTS: usize = 3000;

pub fn run(report: &Report, full: bool) {
    let desk = report.desk();
    let mut index = 0;
    for step in STEPS {
        for status in STATUSES {
            for (name, location) in LOCATIONS {
                for times in TIMES {
                    index += 1;
                    if full || index % 7 == 0 {
                        let often = if times == 1 { "once" } else { "always" };
                        desk.case(&format!("{step:?}: {status} with {name}, {often}"), || {
                            redirected(step, status, location, times)
                        });
                    }
                }
            }
        }
    }
}

/// Which step of a job a request is.
fn step_of(request: &Request) -> Option<Step> {
    match request.path.as_str() {
        "/transformations" => Some(Step::Submission),
        "/jobs/mine/status" if request.wants_stream() => Some(Step::Stream),
        "/jobs/mine/status" => Some(Step::Status),
        "/jobs/mine" => Some(Step::Result),
        "/file" => Some(Step::File),
        _ => None,
    }
}

fn odd(status: u16, location: Option<&str>) -> Vec<u8> {
    let location = location.map_or_else(String::new, |to| format!("Location: {to}\r\n"));
    format!("HTTP/1.1 {status} Odd\r\n{location}Content-Length: 0\r\nConnection: close\r\n\r\n").into_bytes()
}

fn redirected(step: Step, status: u16, location: Option<&'static str>, times: usize) -> Result<(), String> {
    let (count, polls, ended) = (
        AtomicUsize::new(0),
        AtomicUsize::new(0),
        Arc::new(AtomicBool::new(false)),
    );
    // A redirect of the status resource to another one announces the result (302 and 303).
    let announces = matches!(step, Step::Status | Step::Stream)
        && matches!(status, 302 | 303)
        && matches!(location, Some("/elsewhere" | "elsewhere/" | "ftp://127.0.0.1/x"));
    let said = ended.clone();
    let server = Raw::responding(move |request| {
        let at = step_of(request);
        if at == Some(step) && count.fetch_add(1, Ordering::SeqCst) < times {
            return odd(status, location);
        }
        match at {
            Some(Step::Submission) => raw::response(202, "application/json", "{\"jobID\":\"mine\"}"),
            Some(Step::Status) if polls.fetch_add(1, Ordering::SeqCst) < 2 => {
                raw::json("{\"jobID\":\"mine\",\"status\":\"running\"}")
            }
            Some(Step::Status) => {
                said.store(true, Ordering::SeqCst);
                raw::json("{\"jobID\":\"mine\",\"status\":\"completed\"}")
            }
            // The stream exists only where it is the step that is tried.
            Some(Step::Stream) => raw::response(404, "text/plain", ""),
            Some(Step::Result) => {
                raw::json("{\"status\":\"completed\",\"result\":{\"file\":{\"URL\":\"/file\"}}}")
            }
            Some(Step::File) => raw::response(200, "application/octet-stream", "the file"),
            None => raw::response(404, "text/plain", "nothing is here"),
        }
    });
    let options = Certificate::new()
        .options(&server.base_url, "token")
        .wait_timeout(Duration::from_millis(if times == 1 { 20_000 } else { 150 }))
        .call_timeout(Duration::from_secs(10))
        .retries(2);
    let client = Client::new(options).map_err(|e| e.to_string())?;
    // A file that leads to the status resource is what stands there.
    let leads_to_json = step == Step::File && location == Some("/jobs/mine/status");
    let outcome = steps(&client, announces || step == Step::Stream, leads_to_json, &ended);
    let requests = server.heads();
    let posts = requests.iter().filter(|head| head.starts_with("POST")).count();
    match outcome {
        Err(Found::Lie(lie)) => Err(lie),
        // A server that sends a submission on is obeyed (307, 308), and none is started twice.
        _ if posts > 1 && times == 1 && !matches!(status, 301 | 302 | 307 | 308) => {
            Err(format!("{posts} submissions"))
        }
        _ if requests.len() > REQUESTS => Err(format!("{} requests", requests.len())),
        Err(Found::Failed(error)) if times == 1 && step == Step::Stream && !announces => {
            Err(format!("the stream ended the wait: {error}"))
        }
        _ => Ok(()),
    }
}

enum Found {
    Failed(Error),
    Lie(String),
}

impl From<Error> for Found {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// Submits, waits and downloads.
fn steps(client: &Client, announced: bool, leads_to_json: bool, ended: &AtomicBool) -> Result<(), Found> {
    let call = Call::new();
    let submission = Submission::new(Endpoint::Transformations, "flatten")
        .file(Input::bytes("a.pdf", b"%PDF-1.7 a document".as_slice()));
    // Where the submission itself leads elsewhere, the job is followed by its id.
    let submitted = client.submit(&submission, |_, _| true, &call);
    let job = client.job("mine")?;
    let before = job.to_json();
    submitted.map(drop).or_else(|error| {
        if error.http_status().is_some_and(|status| status < 400) || error.http_status().is_none() {
            Ok(())
        } else {
            Err(error)
        }
    })?;
    let waited = job.wait(|_| true, &call);
    let is_true = announced || ended.load(Ordering::SeqCst);
    match &waited {
        Ok(status) if !is_true => {
            return Err(Found::Lie(format!(
                "a running job is called {:?}",
                status.state()
            )));
        }
        Ok(status) if *status.state() != JobState::Completed => {
            return Err(Found::Lie(format!(
                "a completed job is called {:?}",
                status.state()
            )));
        }
        Err(_) if job.to_json() != before && !is_true => {
            return Err(Found::Lie("the ticket of a running job changed".to_owned()));
        }
        _ => {}
    }
    waited?;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.bin");
    let saved = job.download(&Download::to_file(&path), |_| true, &call);
    let content = std::fs::read(&path).ok();
    match saved {
        Ok(_) if content.as_deref() != Some(b"the file".as_slice()) && !leads_to_json => {
            Err(Found::Lie("the file is not the service's".to_owned()))
        }
        Err(_) if content.is_some() => Err(Found::Lie("it failed and left a file".to_owned())),
        other => other.map(drop).map_err(Found::Failed),
    }
}
