//! The status of a job in one round trip, in every known form.
#![allow(clippy::unwrap_used)]

use crate::common;

use common::{
    Canned, client, emulator, job, json_response, manual, plain_client, polls, response, with_watchdog,
};
use nitro_emulator::{Completion, Dialect, JobIdKey, Outcome, ProgressUnit, Scenario, Shape, StatusName};
use nitro_jobs::{Call, ErrorKind, JobState};

#[test]
fn running_progress_is_read_as_fraction_and_percentage() {
    with_watchdog(|| {
        let emulator = emulator();
        let client = client(&emulator);
        for (unit, raw) in [(ProgressUnit::Fraction, 0.25), (ProgressUnit::Percent, 25.0)] {
            let job = job(&emulator, &client, manual().progress_unit(unit));
            emulator.set_progress(&job.id(), 0.25);
            let status = job.status(&Call::new()).unwrap();
            assert_eq!(status.state(), &JobState::Running);
            assert_eq!(status.progress(), Some(0.25));
            assert_eq!(status.raw_progress(), Some(raw));
            assert_eq!(status.job_id(), Some(job.id().as_str()));
            assert!(!status.is_terminal());
        }
    });
}

#[test]
fn progress_is_clamped_and_never_guessed() {
    with_watchdog(|| {
        for (document, progress, raw) in [
            (r#"{"status":"running","progress":0}"#, Some(0.0), Some(0.0)),
            (r#"{"status":"running","progress":1}"#, Some(1.0), Some(1.0)),
            (r#"{"status":"running","progress":250}"#, Some(1.0), Some(250.0)),
            (r#"{"status":"running","progress":-3}"#, Some(0.0), Some(-3.0)),
            (r#"{"status":"running","progress":null}"#, None, None),
            (r#"{"status":"running","progress":"0.5"}"#, None, None),
            (r#"{"status":"running"}"#, None, None),
        ] {
            let status = Canned::json(document).job().status(&Call::new()).unwrap();
            assert_eq!(
                (status.progress(), status.raw_progress()),
                (progress, raw),
                "{document}"
            );
            assert_eq!(status.json(), document);
            assert!(!status.is_terminal());
        }
    });
}

#[test]
fn a_completed_status_contains_its_result() {
    with_watchdog(|| {
        let emulator = emulator();
        let client = client(&emulator);
        let job = job(&emulator, &client, Scenario::instant().shape(Shape::Text));
        let status = job.status(&Call::new()).unwrap();
        assert_eq!(status.state(), &JobState::Completed);
        assert!(status.is_terminal());
        assert!(status.result_json().unwrap().starts_with("\"Invoice 2026"));
        assert_eq!(status.location(), None);
        assert!(status.error().is_none());
    });
}

#[test]
fn a_redirect_means_completed_and_is_not_followed() {
    with_watchdog(|| {
        let emulator = emulator();
        let client = client(&emulator);
        let scenario = Scenario::instant().completion(Completion::Redirect);
        let job = job(&emulator, &client, scenario);
        let status = job.status(&Call::new()).unwrap();
        assert_eq!(status.state(), &JobState::Completed);
        let expected = format!("{}/jobs/{}", emulator.base_url(), job.id());
        assert_eq!(status.location(), Some(expected.as_str()));
        assert_eq!(status.json(), r#"{"status":"completed"}"#);
        assert_eq!(emulator.requests().len(), 1);
    });
}

#[test]
fn a_redirect_may_be_relative_bare_or_point_to_a_failure() {
    with_watchdog(|| {
        let redirect = |location: &str, body: &str| {
            let response = response("302 Found", &format!("Location: {location}\r\n"), body.as_bytes());
            Canned::start(move |_, _| response.clone())
        };
        let server = redirect("../../results/7?x=1", "");
        let job = server.job();
        let status = job.status(&Call::new()).unwrap();
        assert_eq!(status.state(), &JobState::Completed);
        let expected = format!("{}/results/7?x=1", server.base_url);
        assert_eq!(status.location(), Some(expected.as_str()));
        assert!(job.to_json().contains("/results/7"), "{}", job.to_json());

        let failed = redirect("/jobs/j", r#"{"status":"failed"}"#).job();
        assert_eq!(failed.status(&Call::new()).unwrap().state(), &JobState::Failed);

        let nowhere = redirect("http://[", "").job();
        let error = nowhere.status(&Call::new()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Redirect);
    });
}

#[test]
fn a_failed_status_contains_its_error() {
    with_watchdog(|| {
        let emulator = emulator();
        let client = client(&emulator);
        let scenario = Scenario::instant().failed("PDFIsPasswordProtected", "PDF is password protected");
        for completion in [Completion::Json, Completion::Redirect] {
            let job = job(&emulator, &client, scenario.clone().completion(completion));
            let status = job.status(&Call::new()).unwrap();
            assert_eq!(status.state(), &JobState::Failed);
            let error = status.error().unwrap();
            assert_eq!(error.identifier(), Some("PDFIsPasswordProtected"));
            assert_eq!(error.title.as_deref(), Some("PDF is password protected"));
        }
    });
}

#[test]
fn canceled_and_unknown_states_are_returned() {
    with_watchdog(|| {
        let emulator = emulator();
        let client = client(&emulator);
        let canceled = job(&emulator, &client, Scenario::instant().outcome(Outcome::Canceled));
        let status = canceled.status(&Call::new()).unwrap();
        assert_eq!(
            (status.state(), status.is_terminal()),
            (&JobState::Canceled, true)
        );

        let odd = StatusName {
            name: "quarantined".to_owned(),
            times: 1,
        };
        let job = job(&emulator, &client, Scenario::instant().status_name(odd));
        let status = job.status(&Call::new()).unwrap();
        assert_eq!(status.state(), &JobState::Unknown("quarantined".to_owned()));
        assert_eq!(
            (status.state().as_str(), status.is_terminal()),
            ("quarantined", false)
        );
        assert_eq!(job.status(&Call::new()).unwrap().state(), &JobState::Completed);
    });
}

#[test]
fn a_missing_status_is_inferred_from_the_other_fields() {
    with_watchdog(|| {
        let emulator = emulator();
        let client = client(&emulator);
        let state = |scenario: Scenario| {
            let job = job(&emulator, &client, scenario.omit_status(true));
            job.status(&Call::new()).unwrap().state().clone()
        };
        assert_eq!(state(Scenario::instant()), JobState::Completed);
        assert_eq!(state(Scenario::instant().failed("A", "b")), JobState::Failed);
        assert_eq!(state(manual()), JobState::Running);
        let nothing = state(Scenario::instant().outcome(Outcome::Canceled));
        assert_eq!(nothing, JobState::Unknown(String::new()));
    });
}

#[test]
fn both_id_spellings_and_extra_fields_are_accepted() {
    with_watchdog(|| {
        let emulator = emulator();
        let client = client(&emulator);
        for (key, known) in [
            (JobIdKey::JobID, true),
            (JobIdKey::JobId, true),
            (JobIdKey::Absent, false),
        ] {
            let job = job(&emulator, &client, manual().job_id_key(key).extra_fields(true));
            let status = job.status(&Call::new()).unwrap();
            assert_eq!(status.job_id(), known.then_some(job.id().as_str()));
            assert_eq!(status.state(), &JobState::Running);
            assert!(status.json().contains("\"größe\""), "kept: {}", status.json());
        }
    });
}

#[test]
fn a_status_is_one_round_trip_with_these_headers() {
    with_watchdog(|| {
        let emulator = emulator();
        let options = common::options(&emulator).user_agent("probe/7");
        let client = nitro_jobs::Client::new(options).unwrap();
        let job = job(&emulator, &client, manual());
        job.status(&Call::new()).unwrap();
        let requests = emulator.requests();
        assert_eq!(requests.len(), 1);
        let request = &requests[0];
        assert_eq!(request.method, "GET");
        let header = |name| request.header(name);
        assert_eq!(
            header("authorization"),
            Some(format!("Bearer {}", emulator.token()).as_str())
        );
        assert_eq!(header("accept"), Some("application/json"));
        assert_eq!(header("user-agent"), Some("probe/7"));
        assert!(
            header("x-nitro-client").is_some_and(|v| v.starts_with("nitro-jobs/")),
            "{:?}",
            request.headers
        );
        assert_eq!(
            header("x-analytics-session-id"),
            Some(job.reference_id().as_str())
        );
        assert_eq!(request.body_length, 0);
    });
}

#[test]
fn every_request_of_a_job_carries_the_same_reference_id() {
    with_watchdog(|| {
        let emulator = emulator();
        let client = client(&emulator);
        let job = job(&emulator, &client, Scenario::instant().dialect(Dialect::Message));
        job.status(&Call::new()).unwrap();
        job.wait(|_| true, &Call::new()).unwrap();
        job.result(&Call::new()).unwrap();
        job.result_bytes(&mut Vec::new(), &Call::new()).unwrap();
        let requests = emulator.requests();
        let accepts: Vec<_> = requests.iter().filter_map(|r| r.header("accept")).collect();
        assert_eq!(
            accepts,
            [
                "application/json",
                "text/event-stream",
                "application/json",
                "application/octet-stream"
            ]
        );
        for request in &requests {
            let sent = request.header("x-analytics-session-id");
            assert_eq!(sent, Some(job.reference_id().as_str()), "{}", request.path);
        }
    });
}

#[test]
fn transient_errors_of_a_status_request_are_retried() {
    with_watchdog(|| {
        let emulator = emulator();
        let client = client(&emulator);
        let job = job(&emulator, &client, manual().status_codes(vec![503u16]));
        assert_eq!(job.status(&Call::new()).unwrap().state(), &JobState::Running);
        assert_eq!(polls(&emulator).len(), 2);
    });
}

#[test]
fn a_body_that_is_no_status_is_rejected() {
    with_watchdog(|| {
        for body in [
            "",
            "{",
            "[]",
            "7",
            "\"running\"",
            "<html></html>",
            "{\"status\":\"run",
        ] {
            let job = Canned::json(body).job();
            let error = job.status(&Call::new()).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Protocol, "{body:?}: {error}");
            assert!(error.message().contains("status"), "{body:?}: {error}");
            assert!(error.ticket().is_some(), "{body:?}");
        }
        for body in [r#"{"status":7}"#, r#"{"status":null,"progress":{}}"#, "{}"] {
            let status = Canned::json(body).job().status(&Call::new()).unwrap();
            assert_eq!(status.state(), &JobState::Unknown(String::new()), "{body}");
            assert_eq!(status.json(), body);
        }
        let server = Canned::start(|_, _| json_response("200 OK", &" ".repeat(4096)));
        let client = nitro_jobs::Client::new(server.options().max_json_bytes(1000)).unwrap();
        let error = client.job("j").unwrap().status(&Call::new()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TooLarge);
    });
}

#[test]
fn a_job_that_the_service_does_not_know_is_not_found() {
    with_watchdog(|| {
        let emulator = emulator();
        let client = plain_client(&emulator);
        let unknown = client.job("no-such-job").unwrap();
        let error = unknown.status(&Call::new()).unwrap_err();
        assert_eq!(
            (error.kind(), error.http_status()),
            (ErrorKind::NotFound, Some(404))
        );
        let gone = job(&emulator, &client, Scenario::new().outcome(Outcome::Gone));
        let error = gone.status(&Call::new()).unwrap_err();
        assert_eq!((error.kind(), error.http_status()), (ErrorKind::Gone, Some(410)));
        assert!(error.message().contains("15 minutes"), "{error}");
        assert!(error.message().contains("submit the document again"), "{error}");
    });
}
