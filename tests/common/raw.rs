//! A server that sends exactly the bytes that a test names, for peers that violate HTTP.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

/// A request, as far as the tests need it.
pub struct Request {
    /// The path, as sent.
    pub path: String,
    /// Everything from the request line to the empty line.
    pub head: String,
}

impl Request {
    /// The path's segment after `jobs`.
    pub fn job(&self) -> &str {
        let mut segments = self.path.split('/').skip_while(|segment| *segment != "jobs");
        segments.nth(1).unwrap_or_default()
    }

    pub fn wants_stream(&self) -> bool {
        self.head.to_ascii_lowercase().contains("event-stream")
    }
}

/// A running server; its threads end with the process.
pub struct Raw {
    pub base_url: String,
    connections: Arc<AtomicUsize>,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Raw {
    /// Responds to each request with what `response` writes, and then closes the connection.
    pub fn serve(
        response: impl Fn(&Request, &mut TcpStream) -> std::io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let base_url = format!("http://{}", listener.local_addr().expect("its address"));
        let (connections, heads) = (
            Arc::<AtomicUsize>::default(),
            Arc::<Mutex<Vec<String>>>::default(),
        );
        let (count, keep, response) = (connections.clone(), heads.clone(), Arc::new(response));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                count.fetch_add(1, Ordering::SeqCst);
                let (response, keep) = (response.clone(), keep.clone());
                // A client that closes the connection early is expected.
                std::thread::spawn(move || converse(stream, &*response, &keep));
            }
        });
        Self {
            base_url,
            connections,
            heads,
        }
    }

    /// Responds to each request with a whole HTTP response.
    pub fn responding(response: impl Fn(&Request) -> Vec<u8> + Send + Sync + 'static) -> Self {
        Self::serve(move |request, stream| stream.write_all(&response(request)))
    }

    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// The heads of all requests so far.
    pub fn heads(&self) -> Vec<String> {
        self.heads
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
            .clone()
    }
}

fn converse(
    mut stream: TcpStream,
    response: &dyn Fn(&Request, &mut TcpStream) -> std::io::Result<()>,
    heads: &Mutex<Vec<String>>,
) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head).ok()? == 0 {
            return None;
        }
    }
    heads
        .lock()
        .unwrap_or_else(|poisoned| poisoned.into_inner())
        .push(head.clone());
    let path = head.split(' ').nth(1)?.to_owned();
    response(&Request { path, head }, &mut stream).ok()
}

/// A response with this body.
pub fn response(status: u16, content_type: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let head = format!(
        "HTTP/1.1 {status} Whatever\r\ncontent-type: {content_type}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

pub fn json(body: impl AsRef<[u8]>) -> Vec<u8> {
    response(200, "application/json", body)
}
