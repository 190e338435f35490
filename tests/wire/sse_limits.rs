//! When the event stream reader returns an event, and how it limits the size of a stream.

use std::time::Duration;

use nitro_jobs::ErrorKind;
use nitro_jobs::sse::Reader;

#[test]
fn an_event_is_returned_as_soon_as_its_blank_line_arrives() {
    for (stream, blank) in [
        ("data: a\n\n", "\n"),
        ("data: a\r\n\r", "\r"),
        ("data: a\r\r", "\r"),
    ] {
        let mut reader = Reader::new();
        reader.feed(stream.strip_suffix(blank).unwrap().as_bytes());
        assert!(reader.next_event().unwrap().is_none(), "{stream:?}");
        reader.feed(blank.as_bytes());
        assert_eq!(reader.next_event().unwrap().unwrap().data, "a", "{stream:?}");
        // The rest of a CRLF neither ends a block nor begins a line.
        reader.feed(b"\ndata: b\n\n");
        assert_eq!(reader.next_event().unwrap().unwrap().data, "b", "{stream:?}");
        assert!(reader.next_event().unwrap().is_none());
    }
}

fn fails(reader: &mut Reader) {
    for _ in 0..3 {
        let error = reader.next_event().expect_err("the limit is passed");
        assert_eq!(error.kind(), ErrorKind::TooLarge);
        assert!(error.message().contains("limit"), "{error}");
        // The reader does not recover.
        reader.feed(b"\n\ndata: a\n\n");
    }
}

#[test]
fn a_line_longer_than_the_limit_is_an_error() {
    let line = |length: usize| format!("data:{}\n\n", "x".repeat(length - 5));
    for marked in ["", "\u{feff}"] {
        let mut reader = Reader::with_limit(100);
        reader.feed(format!("{marked}{}", line(100)).as_bytes());
        assert_eq!(reader.next_event().unwrap().unwrap().data.len(), 95);
        let mut reader = Reader::with_limit(100);
        reader.feed(format!("{marked}{}", line(101)).as_bytes());
        fails(&mut reader);
        let mut reader = Reader::with_limit(100);
        for byte in format!("{marked}{}", line(100)).bytes() {
            assert!(reader.next_event().unwrap().is_none());
            reader.feed(&[byte]);
        }
        assert_eq!(reader.next_event().unwrap().unwrap().data.len(), 95);
    }
    // Comments and unknown fields are lines too, and so is one that never ends.
    for text in [":", "x", "data:"] {
        let mut reader = Reader::with_limit(100);
        reader.feed(format!("{text}{}", "x".repeat(200)).as_bytes());
        fails(&mut reader);
    }
}

#[test]
fn an_event_of_many_lines_has_the_same_limit() {
    let mut reader = Reader::with_limit(100);
    reader.feed("data: 12345678\n".repeat(11).as_bytes());
    reader.feed(b"\n");
    assert_eq!(reader.next_event().unwrap().unwrap().data.len(), 98);
    reader.feed("data: 12345678\n".repeat(12).as_bytes());
    fails(&mut reader);
    // The replacement character counts, not the invalid byte.
    let mut reader = Reader::with_limit(100);
    reader.feed(b"data: ");
    reader.feed(&[0xff; 50]);
    reader.feed(b"\n\n");
    fails(&mut reader);
    // The id and retry from before an error can still be used to open the stream again.
    let mut reader = Reader::with_limit(20);
    reader.feed(b"id: 5\nretry: 3\n\n");
    assert!(reader.next_event().unwrap().is_none());
    reader.feed(&[b'x'; 30]);
    fails(&mut reader);
    assert_eq!(
        (reader.last_event_id(), reader.retry()),
        ("5", Some(Duration::from_millis(3)))
    );
}

#[test]
fn the_limit_applies_to_one_event_and_not_to_one_read() {
    let mut reader = Reader::with_limit(100);
    for _ in 0..10 {
        reader.feed("data: taken\n\n".repeat(100).as_bytes());
    }
    let mut count = 0;
    while reader.next_event().unwrap().is_some() {
        count += 1;
    }
    assert_eq!(count, 1000);
    // The events before the line that is too long are returned first.
    reader.feed(b"data: good\n\n:");
    reader.feed(&[b'x'; 200]);
    assert_eq!(reader.next_event().unwrap().unwrap().data, "good");
    fails(&mut reader);
}

#[test]
fn a_long_line_in_many_pieces_is_one_event() {
    let mut reader = Reader::new();
    reader.feed(b"data: ");
    for _ in 0..10_000 {
        reader.feed(&[b'x'; 1000]);
        assert!(reader.next_event().unwrap().is_none());
    }
    reader.feed(b"\n\n");
    assert_eq!(reader.next_event().unwrap().unwrap().data.len(), 10_000_000);
}
