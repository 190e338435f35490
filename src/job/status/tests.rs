use super::*;
use crate::error::ErrorKind;

fn status(json: &str) -> JobStatus {
    JobStatus::parse(json.to_owned()).unwrap_or_else(|e| panic!("{json}: {e}"))
}

const ID: &str = "01234567-89ab-cdef-0123-456789abcdef";

#[test]
fn the_documented_example_is_parsed() {
    let json = include_str!("../../../tests/data/status-running.json");
    let status = status(json);
    assert_eq!(status.state(), &JobState::Running);
    assert!(!status.is_terminal());
    assert_eq!(status.progress(), Some(0.0));
    assert_eq!(status.job_id(), Some(ID));
    assert_eq!(status.json(), json);
    assert_eq!(status.follow_up(), FollowUp::Running);
}

#[test]
fn documented_forms_are_distinguished() {
    let failed = status(include_str!("../../../tests/data/job-failed.json"));
    assert_eq!(
        (failed.state(), failed.follow_up()),
        (&JobState::Failed, FollowUp::Failed)
    );
    let problem = failed.error().unwrap();
    assert_eq!(
        problem.summary(),
        "PDF is password protected (PDFIsPasswordProtected)"
    );
    let canceled = status(include_str!("../../../tests/data/job-canceled.json"));
    assert_eq!(
        (canceled.state(), canceled.follow_up()),
        (&JobState::Canceled, FollowUp::Canceled)
    );
    assert_eq!(canceled.error(), None);
    let completed = status(include_str!("../../../tests/data/result-file.json"));
    assert_eq!(
        (completed.state(), completed.follow_up()),
        (&JobState::Completed, FollowUp::Result)
    );
    assert!(completed.result_json().unwrap().starts_with("{\"file\""));
}

/// Status text, state, what follows.
const FORMS: &[(&str, &str, FollowUp<'static>)] = &[
    (r#"{"status":"running"}"#, "running", FollowUp::Running),
    (r#"{"status":"completed"}"#, "completed", FollowUp::Completed),
    (
        r#"{"status":"completed","location":"/jobs/1"}"#,
        "completed",
        FollowUp::ResultAt("/jobs/1"),
    ),
    (
        r#"{"status":"completed","location":null}"#,
        "completed",
        FollowUp::Completed,
    ),
    (
        r#"{"status":"completed","location":"/x","result":"text"}"#,
        "completed",
        FollowUp::Result,
    ),
    (
        r#"{"status":"completed","result":null}"#,
        "completed",
        FollowUp::Completed,
    ),
    (r#"{"status":"failed"}"#, "failed", FollowUp::Failed),
    (
        r#"{"status":"failed","location":"/jobs/1"}"#,
        "failed",
        FollowUp::ErrorAt("/jobs/1"),
    ),
    (
        r#"{"status":"failed","location":"/jobs/1","error":{}}"#,
        "failed",
        FollowUp::Failed,
    ),
    (r#"{"status":"failed","error":null}"#, "failed", FollowUp::Failed),
    (r#"{"status":"canceled"}"#, "canceled", FollowUp::Canceled),
    (r#"{"status":"cancelled"}"#, "canceled", FollowUp::Canceled),
    (r#"{"status":"Running"}"#, "running", FollowUp::Running),
    (
        r#"{"status":"queued","progress":0.5}"#,
        "queued",
        FollowUp::Nothing,
    ),
    // Without a status the other fields imply the state.
    (r#"{"result":{}}"#, "completed", FollowUp::Result),
    // An error that names no job may be that of a gateway.
    (r#"{"result":null,"error":"x"}"#, "", FollowUp::Nothing),
    (r#"{"error":{"type":"OCRFailed"}}"#, "", FollowUp::Nothing),
    (
        r#"{"jobId":"1","error":{"type":"OCRFailed"}}"#,
        "failed",
        FollowUp::Failed,
    ),
    (r#"{"progress":0}"#, "running", FollowUp::Running),
    (
        r#"{"result":{},"error":{},"progress":1}"#,
        "completed",
        FollowUp::Result,
    ),
    (r#"{"error":{},"progress":1}"#, "failed", FollowUp::Failed),
    (r#"{"progress":null}"#, "", FollowUp::Nothing),
    (r#"{"location":"/jobs/1"}"#, "", FollowUp::Nothing),
    ("{}", "", FollowUp::Nothing),
    (" {\r\n} \t", "", FollowUp::Nothing),
    // Known fields of a wrong type count as missing.
    (r#"{"status":5}"#, "", FollowUp::Nothing),
    (r#"{"status":null,"result":1}"#, "completed", FollowUp::Result),
    (
        r#"{"status":["running"],"progress":"0.5"}"#,
        "",
        FollowUp::Nothing,
    ),
    (
        r#"{"status":{"running":1},"progress":0.5}"#,
        "running",
        FollowUp::Running,
    ),
    (
        r#"{"status":"completed","location":5}"#,
        "completed",
        FollowUp::Completed,
    ),
    (
        r#"{"status":"completed","location":{"a":"b"}}"#,
        "completed",
        FollowUp::Completed,
    ),
    (r#"{"status":"failed","error":17}"#, "failed", FollowUp::Failed),
    // Escapes, a byte order mark, duplicate keys: the last one wins.
    (r#"{"\u0073tatus":"\u0072unning"}"#, "running", FollowUp::Running),
    ("\u{feff}{\"status\":\"running\"}", "running", FollowUp::Running),
    (
        r#"{"status":"running","status":"completed"}"#,
        "completed",
        FollowUp::Completed,
    ),
    (r#"{"status":"completed","status":5}"#, "", FollowUp::Nothing),
    (
        r#"{"\ud800":"\udc00","status":"running"}"#,
        "running",
        FollowUp::Running,
    ),
    (r#"{"status":"\ud800"}"#, "\u{fffd}", FollowUp::Nothing),
    (
        r#"{"status":"completed","location":"\/a\u0020b"}"#,
        "completed",
        FollowUp::ResultAt("/a b"),
    ),
];

#[test]
fn every_known_form_is_parsed() {
    for (json, state, next) in FORMS {
        let status = status(json);
        assert_eq!(status.state().as_str(), *state, "{json}");
        assert_eq!(status.follow_up(), *next, "{json}");
        assert_eq!(status.json(), *json);
        assert_eq!(
            status.is_terminal(),
            ["completed", "failed", "canceled"].contains(state),
            "{json}"
        );
        assert_eq!(status.json(), *json);
    }
}

#[test]
fn progress_is_always_a_fraction() {
    let cases = [
        ("0", 0.0),
        ("0.0", 0.0),
        ("-0.0", 0.0),
        ("0.25", 0.25),
        ("1", 1.0),
        ("1.0", 1.0),
        ("1.5", 0.015),
        ("45", 0.45),
        ("100", 1.0),
        ("250", 1.0),
        ("-3", 0.0),
        ("1e2", 1.0),
        ("5e-1", 0.5),
        ("1e308", 1.0),
    ];
    for (raw, fraction) in cases {
        let status = status(&format!(r#"{{"status":"running","progress":{raw}}}"#));
        assert_eq!(status.progress(), Some(fraction), "{raw}");
        assert!(status.progress().unwrap().is_sign_positive(), "{raw}");
        assert_eq!(status.raw_progress(), raw.parse().ok(), "{raw}");
    }
    for raw in ["null", "\"0.5\"", "true", "[0.5]", "{}", "1e999", "-1e999"] {
        let status = status(&format!(r#"{{"status":"running","progress":{raw}}}"#));
        assert_eq!((status.progress(), status.raw_progress()), (None, None), "{raw}");
        assert_eq!(status.state(), &JobState::Running, "{raw}");
    }
}

#[test]
fn both_spellings_of_the_job_id_are_read() {
    assert_eq!(status(r#"{"jobID":"a"}"#).job_id(), Some("a"));
    assert_eq!(status(r#"{"jobId":"b"}"#).job_id(), Some("b"));
    assert_eq!(status(r#"{"jobId":"b","jobID":"a"}"#).job_id(), Some("a"));
    assert_eq!(status(r#"{"jobID":7,"jobId":"b"}"#).job_id(), Some("b"));
    assert_eq!(status(r#"{"jobID":"\u00e9"}"#).job_id(), Some("é"));
    assert_eq!(status(r#"{"jobid":"c"}"#).job_id(), None);
}

#[test]
fn the_result_is_kept_byte_for_byte() {
    let inner = "{ \"tables\" :[ 1.50 , 1e3,\"\\u0041\" ], \"x\":12345678901234567890123 }";
    let json = format!("\u{feff} {{\"jobID\":\"é\",\"result\": {inner} ,\"status\":\"completed\"}}");
    let status = status(&json);
    assert_eq!(status.result_json(), Some(inner));
    assert_eq!(status.json(), json);
}

#[test]
fn the_reason_of_a_failure_is_found_in_every_form() {
    let summary = |json: &str| status(json).error().map(|problem| problem.summary());
    assert_eq!(summary(r#"{"status":"failed"}"#), None);
    assert_eq!(
        summary(r#"{"status":"failed","location":"/x","title":"no"}"#),
        None
    );
    assert_eq!(
        summary(r#"{"status":"failed","type":"OCRFailed","title":"OCR failed"}"#).as_deref(),
        Some("OCR failed (OCRFailed)")
    );
    assert_eq!(
        summary(r#"{"status":"failed","message":"out of luck"}"#).as_deref(),
        Some("out of luck")
    );
    assert_eq!(
        summary(r#"{"status":"failed","error":"out of luck"}"#).as_deref(),
        Some("out of luck")
    );
    assert_eq!(summary(r#"{"status":"running","title":"x"}"#), None);
}

fn redirected(location: &str, body: &str) -> JobStatus {
    JobStatus::redirected(Ok(location.to_owned()), body).unwrap()
}

#[test]
fn a_redirect_means_completed() {
    for body in [
        "",
        r#"{"status":"completed"}"#,
        r#"{"status":"brewing"}"#,
        r#"{"title":"moved"}"#,
        "<html>",
        "[1]",
    ] {
        let status = redirected("https://h/jobs/1", body);
        assert_eq!(status.state(), &JobState::Completed, "{body}");
        assert_eq!(
            status.follow_up(),
            FollowUp::ResultAt("https://h/jobs/1"),
            "{body}"
        );
        assert_eq!(status.json(), body);
    }
    let status = redirected("/r", r#"{"jobID":"a","status":"failed","location":"/old"}"#);
    assert_eq!(status.follow_up(), FollowUp::ErrorAt("/r"));
    assert_eq!(status.job_id(), Some("a"));
}

#[test]
fn what_the_body_of_a_redirect_reports_counts_more() {
    let running = redirected("/r", r#"{"status":"running"}"#);
    assert_eq!(
        (running.follow_up(), running.location()),
        (FollowUp::Running, None)
    );
    let nowhere = |body: &str| {
        let error = Err(Error::new(ErrorKind::Redirect, "it has no Location"));
        JobStatus::redirected(error, body).map(|status| status.state().clone())
    };
    assert_eq!(nowhere(r#"{"status":"running"}"#).unwrap(), JobState::Running);
    assert_eq!(nowhere(r#"{"status":"failed"}"#).unwrap(), JobState::Failed);
    assert_eq!(nowhere(r#"{"status":"canceled"}"#).unwrap(), JobState::Canceled);
    for body in ["", r#"{"status":"completed"}"#, r#"{"status":"brewing"}"#, "{}"] {
        assert_eq!(nowhere(body).unwrap_err().kind(), ErrorKind::Redirect, "{body}");
    }
}

#[test]
fn text_that_is_no_object_is_a_protocol_error() {
    let cases = [
        "",
        "  \n",
        "null",
        "[]",
        "\"running\"",
        "7",
        "true",
        "<html>",
        "{]",
        "{}{}",
        "{\"a\":1,}",
        "{'a':1}",
    ];
    for text in cases {
        let error = JobStatus::parse(text.to_owned()).expect_err(text);
        assert_eq!(error.kind(), ErrorKind::Protocol, "{text}");
        assert!(error.message().contains("status"), "{error}");
    }
    let error = JobStatus::parse(format!("<html>{}", "é".repeat(1000))).unwrap_err();
    assert!(error.message().contains("<html>é"), "{error}");
    assert!(error.message().chars().count() < 200, "{error}");
    let empty = JobStatus::parse(String::new()).unwrap_err();
    assert!(empty.message().contains("it is empty"), "{empty}");
}

#[test]
fn truncated_documents_are_protocol_errors() {
    let whole = r#"{"jobID":"\u00e9a","status":"failed","progress":-1.5e3,"error":{"type":"x","n":[true,null]},"é":0}"#;
    status(whole);
    for cut in (0..whole.len()).filter(|at| whole.is_char_boundary(*at)) {
        let error = JobStatus::parse(whole[..cut].to_owned()).expect_err(&whole[..cut]);
        assert_eq!(error.kind(), ErrorKind::Protocol);
    }
}

#[test]
fn deep_and_large_documents_are_parsed() {
    for depth in [127, 200_000] {
        let json = format!(
            r#"{{"x":{}{},"status":"running"}}"#,
            "[".repeat(depth),
            "]".repeat(depth)
        );
        assert_eq!(status(&json).state(), &JobState::Running);
        let open = format!(r#"{{"x":{}"#, "{\"a\":".repeat(depth));
        assert!(JobStatus::parse(open).is_err());
    }
    let name = "x".repeat(1 << 15);
    let status = status(&format!(r#"{{"jobID":"{name}","status":"{name}"}}"#));
    assert_eq!(status.job_id(), Some(name.as_str()));
    assert_eq!(status.state(), &JobState::Unknown(name));
}

/// All that a status contains.
fn content(status: &JobStatus) -> impl PartialEq + std::fmt::Debug {
    (
        status.state().clone(),
        status.raw_progress().map(f64::to_bits),
        status.job_id().map(str::to_owned),
        status.location().map(str::to_owned),
        (status.result_json().is_some(), status.error().is_some()),
    )
}

#[test]
fn the_fast_path_agrees_with_the_full_parser() {
    let documents = [
        r#"{"jobID":"a-1","status":"running","progress":0.25}"#,
        " {\t\"status\":\n\"running\" ,\r\n\"progress\": 10.50 } ",
        r#"{"progress":1,"status":"running","jobID":"rünning-0123456789"}"#,
        r#"{"progress":-1.5e+02,"status" : "running"}"#,
        r#"{"status":"completed","location":"/jobs/1"}"#,
        r#"{"status":"rünning"}"#,
    ];
    let fast = std::cell::Cell::new(0);
    let before = std::cell::Cell::new("");
    let check = |text: String| {
        let short = RunningStatus::parse(&text).is_some();
        fast.set(fast.get() + usize::from(short));
        // As an event, too, after the document of which this one was made.
        let mut previous = PreviousEvent::default();
        let _ = previous.parse(before.get());
        let event = JobStatus::parse_event(&text, &mut previous);
        match (JobStatus::parse(text.clone()), JobStatus::parse_any(text.clone())) {
            (Ok(short), Ok(whole)) => {
                assert_eq!(content(&short), content(&whole), "{text}");
                assert_eq!(
                    content(&event.unwrap()),
                    content(&whole),
                    "{text} after {}",
                    before.get()
                );
            }
            (_, Err(_)) => assert!(!short && event.is_err(), "{text} is no JSON"),
            (Err(_), Ok(_)) => panic!("{text} can be parsed"),
        }
    };
    for document in documents {
        before.set(document);
        check(document.to_owned());
        for at in (0..document.len()).filter(|at| document.is_char_boundary(*at)) {
            let (head, tail) = document.split_at(at);
            let rest = tail.chars().next().map_or("", |c| &tail[c.len_utf8()..]);
            check(head.to_owned());
            for new in "\"\\{}[],:.-+eE019au \n\u{1}\u{feff}".chars() {
                check(format!("{head}{new}{tail}"));
                check(format!("{head}{new}{rest}"));
            }
            check(format!("{head}{rest}"));
        }
    }
    assert!(
        fast.get() > 500,
        "only {} documents took the fast path",
        fast.get()
    );
    for (name, twice) in [("jobID", r#""x""#), ("status", r#""failed""#), ("progress", "1")] {
        check(format!(
            r#"{{"jobID":"a","status":"running","progress":0,"{name}":{twice}}}"#
        ));
    }
}

#[test]
fn an_event_is_compared_with_the_previous_one() {
    let event =
        |id: &str, number: &str| format!(r#"{{"jobID":"{id}","status":"running","progress": {number} }}"#);
    let mut previous = PreviousEvent::default();
    for (id, number, alike) in [
        ("a", "0.5", false),
        ("a", "0.75", true),
        ("a", "1", true),
        ("b", "1", false),
        ("b", "0", true),
        ("b", "-1", false),
        ("b", "0.25", true),
        (&"x".repeat(2000), "0.5", false),
        (&"x".repeat(2000), "0.5", false),
    ] {
        let json = event(id, number);
        let compared = previous.parse_number_only(&json);
        assert_eq!(compared.is_some(), alike, "{json}");
        let status = JobStatus::parse_event(&json, &mut previous).unwrap();
        assert_eq!(
            (status.job_id(), status.raw_progress()),
            (Some(id), number.parse().ok())
        );
        assert_eq!(status.json(), json);
    }
    // An id behind the number moves with it.
    let mut previous = PreviousEvent::default();
    for number in ["0.5", "0.25"] {
        let json = format!(r#"{{"progress":{number},"status":"running","jobID":"a"}}"#);
        let status = JobStatus::parse_event(&json, &mut previous).unwrap();
        assert_eq!(status.job_id(), Some("a"));
    }
}

#[test]
fn a_text_of_any_length_is_followed_by_nul() {
    for length in 0..200 {
        let id = "é".repeat(length / 2) + &"x".repeat(length % 2);
        let json = format!(r#"{{"jobID":"{id}","status":"running"}}"#);
        let status = JobStatus::parse(json.clone()).unwrap();
        assert_eq!(
            (status.json(), status.job_id()),
            (json.as_str(), Some(id.as_str()))
        );
        assert_eq!(status.0.text.as_str(), json + "\0");
    }
}
