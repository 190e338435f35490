//! The flow of a real integration, in Rust and in C: credentials, merge of two PDFs, personal data found, redaction of what was
//! found, split, download of every part. Over TLS, through a proxy with a password, and with a fault at each step in turn:
//! either it succeeds all the same, or it reports the error and leaves nothing of that step.
#![allow(clippy::unwrap_used)]

use crate::common;

mod faults;
mod in_c;
mod in_rust;

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use common::c;
use common::pki::{Authority, Pair};
use common::proxies::{PLAIN_PASSWORD, Proxy, USER, tinyproxy};
use nitro_emulator::{Config, Emulator, Tls};
use serde_json::{Value, json};

use faults::{End, FAULTS, Fault};

const PDF: &[u8] = b"%PDF-1.7 a document";

/// The steps in their order. The first only requests a token.
const STEPS: [&str; 5] = ["credentials", "merge", "find", "redact", "split"];

/// What each step but the first and the search leaves in the folder.
const FILES: [&[&str]; 5] = [
    &[],
    &["merged.pdf"],
    &[],
    &["redacted.pdf"],
    &["merged-1.pdf", "merged-2.pdf", "merged-3.pdf"],
];

/// A service behind TLS and a proxy, and a folder for what comes of it.
struct World {
    emulator: Emulator,
    folder: tempfile::TempDir,
    proxy: String,
}

/// An authority, and the service's certificate by it.
fn trust() -> &'static (Authority, Pair) {
    static TRUST: OnceLock<(Authority, Pair)> = OnceLock::new();
    TRUST.get_or_init(|| {
        let authority = Authority::new("The company");
        let pair = authority.issue("localhost");
        (authority, pair)
    })
}

impl World {
    fn new(proxy: &Proxy) -> Self {
        let pair = trust().1.clone();
        let config = Config {
            tls: Some(Tls {
                cert_pem: pair.certificate,
                key_pem: pair.key,
                client_ca_pem: None,
            }),
            scenario: common::quick(),
            ..Config::default()
        };
        let world = Self {
            emulator: Emulator::start(config).unwrap(),
            folder: tempfile::tempdir().unwrap(),
            proxy: proxy.http(&format!("{USER}:{PLAIN_PASSWORD}@")),
        };
        for name in ["one.pdf", "two.pdf"] {
            std::fs::write(world.path(name), PDF).unwrap();
        }
        world
    }

    fn base_url(&self) -> String {
        format!("https://localhost:{}", self.emulator.port())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The folder has what the first `done` steps leave, and nothing else.
    fn holds(&self, done: usize, case: &str) {
        let mut expected: Vec<_> = FILES[..done].concat();
        expected.extend(["one.pdf", "two.pdf"]);
        expected.sort_unstable();
        assert_eq!(names(self.folder.path()), expected, "{case}");
    }

    /// Asserts that the flow succeeded: the found boxes were redacted, and every part is on disk, byte for byte.
    fn is_done(&self, jobs: &Jobs, case: &str) {
        let found: Value = serde_json::from_str(&jobs.found).unwrap();
        let boxes: Vec<_> = found["PIIBoxes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|found| json!([found["pageIndex"], floats(&found["boundingBox"])]))
            .collect();
        assert!(!boxes.is_empty());
        let requested: Value = serde_json::from_str(&self.emulator.form_of(&jobs.redact)[1].text).unwrap();
        let redacted: Vec<_> = requested["redactions"]
            .as_array()
            .unwrap()
            .iter()
            .map(|place| json!([place["pageIndex"], floats(&place["boundingBox"])]))
            .collect();
        assert_eq!(redacted, boxes, "{case}");
        let parts = self.emulator.output_of(&jobs.split);
        assert_eq!(parts.len(), 3);
        for (part, name) in parts.iter().zip(FILES[4]) {
            assert!(std::fs::read(self.path(name)).unwrap() == *part, "{case}: {name}");
        }
        let requested = self.emulator.requests();
        let submissions = requested
            .iter()
            .filter(|r| r.method == "POST" && r.path != "/oauth/token");
        assert!(submissions.count() >= 4);
    }
}

/// The jobs of a flow that succeeded.
#[derive(Default)]
struct Jobs {
    /// The result of the search.
    found: String,
    redact: String,
    split: String,
}

/// How a flow ended: with its jobs, or at a step, with an error.
type Ended = Result<Jobs, (usize, Failed)>;

/// An error as both languages have it.
#[derive(Debug)]
struct Failed {
    code: i32,
    uncertain: bool,
    ticket: bool,
}

fn floats(list: &Value) -> Vec<f64> {
    list.as_array()
        .unwrap()
        .iter()
        .map(|n| n.as_f64().unwrap())
        .collect()
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// Runs the flow with every fault at each of its steps; the steps of one fault at the same time, each in a world of its
/// own.
fn every_fault(flow: fn(&World, usize, &Fault) -> Ended) {
    let Some(proxy) = tinyproxy(true) else { return };
    for fault in FAULTS {
        std::thread::scope(|scope| {
            // Under a tool, where each run is long, once each.
            let once = c::unless_under_tool(usize::MAX, 1);
            for step in fault.steps.clone().take(once) {
                let proxy = &proxy;
                scope.spawn(move || one_case(proxy, flow, step, fault));
            }
        });
    }
}

fn one_case(proxy: &Proxy, flow: fn(&World, usize, &Fault) -> Ended, step: usize, fault: &Fault) {
    let case = format!("{} at {}", fault.name, STEPS[step]);
    let world = World::new(proxy);
    let ended = flow(&world, step, fault);
    match (ended, fault.end) {
        (Ok(jobs), End::Well) => {
            world.holds(STEPS.len(), &case);
            world.is_done(&jobs, &case);
        }
        (
            Err((at, failed)),
            End::With {
                kind,
                uncertain,
                ticket,
            },
        ) => {
            assert_eq!(at, step, "{case}: {failed:?}");
            assert_eq!(failed.code, kind.code(), "{case}: {failed:?}");
            assert_eq!((failed.uncertain, failed.ticket), (uncertain, ticket), "{case}");
            world.holds(step, &case);
        }
        (Ok(_), End::With { kind, .. }) => panic!("{case}: it went through without {kind:?}"),
        (Err((at, failed)), End::Well) => panic!("{case}: it failed at {}: {failed:?}", STEPS[at]),
    }
    let requested = world.emulator.requests();
    let tokens = requested.iter().filter(|r| r.path == "/oauth/token").count();
    assert!(tokens <= 1 + fault.further_tokens, "{case}: {tokens} tokens");
}

#[test]
fn the_flow_in_rust_survives_or_reports_a_fault_at_each_step() {
    if !c::runner().is_empty() {
        println!("skipped: the tools are for the C programs");
        return;
    }
    every_fault(in_rust::flow);
}

#[test]
fn the_flow_in_c_survives_or_reports_a_fault_at_each_step() {
    every_fault(in_c::flow);
}
