//! The C examples do what their first lines promise: compiled with strict warnings, run against the emulator, and built by
//! pkg-config against an installed library.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)]

use crate::common;

use std::path::{Path, PathBuf};
use std::process::Command;

use common::program::{Ended, Program, command};
use common::{c, emulator, manual, polls, quick, streams};
use nitro_emulator::{Emulator, Limited, Outcome, RateLimit, Scenario, Shape};

/// The example `name`, compiled: in a folder of its own, since some have the names of programs in tests/c.
fn built(name: &str) -> PathBuf {
    let folder = c::build_dir().join("examples");
    std::fs::create_dir_all(&folder).unwrap();
    let program = folder.join(name);
    let source = c::root().join(format!("examples/c/{name}.c"));
    c::compile(&[&source], &c::library(), &program);
    program
}

fn start(program: &Path, emulator: &Emulator, arguments: &[&str]) -> Program {
    let mut command = command(program, emulator);
    command.args(arguments);
    Program::start(command, emulator.token())
}

fn run(program: &Path, emulator: &Emulator, arguments: &[&str]) -> Ended {
    start(program, emulator, arguments).end()
}

/// Runs it to its end: this exit code, nothing on standard error.
#[track_caller]
fn prints(program: &Path, emulator: &Emulator, arguments: &[&str], code: i32) -> String {
    let ended = run(program, emulator, arguments);
    assert_eq!(
        (ended.code, ended.stderr.as_str()),
        (Some(code), ""),
        "{}",
        ended.stdout
    );
    ended.stdout
}

fn locked() -> Scenario {
    quick().failed("PDFIsPasswordProtected", "The PDF needs a password")
}

/// A run against a port on which no server listens.
fn nowhere(program: &Path, emulator: &Emulator, id: &str) -> Ended {
    let mut command = command(program, emulator);
    command.env("NITRO_BASE_URL", "http://127.0.0.1:1").arg(id);
    Program::start(command, emulator.token()).end()
}

#[test]
fn status_example_prints_the_status() {
    let (program, emulator) = (built("status"), emulator());
    let running = emulator.create_job(manual());
    emulator.set_progress(&running, 0.25);
    assert_eq!(prints(&program, &emulator, &[&running], 0), "running 25 %\n");
    assert_eq!(polls(&emulator).len(), 1, "one round trip");
    let job = |scenario| emulator.create_job(scenario);
    let printed = prints(&program, &emulator, &[&job(Scenario::instant())], 0);
    assert_eq!(printed, "completed: the result can be fetched\n");
    let printed = prints(&program, &emulator, &[&job(locked().duration_ms(0u64))], 0);
    assert!(
        printed.starts_with("failed: {") && printed.contains("PDFIsPasswordProtected"),
        "{printed}"
    );
    let printed = prints(
        &program,
        &emulator,
        &[&job(Scenario::instant().outcome(Outcome::Canceled))],
        0,
    );
    assert_eq!(printed, "canceled at the service\n");
    let ended = run(&program, &emulator, &["never-was"]);
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(1), ""));
    assert!(ended.stderr.starts_with("NITRO_E_NOT_FOUND: "), "{ended:?}");
    assert_eq!(run(&program, &emulator, &[]).code, Some(2));
}

#[test]
fn wait_example_waits_to_the_end() {
    let (program, emulator) = (built("wait"), emulator());
    let job = emulator.create_job(manual());
    let mut waiting = start(&program, &emulator, &[&job]);
    for (progress, line) in [(0.25, "running 25 %"), (0.5, "running 50 %")] {
        emulator.set_progress(&job, progress);
        waiting.await_line(line);
    }
    emulator.finish(&job);
    let ended = waiting.end();
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));
    assert!(
        ended
            .stdout
            .lines()
            .last()
            .unwrap()
            .starts_with("completed after "),
        "{ended:?}"
    );

    let job = emulator.create_job(manual());
    let printed = prints(&program, &emulator, &[&job, "0.2"], 1);
    assert!(
        printed.contains("still running; ticket: {") && printed.contains(&job),
        "{printed}"
    );
    let ended = run(&program, &emulator, &[&emulator.create_job(locked())]);
    assert_eq!(ended.code, Some(1));
    assert!(
        ended.stderr.contains("NITRO_E_JOB_FAILED: ") && ended.stderr.contains("needs a password"),
        "{ended:?}"
    );
}

#[test]
fn events_example_prints_each_event() {
    let (program, emulator) = (built("events"), emulator());
    let job = emulator.create_job(manual());
    emulator.set_progress(&job, 0.25);
    let mut pulling = start(&program, &emulator, &[&job]);
    pulling.await_line("running 25 %");
    pulling.await_line("...");
    emulator.set_progress(&job, 0.75);
    pulling.await_line("running 75 %");
    emulator.finish(&job);
    let ended = pulling.end();
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));
    assert!(ended.stdout.ends_with("\ncompleted\n"), "{ended:?}");
    // Under a tool a pull may end before its stream is open.
    assert!(
        streams(&emulator).len() <= c::unless_under_tool(1, 2),
        "one stream, however often it was pulled"
    );
    let printed = prints(&program, &emulator, &[&emulator.create_job(locked())], 1);
    assert!(printed.ends_with("failed\n"), "{printed}");
}

#[test]
fn download_example_saves_the_result() {
    let (program, emulator) = (built("download"), emulator());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    let names = ["a.pdf", "b.pdf"].map(str::to_owned).to_vec();
    let scenario = Scenario::instant()
        .shape(Shape::Files { n: 2 })
        .file_names(names)
        .size_bytes(300_000);
    let job = emulator.create_job(scenario);
    let whole = emulator.output_of(&job);
    std::fs::write(folder.path().join("a.pdf"), "an older one").unwrap();
    let printed = prints(&program, &emulator, &[&job, path], 0);
    assert!(printed.contains("file 2 of 2: 100 %\nsaved [{"), "{printed}");
    let read = |name: &str| std::fs::read(folder.path().join(name)).unwrap();
    assert_eq!(read("a.pdf"), b"an older one");
    assert!(read("a (2).pdf") == whole[0] && read("b.pdf") == whole[1]);

    let ended = run(&program, &emulator, &[&emulator.create_job(manual()), path]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.stderr.contains("still runs"), "{ended:?}");
    assert_eq!(
        std::fs::read_dir(folder.path()).unwrap().count(),
        3,
        "nothing is left"
    );
}

#[test]
fn cancel_example_ends_the_wait_and_leaves_the_job() {
    let (program, emulator) = (built("cancel"), emulator());
    let job = emulator.create_job(manual());
    emulator.set_progress(&job, 0.5);
    let mut waiting = start(&program, &emulator, &[&job]);
    waiting.await_line("running 50 %");
    waiting.enter();
    let ended = waiting.end();
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(3), ""));
    let expected = "cancelled; the job goes on: {";
    assert!(
        ended.stdout.contains(expected) && ended.stdout.contains(&job),
        "{ended:?}"
    );

    // The job did continue: the same program follows it to its end.
    let mut waiting = start(&program, &emulator, &[&job]);
    waiting.await_line("running 50 %");
    emulator.finish(&job);
    let ended = waiting.end();
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));
    assert!(ended.stdout.ends_with("completed\n"), "{ended:?}");
}

#[test]
fn errors_example_reports_each_kind_of_error() {
    let (program, emulator) = (built("errors"), emulator());
    let has = |printed: &str, parts: &[&str]| {
        for part in parts {
            assert!(printed.contains(part), "{part:?} is not in\n{printed}");
        }
    };
    let job = emulator.create_job(locked().duration_ms(0u64));
    let printed = prints(&program, &emulator, &[&job], 1);
    let reason = "The PDF needs a password";
    has(
        &printed,
        &[
            "code         NITRO_E_JOB_FAILED (61): the job failed\n",
            "problem      PDFIsPasswordProtected\n",
            &format!("title        {reason}\n"),
            "document     {",
            "ticket       {",
            "reference    ",
            "retryable    no\n",
            &job,
        ],
    );

    let printed = prints(&program, &emulator, &["never-was"], 1);
    has(
        &printed,
        &[
            "NITRO_E_NOT_FOUND (43)",
            "HTTP status  404\n",
            "retryable    no\n",
        ],
    );

    let ended = nowhere(&program, &emulator, &job);
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(3), ""));
    has(
        &ended.stdout,
        &["NITRO_E_CONNECT (21)", "retryable    yes\n", "check the network"],
    );
    assert!(!ended.stdout.contains("HTTP status"), "nobody responded");

    let limit = RateLimit {
        times: 9,
        on: Limited::Result,
        retry_after: 0.02,
        ..RateLimit::default()
    };
    let limited = emulator.create_job(Scenario::instant().rate_limit(Some(limit)));
    let printed = prints(&program, &emulator, &[&limited], 3);
    let parts = [
        "NITRO_E_RATE_LIMITED (48)",
        " after 20 ms\n",
        "cure         retry later\n",
    ];
    has(&printed, &parts);

    let gone = emulator.create_job(Scenario::instant().outcome(Outcome::Gone));
    let printed = prints(&program, &emulator, &[&gone], 1);
    has(
        &printed,
        &[
            "NITRO_E_GONE (44)",
            "HTTP status  410\n",
            "submit the document again\n",
        ],
    );
    let running = emulator.create_job(manual());
    has(
        &prints(&program, &emulator, &[&running], 3),
        &["NITRO_E_NOT_READY (60)"],
    );
    let done = emulator.create_job(Scenario::instant());
    assert_eq!(
        prints(&program, &emulator, &[&done], 0),
        "the result is there; files: 1\n"
    );
}

/// Follows with a bar, and Ctrl-C cancels: the demo's program.
#[test]
fn follow_example_follows_saves_and_resumes() {
    let (program, emulator) = (built("follow"), emulator());
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("result.pdf");
    let job = emulator.create_job(manual());
    emulator.set_progress(&job, 0.5);
    let mut waiting = start(&program, &emulator, &[&job, file.to_str().unwrap()]);
    waiting.await_line("running  50 %");
    // The shell's own: not every system has a program of that name.
    c::succeeds(Command::new("sh").args(["-c", &format!("kill -INT {}", waiting.id())]));
    let ended = waiting.end();
    assert_eq!(ended.code, Some(1));
    assert!(ended.stderr.contains("NITRO_E_CANCELLED"), "{ended:?}");
    assert!(!file.exists());

    emulator.finish(&job);
    let printed = prints(&program, &emulator, &[&job, file.to_str().unwrap()], 0);
    assert!(printed.contains("saved [{"), "{printed}");
    assert!(std::fs::read(&file).unwrap() == emulator.output_of(&job)[0]);
}

/// Submits, waits and saves in one call.
#[test]
fn run_example_submits_waits_and_saves() {
    let (program, emulator) = (built("run"), emulator());
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("result.pdf");
    emulator.set_default(quick());
    let document = c::root().join("examples/data/nitro-sample.pdf");
    let (document, path) = (document.to_str().unwrap(), file.to_str().unwrap());
    let printed = prints(
        &program,
        &emulator,
        &["transformations", "flatten", "{}", document, path],
        0,
    );
    assert!(
        printed.contains("ticket: {") && printed.contains("saved [{"),
        "{printed}"
    );
    assert!(std::fs::read(&file).unwrap().starts_with(b"%PDF"));
}

#[test]
fn watch_many_example_prints_each_job() {
    let emulator = emulator();
    let program = built("watch_many");
    let show = |ids: &[&String]| {
        let mut run = c::command(&program);
        run.args(ids).env("NITRO_BASE_URL", emulator.base_url());
        let output = run.env("NITRO_TOKEN", emulator.token()).output().unwrap();
        let shown = String::from_utf8(output.stdout).unwrap();
        (
            output.status.code(),
            shown,
            String::from_utf8(output.stderr).unwrap(),
        )
    };
    let ids: Vec<_> = (0..3).map(|_| emulator.create_job(quick())).collect();
    let locked = emulator.create_job(quick().failed("PDFIsPasswordProtected", "locked"));
    let (code, shown, stderr) = show(&ids.iter().collect::<Vec<_>>());
    assert_eq!((code, stderr.as_str()), (Some(0), ""));
    for (row, id) in ids.iter().enumerate() {
        assert!(
            shown.contains(&format!("{:3}  {id}  completed\n", row + 1)),
            "{shown}"
        );
    }
    let (code, shown, stderr) = show(&[&ids[0], &locked]);
    assert_eq!(code, Some(1));
    assert!(
        shown.contains(&format!("  1  {}  completed\n", ids[0])),
        "{shown}"
    );
    assert!(shown.contains(&format!("  2  {locked}  no result\n")), "{shown}");
    assert!(stderr.contains("NITRO_E_JOB_FAILED"), "{stderr}");
}

/// The program that the README shows; tests/packages/installed.rs builds it with an installed library, which no tool checks.
#[test]
fn readme_program_compiles_and_saves_a_result() {
    let (emulator, folder) = (emulator(), tempfile::tempdir().unwrap());
    let job = emulator.create_job(quick());
    let readme = std::fs::read_to_string(c::root().join("README.md")).unwrap();
    let (_, rest) = readme.split_once("```c\n").unwrap();
    let (source, _) = rest.split_once("```").unwrap();
    let (program, path) = (folder.path().join("readme"), folder.path().join("readme.c"));
    std::fs::write(
        &path,
        source.replace("01234567-89ab-cdef-0123-456789abcdef", &job),
    )
    .unwrap();
    c::compile(&[&path], &c::library(), &program);
    let mut run = command(&program, &emulator);
    run.current_dir(folder.path());
    let ended = Program::start(run, emulator.token()).end();
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));
    assert!(std::fs::read(folder.path().join("result.pdf")).unwrap() == emulator.output_of(&job)[0]);
}

/// As users build them: `make install`, pkg-config, a compiler.
#[test]
fn each_example_builds_against_an_installed_library_is_short_and_is_listed() {
    if !c::runner().is_empty() {
        println!("skipped: what is installed is not the library that a tool needs");
        return;
    }
    if !c::have("pkg-config") {
        return;
    }
    let prefix = c::build_dir().join("prefix");
    let target = c::deps().join("../..").canonicalize().unwrap();
    let mut make = Command::new("make");
    make.args(["-s", "install", &format!("PREFIX={}", prefix.display())]);
    c::succeeds(make.current_dir(c::root()).env("CARGO_TARGET_DIR", target));
    let mut flags = Command::new("pkg-config");
    flags.env("PKG_CONFIG_PATH", prefix.join("lib/pkgconfig"));
    let flags = c::succeeds(flags.args(["--cflags", "--libs", "nitro_jobs"]));

    let list = std::fs::read_to_string(c::root().join("examples/README.md")).unwrap();
    let sources = std::fs::read_dir(c::root().join("examples/c")).unwrap();
    let mut names = Vec::new();
    for source in sources.map(|entry| entry.unwrap().path()) {
        let name = source.file_name().unwrap().to_str().unwrap().to_owned();
        let lines = std::fs::read_to_string(&source).unwrap().lines().count();
        assert!(lines < 100, "{name} has {lines} lines");
        assert!(
            list.contains(&format!("[{name}](c/{name})")),
            "{name} is not listed"
        );
        let mut cc = Command::new("cc");
        cc.args([
            "-std=c99",
            "-Wall",
            "-Wextra",
            "-Wpedantic",
            "-Wconversion",
            "-Werror",
        ]);
        cc.arg(&source)
            .args(flags.split_whitespace())
            .args(["-pthread", "-Wl,-rpath,$ORIGIN/lib"]);
        c::succeeds(cc.arg("-o").arg(prefix.join(&name).with_extension("")));
        names.push(name);
    }
    assert!(names.len() >= 9, "{names:?}");

    // It finds the library in the folder that it was linked with.
    let emulator = emulator();
    let running = emulator.create_job(manual());
    prints(&prefix.join("status"), &emulator, &[&running], 0);
}
