//! Where a wait receives the status from: the stream first, polls if there is none, never both at once.

use std::sync::Arc;
use std::time::Duration;

use nitro_emulator::{Dialect, Emulator, Limited, RateLimit, StreamMode};
use nitro_jobs::{Call, Client, JobState, LogLevel};

use crate::common::{
    Following, Log, client, emulator, is_stream, job, manual, options, polls, quick, streams, until,
    with_watchdog,
};

/// Asserts that only one connection is left: the stream is closed, and only polls are sent.
fn only_one_connection(emulator: &Emulator) {
    until("the stream is closed before the polls", || {
        emulator.open_connections() == 1
    });
}

#[test]
fn a_stream_follows_a_job_to_its_end_without_polls() {
    with_watchdog(|| {
        let emulator = emulator();
        let client = client(&emulator);
        let job = Arc::new(job(&emulator, &client, manual().dialect(Dialect::Named)));
        let following = Following::start(&job, Call::new());
        for progress in [0.25, 0.5, 1.0] {
            emulator.set_progress(&job.id(), progress);
            following.await_progress(progress);
        }
        emulator.finish(&job.id());
        assert_eq!(following.end().unwrap().state(), &JobState::Completed);
        let requests = emulator.requests();
        assert_eq!(requests.len(), 1);
        assert!(is_stream(&requests[0]));
    });
}

#[test]
fn a_stream_with_an_error_response_falls_back_to_polling_and_is_logged() {
    with_watchdog(|| {
        for status in [404, 405, 406, 415, 501] {
            let emulator = emulator();
            let log = Log::default();
            let client = Client::new(log.capture(options(&emulator))).unwrap();
            let scenario = manual().stream(StreamMode::Refuse(status));
            let job = Arc::new(job(&emulator, &client, scenario));
            emulator.set_progress(&job.id(), 0.5);
            let following = Following::start(&job, Call::new());
            following.await_progress(0.5);
            emulator.set_progress(&job.id(), 0.75);
            following.await_progress(0.75);
            emulator.finish(&job.id());
            following.end().unwrap();
            assert_eq!(streams(&emulator).len(), 1, "{status}");
            assert!(polls(&emulator).len() >= 3, "{status}");
            assert!(
                log.has(LogLevel::Info, "polling instead of streaming"),
                "{}",
                log.text()
            );
        }
    });
}

#[test]
fn an_idle_stream_is_closed_and_polled() {
    with_watchdog(|| {
        let emulator = emulator();
        let log = Log::default();
        let options = log
            .capture(options(&emulator))
            .idle_timeout(Duration::from_millis(100));
        let client = Client::new(options).unwrap();
        let job = Arc::new(job(&emulator, &client, manual().stream(StreamMode::Idle)));
        emulator.set_progress(&job.id(), 0.5);
        let following = Following::start(&job, Call::new());
        following.await_progress(0.5);
        only_one_connection(&emulator);
        emulator.finish(&job.id());
        following.end().unwrap();
        assert!(log.has(LogLevel::Info, "inactive"), "{}", log.text());
        let requests = emulator.requests();
        assert!(is_stream(&requests[0]) && !requests[1..].iter().any(is_stream));
        let idle_time = requests[1].arrival - requests[0].arrival;
        assert!(idle_time >= Duration::from_millis(95), "{idle_time:?}");
    });
}

#[test]
fn heartbeats_keep_a_slow_stream_from_being_idle() {
    with_watchdog(|| {
        let emulator = emulator();
        let options = options(&emulator).idle_timeout(Duration::from_millis(800));
        let client = Client::new(options).unwrap();
        let scenario = quick()
            .dialect(Dialect::Named)
            .duration_ms(1000u64)
            .steps(1u32)
            .heartbeat_ms(Some(20));
        let job = job(&emulator, &client, scenario);
        job.wait(|_| true, &Call::new()).unwrap();
        assert_eq!(emulator.requests().len(), 1);
    });
}

#[test]
fn a_stream_of_heartbeats_only_is_checked_by_a_poll() {
    with_watchdog(|| {
        let emulator = emulator();
        let options = options(&emulator).idle_timeout(Duration::from_millis(100));
        let client = Client::new(options).unwrap();
        let job = Arc::new(job(&emulator, &client, manual().heartbeat_ms(Some(10))));
        let following = Following::start(&job, Call::new());
        until("a poll comes", || !polls(&emulator).is_empty());
        emulator.finish(&job.id());
        following.end().unwrap();
    });
}

#[test]
fn a_stream_that_ends_early_is_followed_by_one_poll_and_a_new_stream() {
    with_watchdog(|| {
        let emulator = emulator();
        let client = client(&emulator);
        let scenario = manual()
            .dialect(Dialect::Message)
            .stream(StreamMode::EndEarly(1))
            .stream_times(Some(2))
            .event_ids(true);
        let job = Arc::new(job(&emulator, &client, scenario));
        emulator.set_progress(&job.id(), 0.5);
        let following = Following::start(&job, Call::new());
        until("the third stream", || streams(&emulator).len() == 3);
        emulator.set_progress(&job.id(), 0.75);
        following.await_progress(0.75);
        emulator.finish(&job.id());
        following.end().unwrap();
        let kinds: Vec<_> = emulator.requests().iter().map(is_stream).collect();
        assert_eq!(kinds, [true, false, true, false, true]);
        let ids: Vec<_> = streams(&emulator)
            .iter()
            .map(|r| r.header("last-event-id").map(str::to_owned))
            .collect();
        assert_eq!(ids, [None, Some("1".to_owned()), Some("1".to_owned())]);
    });
}

#[test]
fn a_stream_without_events_is_abandoned_after_three_attempts() {
    with_watchdog(|| {
        let emulator = emulator();
        let log = Log::default();
        let client = Client::new(log.capture(options(&emulator))).unwrap();
        let scenario = manual().dialect(Dialect::Message).stream(StreamMode::EndEarly(0));
        let job = Arc::new(job(&emulator, &client, scenario));
        let following = Following::start(&job, Call::new());
        until("many polls", || polls(&emulator).len() >= 6);
        emulator.finish(&job.id());
        following.end().unwrap();
        assert_eq!(streams(&emulator).len(), 3);
        assert!(log.has(LogLevel::Info, "failed too often"), "{}", log.text());
    });
}

#[test]
fn the_retry_field_sets_the_pause_before_a_new_stream() {
    with_watchdog(|| {
        let emulator = emulator();
        let client = client(&emulator);
        let scenario = manual()
            .dialect(Dialect::Message)
            .stream(StreamMode::EndEarly(1))
            .stream_times(Some(1))
            .retry_ms(Some(250));
        let job = Arc::new(job(&emulator, &client, scenario));
        emulator.set_progress(&job.id(), 0.5);
        let following = Following::start(&job, Call::new());
        until("the second stream", || streams(&emulator).len() == 2);
        emulator.finish(&job.id());
        following.end().unwrap();
        let requests = emulator.requests();
        let pause = requests[2].arrival - requests[1].arrival;
        assert!(pause >= Duration::from_millis(245), "{pause:?}");
    });
}

#[test]
fn completed_without_a_location_is_confirmed_by_a_poll() {
    with_watchdog(|| {
        let emulator = emulator();
        let client = client(&emulator);
        let odd = nitro_emulator::StatusName {
            name: "completed".to_owned(),
            times: 1,
        };
        // The stream reports completed at once without a location; the first poll reports it without a result.
        let scenario = manual().dialect(Dialect::Message).status_name(Some(odd));
        let job = Arc::new(job(&emulator, &client, scenario));
        let status = job.wait(|_| true, &Call::new()).unwrap();
        assert_eq!(status.state(), &JobState::Completed, "polling is the authority");
        assert_eq!(emulator.requests().len(), 2);

        let scenario = quick().stream(StreamMode::StatusUpdateOnly);
        let job = crate::common::job(&emulator, &client, scenario);
        let status = job.wait(|_| true, &Call::new()).unwrap();
        assert!(status.result_json().is_some());
    });
}

#[test]
fn a_completed_event_that_the_poll_contradicts_is_ignored() {
    with_watchdog(|| {
        use crate::common::{Canned, event_stream, json_response};
        let server = Canned::start(|index, head| {
            assert_eq!(head.contains("event-stream"), index % 2 == 0);
            match index {
                0 => event_stream("data: {\"event\":\"status-update\",\"status\":\"completed\"}\n\n"),
                1 => json_response("200 OK", r#"{"status":"running","progress":0.9}"#),
                2 => event_stream(
                    "data: {\"event\":\"redirect\",\"status\":\"completed\",\"location\":\"/jobs/j\"}\n\n",
                ),
                _ => unreachable!(),
            }
        });
        let mut seen = Vec::new();
        let status = server.job().wait(
            |status| {
                seen.extend(status.progress());
                true
            },
            &Call::new(),
        );
        assert_eq!(status.unwrap().location(), Some("/jobs/j"));
        assert_eq!(seen, [0.9]);
    });
}

#[test]
fn progress_never_decreases_and_one_is_not_the_end() {
    with_watchdog(|| {
        let emulator = emulator();
        let client = client(&emulator);
        for stream in [StreamMode::Live, StreamMode::Refuse(405)] {
            let job = Arc::new(job(&emulator, &client, manual().stream(stream)));
            let following = Following::start(&job, Call::new());
            emulator.set_progress(&job.id(), 0.8);
            following.await_progress(0.8);
            emulator.set_progress(&job.id(), 0.3);
            until("the lower number is reported", || {
                stream == StreamMode::Live || polls(&emulator).len() >= 4
            });
            following.await_progress(0.8);
            emulator.set_progress(&job.id(), 1.0);
            following.await_progress(1.0);
            emulator.finish(&job.id());
            assert_eq!(following.end().unwrap().state(), &JobState::Completed);
            emulator.forget_requests();
        }
    });
}

#[test]
fn retry_after_is_honoured_in_error_responses_and_polls() {
    with_watchdog(|| {
        let emulator = emulator();
        let client = client(&emulator);
        let limit = RateLimit {
            retry_after: 0.3,
            on: Limited::Status,
            ..RateLimit::default()
        };
        for extension in [true, false] {
            emulator.forget_requests();
            let limit = RateLimit {
                extension,
                header: !extension,
                ..limit.clone()
            };
            let refused = job(&emulator, &client, quick().rate_limit(Some(limit)));
            refused.wait(|_| true, &Call::new()).unwrap();
            let requests = emulator.requests();
            let pause = requests[1].arrival - requests[0].arrival;
            assert!(pause >= Duration::from_millis(295), "{pause:?}");
        }

        emulator.forget_requests();
        let scenario = manual()
            .stream(StreamMode::Refuse(405))
            .poll_retry_after(Some(0.25));
        let job = job(&emulator, &client, scenario);
        let finish = |_: &_| {
            emulator.finish(&job.id());
            true
        };
        job.wait(finish, &Call::new()).unwrap();
        let polls = polls(&emulator);
        let pause = polls[1].arrival - polls[0].arrival;
        assert!(pause >= Duration::from_millis(245), "{pause:?}");
        assert_eq!(polls.len(), 2);
    });
}

#[test]
fn poll_intervals_grow_up_to_the_maximum() {
    with_watchdog(|| {
        let emulator = emulator();
        let options = options(&emulator).poll_interval(Duration::from_millis(10), Duration::from_millis(60));
        let client = Client::new(options).unwrap();
        let job = Arc::new(job(&emulator, &client, manual().stream(StreamMode::Refuse(405))));
        let following = Following::start(&job, Call::new());
        until("ten polls", || polls(&emulator).len() >= 10);
        emulator.finish(&job.id());
        following.end().unwrap();
        let polls = polls(&emulator);
        let gap = |n: usize| polls[n + 1].arrival - polls[n].arrival;
        assert!(gap(8) >= Duration::from_millis(47), "{:?}", gap(8));
    });
}
