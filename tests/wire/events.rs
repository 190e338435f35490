//! Live events, pulled one by one: three dialects, every outcome, and malformed streams.
#![allow(clippy::unwrap_used)]

use crate::common;

use std::time::Duration;

use common::{
    Canned, DIALECTS, client, emulator, event_stream, job, json_response, manual, polls, quick, streams,
    with_watchdog,
};
use nitro_emulator::{Dialect, Fault, JobIdKey, Outcome, ProgressUnit, Scenario, StatusName, StreamMode};
use nitro_jobs::{Call, Client, ErrorKind, Events, Job, JobState, JobStatus};

/// All statuses until the end of the events.
fn all(events: &mut Events) -> Vec<JobStatus> {
    let mut seen = Vec::new();
    while let Some(status) = events.next(&Call::new()).unwrap() {
        seen.push(status);
    }
    seen
}

fn progress(seen: &[JobStatus]) -> Vec<f64> {
    seen.iter().filter_map(JobStatus::progress).collect()
}

fn run(scenario: Scenario) -> (nitro_emulator::Emulator, Job, Vec<JobStatus>) {
    let emulator = emulator();
    let job = job(&emulator, &client(&emulator), scenario);
    let seen = all(&mut job.events());
    (emulator, job, seen)
}

#[test]
fn every_dialect_reports_progress_and_completion() {
    with_watchdog(|| {
        for dialect in DIALECTS {
            for unit in [ProgressUnit::Fraction, ProgressUnit::Percent] {
                let scenario = quick().dialect(dialect).progress(vec![0.1, 0.5, 0.9]);
                let (emulator, job, seen) = run(scenario.progress_unit(unit));
                assert_eq!(progress(&seen), [0.1, 0.5, 0.9], "{dialect:?} {unit:?}");
                let last = seen.last().unwrap();
                assert_eq!(last.state(), &JobState::Completed, "{dialect:?}");
                assert_eq!(streams(&emulator).len(), 1, "{dialect:?}");
                assert_eq!(emulator.requests()[0].header("accept"), Some("text/event-stream"));
                job.result(&Call::new()).unwrap();
            }
        }
    });
}

#[test]
fn every_dialect_reports_failure() {
    with_watchdog(|| {
        for dialect in DIALECTS {
            let scenario = quick()
                .failed("ConversionFailed", "Conversion failed")
                .dialect(dialect);
            let (_emulator, job, seen) = run(scenario);
            let last = seen.last().unwrap();
            assert_eq!(last.state(), &JobState::Failed, "{dialect:?}");
            // One dialect has only the location of the reason.
            let reason = match last.error() {
                Some(error) => error,
                None => {
                    assert_eq!(dialect, Dialect::Message);
                    assert!(last.location().is_some());
                    let error = job.result(&Call::new()).unwrap_err();
                    assert_eq!(error.kind(), ErrorKind::JobFailed);
                    error.problem().unwrap().clone()
                }
            };
            assert_eq!(reason.identifier(), Some("ConversionFailed"), "{dialect:?}");
            assert_eq!(reason.title.as_deref(), Some("Conversion failed"), "{dialect:?}");
        }
    });
}

#[test]
fn every_dialect_reports_cancellation() {
    with_watchdog(|| {
        for dialect in DIALECTS {
            let (emulator, _, seen) = run(quick().outcome(Outcome::Canceled).dialect(dialect));
            assert_eq!(seen.last().unwrap().state(), &JobState::Canceled, "{dialect:?}");
            assert_eq!(polls(&emulator).len(), 0, "{dialect:?}");
        }
    });
}

#[test]
fn no_request_is_sent_after_the_last_event() {
    with_watchdog(|| {
        let emulator = emulator();
        let job = job(&emulator, &client(&emulator), Scenario::instant());
        let mut events = job.events();
        assert_eq!(emulator.connections(), 0, "nothing is sent before the first pull");
        all(&mut events);
        emulator.forget_requests();
        for _ in 0..3 {
            assert!(events.next(&Call::new()).unwrap().is_none());
        }
        assert!(emulator.requests().is_empty());
    });
}

#[test]
fn every_event_stream_content_type_is_accepted() {
    with_watchdog(|| {
        for content_type in [
            "text/event-stream",
            "application/event-stream",
            "Text/Event-Stream; charset=utf-8",
        ] {
            let scenario = quick()
                .dialect(Dialect::Named)
                .stream_content_type(Some(content_type.to_owned()));
            let (emulator, _, seen) = run(scenario);
            assert_eq!(seen.last().unwrap().state(), &JobState::Completed);
            assert_eq!(emulator.requests().len(), 1, "{content_type}");
        }
    });
}

#[test]
fn a_json_response_to_the_stream_request_is_read_as_status() {
    with_watchdog(|| {
        for outcome in [Outcome::Completed, Outcome::Failed, Outcome::Canceled] {
            let scenario = quick().stream(StreamMode::Json).outcome(outcome);
            let (emulator, _, seen) = run(scenario);
            assert!(seen.last().unwrap().is_terminal());
            assert_eq!(streams(&emulator).len(), 1, "it is not requested again");
            assert!(!polls(&emulator).is_empty());
        }
    });
}

#[test]
fn heartbeats_ids_and_retry_fields_are_no_events() {
    with_watchdog(|| {
        let scenario = quick()
            .duration_ms(100u64)
            .progress(vec![0.2, 0.4])
            .heartbeat_ms(Some(5))
            .event_ids(true)
            .retry_ms(Some(7));
        let (emulator, _, seen) = run(scenario);
        assert_eq!(progress(&seen), [0.2, 0.4]);
        assert_eq!(seen.last().unwrap().state(), &JobState::Completed);
        assert_eq!(streams(&emulator).len(), 1);
    });
}

#[test]
fn malformed_events_are_counted_and_skipped() {
    with_watchdog(|| {
        let emulator = emulator();
        let scenario = quick().progress(vec![0.5]).malformed_events(3u32);
        let job = job(&emulator, &client(&emulator), scenario);
        let mut events = job.events();
        assert_eq!(events.unreadable(), 0);
        let seen = all(&mut events);
        assert_eq!(events.unreadable(), 3);
        assert_eq!(progress(&seen), [0.5]);
        assert_eq!(seen.last().unwrap().state(), &JobState::Completed);
    });
}

#[test]
fn unknown_states_events_and_fields_are_tolerated() {
    with_watchdog(|| {
        for dialect in DIALECTS {
            let odd = StatusName {
                name: "warming".to_owned(),
                times: 2,
            };
            let scenario = quick()
                .dialect(dialect)
                .status_name(Some(odd))
                .extra_fields(true)
                .job_id_key(JobIdKey::JobId);
            let (_emulator, _, seen) = run(scenario);
            let unknown = JobState::Unknown("warming".to_owned());
            let count = seen.iter().filter(|s| s.state() == &unknown).count();
            assert!(count >= 2, "{dialect:?}: {count}");
            assert_eq!(seen.last().unwrap().state(), &JobState::Completed, "{dialect:?}");
        }
        let server = Canned::start(|_, _| {
            event_stream(
                "event: metrics\ndata: {\"cpu\":0.5}\n\nevent: ping\ndata:\n\ndata: 7\n\ndata: [1]\n\n\
                 event: progress-update\ndata: {\"status\":\"running\",\"progress\":0.5}\n\n\
                 event: redirect\ndata: {\"status\":\"completed\",\"location\":\"/jobs/j\"}\n\n",
            )
        });
        let mut events = server.job().events();
        let seen = all(&mut events);
        assert_eq!(progress(&seen), [0.5]);
        assert_eq!(seen.last().unwrap().state(), &JobState::Completed);
        assert_eq!(events.unreadable(), 0);
        assert_eq!(server.heads().len(), 1);
    });
}

#[test]
fn events_without_a_status_are_read_by_their_fields() {
    with_watchdog(|| {
        for dialect in DIALECTS {
            let (_emulator, job, seen) = run(quick().dialect(dialect).omit_status(true));
            assert_eq!(seen.last().unwrap().state(), &JobState::Completed, "{dialect:?}");
            job.result(&Call::new()).unwrap();
        }
        let failed = quick().failed("A", "b").dialect(Dialect::Named).omit_status(true);
        let (_emulator, _, seen) = run(failed);
        assert_eq!(seen.last().unwrap().state(), &JobState::Failed);
    });
}

#[test]
fn a_stream_that_ends_early_is_resumed_after_its_last_event() {
    with_watchdog(|| {
        let emulator = emulator();
        let scenario = manual()
            .dialect(Dialect::Message)
            .stream(StreamMode::EndEarly(2))
            .stream_times(Some(1))
            .event_ids(true);
        let job = job(&emulator, &client(&emulator), scenario);
        emulator.set_progress(&job.id(), 0.1);
        let mut events = job.events();
        let mut next = || events.next(&Call::new()).unwrap().unwrap();
        assert_eq!(next().progress(), Some(0.1));
        emulator.set_progress(&job.id(), 0.2);
        assert_eq!(next().progress(), Some(0.2));
        // The poll between the two streams.
        assert_eq!(next().progress(), Some(0.2));
        emulator.finish(&job.id());
        let seen = all(&mut events);
        assert_eq!(seen.last().unwrap().state(), &JobState::Completed);
        let streams = streams(&emulator);
        assert_eq!(streams.len(), 2);
        assert_eq!(streams[0].header("last-event-id"), None);
        assert_eq!(streams[1].header("last-event-id"), Some("2"));
        assert_eq!(polls(&emulator).len(), 1);
    });
}

#[test]
fn completed_without_a_location_is_resolved_by_one_poll() {
    with_watchdog(|| {
        for dialect in DIALECTS {
            let scenario = quick().dialect(dialect).stream(StreamMode::StatusUpdateOnly);
            let (emulator, _, seen) = run(scenario);
            let last = seen.last().unwrap();
            assert_eq!(last.state(), &JobState::Completed, "{dialect:?}");
            assert!(last.result_json().is_some(), "from the poll");
            assert_eq!((streams(&emulator).len(), polls(&emulator).len()), (1, 1));
        }
    });
}

#[test]
fn pulls_with_a_short_timeout_lose_no_event() {
    with_watchdog(|| {
        let emulator = emulator();
        let job = job(&emulator, &client(&emulator), manual().dialect(Dialect::Named));
        let mut events = job.events();
        emulator.set_progress(&job.id(), 0.05);
        let first = events.next(&Call::new()).unwrap().unwrap();
        assert_eq!(first.progress(), Some(0.05));
        let short = Call::new().timeout(Duration::from_millis(15));
        let (mut seen, mut timeouts) = (Vec::new(), 0);
        loop {
            match events.next(&short) {
                Ok(Some(status)) => seen.push(status),
                Ok(None) => break,
                Err(error) => {
                    assert_eq!(error.kind(), ErrorKind::Timeout, "{error}");
                    timeouts += 1;
                    // The events come while nobody pulls.
                    match timeouts {
                        1..=4 => emulator.set_progress(&job.id(), f64::from(timeouts) / 10.0),
                        _ => emulator.finish(&job.id()),
                    }
                }
            }
        }
        assert_eq!(progress(&seen), [0.1, 0.2, 0.3, 0.4]);
        assert_eq!(seen.last().unwrap().state(), &JobState::Completed);
        assert_eq!(emulator.requests().len(), 1, "one stream for all pulls");
    });
}

#[test]
fn progress_never_decreases() {
    with_watchdog(|| {
        let scenario = quick().progress(vec![0.2, 0.6, 0.3, 0.5, 0.8]);
        let (_emulator, _, seen) = run(scenario);
        assert_eq!(progress(&seen), [0.2, 0.6, 0.6, 0.6, 0.8]);
        assert_eq!(seen[2].raw_progress(), Some(0.3), "the received number is kept");
    });
}

#[test]
fn the_result_is_requested_at_the_location_from_the_events() {
    with_watchdog(|| {
        let server = Canned::start(|_, head| {
            if head.contains("event-stream") {
                event_stream("data: {\"status\":\"completed\",\"location\":\"/elsewhere/9\"}\n\n")
            } else {
                json_response("200 OK", r#"{"status":"completed","result":"text"}"#)
            }
        });
        let job = server.job();
        all(&mut job.events());
        assert!(job.to_json().contains("/elsewhere/9"), "{}", job.to_json());
        job.result(&Call::new()).unwrap();
        assert!(server.heads()[1].starts_with("GET /elsewhere/9 "));
    });
}

#[test]
fn an_event_beyond_the_size_limit_is_an_error() {
    with_watchdog(|| {
        let server = Canned::start(|index, _| {
            if index == 0 {
                event_stream(&format!("data: {}\n\n", "x".repeat(100_000)))
            } else {
                json_response("200 OK", r#"{"status":"completed","result":"text"}"#)
            }
        });
        let client = Client::new(server.options().max_event_bytes(1000)).unwrap();
        let mut events = client.job("j").unwrap().events();
        let seen = all(&mut events);
        assert_eq!(seen.last().unwrap().state(), &JobState::Completed, "by the poll");
    });
}

#[test]
fn pulls_with_a_timeout_below_a_round_trip_reach_the_end() {
    with_watchdog(|| {
        let emulator = emulator();
        let job = client(&emulator).job(&emulator.create_job(quick())).unwrap();
        emulator.fault_all(Some(Fault::stall(0, 250)));
        let mut events = job.events();
        let pull = Call::new().timeout(Duration::from_millis(20));
        let states = std::iter::from_fn(|| match events.next(&pull) {
            Ok(state) => state.map(Some),
            Err(error) if error.kind() == ErrorKind::Timeout => Some(None),
            Err(error) => panic!("{error}"),
        });
        let last = states.flatten().last().expect("a state");
        assert_eq!(*last.state(), JobState::Completed);
        assert!(
            emulator.connections() < 12,
            "each pull made a connection of its own"
        );
    });
}
