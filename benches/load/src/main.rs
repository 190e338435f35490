//! A load server: `nitro-load [PORT]` listens on 127.0.0.1, prints its port, and responds until it is terminated.
//!
//! The id of a job selects its responses: see `benches/README.md`.

mod body;
mod live;
mod request;

use std::io::{self, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use body::Bodies;
use live::{Live, now};
use request::{Request, Requests};

/// How often a live job reports its progress.
const TICK: Duration = Duration::from_millis(250);
/// Thousands of connections have a thread each, and none goes deep.
const STACK: usize = 128 << 10;

#[derive(Default)]
struct Load {
    bodies: Bodies,
    live: Live,
    /// How many jobs were started by uploads.
    started: AtomicU64,
}

fn main() -> io::Result<()> {
    let port = std::env::args()
        .nth(1)
        .map_or(0, |port| port.parse().expect("a port"));
    let listener = TcpListener::bind(("127.0.0.1", port))?;
    println!("{}", listener.local_addr()?.port());
    let load = Arc::new(Load::default());
    for connection in listener.incoming() {
        let (connection, load) = (connection?, load.clone());
        std::thread::Builder::new().stack_size(STACK).spawn(move || {
            // A connection that breaks does not concern the others.
            let _ = load.serve(&connection);
        })?;
    }
    Ok(())
}

impl Load {
    fn serve(&self, connection: &TcpStream) -> io::Result<()> {
        connection.set_nodelay(true)?;
        let mut requests = Requests::new(connection);
        while let Some(request) = requests.next()? {
            self.respond(&request, connection)?;
        }
        Ok(())
    }

    fn respond(&self, request: &Request, mut to: &TcpStream) -> io::Result<()> {
        match request.path.as_str() {
            "/load/live" => return to.write_all(&whole("200 OK", "text/plain", &self.live.list())),
            "/load/reset" => {
                self.live.clear();
                return to.write_all(&whole("200 OK", "text/plain", ""));
            }
            _ => {}
        }
        if !request.has_token {
            return to.write_all(&problem("401 Unauthorized"));
        }
        if request.method == "POST" {
            return match request.path.as_str() {
                "/conversions" => to.write_all(self.start().as_bytes()),
                _ => to.write_all(&problem("404 Not Found")),
            };
        }
        let Some(job) = request.path.strip_prefix("/jobs/") else {
            return to.write_all(&problem("404 Not Found"));
        };
        match job.strip_suffix("/status") {
            Some(id) if request.accept.contains("event-stream") => self.stream(id, to),
            Some(id) => to.write_all(&whole("200 OK", "application/json", &self.status(id))),
            None if request.accept.contains("octet-stream") || job.starts_with("json-") => {
                to.write_all(&self.bodies.result(job))
            }
            None => to.write_all(&problem("404 Not Found")),
        }
    }

    /// The response to an upload: a job was started.
    fn start(&self) -> String {
        let id = format!("started-{}", self.started.fetch_add(1, Ordering::Relaxed));
        let body = body::running(&id, 0.0);
        format!(
            "HTTP/1.1 202 Accepted\r\nLocation: /jobs/{id}/status\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
    }

    fn status(&self, id: &str) -> String {
        let done = id.starts_with("json-") || id.starts_with("bin-");
        if done || self.live.end_of(id).is_some_and(|end| end <= now()) {
            return format!(r#"{{"jobID":"{id}","status":"completed"}}"#);
        }
        body::running(id, 0.25)
    }

    fn stream(&self, id: &str, mut to: &TcpStream) -> io::Result<()> {
        let Some(end) = self.live.end_of(id) else {
            return to.write_all(&self.bodies.events(id));
        };
        to.write_all(body::STREAM.as_bytes())?;
        loop {
            let left = Duration::from_nanos(end.saturating_sub(now()));
            if left.is_zero() {
                return to.write_all(&body::last_event(id));
            }
            let mut event = Vec::new();
            body::chunk(&mut event, &body::event(&body::running(id, 0.25)));
            to.write_all(&event)?;
            std::thread::sleep(left.min(TICK));
        }
    }
}

fn whole(status: &str, media_type: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\nContent-Type: {media_type}\r\nContent-Length: {length}\r\n\r\n{body}")
        .into_bytes()
}

fn problem(status: &str) -> Vec<u8> {
    whole(
        status,
        "application/problem+json",
        &format!(r#"{{"title":"{status}"}}"#),
    )
}
