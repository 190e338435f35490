//! A cancel from another thread ends a blocked call, whatever it waits for, through the C API.
//!
//! The tests assert the order of events, under a watchdog: the call was in the named phase, the token was
//! triggered, the call ended and reported it. How long that takes is measured by `make cancel-latency`.

use crate::common;

use common::c;
use common::calls::{Mark, Report, call, call_without_retries};
use common::pki::Authority;
use common::silent_peer::{FullBacklog, SilentPeer};
use common::until;
use nitro_emulator::{Clock, Config, Emulator, Fault, Framing, Scenario, StreamMode, Tls};

/// Starts the run, waits for `there`, cancels it, and asserts that it reports so.
fn cancelled(run: c::Run, there: impl FnOnce()) -> Report {
    let running = run.arg("cancel", "signal").arg("retries", "0").start();
    there();
    running.signal().send();
    let report = Report(running.output());
    report.is("NITRO_E_CANCELLED");
    report
}

fn to(base: &str, steps: &str) -> c::Run {
    call(base, "t0ken", "job", steps)
}

/// A service with and without TLS, and the file of its certificate authority.
struct Both {
    emulators: [Emulator; 2],
    folder: tempfile::TempDir,
}

impl Both {
    fn start() -> Self {
        let (authority, folder) = (Authority::new("Ours"), tempfile::tempdir().expect("a folder"));
        std::fs::write(folder.path().join("ca"), authority.pem()).expect("a file");
        let pair = authority.issue("127.0.0.1");
        let tls = Config {
            tls: Some(Tls {
                cert_pem: pair.certificate,
                key_pem: pair.key,
                client_ca_pem: None,
            }),
            ..Config::default()
        };
        Self {
            emulators: [
                common::emulator(),
                Emulator::start(tls).expect("the emulator starts"),
            ],
            folder,
        }
    }

    /// Cancels these steps on a job of this scenario, once over each.
    fn each(&self, scenario: &Scenario, steps: &str, there: impl Fn(&Emulator, &str, &Mark)) {
        for emulator in &self.emulators {
            let (job, mark) = (emulator.create_job(scenario.clone()), Mark::new());
            let run = call_without_retries(emulator, &job, steps)
                .arg("ca_file", self.folder.path().join("ca"))
                .arg("file", self.folder.path().join("file"))
                .arg("mark", mark.path());
            cancelled(run, || there(emulator, &job, &mark));
            assert!(!self.folder.path().join("file").exists());
        }
    }

    fn fault(&self, fault: Fault) {
        for emulator in &self.emulators {
            emulator.fault_all(Some(fault.clone()));
        }
    }
}

#[test]
fn cancel_ends_a_dns_lookup() {
    let mark = Mark::new();
    let run = to("http://hang.test", "status").arg("mark", mark.path());
    let report = cancelled(run, || mark.wait());
    assert_eq!(report.all("lookups"), ["1"]);
    let mark = Mark::new();
    let proxy = to("http://192.0.2.1", "status").arg("proxy", "http://hang.test:1");
    cancelled(proxy.arg("mark", mark.path()), || mark.wait());
}

#[test]
fn cancel_ends_a_tcp_connect() {
    let full = FullBacklog::start();
    cancelled(to(&format!("http://{}", full.address), "status"), || full.wait());
    let full = FullBacklog::start();
    let proxy = format!("socks5h://{}", full.address);
    cancelled(to("https://192.0.2.1", "status").arg("proxy", proxy), || {
        full.wait()
    });
}

#[test]
fn cancel_ends_a_proxy_negotiation() {
    let target = "https://192.0.2.1";
    // CONNECT; TLS with the proxy itself; SOCKS5's greeting, login and request.
    const PHASES: [(&str, &[&[u8]]); 6] = [
        ("http://", &[]),
        ("https://", &[]),
        ("socks5h://", &[]),
        ("socks5h://u:p@", &[b"\x05\x02"]),
        ("socks5h://u:p@", &[b"\x05\x02", b"\x01\x00"]),
        ("socks5h://", &[b"\x05\x00"]),
    ];
    for (scheme, replies) in PHASES {
        let peer = SilentPeer::replying(replies);
        let proxy = format!("{scheme}127.0.0.1:{}", peer.port);
        cancelled(to(target, "status").arg("proxy", proxy), || peer.wait());
        assert_eq!(peer.connections(), 1);
    }
}

#[test]
fn cancel_ends_a_tls_handshake() {
    let peer = SilentPeer::start();
    let base = format!("https://127.0.0.1:{}", peer.port);
    cancelled(to(&base, "status"), || peer.wait());
    // And in a handshake inside a tunnel.
    const TUNNELS: [(&str, &[&[u8]]); 2] = [
        ("http", &[b"HTTP/1.1 200 OK\r\n\r\n"]),
        (
            "socks5h",
            &[b"\x05\x00", b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00"],
        ),
    ];
    for (scheme, replies) in TUNNELS {
        let peer = SilentPeer::replying(replies);
        let proxy = format!("{scheme}://127.0.0.1:{}", peer.port);
        cancelled(to("https://192.0.2.1", "status").arg("proxy", proxy), || {
            peer.wait()
        });
    }
}

#[test]
fn cancel_ends_a_wait_for_the_response_head() {
    let both = Both::start();
    both.fault(Fault::hang(0).from_request(1));
    for steps in ["status", "wait", "events", "result", "bytes", "download"] {
        both.emulators.iter().for_each(Emulator::forget_requests);
        both.each(&Scenario::instant(), steps, |emulator, _, _| {
            until("the request", || !emulator.requests().is_empty());
        });
    }
    // In the middle of it.
    both.fault(Fault::hang(20).from_request(1));
    both.emulators.iter().for_each(Emulator::forget_requests);
    both.each(&Scenario::instant(), "status", |emulator, _, _| {
        until("the request", || !emulator.requests().is_empty());
    });
}

#[test]
fn cancel_ends_a_stalled_body_and_leaves_no_file() {
    let both = Both::start();
    both.fault(Fault::hang(100_000).from_request(1));
    for framing in [Framing::Length, Framing::Chunked, Framing::Close] {
        let scenario = Scenario::instant().size_bytes(1_000_000).bytes_framing(framing);
        both.each(&scenario, "bytes", |_, _, mark| mark.wait());
    }
    // A file: the call is there when its first bytes are on disk under the temporary name.
    let part = || {
        let files = std::fs::read_dir(both.folder.path()).expect("the folder");
        files.flatten().any(|file| {
            let name = file.file_name();
            name.to_string_lossy().starts_with(".nitro-") && file.metadata().is_ok_and(|m| m.len() > 0)
        })
    };
    let scenario = Scenario::instant().size_bytes(1_000_000);
    both.fault(Fault::hang(100_000));
    both.each(&scenario, "download", |_, _, _| until("a first part", part));
}

#[test]
fn cancel_ends_an_upload_that_the_peer_does_not_read() {
    let both = Both::start();
    both.fault(Fault::hang(200_000).in_request());
    let document = tempfile::NamedTempFile::new().expect("a file");
    // More than the system's buffers hold.
    document.as_file().set_len(32 << 20).expect("its size");
    for emulator in &both.emulators {
        let mark = Mark::new();
        let run = call_without_retries(emulator, "unused", "submit")
            .arg("ca_file", both.folder.path().join("ca"))
            .arg("upload", document.path())
            .arg("mark", mark.path());
        cancelled(run, || mark.wait());
    }
}

#[test]
fn cancel_ends_a_wait_on_an_event_stream() {
    let both = Both::start();
    let no_progress = Scenario::new().clock(Clock::Manual);
    for steps in ["wait", "events"] {
        both.each(&no_progress, steps, |emulator, job, mark| {
            emulator.set_progress(job, 0.5);
            mark.wait();
        });
        // And between heartbeats, which are not events.
        both.each(
            &no_progress.clone().heartbeat_ms(20u64),
            steps,
            |emulator, job, mark| {
                emulator.set_progress(job, 0.5);
                mark.wait();
            },
        );
    }
    // A stream that sends nothing at all.
    both.emulators.iter().for_each(Emulator::forget_requests);
    both.each(&no_progress.stream(StreamMode::Idle), "wait", |emulator, _, _| {
        until("the request", || !common::streams(emulator).is_empty());
    });
}

#[test]
fn cancel_ends_a_pause_between_polls() {
    let emulator = common::emulator();
    let scenario = Scenario::new()
        .clock(Clock::Manual)
        .stream(StreamMode::Refuse(404));
    let (job, mark) = (emulator.create_job(scenario), Mark::new());
    let run = call_without_retries(&emulator, &job, "wait").arg("poll", "3600000");
    cancelled(run.arg("mark", mark.path()), || mark.wait());
}

#[test]
fn cancel_ends_a_pause_before_a_retry() {
    let emulator = common::emulator();
    let scenario = Scenario::instant().rate_limit(nitro_emulator::RateLimit {
        times: 9,
        retry_after: 3600.0,
        ..nitro_emulator::RateLimit::default()
    });
    let (job, mark) = (emulator.create_job(scenario), Mark::new());
    let run = call(&emulator.base_url(), &emulator.token(), &job, "status")
        .arg("retries", "3")
        .arg("retry_cap", "3600000")
        .arg("call", "0")
        .arg("mark", mark.path())
        .arg("mark_log", "attempt 2 of 4");
    cancelled(run, || mark.wait());
    assert_eq!(emulator.requests().len(), 1);
}
