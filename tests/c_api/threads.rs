//! The C API from several threads: cancellation, sharing, and the lifetimes of handles.

use crate::common;

use std::io::{Read, Write};
use std::sync::{Arc, OnceLock};

use common::{c, raw};
use nitro_emulator::{Clock, Outcome, Scenario};

#[test]
fn a_cancel_from_another_thread_ends_the_call() {
    if !c::can_build() {
        return;
    }
    let signal = Arc::new(OnceLock::<c::Signal>::new());
    let sender = signal.clone();
    let server = raw::Raw::serve(move |request, stream| {
        let (running, stream_head) = (
            raw::json(r#"{"status":"running","progress":0.5}"#),
            "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n",
        );
        match (request.job(), request.wants_stream()) {
            ("hang-between-polls", true) => return stream.write_all(&raw::response(404, "text/plain", "")),
            ("hang-between-polls", false) => stream.write_all(&running)?,
            ("hang-body", _) => stream.write_all(&running[..running.len() - 5])?,
            ("hang-file", _) => stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n%PDF")?,
            ("hang-stream", true) => stream.write_all(stream_head.as_bytes())?,
            _ => {}
        }
        sender.wait().send();
        // Until the client closes the connection.
        stream.read(&mut [0]).map(drop)
    });
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("cancelled.pdf");
    let program = c::run("cancel", &server.base_url, "secret-token-77")
        .arg("path", path)
        .start();
    assert!(signal.set(program.signal()).is_ok());
    program.passes();
    let heads = server.heads();
    assert!(
        !heads.iter().any(|head| head.contains("never-requested")),
        "{heads:?}"
    );
    assert_eq!(
        server.connections(),
        heads.len(),
        "no connection without a request"
    );
    assert_eq!(std::fs::read_dir(folder.path()).expect("the folder").count(), 0);
}

#[test]
fn eight_threads_share_a_client_and_a_job() {
    if !c::can_build() {
        return;
    }
    let emulator = common::emulator();
    let job = || emulator.create_job(common::quick().size_bytes(100_000));
    let run = c::run("threads", &emulator.base_url(), &emulator.token()).arg("shared", job());
    let run = (0..8).fold(run, |run, thread| run.arg(&format!("job{thread}"), job()));
    run.arg("size", "100000").passes();
    // One pool for all: no more connections than threads, plus those that were closed with a stream.
    assert!(
        emulator.connections() <= 100,
        "{} connections",
        emulator.connections()
    );
}

#[test]
fn handles_outlive_what_they_were_made_from() {
    if !c::can_build() {
        return;
    }
    let emulator = common::emulator();
    c::run("lifetimes", &emulator.base_url(), &emulator.token())
        .arg("done", emulator.create_job(Scenario::instant()))
        .arg(
            "running",
            emulator.create_job(Scenario::new().clock(Clock::Manual)),
        )
        .arg(
            "lost",
            emulator.create_job(Scenario::instant().outcome(Outcome::Lost)),
        )
        .passes();
    let closed = common::wait_for(std::time::Duration::from_secs(10), || {
        (emulator.open_connections() == 0).then_some(())
    });
    assert!(closed.is_some(), "a freed stream is a closed connection");
}
