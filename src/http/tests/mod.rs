//! The HTTP client against servers that misbehave: each test is a small server's script and the outcome that it must have.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::*;
use crate::call::Call;
use crate::cancel::CancelToken;
use crate::error::{ErrorKind, Limit};
use crate::log::LogLevel;

mod basics;
mod keep_alive;
mod limits;
mod measure;
mod proxies;
mod redirects;
mod retries;
mod secure;
mod uploads;

/// No test waits longer than this for something that must happen.
const WATCHDOG: Duration = Duration::from_secs(20);

trait Duplex: Read + Write + Send {
    /// Has reads give up after `timeout`.
    fn set_timeout(&self, _timeout: Duration) {}
}

impl Duplex for TcpStream {
    fn set_timeout(&self, timeout: Duration) {
        self.set_read_timeout(Some(timeout)).unwrap();
    }
}

impl Duplex for rustls::StreamOwned<rustls::ServerConnection, TcpStream> {
    fn set_timeout(&self, timeout: Duration) {
        self.sock.set_timeout(timeout);
    }
}

impl Duplex for std::io::Cursor<Vec<u8>> {}

/// A server on a free port; each connection runs the script on a thread of its own.
struct Server {
    port: u16,
    connections: Arc<AtomicUsize>,
    heads: Arc<Mutex<Vec<String>>>,
}

/// One connection in a server's hands.
struct Peer {
    stream: Box<dyn Duplex>,
    /// Which connection this is, from 0.
    number: usize,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Server {
    fn start(script: impl Fn(&mut Peer) + Send + Sync + 'static) -> Self {
        Self::wrapped(|tcp| Some(Box::new(tcp)), script)
    }

    /// `wrap` may put TLS around a connection; `None` ends it.
    fn wrapped(
        wrap: impl Fn(TcpStream) -> Option<Box<dyn Duplex>> + Send + Sync + 'static,
        script: impl Fn(&mut Peer) + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let server = Self {
            port: listener.local_addr().unwrap().port(),
            connections: Arc::default(),
            heads: Arc::default(),
        };
        let (connections, heads) = (server.connections.clone(), server.heads.clone());
        let shared = Arc::new((wrap, script));
        std::thread::spawn(move || {
            for tcp in listener.incoming() {
                let number = connections.fetch_add(1, Ordering::SeqCst);
                let (shared, heads) = (shared.clone(), heads.clone());
                let tcp = tcp.unwrap();
                std::thread::spawn(move || {
                    if let Some(stream) = (shared.0)(tcp) {
                        (shared.1)(&mut Peer {
                            stream,
                            number,
                            heads,
                        });
                    }
                });
            }
        });
        server
    }

    /// Every request gets `response`, on connections that stay open.
    fn responding(response: impl Into<String>) -> Self {
        let response = response.into();
        Self::start(move |peer| {
            while peer.head().is_some() {
                peer.send(&response);
            }
        })
    }

    fn url(&self, path: &str) -> Url {
        Url::parse(&format!("http://127.0.0.1:{}{path}", self.port)).unwrap()
    }

    fn https(&self, path: &str) -> Url {
        Url::parse(&format!("https://localhost:{}{path}", self.port)).unwrap()
    }

    fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }
}

impl Peer {
    /// The next request's head; nothing once the client is gone.
    fn head(&mut self) -> Option<String> {
        let mut head = Vec::new();
        let mut byte = [0];
        while !head.ends_with(b"\r\n\r\n") {
            match self.stream.read(&mut byte) {
                Ok(1) => head.push(byte[0]),
                _ => return None,
            }
        }
        let head = String::from_utf8(head).unwrap();
        self.heads.lock().unwrap().push(head.clone());
        Some(head)
    }

    /// Exactly `n` bytes of a body.
    fn body(&mut self, n: usize) -> Vec<u8> {
        let mut body = vec![0; n];
        self.stream.read_exact(&mut body).unwrap();
        body
    }

    fn send(&mut self, text: impl AsRef<[u8]>) {
        let _ = self.stream.write_all(text.as_ref());
        let _ = self.stream.flush();
    }

    /// Reads until the client is gone.
    fn wait_for_end(&mut self) {
        let mut buffer = [0; 4096];
        while matches!(self.stream.read(&mut buffer), Ok(1..)) {}
    }
}

fn ok(body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len())
}

fn options() -> ClientOptions {
    ClientOptions::new().base_url("http://127.0.0.1:1")
}

fn client() -> Http {
    Http::new(&options()).unwrap()
}

fn get(url: &Url) -> Request<'_> {
    Request {
        method: Method::Get,
        url,
        accept: "application/json",
        bearer: None,
        reference_id: None,
        headers: &[],
        redirects: Redirects::Follow,
        attempts: Attempts::Once,
    }
}

fn context(options: &ClientOptions) -> CallContext {
    Call::new().begin(Some(WATCHDOG), Limit::Call, &options.io_limits, &options.log)
}

fn default_context() -> CallContext {
    context(&options())
}

fn cancellable(token: &CancelToken) -> CallContext {
    let options = options();
    let call = Call::new().cancel(token);
    call.begin(None, Limit::Call, &options.io_limits, &options.log)
}

/// Runs `work` on a thread; a hang fails the test.
fn with_watchdog<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Watchdog<T> {
    let (done, outcome) = channel();
    std::thread::spawn(move || done.send(work()));
    Watchdog(outcome)
}

struct Watchdog<T>(Receiver<T>);

impl<T> Watchdog<T> {
    fn end(self) -> T {
        self.0.recv_timeout(WATCHDOG).expect("the call hangs")
    }
}

/// Sends and reads the whole text.
fn fetch(http: &Http, url: &Url) -> Result<String> {
    http.send(&get(url), &default_context())?
        .text(1 << 30, &default_context())
}
