//! Every pause has a floor, whatever the service requests.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use nitro_jobs::{Call, Client, ClientOptions, ErrorKind, WatchOptions};

use crate::common::{Canned, event_stream, response, with_watchdog};

const FIRST: Duration = Duration::from_millis(100);

fn options(server: &Canned) -> ClientOptions {
    server.options().poll_interval(FIRST, FIRST * 10)
}

/// Responds to the head of a request.
type Service = Box<dyn Fn(&str) -> Vec<u8> + Send>;

/// What a service sends again and again: whatever it requests, no request follows the one before at once.
fn hasty() -> Vec<(&'static str, Service)> {
    const RUNNING: &[u8] = br#"{"status":"running"}"#;
    let polled = |headers: &'static str| -> Service {
        Box::new(move |head: &str| match head.contains("event-stream") {
            true => response("405 No", "", b""),
            false => response("200 OK", headers, RUNNING),
        })
    };
    let both = |status: &'static str, headers: &'static str, body: &'static [u8]| -> Service {
        Box::new(move |_: &str| response(status, headers, body))
    };
    let streamed = |events: &'static str| -> Service {
        Box::new(move |head: &str| match head.contains("event-stream") {
            true => event_stream(events),
            false => response("200 OK", "", RUNNING),
        })
    };
    vec![
        ("Retry-After: 0", polled("Retry-After: 0\r\n")),
        ("a negative Retry-After", polled("Retry-After: -5\r\n")),
        (
            "a Retry-After below a microsecond",
            polled("Retry-After: 0.0000001\r\n"),
        ),
        (
            "a Retry-After in the past",
            polled("Retry-After: Sun, 06 Nov 1994 08:49:37 GMT\r\n"),
        ),
        ("503", both("503 No", "Retry-After: 0\r\n", b"")),
        ("429", both("429 No", "Retry-After: 0\r\n", b"")),
        (
            "a redirect to itself",
            both("302 Found", "Retry-After: 0\r\nLocation: /jobs/j/status\r\n", b""),
        ),
        (
            "a redirect about a running job",
            both("302 Found", "Retry-After: 0\r\nLocation: /x\r\n", RUNNING),
        ),
        ("an error document", both("200 OK", "Retry-After: 0\r\n", b"{}")),
        (
            "a stream that ends after each event",
            streamed("retry: 0\ndata: {\"status\":\"running\"}\n\n"),
        ),
        ("a stream that ends at once", streamed("retry: 0\n\n")),
        (
            "a stream that announces an end which the poll denies",
            streamed("retry: 0\ndata: {\"status\":\"completed\"}\n\n"),
        ),
    ]
}

/// No more requests than two for each pause of half the first interval, and a few at the beginning.
fn bound(elapsed: Duration) -> usize {
    6 + 2 * usize::try_from(elapsed.as_millis() / (FIRST / 2).as_millis()).unwrap()
}

#[test]
fn no_request_of_a_wait_follows_the_one_before_without_a_pause() {
    with_watchdog(|| {
        for (name, service) in hasty() {
            let server = Canned::start(move |_, head| service(head));
            let job = Client::new(options(&server)).unwrap().job("j").unwrap();
            let begun = Instant::now();
            let call = Call::new().timeout(FIRST * 10);
            let error = job.wait(|_| true, &call).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::WaitTimeout, "{name}: {error}");
            let (sent, most) = (server.heads().len(), bound(begun.elapsed()));
            assert!(sent <= most, "{name}: {sent} requests, at most {most}");
        }
    });
}

#[test]
fn no_request_of_a_watch_follows_the_one_before_without_a_pause() {
    with_watchdog(|| {
        for (name, service) in hasty() {
            let server = Canned::start(move |_, head| service(head));
            let client = Client::new(options(&server)).unwrap();
            let watch = client
                .watch(WatchOptions::new().requests_per_second(1e6))
                .unwrap();
            watch.add(&client.job("j").unwrap()).unwrap();
            let begun = Instant::now();
            let call = Call::new().timeout(FIRST * 10);
            while watch.next(&call).is_ok() && begun.elapsed() < FIRST * 10 {}
            let (sent, most) = (server.heads().len(), bound(begun.elapsed()));
            assert!(sent <= most, "{name}: {sent} requests, at most {most}");
        }
    });
}

#[test]
fn a_retry_of_a_single_call_is_never_made_at_once() {
    with_watchdog(|| {
        let times = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
        let seen = times.clone();
        let server = Canned::start(move |_, _| {
            seen.lock().unwrap().push(Instant::now());
            response("503 No", "Retry-After: 0\r\n", b"")
        });
        let client = Client::new(server.options().retries(2)).unwrap();
        let error = client.job("j").unwrap().status(&Call::new()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Service);
        let times = times.lock().unwrap();
        assert_eq!(times.len(), 3);
        for pair in times.windows(2) {
            assert!(
                pair[1] - pair[0] >= Duration::from_millis(200),
                "{:?}",
                pair[1] - pair[0]
            );
        }
    });
}

/// An outage that the tries alone would not outlast: a hundred times as many failures as are tolerated in the beginning.
#[test]
fn an_outage_is_not_used_up_by_quick_failures() {
    with_watchdog(|| {
        let polls = AtomicUsize::new(0);
        let server = Canned::start(move |_, head| match head.contains("event-stream") {
            true => response("405 No", "", b""),
            false if polls.fetch_add(1, Ordering::SeqCst) < 60 => {
                response("503 No", "Retry-After: 0\r\n", b"")
            }
            false => response("200 OK", "", br#"{"status":"completed","result":"x"}"#),
        });
        let options = server
            .options()
            .poll_interval(Duration::from_millis(2), Duration::from_millis(4));
        let job = Client::new(options).unwrap().job("j").unwrap();
        job.wait(|_| true, &Call::new()).unwrap();
    });
}
