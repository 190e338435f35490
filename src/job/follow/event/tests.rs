use super::*;
use crate::job::JobState;
use crate::job::status::FollowUp;

/// SSE event name, data, what follows.
const EVENTS: &[(&str, &str, FollowUp<'static>)] = &[
    // With `event` inside the data.
    (
        "message",
        r#"{"event":"progress-update","status":"running","progress":0.5}"#,
        FollowUp::Running,
    ),
    (
        "message",
        r#"{"event":"status-update","status":"running","progress":0.9}"#,
        FollowUp::Running,
    ),
    // Not terminal by itself: the URL of the result is still to be requested.
    (
        "message",
        r#"{"event":"status-update","status":"completed"}"#,
        FollowUp::Completed,
    ),
    (
        "message",
        r#"{"event":"status-update","status":"failed"}"#,
        FollowUp::Failed,
    ),
    (
        "message",
        r#"{"event":"redirect","status":"completed","location":"/r"}"#,
        FollowUp::ResultAt("/r"),
    ),
    (
        "message",
        r#"{"event":"redirect","status":"failed","location":"/r"}"#,
        FollowUp::ErrorAt("/r"),
    ),
    // With names of events.
    (
        "progress-update",
        r#"{"jobID":"1","status":"running","progress":0.5}"#,
        FollowUp::Running,
    ),
    (
        "redirect",
        r#"{"jobID":"1","status":"completed","location":"/r"}"#,
        FollowUp::ResultAt("/r"),
    ),
    (
        "job-failed",
        r#"{"jobID":"1","status":"failed","error":{"type":"t","title":"T"}}"#,
        FollowUp::Failed,
    ),
    // With neither.
    (
        "message",
        r#"{"jobID":"1","status":"running","progress":0.5}"#,
        FollowUp::Running,
    ),
    (
        "message",
        r#"{"jobID":"1","status":"completed","location":"/r"}"#,
        FollowUp::ResultAt("/r"),
    ),
    (
        "message",
        r#"{"jobID":"1","status":"failed","location":"/r"}"#,
        FollowUp::ErrorAt("/r"),
    ),
    // Beyond what is known.
    (
        "message",
        r#"{"status":"completed","result":{"file":{}}}"#,
        FollowUp::Result,
    ),
    ("message", r#"{"status":"canceled"}"#, FollowUp::Canceled),
    ("message", r#"{"status":"paused"}"#, FollowUp::Nothing),
    ("heartbeat", "{}", FollowUp::Nothing),
    (
        "redirect",
        r#"{"status":"running","progress":0.1}"#,
        FollowUp::Running,
    ),
    (
        "job-failed",
        r#"{"status":"completed","location":"/r"}"#,
        FollowUp::ResultAt("/r"),
    ),
    (
        "nobody-knows",
        r#"{"status":"running","more":[1,2]}"#,
        FollowUp::Running,
    ),
    // The name counts only where the data name no state.
    ("redirect", r#"{"location":"/r"}"#, FollowUp::ResultAt("/r")),
    (
        "message",
        r#"{"event":"redirect","location":"/r"}"#,
        FollowUp::ResultAt("/r"),
    ),
    ("redirect", "{}", FollowUp::Nothing),
    ("message", r#"{"location":"/r"}"#, FollowUp::Nothing),
    ("job-failed", r#"{"type":"t","title":"T"}"#, FollowUp::Failed),
    ("job-failed", r#"{"location":"/r"}"#, FollowUp::ErrorAt("/r")),
    ("job-failed", r#"{"event":"heartbeat"}"#, FollowUp::Nothing),
    ("progress-update", r#"{"progress":0.5}"#, FollowUp::Running),
];

/// What an event means if it is the first.
fn parse(event: &str, data: &str) -> Option<StreamEvent> {
    parse_event(event, data, &mut PreviousEvent::default())
}

#[test]
fn every_dialect_is_parsed() {
    for (event, data, follow_up) in EVENTS {
        let Some(StreamEvent::Status(status)) = parse(event, data) else {
            panic!("{event}: {data}");
        };
        assert_eq!(status.follow_up(), *follow_up, "{event}: {data}");
        assert_eq!(status.json(), *data);
    }
}

#[test]
fn a_failure_without_a_status_keeps_its_reason() {
    let Some(StreamEvent::Status(status)) = parse("job-failed", r#"{"type":"t","title":"T"}"#) else {
        panic!();
    };
    assert_eq!(status.state(), &JobState::Failed);
    assert_eq!(status.error().unwrap().summary(), "T (t)");
}

#[test]
fn heartbeats_are_ignored() {
    for data in ["", " \n", "null", "[]", "1", "\"ping\"", "true"] {
        assert!(parse("message", data).is_none(), "{data}");
    }
}

#[test]
fn text_that_is_not_json_is_malformed_wherever_it_is_cut() {
    for data in [
        "ping",
        "{",
        "{}x",
        "[DONE",
        "\u{feff}",
        "{\"status\":\"running\"",
        "\0",
    ] {
        assert!(
            matches!(parse("message", data), Some(StreamEvent::Malformed)),
            "{data}"
        );
    }
    let whole = EVENTS[8].1;
    for cut in 1..whole.len() {
        assert!(
            matches!(parse("job-failed", &whole[..cut]), Some(StreamEvent::Malformed)),
            "{cut}"
        );
    }
}
