//! Documents about a job's state: never a state that nobody stated, never a progress out of bounds, the text kept.
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

/// Whether the document says so in any way; what has a key twice is left out.
fn is_said(state: &JobState, document: &Value) -> bool {
    let word = document["status"].as_str();
    match state {
        JobState::Running => word == Some("running") || document["progress"].is_number(),
        JobState::Completed => word == Some("completed") || !document["result"].is_null(),
        JobState::Failed => word == Some("failed") || !document["error"].is_null(),
        JobState::Canceled => matches!(word, Some("canceled" | "cancelled")),
        _ => word.is_none() || word == Some(state.as_str()),
    }
}

fuzz_target!(|text: &str| {
    let parsed = fuzzing::status(text.to_owned());
    match (&parsed, &fuzzing::status_whole(text.to_owned())) {
        (Ok(short), Ok(whole)) => assert_eq!(
            (short.state(), short.progress(), short.job_id(), short.location()),
            (whole.state(), whole.progress(), whole.job_id(), whole.location())
        ),
        (short, whole) => assert_eq!(short.is_ok(), whole.is_ok(), "{text}"),
    }
    let document = serde_json::from_str::<Value>(text).ok().filter(Value::is_object);
    if let Ok(status) = &parsed {
        check(status, text);
        let twice = ["status", "result", "error", "progress", "\\u"]
            .iter()
            .any(|key| text.matches(key).count() > 1);
        if let Some(document) = document.as_ref().filter(|_| !twice) {
            assert!(
                is_said(status.state(), document),
                "{:?} of {text}",
                status.state()
            );
        }
    }
    // After one that says the same, and after one with another number.
    for before in [text.to_owned(), text.replace(|c: char| c.is_ascii_digit(), "7")] {
        for name in ["redirect", "job-failed", "message"] {
            if let Ok(Some(status)) = fuzzing::event(name, &before, text) {
                check(&status, text);
                if let Ok(alone) = &parsed
                    && !alone.state().as_str().is_empty()
                {
                    let said = |status: &JobStatus| {
                        let id = status.job_id().map(str::to_owned);
                        (status.state().clone(), status.raw_progress().map(f64::to_bits), id)
                    };
                    assert_eq!(said(&status), said(alone), "{text} after {before}");
                }
            }
        }
    }
    let redirected = fuzzing::redirected("/jobs/1", text);
    assert!(redirected.is_terminal());
    assert_eq!(redirected.location(), Some("/jobs/1"));
});
