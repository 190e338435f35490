//! Each timeout through the C API: it ends an idle or slow transfer, is reported by name, and ends no healthy transfer.

use crate::common;

use std::net::TcpStream;
use std::time::Duration;

use common::calls::{Report, call, call_without_retries};
use common::silent_peer::{FullBacklog, SilentPeer};
use common::{c, with_watchdog};
use nitro_emulator::{Fault, Scenario};

const CONNECT: i32 = 1;
const IDLE: i32 = 2;
const RATE: i32 = 3;
const CALL: i32 = 4;
const WAIT: i32 = 5;

#[test]
fn the_connect_timeout_covers_every_phase_of_connecting() {
    let full = FullBacklog::start();
    let request = |base: &str| {
        call(base, "t0ken", "job", "status")
            .arg("connect", "200")
            .arg("retries", "0")
    };
    let is = |run: c::Run| {
        let report = Report::of(run);
        report.is("NITRO_E_TIMEOUT").by_limit(CONNECT);
        report.message_contains("connect timeout of 0.2 s");
    };
    is(request(&format!("http://{}", full.address)));
    is(request("http://hang.test"));
    let peer = SilentPeer::start();
    is(request(&format!("https://127.0.0.1:{}", peer.port)));
    for scheme in ["http", "https", "socks5", "socks5h"] {
        let proxy = format!("{scheme}://127.0.0.1:{}", peer.port);
        is(request("http://192.0.2.1").arg("proxy", proxy));
    }
    let greeting = SilentPeer::replying(&[b"\x05\x00"]);
    let proxy = format!("socks5h://127.0.0.1:{}", greeting.port);
    is(request("http://192.0.2.1").arg("proxy", proxy));
    let tunnel = SilentPeer::replying(&[b"HTTP/1.1 200 OK\r\n\r\n"]);
    let proxy = format!("http://127.0.0.1:{}", tunnel.port);
    is(request("https://192.0.2.1").arg("proxy", proxy));
    // Each attempt of a retried request has the whole timeout, and the retry is logged.
    let report = Report::of(
        call(&format!("http://{}", full.address), "t0ken", "job", "status")
            .arg("connect", "200")
            .arg("retries", "1")
            .arg("retry_cap", "10"),
    );
    report.is("NITRO_E_TIMEOUT").by_limit(CONNECT);
    assert_eq!(report.logged("attempt 2 of 2"), 1);
}

#[test]
fn idle_call_and_wait_timeouts_are_reported_by_name() {
    let peer = SilentPeer::start();
    let request = |steps: &str| {
        let base = format!("http://127.0.0.1:{}", peer.port);
        call(&base, "t0ken", "job", steps).arg("retries", "0")
    };
    Report::of(request("status").arg("idle", "200"))
        .is("NITRO_E_TIMEOUT")
        .by_limit(IDLE)
        .message_contains("idle timeout of 0.2 s");
    Report::of(request("status").arg("timeout", "200"))
        .is("NITRO_E_TIMEOUT")
        .by_limit(CALL)
        .message_contains("call timeout of 0.2 s");
    Report::of(request("status").arg("call", "200")).by_limit(CALL);
    Report::of(request("wait").arg("wait", "200"))
        .is("NITRO_E_WAIT_TIMEOUT")
        .by_limit(WAIT)
        .message_contains("wait timeout of 0.2 s");
    let waiting = Report::of(request("wait").arg("timeout", "200"));
    waiting.is("NITRO_E_WAIT_TIMEOUT").by_limit(WAIT);

    // In a body; no file is left.
    let emulator = common::emulator();
    let folder = tempfile::tempdir().expect("a folder");
    for (steps, limits) in [
        ("bytes", "idle"),
        ("download", "idle"),
        ("bytes", "timeout"),
        ("download", "timeout"),
    ] {
        let job = emulator.create_job(Scenario::instant().size_bytes(1_000_000));
        // The URL of the result first, where a file is wanted.
        emulator.fault_all(Some(Fault::hang(100_000)));
        let path = folder.path().join("file");
        let run = call_without_retries(&emulator, &job, steps).arg(limits, "300");
        let report = Report::of(run.arg("file", &path));
        report
            .is("NITRO_E_TIMEOUT")
            .by_limit(if limits == "idle" { IDLE } else { CALL });
        assert!(!path.exists());
        emulator.fault_all(None);
    }
}

/// The rate is averaged over 30 s, so this takes as long.
#[test]
fn a_slow_body_is_ended_by_the_minimum_rate() {
    let emulator = common::emulator();
    let job = emulator.create_job(Scenario::instant().size_bytes(1_000_000));
    // Never idle, never complete.
    emulator.fault(Fault::trickle(10_000, 20, 200));
    let run = call_without_retries(&emulator, &job, "bytes").arg("min_rate", "5000");
    Report::of(run)
        .is("NITRO_E_TIMEOUT")
        .by_limit(RATE)
        .message_contains("below the minimum rate of 5000");
}

#[test]
fn no_limit_ends_a_healthy_transfer() {
    let emulator = common::emulator();
    let limits = |run: c::Run| {
        let run = run.arg("connect", "500").arg("idle", "500").arg("call", "500");
        run.arg("min_rate", "100000000")
    };
    // A stream with few events that lasts longer than each of them.
    let job = emulator.create_job(
        Scenario::new()
            .duration_ms(2000u64)
            .steps(2u32)
            .heartbeat_ms(100u64),
    );
    Report::of(limits(call_without_retries(&emulator, &job, "wait"))).is("NITRO_OK");
    assert_eq!(common::streams(&emulator).len(), 1);
    // There may be the one poll that follows the end of some streams, and no others.
    assert!(common::polls(&emulator).len() <= 1);
    // A body that takes longer than each of them.
    let job = emulator.create_job(Scenario::instant().size_bytes(200_000));
    emulator.fault(Fault::trickle(0, 10_000, 100));
    let report = Report::of(limits(call_without_retries(&emulator, &job, "bytes")));
    assert_eq!(report.is("NITRO_OK").all("bytes"), ["200000"]);
}

/// The fixture itself: a port that accepts no connection.
#[test]
fn a_port_with_a_full_queue_accepts_no_connection() {
    let full = FullBacklog::start();
    let stopped =
        with_watchdog(move || TcpStream::connect_timeout(&full.address, Duration::from_millis(100)));
    assert!(stopped.is_err());
}
