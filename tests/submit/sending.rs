//! What is on the wire.

use std::io::Cursor;
use std::time::Duration;

use nitro_jobs::{Call, CancelToken, Endpoint, ErrorKind, Input, Submission};

use crate::common::{self, client, emulator};
use crate::{PDF, flatten, pdf_of, send, send_one};

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
    let told: Vec<_> = form
        .iter()
        .map(|p| (p.name.as_str(), p.file_name.as_str(), p.content_type.as_str()))
        .collect();
    assert_eq!(
        told,
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
fn one_document_is_called_file_and_the_head_is_as_the_service_wants_it() {
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
    assert_eq!(form[3].content_type, "application/pdf", "told from its beginning");
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
fn a_submission_without_a_reader_can_be_sent_again() {
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
fn what_cannot_be_sent_is_told_before_anything_is() {
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
    // The fix that the error names works.
    let fixed = Submission::new(Endpoint::Conversions, "convert")
        .params_json(r#"{"to":"pdf"}"#)
        .unwrap()
        .file(Input::path(&unknown).content_type("text/plain"));
    send(&client, &fixed).unwrap();
}

#[test]
fn progress_is_told_from_nothing_to_all_and_never_goes_back() {
    let emulator = emulator();
    emulator.set_default(common::quick().submit_codes(vec![503u16]));
    let document = pdf_of(2_000_000);
    let submission = flatten().file(Input::bytes("a.pdf", &document[..]));
    let mut told = Vec::new();
    let tell = |sent, total| {
        told.push((sent, total));
        true
    };
    client(&emulator).submit(&submission, tell, &Call::new()).unwrap();
    assert_eq!(emulator.requests().len(), 2, "turned away once");
    let total = emulator.requests()[0].body_length;
    assert!(told.iter().all(|(_, t)| *t == total));
    assert_eq!((told[0].0, told.last().unwrap().0), (0, total));
    assert!(told.windows(2).all(|two| two[0].0 < two[1].0), "{told:?}");
    assert!(told.len() > 10, "{}", told.len());
}

#[test]
fn the_progress_can_stop_it() {
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
    emulator.fault(nitro_emulator::Fault::mute(200_000).in_request());
    let (cancel, client) = (CancelToken::new(), client(&emulator));
    let call = Call::new().cancel(&cancel);
    let (tell, told) = std::sync::mpsc::channel();
    let upload = std::thread::spawn(move || {
        let submission = flatten().file(Input::bytes("a.pdf", pdf_of(40_000_000)));
        let tell = |sent, _| tell.send(sent).is_ok();
        client.submit(&submission, tell, &call).unwrap_err()
    });
    while told.recv_timeout(Duration::from_secs(1)).is_ok() {}
    cancel.cancel();
    let error = common::within(move || upload.join().unwrap());
    assert_eq!(error.kind(), ErrorKind::Cancelled);
    assert!(error.reference_id().is_some());
}

#[test]
fn nothing_confidential_is_in_debug_output() {
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
