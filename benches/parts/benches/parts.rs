//! What the parts without a socket cost: the stream's reader, the reading of statuses and results, the form of a submission.

use std::fmt::Write as _;
use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use nitro_jobs::sse::Reader;
use nitro_jobs::{Endpoint, Input, Submission, fuzzing};

const RUNNING: &str =
    r#"{"jobID":"01234567-89ab-cdef-0123-456789abcdef","status":"running","progress":0.25}"#;
const COMPLETED: &str = r#"{"jobID":"01234567-89ab-cdef-0123-456789abcdef","status":"completed","result":{"file":{"URL":"https://storage.test/result.pdf?signature=0123456789","contentType":"application/pdf","metadata":{"fileSizeBytes":123456,"pageCount":7}}}}"#;

/// Events of about `size` bytes each, one megabyte of them and at least one.
fn stream(size: usize) -> Vec<u8> {
    let head = RUNNING.trim_end_matches('}');
    let padding = "n".repeat(size.saturating_sub(RUNNING.len() + 26));
    let event = format!("event: message\ndata: {head},\"note\":\"{padding}\"}}\n\n");
    event.repeat((1 << 20) / size.max(event.len())).into_bytes()
}

fn read(stream: &[u8], piece: usize) -> usize {
    let (mut reader, mut bytes) = (Reader::new(), 0);
    for piece in stream.chunks(piece) {
        reader.feed(piece);
        while let Some(event) = reader.next_event().expect("the limit is far") {
            bytes += event.data.len();
        }
    }
    bytes
}

fn events(c: &mut Criterion) {
    let mut group = c.benchmark_group("stream");
    for size in [100, 1_000, 10_000, 100_000, 1_000_000] {
        let stream = stream(size);
        group.throughput(Throughput::Bytes(stream.len() as u64));
        for piece in [100, 1_400, 16 << 10] {
            let id = BenchmarkId::new(format!("events of {size}"), format!("pieces of {piece}"));
            group.bench_function(id, |b| b.iter(|| read(black_box(&stream), piece)));
        }
    }
}

fn statuses(c: &mut Criterion) {
    let mut group = c.benchmark_group("status");
    for (name, json) in [("running", RUNNING), ("completed", COMPLETED)] {
        group.bench_function(BenchmarkId::new("short reader first", name), |b| {
            b.iter(|| fuzzing::status(black_box(json).to_owned()).expect("a status"));
        });
        group.bench_function(BenchmarkId::new("whole reader", name), |b| {
            b.iter(|| fuzzing::status_whole(black_box(json).to_owned()).expect("a status"));
        });
    }
}

/// Boxes of personal data, at least `size` bytes of them.
fn boxes(size: usize) -> String {
    let mut text = String::from(r#"{"jobID":"j","status":"completed","result":{"PIIBoxes":["#);
    for n in 0.. {
        let _ = write!(
            text,
            r#"{{"ID":"ccc05519-e71c-4226-bbff-{n:012x}","text":"Stra\u00dfe {n}\nRené","textPiece":"René","pageIndex":{n},"boundingBox":[200.25,100,100.5,20],"PIIType":"NAME","confidence":0.94}}"#
        );
        if text.len() >= size {
            break;
        }
        text.push(',');
    }
    text + "]}}"
}

fn results(c: &mut Criterion) {
    let mut group = c.benchmark_group("result");
    group.sample_size(20);
    for size in [10_000, 100_000, 1_000_000, 5_000_000] {
        let json = boxes(size);
        group.throughput(Throughput::Bytes(json.len() as u64));
        group.bench_function(BenchmarkId::new("as text", size), |b| {
            // Each run consumes a copy, which is made outside the measured time.
            b.iter_batched(
                || json.clone(),
                |json| fuzzing::result(json).expect("a result"),
                criterion::BatchSize::LargeInput,
            );
        });
        let result = fuzzing::result(json).expect("a result");
        group.bench_function(BenchmarkId::new("typed", size), |b| {
            b.iter(|| black_box(&result).pii_boxes().expect("boxes"));
        });
    }
}

fn forms(c: &mut Criterion) {
    let mut group = c.benchmark_group("form");
    for documents in [1usize, 10] {
        let mut submission = Submission::new(Endpoint::Transformations, "merge");
        for n in 0..documents {
            submission = submission.file(Input::bytes(format!("\"Bericht\" {n}.pdf"), &b"%PDF-1.7"[..]));
        }
        group.bench_function(BenchmarkId::from_parameter(documents), |b| {
            b.iter(|| fuzzing::form(black_box(&submission)).expect("a form"));
        });
    }
}

/// A body in many chunks, as an event stream is.
fn chunks(c: &mut Criterion) {
    let body = "10\r\n0123456789abcdef\r\n".repeat(1000) + "0\r\n\r\n";
    let mut group = c.benchmark_group("chunks");
    group.throughput(Throughput::Bytes(body.len() as u64));
    group.bench_function("a thousand", |b| {
        b.iter(|| fuzzing::chunks(black_box(body.as_bytes()), 16 << 10, 16 << 10).expect("chunks"));
    });
}

criterion_group!(parts, events, statuses, results, forms, chunks);
criterion_main!(parts);
