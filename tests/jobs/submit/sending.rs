//! What a submission sends.

use std::io::Cursor;
use std::time::Duration;

use nitro_jobs::{Call, CancelToken, Endpoint, ErrorKind, Input, Submission};

use super::{PDF, flatten, pdf_of, send, send_one};
use crate::common::{self, client, emulator};

#[test]
fn every_kind_of_input_arrives_byte_for_byte() {
    let (emulator, folder) = (emulator(), tempfile::tempdir().unwrap());
    let client = client(&emulator);
    let path = folder.path().join("from disk é.pdf");
    let document = pdf_of(300_000);
    std::fs::write(&path, &document).unwrap();
    let submission = Submission::new(Endpoint::Transformations, "merge")
        .params_json("{}")
        .unwrap()
        .file(Input::path(&path))
        .file(Input::bytes("a\"b\r\n.pdf", PDF))
        .file(Input::reader(
            "r.pdf",
            document.len() as u64,
            Cursor::new(&document),
        ));
    let job = send(&client, &submission).unwrap().job;
    assert_eq!(
        emulator.input_of(&job.id()),
        [document.clone(), PDF.to_vec(), document.clone()]
    );
    let form = emulator.form_of(&job.id());
    let reported: Vec<_> = form
        .iter()
        .map(|p| (p.name.as_str(), p.file_name.as_str(), p.content_type.as_str()))
        .collect();
    assert_eq!(
        reported,
        [
            ("method", "", ""),
            ("params", "", ""),
            ("files", "from disk é.pdf", "application/pdf"),
            ("files", "a%22b%0D%0A.pdf", "application/pdf"),
            ("files", "r.pdf", "application/pdf"),
        ]
    );
    assert_eq!((form[0].text.as_str(), form[1].text.as_str()), ("merge", "{}"));
}

#[test]
fn one_document_is_sent_as_the_part_file_with_the_documented_headers() {
    let emulator = emulator();
    let params = r#" {"to" : "docx", "later":[1e300] } "#;
    let submission = Submission::new(Endpoint::Conversions, "convert")
        .params_json(params)
        .unwrap()
        .delivery_json(r#"{"callback":{"URL":"https://c.example"}}"#)
        .unwrap()
        .file(Input::bytes("document", PDF));
    let job = send(&client(&emulator), &submission).unwrap().job;
    let form = emulator.form_of(&job.id());
    let names: Vec<_> = form.iter().map(|p| p.name.as_str()).collect();
    assert_eq!(names, ["method", "params", "delivery", "file"]);
    assert_eq!(form[1].text, params, "parameters go as they are");
    assert_eq!(form[3].content_type, "application/pdf", "reported from zero");
    let request = &emulator.requests()[0];
    assert_eq!(request.header("prefer"), Some("respond-async"));
    assert_eq!(request.header("accept"), Some("application/json"));
    assert_eq!(request.header("transfer-encoding"), None);
    assert_eq!(
        request.header("content-length"),
        Some(request.body_length.to_string().as_str())
    );
    let reference = job.reference_id();
    assert_eq!(request.header("x-analytics-session-id"), Some(reference.as_str()));
    job.status(&Call::new()).unwrap();
    assert_eq!(
        emulator.requests()[1].header("x-analytics-session-id"),
        Some(reference.as_str()),
        "the same for the whole job"
    );
}

#[test]
fn a_submission_without_a_reader_can_be_submitted_twice() {
    let emulator = emulator();
    let client = client(&emulator);
    let again = flatten().file(Input::bytes("a.pdf", PDF));
    let ids = [(); 2].map(|()| send(&client, &again).unwrap().job.id());
    assert_ne!(ids[0], ids[1]);
    let once = flatten().file(Input::reader("a.pdf", PDF.len() as u64, PDF));
    send(&client, &once).unwrap();
    let error = send(&client, &once).unwrap_err();
    assert!(error.message().contains("was read before"), "{error}");
}

#[test]
fn invalid_submissions_are_rejected_before_a_request() {
    let (emulator, folder) = (emulator(), tempfile::tempdir().unwrap());
    let client = client(&emulator);
    let unknown = folder.path().join("notes.xyz");
    std::fs::write(&unknown, "who knows").unwrap();
    let invalid = ErrorKind::InvalidArgument;
    for (submission, kind, part) in [
        (flatten(), invalid, "no document"),
        (
            Submission::new(Endpoint::Conversions, " ").file(Input::bytes("a.pdf", PDF)),
            invalid,
            "no method",
        ),
        (
            flatten().file(Input::path(&unknown)),
            invalid,
            "set its content type",
        ),
        (
            flatten().file(Input::reader("x", 1, &b"x"[..])),
            invalid,
            "set its content type",
        ),
        (
            flatten().file(Input::bytes("a.pdf", PDF).content_type("pdf")),
            invalid,
            "not a valid content type",
        ),
        (
            flatten().file(Input::url("ftp://h/a.pdf", "application/pdf")),
            invalid,
            "https://",
        ),
        (
            flatten().file(Input::url("https://h/a", "")),
            invalid,
            "not a valid content type",
        ),
        (
            flatten().file(Input::path(folder.path().join("none.pdf"))),
            ErrorKind::File,
            "none.pdf",
        ),
        (
            flatten().file(Input::path(folder.path())),
            ErrorKind::File,
            "not a regular file",
        ),
    ] {
        let error = send(&client, &submission).unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert!(error.message().contains(part), "{error}");
    }
    assert_eq!(emulator.requests().len(), 0);
    // The remedy that the error names works.
    let fixed = Submission::new(Endpoint::Conversions, "convert")
        .params_json(r#"{"to":"pdf"}"#)
        .unwrap()
        .file(Input::path(&unknown).content_type("text/plain"));
    send(&client, &fixed).unwrap();
}

#[test]
fn upload_progress_runs_from_zero_to_the_total_and_never_decreases() {
    let emulator = emulator();
    emulator.set_default(common::quick().submit_codes(vec![503u16]));
    let document = pdf_of(2_000_000);
    let submission = flatten().file(Input::bytes("a.pdf", &document[..]));
    let mut reported = Vec::new();
    let on_progress = |sent, total| {
        reported.push((sent, total));
        true
    };
    client(&emulator)
        .submit(&submission, on_progress, &Call::new())
        .unwrap();
    assert_eq!(emulator.requests().len(), 2, "rejected once");
    let total = emulator.requests()[0].body_length;
    assert!(reported.iter().all(|(_, t)| *t == total));
    assert_eq!((reported[0].0, reported.last().unwrap().0), (0, total));
    assert!(reported.windows(2).all(|two| two[0].0 < two[1].0), "{reported:?}");
    assert!(reported.len() > 10, "{}", reported.len());
}

#[test]
fn the_progress_callback_can_stop_the_upload() {
    let emulator = emulator();
    let document = pdf_of(4_000_000);
    let submission = flatten().file(Input::bytes("a.pdf", &document[..]));
    let outcome = client(&emulator).submit(&submission, |sent, _| sent < 1_000_000, &Call::new());
    let error = outcome.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Stopped, "{error}");
    assert!(
        !error.is_uncertain() && error.message().contains("not sent completely"),
        "{error}"
    );
}

#[test]
fn an_upload_that_hangs_can_be_cancelled() {
    let emulator = emulator();
    emulator.fault(nitro_emulator::Fault::hang(200_000).in_request());
    let (cancel, client) = (CancelToken::new(), client(&emulator));
    let call = Call::new().cancel(&cancel);
    let (on_progress, reported) = std::sync::mpsc::channel();
    let upload = std::thread::spawn(move || {
        let submission = flatten().file(Input::bytes("a.pdf", pdf_of(40_000_000)));
        let on_progress = |sent, _| on_progress.send(sent).is_ok();
        client.submit(&submission, on_progress, &call).unwrap_err()
    });
    while reported.recv_timeout(Duration::from_secs(1)).is_ok() {}
    cancel.cancel();
    let error = common::with_watchdog(move || upload.join().unwrap());
    assert_eq!(error.kind(), ErrorKind::Cancelled);
    assert!(error.reference_id().is_some());
}

#[test]
fn debug_output_shows_no_parameters_or_documents() {
    let submission = Submission::new(Endpoint::Transformations, "protect")
        .params_json(r#"{"userPassword":"hunter2"}"#)
        .unwrap()
        .file(Input::url(
            "https://s.example/a.pdf?sig=hunter2",
            "application/pdf",
        ));
    assert!(!format!("{submission:?}").contains("hunter2"));
    let emulator = emulator();
    let job = send_one(&client(&emulator)).unwrap().job;
    assert!(!job.to_json().contains(&emulator.token()));
}
