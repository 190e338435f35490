//! What the tests share: an emulator, a client of it, a canned server, a log, and a watchdog.
#![allow(dead_code, clippy::unwrap_used, clippy::print_stdout)]

pub mod c;
pub mod calls;
pub mod cpp;
pub mod drain;
pub mod header;
pub mod macros;
pub mod nginx;
pub mod pki;
pub mod process;
pub mod program;
pub mod proxies;
pub mod raw;
pub mod server;
pub mod silent_peer;
pub mod tools;

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, mpsc};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use nitro_emulator::{Clock, Config, Dialect, Emulator, Recorded, Scenario};
use nitro_jobs::{Call, Client, ClientOptions, Error, Job, JobStatus, LogLevel};

/// Longer than anything here takes on a busy machine: only a hang exceeds it.
const WATCHDOG: Duration = Duration::from_secs(60);

/// Every dialect of the event stream.
pub const DIALECTS: [Dialect; 4] = [
    Dialect::Common,
    Dialect::EventInData,
    Dialect::Named,
    Dialect::Message,
];

pub fn emulator() -> Emulator {
    Emulator::start(Config::default()).expect("the emulator starts")
}

/// Options whose every log line, in every test, is searched for the token.
pub fn options(emulator: &Emulator) -> ClientOptions {
    let token = emulator.token();
    ClientOptions::new()
        .base_url(emulator.base_url())
        .token(token.clone())
        .log(move |_, line| assert!(!line.contains(&token), "the token is in the log"))
        .poll_interval(Duration::from_millis(20), Duration::from_millis(100))
}

pub fn client(emulator: &Emulator) -> Client {
    Client::new(options(emulator)).expect("a client")
}

/// A client without retries, so that each response of the emulator is returned.
pub fn plain_client(emulator: &Emulator) -> Client {
    Client::new(options(emulator).retries(0)).expect("a client")
}

/// A job of this scenario and the client's handle on it.
pub fn job(emulator: &Emulator, client: &Client, scenario: Scenario) -> Job {
    client.job(&emulator.create_job(scenario)).expect("a job")
}

/// A scenario that is over quickly.
pub fn quick() -> Scenario {
    Scenario {
        duration_ms: 60,
        steps: 3,
        ..Scenario::default()
    }
}

/// A scenario that advances only by the test's calls.
pub fn manual() -> Scenario {
    Scenario::new().clock(Clock::Manual)
}

/// Runs `body` on a thread of its own and fails if it hangs.
pub fn with_watchdog<T: Send + 'static>(body: impl FnOnce() -> T + Send + 'static) -> T {
    let (done, end) = mpsc::channel();
    let runner = std::thread::spawn(move || {
        let outcome = body();
        let _ = done.send(());
        outcome
    });
    if end.recv_timeout(WATCHDOG) == Err(mpsc::RecvTimeoutError::Timeout) {
        panic!("hung for {WATCHDOG:?}");
    }
    runner
        .join()
        .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// Whether the arguments of `cargo test` select a test program that does not use libtest.
pub fn is_wanted(name: &str, arguments: &[String]) -> bool {
    let listed = arguments.iter().any(|word| word == "--list");
    let mut filters = arguments.iter().filter(|word| !word.starts_with('-'));
    !listed && (filters.clone().next().is_none() || filters.any(|filter| name.contains(filter.as_str())))
}

/// Waits until `holds` is true, and fails if it does not become so.
pub fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < WATCHDOG, "never came true: {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Whether this is a request for the event stream.
pub fn is_stream(request: &Recorded) -> bool {
    request
        .header("accept")
        .is_some_and(|accept| accept.contains("event-stream"))
}

/// The polls that arrived.
pub fn polls(emulator: &Emulator) -> Vec<Recorded> {
    let requests = emulator.requests().into_iter();
    requests
        .filter(|r| r.path.ends_with("/status") && !is_stream(r))
        .collect()
}

/// The requests for a stream that arrived.
pub fn streams(emulator: &Emulator) -> Vec<Recorded> {
    emulator.requests().into_iter().filter(is_stream).collect()
}

/// The body that a plain socket receives for this path, byte for byte.
pub fn raw_get(emulator: &Emulator, path: &str, accept: &str) -> Vec<u8> {
    let mut socket = TcpStream::connect(("127.0.0.1", emulator.port())).unwrap();
    let (port, token) = (emulator.port(), emulator.token());
    write!(
        socket,
        "GET {path} HTTP/1.0\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {token}\r\nAccept: {accept}\r\n\r\n"
    )
    .unwrap();
    let mut response = Vec::new();
    socket.read_to_end(&mut response).unwrap();
    let head = response.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    response.split_off(head + 4)
}

/// A wait that runs on a thread of its own.
pub struct Following {
    seen: mpsc::Receiver<Option<f64>>,
    end: JoinHandle<Result<JobStatus, Error>>,
}

impl Following {
    /// Follows `job`; each progress that is reported can be awaited.
    pub fn start(job: &Arc<Job>, call: Call) -> Self {
        let (sender, seen) = mpsc::channel();
        let job = job.clone();
        let end = std::thread::spawn(move || {
            job.wait(
                |status| {
                    let _ = sender.send(status.progress());
                    true
                },
                &call,
            )
        });
        Self { seen, end }
    }

    /// Waits until this progress is reported.
    pub fn await_progress(&self, wanted: f64) {
        while let Ok(seen) = self.seen.recv_timeout(WATCHDOG) {
            if seen == Some(wanted) {
                return;
            }
        }
        panic!("the progress {wanted} was never reported");
    }

    /// Waits for the next report, whatever it is.
    pub fn await_report(&self) {
        self.seen.recv_timeout(WATCHDOG).expect("a report");
    }

    /// Waits for the end.
    pub fn end(self) -> Result<JobStatus, Error> {
        with_watchdog(move || self.end.join().expect("the wait does not panic"))
    }
}

/// What the library logs.
#[derive(Clone, Default)]
pub struct Log(Arc<Mutex<Vec<(LogLevel, String)>>>);

impl Log {
    pub fn capture(&self, options: ClientOptions) -> ClientOptions {
        let lines = self.0.clone();
        options.log(move |level, line| lines.lock().unwrap().push((level, line.to_owned())))
    }

    pub fn has(&self, level: LogLevel, part: &str) -> bool {
        let lines = self.0.lock().unwrap();
        lines
            .iter()
            .any(|(known, line)| *known == level && line.contains(part))
    }

    pub fn text(&self) -> String {
        format!("{:?}", self.0.lock().unwrap())
    }
}

/// A server of canned responses, for what no scenario of the emulator has. Each connection carries one request.
pub struct Canned {
    pub base_url: String,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Canned {
    /// Responds to the n-th request (from 0) with the bytes that `response` gives for its head.
    pub fn start(response: impl Fn(usize, &str) -> Vec<u8> + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base_url = format!("http://{}", listener.local_addr().unwrap());
        let heads = Arc::new(Mutex::new(Vec::new()));
        let seen = heads.clone();
        std::thread::spawn(move || {
            for (index, socket) in listener.incoming().enumerate() {
                let mut socket = socket.unwrap();
                let mut head = Vec::new();
                let mut byte = [0];
                while !head.ends_with(b"\r\n\r\n") && socket.read(&mut byte).unwrap_or(0) == 1 {
                    head.push(byte[0]);
                }
                let head = String::from_utf8_lossy(&head).into_owned();
                seen.lock().unwrap().push(head.clone());
                let _ = socket.write_all(&response(index, &head));
            }
        });
        Self { base_url, heads }
    }

    /// Responds to everything with this JSON.
    pub fn json(body: &str) -> Self {
        let response = json_response("200 OK", body);
        Self::start(move |_, _| response.clone())
    }

    pub fn options(&self) -> ClientOptions {
        ClientOptions::new()
            .base_url(&self.base_url)
            .token("canned-token-91c7")
            .log(|_, line| assert!(!line.contains("canned-token-91c7"), "the token is in the log"))
            .poll_interval(Duration::from_millis(5), Duration::from_millis(20))
            .retries(0)
    }

    pub fn job(&self) -> Job {
        self.job_of("j")
    }

    pub fn job_of(&self, id: &str) -> Job {
        Client::new(self.options()).unwrap().job(id).unwrap()
    }

    /// The heads of the requests so far.
    pub fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }
}

/// A response with a length and JSON in it.
pub fn json_response(status: &str, body: &str) -> Vec<u8> {
    response(status, "Content-Type: application/json\r\n", body.as_bytes())
}

/// A response with a length, these header lines, and this body.
pub fn response(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let mut bytes = format!(
        "HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    )
    .into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

/// A stream of these events that ends after the last.
pub fn event_stream(body: &str) -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n{body}")
        .into_bytes()
}

/// Calls `look` until it returns a value or `patience` has passed.
pub fn wait_for<T>(patience: Duration, mut look: impl FnMut() -> Option<T>) -> Option<T> {
    let end = Instant::now() + patience;
    loop {
        let seen = look();
        if seen.is_some() || Instant::now() >= end {
            return seen;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}
