//! Reads the requests of a connection, one after another; their bodies are discarded.

use std::io::{self, Read, Write};
use std::net::TcpStream;

use rustix::net::{RecvFlags, recv};

/// How much of a body is discarded by one system call.
const DISCARDED: usize = 1 << 20;

/// What the server needs to know of a request.
#[derive(Default)]
pub struct Request {
    pub method: String,
    pub path: String,
    pub accept: String,
    pub has_token: bool,
    /// The value of Content-Length; 0 without one.
    length: usize,
    /// Whether the client waits for `100 Continue` before it sends the body.
    expects_continue: bool,
}

impl Request {
    /// `None` for what is no request, or has a body whose length is not announced: no client here sends one.
    fn parse(head: &str) -> Option<Self> {
        let mut lines = head.split("\r\n");
        let mut words = lines.next()?.split(' ');
        let mut request = Self {
            method: words.next()?.to_owned(),
            path: words.next()?.to_owned(),
            ..Self::default()
        };
        for (name, value) in lines.filter_map(|line| line.split_once(':')) {
            let value = value.trim();
            match name.to_ascii_lowercase().as_str() {
                "accept" => request.accept = value.to_owned(),
                "authorization" => request.has_token = !value.is_empty(),
                "content-length" => request.length = value.parse().ok()?,
                "expect" => request.expects_continue = value.eq_ignore_ascii_case("100-continue"),
                "transfer-encoding" => return None,
                _ => {}
            }
        }
        Some(request)
    }
}

/// The requests of a connection.
pub struct Requests<'c> {
    connection: &'c TcpStream,
    buffer: Vec<u8>,
}

impl<'c> Requests<'c> {
    pub fn new(connection: &'c TcpStream) -> Self {
        Self {
            connection,
            buffer: Vec::new(),
        }
    }

    /// The next request, once its whole body was received; `None` after the client has closed the connection.
    pub fn next(&mut self) -> io::Result<Option<Request>> {
        loop {
            if let Some(at) = self.buffer.windows(4).position(|end| end == b"\r\n\r\n") {
                let request = std::str::from_utf8(&self.buffer[..at])
                    .ok()
                    .and_then(Request::parse)
                    .ok_or_else(|| io::Error::other("malformed request"))?;
                self.buffer.drain(..at + 4);
                self.discard_body(&request)?;
                return Ok(Some(request));
            }
            let mut piece = [0; 4096];
            let read = self.connection.read(&mut piece)?;
            if read == 0 {
                return Ok(None);
            }
            self.buffer.extend_from_slice(&piece[..read]);
        }
    }

    fn discard_body(&mut self, request: &Request) -> io::Result<()> {
        if request.expects_continue && self.buffer.is_empty() {
            self.connection.write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
        }
        let buffered = self.buffer.len().min(request.length);
        self.buffer.drain(..buffered);
        let mut left = request.length - buffered;
        let mut space = vec![0; left.min(DISCARDED)];
        while left > 0 {
            let most = left.min(DISCARDED);
            // With TRUNC the kernel drops the bytes instead of copying them: tcp(7).
            let (_, dropped) = recv(self.connection, &mut space[..most], RecvFlags::TRUNC)?;
            if dropped == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            left -= dropped;
        }
        Ok(())
    }
}
