//! Status documents: the state is one that the document states, the progress is within bounds, and the text is kept.
#![no_main]

use libfuzzer_sys::fuzz_target;
use nitro_jobs::{JobState, JobStatus, fuzzing};
use serde_json::Value;

fn check(status: &JobStatus, text: &str) {
    assert_eq!(status.json(), text);
    if let Some(progress) = status.progress() {
        assert!(
            (0.0..=1.0).contains(&progress) && progress.is_sign_positive(),
            "{progress}"
        );
    }
    if let Some(result) = status.result_json() {
        assert!(text.contains(result));
    }
    let _ = (status.job_id(), status.location(), status.raw_progress());
    if let Some(error) = status.error() {
        let _ = (
            error.summary(),
            error.identifier().map(str::len),
            error.retry_after(),
        );
    }
}

/// Whether the document states this state in any form and case. Callers leave out documents that have a key twice.
fn is_stated(state: &JobState, document: &Value) -> bool {
    let lower = document["status"].as_str().map(str::to_ascii_lowercase);
    let name = lower.as_deref();
    match state {
        JobState::Running => name == Some("running") || document["progress"].is_number(),
        JobState::Completed => name == Some("completed") || !document["result"].is_null(),
        JobState::Failed => name == Some("failed") || !document["error"].is_null(),
        JobState::Canceled => matches!(name, Some("canceled" | "cancelled")),
        _ => name.is_none() || document["status"] == state.as_str(),
    }
}

fuzz_target!(|text: &str| {
    let parsed = fuzzing::status(text.to_owned());
    match (&parsed, &fuzzing::status_whole(text.to_owned())) {
        (Ok(fast), Ok(full)) => assert_eq!(
            (fast.state(), fast.progress(), fast.job_id(), fast.location()),
            (full.state(), full.progress(), full.job_id(), full.location())
        ),
        (fast, full) => assert_eq!(fast.is_ok(), full.is_ok(), "{text}"),
    }
    let document = serde_json::from_str::<Value>(text).ok().filter(Value::is_object);
    if let Ok(status) = &parsed {
        check(status, text);
        let has_repeated_key = ["status", "result", "error", "progress", "\\u"]
            .iter()
            .any(|key| text.matches(key).count() > 1);
        if let Some(document) = document.as_ref().filter(|_| !has_repeated_key) {
            assert!(
                is_stated(status.state(), document),
                "{:?} of {text}",
                status.state()
            );
        }
    }
    // After an identical document, and after one with other numbers.
    for before in [text.to_owned(), text.replace(|c: char| c.is_ascii_digit(), "7")] {
        for name in ["redirect", "job-failed", "message"] {
            if let Ok(Some(status)) = fuzzing::event(name, &before, text) {
                check(&status, text);
                if let Ok(alone) = &parsed
                    && !alone.state().as_str().is_empty()
                {
                    let fields = |status: &JobStatus| {
                        let id = status.job_id().map(str::to_owned);
                        (
                            status.state().clone(),
                            status.raw_progress().map(f64::to_bits),
                            id,
                        )
                    };
                    assert_eq!(fields(&status), fields(alone), "{text} after {before}");
                }
            }
        }
    }
    let redirected = fuzzing::redirected("/jobs/1", text).expect("it has a location");
    let is_running = redirected.state() == &JobState::Running;
    assert!(redirected.is_terminal() || is_running);
    assert!(is_running || redirected.location() == Some("/jobs/1"));
});
