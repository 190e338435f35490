//! Event streams compared with the crate `sse-codec`, on the inputs for which it follows the standard.
//!
//! Left out is what it is known to read otherwise: `retry` with a space, `event` and `id` without a colon, an empty
//! `event`, byte order marks, and bytes that are no UTF-8.

use futures_util::{FutureExt, StreamExt};
use nitro_jobs::sse::Reader;
use sse_codec::Event;

/// Type, data and id of each event, and each reconnection time, as the crate reads them.
fn theirs(stream: &str) -> (Vec<(String, String, String)>, Option<u64>) {
    let mut decoded = sse_codec::decode_stream(stream.as_bytes());
    let (mut events, mut last) = (Vec::new(), None);
    // A slice is always ready, so no runtime is needed.
    while let Some(item) = decoded.next().now_or_never().expect("a slice never waits") {
        match item.expect("the stream is UTF-8") {
            Event::Message { id, event, data } => events.push((event, data, id.unwrap_or_default())),
            Event::Retry { retry } => last = Some(retry),
        }
    }
    (events, last)
}

fn ours(stream: &str) -> (Vec<(String, String, String)>, Option<u64>) {
    let mut reader = Reader::new();
    let mut events = Vec::new();
    reader.feed(stream.as_bytes());
    while let Some(event) = reader.next_event().expect("no limit is passed") {
        events.push((event.event.into(), event.data.into(), event.id.into()));
    }
    (events, reader.retry().map(|time| time.as_millis() as u64))
}

#[test]
fn random_streams_are_read_as_by_sse_codec() {
    const LINES: &[&str] = &[
        "",
        "",
        "data",
        "data:",
        "data: a",
        "data:b",
        "data:  c",
        "data: d: e",
        "data: \u{20ac}\u{1f600}",
        "event: x",
        "event:progress-update",
        "id: 1",
        "id:2",
        "id:",
        ": comment",
        ":",
        "retry:1500",
        "retry:0",
        "retry:x",
        "other",
        "other: a",
        " data: a",
        "Data: a",
    ];
    let mut count = 0;
    for seed in 0..40_000 {
        let mut random = fastrand::Rng::with_seed(seed);
        let mut stream = String::new();
        for _ in 0..random.usize(0..30) {
            stream.push_str(random.choice(LINES).unwrap());
            stream.push_str(random.choice(["\n", "\r\n", "\r"]).unwrap());
        }
        let read = ours(&stream);
        count += read.0.len();
        assert_eq!(read, theirs(&stream), "seed {seed}: {stream:?}");
    }
    assert!(
        count > 20_000,
        "the streams hold too few events to prove anything: {count}"
    );
}

#[test]
fn streams_written_by_sse_codec_are_read_back() {
    let events = [
        Event::message("progress-update", r#"{"status":"running","progress":0.5}"#, None),
        Event::message("message", "two\nlines", "7"),
        Event::message("redirect", "{}", ""),
    ];
    let stream: String = events.iter().map(|event| format!("{event}\n")).collect();
    let expected = [
        ("progress-update", r#"{"status":"running","progress":0.5}"#, ""),
        ("message", "two\nlines", "7"),
        ("redirect", "{}", ""),
    ];
    let expected = expected.map(|(event, data, id)| (event.to_owned(), data.to_owned(), id.to_owned()));
    assert_eq!(ours(&stream).0, expected);
}
