//! Downloads that succeed: which bytes are saved under which names.

use std::fs;

use nitro_emulator::{Scenario, Shape};
use nitro_jobs::{Call, Client, Download, ErrorKind, LogLevel, OnExisting};
use tempfile::tempdir;

use super::{done, folder_with, names, save};
use crate::common::{Log, emulator, job, options, with_watchdog};

#[test]
fn one_file_is_saved_byte_for_byte_with_progress() {
    with_watchdog(|| {
        let emulator = emulator();
        let folder = tempdir().unwrap();
        let path = folder.path().join("out.pdf");
        let job = done(&emulator, Scenario::new().size_bytes(300_000u64));
        let mut seen = Vec::new();
        let saved = job
            .download(
                &Download::to_file(&path),
                |transfer| {
                    assert_eq!(
                        (transfer.file, transfer.files, transfer.total),
                        (0, 1, Some(300_000))
                    );
                    seen.push(transfer.bytes);
                    true
                },
                &Call::new(),
            )
            .unwrap();
        assert_eq!(saved.len(), 1);
        assert_eq!(
            (saved[0].path.as_path(), saved[0].bytes),
            (path.as_path(), 300_000)
        );
        assert_eq!(saved[0].content_type.as_deref(), Some("application/pdf"));
        assert!(fs::read(&path).unwrap() == emulator.output_of(&job.id())[0]);
        assert_eq!((seen.first(), seen.last()), (Some(&0), Some(&300_000)));
        assert!(seen.is_sorted());
        assert_eq!(names(folder.path()), ["out.pdf"]);
    });
}

#[test]
fn several_files_are_saved_into_a_folder() {
    with_watchdog(|| {
        let emulator = emulator();
        let folder = tempdir().unwrap();
        let job = done(&emulator, Scenario::new().shape(Shape::Files { n: 3 }));
        let saved = save(&job, &Download::to_folder(folder.path())).unwrap();
        let outputs = emulator.output_of(&job.id());
        assert_eq!((saved.len(), outputs.len()), (3, 3));
        for (file, output) in saved.iter().zip(&outputs) {
            assert_eq!(&fs::read(&file.path).unwrap(), output);
        }
        assert_eq!(names(folder.path()).len(), 3);
        let error = save(&job, &Download::to_file(folder.path().join("one.pdf"))).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UnexpectedResult);
        assert!(error.to_string().contains("give a folder"), "{error}");
    });
}

#[test]
fn file_names_are_made_safe_and_collisions_numbered() {
    with_watchdog(|| {
        let emulator = emulator();
        let outer = tempdir().unwrap();
        let folder = outer.path().join("in");
        fs::create_dir(&folder).unwrap();
        let hostile = [
            "../../escape.pdf",
            "/etc/passwd",
            "C:\\Windows\\evil.pdf",
            "CON.pdf",
            "a\tb:c*d.pdf",
            "...",
            "report.pdf",
            "report.pdf",
            ".hidden.pdf",
        ];
        let count = hostile.len();
        let scenario = Scenario::new()
            .shape(Shape::Files { n: count })
            .file_names(hostile.map(str::to_owned).to_vec());
        let job = done(&emulator, scenario);
        let saved = save(&job, &Download::to_folder(&folder)).unwrap();
        assert_eq!(saved.len(), count);
        let fallback = format!("{}-6.pdf", job.id());
        let mut expected = [
            "escape.pdf",
            "passwd.pdf",
            "evil.pdf",
            "_CON.pdf",
            "ab_c_d.pdf",
            &fallback,
            "report.pdf",
            "report (2).pdf",
            "hidden.pdf",
        ];
        let given: Vec<_> = saved
            .iter()
            .map(|file| file.path.file_name().unwrap().to_str().unwrap())
            .collect();
        assert_eq!(given, expected);
        expected.sort_unstable();
        assert_eq!(names(&folder), expected);
        assert_eq!(names(outer.path()), ["in"], "nothing escaped");
        save(&job, &Download::to_folder(&folder)).unwrap();
        assert_eq!(names(&folder).len(), 2 * count, "nothing is overwritten");
    });
}

#[test]
fn a_hostile_content_disposition_cannot_leave_the_folder() {
    with_watchdog(|| {
        let emulator = emulator();
        for (header, expected) in [
            ("attachment; filename=\"../../x.pdf\"", "x.pdf"),
            (
                "attachment; filename*=UTF-8''..%2F..%2Fgr%C3%BC%C3%9Fe.pdf",
                "grüße.pdf",
            ),
            ("attachment; filename=\"a\\\"b;c.pdf\"", "a_b;c.pdf"),
        ] {
            let folder = tempdir().unwrap();
            let job = done(
                &emulator,
                Scenario::new().content_disposition(Some(header.to_owned())),
            );
            save(&job, &Download::to_folder(folder.path())).unwrap();
            assert_eq!(names(folder.path()), [expected], "{header}");
        }
    });
}

#[test]
fn an_existing_file_is_left_replaced_or_numbered() {
    with_watchdog(|| {
        let emulator = emulator();
        let job = done(&emulator, Scenario::new());
        let (folder, path) = folder_with("old");
        let error = save(&job, &Download::to_file(&path)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::FileExists);
        assert!(error.to_string().contains("out.pdf"), "{error}");
        assert_eq!(fs::read(&path).unwrap(), b"old");
        assert!(
            !emulator.requests().iter().any(|r| r.path.starts_with("/storage")),
            "not fetched in vain"
        );
        let number = Download::to_file(&path).existing(OnExisting::Number);
        assert_eq!(
            save(&job, &number).unwrap()[0].path,
            folder.path().join("out (2).pdf")
        );
        save(&job, &Download::to_file(&path).existing(OnExisting::Replace)).unwrap();
        assert_eq!(fs::read(&path).unwrap(), emulator.output_of(&job.id())[0]);
        assert_eq!(names(folder.path()), ["out (2).pdf", "out.pdf"]);
    });
}

#[test]
fn a_folder_download_saves_all_files_or_none() {
    with_watchdog(|| {
        let emulator = emulator();
        let folder = tempdir().unwrap();
        fs::write(folder.path().join("c.pdf"), "old").unwrap();
        let scenario = Scenario::new()
            .shape(Shape::Files { n: 3 })
            .file_names(["a.pdf", "b.pdf", "c.pdf"].map(str::to_owned).to_vec());
        let job = done(&emulator, scenario);
        let fail = Download::to_folder(folder.path()).existing(OnExisting::Fail);
        assert_eq!(save(&job, &fail).unwrap_err().kind(), ErrorKind::FileExists);
        assert_eq!(names(folder.path()), ["c.pdf"]);
        assert_eq!(fs::read(folder.path().join("c.pdf")).unwrap(), b"old");
    });
}

#[test]
fn no_token_is_sent_to_presigned_urls() {
    with_watchdog(|| {
        let emulator = emulator();
        let folder = tempdir().unwrap();
        let job = done(&emulator, Scenario::new().shape(Shape::Files { n: 2 }));
        save(&job, &Download::to_folder(folder.path())).unwrap();
        let storage: Vec<_> = emulator
            .requests()
            .into_iter()
            .filter(|r| r.path.starts_with("/storage"))
            .collect();
        assert_eq!(storage.len(), 2);
        for request in storage {
            assert_eq!(request.header("authorization"), None);
            let sent = format!("{:?}", request.headers);
            assert!(!sent.contains(&emulator.token()), "{sent}");
        }
    });
}

#[test]
fn a_wrong_announced_size_is_a_warning_and_the_file_is_kept() {
    with_watchdog(|| {
        let emulator = emulator();
        let log = Log::default();
        let client = Client::new(log.capture(options(&emulator))).unwrap();
        let job = job(&emulator, &client, Scenario::instant().declared_size(Some(12)));
        let folder = tempdir().unwrap();
        let saved = save(&job, &Download::to_folder(folder.path())).unwrap();
        assert_eq!(
            fs::read(&saved[0].path).unwrap(),
            emulator.output_of(&job.id())[0]
        );
        assert!(log.has(LogLevel::Warn, "12 bytes"), "{}", log.text());
        assert!(!log.text().contains("X-Amz"), "no presigned query in the log");
    });
}
