//! The C API in its normal use: programs in `tests/c`, one for each noun, against the emulator.

mod common;

use common::{c, raw};
use nitro_emulator::{Clock, Completion, Dialect, Emulator, Outcome, ProgressUnit, Scenario, StatusName};
use nitro_emulator::StreamMode;

/// A run of `tests/c/NAME.c` with a job for each scenario.
fn run(name: &str, emulator: &Emulator, jobs: &[(&str, Scenario)]) -> c::Run {
    let run = c::run(name, &emulator.base_url(), &emulator.token());
    jobs.iter().fold(run, |run, (name, scenario)| run.arg(name, emulator.create_job(scenario.clone())))
}

/// A job that runs until it is told otherwise.
fn running() -> Scenario {
    Scenario::new().clock(Clock::Manual)
}

fn done() -> Scenario {
    Scenario::instant()
}

fn failed() -> Scenario {
    common::quick().failed("PDFIsPasswordProtected", "The PDF needs a password")
}

#[test]
fn ticket() {
    let emulator = common::emulator();
    let elsewhere = raw::Raw::answering(|_| raw::answer(401, "text/plain", "who are you?"));
    let odd = "a b/../c?d#e%2F\u{e9}";
    run("ticket", &emulator, &[("job", done())])
        .arg("odd", odd)
        .arg("elsewhere", &elsewhere.base_url)
        .passes();
    let paths: Vec<_> = emulator.requests().into_iter().map(|request| request.path).collect();
    assert!(paths.contains(&"/jobs/a%20b%2F..%2Fc%3Fd%23e%252F%C3%A9/status".to_owned()), "{paths:?}");
    let heads = elsewhere.heads();
    assert_eq!(heads.len(), 1, "{heads:?}");
    assert!(!heads[0].to_ascii_lowercase().contains("authorization"), "{}", heads[0]);
}

#[test]
fn status() {
    let emulator = common::emulator();
    let half = running().progress(vec![0.5]);
    let jobs = [
        ("running", running()),
        ("completed", done()),
        ("redirect", done().completion(Completion::Redirect)),
        ("failed", done().outcome(Outcome::Failed)),
        ("canceled", done().outcome(Outcome::Canceled)),
        ("paused", running().status_name(StatusName { name: "paused".to_owned(), times: 9 })),
        ("silent", running().omit_status(true)),
        ("half", half.clone()),
        ("half_percent", half.progress_unit(ProgressUnit::Percent)),
        ("gone", done().outcome(Outcome::Gone)),
        ("lost", done().outcome(Outcome::Lost)),
    ];
    run("status", &emulator, &jobs).passes();
}

#[test]
fn wait() {
    let emulator = common::emulator();
    let quick = common::quick;
    let jobs = [
        ("event_in_data", quick()),
        ("named", quick().dialect(Dialect::Named)),
        ("message", quick().dialect(Dialect::Message)),
        ("no_stream", quick().stream(StreamMode::Refuse(404))),
        ("plain_json", quick().stream(StreamMode::Json)),
        ("failed", failed()),
        ("canceled", quick().outcome(Outcome::Canceled)),
        ("stopped", Scenario::new().duration_ms(300u64)),
        ("slow", Scenario::new().duration_ms(600u64)),
        ("never", running().outcome(Outcome::Never)),
    ];
    run("wait", &emulator, &jobs).passes();
}

#[test]
fn events() {
    let emulator = common::emulator();
    let steps = Scenario::new().duration_ms(400u64).steps(10u32);
    let jobs = [("steps", steps), ("failed", failed()), ("lost", done().outcome(Outcome::Lost))];
    run("events", &emulator, &jobs).passes();
}
