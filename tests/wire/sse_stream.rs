//! The reader of event streams against the WHATWG HTML standard, section 9.2.6: a table of cases, each cut at every place,
//! and random streams against a naive reading of the standard's text.

use std::time::Duration;

use nitro_jobs::sse::Reader;

/// Type, data and id of an event.
type Seen = (String, String, String);

/// What the reader returns for a stream that arrives in these pieces.
#[derive(Debug, PartialEq, Eq)]
struct Story {
    events: Vec<Seen>,
    last_id: String,
    retry: Option<Duration>,
}

fn read<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Story {
    let mut reader = Reader::new();
    let mut events = Vec::new();
    for piece in pieces {
        reader.feed(piece);
        while let Some(event) = reader.next_event().expect("no limit is passed") {
            events.push((event.event.into(), event.data.into(), event.id.into()));
        }
    }
    Story {
        events,
        last_id: reader.last_event_id().into(),
        retry: reader.retry(),
    }
}

/// The standard's algorithm, word for word, without regard to speed.
fn oracle(stream: &[u8]) -> Story {
    // "Streams must be decoded using the UTF-8 decode algorithm", which strips one byte order mark.
    let text = String::from_utf8_lossy(stream).into_owned();
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' => {
                chars.next_if_eq(&'\n');
                lines.push(std::mem::take(&mut line));
            }
            '\n' => lines.push(std::mem::take(&mut line)),
            other => line.push(other),
        }
    }
    let (mut data, mut kind, mut id) = (String::new(), String::new(), String::new());
    let mut story = Story {
        events: Vec::new(),
        last_id: String::new(),
        retry: None,
    };
    for line in lines {
        if line.is_empty() {
            // Dispatch the event.
            story.last_id = id.clone();
            if data.is_empty() {
                kind.clear();
                continue;
            }
            data.pop();
            let name = if kind.is_empty() {
                "message".into()
            } else {
                kind.clone()
            };
            story.events.push((name, data.clone(), id.clone()));
            data.clear();
            kind.clear();
            continue;
        }
        let (field, value) = match line.find(':') {
            Some(0) => continue,
            Some(at) => (
                &line[..at],
                line[at + 1..].strip_prefix(' ').unwrap_or(&line[at + 1..]),
            ),
            None => (line.as_str(), ""),
        };
        match field {
            "event" => kind = value.into(),
            "data" => {
                data.push_str(value);
                data.push('\n');
            }
            "id" if !value.contains('\0') => id = value.into(),
            "retry" if !value.is_empty() && value.chars().all(|c| c.is_ascii_digit()) => {
                story.retry = Some(Duration::from_millis(value.parse().unwrap_or(u64::MAX)));
            }
            _ => {}
        }
    }
    story
}

/// Events are written `type|data|id`, joined with `¶`; then the last id and retry if they are worth a word.
fn reported(story: &Story) -> String {
    let events: Vec<_> = story
        .events
        .iter()
        .map(|(e, d, i)| format!("{e}|{d}|{i}"))
        .collect();
    let mut text = events.join("¶");
    if story.events.last().map_or("", |event| &event.2) != story.last_id {
        text += &format!(" last={}", story.last_id);
    }
    if let Some(retry) = story.retry {
        text += &format!(" retry={}", retry.as_millis());
    }
    text
}

const CASES: &[(&[u8], &str)] = &[
    // The standard's own examples.
    (
        b"data: This is the first message.\n\ndata: This is the second message, it\ndata: has two lines.\n\ndata: This is the third message.\n\n",
        "message|This is the first message.|¶message|This is the second message, it\nhas two lines.|¶message|This is the third message.|",
    ),
    (
        b"event: add\ndata: 73857293\n\nevent: remove\ndata: 2153\n\nevent: add\ndata: 113411\n\n",
        "add|73857293|¶remove|2153|¶add|113411|",
    ),
    (b"data: YHOO\ndata: +2\ndata: 10\n\n", "message|YHOO\n+2\n10|"),
    (
        b": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n",
        "message|first event|1¶message|second event|¶message| third event|",
    ),
    (b"data\n\ndata\ndata\n\ndata:", "message||¶message|\n|"),
    (b"data:test\n\ndata: test\n\n", "message|test|¶message|test|"),
    // Ends of lines.
    (b"data: a\r\n\r\n", "message|a|"),
    (b"data: a\r\r", "message|a|"),
    (b"data: a\r\n\rdata: b\n\n", "message|a|¶message|b|"),
    (b"data: a\n\r\ndata: b\n\n", "message|a|¶message|b|"),
    (b"data: a\r\ndata: b\rdata: c\n\n", "message|a\nb\nc|"),
    (b"\n\n\n\r\r\r\n\r\n", ""),
    (b"data: a\n\n\n\n", "message|a|"),
    (b"\ndata: a\n\n", "message|a|"),
    (b"data: a\r\n\n", "message|a|"),
    (b"data: a\n\r", "message|a|"),
    (b"data: a\x0bb\x0cc\xc2\x85d\xe2\x80\xa8e\n\n", "message|a\u{b}b\u{c}c\u{85}d\u{2028}e|"),
    // The end of the stream.
    (b"", ""),
    (b"data: a", ""),
    (b"data: a\n", ""),
    (b"data: a\r\n", ""),
    (b"data: a\n\ndata: b\n", "message|a|"),
    (b"id: 7\n", ""),
    (b"retry: 5\n", " retry=5"),
    (b"retry: 5", ""),
    // Byte order marks.
    (b"\xef\xbb\xbfdata: a\n\n", "message|a|"),
    (b"\xef\xbb\xbf\ndata: a\n\n", "message|a|"),
    (b"\xef\xbb\xbf\xef\xbb\xbfdata: a\n\n", ""),
    (b"\ndata: a\n\n\xef\xbb\xbfdata: b\n\n", "message|a|"),
    (b"data: \xef\xbb\xbfa\n\n", "message|\u{feff}a|"),
    (b"\xef\xbbdata: a\n\n", ""),
    (b" \xef\xbb\xbfdata: a\n\n", ""),
    (b"\xef\xbb\xbf", ""),
    // Bytes that are not UTF-8.
    (b"data: \xff\n\n", "message|\u{fffd}|"),
    (b"data: a\xe2\x82\n\n", "message|a\u{fffd}|"),
    (b"data: a\xe2\x82b\n\n", "message|a\u{fffd}b|"),
    (b"data: \xed\xa0\x80\n\n", "message|\u{fffd}\u{fffd}\u{fffd}|"),
    (b"data: \xc0\xaf\n\n", "message|\u{fffd}\u{fffd}|"),
    (b"data: \xf0\x9f\x98\x80 \xf0\x9f\x98\n\n", "message|\u{1f600} \u{fffd}|"),
    (b"data: \xe2\x82\xac\n\n", "message|\u{20ac}|"),
    (b"d\xffata: a\n\n", ""),
    (b"event: \xff\ndata: a\nid: \xfe\n\n", "\u{fffd}|a|\u{fffd}"),
    // Fields, colons and spaces.
    (b"data:a\n\n", "message|a|"),
    (b"data:  a\n\n", "message| a|"),
    (b"data:\ta\n\n", "message|\ta|"),
    (b"data: \n\n", "message||"),
    (b"data:\n\n", "message||"),
    (b"data: a: b\n\n", "message|a: b|"),
    (b"data::a\n\n", "message|:a|"),
    (b"data : a\n\n", ""),
    (b" data: a\n\n", ""),
    (b"Data: a\nDATA: b\n\n", ""),
    (b"datax: a\ndat: b\n\n", ""),
    (b": comment\n\n", ""),
    (b":\n:\n:data: a\n\n", ""),
    (b":data: a\ndata: b\n:c\ndata: d\n\n", "message|b\nd|"),
    (b"foo: bar\ndata: a\nbaz\n\n", "message|a|"),
    (b"data: a\0b\n\n", "message|a\0b|"),
    (b"data\ndata: a\ndata\n\n", "message|\na\n|"),
    (b"data:a\ndata:\n\n", "message|a\n|"),
    // Types.
    (b"event: x\ndata: a\n\ndata: b\n\n", "x|a|¶message|b|"),
    (b"event: x\n\ndata: b\n\n", "message|b|"),
    (b"event: x\nevent: y\ndata: b\n\n", "y|b|"),
    (b"event: x\nevent:\ndata: b\n\n", "message|b|"),
    (b"event: x\nevent\ndata: b\n\n", "message|b|"),
    (b"event:  x \ndata: b\n\n", " x |b|"),
    (b"data: b\nevent: late\n\n", "late|b|"),
    (b"event: message\ndata: b\n\n", "message|b|"),
    // Ids.
    (b"id: 1\ndata: a\n\ndata: b\n\n", "message|a|1¶message|b|1"),
    (b"id: 1\n\n", " last=1"),
    (b"id: 1\n\ndata: b\n\n", "message|b|1"),
    (b"id: 1\ndata: a\n\nid\ndata: b\n\n", "message|a|1¶message|b|"),
    (b"id: 1\ndata: a\n\nid:\ndata: b\n\n", "message|a|1¶message|b|"),
    (b"id: 1\nid: 2\ndata: a\n\n", "message|a|2"),
    (b"id: 1\nid: 2\0\ndata: a\n\n", "message|a|1"),
    (b"id: \0\ndata: a\n\n", "message|a|"),
    (b"data: a\nid: 9\n\n", "message|a|9"),
    (b"data: a\n\nid: 9\n", "message|a|"),
    (b"data: a\n\nid: 9\n\n", "message|a| last=9"),
    (b"id:  1 \ndata: a\n\n", "message|a| 1 "),
    (b"id: \xc3\xa9\ndata: a\n\n", "message|a|\u{e9}"),
    // Reconnection times.
    (b"retry: 1500\n\n", " retry=1500"),
    (b"retry:1500\n\n", " retry=1500"),
    (b"retry: 0\n", " retry=0"),
    (b"retry: 007\n", " retry=7"),
    (b"retry:  1500\n\n", ""),
    (b"retry: 1500 \n\n", ""),
    (b"retry: +15\nretry: -1\nretry: 1.5\nretry: 1e3\nretry: 0x1\nretry\nretry:\n\n", ""),
    (b"retry: \xd9\xa1\n\n", ""),
    (b"retry: 10\nretry: x\n\n", " retry=10"),
    (b"retry: 10\nretry: 20\n\n", " retry=20"),
    (b"retry: 99999999999999999999999999\n", " retry=18446744073709551615"),
    (b"data: a\nretry: 10\ndata: b\n\n", "message|a\nb| retry=10"),
];

#[test]
fn every_case_is_read_as_the_whatwg_standard_requires() {
    assert!(CASES.len() >= 60);
    for (stream, expected) in CASES {
        let shown = String::from_utf8_lossy(stream);
        assert_eq!(reported(&read([*stream])), *expected, "whole: {shown:?}");
        assert_eq!(reported(&oracle(stream)), *expected, "the oracle: {shown:?}");
    }
}

#[test]
fn every_case_is_read_alike_however_it_is_split() {
    for (stream, expected) in CASES {
        let shown = String::from_utf8_lossy(stream);
        assert_eq!(
            reported(&read(stream.chunks(1))),
            *expected,
            "byte by byte: {shown:?}"
        );
        for cut in 0..=stream.len() {
            let (head, tail) = stream.split_at(cut);
            assert_eq!(
                reported(&read([head, tail])),
                *expected,
                "cut at {cut}: {shown:?}"
            );
            assert_eq!(
                reported(&read([head, &[], tail])),
                *expected,
                "a pause at {cut}: {shown:?}"
            );
        }
    }
}

/// Streams of meaningful pieces and of arbitrary bytes.
fn random_stream(random: &mut fastrand::Rng) -> Vec<u8> {
    const PIECES: &[&[u8]] = &[
        b"data: a\n",
        b"\ndata: ",
        b"\n\n",
        b"\ndata: b\n\n",
        b"data",
        b"data:",
        b"data: ",
        b"event:",
        b"event: ",
        b"event",
        b"id:",
        b"id: ",
        b"id",
        b"retry:",
        b"retry: ",
        b"retry",
        b":",
        b" ",
        b"\n",
        b"\n",
        b"\n\n",
        b"\r",
        b"\r\n",
        b"\r\n\r\n",
        b"a",
        b"bc",
        b"12",
        b"7",
        b"\0",
        b"\xef\xbb\xbf",
        b"\xef\xbb",
        b"\xff",
        b"\xe2\x82",
        b"\xe2\x82\xac",
        b"\xf0\x9f\x98\x80",
        b"\xed\xa0\x80",
        b"\t",
    ];
    let mut stream = Vec::new();
    for _ in 0..random.usize(0..60) {
        if random.u8(0..20) == 0 {
            stream.push(random.u8(..));
        } else {
            stream.extend_from_slice(PIECES[random.usize(0..PIECES.len())]);
        }
    }
    stream
}

#[test]
fn random_streams_are_read_as_by_the_oracle() {
    let mut events = 0;
    for seed in 0..40_000 {
        let mut random = fastrand::Rng::with_seed(seed);
        let stream = random_stream(&mut random);
        let expected = oracle(&stream);
        events += expected.events.len();
        let mut pieces = Vec::new();
        let mut rest = stream.as_slice();
        while !rest.is_empty() {
            let (piece, more) = rest.split_at(random.usize(1..=rest.len().min(9)));
            pieces.push(piece);
            rest = more;
        }
        assert_eq!(
            read(pieces),
            expected,
            "seed {seed}: {:?}",
            String::from_utf8_lossy(&stream)
        );
    }
    assert!(
        events > 15_000,
        "the streams hold too few events to prove anything: {events}"
    );
}
