//! The C++ binding: the twins of the C programs, run by the tests of the C API, and tests of what only C++ has.
#![cfg(target_os = "linux")]

#[path = "../c_api/errors.rs"]
mod errors;
#[path = "../c_api/handles.rs"]
mod handles;
#[path = "../c_api/options.rs"]
mod options;
#[path = "../c_api/submit.rs"]
mod submit;
#[path = "../c_api/threads.rs"]
mod threads;

use crate::common;

use common::{c, cpp};
use nitro_emulator::{Clock, Emulator, Scenario};

/// What has no twin, and why.
const WITHOUT_TWIN: [(&str, &str); 15] = [
    (
        "hostile_sizes",
        "is about sizes that a peer names, which the library alone reads",
    ),
    (
        "panics",
        "is about defects that the boundary catches, before any binding",
    ),
    (
        "flow",
        "a program of calls that submit, wait, result and download have each a twin for",
    ),
    (
        "call",
        "makes the calls that tests of the library name; no test of the boundary",
    ),
    ("canary", "shows that the tools find faults"),
    ("cancel_phases", "measures the library"),
    (
        "cancel_free",
        "is about the memory that a trigger touches, which is the library's",
    ),
    (
        "codes",
        "lists codes and texts for the manual; the twin of version does it, too",
    ),
    ("check", "what the programs share: check.hpp"),
    (
        "polls",
        "counts the library's threads and lookups; a poll is compared by make cpp-overhead",
    ),
    (
        "host_threads",
        "is about signals and the ends of threads, which the library alone sees",
    ),
    (
        "environment",
        "replaces getenv of the whole program; the binding reads nothing",
    ),
    (
        "no_memory",
        "is about memory that the library asks for, before any binding",
    ),
    ("sigpipe", "is about the library's sockets alone"),
    ("startup_memory", "measures the library's memory"),
];
const MEASURED: [(&str, &str); 3] = [
    ("upload_memory", "measures the library's memory"),
    (
        "soak",
        "measures the library's memory; what the binding owns is seen by valgrind and the sanitizers",
    ),
    ("download_memory", "measures the library's memory"),
];

#[test]
fn every_c_program_has_a_cpp_counterpart() {
    let twins = cpp::twins();
    let without: Vec<_> = WITHOUT_TWIN.into_iter().chain(MEASURED).collect();
    for entry in std::fs::read_dir(c::root().join("tests/c"))
        .expect("tests/c")
        .flatten()
    {
        let name = entry.file_name().to_string_lossy().into_owned();
        let Some(name) = name.strip_suffix(".c") else {
            continue;
        };
        let has = twins.iter().any(|twin| twin == name);
        let excused = without
            .iter()
            .any(|(excused, why)| *excused == name && !why.is_empty());
        assert!(has != excused, "tests/c/{name}.c: a twin or a reason for none");
    }
}

fn running() -> Scenario {
    Scenario::new().clock(Clock::Manual)
}

fn run(name: &str, emulator: &Emulator) -> c::Run {
    c::run(name, &emulator.base_url(), &emulator.token())
}

#[test]
fn handles_shared_by_eight_threads_are_cancelled_and_freed_from_a_ninth() {
    if !c::can_build() {
        return;
    }
    let emulator = common::emulator();
    run("shared_handles", &emulator)
        .arg("running", emulator.create_job(running()))
        .arg("done", emulator.create_job(Scenario::instant()))
        .arg("rounds", c::unless_under_tool("8", "3"))
        .passes();
}

#[test]
fn empty_handles_behave_like_null() {
    if !c::can_build() {
        return;
    }
    let emulator = common::emulator();
    run("empty", &emulator)
        .arg("done", emulator.create_job(Scenario::instant()))
        .passes();
}

#[test]
fn callables_may_stop_and_throw_through_c_frames() {
    if !c::can_build() {
        return;
    }
    let (emulator, folder) = (common::emulator(), tempfile::tempdir().expect("a folder"));
    emulator.set_default(common::quick().retry_after(0.01));
    run("callables", &emulator)
        .arg(
            "done",
            emulator.create_job(Scenario::instant().size_bytes(100_000u64)),
        )
        .arg("running", emulator.create_job(running()))
        .arg("folder", folder.path())
        .arg("path", folder.path().join("none.pdf"))
        .passes();
    assert_eq!(std::fs::read_dir(folder.path()).expect("the folder").count(), 0);
}
