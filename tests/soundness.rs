//! The C library under tools that see what a test cannot: memory, races, and what is left behind after a long day.
#![cfg(target_os = "linux")]

mod common;

use std::process::Command;
use std::sync::Mutex;

use common::c;
use nitro_emulator::{Clock, Outcome, Scenario};

const OPERATIONS: u32 = 100_000;

/// `tests/c/NAME.c` with the library as it ships.
fn shipped(name: &str, emulator: &nitro_emulator::Emulator) -> c::Run {
    let (program, sources) = (c::workshop().join(name), c::root().join("tests/c"));
    let source = sources.join(format!("{name}.c"));
    c::compile(&[&source, &sources.join("check.c")], &c::shipped(), &program);
    c::at(program, &emulator.base_url(), &emulator.token())
}

fn running() -> Scenario {
    Scenario::new().clock(Clock::Manual)
}

#[test]
fn a_hundred_thousand_operations_leave_memory_descriptors_and_threads_where_they_were() {
    if !c::runner().is_empty() {
        println!("skipped: memory is not measured under {}", c::runner().join(" "));
        return;
    }
    let emulator = common::emulator();
    shipped("soak", &emulator)
        .arg("operations", OPERATIONS.to_string())
        .arg(
            "job",
            emulator.create_job(Scenario::instant().size_bytes(10_000u64)),
        )
        .arg("running", emulator.create_job(running()))
        .arg(
            "lost",
            emulator.create_job(Scenario::instant().outcome(Outcome::Lost)),
        )
        .passes();
}

#[test]
fn opening_asking_once_and_leaving_takes_less_than_five_megabytes() {
    let emulator = common::emulator();
    shipped("small", &emulator)
        .arg("job", emulator.create_job(Scenario::instant()))
        .passes();
}

#[test]
fn ninth() {
    let emulator = common::emulator();
    c::run("ninth", &emulator.base_url(), &emulator.token())
        .arg("running", emulator.create_job(running()))
        .arg("done", emulator.create_job(Scenario::instant()))
        .arg("rounds", if c::runner().is_empty() { "8" } else { "3" })
        .passes();
}

/// Runs a target of the Makefile that runs the C programs once more under a tool. Only where nothing may be skipped: each
/// takes minutes.
fn under(target: &str) {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    if !c::strict() || !c::runner().is_empty() {
        println!("skipped: make {target} takes minutes; NITRO_TEST_STRICT=1 runs it");
        return;
    }
    let _guard = ONE_AT_A_TIME
        .lock()
        .unwrap_or_else(|poisoned| poisoned.into_inner());
    let folder = c::deps().join("../..").canonicalize().expect("the target folder");
    let mut make = Command::new("make");
    make.args(["-s", target])
        .current_dir(c::root())
        .env("CARGO_TARGET_DIR", folder);
    let said = c::succeeds(&mut make);
    assert!(said.contains("test result: ok"), "nothing was run:\n{said}");
}

#[test]
fn memory_is_sound_under_valgrind() {
    under("valgrind");
}

#[test]
fn memory_is_sound_under_address_sanitizer() {
    under("asan");
}

#[test]
fn threads_are_sound_under_thread_sanitizer() {
    under("tsan");
}

/// The Makefile names the tests that run C programs: a new one cannot be forgotten.
#[test]
fn every_c_program_is_run_under_the_tools() {
    let makefile = std::fs::read_to_string(c::root().join("Makefile")).expect("the Makefile");
    let listed = |name: &str| -> Vec<String> {
        let line = makefile
            .lines()
            .find_map(|line| line.strip_prefix(&format!("{name} := ")));
        let words = line.expect("a list").split_whitespace();
        words.map(str::to_owned).collect()
    };
    let (run, not_run) = (listed("C_TESTS"), listed("NOT_UNDER_TOOLS"));
    for entry in std::fs::read_dir(c::root().join("tests"))
        .expect("the tests")
        .flatten()
    {
        let path = entry.path();
        let Some(name) = path.file_stem().and_then(|name| name.to_str()) else {
            continue;
        };
        let Ok(source) = std::fs::read_to_string(&path) else {
            continue;
        };
        let runs_c = source.contains("c::run(") || source.contains("c::at(");
        assert!(
            !runs_c || run.iter().chain(&not_run).any(|listed| listed == name),
            "tests/{name}.rs runs C programs: add it to C_TESTS in the Makefile"
        );
    }
}
