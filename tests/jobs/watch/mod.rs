//! Many jobs at once against the emulator: every job ends as scripted, whatever happens meanwhile.
#![allow(clippy::unwrap_used)]

use crate::common;

mod bounds;
mod changes;

use std::collections::HashMap;

use common::{client, emulator, job, manual, quick, streams, until, with_watchdog};
use nitro_emulator::{Dialect, Emulator, Outcome, Scenario, StreamMode};
use nitro_jobs::{Call, Client, ClientOptions, ErrorKind, JobUpdate, Watch, WatchEvent, WatchOptions};

fn never() -> Scenario {
    Scenario::new().outcome(Outcome::Never)
}

/// The name of an update in a script.
fn state_name(update: &JobUpdate) -> String {
    match update {
        JobUpdate::Progress(_) => "progress".to_owned(),
        JobUpdate::Ended(status) => status.state().as_str().to_owned(),
        JobUpdate::GaveUp(error) => format!("{:?}", error.kind()),
        other => format!("{other:?}"),
    }
}

fn next(watch: &Watch) -> WatchEvent {
    watch.next(&Call::new()).expect("no error").expect("an event")
}

/// Reads all events; returns how each job ended, by job id.
fn ends(watch: &Watch) -> HashMap<String, String> {
    let mut ends = HashMap::new();
    while let Some(event) = watch.next(&Call::new()).expect("no error") {
        assert!(
            !ends.contains_key(event.job_id()),
            "update after the end: {event:?}"
        );
        if event.is_last() {
            ends.insert(event.job_id().to_owned(), state_name(event.update()));
        }
    }
    ends
}

/// Adds a job for each scenario to the watch; returns the expected end of each, by job id.
fn add_all(
    emulator: &Emulator,
    client: &Client,
    watch: &Watch,
    scripts: impl IntoIterator<Item = (Scenario, &'static str)>,
) -> HashMap<String, String> {
    let script = scripts.into_iter().map(|(scenario, end)| {
        let job = job(emulator, client, scenario);
        watch.add(&job).expect("a job can be added");
        (job.id(), end.to_owned())
    });
    script.collect()
}

#[test]
fn one_job_reports_its_progress_and_its_end() {
    with_watchdog(|| {
        for threads in [1, 2] {
            let emulator = emulator();
            let client = client(&emulator);
            let watch = client.watch(WatchOptions::new().threads(threads)).unwrap();
            assert!(watch.is_empty());
            assert!(watch.next(&Call::new()).unwrap().is_none(), "no job, no event");
            let job = job(&emulator, &client, quick().duration_ms(300u64));
            let id = watch.add(&job).unwrap();
            let (mut seen, mut best) = (0, None);
            let end = loop {
                let event = next(&watch);
                assert_eq!((event.id(), event.job_id()), (id, job.id().as_str()));
                match event.into_update() {
                    JobUpdate::Progress(status) => {
                        // Only changes are reported; the first may be without a number.
                        assert!(seen == 0 || status.progress() > best, "{status:?} after {best:?}");
                        (seen, best) = (seen + 1, status.progress());
                    }
                    last => break last,
                }
            };
            assert_eq!(state_name(&end), "completed");
            assert!(seen > 0);
            assert!(watch.is_empty() && watch.next(&Call::new()).unwrap().is_none());
            // A single thread is reserved for polls.
            assert_eq!(streams(&emulator).is_empty(), threads == 1);
        }
    });
}

#[test]
fn three_hundred_jobs_end_as_scripted() {
    with_watchdog(|| {
        let emulator = emulator();
        let client = client(&emulator);
        let watch = client.watch(WatchOptions::new()).unwrap();
        let scripts = (0..300u64).map(|n| {
            let scenario = Scenario::new().duration_ms(n * 37 % 400).dialect(match n % 3 {
                0 => Dialect::EventInData,
                1 => Dialect::Named,
                _ => Dialect::Message,
            });
            match n % 10 {
                0 => (scenario.failed("PDFIsPasswordProtected", "locked"), "failed"),
                1 => (scenario.outcome(Outcome::Canceled), "canceled"),
                2 => (scenario.outcome(Outcome::Gone), "Gone"),
                3 => (scenario.outcome(Outcome::Lost), "NotFound"),
                4 => (scenario.stream(StreamMode::Refuse(406)), "completed"),
                5 => (scenario.status_codes(vec![500, 503]), "completed"),
                6 => (scenario.status_codes(vec![401]), "Unauthorized"),
                7 => (scenario.malformed_events(2u32), "completed"),
                _ => (scenario, "completed"),
            }
        });
        let expected = add_all(&emulator, &client, &watch, scripts);
        assert_eq!((watch.len(), expected.len()), (300, 300));
        assert_eq!(ends(&watch), expected);
    });
}

#[test]
fn errors_are_reported_in_the_event_of_their_job() {
    with_watchdog(|| {
        let emulator = emulator();
        let client = client(&emulator);
        let watch = client.watch(WatchOptions::new()).unwrap();
        let lost = job(&emulator, &client, Scenario::new().outcome(Outcome::Lost));
        watch.add(&lost).unwrap();
        let JobUpdate::GaveUp(error) = next(&watch).into_update() else {
            panic!("a lost job cannot be followed")
        };
        assert_eq!(error.http_status(), Some(404));
        assert_eq!(error.reference_id(), Some(lost.reference_id().as_str()));
        assert!(error.message().contains(&lost.id()), "{error}");

        // The job keeps the location of the result that the watch received.
        let moved = job(&emulator, &client, quick());
        watch.add(&moved).unwrap();
        while !next(&watch).is_last() {}
        assert!(moved.result(&Call::new()).is_ok());
    });
}

#[test]
fn a_watch_survives_a_server_restart() {
    with_watchdog(|| {
        let emulator = emulator();
        let client = client(&emulator);
        let watch = client.watch(WatchOptions::new()).unwrap();
        let scripts = (0..30).map(|_| (manual(), "completed"));
        let expected = add_all(&emulator, &client, &watch, scripts);
        until("every job was requested", || emulator.requests().len() >= 30);
        emulator.stop_listening();
        emulator.drop_connections();
        for id in expected.keys() {
            emulator.finish(id);
        }
        emulator.listen_again().unwrap();
        assert_eq!(ends(&watch), expected);
    });
}

#[test]
fn invalid_watch_options_are_rejected() {
    let client = Client::new(ClientOptions::new()).unwrap();
    let rejected_kind = |options: WatchOptions| client.watch(options).unwrap_err().kind();
    for options in [
        WatchOptions::new().threads(0),
        WatchOptions::new().threads(257),
        WatchOptions::new().requests_per_second(-1.0),
        WatchOptions::new().requests_per_second(1e-9),
        WatchOptions::new().requests_per_second(f64::NAN),
        WatchOptions::new().requests_per_second(f64::INFINITY),
    ] {
        assert_eq!(rejected_kind(options), ErrorKind::InvalidArgument);
    }
}
