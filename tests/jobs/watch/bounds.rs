//! The limits of a watch: requests per second, streams at once, memory for a slow consumer, and threads that callbacks run on.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use nitro_emulator::Scenario;
use nitro_jobs::{BearerToken, Call, Client, JobState, JobUpdate, TokenReason, WatchOptions};

use super::{add_all, ends, never, next};
use crate::common::{client, emulator, job, manual, options, polls, quick, streams, until, with_watchdog};

#[test]
fn requests_stay_within_the_rate_limit() {
    with_watchdog(|| {
        const RATE: f64 = 50.0;
        let emulator = emulator();
        let client = client(&emulator);
        let begun = Instant::now();
        let watch = client
            .watch(
                WatchOptions::new()
                    .threads(8)
                    .streams(0)
                    .requests_per_second(RATE),
            )
            .unwrap();
        let ids: Vec<_> = (0..40)
            .map(|_| watch.add(&job(&emulator, &client, never())).unwrap())
            .collect();
        until("every job was polled twice", || polls(&emulator).len() >= 80);
        let (seen, seconds) = (polls(&emulator).len(), begun.elapsed().as_secs_f64());
        // One at once, and what may follow after a late wake-up.
        let most = 1.0 + 0.05 * RATE + RATE * seconds;
        assert!(seen as f64 <= most, "{seen} requests in {seconds} s");
        assert!(ids.into_iter().all(|id| watch.remove(id)));
    });
}

#[test]
fn streams_stay_within_their_limit_and_the_next_job_takes_a_free_one() {
    with_watchdog(|| {
        let emulator = emulator();
        let client = client(&emulator);
        let watch = client.watch(WatchOptions::new().threads(4).streams(2)).unwrap();
        let expected = add_all(
            &emulator,
            &client,
            &watch,
            (0..6).map(|_| (manual(), "completed")),
        );
        until("two streams and polls", || {
            streams(&emulator).len() == 2 && polls(&emulator).len() >= 12
        });
        assert_eq!(streams(&emulator).len(), 2);
        // When a stream ends, another job may open one.
        emulator.finish(streams(&emulator)[0].path.split('/').nth(2).unwrap());
        until("a third stream", || streams(&emulator).len() == 3);
        for id in expected.keys() {
            emulator.finish(id);
        }
        assert_eq!(ends(&watch), expected);
    });
}

#[test]
fn a_slow_consumer_receives_the_latest_progress_and_every_end() {
    with_watchdog(|| {
        let emulator = emulator();
        let client = client(&emulator);
        let watch = client.watch(WatchOptions::new()).unwrap();
        let one = job(&emulator, &client, manual());
        watch.add(&one).unwrap();
        for step in 1..=9 {
            emulator.set_progress(&one.id(), f64::from(step) / 10.0);
        }
        // It is read after the service has sent all of it.
        let seen = loop {
            let JobUpdate::Progress(status) = next(&watch).into_update() else {
                panic!("it runs")
            };
            if status.progress() == Some(0.9) {
                break status;
            }
        };
        assert_eq!(seen.state(), &JobState::Running);
        let others = add_all(
            &emulator,
            &client,
            &watch,
            (0..50).map(|_| (Scenario::instant(), "completed")),
        );
        emulator.finish(&one.id());
        until("all is over", || {
            emulator
                .requests()
                .iter()
                .map(|r| &r.path)
                .collect::<HashSet<_>>()
                .len()
                >= 51
        });
        let mut ends = ends(&watch);
        assert_eq!(ends.remove(&one.id()).as_deref(), Some("completed"));
        assert_eq!(ends, others);
    });
}

#[test]
fn log_callbacks_run_inside_next_only() {
    with_watchdog(|| {
        let emulator = emulator();
        let lines = Arc::new(Mutex::new(Vec::new()));
        let sink = lines.clone();
        let options = options(&emulator).log(move |_, line| {
            let thread = std::thread::current();
            sink.lock().unwrap().push((thread.id(), line.to_owned()));
        });
        let client = Client::new(options).unwrap();
        let watch = client.watch(WatchOptions::new()).unwrap();
        let expected = add_all(&emulator, &client, &watch, (0..5).map(|_| (quick(), "completed")));
        until("every job was requested", || emulator.requests().len() >= 5);
        assert!(
            lines.lock().unwrap().is_empty(),
            "no callback runs before next is called"
        );
        assert_eq!(ends(&watch), expected);
        let lines = lines.lock().unwrap();
        assert!(!lines.is_empty());
        let here = std::thread::current().id();
        assert!(lines.iter().all(|(thread, _)| *thread == here), "{lines:?}");
        for id in expected.keys() {
            assert!(lines.iter().any(|(_, line)| line.contains(id)));
        }
    });
}

#[test]
fn token_callbacks_run_inside_next_only() {
    with_watchdog(|| {
        let emulator = emulator();
        let here = std::thread::current().id();
        let requested = Arc::new(Mutex::new(Vec::new()));
        let (service, seen) = (Arc::new(emulator), requested.clone());
        let source = service.clone();
        let options = options(&service).token_callback(move |reason| {
            seen.lock().unwrap().push((std::thread::current().id(), reason));
            Ok(BearerToken::new(source.token()))
        });
        let client = Client::new(options).unwrap();
        let watch = client.watch(WatchOptions::new()).unwrap();
        let expected = add_all(
            &service,
            &client,
            &watch,
            (0..20).map(|_| (manual(), "completed")),
        );
        // However short the calls are.
        let brief = Call::new().timeout(Duration::from_millis(1));
        assert!(requested.lock().unwrap().is_empty());
        until("every job was requested", || {
            let _ = watch.next(&brief);
            service
                .requests()
                .iter()
                .map(|r| &r.path)
                .collect::<HashSet<_>>()
                .len()
                == 20
        });
        assert_eq!(requested.lock().unwrap().len(), 1);
        // A rejected token is requested once more; a direct call does not wait for `next`.
        service.set_token("another-token-77aa");
        let id = expected.keys().next().unwrap();
        client.job(id).unwrap().status(&Call::new()).unwrap();
        assert_eq!(requested.lock().unwrap().len(), 2);
        for id in expected.keys() {
            service.finish(id);
        }
        assert_eq!(ends(&watch), expected);
        let requested = requested.lock().unwrap();
        assert!(
            requested.iter().all(|(thread, _)| *thread == here),
            "{requested:?}"
        );
        let reasons: Vec<_> = requested.iter().map(|(_, reason)| *reason).collect();
        assert_eq!(reasons, [TokenReason::First, TokenReason::Refused]);
    });
}
