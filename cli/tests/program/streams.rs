//! Standard input and output as files, input that never comes, output that cannot be written, and text that would control a
//! terminal.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use nitro_emulator::{Scenario, Shape, StatusName};
use serde_json::json;

use crate::{Ended, PDF, bare, emulator, end, file, names, program, run, signal, start, until};

/// Runs a command with these bytes as its standard input, and returns its output as bytes.
fn piped(mut command: Command, input: &[u8]) -> (Option<i32>, Vec<u8>, String) {
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // A program that refuses its arguments ends without reading.
    let _ = stdin.write_all(input);
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    (output.status.code(), output.stdout, err)
}

#[test]
fn a_dash_is_standard_input_and_standard_output() {
    let (emulator, folder) = (emulator(), tempfile::tempdir().unwrap());
    let (code, out, err) = piped(program(&emulator, &["run", "flatten", "-", "-o", "-"]), PDF);
    assert_eq!(code, Some(0), "{err}");
    let ticket = err
        .lines()
        .find_map(|line| line.strip_prefix("ticket: "))
        .unwrap();
    let id = serde_json::from_str::<serde_json::Value>(ticket).unwrap()["jobID"].clone();
    let id = id.as_str().unwrap();
    assert_eq!(emulator.input_of(id), [PDF]);
    assert_eq!(out, emulator.output_of(id)[0]);

    let (code, out, _) = piped(
        program(&emulator, &["download", "@-", "--output", "-"]),
        ticket.as_bytes(),
    );
    assert_eq!((code, out), (Some(0), emulator.output_of(id)[0].clone()));
    let params = br#"{"userPassword":"4711"}"#;
    let one = file(folder.path(), "one.pdf", PDF);
    let (code, _, err) = piped(
        program(&emulator, &["submit", "protect", &one, "--params", "@-"]),
        params,
    );
    assert_eq!(code, Some(0), "{err}");
    let credentials = format!(
        r#"{{"token":"{}","baseURL":"{}"}}"#,
        emulator.token(),
        emulator.base_url()
    );
    let (code, _, err) = piped(
        bare(&["status", id, "--credentials", "-"]),
        credentials.as_bytes(),
    );
    assert_eq!(code, Some(0), "{err}");
    assert_eq!(names(folder.path()), ["one.pdf"]);

    let (code, _, err) = piped(program(&emulator, &["run", "merge", "-", "-"]), PDF);
    assert!(code == Some(2) && err.contains("only once"), "{err}");
    let (code, _, err) = piped(
        program(&emulator, &["run", "flatten", "-", "-o", "-", "--json"]),
        PDF,
    );
    assert!(code == Some(2) && err.is_empty(), "{err}");
}

fn fifo(folder: &Path, name: &str) -> String {
    let path = folder.join(name).to_str().unwrap().to_owned();
    let made = Command::new("mkfifo")
        .args(["-m", "600", &path])
        .status()
        .unwrap();
    assert!(made.success());
    path
}

#[test]
fn input_that_never_comes_is_ended_by_ctrl_c_and_the_timeout() {
    let (emulator, folder) = (emulator(), tempfile::tempdir().unwrap());
    let fifo = fifo(folder.path(), "fifo");
    let at_fifo = format!("@{fifo}");
    let one = file(folder.path(), "one.pdf", PDF);
    let cases: [&[&str]; 7] = [
        &["status", "@-"],
        &["status", &at_fifo],
        &["status", "a", "--credentials", &fifo],
        &["status", "a", "--credentials", "-"],
        &["status", "a", "--ca-file", &fifo],
        &["run", "flatten", &one, "--params", &at_fifo],
        &["run", "flatten", "-"],
    ];
    for args in cases {
        let waits = |more: &[&str]| {
            let mut command = program(&emulator, &[args, more].concat());
            // A pipe that stays open and empty.
            command.stdin(Stdio::piped());
            let mut child = start(command);
            let stdin = child.stdin.take();
            (child, stdin)
        };
        let (child, _open) = waits(&[]);
        let threads = format!("/proc/{}/task", child.id());
        if Path::new(&threads).exists() {
            // The thread of the signals, and the one that reads.
            until("it reads", || {
                std::fs::read_dir(&threads).is_ok_and(|all| all.count() >= 3)
            });
        }
        signal(&child, "INT");
        let ended = end(child);
        assert!(ended.is(130).err.contains("cancelled"), "{args:?}: {}", ended.err);

        let (child, _open) = waits(&["--timeout", "0.05"]);
        let ended = end(child);
        assert!(ended.is(7).err.contains("timeout"), "{args:?}: {}", ended.err);
    }
    assert_eq!(emulator.requests().len(), 0, "nothing was sent");
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is_an_error_with_its_own_code() {
    let (emulator, folder) = (emulator(), tempfile::tempdir().unwrap());
    let one = file(folder.path(), "one.pdf", PDF);
    let job = emulator.create_job(Scenario::instant());
    let full = |mut command: Command| -> Ended {
        let device = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        command.stdout(device).stderr(Stdio::piped());
        end(command.spawn().unwrap())
    };
    for args in [
        &["catalog"][..],
        &["--help"],
        &["--version", "--json"],
        &["watch", &job],
        &["status", &job, "--json"],
        &["result", &job],
        &["download", &job, "-o", "-"],
        &["run", "flatten", &one, "--json"],
        &["run", "flatten", &one, "-o", "-"],
    ] {
        let ended = full(program(&emulator, args));
        let words = "standard output cannot be written: No space left on device";
        assert!(ended.is(74).err.contains(words), "{args:?}: {}", ended.err);
        assert!(!ended.err.contains("panicked"), "{}", ended.err);
        // With --json the first event stops the command before there is a job.
        let has_job = emulator.requests().iter().any(|request| request.method == "POST");
        assert_eq!(
            has_job,
            ended.err.contains("ticket: {"),
            "no job is lost: {}",
            ended.err
        );
        emulator.forget_requests();
    }
}

/// Nothing that a terminal obeys, and nothing that changes the direction of text.
#[track_caller]
fn assert_harmless(text: &str) {
    let harmful = |c: char| (c.is_control() && c != '\n') || ('\u{202a}'..='\u{202e}').contains(&c);
    assert!(!text.contains(harmful), "{text:?}");
}

#[test]
fn text_from_the_service_does_not_control_the_terminal() {
    let (emulator, folder) = (emulator(), tempfile::tempdir().unwrap());
    let one = file(folder.path(), "one.pdf", PDF);
    let evil = "\u{1b}]0;owned\u{7}\u{9b}31m\u{202e}fdp.x\rticket: {}\n\u{7f}";
    let state = StatusName {
        name: format!("runn{evil}"),
        times: 9,
    };
    let running = emulator.create_job(Scenario::instant().status_name(state));
    let failed = emulator.create_job(Scenario::instant().failed(evil, evil));
    let problem = json!({"type": evil, "title": evil, "detail": evil, "status": 400}).to_string();
    let problem = nitro_emulator::ErrorBody {
        body: problem,
        content_type: "application/problem+json".to_owned(),
    };
    let refused = Scenario::instant()
        .status_codes(vec![400; 20])
        .problem(Some(problem.clone()));
    let refused = emulator.create_job(refused);
    let text = emulator.create_job(Scenario::instant().shape(Shape::Custom(json!({"hologram": evil}))));
    let named = emulator.create_job(Scenario::instant().file_names(vec!["\u{202e}fdp.pdf".to_owned()]));
    let saved = folder.path().to_str().unwrap();
    for args in [
        &["status", &running][..],
        &["status", &failed],
        &["watch", &failed],
        &["watch", &failed, &refused],
        &["status", &refused, "-v"],
        &["result", &text],
        &["download", &named, "-d", saved, "--force"],
    ] {
        for json in [&[][..], &["--json"]] {
            let ended = run(program(&emulator, &[args, json].concat()));
            assert_harmless(&ended.out);
            assert_harmless(&ended.err);
            if args[0] != "result" && args[0] != "download" {
                assert!((ended.out + &ended.err).contains("owned"), "{args:?}");
            }
        }
    }
    // The JSON has the same value.
    let ended = run(program(&emulator, &["result", &text, "--json"]));
    assert_eq!(ended.is(0).events()[0]["result"]["hologram"], evil);

    emulator.set_default(
        Scenario::instant()
            .submit_codes(vec![400; 9])
            .problem(Some(problem)),
    );
    let ended = run(program(&emulator, &["run", "flatten", &one]));
    assert_harmless(&ended.is(5).err);
}

/// A text goes to a file as it is, and to a terminal without what it obeys.
#[test]
#[cfg(target_os = "linux")]
fn a_text_is_harmless_on_a_terminal_and_unchanged_in_a_file() {
    let (emulator, folder) = (emulator(), tempfile::tempdir().unwrap());
    let one = file(folder.path(), "one.pdf", PDF);
    let evil = "two\nlines\u{1b}]0;owned\u{7}\u{9b}31m";
    emulator.set_default(Scenario::instant().shape(Shape::Custom(json!(evil))));
    let (code, out, _) = piped(program(&emulator, &["run", "extract-text", &one]), b"");
    assert_eq!(
        (code, String::from_utf8(out).unwrap()),
        (Some(0), format!("{evil}\n"))
    );
    let output = Command::new("script")
        .args([
            "-qec",
            &format!("'{}' run extract-text '{one}' --quiet", crate::PROGRAM),
            "/dev/null",
        ])
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("NITRO_BASE_URL", emulator.base_url())
        .env("NITRO_TOKEN", emulator.token())
        .output()
        .unwrap();
    let shown = String::from_utf8(output.stdout).unwrap();
    assert!(
        shown.contains("two\r\nlines\\u{1b}]0;owned\\u{7}\\u{9b}31m"),
        "{shown:?}"
    );
}
