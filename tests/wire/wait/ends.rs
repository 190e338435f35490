//! How a wait ends: in all dialects and both completion styles where that makes a difference.

use std::sync::Arc;
use std::time::Duration;

use nitro_emulator::{Completion, Outcome, Scenario, StreamMode};
use nitro_jobs::{Call, CancelToken, ErrorKind, JobState, Limit};

use crate::common::{
    Canned, DIALECTS, Following, client, emulator, event_stream, job, json_response, manual, quick,
    with_watchdog,
};

/// Streaming in each dialect, and polling, in both completion styles.
fn ways(scenario: &Scenario) -> Vec<Scenario> {
    let mut ways = Vec::new();
    for completion in [Completion::Json, Completion::Redirect] {
        let scenario = scenario.clone().completion(completion);
        ways.extend(DIALECTS.map(|dialect| scenario.clone().dialect(dialect)));
        ways.push(scenario.stream(StreamMode::Refuse(405)));
    }
    ways
}

#[test]
fn a_completed_job_ends_the_wait_with_its_result() {
    with_watchdog(|| {
        let emulator = emulator();
        let client = client(&emulator);
        for scenario in ways(&manual()) {
            let job = job(&emulator, &client, scenario.clone());
            emulator.set_progress(&job.id(), 0.5);
            let mut seen = Vec::new();
            let status = job.wait(
                |status| {
                    assert!(!status.is_terminal());
                    seen.extend(status.progress());
                    if status.progress() == Some(0.5) {
                        emulator.finish(&job.id());
                    }
                    true
                },
                &Call::new(),
            );
            assert_eq!(status.unwrap().state(), &JobState::Completed, "{scenario:?}");
            assert!(seen.contains(&0.5), "{scenario:?}: {seen:?}");
            assert_eq!(job.result(&Call::new()).unwrap().files().len(), 1);
        }
    });
}

#[test]
fn a_failed_job_ends_the_wait_with_its_problem_document() {
    with_watchdog(|| {
        let emulator = emulator();
        let client = client(&emulator);
        for scenario in ways(&quick().failed("PDFIsPasswordProtected", "PDF is password protected")) {
            let job = job(&emulator, &client, scenario.clone());
            let error = job.wait(|_| true, &Call::new()).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::JobFailed, "{scenario:?}");
            let problem = error
                .problem()
                .unwrap_or_else(|| panic!("no reason: {scenario:?}"));
            assert_eq!(
                problem.identifier(),
                Some("PDFIsPasswordProtected"),
                "{scenario:?}"
            );
            assert_eq!(problem.title.as_deref(), Some("PDF is password protected"));
            let text = error.to_string();
            assert!(text.contains("PDF is password protected"), "{text}");
            assert!(text.contains(&job.id()), "{text}");
            assert!(!error.is_retryable());
        }
    });
}

#[test]
fn the_reason_of_a_failure_is_read_in_every_form() {
    with_watchdog(|| {
        for (body, title) in [
            (
                r#"{"jobID":"j","status":"failed","error":{"type":"A","title":"B"}}"#,
                "B",
            ),
            (r#"{"type":"A","title":"B"}"#, "B"),
            (r#"{"error":{"message":"B"}}"#, "B"),
            (r#"{"error":"A","message":"B"}"#, "B"),
        ] {
            let server = Canned::start(move |_, head| {
                if head.contains("event-stream") {
                    event_stream("data: {\"jobID\":\"j\",\"status\":\"failed\",\"location\":\"/why\"}\n\n")
                } else {
                    assert!(head.starts_with("GET /why "));
                    json_response("200 OK", body)
                }
            });
            let error = server.job().wait(|_| true, &Call::new()).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::JobFailed, "{body}: {error}");
            assert_eq!(error.problem().unwrap().title.as_deref(), Some(title), "{body}");
        }
    });
}

#[test]
fn a_failure_without_an_available_reason_is_still_a_failure() {
    with_watchdog(|| {
        let server = Canned::start(|_, head| {
            if head.contains("event-stream") {
                event_stream("data: {\"jobID\":\"j\",\"status\":\"failed\",\"location\":\"/why\"}\n\n")
            } else {
                json_response("500 Internal Server Error", "{}")
            }
        });
        let error = server.job().wait(|_| true, &Call::new()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::JobFailed, "{error}");
    });
}

#[test]
fn a_canceled_job_ends_the_wait() {
    with_watchdog(|| {
        let emulator = emulator();
        let client = client(&emulator);
        for scenario in ways(&quick().outcome(Outcome::Canceled)) {
            let job = job(&emulator, &client, scenario.clone());
            let error = job.wait(|_| true, &Call::new()).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::JobCanceled, "{scenario:?}");
            assert!(error.to_string().contains("canceled"), "{error}");
        }
    });
}

#[test]
fn an_expired_job_is_reported_as_gone() {
    with_watchdog(|| {
        let emulator = emulator();
        let client = client(&emulator);
        for scenario in ways(&Scenario::new().outcome(Outcome::Gone)) {
            let job = job(&emulator, &client, scenario);
            let error = job.wait(|_| true, &Call::new()).unwrap_err();
            assert_eq!((error.kind(), error.http_status()), (ErrorKind::Gone, Some(410)));
            let problem = error.problem().unwrap();
            assert_eq!(problem.identifier(), Some("FileNoLongerAvailable"));
            let text = error.to_string();
            assert!(text.contains("about 15 minutes"), "{text}");
            assert!(text.contains("submit the document again"), "{text}");
            assert!(!error.is_retryable());
        }
    });
}

#[test]
fn an_unknown_job_is_not_found() {
    with_watchdog(|| {
        let emulator = emulator();
        let client = client(&emulator);
        let lost = job(&emulator, &client, Scenario::new().outcome(Outcome::Lost));
        for job in [lost, client.job("never-was").unwrap()] {
            let error = job.wait(|_| true, &Call::new()).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::NotFound);
            assert!(error.to_string().contains("check the job id"), "{error}");
        }
    });
}

#[test]
fn an_unauthorized_response_ends_the_wait_at_once() {
    with_watchdog(|| {
        let emulator = emulator();
        let client = client(&emulator);
        let job = job(&emulator, &client, manual());
        emulator.expire_token();
        let error = job.wait(|_| true, &Call::new()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unauthorized);
        assert!(error.to_string().contains("token"), "{error}");
        assert_eq!(emulator.requests().len(), 1);
    });
}

#[test]
fn a_wait_timeout_leaves_the_job_to_another_client() {
    with_watchdog(|| {
        let emulator = emulator();
        for stream in [StreamMode::Live, StreamMode::Refuse(501), StreamMode::Mute] {
            let client = client(&emulator);
            let job = job(&emulator, &client, manual().stream(stream));
            let call = Call::new().timeout(Duration::from_millis(80));
            let error = job.wait(|_| true, &call).unwrap_err();
            assert_eq!(
                (error.kind(), error.limit()),
                (ErrorKind::WaitTimeout, Some(Limit::Wait)),
                "{stream:?}"
            );
            assert!(error.is_retryable());
            assert_eq!(error.reference_id(), Some(job.reference_id().as_str()));
            assert!(error.to_string().contains(&job.id()), "{error}");
            let ticket = error.ticket().unwrap().to_owned();
            assert_eq!(ticket, job.to_json());
            let id = job.id();
            drop((job, client));

            emulator.finish(&id);
            let later = crate::common::client(&emulator).job_from_json(&ticket).unwrap();
            if stream != StreamMode::Mute {
                let status = later.wait(|_| true, &Call::new()).unwrap();
                assert_eq!(status.state(), &JobState::Completed);
            }
            assert_eq!(later.result(&Call::new()).unwrap().files().len(), 1);
        }
    });
}

#[test]
fn the_default_wait_timeout_is_an_option() {
    with_watchdog(|| {
        let emulator = emulator();
        let options = crate::common::options(&emulator).wait_timeout(Duration::from_millis(50));
        let client = nitro_jobs::Client::new(options).unwrap();
        let job = job(&emulator, &client, manual());
        let error = job.wait(|_| true, &Call::new()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::WaitTimeout);
    });
}

#[test]
fn the_callback_can_stop_the_wait() {
    with_watchdog(|| {
        let emulator = emulator();
        let client = client(&emulator);
        for scenario in ways(&manual()) {
            let job = job(&emulator, &client, scenario);
            emulator.set_progress(&job.id(), 0.5);
            let error = job
                .wait(|status| status.progress() != Some(0.5), &Call::new())
                .unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Stopped);
            assert_eq!(error.ticket(), Some(job.to_json().as_str()));
            assert!(!error.is_retryable());
        }
    });
}

#[test]
fn a_wait_is_cancelled_from_another_thread() {
    with_watchdog(|| {
        let emulator = emulator();
        let client = client(&emulator);
        for stream in [StreamMode::Live, StreamMode::Refuse(404)] {
            let job = Arc::new(job(&emulator, &client, manual().stream(stream)));
            emulator.set_progress(&job.id(), 0.5);
            let cancel = CancelToken::new();
            let following = Following::start(&job, Call::new().cancel(&cancel));
            following.await_progress(0.5);
            cancel.cancel();
            let error = following.end().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Cancelled, "{stream:?}");
            assert!(error.ticket().is_some());
        }
        let cancel = CancelToken::new();
        cancel.cancel();
        emulator.forget_requests();
        let job = job(&emulator, &client, manual());
        let error = job.wait(|_| true, &Call::new().cancel(&cancel)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Cancelled);
        assert!(emulator.requests().is_empty(), "nothing is sent");
    });
}

#[test]
fn a_finished_job_ends_the_wait_at_once() {
    with_watchdog(|| {
        let emulator = emulator();
        let client = client(&emulator);
        for scenario in ways(&Scenario::instant().steps(0u32)) {
            let job = job(&emulator, &client, scenario);
            job.status(&Call::new()).unwrap();
            for _ in 0..2 {
                let status = job.wait(|_| true, &Call::new()).unwrap();
                assert_eq!(status.state(), &JobState::Completed);
            }
        }
    });
}
