use super::*;
use crate::job::JobState;
use crate::job::status::Next;

/// Dialect, SSE event name, data, what follows.
const EVENTS: &[(&str, &str, Next<'static>)] = &[
    // With `event` inside the data.
    (
        "message",
        r#"{"event":"progress-update","status":"running","progress":0.5}"#,
        Next::Running,
    ),
    (
        "message",
        r#"{"event":"status-update","status":"running","progress":0.9}"#,
        Next::Running,
    ),
    // Not terminal by itself: where the result is must still be asked for.
    (
        "message",
        r#"{"event":"status-update","status":"completed"}"#,
        Next::Completed,
    ),
    (
        "message",
        r#"{"event":"status-update","status":"failed"}"#,
        Next::Failed,
    ),
    (
        "message",
        r#"{"event":"redirect","status":"completed","location":"/r"}"#,
        Next::ResultAt("/r"),
    ),
    (
        "message",
        r#"{"event":"redirect","status":"failed","location":"/r"}"#,
        Next::ErrorAt("/r"),
    ),
    // With names of events.
    (
        "progress-update",
        r#"{"jobID":"1","status":"running","progress":0.5}"#,
        Next::Running,
    ),
    (
        "redirect",
        r#"{"jobID":"1","status":"completed","location":"/r"}"#,
        Next::ResultAt("/r"),
    ),
    (
        "job-failed",
        r#"{"jobID":"1","status":"failed","error":{"type":"t","title":"T"}}"#,
        Next::Failed,
    ),
    // With neither.
    (
        "message",
        r#"{"jobID":"1","status":"running","progress":0.5}"#,
        Next::Running,
    ),
    (
        "message",
        r#"{"jobID":"1","status":"completed","location":"/r"}"#,
        Next::ResultAt("/r"),
    ),
    (
        "message",
        r#"{"jobID":"1","status":"failed","location":"/r"}"#,
        Next::ErrorAt("/r"),
    ),
    // Beyond what is known.
    (
        "message",
        r#"{"status":"completed","result":{"file":{}}}"#,
        Next::Result,
    ),
    ("message", r#"{"status":"canceled"}"#, Next::Canceled),
    ("message", r#"{"status":"paused"}"#, Next::Nothing),
    ("heartbeat", "{}", Next::Nothing),
    (
        "redirect",
        r#"{"status":"running","progress":0.1}"#,
        Next::Running,
    ),
    (
        "job-failed",
        r#"{"status":"completed","location":"/r"}"#,
        Next::ResultAt("/r"),
    ),
    (
        "nobody-knows",
        r#"{"status":"running","more":[1,2]}"#,
        Next::Running,
    ),
    // The name counts only where the data tell no state.
    ("redirect", r#"{"location":"/r"}"#, Next::ResultAt("/r")),
    (
        "message",
        r#"{"event":"redirect","location":"/r"}"#,
        Next::ResultAt("/r"),
    ),
    ("redirect", "{}", Next::Nothing),
    ("message", r#"{"location":"/r"}"#, Next::Nothing),
    ("job-failed", r#"{"type":"t","title":"T"}"#, Next::Failed),
    ("job-failed", r#"{"location":"/r"}"#, Next::ErrorAt("/r")),
    ("job-failed", r#"{"event":"heartbeat"}"#, Next::Nothing),
    ("progress-update", r#"{"progress":0.5}"#, Next::Running),
];

/// What an event means that no other came before.
fn alone(event: &str, data: &str) -> Meaning {
    meaning(event, data, &mut Last::default())
}

#[test]
fn every_dialect_is_understood() {
    for (event, data, next) in EVENTS {
        let Meaning::Status(status) = alone(event, data) else {
            panic!("{event}: {data}");
        };
        assert_eq!(status.next(), *next, "{event}: {data}");
        assert_eq!(status.json(), *data);
    }
}

#[test]
fn a_failure_without_a_status_keeps_its_reason() {
    let Meaning::Status(status) = alone("job-failed", r#"{"type":"t","title":"T"}"#) else {
        panic!();
    };
    assert_eq!(status.state(), &JobState::Failed);
    assert_eq!(status.error().unwrap().summary(), "T (t)");
}

#[test]
fn signs_of_life_are_no_malformed_events() {
    for data in ["", " \n", "null", "[]", "1", "\"ping\"", "true"] {
        assert!(matches!(alone("message", data), Meaning::Nothing), "{data}");
    }
}

#[test]
fn what_is_no_json_is_malformed_however_it_is_cut() {
    for data in [
        "ping",
        "{",
        "{}x",
        "[DONE",
        "\u{feff}",
        "{\"status\":\"running\"",
        "\0",
    ] {
        assert!(matches!(alone("message", data), Meaning::Malformed), "{data}");
    }
    let whole = EVENTS[8].1;
    for cut in 1..whole.len() {
        assert!(
            matches!(alone("job-failed", &whole[..cut]), Meaning::Malformed),
            "{cut}"
        );
    }
}
