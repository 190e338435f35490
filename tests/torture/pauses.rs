//! What servers say of the pause before the next request: no form of it makes a loop without a floor, or ends a wait.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use nitro_jobs::{Call, Client, Download, ErrorKind, JobState};

use crate::common::raw::{self, Raw};
use crate::report::Report;
use crate::world::Certificate;

/// Values of `Retry-After`, of which each is sent as it stands here.
const VALUES: [&str; 18] = [
    "0",
    "00",
    "-1",
    "+0",
    "0.0",
    "0.001",
    "1e-9",
    "",
    " ",
    "soon",
    "0, 0",
    "99999999999999999999999999",
    "18446744073709551615",
    "Thu, 01 Jan 1970 00:00:00 GMT",
    "Fri, 27 Nov 2020 00:00:00 GMT",
    "Fri, 31 Dec 9999 23:59:59 GMT",
    "Fri, 99 Foo 2026 00:00:00 GMT",
    "\u{660}",
];

#[derive(Clone, Copy, Debug)]
enum Place {
    Running,
    TooManyRequests,
    Unavailable,
    /// A stream that ends at once and names the value as its `retry:`.
    Stream,
    Result,
}

const PLACES: [Place; 5] = [
    Place::Running,
    Place::TooManyRequests,
    Place::Unavailable,
    Place::Stream,
    Place::Result,
];

const FIRST: Duration = Duration::from_millis(20);
const LONGEST: Duration = Duration::from_millis(60);
/// How long a server goes on like that.
const LIMIT: Duration = Duration::from_millis(300);
/// Half of the shortest pause between two polls, since a failure's pause has jitter; and what comes before the first one.
const FLOOR_MS: u128 = 8;
const AT_ONCE: u128 = 12;

pub fn run(report: &Report, full: bool) {
    let desk = report.desk();
    let values = VALUES.iter().enumerate();
    for (index, value) in values.filter(|(index, _)| full || index % 4 == 0) {
        for place in PLACES {
            desk.case(&format!("{place:?} with {value:?} (value {index})"), || {
                endless(place, value)?;
                passing(place, value)
            });
        }
    }
}

fn response(place: Place, value: &str, is_stream: bool) -> Vec<u8> {
    let (status, body) = match place {
        Place::Running => ("200 OK", "{\"status\":\"running\"}"),
        Place::TooManyRequests => ("429 Too Many Requests", ""),
        Place::Unavailable | Place::Result => ("503 Service Unavailable", ""),
        Place::Stream if is_stream => {
            let body = format!("retry: {value}\n\n");
            return raw::response(200, "text/event-stream", body);
        }
        Place::Stream => ("200 OK", "{\"status\":\"running\"}"),
    };
    format!(
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nRetry-After: {value}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

fn client(base_url: &str) -> Client {
    let options = Certificate::new()
        .options(base_url, "token")
        .poll_interval(FIRST, LONGEST)
        .retry_cap(LONGEST)
        .retries(1000);
    Client::new(options).unwrap()
}

/// The server never says anything else: the call ends at its timeout, and its requests had pauses between them.
fn endless(place: Place, value: &'static str) -> Result<(), String> {
    let server = Raw::responding(move |request| response(place, value, request.wants_stream()));
    let job = client(&server.base_url).job("mine").unwrap();
    let begun = Instant::now();
    let call = Call::new().timeout(LIMIT);
    let folder = tempfile::tempdir().unwrap();
    let outcome = match place {
        Place::Result => job
            .download(&Download::to_folder(folder.path()), |_| true, &call)
            .map(drop),
        _ => job.wait(|_| true, &call).map(drop),
    };
    let most = begun.elapsed().as_millis() / FLOOR_MS + AT_ONCE;
    let requests = server.heads().len() as u128;
    match outcome {
        Ok(()) => Err("it was called completed".to_owned()),
        Err(_) if requests > most => Err(format!("{requests} requests where {most} are the most")),
        // A download reports the service's own error where no further attempt fits into its time.
        Err(error) if matches!(place, Place::Result) && error.kind() == ErrorKind::Service => Ok(()),
        Err(error) if !matches!(error.kind(), ErrorKind::Timeout | ErrorKind::WaitTimeout) => {
            Err(format!("{:?}: {error}", error.kind()))
        }
        Err(_) => Ok(()),
    }
}

/// The server says it twice, and then that the job is completed: no cap and no form of it keeps the wait from seeing that.
fn passing(place: Place, value: &'static str) -> Result<(), String> {
    let seen = Arc::new(AtomicUsize::new(0));
    let server = Raw::responding(move |request| {
        if seen.fetch_add(1, Ordering::SeqCst) < 2 {
            response(place, value, request.wants_stream())
        } else if request.wants_stream() {
            raw::response(404, "text/plain", "")
        } else {
            raw::json("{\"status\":\"completed\",\"result\":\"text\"}")
        }
    });
    let job = client(&server.base_url).job("mine").unwrap();
    match job.wait(|_| true, &Call::new()) {
        Ok(status) if *status.state() == JobState::Completed => Ok(()),
        other => Err(format!("{other:?}")),
    }
}
