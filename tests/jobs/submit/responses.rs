//! Responses to a submission.

use std::time::Duration;

use nitro_emulator::{AcceptedBody, LocationForm, Outcome, Scenario, Shape, SynchronousBody};
use nitro_jobs::{Call, Client, Download, Endpoint, ErrorKind, Input, JobState, ResultKind, Submission};
use serde_json::Value;

use super::{PDF, flatten, send, send_one};
use crate::common::{self, Canned, client, emulator, json_response, quick, response};

#[test]
fn the_job_id_is_read_from_every_form_of_location() {
    for location in [LocationForm::Absolute, LocationForm::Relative, LocationForm::Bare] {
        for body in [AcceptedBody::Empty, AcceptedBody::Json] {
            let emulator = emulator();
            emulator.set_default(quick().location(location).accepted_body(body));
            let submitted = send_one(&client(&emulator)).unwrap();
            assert!(submitted.result.is_none());
            let job = submitted.job;
            assert_eq!(
                emulator.input_of(&job.id()),
                [PDF],
                "{location:?} {body:?}: the id is right"
            );
            job.wait(|_| true, &Call::new()).unwrap();
            assert_eq!(job.result(&Call::new()).unwrap().kind(), ResultKind::File);
        }
    }
}

#[test]
fn the_ticket_is_complete_and_restores_the_job_in_another_client() {
    let emulator = emulator();
    emulator.set_default(quick().retry_after(1.5));
    let job = send_one(&client(&emulator)).unwrap().job;
    let ticket: Value = serde_json::from_str(&job.to_json()).unwrap();
    assert_eq!(ticket["jobID"], job.id().as_str());
    assert_eq!(ticket["retryAfterMs"], 1500);
    assert_eq!(ticket["referenceID"], job.reference_id().as_str());
    let status = format!("{}/jobs/{}/status", emulator.base_url(), job.id());
    assert_eq!(ticket["statusURL"], status.as_str());
    let again = client(&emulator).job_from_json(&job.to_json()).unwrap();
    again.wait(|_| true, &Call::new()).unwrap();
}

#[test]
fn an_immediate_result_needs_no_further_request() {
    immediate_result(SynchronousBody::Wrapped);
    immediate_result(SynchronousBody::Bare);
}

fn immediate_result(body: SynchronousBody) {
    let (emulator, folder) = (emulator(), tempfile::tempdir().unwrap());
    emulator.set_default(quick().synchronous(true).synchronous_body(body));
    let submitted = send_one(&client(&emulator)).unwrap();
    assert_eq!(submitted.result.unwrap().kind(), ResultKind::File);
    let job = submitted.job;
    assert_eq!(*job.status(&Call::new()).unwrap().state(), JobState::Completed);
    assert!(job.wait(|_| true, &Call::new()).unwrap().is_terminal());
    let mut events = job.events();
    assert!(events.next(&Call::new()).unwrap().unwrap().is_terminal());
    assert!(events.next(&Call::new()).unwrap().is_none());
    assert_eq!(job.result(&Call::new()).unwrap().files().len(), 1);
    assert_eq!(emulator.requests().len(), 1);

    let mut bytes = Vec::new();
    job.result_bytes(&mut bytes, &Call::new()).unwrap();
    let path = folder.path().join("saved.pdf");
    job.download(&Download::to_file(&path), |_| true, &Call::new())
        .unwrap();
    assert!(bytes.starts_with(b"%PDF-"));
    assert_eq!(std::fs::read(&path).unwrap(), bytes);
    let storage = &emulator.requests()[1..];
    assert!(storage.iter().all(|r| r.path.starts_with("/storage/")));
    assert!(storage.iter().all(|r| r.header("authorization").is_none()));
}

#[test]
fn an_immediate_extraction_result_is_not_a_file() {
    let emulator = emulator();
    emulator.set_default(quick().synchronous(true).shape(Shape::Text));
    let submission = Submission::new(Endpoint::Extractions, "extract-text").file(Input::bytes("a.pdf", PDF));
    let job = send(&client(&emulator), &submission).unwrap().job;
    assert!(job.result(&Call::new()).unwrap().text().is_some());
    let error = job.result_bytes(&mut Vec::new(), &Call::new()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnexpectedResult);
}

#[test]
fn a_job_that_fails_at_once_is_an_error() {
    let emulator = emulator();
    emulator.set_default(Scenario::instant().synchronous(true).outcome(Outcome::Failed));
    let error = send_one(&client(&emulator)).unwrap_err();
    assert_eq!(error.http_status(), Some(400), "{error}");
    let server = Canned::json(r#"{"jobID":"7","status":"failed","error":{"type":"OCRFailed","title":"t"}}"#);
    let error = send_one(&Client::new(server.options()).unwrap()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::JobFailed);
    assert!(!error.is_uncertain());
}

#[test]
fn a_200_that_only_names_the_job_is_accepted() {
    for body in [
        r#"{"jobID":"7","status":"running","progress":0}"#,
        r#"{"jobId":"7","status":"completed"}"#,
    ] {
        let server = Canned::json(body);
        let submitted = send_one(&Client::new(server.options()).unwrap()).unwrap();
        assert!(submitted.result.is_none(), "{body}");
        assert_eq!(submitted.job.id(), "7");
    }
}

#[test]
fn a_202_without_a_job_is_an_uncertain_submission() {
    for response in [
        response("202 Accepted", "", b""),
        response("202 Accepted", "Location: ftp://x\r\n", b""),
        response("202 Accepted", "Location: /\r\n", b""),
        json_response("200 OK", "<html>"),
        json_response("200 OK", ""),
    ] {
        let text = String::from_utf8_lossy(&response).into_owned();
        let server = Canned::start(move |_, _| response.clone());
        let error = send_one(&Client::new(server.options()).unwrap()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Protocol, "{text}");
        assert!(error.is_uncertain() && !error.is_retryable(), "{text}");
        assert!(error.message().contains("a second one"), "{error}");
    }
}

#[test]
fn a_truncated_body_is_tolerated_if_there_is_a_location() {
    let server = Canned::start(|_, _| {
        b"HTTP/1.1 202 Accepted\r\nLocation: /jobs/9/status\r\nContent-Length: 50\r\n\r\n{\"jobID\"".to_vec()
    });
    let submitted = send_one(&Client::new(server.options()).unwrap()).unwrap();
    assert_eq!(submitted.job.id(), "9");
}

#[test]
fn the_problem_document_reaches_the_caller() {
    let emulator = emulator();
    let client = common::plain_client(&emulator);
    let wrong = Submission::new(Endpoint::Transformations, "spilt").file(Input::bytes("a.pdf", PDF));
    let error = send(&client, &wrong).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unprocessable);
    assert!(error.message().contains("allowed: compress, optimize"), "{error}");
    let extensions = error.problem().unwrap().extensions.as_deref().unwrap();
    assert!(extensions.contains("allowed_methods"));

    let image = flatten().file(Input::bytes("a.png", PDF));
    let error = send(&client, &image).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnsupportedMediaType);
    assert!(error.reference_id().is_some());
}

#[test]
fn transient_error_responses_are_retried() {
    for scenario in [
        quick().submit_codes(vec![503u16, 503]),
        quick().rate_limit(nitro_emulator::RateLimit {
            times: 2,
            on: nitro_emulator::Limited::Submit,
            retry_after: 0.05,
            ..Default::default()
        }),
    ] {
        let emulator = emulator();
        emulator.set_default(scenario);
        send_one(&client(&emulator)).unwrap();
        assert_eq!(emulator.requests().len(), 3);
    }
}

#[test]
fn a_redirect_does_not_resend_the_document() {
    let elsewhere = Canned::json("{}");
    let to = format!("Location: {}/transformations?key=s3cret\r\n", elsewhere.base_url);
    let server = Canned::start(move |_, _| response("307 Temporary Redirect", &to, b""));
    let error = send_one(&Client::new(server.options()).unwrap()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Redirect);
    assert!(!error.message().contains("s3cret"), "{error}");
    assert!(error.message().contains(&elsewhere.base_url), "{error}");
    std::thread::sleep(Duration::from_millis(50));
    assert_eq!(elsewhere.heads().len(), 0);
}
