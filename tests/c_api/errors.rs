//! Error responses, malformed responses and endless responses, through the C API.

use crate::common;

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use common::{c, raw};
use nitro_emulator::{Answer, RateLimit, Scenario};

#[test]
fn error_responses_become_codes_with_the_problem_document() {
    if !c::can_build() {
        return;
    }
    let emulator = common::emulator();
    let codes = [400u16, 401, 403, 404, 409, 410, 413, 415, 422, 429, 500, 502, 503];
    let response = |content_type: &str, body: &str| {
        Some(Answer {
            body: body.to_owned(),
            content_type: content_type.to_owned(),
        })
    };
    let forms = [
        ("problem", None),
        (
            "message",
            response(
                "application/json",
                r#"{"error":"bad_thing","message":"It went badly"}"#,
            ),
        ),
        (
            "html",
            response("text/html", "<html><body>Bad gateway</body></html>"),
        ),
        ("empty", response("", "")),
    ];
    let list: Vec<_> = codes.iter().map(u16::to_string).collect();
    let mut run = c::run("errors", &emulator.base_url(), &emulator.token()).arg("codes", list.join(","));
    for code in codes {
        for (form, problem) in &forms {
            let scenario = Scenario::instant()
                .status_codes(vec![code; 9])
                .problem(problem.clone());
            run = run.arg(&format!("{form}-{code}"), emulator.create_job(scenario));
        }
    }
    let limit = RateLimit {
        times: 9,
        retry_after: 7.0,
        ..RateLimit::default()
    };
    let header = RateLimit {
        extension: false,
        ..limit.clone()
    };
    let body = RateLimit {
        header: false,
        ..limit
    };
    run.arg(
        "limited",
        emulator.create_job(Scenario::instant().rate_limit(Some(header))),
    )
    .arg(
        "limited_body",
        emulator.create_job(Scenario::instant().rate_limit(Some(body))),
    )
    .arg("closed", "http://127.0.0.1:1")
    .passes();
}

#[test]
fn malformed_responses_are_rejected() {
    if !c::can_build() {
        return;
    }
    let server = raw::Raw::responding(|request| match request.job() {
        "empty" => raw::json(""),
        "truncated" => raw::json(r#"{"jobID":"a","status":"comple"#),
        "array" => raw::json(r#"[{"status":"completed"}]"#),
        "html" => raw::response(200, "text/html", "<html>Please log in</html>"),
        "not-utf8" => raw::json(b"{\"status\":\"compl\xff\"}"),
        "deep" => raw::json("[".repeat(100_000)),
        "short" => b"HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\n{\"status\":\"completed\"}".to_vec(),
        "not-http" => b"SSH-2.0-OpenSSH_9.2\r\n".to_vec(),
        "no-response" => Vec::new(),
        "unsupported-scheme" => {
            b"HTTP/1.1 302 Found\r\nlocation: gopher://x/\r\ncontent-length: 0\r\n\r\n".to_vec()
        }
        "redirect-loop" => {
            b"HTTP/1.1 302 Found\r\nlocation: /jobs/redirect-loop\r\ncontent-length: 0\r\n\r\n".to_vec()
        }
        "wrong-status" => raw::json(r#"{"jobID":[],"status":7,"progress":"half","error":null}"#),
        "wrong-file" => raw::json(
            r#"{"status":"completed","result":{"file":{"URL":7,"contentType":{},"metadata":"big"}}}"#,
        ),
        "wrong-files" => raw::json(r#"{"status":"completed","result":{"files":7}}"#),
        _ => raw::response(404, "text/plain", "no such job"),
    });
    c::run("malformed", &server.base_url, "secret-token-77").passes();
}

/// The bytes sent to a client that keeps reading.
const GIGABYTE: u64 = 1 << 30;

#[test]
fn responses_beyond_the_size_limits_are_rejected() {
    if !c::can_build() {
        return;
    }
    let sent = Arc::new(AtomicU64::new(0));
    let count = sent.clone();
    let server = raw::Raw::serve(move |request, stream| {
        let stream_head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\ndata: {\"status\":\"";
        let head = match (request.job(), request.wants_stream()) {
            ("stream", true) => stream_head,
            ("stream", false) => {
                return stream.write_all(&raw::json(r#"{"status":"completed","result":{}}"#));
            }
            ("error-response", _) => {
                "HTTP/1.1 400 Bad\r\ncontent-type: application/json\r\n\r\n{\"title\":\""
            }
            _ => "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n{\"status\":\"",
        };
        stream.write_all(head.as_bytes())?;
        let block = [b'x'; 64 << 10];
        for _ in 0..GIGABYTE / block.len() as u64 {
            stream.write_all(&block)?;
            count.fetch_add(block.len() as u64, Ordering::SeqCst);
        }
        Ok(())
    });
    c::run("large", &server.base_url, "secret-token-77").passes();
    let sent = sent.load(Ordering::SeqCst);
    assert!(
        sent < GIGABYTE / 8,
        "the client took {sent} bytes where a megabyte is the limit"
    );
}
