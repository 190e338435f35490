//! Failures while a submission is sent.

use std::io::{Seek, SeekFrom, Write};
use std::time::Duration;

use nitro_emulator::{Config, Emulator, Fault};
use nitro_jobs::{Call, Client, ErrorKind, Input};

use super::{PDF, flatten, pdf_of, send, send_one};
use crate::common::{self, client, emulator, quick};

const LARGE: usize = 8_000_000;

#[test]
fn an_error_response_during_the_upload_is_reported() {
    for (code, kind) in [
        (413u16, ErrorKind::ContentTooLarge),
        (403, ErrorKind::Forbidden),
        (422, ErrorKind::Unprocessable),
    ] {
        let emulator = emulator();
        emulator.set_default(quick().refuse_early(true).submit_codes(vec![code]));
        let document = pdf_of(LARGE);
        let submission = flatten().file(Input::bytes("a.pdf", &document[..]));
        let error = send(&client(&emulator), &submission).unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert!(!error.is_uncertain());
        assert!(
            emulator.requests()[0].body_length < LARGE as u64,
            "it was rejected early"
        );
    }
}

#[test]
fn an_oversized_document_is_rejected_during_or_after_the_upload() {
    for early in [false, true] {
        let emulator = Emulator::start(Config {
            max_file_bytes: 1_000_000,
            ..Config::default()
        })
        .unwrap();
        emulator.set_default(quick().refuse_early(early));
        let document = pdf_of(LARGE);
        let submission = flatten().file(Input::bytes("a.pdf", &document[..]));
        let error = send(&client(&emulator), &submission).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ContentTooLarge, "{error}");
        assert_eq!(error.problem().unwrap().kind.as_deref(), Some("FileTooLarge"));
        assert_eq!(emulator.requests().len(), 1);
    }
}

#[test]
#[cfg(unix)]
fn a_document_that_is_no_regular_file_is_refused_at_once() {
    let (emulator, folder) = (emulator(), tempfile::tempdir().unwrap());
    let at = |name: &str| folder.path().join(name);
    let made = std::process::Command::new("mkfifo").arg(at("pipe.pdf")).status();
    assert!(made.unwrap().success());
    let _socket = std::os::unix::net::UnixListener::bind(at("socket.pdf")).unwrap();
    for (target, link) in [("pipe.pdf", "link.pdf"), ("/dev/zero", "zero.pdf")] {
        std::os::unix::fs::symlink(target, at(link)).unwrap();
    }
    let client = client(&emulator);
    for name in ["pipe.pdf", "socket.pdf", "link.pdf", "zero.pdf"] {
        let path = at(name);
        let client = client.clone();
        common::with_watchdog(move || {
            for presigned in [false, true] {
                let submission = flatten().file(Input::path(&path)).via_presigned_upload(presigned);
                let error = send(&client, &submission).unwrap_err();
                assert_eq!(error.kind(), ErrorKind::File, "{error}");
                for part in [name, "not a regular file", "reader"] {
                    assert!(error.message().contains(part), "{error}");
                }
            }
        });
    }
    assert!(emulator.requests().is_empty());
}

#[test]
fn a_wrong_token_is_reported_during_the_upload() {
    let emulator = emulator();
    let client = Client::new(common::options(&emulator).token("wrong-token")).unwrap();
    let document = pdf_of(LARGE);
    let submission = flatten().file(Input::bytes("a.pdf", &document[..]));
    let error = send(&client, &submission).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthorized, "{error}");
    assert!(!error.message().contains("wrong-token"));
}

#[test]
fn a_submission_that_may_have_arrived_is_not_retried_and_is_reported_uncertain() {
    let emulator = emulator();
    // All of it arrives; the response does not.
    emulator.fault(Fault::cut(0));
    let error = send_one(&client(&emulator)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionLost, "{error}");
    assert!(error.is_uncertain() && !error.is_retryable() && !error.is_unsent());
    assert!(error.message().contains("could start a second one"), "{error}");
    assert!(error.reference_id().is_some());
    assert_eq!(emulator.requests().len(), 1);
}

#[test]
fn a_stale_pooled_connection_is_not_used_for_a_submission() {
    let emulator = emulator();
    let client = client(&emulator);
    // The connection of this request is closed when a second request is sent on it.
    emulator.fault(Fault::stale_keep_alive(1));
    let job = common::job(&emulator, &client, nitro_emulator::Scenario::instant());
    job.status(&Call::new()).unwrap();
    let reader = flatten().file(Input::reader("a.pdf", PDF.len() as u64, PDF));
    let started = send(&client, &reader).unwrap().job;
    assert_eq!(emulator.input_of(&started.id()), [PDF]);
    assert_eq!(emulator.connections(), 2);
}

#[test]
fn an_upload_whose_connection_breaks_is_not_retried() {
    let emulator = emulator();
    emulator.fault(Fault::reset(300_000).in_request());
    let document = pdf_of(LARGE);
    let submission = flatten().file(Input::bytes("a.pdf", &document[..]));
    let error = send(&client(&emulator), &submission).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionLost, "{error}");
    assert!(error.message().contains("not sent completely"), "{error}");
    assert_eq!(emulator.requests().len(), 1);
}

#[test]
fn a_gateway_error_is_an_uncertain_submission() {
    for code in [500u16, 502, 504] {
        let emulator = emulator();
        emulator.set_default(quick().submit_codes(vec![code]));
        let error = send_one(&client(&emulator)).unwrap_err();
        assert_eq!(
            (error.kind(), error.http_status()),
            (ErrorKind::Service, Some(code))
        );
        assert!(error.is_uncertain(), "{error}");
        assert_eq!(emulator.requests().len(), 1);
    }
}

#[test]
fn a_submission_that_times_out_is_uncertain() {
    let emulator = emulator();
    emulator.fault(Fault::hang(0));
    let submission = flatten().file(Input::bytes("a.pdf", PDF));
    let call = Call::new().timeout(Duration::from_millis(300));
    let error = client(&emulator)
        .submit(&submission, |_, _| true, &call)
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(error.is_uncertain(), "{error}");
}

#[test]
fn a_submission_that_was_not_sent_is_retried() {
    let emulator = emulator();
    let client = Client::new(common::options(&emulator).retries(30)).unwrap();
    emulator.stop_listening();
    let reader = flatten().file(Input::reader("a.pdf", PDF.len() as u64, PDF));
    std::thread::scope(|scope| {
        let sending = scope.spawn(|| send(&client, &reader));
        std::thread::sleep(Duration::from_millis(200));
        emulator.listen_again().unwrap();
        let job = sending.join().unwrap().unwrap().job;
        assert_eq!(emulator.input_of(&job.id()), [PDF]);
    });
    emulator.stop_listening();
    emulator.drop_connections();
    let error = send_one(&common::plain_client(&emulator)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect);
    assert!(error.is_unsent() && error.is_retryable() && !error.is_uncertain());
}

#[test]
fn a_reader_that_was_read_from_is_not_retried() {
    let emulator = emulator();
    emulator.set_default(quick().submit_codes(vec![503u16]));
    let reader = flatten().file(Input::reader("a.pdf", PDF.len() as u64, PDF));
    let error = send(&client(&emulator), &reader).unwrap_err();
    assert_eq!(error.http_status(), Some(503), "{error}");
    assert_eq!(emulator.requests().len(), 1);
}

#[test]
fn a_file_that_changes_during_the_upload_is_an_immediate_error() {
    let folder = tempfile::tempdir().unwrap();
    type Change = fn(&mut std::fs::File);
    let changes: [(&str, Change); 3] = [
        ("shrinks", |file| file.set_len(1_000_000).unwrap()),
        ("grows", |file| {
            file.seek(SeekFrom::End(0)).unwrap();
            file.write_all(b"more").unwrap();
        }),
        ("is rewritten", |file| {
            file.set_modified(std::time::SystemTime::UNIX_EPOCH).unwrap();
        }),
    ];
    for (what, change) in changes {
        let emulator = emulator();
        let path = folder.path().join("a.pdf");
        std::fs::write(&path, pdf_of(LARGE)).unwrap();
        let mut file = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
        let (mut changed, mut last) = (false, 0);
        let submission = flatten().file(Input::path(&path));
        let on_progress = |sent, _| {
            if sent > 500_000 && !changed {
                change(&mut file);
                changed = true;
            }
            last = sent;
            true
        };
        let error = client(&emulator)
            .submit(&submission, on_progress, &Call::new())
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::File, "{what}: {error}");
        assert!(error.message().contains("was changed"), "{what}: {error}");
        assert!(last < 2_000_000, "{what}: only after {last} bytes");
        assert!(!error.is_uncertain());
    }
}

#[test]
fn a_reader_that_ends_early_or_fails_is_an_error() {
    struct Broken;
    impl std::io::Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("the disk is on fire"))
        }
    }
    let emulator = emulator();
    let client = client(&emulator);
    let short = flatten().file(Input::reader("a.pdf", 100, PDF));
    let error = send(&client, &short).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::File, "{error}");
    assert!(
        error.message().contains(&format!("after {} of 100", PDF.len())),
        "{error}"
    );
    let error = send(&client, &flatten().file(Input::reader("a.pdf", 9, Broken))).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::File);
    assert!(error.message().contains("on fire"), "{error}");
}
