//! How the service accepts submissions, and its error responses.
#![allow(missing_docs)]

mod common;

use common::{DOCUMENT, PDF, assert_problem, assert_valid, start, submit};
use nitro_emulator::{Config, Emulator, LocationForm, Scenario, derive};
use serde_json::json;

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
    emulator.set_default(Scenario::instant());
    let fields = [("method", "split"), ("params", r#"{"pageIndices":[[0],[1]]}"#)];
    let reply = submit(&emulator, "/transformations", &fields, Some((PDF, DOCUMENT)), &[]);
    assert_valid("PlatformOperationFilesResult", &reply.json());
    assert_eq!(reply.json()["files"].as_array().unwrap().len(), 2);
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
}
