//! The event stream reader, fed in pieces of any size, compared with a naive implementation of the standard.
#![no_main]

use libfuzzer_sys::fuzz_target;
use nitro_jobs::sse::Reader;

/// Event, data and id.
type Event = (String, String, String);

/// WHATWG HTML 9.2.6, implemented literally on the whole stream.
fn naive(stream: &[u8]) -> (Vec<Event>, String, Option<u128>) {
    let text = String::from_utf8_lossy(stream.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(stream)).into_owned();
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut lines: Vec<&str> = text.split('\n').collect();
    lines.pop(); // Text without a line end after it is not a line.
    let (mut events, mut last_id, mut retry) = (Vec::new(), String::new(), None);
    let (mut event, mut data, mut next_id) = (String::new(), String::new(), String::new());
    for line in lines {
        if line.is_empty() {
            last_id.clone_from(&next_id);
            if !data.is_empty() {
                data.pop();
                let name = if event.is_empty() {
                    "message".to_owned()
                } else {
                    event
                };
                events.push((name, data, last_id.clone()));
            }
            (event, data) = (String::new(), String::new());
            continue;
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => event = value.to_owned(),
            "data" => data = data + value + "\n",
            "id" if !value.contains('\0') => next_id = value.to_owned(),
            "retry" if !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit()) => {
                retry = Some(value.parse().unwrap_or(u128::MAX).min(u64::MAX.into()));
            }
            _ => {}
        }
    }
    (events, last_id, retry)
}

fuzz_target!(|input: &[u8]| {
    let Some((&size, stream)) = input.split_first() else {
        return;
    };
    let mut reader = Reader::new();
    let mut events = Vec::new();
    for piece in stream.chunks(usize::from(size).max(1)) {
        reader.feed(piece);
        while let Some(event) = reader.next_event().expect("the limit is far") {
            events.push((event.event.to_owned(), event.data.to_owned(), event.id.to_owned()));
        }
    }
    let (expected, id, retry) = naive(stream);
    assert_eq!(events, expected);
    assert_eq!(reader.last_event_id(), id);
    assert_eq!(reader.retry().map(|pause| pause.as_millis()), retry);

    // With a small limit: the same events up to an error, which every later call returns too.
    let mut reader = Reader::with_limit(usize::from(size));
    reader.feed(stream);
    let mut seen = 0;
    loop {
        match reader.next_event() {
            Ok(Some(event)) => {
                assert_eq!((event.event, event.data), (&*events[seen].0, &*events[seen].1));
                seen += 1;
            }
            Ok(None) => return assert_eq!(seen, events.len()),
            Err(error) => {
                assert_eq!(error.kind(), nitro_jobs::ErrorKind::TooLarge);
                return assert!(reader.next_event().is_err());
            }
        }
    }
});
