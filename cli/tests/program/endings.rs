//! Exit codes, Ctrl-C, closed standard output.

use std::io::Read;
use std::net::TcpListener;

use nitro_emulator::{Clock, Fault, Outcome, Scenario};
use serde_json::json;

use crate::{PDF, bare, emulator, end, file, line, names, program, run, signal, start, until};

fn manual() -> Scenario {
    Scenario::new().clock(Clock::Manual)
}

#[test]
fn an_invalid_command_line_is_rejected() {
    let emulator = emulator();
    for (args, message) in [
        (&[][..], "no command"),
        (&["fly"], "no command \"fly\""),
        (&["status"], "one JOB"),
        (&["status", "a", "b"], "one JOB"),
        (&["status", "a", "--wings"], "--wings"),
        (&["status", "a", "-x"], "-x"),
        (&["status", "a", "--output", "x"], "--output does not apply"),
        (&["status", "a", "--timeout"], "--timeout"),
        (&["status", "a", "--timeout", "soon"], "needs a number of seconds"),
        (&["status", "a", "--timeout", "-1"], "needs a number of seconds"),
        (&["download", "a"], "download needs --output"),
        (&["download", "a", "-o", "x", "-d", "y"], "cannot be combined"),
        (&["run", "flatten", "-p", "nothing"], "--param needs two values"),
        (&["watch"], "a JOB"),
    ] {
        let ended = run(program(&emulator, args));
        assert!(ended.is(2).err.contains(message), "{args:?}: {}", ended.err);
        assert!(ended.err.contains("--help"), "{}", ended.err);
        assert_eq!(ended.out, "");
    }
    // As JSON if --json is given, even after the invalid argument.
    let ended = run(bare(&["status", "--wings", "--json"]));
    assert_eq!(ended.is(2).events()[0]["code"], 2);
    assert_eq!(emulator.requests().len(), 0);
}

#[test]
fn help_and_version_are_printed_and_the_readme_has_the_same_codes() {
    let help = run(bare(&["--help"]));
    help.is(0);
    let (_, codes) = help.out.split_once("Exit codes:\n").unwrap();
    let readme = include_str!("../../README.md");
    let mut rows = 0;
    for row in codes.lines() {
        let (code, meaning) = row.trim().split_once(' ').unwrap();
        let row = format!("| {code} | {} |", meaning.trim());
        assert!(readme.contains(&row), "README.md has no row {row}");
        rows += 1;
    }
    assert_eq!(rows, 14);
    let version = run(bare(&["--version"]));
    assert_eq!(
        version.is(0).out,
        format!("nitro-jobs {}\n", env!("CARGO_PKG_VERSION"))
    );
}

#[test]
fn each_outcome_has_its_exit_code() {
    let (emulator, folder) = (emulator(), tempfile::tempdir().unwrap());
    let one = file(folder.path(), "one.pdf", PDF);
    let job = |scenario: Scenario| emulator.create_job(scenario);
    let failed = run(program(
        &emulator,
        &["watch", &job(Scenario::instant().failed("X", "No PDF"))],
    ));
    assert!(failed.is(1).err.contains("No PDF"), "{}", failed.err);
    run(program(
        &emulator,
        &["watch", &job(Scenario::instant().outcome(Outcome::Canceled))],
    ))
    .is(1);
    run(program(&emulator, &["status", "no-such-job"])).is(5);
    run(program(&emulator, &["run", "flatten", "/no/such/file.pdf"])).is(6);
    run(program(&emulator, &["watch", &job(manual()), "--timeout", "0.3"])).is(7);
    run(program(
        &emulator,
        &["watch", &job(manual()), &job(manual()), "--timeout", "0.3"],
    ))
    .is(7);
    run(program(&emulator, &["result", &job(manual())])).is(8);
    let text = job(Scenario::instant().shape(nitro_emulator::Shape::Text));
    run(program(
        &emulator,
        &["download", &text, "-d", folder.path().to_str().unwrap()],
    ))
    .is(8);

    // The whole request arrived, the response did not.
    emulator.fault(Fault::cut(0));
    let open = run(program(&emulator, &["submit", "flatten", &one, "--json"]));
    assert_eq!(open.is(9).events().pop().unwrap()["uncertain"], json!(true));
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let base = format!("http://127.0.0.1:{port}");
    // The library retries a few times before it reports the error.
    run(program(&emulator, &["status", "a", "--base-url", &base])).is(4);
    assert_eq!(names(folder.path()), ["one.pdf"], "nothing is left");
}

#[test]
fn ctrl_c_cancels_and_the_job_can_be_resumed() {
    let (emulator, folder) = (emulator(), tempfile::tempdir().unwrap());
    emulator.set_default(manual());
    let one = file(folder.path(), "one.pdf", PDF);
    let out = folder.path().join("flat.pdf");
    let args = ["run", "flatten", &one, "-o", out.to_str().unwrap()];
    for name in ["INT", "TERM"] {
        let mut child = start(program(&emulator, &args));
        let ticket = line(child.stderr.as_mut().unwrap());
        let ticket = ticket.strip_prefix("ticket: ").unwrap();
        signal(&child, name);
        let ended = end(child);
        ended.is(130);
        assert!(ended.err.contains("cancelled"), "{}", ended.err);
        assert_eq!(names(folder.path()), ["one.pdf"], "nothing is left");
        let id = serde_json::from_str::<serde_json::Value>(ticket).unwrap()["jobID"].clone();
        emulator.finish(id.as_str().unwrap());
        run(program(&emulator, &["watch", ticket])).is(0);
    }
}

#[test]
fn ctrl_c_cancels_a_download_and_leaves_no_file() {
    let (emulator, folder) = (emulator(), tempfile::tempdir().unwrap());
    let job = emulator.create_job(Scenario::instant().size_bytes(50_000_000));
    emulator.fault_all(Some(Fault::trickle(1_000_000, 1000, 5)));
    let out = folder.path().join("a.pdf");
    let child = start(program(
        &emulator,
        &["download", &job, "-o", out.to_str().unwrap()],
    ));
    until("the download has begun", || !names(folder.path()).is_empty());
    signal(&child, "INT");
    end(child).is(130);
    assert!(names(folder.path()).is_empty());
}

#[test]
fn closed_standard_output_ends_the_program_and_no_job_is_lost() {
    let (emulator, folder) = (emulator(), tempfile::tempdir().unwrap());
    emulator.set_default(manual());
    let one = file(folder.path(), "one.pdf", PDF);
    // Standard output is closed from the start.
    let unread = |mut command: std::process::Command| {
        let (_, pipe) = std::io::pipe().unwrap();
        command.stdout(pipe).stderr(std::process::Stdio::piped());
        end(command.spawn().unwrap())
    };
    unread(bare(&["catalog"])).is(141);
    unread(bare(&["catalog", "--json"])).is(141);
    let ended = unread(program(&emulator, &["run", "flatten", &one, "--json"]));
    ended.is(141);
    assert!(!ended.err.contains("panicked"), "{}", ended.err);

    // It is closed once there is a job: then the ticket is printed to standard error.
    let mut child = start(program(&emulator, &["run", "flatten", &one, "--json"]));
    let mut out = child.stdout.take().unwrap();
    let id = loop {
        let event: serde_json::Value = serde_json::from_str(&line(&mut out)).unwrap();
        if event["event"] == "submitted" {
            break event["ticket"]["jobID"].as_str().unwrap().to_owned();
        }
    };
    drop(out);
    emulator.set_progress(&id, 0.5);
    emulator.finish(&id);
    let mut err = String::new();
    child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(141), "{err}");
    assert!(err.contains("ticket: ") && err.contains(&id), "{err}");
}
