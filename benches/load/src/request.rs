//! Requests without bodies, one after another on a connection.

use std::io::{self, Read};
use std::net::TcpStream;

/// The parts of a request that the server needs.
pub struct Request {
    pub path: String,
    pub accept: String,
    pub has_token: bool,
}

impl Request {
    fn parse(head: &str) -> Option<Self> {
        let mut lines = head.split("\r\n");
        let path = lines.next()?.split(' ').nth(1)?;
        let mut request = Self {
            path: path.to_owned(),
            accept: String::new(),
            has_token: false,
        };
        for (name, value) in lines.filter_map(|line| line.split_once(':')) {
            if name.eq_ignore_ascii_case("accept") {
                request.accept = value.trim().to_owned();
            }
            request.has_token |= name.eq_ignore_ascii_case("authorization") && !value.trim().is_empty();
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

    /// The next one; `None` once the client has disconnected.
    pub fn next(&mut self) -> io::Result<Option<Request>> {
        loop {
            if let Some(at) = self.buffer.windows(4).position(|end| end == b"\r\n\r\n") {
                let request = std::str::from_utf8(&self.buffer[..at])
                    .ok()
                    .and_then(Request::parse);
                self.buffer.drain(..at + 4);
                return request.map(Some).ok_or_else(|| io::Error::other("no request"));
            }
            let mut piece = [0; 4096];
            let read = self.connection.read(&mut piece)?;
            if read == 0 {
                return Ok(None);
            }
            self.buffer.extend_from_slice(&piece[..read]);
        }
    }
}
