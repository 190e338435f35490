//! The C API in normal use: programs in `tests/c`, one for each handle type, against the emulator.

use crate::common;

use common::{c, raw};
use nitro_emulator::{
    Clock, Completion, Dialect, Emulator, Fault, Framing, Outcome, Presigned, ProgressUnit, Scenario, Shape,
    StatusName, StreamMode,
};

/// A run of `tests/c/NAME.c` with a job for each scenario.
fn run(name: &str, emulator: &Emulator, jobs: &[(&str, Scenario)]) -> c::Run {
    let run = c::run(name, &emulator.base_url(), &emulator.token());
    jobs.iter().fold(run, |run, (name, scenario)| {
        run.arg(name, emulator.create_job(scenario.clone()))
    })
}

/// A job that runs until the test ends it.
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
fn job_handles_are_created_from_ids_and_tickets() {
    if !c::can_build() {
        return;
    }
    let emulator = common::emulator();
    let elsewhere = raw::Raw::responding(|_| raw::response(401, "text/plain", "who are you?"));
    let odd = "a b/../c?d#e%2F\u{e9}";
    run("ticket", &emulator, &[("job", done())])
        .arg("odd", odd)
        .arg("elsewhere", &elsewhere.base_url)
        .passes();
    let paths: Vec<_> = emulator
        .requests()
        .into_iter()
        .map(|request| request.path)
        .collect();
    assert!(
        paths.contains(&"/jobs/a%20b%2F..%2Fc%3Fd%23e%252F%C3%A9/status".to_owned()),
        "{paths:?}"
    );
    let heads = elsewhere.heads();
    assert_eq!(heads.len(), 1, "{heads:?}");
    assert!(
        !heads[0].to_ascii_lowercase().contains("authorization"),
        "{}",
        heads[0]
    );
}

#[test]
fn statuses_report_every_state() {
    if !c::can_build() {
        return;
    }
    let emulator = common::emulator();
    let jobs = [
        ("running", running()),
        ("completed", done()),
        ("redirect", done().completion(Completion::Redirect)),
        ("failed", done().outcome(Outcome::Failed)),
        ("canceled", done().outcome(Outcome::Canceled)),
        (
            "paused",
            running().status_name(StatusName {
                name: "paused".to_owned(),
                times: 9,
            }),
        ),
        ("no_status", running().omit_status(true)),
        ("gone", done().outcome(Outcome::Gone)),
        ("lost", done().outcome(Outcome::Lost)),
    ];
    let half = [
        ("half", ProgressUnit::Fraction),
        ("half_percent", ProgressUnit::Percent),
    ];
    half.into_iter()
        .fold(run("status", &emulator, &jobs), |run, (name, unit)| {
            let id = emulator.create_job(running().progress_unit(unit));
            emulator.set_progress(&id, 0.5);
            run.arg(name, id)
        })
        .passes();
}

#[test]
fn waits_end_with_the_job_whatever_the_stream_does() {
    if !c::can_build() {
        return;
    }
    let emulator = common::emulator();
    // Long enough for the program to see it run.
    let quick = || common::quick().duration_ms(c::scaled_ms(60));
    let jobs = [
        ("event_in_data", quick()),
        ("named", quick().dialect(Dialect::Named)),
        ("message", quick().dialect(Dialect::Message)),
        ("no_stream", quick().stream(StreamMode::Refuse(404))),
        ("plain_json", quick().stream(StreamMode::Json)),
        ("failed", failed()),
        ("canceled", quick().outcome(Outcome::Canceled)),
        ("stopped", Scenario::new().duration_ms(c::scaled_ms(300))),
        ("slow", Scenario::new().duration_ms(c::scaled_ms(600))),
        ("never", running().outcome(Outcome::Never)),
    ];
    run("wait", &emulator, &jobs).passes();
}

#[test]
fn events_are_pulled_to_the_end_of_the_job() {
    if !c::can_build() {
        return;
    }
    let emulator = common::emulator();
    // Long enough to be watched from its first step on, and each step longer than the 50 ms after which a read looks at the clock.
    let length: u64 = if c::runner().is_empty() { 2000 } else { 8000 };
    let steps = Scenario::new().duration_ms(length).steps(10u32);
    let jobs = [
        ("steps", steps),
        ("failed", failed()),
        ("lost", done().outcome(Outcome::Lost)),
    ];
    run("events", &emulator, &jobs).passes();
}

/// The result's files, in a folder that the test keeps as long as it needs it.
fn written(folder: &tempfile::TempDir, emulator: &Emulator, id: &str) -> std::path::PathBuf {
    let path = folder.path().join("expected");
    std::fs::write(&path, &emulator.output_of(id)[0]).expect("a file to compare with");
    path
}

fn big() -> Scenario {
    done().size_bytes(1_000_000)
}

fn ends() -> Vec<(&'static str, Scenario)> {
    vec![
        ("running", running()),
        (
            "failed",
            done().failed("PDFIsPasswordProtected", "The PDF needs a password"),
        ),
        ("canceled", done().outcome(Outcome::Canceled)),
        ("gone", done().outcome(Outcome::Gone)),
        ("lost", done().outcome(Outcome::Lost)),
    ]
}

#[test]
fn results_of_every_shape_are_read() {
    if !c::can_build() {
        return;
    }
    let emulator = common::emulator();
    let text = serde_json::json!("a\u{0}b \u{1f600} \"q\"\n");
    let mut jobs = ends();
    jobs.extend([
        ("file", done().size_bytes(1234)),
        ("files", done().shape(Shape::Files { n: 3 })),
        ("delivered", done().shape(Shape::Delivered)),
        ("escaped", done().shape(Shape::Custom(text))),
        ("text", done().shape(Shape::Text)),
        ("tables", done().shape(Shape::Tables)),
        ("text_boxes", done().shape(Shape::TextBoxes)),
        ("text_boxes_queries", done().shape(Shape::TextBoxesQueries)),
        ("pii_boxes", done().shape(Shape::PiiBoxes)),
        ("properties", done().shape(Shape::Properties)),
        ("form", done().shape(Shape::FormFields)),
        ("fillable", done().shape(Shape::Fillable)),
        ("fillable_unwrapped", done().shape(Shape::FillableUnwrapped)),
        ("unknown", done().shape(Shape::Unknown)),
    ]);
    run("result", &emulator, &jobs).passes();
}

#[test]
fn result_bytes_reach_the_callback_in_every_framing() {
    if !c::can_build() {
        return;
    }
    let (emulator, folder) = (common::emulator(), tempfile::tempdir().expect("a folder"));
    let expected = written(&folder, &emulator, &emulator.create_job(big()));
    let mut jobs = ends();
    jobs.extend([
        ("file", big()),
        ("chunked", big().bytes_framing(Framing::Chunked)),
        ("until_close", big().bytes_framing(Framing::Close)),
        ("files", done().shape(Shape::Files { n: 2 })),
        ("text", done().shape(Shape::Text)),
        ("tables", done().shape(Shape::Tables)),
    ]);
    run("bytes", &emulator, &jobs).arg("expected", expected).passes();
}

#[test]
fn downloads_write_complete_files_or_none() {
    if !c::can_build() {
        return;
    }
    let (emulator, folder) = (common::emulator(), tempfile::tempdir().expect("a folder"));
    let expected = written(&folder, &emulator, &emulator.create_job(big()));
    let target = folder.path().join("target");
    std::fs::create_dir(&target).expect("a folder to save to");
    let names: Vec<String> = ["first.pdf", "second.pdf", "first.pdf"].map(str::to_owned).into();
    // Neither a length nor chunks nor a size from the service: its completeness is unverified.
    let endless = raw::Raw::responding(|_| b"HTTP/1.1 200 OK\r\n\r\n%PDF-1.7 whole?".to_vec());
    let unproved = serde_json::json!({"file": {"URL": format!("{}/f.pdf", endless.base_url)}});
    let mut jobs = ends();
    jobs.extend([
        ("file", big()),
        ("files", done().shape(Shape::Files { n: 3 }).file_names(names)),
        ("delivered", done().shape(Shape::Delivered)),
        ("text", done().shape(Shape::Text)),
        (
            "expired",
            big().presigned(Presigned {
                uses: Some(0),
                ..Presigned::default()
            }),
        ),
        ("storage_fault", big().storage_codes(vec![501; 9])),
        ("until_close", done().shape(Shape::Custom(unproved))),
    ]);
    run("download", &emulator, &jobs)
        .arg("expected", expected)
        .arg("folder", &target)
        .passes();
    let left: Vec<_> = std::fs::read_dir(&target)
        .expect("the folder")
        .flatten()
        .map(|e| e.file_name())
        .collect();
    let hidden = |name: &std::ffi::OsString| name.to_string_lossy().starts_with('.');
    assert!(
        left.len() == 6 && !left.iter().any(hidden),
        "half a file was left: {left:?}"
    );
    let storage = emulator
        .requests()
        .into_iter()
        .filter(|request| request.path.starts_with("/storage"));
    assert!(
        storage
            .into_iter()
            .all(|request| request.header("authorization").is_none())
    );
}

#[test]
fn a_download_whose_connections_break_leaves_no_file() {
    if !c::can_build() {
        return;
    }
    let (emulator, folder) = (common::emulator(), tempfile::tempdir().expect("a folder"));
    emulator.fault_all(Some(Fault::cut(300_000)));
    // Without ranges each attempt starts again and is cut again.
    let scenario = big().presigned(Presigned {
        ranges: false,
        ..Presigned::default()
    });
    run("truncated", &emulator, &[("file", scenario)])
        .arg("path", folder.path().join("cut.pdf"))
        .passes();
    assert_eq!(std::fs::read_dir(folder.path()).expect("the folder").count(), 0);
}

#[test]
fn a_watch_reports_the_end_of_every_job() {
    if !c::can_build() {
        return;
    }
    let emulator = common::emulator();
    let ids = |scenario: &dyn Fn(u64) -> Scenario, count: u64| {
        let ids: Vec<_> = (0..count).map(|n| emulator.create_job(scenario(n))).collect();
        ids.join(",")
    };
    let quick = common::quick;
    c::run("watch", &emulator.base_url(), &emulator.token())
        .arg("completed", ids(&|n| quick().duration_ms(n * 20), 20))
        .arg("failed", ids(&|_| failed(), 1))
        .arg("canceled", ids(&|_| quick().outcome(Outcome::Canceled), 1))
        .arg("lost", ids(&|_| quick().outcome(Outcome::Lost), 1))
        .arg("running", ids(&|_| running(), 10))
        .passes();
}
