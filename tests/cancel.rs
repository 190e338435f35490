//! A cancel from another thread ends a blocked call, whatever it waits for, through the C API.
//!
//! What is asserted is the order of things, under a watchdog: the call was where it is said to be, the token was
//! triggered, the call ended and said so. How long that takes is measured by `make cancel-latency`.

mod common;

use common::c;
use common::calls::{Mark, Report, call, plain};
use common::mute::{Deaf, Mute};
use common::pki::Authority;
use common::until;
use nitro_emulator::{Clock, Config, Emulator, Fault, Framing, Scenario, StreamMode, Tls};

/// Starts the run, waits until it is `there`, cancels it, and hears that it was.
fn cancelled(run: c::Run, there: impl FnOnce()) -> Report {
    let running = run.arg("cancel", "signal").arg("retries", "0").start();
    there();
    running.signal().send();
    let report = Report(running.tells());
    report.is("NITRO_E_CANCELLED");
    report
}

fn to(base: &str, steps: &str) -> c::Run {
    call(base, "t0ken", "job", steps)
}

/// A service with and without TLS, and the file of its authority.
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
            let run = plain(emulator, &job, steps)
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
fn in_a_lookup() {
    let mark = Mark::new();
    let run = to("http://hang.test", "status").arg("mark", mark.path());
    let report = cancelled(run, || mark.wait());
    assert_eq!(report.all("lookups"), ["1"]);
    let mark = Mark::new();
    let proxy = to("http://192.0.2.1", "status").arg("proxy", "http://hang.test:1");
    cancelled(proxy.arg("mark", mark.path()), || mark.wait());
}

#[test]
fn in_a_connect() {
    let deaf = Deaf::start();
    cancelled(to(&format!("http://{}", deaf.address), "status"), || deaf.wait());
    let deaf = Deaf::start();
    let proxy = format!("socks5h://{}", deaf.address);
    cancelled(to("https://192.0.2.1", "status").arg("proxy", proxy), || {
        deaf.wait()
    });
}

#[test]
fn in_the_negotiation_with_a_proxy() {
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
    for (scheme, words) in PHASES {
        let mute = Mute::saying(words);
        let proxy = format!("{scheme}127.0.0.1:{}", mute.port);
        cancelled(to(target, "status").arg("proxy", proxy), || mute.wait());
        assert_eq!(mute.connections(), 1);
    }
}

#[test]
fn in_a_tls_handshake() {
    let mute = Mute::start();
    let base = format!("https://127.0.0.1:{}", mute.port);
    cancelled(to(&base, "status"), || mute.wait());
    // And in one inside a tunnel.
    const TUNNELS: [(&str, &[&[u8]]); 2] = [
        ("http", &[b"HTTP/1.1 200 OK\r\n\r\n"]),
        (
            "socks5h",
            &[b"\x05\x00", b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00"],
        ),
    ];
    for (scheme, words) in TUNNELS {
        let mute = Mute::saying(words);
        let proxy = format!("{scheme}://127.0.0.1:{}", mute.port);
        cancelled(to("https://192.0.2.1", "status").arg("proxy", proxy), || {
            mute.wait()
        });
    }
}

#[test]
fn before_the_head() {
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
fn in_a_body_which_never_looks_finished() {
    let both = Both::start();
    both.fault(Fault::hang(100_000).from_request(1));
    for framing in [Framing::Length, Framing::Chunked, Framing::Close] {
        let scenario = Scenario::instant().size_bytes(1_000_000).bytes_framing(framing);
        both.each(&scenario, "bytes", |_, _, mark| mark.wait());
    }
    // A file: the mark is that its first bytes are on the disk, under the name that they have until they are whole.
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
fn in_an_upload_that_nobody_reads() {
    let both = Both::start();
    both.fault(Fault::hang(200_000).in_request());
    let document = tempfile::NamedTempFile::new().expect("a file");
    // More than the system takes into its buffers.
    document.as_file().set_len(32 << 20).expect("its size");
    for emulator in &both.emulators {
        let mark = Mark::new();
        let run = plain(emulator, "unused", "submit")
            .arg("ca_file", both.folder.path().join("ca"))
            .arg("upload", document.path())
            .arg("mark", mark.path());
        cancelled(run, || mark.wait());
    }
}

#[test]
fn in_a_stream() {
    let both = Both::start();
    let silent = Scenario::new().clock(Clock::Manual);
    for steps in ["wait", "events"] {
        both.each(&silent, steps, |emulator, job, mark| {
            emulator.set_progress(job, 0.5);
            mark.wait();
        });
        // And between heartbeats, which are no events.
        both.each(
            &silent.clone().heartbeat_ms(20u64),
            steps,
            |emulator, job, mark| {
                emulator.set_progress(job, 0.5);
                mark.wait();
            },
        );
    }
    // One that says nothing at all.
    both.emulators.iter().for_each(Emulator::forget_requests);
    both.each(&silent.stream(StreamMode::Idle), "wait", |emulator, _, _| {
        until("the request", || !common::streams(emulator).is_empty());
    });
}

#[test]
fn between_polls() {
    let emulator = common::emulator();
    let scenario = Scenario::new()
        .clock(Clock::Manual)
        .stream(StreamMode::Refuse(404));
    let (job, mark) = (emulator.create_job(scenario), Mark::new());
    let run = plain(&emulator, &job, "wait").arg("poll", "3600000");
    cancelled(run.arg("mark", mark.path()), || mark.wait());
}

#[test]
fn before_a_repetition() {
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
