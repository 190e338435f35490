//! Faults as observed by a plain socket.
#![allow(missing_docs)]

mod common;

use common::{call, connect, done, raw, start, target};
use nitro_emulator::{Emulator, Fault, Framing, Presigned, Scenario};
use std::io::{ErrorKind, Read, Write};
use std::time::{Duration, Instant};

/// An emulator and the path of a file of 200,000 bytes.
fn file() -> (Emulator, String) {
    let emulator = start();
    let id = done(&emulator, Scenario::new().size_bytes(200_000u64));
    let document = common::result(&emulator, &id).json();
    let path = target(document["result"]["file"]["URL"].as_str().unwrap()).to_owned();
    (emulator, path)
}

#[test]
fn a_cut_passes_exactly_the_given_number_of_bytes() {
    let (emulator, path) = file();
    let whole = raw(&emulator, &format!("GET {path}"), &[], b"");
    for at in [0, 1, 17, 100, 65_536, 199_999] {
        emulator.fault(Fault::cut(at));
        let got = raw(&emulator, &format!("GET {path}"), &[], b"");
        assert_eq!(got.len() as u64, at);
    }
    assert!(whole.len() > 200_000);
}

#[test]
fn an_offset_may_be_counted_from_a_response() {
    let (emulator, path) = file();
    emulator.fault(Fault::cut(10).from_request(2));
    let mut socket = connect(&emulator);
    let request = format!("HEAD {path} HTTP/1.1\r\nHost: x\r\n\r\n");
    socket.write_all(request.as_bytes()).unwrap();
    let mut first = Vec::new();
    while !first.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        socket.read_exact(&mut byte).unwrap();
        first.push(byte[0]);
    }
    socket.write_all(request.as_bytes()).unwrap();
    let mut second = Vec::new();
    socket.read_to_end(&mut second).unwrap();
    assert_eq!(second, b"HTTP/1.1 2");
}

#[test]
fn a_reset_is_a_connection_reset() {
    let (emulator, path) = file();
    emulator.fault(Fault::reset(40));
    let mut socket = connect(&emulator);
    socket
        .write_all(format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n").as_bytes())
        .unwrap();
    let mut got = Vec::new();
    let error = socket.read_to_end(&mut got).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
    assert_eq!(got.len(), 40);
}

#[test]
fn a_stale_connection_closes_on_the_next_request_without_a_byte() {
    let (emulator, path) = file();
    emulator.fault(Fault::stale_keep_alive(1));
    let mut socket = connect(&emulator);
    let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\nRange: bytes=0-3\r\n\r\n");
    socket.write_all(request.as_bytes()).unwrap();
    let mut first = Vec::new();
    while !first.ends_with(b"%PDF") {
        let mut byte = [0];
        socket.read_exact(&mut byte).unwrap();
        first.push(byte[0]);
    }
    socket.write_all(request.as_bytes()).unwrap();
    let mut second = Vec::new();
    socket.read_to_end(&mut second).unwrap();
    assert!(second.is_empty());
    assert_eq!(emulator.requests().last().unwrap().index, 1);
}

#[test]
fn a_hung_connection_stays_open_and_idle() {
    let (emulator, path) = file();
    emulator.fault(Fault::hang(12));
    let mut socket = connect(&emulator);
    socket
        .write_all(format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n").as_bytes())
        .unwrap();
    let mut got = [0; 12];
    socket.read_exact(&mut got).unwrap();
    socket.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
    let error = socket.read(&mut [0]).unwrap_err();
    assert!(matches!(
        error.kind(),
        ErrorKind::WouldBlock | ErrorKind::TimedOut
    ));
    assert_eq!(&got, b"HTTP/1.1 200");
}

#[test]
fn a_stall_and_a_trickle_lose_nothing() {
    let (emulator, path) = file();
    let short = [("Range", "bytes=0-99")];
    let strip = |bytes: Vec<u8>| bytes[bytes.len() - 100..].to_vec();
    let whole = strip(raw(&emulator, &format!("GET {path}"), &short, b""));
    for fault in [Fault::stall(30, 120), Fault::trickle(30, 50, 20)] {
        emulator.fault(fault);
        let begun = Instant::now();
        assert_eq!(strip(raw(&emulator, &format!("GET {path}"), &short, b"")), whole);
        assert!(begun.elapsed() >= Duration::from_millis(100));
    }
}

#[test]
fn a_request_may_be_cut_too() {
    let (emulator, path) = file();
    let before = emulator.requests().len();
    emulator.fault(Fault::cut(20).in_request());
    assert!(raw(&emulator, &format!("GET {path}"), &[], b"").is_empty());
    assert_eq!(emulator.requests().len(), before);
}

#[test]
fn a_fault_can_apply_to_every_connection_or_none() {
    let (emulator, path) = file();
    emulator.fault_all(Some(Fault::cut(5)));
    for _ in 0..3 {
        assert_eq!(raw(&emulator, &format!("GET {path}"), &[], b"").len(), 5);
    }
    emulator.fault_all(None);
    assert!(raw(&emulator, &format!("GET {path}"), &[], b"").len() > 200_000);
}

#[test]
fn listening_can_stop_and_start_on_the_same_port() {
    let (emulator, path) = file();
    let port = emulator.port();
    emulator.stop_listening();
    assert_eq!(
        std::net::TcpStream::connect(("127.0.0.1", port))
            .unwrap_err()
            .kind(),
        ErrorKind::ConnectionRefused
    );
    emulator.listen_again().unwrap();
    assert_eq!(emulator.port(), port);
    assert!(raw(&emulator, &format!("GET {path}"), &[], b"").len() > 200_000);
}

#[test]
fn connections_can_be_dropped_and_dropping_the_emulator_is_prompt() {
    let emulator = start();
    let id = emulator.create_job(Scenario::new().outcome(nitro_emulator::Outcome::Never));
    let open = || {
        let mut socket = connect(&emulator);
        let request = format!(
            "GET /jobs/{id}/status HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nAccept: text/event-stream\r\n\r\n",
            emulator.token()
        );
        socket.write_all(request.as_bytes()).unwrap();
        socket.read_exact(&mut [0; 12]).unwrap();
        socket
    };
    let mut socket = open();
    assert_eq!(emulator.open_connections(), 1);
    emulator.drop_connections();
    let _ = socket.read_to_end(&mut Vec::new());
    let _streaming = open();
    let begun = Instant::now();
    drop(emulator);
    assert!(begun.elapsed() < Duration::from_secs(1));
}

#[test]
fn framing_follows_the_scenario() {
    let emulator = start();
    for (framing, version, marker) in [
        (Framing::Length, "HTTP/1.1", "content-length: 200000"),
        (Framing::Chunked, "HTTP/1.1", "transfer-encoding: chunked"),
        (Framing::Close, "HTTP/1.0", "content-type: application/pdf"),
    ] {
        let presigned = Presigned {
            framing,
            ranges: false,
            ..Presigned::default()
        };
        let id = done(
            &emulator,
            Scenario::new().size_bytes(200_000u64).presigned(presigned),
        );
        let document = common::result(&emulator, &id).json();
        let url = document["result"]["file"]["URL"].as_str().unwrap().to_owned();
        let reply = common::send(&emulator, &format!("GET {}", target(&url)), &[], b"");
        assert!(
            reply.head.starts_with(version) && reply.head.contains(marker),
            "{}",
            reply.head
        );
        assert_eq!(reply.head.contains("content-length"), framing == Framing::Length);
        assert_eq!(reply.body, emulator.output_of(&id)[0]);
        assert_eq!(call(&emulator, &format!("GET {}", target(&url)), &[]).status, 400);
    }
}
