//! A client on a plain socket, so that the tests see every byte.
#![allow(dead_code, missing_docs, reason = "each test file uses its part")]

use nitro_emulator::{Emulator, Scenario};
use serde_json::Value;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

pub struct Reply {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Reply {
    pub fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines
            .filter(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
            .next()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("not JSON: {:?}", self.text()))
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

pub fn start() -> Emulator {
    Emulator::start(nitro_emulator::Config::default()).unwrap()
}

pub fn connect(emulator: &Emulator) -> TcpStream {
    let socket = TcpStream::connect(("127.0.0.1", emulator.port())).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    socket
}

/// Sends a request with `Connection: close` and returns all received bytes.
pub fn raw(emulator: &Emulator, request: &str, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let mut socket = connect(emulator);
    let mut text = format!(
        "{request} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nConnection: close\r\n",
        emulator.port()
    );
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    text.push_str(&format!("Content-Length: {}\r\n\r\n", body.len()));
    socket.write_all(text.as_bytes()).unwrap();
    socket.write_all(body).unwrap();
    let mut bytes = Vec::new();
    socket.read_to_end(&mut bytes).unwrap();
    bytes
}

fn unchunk(mut rest: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    loop {
        let end = rest.windows(2).position(|pair| pair == b"\r\n").unwrap();
        let size = usize::from_str_radix(std::str::from_utf8(&rest[..end]).unwrap(), 16).unwrap();
        body.extend_from_slice(&rest[end + 2..end + 2 + size]);
        rest = &rest[end + 4 + size..];
        if size == 0 {
            return body;
        }
    }
}

pub fn send(emulator: &Emulator, request: &str, headers: &[(&str, &str)], body: &[u8]) -> Reply {
    let bytes = raw(emulator, request, headers, body);
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").unwrap() + 4;
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let chunked = head.contains("transfer-encoding: chunked");
    let body = if chunked {
        unchunk(&bytes[end..])
    } else {
        bytes[end..].to_vec()
    };
    Reply {
        status: head[9..12].parse().unwrap(),
        head,
        body,
    }
}

/// A request with the token.
pub fn call(emulator: &Emulator, request: &str, headers: &[(&str, &str)]) -> Reply {
    let bearer = format!("Bearer {}", emulator.token());
    let mut all = vec![("Authorization", bearer.as_str())];
    all.extend_from_slice(headers);
    send(emulator, request, &all, b"")
}

pub fn status(emulator: &Emulator, id: &str) -> Reply {
    call(emulator, &format!("GET /jobs/{id}/status"), &[])
}

pub fn result(emulator: &Emulator, id: &str) -> Reply {
    call(emulator, &format!("GET /jobs/{id}"), &[])
}

/// Creates a job that is over at the first request about it, and returns its id.
pub fn done(emulator: &Emulator, scenario: Scenario) -> String {
    let id = emulator.create_job(Scenario {
        duration_ms: 0,
        ..scenario
    });
    // The first request starts the clock.
    status(emulator, &id);
    id
}

/// Path and query of a URL.
pub fn target(url: &str) -> &str {
    let host = url.find("://").map_or(0, |at| at + 3);
    &url[host + url[host..].find('/').unwrap()..]
}

/// A form with a method, parameters and one document.
pub fn submit(
    emulator: &Emulator,
    path: &str,
    fields: &[(&str, &str)],
    file: Option<(&str, &[u8])>,
    headers: &[(&str, &str)],
) -> Reply {
    let mut body = Vec::new();
    for (name, value) in fields {
        body.extend_from_slice(
            format!("--frontier\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
                .as_bytes(),
        );
    }
    if let Some((kind, document)) = file {
        body.extend_from_slice(
            format!(
                "--frontier\r\nContent-Disposition: form-data; name=\"file\"; filename=\"in.pdf\"\r\n\
                 Content-Type: {kind}\r\n\r\n"
            )
            .as_bytes(),
        );
        body.extend_from_slice(document);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--frontier--\r\n");
    let bearer = format!("Bearer {}", emulator.token());
    let mut all = vec![
        ("Authorization", bearer.as_str()),
        ("Content-Type", "multipart/form-data; boundary=frontier"),
    ];
    all.extend_from_slice(headers);
    send(emulator, &format!("POST {path}"), &all, &body)
}

pub const DOCUMENT: &[u8] = b"%PDF-1.4 a document\n";
pub const PDF: &str = "application/pdf";

/// Checks `document` against the service's own definition.
pub fn assert_valid(definition: &str, document: &Value) {
    let mut schema: Value = serde_json::from_str(include_str!("../../schemas/jobs.json")).unwrap();
    schema["$ref"] = format!("#/$defs/{definition}").into();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<String> = validator
        .iter_errors(document)
        .map(|e| format!("{e} at {}", e.instance_path))
        .collect();
    assert!(errors.is_empty(), "{definition}: {errors:?} in {document}");
}

pub fn assert_problem(reply: &Reply, status: u16, kind: &str) {
    assert_eq!(
        (reply.status, reply.header("content-type")),
        (status, Some("application/problem+json"))
    );
    let document = reply.json();
    assert_valid("ErrorResponse", &document);
    assert_eq!(document["status"], status);
    let found = document["type"].as_str().unwrap();
    assert!(found == kind || found.contains(kind), "{found}");
}
