//! Each time limit through the C API: it ends what hangs or crawls, says which one it was, and cuts nothing healthy.

mod common;

use std::net::TcpStream;
use std::time::Duration;

use common::calls::{Report, call, plain};
use common::mute::{Deaf, Mute};
use common::{c, within};
use nitro_emulator::{Fault, Scenario};

const CONNECT: i32 = 1;
const IDLE: i32 = 2;
const RATE: i32 = 3;
const CALL: i32 = 4;
const WAIT: i32 = 5;

#[test]
fn nothing_is_connected_within_the_connect_limit() {
    let deaf = Deaf::start();
    let ask = |base: &str| {
        call(base, "t0ken", "job", "status")
            .arg("connect", "200")
            .arg("retries", "0")
    };
    let is = |run: c::Run| {
        let report = Report::of(run);
        report.is("NITRO_E_TIMEOUT").by_limit(CONNECT);
        report.says("connect limit of 0.2 s");
    };
    is(ask(&format!("http://{}", deaf.address)));
    is(ask("http://hang.test"));
    let mute = Mute::start();
    is(ask(&format!("https://127.0.0.1:{}", mute.port)));
    for scheme in ["http", "https", "socks5", "socks5h"] {
        let proxy = format!("{scheme}://127.0.0.1:{}", mute.port);
        is(ask("http://192.0.2.1").arg("proxy", proxy));
    }
    let greeting = Mute::saying(&[b"\x05\x00"]);
    let proxy = format!("socks5h://127.0.0.1:{}", greeting.port);
    is(ask("http://192.0.2.1").arg("proxy", proxy));
    let tunnel = Mute::saying(&[b"HTTP/1.1 200 OK\r\n\r\n"]);
    let proxy = format!("http://127.0.0.1:{}", tunnel.port);
    is(ask("https://192.0.2.1").arg("proxy", proxy));
    // Each attempt of a repeated request has the whole limit, and the repetition is told.
    let report = Report::of(
        call(&format!("http://{}", deaf.address), "t0ken", "job", "status")
            .arg("connect", "200")
            .arg("retries", "1")
            .arg("retry_cap", "10"),
    );
    report.is("NITRO_E_TIMEOUT").by_limit(CONNECT);
    assert_eq!(report.logged("attempt 2 of 2"), 1);
}

#[test]
fn silence_slowness_and_length_each_have_their_limit() {
    let mute = Mute::start();
    let ask = |steps: &str| {
        let base = format!("http://127.0.0.1:{}", mute.port);
        call(&base, "t0ken", "job", steps).arg("retries", "0")
    };
    Report::of(ask("status").arg("idle", "200"))
        .is("NITRO_E_TIMEOUT")
        .by_limit(IDLE)
        .says("idle limit of 0.2 s");
    Report::of(ask("status").arg("timeout", "200"))
        .is("NITRO_E_TIMEOUT")
        .by_limit(CALL)
        .says("call limit of 0.2 s");
    Report::of(ask("status").arg("call", "200")).by_limit(CALL);
    Report::of(ask("wait").arg("wait", "200"))
        .is("NITRO_E_WAIT_TIMEOUT")
        .by_limit(WAIT)
        .says("wait limit of 0.2 s");
    let waiting = Report::of(ask("wait").arg("timeout", "200"));
    waiting.is("NITRO_E_WAIT_TIMEOUT").by_limit(WAIT);

    // In a body, and the file is not there.
    let emulator = common::emulator();
    let folder = tempfile::tempdir().expect("a folder");
    for (steps, limits) in [
        ("bytes", "idle"),
        ("download", "idle"),
        ("bytes", "timeout"),
        ("download", "timeout"),
    ] {
        let job = emulator.create_job(Scenario::instant().size_bytes(1_000_000));
        // The result's address first, where a file is wanted.
        emulator.fault_all(Some(Fault::hang(100_000)));
        let path = folder.path().join("file");
        let run = plain(&emulator, &job, steps).arg(limits, "300");
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
fn a_slow_loris_is_seen_through() {
    let emulator = common::emulator();
    let job = emulator.create_job(Scenario::instant().size_bytes(1_000_000));
    // Never silent, never done.
    emulator.fault(Fault::trickle(10_000, 20, 200));
    let run = plain(&emulator, &job, "bytes").arg("min_rate", "5000");
    Report::of(run)
        .is("NITRO_E_TIMEOUT")
        .by_limit(RATE)
        .says("below the minimum rate of 5000");
}

#[test]
fn no_limit_cuts_what_is_healthy() {
    let emulator = common::emulator();
    let limits = |run: c::Run| {
        let run = run.arg("connect", "500").arg("idle", "500").arg("call", "500");
        run.arg("min_rate", "100000000")
    };
    // A stream that says little, for longer than each of them.
    let job = emulator.create_job(
        Scenario::new()
            .duration_ms(2000u64)
            .steps(2u32)
            .heartbeat_ms(100u64),
    );
    Report::of(limits(plain(&emulator, &job, "wait"))).is("NITRO_OK");
    assert_eq!(common::streams(&emulator).len(), 1);
    // The one poll that the end of some streams calls for may be there, no others.
    assert!(common::polls(&emulator).len() <= 1);
    // A body that takes longer than each of them.
    let job = emulator.create_job(Scenario::instant().size_bytes(200_000));
    emulator.fault(Fault::trickle(0, 10_000, 100));
    let report = Report::of(limits(plain(&emulator, &job, "bytes")));
    assert_eq!(report.is("NITRO_OK").all("bytes"), ["200000"]);
}

/// The fixture itself: a port that takes no connection.
#[test]
fn a_deaf_port_is_deaf() {
    let deaf = Deaf::start();
    let refused = within(move || TcpStream::connect_timeout(&deaf.address, Duration::from_millis(100)));
    assert!(refused.is_err());
}
