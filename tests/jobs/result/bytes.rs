//! The result as bytes, written to a writer.

use std::io::{self, Write};

use nitro_emulator::{Framing, Scenario, Shape};
use nitro_jobs::{Call, ErrorKind};
use serde_json::Value;

use super::{done, failing};
use crate::common::process::alone;
use crate::common::{Canned, emulator, with_watchdog};

#[test]
fn bytes_are_read_in_every_framing_that_proves_completeness() {
    with_watchdog(|| {
        let emulator = emulator();
        for framing in [Framing::Length, Framing::Chunked, Framing::Close] {
            let job = done(&emulator, Scenario::new().bytes_framing(framing));
            let mut sink = Vec::new();
            let received = job.result_bytes(&mut sink, &Call::new());
            assert_eq!(sink, emulator.output_of(&job.id())[0], "{framing:?}");
            if framing == Framing::Close {
                assert_eq!(failing(received), ErrorKind::Unverified);
                continue;
            }
            let received = received.unwrap();
            assert_eq!(received.bytes, sink.len() as u64);
            assert_eq!(received.content_type.as_deref(), Some("application/pdf"));
        }
        let bearer = format!("Bearer {}", emulator.token());
        assert!(
            emulator
                .requests()
                .iter()
                .all(|r| r.header("authorization") == Some(&bearer))
        );
    });
}

#[test]
fn several_files_are_returned_as_one_zip() {
    with_watchdog(|| {
        let emulator = emulator();
        let job = done(&emulator, Scenario::new().shape(Shape::Files { n: 3 }));
        let mut sink = Vec::new();
        let received = job.result_bytes(&mut sink, &Call::new()).unwrap();
        assert_eq!(received.content_type.as_deref(), Some("application/zip"));
        assert!(sink.starts_with(b"PK\x03\x04"));
        for file in emulator.output_of(&job.id()) {
            assert!(sink.windows(file.len()).any(|part| part == file), "stored whole");
        }
    });
}

#[test]
fn an_extraction_result_has_no_bytes() {
    with_watchdog(|| {
        let emulator = emulator();
        let long = Value::String("word ".repeat(100_000));
        for shape in [
            Shape::Text,
            Shape::Tables,
            Shape::FillableUnwrapped,
            Shape::Custom(long),
        ] {
            let job = done(&emulator, Scenario::new().shape(shape));
            let mut sink = Vec::new();
            let error = job.result_bytes(&mut sink, &Call::new()).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::UnexpectedResult);
            assert!(error.to_string().contains("get it as JSON"), "{error}");
            assert!(sink.is_empty(), "nothing is given to the writer");
        }
    });
}

#[test]
fn a_json_file_is_returned_as_bytes() {
    with_watchdog(|| {
        for body in [r#"{"fields":[{"name":"a"}]}"#, "[1,2]", "7"] {
            let mut sink = Vec::new();
            Canned::json(body)
                .job()
                .result_bytes(&mut sink, &Call::new())
                .unwrap();
            assert_eq!(sink, body.as_bytes());
        }
    });
}

/// Counts, and gives up after `capacity` bytes.
struct Sink {
    taken: u64,
    capacity: u64,
}

impl Write for Sink {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        self.taken += piece.len() as u64;
        if self.taken > self.capacity {
            return Err(io::Error::other("the tape is full"));
        }
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(target_os = "linux")]
fn memory(field: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with(field)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[test]
#[cfg(target_os = "linux")]
fn a_hundred_megabytes_are_read_in_constant_memory() {
    alone(
        module_path!(),
        "a_hundred_megabytes_are_read_in_constant_memory",
        || {
            with_watchdog(|| {
                const SIZE: u64 = 100 << 20;
                let emulator = emulator();
                let job = done(&emulator, Scenario::new().size_bytes(SIZE));
                let mut sink = Sink {
                    taken: 0,
                    capacity: SIZE,
                };
                let before = memory("VmRSS:");
                let received = job.result_bytes(&mut sink, &Call::new()).unwrap();
                assert_eq!((received.bytes, sink.taken), (SIZE, SIZE));
                let grown = memory("VmHWM:").saturating_sub(before);
                assert!(grown < 40 << 10, "grew by {grown} KiB");
            });
        },
    );
}

#[test]
fn a_writer_that_fails_ends_the_transfer() {
    with_watchdog(|| {
        let emulator = emulator();
        let job = done(&emulator, Scenario::new().size_bytes(8u64 << 20));
        let mut sink = Sink {
            taken: 0,
            capacity: 1 << 20,
        };
        let error = job.result_bytes(&mut sink, &Call::new()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Sink);
        assert!(error.to_string().contains("the tape is full"), "{error}");
        // The connection is not reused, the client is.
        assert!(job.status(&Call::new()).unwrap().is_terminal());
    });
}

#[test]
fn a_truncated_body_is_an_error() {
    with_watchdog(|| {
        for framing in [Framing::Length, Framing::Chunked] {
            let emulator = emulator();
            emulator.fault(nitro_emulator::Fault::cut(100_000));
            let job = done(
                &emulator,
                Scenario::new().size_bytes(1u64 << 20).bytes_framing(framing),
            );
            let error = job.result_bytes(&mut Vec::new(), &Call::new()).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Truncated, "{framing:?}");
        }
    });
}
