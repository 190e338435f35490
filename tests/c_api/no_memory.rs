//! Responses larger than the memory that is left, in C.
#![cfg(target_os = "linux")]

use crate::common;

use common::c;
use common::raw::{Raw, Request, json};

/// A text of about `size` bytes: `part` repeated between two others.
fn long(before: &str, part: &str, after: &str, size: usize) -> Vec<u8> {
    [before, &part.repeat(size / part.len()), after]
        .concat()
        .into_bytes()
}

fn respond(request: &Request, size: usize) -> Vec<u8> {
    let job = match request.job() {
        "" => "text",
        job => job,
    };
    let result = |part: &str| {
        let before = r#"{"status":"completed","result":"#;
        long(&format!("{before}\""), part, "\"}", size)
    };
    let files = |part: &str, size: usize| {
        let before = r#"{"status":"completed","result":{"files":["#;
        long(before, part, r#"{}]}}"#, size)
    };
    if request.wants_stream() {
        return common::raw::response(404, "text/plain", "");
    }
    json(match job {
        "text" => result("x"),
        "chunked" => return chunked(&result("x")),
        "escaped" => result(r"ab\n"),
        "url" => long(
            r#"{"status":"completed","result":{"file":{"URL":"http://h/"#,
            "u",
            r#""}}}"#,
            size,
        ),
        "urls" => {
            let url = "u".repeat(60_000);
            files(&format!(r#"{{"URL":"http://h/{url}"}},"#), size)
        }
        "entries" => files("{},", size),
        "tables" => long(
            r#"{"status":"completed","result":{"tables":["#,
            r#"{"a":[[1,2]]},"#,
            "{}]}}",
            size,
        ),
        "nested" => long(r#"{"status":"#, "[", "", size),
        "nested-list" => long("", "[", "", size),
        "state" => long(r#"{"status":""#, "s", "\"}", size),
        "running" => long(r#"{"status":"running""#, " ", "}", size),
        "string" => long("\"", "s", "\"", size),
        "number" => long("", "7", "", size),
        "failed" => long(
            r#"{"status":"failed","error":{"type":"TooLong","title":""#,
            "t",
            r#"","detail":"d"}}"#,
            size,
        ),
        _ => br#"{"status":"completed","result":"short"}"#.to_vec(),
    })
}

fn chunked(body: &[u8]) -> Vec<u8> {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n";
    let mut response = head.as_bytes().to_vec();
    for chunk in body.chunks(1 << 20) {
        response.extend(format!("{:x}\r\n", chunk.len()).into_bytes());
        response.extend([chunk, b"\r\n"].concat());
    }
    response.extend(b"0\r\n\r\n");
    response
}

/// Runs tests/c/no_memory.c with responses of `size` bytes and `room` bytes of address space left.
fn with_little_room(what: &str, size: usize, room: usize) {
    // A tool needs address space of its own.
    if !c::runner().is_empty() {
        println!("skipped: this is about plain processes");
        return;
    }
    let server = Raw::responding(move |request| respond(request, size));
    c::run("no_memory", &server.base_url, "secret-token-77")
        .arg("what", what)
        .arg("room", room.to_string())
        .passes();
}

#[test]
fn a_text_of_100_megabytes_where_150_are_left_is_an_error() {
    with_little_room("text", 100_000_000, 150_000_000);
}

/// Each entry takes more memory than text.
#[test]
fn a_result_of_many_small_entries_is_an_error() {
    with_little_room("entries", 19_000_000, 60_000_000);
}

#[test]
fn no_response_aborts_a_process_that_has_little_memory() {
    with_little_room("all", 8_000_000, 12_000_000);
}
