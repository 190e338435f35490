//! Where files are saved: nobody's file is destroyed or shown to others, and what cannot work is said before anything is sent.

use std::fs;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::path::Path;

use nitro_emulator::{Emulator, Scenario, Shape};
use nitro_jobs::{
    Call, Client, Download, DownloadProgress, Endpoint, ErrorKind, Input, OnExisting, RunProgress, Submission,
};
use tempfile::tempdir;

use super::{done, folder_with, names, save};
use crate::common::{client, emulator, quick, with_watchdog};

fn replace(path: &Path) -> Download {
    Download::to_file(path).existing(OnExisting::Replace)
}

fn named(names: &[&str]) -> Scenario {
    Scenario::new()
        .shape(Shape::Files { n: names.len() })
        .file_names(names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>())
}

fn mode(path: &Path) -> u32 {
    fs::symlink_metadata(path).unwrap().mode() & 0o7777
}

/// Creates a special file. Devices need rights that not every user has.
#[allow(unsafe_code)]
fn make_special(path: &Path, kind: libc::mode_t, device: libc::dev_t) -> bool {
    let path = std::ffi::CString::new(path.to_str().unwrap()).unwrap();
    // SAFETY: the path is a C string.
    unsafe { libc::mknod(path.as_ptr(), kind | 0o666, device) == 0 }
}

#[test]
fn only_a_regular_file_is_replaced() {
    with_watchdog(|| {
        let emulator = emulator();
        let folder = tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        assert!(make_special(&at("pipe.pdf"), libc::S_IFIFO, 0));
        let has_device = make_special(&at("null.pdf"), libc::S_IFCHR, libc::makedev(1, 3));
        let _socket = UnixListener::bind(at("socket.pdf")).unwrap();
        fs::create_dir(at("folder.pdf")).unwrap();
        symlink("nothing", at("dangling.pdf")).unwrap();
        symlink("pipe.pdf", at("link.pdf")).unwrap();
        let mut special = vec!["pipe.pdf", "socket.pdf", "folder.pdf", "dangling.pdf", "link.pdf"];
        if has_device {
            special.push("null.pdf");
        }
        let before = names(folder.path());
        for name in special {
            let kind = fs::symlink_metadata(at(name)).unwrap().file_type();
            let job = done(&emulator, named(&[name]));
            emulator.forget_requests();
            let error = save(&job, &replace(&at(name))).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::File, "{name}: {error}");
            assert!(emulator.requests().is_empty(), "{name}");
            assert!(error.is_unsent() && error.ticket().is_some() && error.reference_id().is_none());
            // The service's name may be that of a special file, too.
            let into = Download::to_folder(folder.path()).existing(OnExisting::Replace);
            let error = save(&done(&emulator, named(&[name, "b.pdf"])), &into).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::File, "{name}: {error}");
            assert_eq!(
                fs::symlink_metadata(at(name)).unwrap().file_type(),
                kind,
                "{name}"
            );
            assert_eq!(names(folder.path()), before, "{name}");
        }
        assert!(
            fs::symlink_metadata(at("pipe.pdf"))
                .unwrap()
                .file_type()
                .is_fifo()
        );
    });
}

#[test]
fn a_replaced_file_keeps_its_mode_and_no_part_is_more_readable() {
    with_watchdog(|| {
        let emulator = emulator();
        let size = 1_u64 << 20;
        for old in [0o600, 0o640, 0o444, 0o755] {
            let (folder, path) = folder_with("old");
            fs::set_permissions(&path, fs::Permissions::from_mode(old)).unwrap();
            let part_is_private = |_: DownloadProgress| {
                for entry in fs::read_dir(folder.path()).unwrap() {
                    let part = entry.unwrap().path();
                    assert!(part == path || mode(&part) & 0o077 == 0, "{part:?}");
                }
                true
            };
            for target in [
                replace(&path),
                Download::to_folder(folder.path()).existing(OnExisting::Replace),
            ] {
                let scenario = Scenario::new()
                    .size_bytes(size)
                    .file_names(vec!["out.pdf".to_owned()]);
                let job = done(&emulator, scenario);
                job.download(&target, part_is_private, &Call::new()).unwrap();
                assert_eq!(mode(&path), old, "{target:?}");
                assert_eq!(fs::metadata(&path).unwrap().len(), size);
            }
            assert_eq!(names(folder.path()), ["out.pdf"]);
        }
    });
}

#[test]
fn a_new_file_has_the_mode_of_any_new_file() {
    with_watchdog(|| {
        let emulator = emulator();
        for existing in [OnExisting::Fail, OnExisting::Number, OnExisting::Replace] {
            let folder = tempdir().unwrap();
            let target = Download::to_folder(folder.path()).existing(existing);
            // The second one of the same name gets a number.
            let saved = save(&done(&emulator, named(&["a.pdf", "a.pdf"])), &target).unwrap();
            fs::write(folder.path().join("other"), "").unwrap();
            let usual = mode(&folder.path().join("other"));
            for file in saved {
                assert_eq!(mode(&file.path), usual, "{existing:?} {file:?}");
            }
            assert_eq!(names(folder.path()), ["a (2).pdf", "a.pdf", "other"]);
        }
    });
}

#[test]
fn a_link_to_a_file_stays_and_what_it_names_is_replaced() {
    with_watchdog(|| {
        let emulator = emulator();
        let (folder, path) = folder_with("old");
        fs::create_dir(folder.path().join("links")).unwrap();
        let link = folder.path().join("links/current");
        symlink("../out.pdf", &link).unwrap();
        let job = done(&emulator, Scenario::new());
        let saved = save(&job, &replace(&link)).unwrap();
        assert_eq!(saved[0].path, link);
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read(&path).unwrap(), emulator.output_of(&job.id())[0]);
        // A link is a taken name.
        let error = save(&job, &Download::to_file(&link)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::FileExists);
        let number = Download::to_file(&link).existing(OnExisting::Number);
        let saved = save(&job, &number).unwrap();
        assert_eq!(saved[0].path, folder.path().join("links/current (2)"));
    });
}

#[test]
fn a_link_that_changes_during_the_call_does_not_move_the_file() {
    with_watchdog(|| {
        let emulator = emulator();
        let folder = tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir(at("one")).unwrap();
        fs::create_dir(at("two")).unwrap();
        symlink("one", at("current")).unwrap();
        let switch = |_: DownloadProgress| {
            let _ = fs::remove_file(at("current"));
            symlink("two", at("current")).unwrap();
            true
        };
        let job = done(&emulator, Scenario::new());
        let target = Download::to_file(at("current").join("out.pdf"));
        job.download(&target, switch, &Call::new()).unwrap();
        assert_eq!(names(&at("one")), ["out.pdf"]);
        assert_eq!(names(&at("two")), Vec::<String>::new());
    });
}

fn document<'a>(endpoint: Endpoint, method: &str, params: &str) -> Submission<'a> {
    Submission::new(endpoint, method)
        .params_json(params)
        .unwrap()
        .file(Input::bytes("a.pdf", &b"%PDF-1.7 a document"[..]))
}

/// What a run into this target fails with; nothing was sent.
fn refused(
    emulator: &Emulator,
    client: &Client,
    submission: &Submission<'_>,
    target: &Download,
) -> ErrorKind {
    let progress = |now: RunProgress<'_>| panic!("{now:?}");
    let error = client
        .run(submission, target, progress, &Call::new())
        .unwrap_err();
    assert!(emulator.requests().is_empty(), "{error}");
    assert!(error.is_unsent() && !error.is_uncertain(), "{error}");
    assert!(error.ticket().is_none() && error.reference_id().is_none());
    error.kind()
}

#[test]
fn a_run_checks_its_target_before_anything_is_sent() {
    with_watchdog(|| {
        let emulator = emulator();
        let client = client(&emulator);
        let (folder, path) = folder_with("old");
        let at = |name: &str| folder.path().join(name);
        fs::create_dir(at("folder")).unwrap();
        let flatten = document(Endpoint::Transformations, "flatten", "{}");
        for (target, kind) in [
            (Download::to_file(&path), ErrorKind::FileExists),
            (Download::to_file(at("no/out.pdf")), ErrorKind::File),
            (Download::to_file(at("folder")), ErrorKind::File),
            (replace(&at("folder")), ErrorKind::File),
            (Download::to_file(at("new/")), ErrorKind::File),
            (Download::to_file(at("folder/.")), ErrorKind::File),
            (Download::to_file(at("folder/..")), ErrorKind::File),
            (Download::to_file("/"), ErrorKind::File),
            (Download::to_file(path.join("out.pdf")), ErrorKind::File),
            (Download::to_file(at(&"x".repeat(300))), ErrorKind::File),
            (Download::to_folder(at("no")), ErrorKind::File),
            (Download::to_folder(&path), ErrorKind::File),
            (Download::to_folder(""), ErrorKind::InvalidArgument),
            // Not even the superuser can create a file there.
            (Download::to_folder("/proc"), ErrorKind::File),
            (Download::to_file("/proc/out.pdf"), ErrorKind::File),
        ] {
            assert_eq!(refused(&emulator, &client, &flatten, &target), kind, "{target:?}");
        }
        let file = Download::to_file(at("new.pdf"));
        for (endpoint, method, params) in [
            (Endpoint::Transformations, "split", r#"{"pageIndices":[[0],[1]]}"#),
            (Endpoint::Conversions, "convert", r#"{"to":"png"}"#),
            (Endpoint::Extractions, "extract-text", "{}"),
        ] {
            let submission = document(endpoint, method, params);
            let kind = refused(&emulator, &client, &submission, &file);
            assert_eq!(kind, ErrorKind::UnexpectedResult, "{method}");
        }
        let text = document(Endpoint::Extractions, "extract-text", "{}");
        let kind = refused(&emulator, &client, &text, &Download::to_folder(at("folder")));
        assert_eq!(kind, ErrorKind::UnexpectedResult);
        assert_eq!(names(folder.path()), ["folder", "out.pdf"]);
        assert_eq!(names(&at("folder")), Vec::<String>::new());
        emulator.set_default(quick());
        let split = document(Endpoint::Transformations, "split", r#"{"pageIndices":[[0],[1]]}"#);
        let into = Download::to_folder(at("folder"));
        let saved = client.run(&split, &into, |_| true, &Call::new()).unwrap().saved;
        assert_eq!(saved.len(), 2);
    });
}

/// Lets these system calls fail on this thread, as they do on file systems that lack something.
#[cfg(target_os = "linux")]
#[allow(unsafe_code)]
fn without(calls: &[(libc::c_long, i32)]) {
    let instruction = |code: u32, jf: u8, k: u32| libc::sock_filter {
        code: code as u16,
        jt: 0,
        jf,
        k,
    };
    let mut program = vec![instruction(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, 0, 0)];
    for (call, error) in calls {
        program.push(instruction(
            libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K,
            1,
            *call as u32,
        ));
        program.push(instruction(
            libc::BPF_RET | libc::BPF_K,
            0,
            libc::SECCOMP_RET_ERRNO | *error as u32,
        ));
    }
    program.push(instruction(
        libc::BPF_RET | libc::BPF_K,
        0,
        libc::SECCOMP_RET_ALLOW,
    ));
    let filter = libc::sock_fprog {
        len: program.len() as u16,
        filter: program.as_mut_ptr(),
    };
    // SAFETY: the filter lives until the kernel has copied it; it applies to this thread alone.
    let installed = unsafe {
        libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
            && libc::prctl(libc::PR_SET_SECCOMP, libc::SECCOMP_MODE_FILTER, &raw const filter) == 0
    };
    assert!(installed, "{}", std::io::Error::last_os_error());
}

#[test]
#[cfg(target_os = "linux")]
fn names_are_safe_on_a_file_system_without_exclusive_renames_and_hard_links() {
    with_watchdog(|| {
        for (rename, link) in [
            (libc::EINVAL, libc::EPERM),
            (libc::EINVAL, libc::EOPNOTSUPP),
            (libc::EINVAL, libc::ENOSYS),
            (libc::EINVAL, libc::EMLINK),
            (libc::EOPNOTSUPP, libc::EPERM),
        ] {
            let check = move || {
                without(&[(libc::SYS_renameat2, rename), (libc::SYS_linkat, link)]);
                let emulator = emulator();
                let (folder, path) = folder_with("old");
                assert!(fs::hard_link(&path, folder.path().join("link")).is_err());
                let job = done(&emulator, Scenario::new());
                let number = Download::to_file(&path).existing(OnExisting::Number);
                let saved = save(&job, &number).unwrap();
                assert_eq!(saved[0].path, folder.path().join("out (2).pdf"));
                save(&job, &Download::to_file(folder.path().join("new.pdf"))).unwrap();
                let output = &emulator.output_of(&job.id())[0];
                for name in ["out (2).pdf", "new.pdf"] {
                    assert_eq!(&fs::read(folder.path().join(name)).unwrap(), output);
                }
                assert_eq!(fs::read(&path).unwrap(), b"old");
                // All or none.
                let three = done(&emulator, named(&["a.pdf", "b.pdf", "out.pdf"]));
                let fail = Download::to_folder(folder.path()).existing(OnExisting::Fail);
                assert_eq!(save(&three, &fail).unwrap_err().kind(), ErrorKind::FileExists);
                assert_eq!(names(folder.path()), ["new.pdf", "out (2).pdf", "out.pdf"]);
            };
            std::thread::spawn(check).join().unwrap();
        }
    });
}

#[test]
#[cfg(target_os = "linux")]
fn a_file_is_replaced_on_a_file_system_without_modes() {
    with_watchdog(|| {
        let check = || {
            without(&[(libc::SYS_fchmod, libc::EPERM), (libc::SYS_fchown, libc::EPERM)]);
            let emulator = emulator();
            let (folder, path) = folder_with("old");
            let job = done(&emulator, Scenario::new());
            save(&job, &replace(&path)).unwrap();
            assert_eq!(fs::read(&path).unwrap(), emulator.output_of(&job.id())[0]);
            assert_eq!(mode(&path) & 0o077, 0, "more readable than is known to be right");
            assert_eq!(names(folder.path()), ["out.pdf"]);
        };
        std::thread::spawn(check).join().unwrap();
    });
}

#[test]
fn two_files_of_a_result_keep_apart_where_their_names_are_equal() {
    with_watchdog(|| {
        let emulator = emulator();
        for existing in [OnExisting::Fail, OnExisting::Replace, OnExisting::Number] {
            let folder = tempdir().unwrap();
            let at = |name: &str| folder.path().join(name);
            // What a file system that ignores the case shows: the first file has the name of the second, too.
            let link = |now: DownloadProgress| {
                if now.file == 0 && !at("report.pdf").exists() {
                    let part = names(folder.path()).remove(0);
                    fs::hard_link(at(&part), at("report.pdf")).unwrap();
                }
                true
            };
            let job = done(&emulator, named(&["Report.pdf", "report.pdf"]));
            let target = Download::to_folder(folder.path()).existing(existing);
            let saved = job.download(&target, link, &Call::new()).unwrap();
            assert_eq!(saved[0].path, at("Report.pdf"), "{existing:?}");
            assert_eq!(saved[1].path, at("report (2).pdf"), "{existing:?}");
            let output = emulator.output_of(&job.id());
            assert_ne!(output[0], output[1]);
            for (file, expected) in saved.iter().zip(output) {
                assert_eq!(fs::read(&file.path).unwrap(), expected);
            }
        }
        // Where the names differ to the file system, too, each file has its own.
        let folder = tempdir().unwrap();
        let job = done(&emulator, named(&["Report.pdf", "report.pdf"]));
        let target = Download::to_folder(folder.path()).existing(OnExisting::Replace);
        assert_eq!(save(&job, &target).unwrap().len(), 2);
        assert_eq!(names(folder.path()).len(), 2);
    });
}
