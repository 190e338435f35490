//! How long a blocked call goes on after its token is triggered, phase by phase, through the C API.
//!
//! `make cancel-latency` runs it on the library as it ships and writes the table into `docs/CONNECTIONS.md`.

#[path = "../tests/common/mod.rs"]
mod common;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use common::c;
use common::pki::Authority;
use common::silent_peer::{FullBacklog, SilentPeer};
use nitro_emulator::{Clock, Config, Emulator, Fault, Limited, RateLimit, Scenario, StreamMode, Tls};

const RUNS: usize = 100;
const DOCUMENT: &str = "docs/CONNECTIONS.md";
const BEGIN: &str = "<!-- cancel-latency: written by make cancel-latency -->\n";
const END: &str = "<!-- cancel-latency: end -->\n";

/// Microseconds, sorted.
struct Latency(Vec<u64>);

impl Latency {
    fn cell(&self) -> String {
        let millis = |micros: u64| format!("{:.2}", micros as f64 / 1000.0);
        let worst = self.0.last().copied().unwrap_or_default();
        format!("{} / {}", millis(self.0[self.0.len() / 2]), millis(worst))
    }
}

struct Bench {
    program: PathBuf,
    ca: PathBuf,
    plain: Emulator,
    secure: Emulator,
    rows: Vec<(String, [Option<Latency>; 2])>,
}

impl Bench {
    fn start(library: &Path, folder: &Path) -> Self {
        let authority = Authority::new("Bench");
        let pair = authority.issue("127.0.0.1");
        let ca = folder.join("ca");
        std::fs::write(&ca, authority.pem()).expect("a file");
        let lib = folder.join("lib");
        c::install(library, &lib);
        let (sources, program) = (c::root().join("tests/c"), folder.join("cancel_phases"));
        let phases = sources.join("cancel_phases.c");
        c::compile(&[&phases, &sources.join("check.c")], &lib, &program);
        let tls = Tls {
            cert_pem: pair.certificate,
            key_pem: pair.key,
            client_ca_pem: None,
        };
        let config = Config {
            tls: Some(tls),
            ..Config::default()
        };
        Self {
            program,
            ca,
            plain: common::emulator(),
            secure: Emulator::start(config).expect("the emulator starts"),
            rows: Vec::new(),
        }
    }

    fn measure(&self, base: &str, token: &str, job: &str, call: &str, proxy: &str) -> Latency {
        let run = c::at(self.program.clone(), base, token);
        let mut run = run.arg("job", job).arg("do", call).arg("runs", RUNS.to_string());
        run = run.arg("ca_file", &self.ca);
        if !proxy.is_empty() {
            run = run.arg("proxy", proxy);
        }
        let output = run.start().output();
        let mut micros: Vec<u64> = output.lines().map(|l| l.parse().expect("a number")).collect();
        assert_eq!(micros.len(), RUNS);
        micros.sort_unstable();
        Latency(micros)
    }

    /// A poll of this URL, which gets no response.
    fn poll(&self, base: &str, proxy: &str) -> Option<Latency> {
        Some(self.measure(base, "t0ken", "job", "status", proxy))
    }

    fn row(&mut self, phase: &str, cells: [Option<Latency>; 2]) {
        let cell = |latency: &Option<Latency>| latency.as_ref().map_or("-".to_owned(), Latency::cell);
        println!("{phase}: {} | {}", cell(&cells[0]), cell(&cells[1]));
        self.rows.push((phase.to_owned(), cells));
    }

    /// The same phase of a call to the service, without and with TLS.
    fn service(&mut self, phase: &str, call: &str, scenario: &Scenario, fault: Option<Fault>) {
        let cells = [&self.plain, &self.secure].map(|emulator| {
            emulator.fault_all(fault.clone());
            let job = emulator.create_job(scenario.clone());
            // A job whose events can be read has had one.
            emulator.set_progress(&job, 0.5);
            let latency = self.measure(&emulator.base_url(), &emulator.token(), &job, call, "");
            emulator.fault_all(None);
            Some(latency)
        });
        self.row(phase, cells);
    }

    fn connect_phases(&mut self) {
        let cell = self.poll("http://hang.test", "");
        self.row("name lookup", [cell, None]);
        let full = FullBacklog::start();
        let cell = self.poll(&format!("http://{}", full.address), "");
        self.row("TCP connect", [cell, None]);
        let (target, unresponsive) = ("https://192.0.2.1", SilentPeer::start());
        let at = format!("127.0.0.1:{}", unresponsive.port);
        let plain = self.poll(target, &format!("http://{at}"));
        // A proxy that does the TLS handshake and sends no response to CONNECT.
        self.secure.fault_all(Some(Fault::hang(0).from_request(1)));
        let secure = self.poll(target, &self.secure.base_url());
        self.secure.fault_all(None);
        self.row("proxy: CONNECT", [plain, secure]);
        let cell = self.poll(target, &format!("socks5h://{at}"));
        self.row("proxy: SOCKS5 greeting", [cell, None]);
        let greeted = SilentPeer::replying(&[b"\x05\x00"]);
        let cell = self.poll(target, &format!("socks5h://127.0.0.1:{}", greeted.port));
        self.row("proxy: SOCKS5 request", [cell, None]);
        let cell = self.poll(&format!("https://{at}"), "");
        self.row("TLS handshake", [None, cell]);
        let tunnel = SilentPeer::replying(&[b"HTTP/1.1 200 OK\r\n\r\n"]);
        let cell = self.poll(target, &format!("http://127.0.0.1:{}", tunnel.port));
        self.row("TLS handshake through a proxy", [None, cell]);
    }

    fn request_phases(&mut self) {
        let done = Scenario::instant();
        self.service(
            "waiting for the head",
            "status",
            &done,
            Some(Fault::hang(0).from_request(1)),
        );
        let big = done.clone().size_bytes(1_000_000);
        let fault = Fault::hang(100_000).from_request(1);
        self.service("reading a body", "bytes", &big, Some(fault));
        let fault = Fault::hang(200_000).in_request();
        self.service("writing an upload", "submit", &done, Some(fault));
        let running = Scenario::new().clock(Clock::Manual);
        self.service("reading a stream", "wait", &running, None);
        let polled = running.stream(StreamMode::Refuse(404));
        self.service("sleeping between polls", "wait", &polled, None);
        let limited = done.rate_limit(RateLimit {
            times: u32::MAX,
            on: Limited::default(),
            retry_after: 3600.0,
            ..RateLimit::default()
        });
        self.service("sleeping before a retry", "status", &limited, None);
    }

    fn table(&self) -> String {
        let mut text = String::from("| blocked in | plain | TLS |\n|---|---|---|\n");
        for (phase, [plain, secure]) in &self.rows {
            let cell = |latency: &Option<Latency>| latency.as_ref().map_or(String::new(), Latency::cell);
            let _ = writeln!(text, "| {phase} | {} | {} |", cell(plain), cell(secure));
        }
        let output_of = |command: &str, arguments: &[&str]| {
            c::succeeds(Command::new(command).args(arguments))
                .trim()
                .to_owned()
        };
        let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let model = cpu.lines().find_map(|line| line.strip_prefix("model name"));
        let model = model.map_or("an unknown processor", |m| m.trim_start_matches(['\t', ':', ' ']));
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
        let load = load.split(' ').next().unwrap_or_default();
        let _ = writeln!(
            text,
            "\nMilliseconds from the trigger to the call's return, median / worst of {RUNS}, through the C API of the \
             release library.\n`make cancel-latency` on {}, {model}, {cores} cores under a load of {load}, {}.",
            output_of("date", &["-u", "+%F"]),
            output_of("uname", &["-sr"]),
        );
        text
    }
}

fn main() {
    // `cargo test --all-targets` runs this too, and needs no figures.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let library = std::env::var_os("NITRO_LIBRARY").expect("NITRO_LIBRARY names the library that ships");
    let folder = tempfile::tempdir().expect("a folder");
    let mut bench = Bench::start(Path::new(&library), folder.path());
    bench.connect_phases();
    bench.request_phases();
    let document = c::root().join(DOCUMENT);
    let text = std::fs::read_to_string(&document).expect("the document");
    let (before, rest) = text.split_once(BEGIN).expect("the mark where the table begins");
    let (_, after) = rest.split_once(END).expect("the mark where it ends");
    std::fs::write(&document, format!("{before}{BEGIN}{}{END}{after}", bench.table())).expect("the document");
}
