//! Sizes that the peer announces, in C: lengths, chunks, lines, heads and pauses as large as they can be written.

use crate::common;

use std::io::{Result, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicU64, Ordering};

use common::c;
use common::raw::{Raw, Request, json, response};

const GREEDY: u64 = 1 << 60;
const HUNDRED_MEGABYTES: usize = 100_000_000;

/// The bytes sent to clients that keep reading.
static SENT: AtomicU64 = AtomicU64::new(0);

/// The number of token requests; only the first token is too long.
static TOKENS: AtomicU64 = AtomicU64::new(0);

/// Sends the same part repeatedly until the client closes the connection.
fn flood(stream: &mut TcpStream, part: &str) -> Result<()> {
    let block = part.repeat((64 << 10) / part.len());
    for _ in 0..HUNDRED_MEGABYTES / block.len() {
        stream.write_all(block.as_bytes())?;
        SENT.fetch_add(block.len() as u64, Ordering::SeqCst);
    }
    Ok(())
}

/// The result of a job whose file is at `/storage/NAME`.
fn stored(request: &Request, name: &str, size: &str) -> Vec<u8> {
    let lower = request.head.to_ascii_lowercase();
    let host = lower.lines().find_map(|line| line.strip_prefix("host: "));
    let url = format!("http://{}/storage/{name}", host.expect("a host"));
    json(format!(
        r#"{{"status":"completed","result":{{"file":{{"URL":"{url}","contentType":"application/pdf","metadata":{{"fileSizeBytes":{size},"pageCount":{size}}}}}}}}}"#
    ))
}

fn respond(request: &Request, stream: &mut TcpStream) -> Result<()> {
    let name = match request.path.strip_prefix("/storage/") {
        Some(name) => name,
        None if request.path.ends_with("oauth/token") => "token",
        None => request.job(),
    };
    let head = |more: &str| format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n{more}");
    match name {
        "length" => stream.write_all(head(&format!("content-length: {GREEDY}\r\n\r\n{{")).as_bytes()),
        "chunk" => {
            stream.write_all(head(&format!("transfer-encoding: chunked\r\n\r\n{GREEDY:x}\r\n{{")).as_bytes())
        }
        "stored-length" => stream.write_all(&stored(request, "length", "null")),
        "stored-chunk" => stream.write_all(&stored(request, "chunk", "null")),
        "size" => stream.write_all(&stored(request, "file", "1e300")),
        "file" => stream.write_all(&response(200, "application/pdf", "%PDF-1.7")),
        "line" | "event" if request.wants_stream() => {
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n")?;
            flood(
                stream,
                if name == "line" {
                    "data:"
                } else {
                    "data: one more line\n"
                },
            )
        }
        "head" => {
            stream.write_all(head("x-").as_bytes())?;
            flood(stream, "x")
        }
        "headers" => {
            let many: String = (0..1000).map(|n| format!("x-{n}: {n}\r\n")).collect();
            stream.write_all(head(&format!("{many}content-length: 2\r\n\r\n{{}}")).as_bytes())
        }
        "pause" => {
            let nines = "9".repeat(30);
            let error_response =
                format!("HTTP/1.1 429 Slow\r\nretry-after: {nines}\r\ncontent-length: 0\r\n\r\n");
            stream.write_all(error_response.as_bytes())
        }
        "token" if TOKENS.fetch_add(1, Ordering::SeqCst) > 0 => {
            stream.write_all(&json(r#"{"accessToken":"secret-token-78","expiresIn":3600}"#))
        }
        "token" => {
            stream.write_all(head("\r\n{\"accessToken\":\"").as_bytes())?;
            flood(stream, "t")
        }
        "problem" => {
            stream.write_all(
                b"HTTP/1.1 400 Bad\r\ncontent-type: application/problem+json\r\n\r\n{\"title\":\"",
            )?;
            flood(stream, "p")
        }
        _ => stream.write_all(&json(r#"{"status":"completed","result":{}}"#)),
    }
}

#[test]
fn no_size_announced_by_the_peer_is_trusted() {
    let server = Raw::serve(respond);
    let folder = tempfile::tempdir().expect("a folder");
    c::run("hostile_sizes", &server.base_url, "secret-token-77")
        .arg("folder", folder.path())
        .passes();
    let left = std::fs::read_dir(folder.path()).expect("the folder").count();
    assert_eq!(left, 0, "half a file was left");
    let sent = SENT.load(Ordering::SeqCst);
    assert!(sent < HUNDRED_MEGABYTES as u64, "the client took {sent} bytes");
}
