//! Only the service says that a job has ended: what a redirect means, what an error document means, and unknown states.

use std::time::Duration;

use nitro_jobs::{Call, Client, ErrorKind, JobState, JobUpdate, WatchOptions};

use crate::common::{Canned, event_stream, json_response, response, with_watchdog};

const RUNNING: &str = r#"{"jobID":"j","status":"running","progress":0.5}"#;

fn redirect(status: &str, location: &str, body: &str) -> Vec<u8> {
    let location = match location {
        "" => String::new(),
        location => format!("Location: {location}\r\n"),
    };
    response(status, &location, body.as_bytes())
}

/// A service without a stream that responds to the first polls with `first`, then `RUNNING`, then a redirect to a result.
fn polled(first: Vec<Vec<u8>>) -> Canned {
    let polls = std::sync::atomic::AtomicUsize::new(0);
    Canned::start(move |_, head| {
        if head.contains("event-stream") {
            return json_response("405 Method Not Allowed", "{}");
        }
        let poll = polls.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        match first.get(poll) {
            Some(response) => response.clone(),
            None if poll == first.len() => json_response("200 OK", RUNNING),
            None => redirect("302 Found", "/results/j", r#"{"status":"completed"}"#),
        }
    })
}

/// Redirects that announce no result.
fn announcing_nothing() -> Vec<Vec<u8>> {
    vec![
        redirect("304 Not Modified", "", ""),
        redirect("304 Not Modified", "/elsewhere", ""),
        redirect("302 Found", "", ""),
        redirect("302 Found", "", r#"{"status":"completed"}"#),
        redirect("303 See Other", "", ""),
        redirect("300 Multiple Choices", "/elsewhere", ""),
        redirect("305 Use Proxy", "/elsewhere", ""),
        redirect("306 Unused", "/elsewhere", ""),
        redirect("302 Found", "/jobs/j/status", ""),
        redirect("303 See Other", "status", r#"{"status":"completed"}"#),
        redirect("302 Found", "/jobs/j/status/#top", ""),
        redirect("302 Found", "http://[", ""),
    ]
}

#[test]
fn a_redirect_that_announces_no_result_is_an_error_and_changes_no_ticket() {
    with_watchdog(|| {
        for response in announcing_nothing() {
            let text = String::from_utf8_lossy(&response).into_owned();
            let server = Canned::start(move |_, _| response.clone());
            let job = server.job();
            let ticket = job.to_json();
            let error = job.status(&Call::new()).unwrap_err();
            assert!(
                matches!(error.kind(), ErrorKind::Redirect | ErrorKind::Http),
                "{text}: {error}"
            );
            assert_eq!(job.to_json(), ticket, "{text}");
        }
    });
}

#[test]
fn a_wait_goes_on_after_a_redirect_that_announces_no_result() {
    with_watchdog(|| {
        for response in announcing_nothing() {
            let text = String::from_utf8_lossy(&response).into_owned();
            let server = polled(vec![response.clone(), response]);
            let job = server.job();
            let mut seen = Vec::new();
            let status = job.wait(
                |status| {
                    seen.extend(status.progress());
                    true
                },
                &Call::new(),
            );
            assert_eq!(status.unwrap().state(), &JobState::Completed, "{text}");
            assert_eq!(seen, [0.5], "{text}");
            let result = format!("{}/results/j", server.base_url);
            assert!(job.to_json().contains(&result), "{text}: {}", job.to_json());
        }
    });
}

#[test]
fn a_redirect_whose_body_reports_a_running_job_is_a_running_job() {
    with_watchdog(|| {
        for location in ["", "/results/j", "/jobs/j/status"] {
            for status in ["302 Found", "303 See Other"] {
                let server = polled(vec![redirect(status, location, RUNNING)]);
                let job = server.job();
                let ticket = job.to_json();
                let mut states = 0;
                let end = job.wait(
                    |status| {
                        assert_eq!(status.state(), &JobState::Running);
                        if states == 0 {
                            assert_eq!(job.to_json(), ticket);
                        }
                        states += 1;
                        true
                    },
                    &Call::new(),
                );
                assert_eq!(end.unwrap().state(), &JobState::Completed);
                assert_eq!(states, 2, "{status} {location}");
            }
        }
    });
}

#[test]
fn a_status_resource_that_moved_is_followed() {
    with_watchdog(|| {
        for status in ["301 Moved", "307 Temporary Redirect", "308 Permanent Redirect"] {
            let server = Canned::start(move |_, head| match head.split(' ').nth(1) {
                Some("/jobs/j/status") => redirect(status, "/v2/jobs/j/status", ""),
                Some("/v2/jobs/j/status") if head.contains("event-stream") => {
                    event_stream("data: {\"jobID\":\"j\",\"status\":\"running\",\"progress\":0.25}\n\n")
                }
                Some("/v2/jobs/j/status") => redirect("302 Found", "/v2/jobs/j", r#"{"status":"completed"}"#),
                _ => json_response("404 Not Found", "{}"),
            });
            let job = server.job();
            let mut seen = Vec::new();
            let end = job.wait(
                |status| {
                    seen.extend(status.progress());
                    true
                },
                &Call::new(),
            );
            assert_eq!(end.unwrap().state(), &JobState::Completed, "{status}");
            assert_eq!(seen, [0.25], "{status}");
            assert!(job.to_json().contains("/v2/jobs/j\""), "{}", job.to_json());
        }
        // A loop is not followed for ever.
        let server = Canned::start(|_, _| redirect("308 Permanent Redirect", "/jobs/j/status", ""));
        let error = server.job().status(&Call::new()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Redirect, "{error}");
    });
}

/// 2xx responses that are about no job.
const ERROR_DOCUMENTS: [&str; 5] = [
    r#"{"type":"about:blank","title":"Bad gateway","status":502,"detail":"upstream"}"#,
    r#"{"error":"Internal Server Error","message":"try later"}"#,
    r#"{"error":{"type":"Oops","title":"no backend"}}"#,
    r#"{"error":{"message":"timeout"},"status":500}"#,
    r#"{}"#,
];

#[test]
fn an_error_document_without_a_state_is_no_failed_job() {
    with_watchdog(|| {
        for body in ERROR_DOCUMENTS {
            let status = Canned::json(body).job().status(&Call::new()).unwrap();
            assert_eq!(status.state(), &JobState::Unknown(String::new()), "{body}");
            assert_eq!(status.json(), body);
            let server = polled(vec![json_response("200 OK", body); 3]);
            let end = server.job().wait(|_| true, &Call::new()).unwrap();
            assert_eq!(end.state(), &JobState::Completed, "{body}");

            // As an event, too.
            let server = Canned::start(move |index, _| match index {
                0 => event_stream(&format!("data: {body}\n\n")),
                1 => json_response("200 OK", RUNNING),
                _ => json_response("200 OK", r#"{"status":"completed","result":"x"}"#),
            });
            let end = server.job().wait(|_| true, &Call::new()).unwrap();
            assert_eq!(end.state(), &JobState::Completed, "{body}");
        }
        // A document that names the job is about the job.
        let body = r#"{"jobID":"j","error":{"type":"A","title":"B"}}"#;
        let status = Canned::json(body).job().status(&Call::new()).unwrap();
        assert_eq!(status.state(), &JobState::Failed);
    });
}

#[test]
fn a_wait_that_only_receives_error_documents_names_them() {
    with_watchdog(|| {
        let server = Canned::start(|_, _| json_response("200 OK", ERROR_DOCUMENTS[0]));
        let call = Call::new().timeout(Duration::from_millis(300));
        let error = server.job().wait(|_| true, &call).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::WaitTimeout, "{error}");
        assert!(error.message().contains("Bad gateway"), "{error}");
    });
}

#[test]
fn state_names_are_matched_without_regard_to_case() {
    with_watchdog(|| {
        for (name, state) in [
            ("Completed", JobState::Completed),
            ("RUNNING", JobState::Running),
            ("Failed", JobState::Failed),
            ("CANCELED", JobState::Canceled),
            ("Cancelled", JobState::Canceled),
        ] {
            let body = format!("{{\"jobID\":\"j\",\"status\":\"{name}\"}}");
            let status = Canned::json(&body).job().status(&Call::new()).unwrap();
            assert_eq!(status.state(), &state, "{name}");
            assert_eq!(status.json(), body);
        }
        let body = r#"{"jobID":"j","status":"Completed","result":{"file":{"URL":"https://f/x.pdf"}}}"#;
        let server = Canned::json(body);
        assert_eq!(server.job().wait(|_| true, &Call::new()).unwrap().json(), body);
        assert_eq!(server.job().result(&Call::new()).unwrap().files().len(), 1);
        let failed = Canned::json(r#"{"jobID":"j","status":"FAILED","error":{"title":"no"}}"#);
        let error = failed.job().result(&Call::new()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::JobFailed, "{error}");
    });
}

#[test]
fn an_unknown_state_is_reported_at_once_and_named_when_the_wait_runs_out() {
    with_watchdog(|| {
        for stream in [true, false] {
            let server = Canned::start(move |_, head| {
                let body = r#"{"jobID":"j","status":"quarantined"}"#;
                match head.contains("event-stream") {
                    true if stream => event_stream(&format!("data: {body}\n\n")),
                    true => json_response("405 Method Not Allowed", "{}"),
                    false => json_response("200 OK", body),
                }
            });
            let mut first = None;
            let call = Call::new().timeout(Duration::from_millis(300));
            let error = server.job().wait(
                |status| {
                    first.get_or_insert_with(|| status.state().clone());
                    true
                },
                &call,
            );
            let error = error.unwrap_err();
            assert_eq!(first, Some(JobState::Unknown("quarantined".to_owned())));
            assert_eq!(error.kind(), ErrorKind::WaitTimeout);
            assert!(error.message().contains("quarantined"), "{error}");
        }
    });
}

#[test]
fn a_wait_that_runs_out_among_failures_names_the_last_one() {
    with_watchdog(|| {
        let server = Canned::start(|_, head| match head.contains("event-stream") {
            true => json_response("200 OK", RUNNING),
            false => json_response("503 Service Unavailable", r#"{"title":"in maintenance"}"#),
        });
        let call = Call::new().timeout(Duration::from_millis(300));
        let error = server.job().wait(|_| true, &call).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::WaitTimeout);
        assert!(error.message().contains("in maintenance"), "{error}");
    });
}

#[test]
fn a_document_about_another_job_is_rejected_and_both_ids_are_named() {
    with_watchdog(|| {
        let server = Canned::json(r#"{"jobID":"other\u001b[2J","status":"completed","result":"x"}"#);
        let job = server.job_of("mine");
        for error in [
            job.status(&Call::new()).unwrap_err(),
            job.result(&Call::new()).unwrap_err(),
        ] {
            assert_eq!(error.kind(), ErrorKind::Protocol, "{error}");
            let text = error.message();
            assert!(text.contains("(other[2J)") && text.contains("(mine)"), "{error}");
            assert!(!text.contains('\u{1b}'), "{error:?}");
        }
        let long = format!("{{\"jobID\":\"{}\",\"status\":\"running\"}}", "x".repeat(50_000));
        let error = Canned::json(&long).job().status(&Call::new()).unwrap_err();
        assert!(error.message().len() < 1000, "{}", error.message().len());
    });
}

#[test]
fn a_watch_obeys_the_same_rules() {
    with_watchdog(|| {
        let server = polled(vec![
            redirect("304 Not Modified", "", ""),
            json_response("200 OK", ERROR_DOCUMENTS[1]),
            redirect("302 Found", "/results/j", RUNNING),
            json_response("200 OK", r#"{"status":"brewing"}"#),
        ]);
        let client = Client::new(server.options()).unwrap();
        let watch = client.watch(WatchOptions::new()).unwrap();
        watch.add(&client.job("j").unwrap()).unwrap();
        let mut last = None;
        while let Some(event) = watch.next(&Call::new()).unwrap() {
            last = Some(event.into_update());
        }
        assert!(
            matches!(&last, Some(JobUpdate::Ended(status)) if status.state() == &JobState::Completed),
            "{last:?}"
        );
    });
}
