//! How the service accepts submissions, and its error responses.
#![allow(missing_docs)]

mod common;

use common::{DOCUMENT, PDF, assert_problem, assert_valid, call, connect, send, start, submit, target};
use nitro_emulator::{Config, Emulator, LocationForm, Scenario, SynchronousBody, derive};
use serde_json::json;
use std::io::{Read, Write};

#[test]
fn a_submission_becomes_a_job() {
    let emulator = Emulator::start(Config {
        base_path: "/idp/platform/".into(),
        ..Config::default()
    })
    .unwrap();
    let asynchronous = [("Prefer", "respond-async")];
    let fields = [("method", "compress"), ("params", "{}")];
    let path = "/idp/platform/transformations";
    for (form, expected) in [
        (
            LocationForm::Absolute,
            format!("{}/jobs/ID/status", emulator.base_url()),
        ),
        (LocationForm::Relative, "/idp/platform/jobs/ID/status".to_owned()),
        (LocationForm::Bare, format!("{}/jobs/ID", emulator.base_url())),
    ] {
        emulator.set_default(Scenario::instant().location(form).retry_after(1.0));
        let reply = submit(&emulator, path, &fields, Some((PDF, DOCUMENT)), &asynchronous);
        assert_eq!((reply.status, reply.header("retry-after")), (202, Some("1.0")));
        assert_valid("AsyncJobResponse", &reply.json());
        let id = reply.json()["jobID"].as_str().unwrap().to_owned();
        assert_eq!(reply.header("location").unwrap().replace(&id, "ID"), expected);
        assert_eq!(emulator.input_of(&id), [DOCUMENT]);
        assert_eq!(emulator.output_of(&id), [derive(DOCUMENT, PDF, PDF)]);
    }
    let own = [
        ("Prefer", "respond-async"),
        ("X-Emulator-Scenario", r#"{"accepted_body":"empty"}"#),
    ];
    let reply = submit(&emulator, path, &fields, Some((PDF, DOCUMENT)), &own);
    assert_eq!((reply.status, reply.body.len()), (202, 0));
    assert!(reply.header("location").is_some());
}

#[test]
fn without_the_preference_or_for_bytes_the_response_is_synchronous() {
    let emulator = start();
    let fields = [("method", "split"), ("params", r#"{"pageIndices":[[0],[1]]}"#)];
    let split = |body: SynchronousBody| {
        emulator.set_default(Scenario::instant().synchronous_body(body));
        submit(&emulator, "/transformations", &fields, Some((PDF, DOCUMENT)), &[]).json()
    };
    let bare = split(SynchronousBody::Bare);
    assert_valid("PlatformOperationFilesResult", &bare);
    assert_eq!(bare["files"].as_array().unwrap().len(), 2);
    // What Nitro's samples read is the default.
    assert_eq!(SynchronousBody::default(), SynchronousBody::Wrapped);
    let wrapped = split(SynchronousBody::Wrapped);
    assert_valid("PlatformOperationFilesResult", &wrapped["result"]);
    assert!(wrapped["result"]["files"][1]["URL"].is_string() && wrapped["files"].is_null());
    let bytes = [
        ("Prefer", "respond-async"),
        ("Accept", "application/octet-stream"),
    ];
    let reply = submit(
        &emulator,
        "/conversions",
        &[("params", r#"{"to":"pdf"}"#)],
        Some(("text/plain", DOCUMENT)),
        &bytes,
    );
    assert_eq!(
        (reply.status, reply.body),
        (200, derive(DOCUMENT, "text/plain", PDF))
    );
    let text = submit(
        &emulator,
        "/extractions",
        &[("method", "extract-text")],
        Some((PDF, DOCUMENT)),
        &[],
    );
    assert_valid("StringResultType", &text.json()["result"]);
}

#[test]
fn invalid_submissions_get_an_error_response_with_the_reason() {
    let emulator = Emulator::start(Config {
        max_file_bytes: 1000,
        ..Config::default()
    })
    .unwrap();
    let file = Some((PDF, DOCUMENT));
    let send = |fields: &[(&str, &str)], file| submit(&emulator, "/transformations", fields, file, &[]);
    let reply = send(&[("method", "spilt")], file);
    assert_problem(&reply, 422, "InvalidPlatformMethodError");
    assert!(
        reply.json()["extensions"]["allowed_methods"]
            .as_array()
            .unwrap()
            .contains(&json!("split"))
    );
    let reply = send(&[("method", "split"), ("params", "[1]")], file);
    assert_problem(&reply, 422, "InvalidParamsError");
    assert_eq!(reply.json()["extensions"]["errors"][0]["field"], "params");
    assert_problem(&send(&[("method", "split")], None), 400, "400-bad-request");
    assert_problem(
        &send(
            &[("method", "split")],
            Some(("application/octet-stream", DOCUMENT)),
        ),
        415,
        "415",
    );
    let reply = send(&[("method", "split")], Some((PDF, &[b'x'; 5000])));
    assert_problem(&reply, 413, "FileTooLarge");
    assert!(reply.json()["extensions"]["file_size_mb"].as_f64().unwrap() > 0.0);
    assert_eq!(emulator.requests().last().unwrap().method, "POST");
    assert!(emulator.requests().last().unwrap().body_length > 5000);
}

#[test]
fn impossible_requests_get_the_error_responses_of_the_service() {
    let emulator = Emulator::start(Config {
        max_pages: 2,
        ..Config::default()
    })
    .unwrap();
    let pages = b"%PDF-1.7 /Type /Page /Type /Page /Type /Page ";
    for (path, method, params, (kind, bytes), status, problem) in [
        (
            "conversions",
            "convert",
            "{}",
            ("text/plain", DOCUMENT),
            422,
            "InvalidParamsError",
        ),
        (
            "conversions",
            "convert",
            r#"{"to":"pdfa"}"#,
            (PDF, DOCUMENT),
            422,
            "InvalidParamsError",
        ),
        (
            "conversions",
            "convert",
            r#"{"to":"pdf"}"#,
            (PDF, DOCUMENT),
            422,
            "ConversionNotNeededError",
        ),
        (
            "conversions",
            "convert",
            r#"{"to":"pdf"}"#,
            ("video/mp4", DOCUMENT),
            415,
            "415",
        ),
        (
            "transformations",
            "split",
            "{}",
            (PDF, DOCUMENT),
            422,
            "InvalidParamsError",
        ),
        (
            "transformations",
            "flatten",
            "{}",
            ("image/png", DOCUMENT),
            415,
            "415",
        ),
        (
            "transformations",
            "flatten",
            "{}",
            (PDF, b"no document"),
            400,
            "PDFIsNotValid",
        ),
        (
            "transformations",
            "flatten",
            "{}",
            (PDF, pages),
            400,
            "PageLimitReached",
        ),
        ("transformations", "merge", "{}", (PDF, DOCUMENT), 400, "400"),
    ] {
        let fields = [("method", method), ("params", params)];
        let path = format!("/{path}");
        assert_problem(
            &submit(&emulator, &path, &fields, Some((kind, bytes)), &[]),
            status,
            problem,
        );
    }
    let fields = [("method", "flatten"), ("params", "{}"), ("delivery", "there")];
    let reply = submit(&emulator, "/transformations", &fields, Some((PDF, DOCUMENT)), &[]);
    assert_problem(&reply, 422, "InvalidDeliveryError");
    // The texts are those of the service, not of the language that the emulator is written in.
    let wrong = [("method", "optimize"), ("params", r#"{"profile":"small"}"#)];
    let reply = submit(&emulator, "/transformations", &wrong, Some((PDF, DOCUMENT)), &[]);
    let error = reply.json()["extensions"]["errors"][0]["error"].clone();
    assert!(
        error
            .as_str()
            .unwrap()
            .starts_with("Input should be one of \"web\", \"print\""),
        "{error}"
    );
}

/// Parses what was received as one response.
fn parsed(bytes: &[u8]) -> (u16, serde_json::Value) {
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").expect("a whole head");
    (head[9..12].parse().unwrap(), serde_json::from_str(body).unwrap())
}

/// A client that sends its whole form before it reads, although the response is there long before.
#[test]
fn an_early_response_reaches_a_client_that_is_still_sending() {
    let emulator = Emulator::start(Config {
        max_file_bytes: 1000,
        ..Config::default()
    })
    .unwrap();
    emulator.set_default(Scenario::instant().refuse_early(true));
    let bearer = format!("Authorization: Bearer {}", emulator.token());
    for (request, authorization, expected) in [
        ("POST /transformations", "Authorization: Bearer wrong", 401),
        ("POST /transformations", bearer.as_str(), 413),
        ("POST /nowhere", bearer.as_str(), 404),
        ("POST /jobs/a/status", bearer.as_str(), 405),
        ("PUT /storage/uploads/a", bearer.as_str(), 400),
    ] {
        // Only an announced size is too large before the form is read.
        for chunked in [false, true]
            .into_iter()
            .filter(|chunked| !chunked || expected != 413)
        {
            let mut socket = connect(&emulator);
            let length = 20_000_000;
            let framing = if chunked {
                "Transfer-Encoding: chunked".to_owned()
            } else {
                format!("Content-Length: {length}")
            };
            write!(
                socket,
                "{request} HTTP/1.1\r\nHost: a\r\n{authorization}\r\n{framing}\r\n\
                 Connection: close\r\nContent-Type: multipart/form-data; boundary=x\r\n\r\n"
            )
            .unwrap();
            let piece = vec![b'x'; 100_000];
            for _ in 0..length / piece.len() {
                if chunked {
                    write!(socket, "{:x}\r\n", piece.len()).unwrap();
                }
                socket
                    .write_all(&piece)
                    .unwrap_or_else(|e| panic!("{request}: {e}"));
                if chunked {
                    socket.write_all(b"\r\n").unwrap();
                }
            }
            if chunked {
                socket.write_all(b"0\r\n\r\n").unwrap();
            }
            let mut bytes = Vec::new();
            socket
                .read_to_end(&mut bytes)
                .unwrap_or_else(|e| panic!("{request}: {e}"));
            assert!(
                bytes.starts_with(format!("HTTP/1.1 {expected} ").as_bytes()),
                "{request}: {}",
                String::from_utf8_lossy(&bytes)
            );
            if expected == 401 {
                assert_eq!(parsed(&bytes).1["status"], 401);
            }
        }
    }
}

#[test]
fn a_download_url_works_once() {
    let emulator = start();
    emulator.set_default(Scenario::instant());
    let upload = || {
        let reply = call(&emulator, "POST /presigned-file-urls?n=1", &[]);
        let url = reply.json()["urls"][0]["downloadURL"]
            .as_str()
            .unwrap()
            .to_owned();
        let put = send(&emulator, &format!("PUT {}", target(&url)), &[], DOCUMENT);
        assert_eq!(put.status, 200);
        url
    };
    let get = |url: &str| send(&emulator, &format!("GET {}", target(url)), &[], b"");
    let url = upload();
    let first = get(&url);
    assert_eq!((first.status, first.body.as_slice()), (200, DOCUMENT));
    assert_eq!(get(&url).status, 403);

    let submit_url = |url: &str, method: &str| {
        let part = json!({"URL": url, "contentType": PDF}).to_string();
        let fields = [("method", method)];
        let file = Some(("application/vnd.gonitro.url+json", part.as_bytes()));
        submit(
            &emulator,
            "/transformations",
            &fields,
            file,
            &[("Prefer", "respond-async")],
        )
    };
    let url = upload();
    // A request that is rejected has not used it.
    assert_problem(&submit_url(&url, "spilt"), 422, "InvalidPlatformMethodError");
    assert_eq!(submit_url(&url, "flatten").status, 202);
    assert_problem(&submit_url(&url, "flatten"), 400, "BrokenDownloadURL");
    assert_eq!(get(&url).status, 403);
}
