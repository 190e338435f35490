//! Downloads that fail: they leave nothing, and an existing file as it was.

use std::fs;

use nitro_emulator::{Fault, Framing, Outcome, Presigned, Scenario, Shape};
use nitro_jobs::{Call, CancelToken, Client, Download, ErrorKind, OnExisting};
use tempfile::tempdir;

use super::{done, folder_with, names, save};
use crate::common::{Canned, emulator, json_response, options, response, with_watchdog};

#[test]
fn a_truncated_body_leaves_the_old_file_untouched() {
    with_watchdog(|| {
        for framing in [Framing::Length, Framing::Chunked] {
            let emulator = emulator();
            let presigned = Presigned {
                framing,
                ranges: false,
                ..Presigned::default()
            };
            let scenario = Scenario::new().size_bytes(500_000u64).presigned(presigned);
            let job = done(&emulator, scenario);
            // Each connection: whatever came before the file is far below this.
            emulator.fault_all(Some(Fault::cut(100_000)));
            let (folder, path) = folder_with("old");
            let replace = Download::to_file(&path).existing(OnExisting::Replace);
            let error = save(&job, &replace).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Truncated, "{framing:?}: {error}");
            assert!(error.is_retryable());
            assert_eq!(names(folder.path()), ["out.pdf"], "{framing:?}");
            assert_eq!(fs::read(&path).unwrap(), b"old");
            emulator.fault_all(None);
            let again = Client::new(options(&emulator)).unwrap().job(&job.id()).unwrap();
            save(&again, &replace).unwrap();
            assert!(fs::read(&path).unwrap() == emulator.output_of(&job.id())[0]);
        }
    });
}

#[test]
fn each_framing_proves_completeness() {
    with_watchdog(|| {
        let emulator = emulator();
        let by = |framing| Presigned {
            framing,
            ranges: false,
            ..Presigned::default()
        };
        for framing in [Framing::Chunked, Framing::Close] {
            let folder = tempdir().unwrap();
            let job = done(&emulator, Scenario::new().presigned(by(framing)));
            let saved = save(&job, &Download::to_folder(folder.path())).unwrap();
            assert_eq!(
                fs::read(&saved[0].path).unwrap(),
                emulator.output_of(&job.id())[0]
            );
        }
        // For a body that ends with the connection, the size in the result decides.
        let folder = tempdir().unwrap();
        let job = done(
            &emulator,
            Scenario::new()
                .presigned(by(Framing::Close))
                .declared_size(Some(999_999)),
        );
        let error = save(&job, &Download::to_folder(folder.path())).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Truncated);
        assert!(error.to_string().contains("999999"), "{error}");
        assert!(names(folder.path()).is_empty());
    });
}

/// A server whose result is one file, declared by `entry` and sent by `response`.
fn file_server(entry: &'static str, file: Vec<u8>) -> Canned {
    Canned::start(move |_, head| {
        if head.starts_with("GET /jobs/") {
            json_response(
                "200 OK",
                &format!(r#"{{"status":"completed","result":{{"file":{entry}}}}}"#),
            )
        } else {
            file.clone()
        }
    })
}

#[test]
fn an_unverified_length_is_rejected_unless_allowed() {
    with_watchdog(|| {
        let bare = b"HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\nConnection: close\r\n\r\n%PDF-1.7 x"
            .to_vec();
        let server = file_server(r#"{"URL":"/f.pdf"}"#, bare);
        let folder = tempdir().unwrap();
        let download = Download::to_folder(folder.path());
        let error = save(&server.job(), &download).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unverified);
        assert!(names(folder.path()).is_empty());
        let saved = save(&server.job(), &download.allow_unverified(true)).unwrap();
        assert_eq!(saved[0].path, folder.path().join("f.pdf"));
        assert_eq!(fs::read(&saved[0].path).unwrap(), b"%PDF-1.7 x");
    });
}

#[test]
fn a_result_without_a_file_is_reported() {
    with_watchdog(|| {
        let emulator = emulator();
        let folder = tempdir().unwrap();
        let download = Download::to_folder(folder.path());
        for (scenario, kind, expected) in [
            (
                Scenario::new().shape(Shape::Delivered),
                ErrorKind::Delivered,
                "delivered",
            ),
            (
                Scenario::new().shape(Shape::Text),
                ErrorKind::UnexpectedResult,
                "as JSON",
            ),
            (
                Scenario::new().shape(Shape::Unknown),
                ErrorKind::UnexpectedResult,
                "as JSON",
            ),
            (
                Scenario::new().failed("A", "it broke"),
                ErrorKind::JobFailed,
                "it broke",
            ),
            (
                Scenario::new().outcome(Outcome::Canceled),
                ErrorKind::JobCanceled,
                "canceled",
            ),
            (
                Scenario::new().outcome(Outcome::Never),
                ErrorKind::NotReady,
                "still running",
            ),
            (
                Scenario::new().outcome(Outcome::Gone),
                ErrorKind::Gone,
                "15 minutes",
            ),
        ] {
            let error = save(&done(&emulator, scenario), &download).unwrap_err();
            assert_eq!(error.kind(), kind, "{error}");
            assert!(error.to_string().contains(expected), "{error}");
        }
        assert!(names(folder.path()).is_empty());
    });
}

#[test]
fn an_html_page_is_not_saved_as_a_pdf() {
    with_watchdog(|| {
        let page = b"<!doctype html><title>Log in</title>";
        let html = response("200 OK", "Content-Type: text/html\r\n", page);
        let server = file_server(r#"{"URL":"/f.pdf","contentType":"application/pdf"}"#, html);
        let (folder, path) = folder_with("old");
        let replace = Download::to_file(&path).existing(OnExisting::Replace);
        let error = save(&server.job(), &replace).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UnexpectedResult);
        assert_eq!(fs::read(&path).unwrap(), b"old");
        assert_eq!(names(folder.path()), ["out.pdf"]);
    });
}

#[test]
fn unusable_folders_are_reported() {
    with_watchdog(|| {
        let emulator = emulator();
        let job = done(&emulator, Scenario::new());
        let folder = tempdir().unwrap();
        let missing = folder.path().join("no/such/folder");
        for download in [
            Download::to_folder(&missing),
            Download::to_file(missing.join("out.pdf")),
        ] {
            let error = save(&job, &download).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::File);
            assert!(error.to_string().contains("there is no such folder"), "{error}");
        }
        let long = folder.path().join("x".repeat(300) + ".pdf");
        let error = save(&job, &Download::to_file(long)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::File);
        assert!(error.to_string().contains("too long"), "{error}");
        // A folder where the file should be.
        let taken = folder.path().join("taken");
        fs::create_dir(&taken).unwrap();
        let replace = Download::to_file(&taken).existing(OnExisting::Replace);
        assert_eq!(save(&job, &replace).unwrap_err().kind(), ErrorKind::File);
        assert_eq!(names(folder.path()), ["taken"]);
    });
}

#[test]
#[cfg(unix)]
fn a_read_only_folder_is_reported() {
    use std::os::unix::fs::PermissionsExt;
    with_watchdog(|| {
        let folder = tempdir().unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o555)).unwrap();
        if fs::write(folder.path().join("probe"), "").is_ok() {
            return; // The superuser may write anywhere.
        }
        let emulator = emulator();
        let error = save(
            &done(&emulator, Scenario::new()),
            &Download::to_folder(folder.path()),
        )
        .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::File);
        assert!(error.to_string().contains("no permission"), "{error}");
    });
}

#[test]
fn a_stopped_or_cancelled_download_leaves_no_file() {
    with_watchdog(|| {
        let emulator = emulator();
        let job = done(&emulator, Scenario::new().size_bytes(4u64 << 20));
        let (folder, path) = folder_with("old");
        let replace = Download::to_file(&path).existing(OnExisting::Replace);
        let error = job
            .download(&replace, |transfer| transfer.bytes < 1 << 20, &Call::new())
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Stopped);
        let cancel = CancelToken::new();
        let error = job
            .download(
                &replace,
                |transfer| {
                    if transfer.bytes >= 1 << 20 {
                        cancel.cancel();
                    }
                    true
                },
                &Call::new().cancel(&cancel),
            )
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Cancelled);
        assert_eq!(names(folder.path()), ["out.pdf"]);
        assert_eq!(fs::read(&path).unwrap(), b"old");
    });
}

#[test]
fn transient_storage_errors_are_retried_and_permanent_ones_reported() {
    with_watchdog(|| {
        let emulator = emulator();
        let folder = tempdir().unwrap();
        let download = Download::to_folder(folder.path());
        save(
            &done(&emulator, Scenario::new().storage_codes(vec![503u16])),
            &download,
        )
        .unwrap();
        let expired = Presigned {
            expires_ms: Some(0),
            ..Presigned::default()
        };
        let error = save(&done(&emulator, Scenario::new().presigned(expired)), &download).unwrap_err();
        assert_eq!(
            (error.kind(), error.http_status()),
            (ErrorKind::Forbidden, Some(403))
        );
        assert!(error.to_string().contains("expired"), "{error}");
        assert_eq!(names(folder.path()).len(), 1);
    });
}
