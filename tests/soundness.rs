//! The C library under tools that see what a test cannot: memory, races, and what is left behind after a long day.
#![cfg(target_os = "linux")]

mod common;

use std::process::Command;

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

/// Whether memory can be measured: under a tool it is the tool's.
fn measured() -> bool {
    let measured = c::runner().is_empty();
    if !measured {
        println!("skipped: memory is not measured under {}", c::runner().join(" "));
    }
    measured
}

fn running() -> Scenario {
    Scenario::new().clock(Clock::Manual)
}

#[test]
fn a_hundred_thousand_operations_leave_memory_descriptors_and_threads_where_they_were() {
    if !measured() {
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
    if !measured() {
        return;
    }
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

/// Under a tool, the faults that it is there to find are found: else its silence would say nothing.
#[test]
fn the_tool_sees_what_it_is_there_to_see() {
    let (runner, finds) = (c::runner(), std::env::var("NITRO_TEST_FINDS").unwrap_or_default());
    if runner.is_empty() {
        println!("skipped: this is about the tools of make valgrind, asan and tsan");
        return;
    }
    let (program, sources) = (c::workshop().join("canary"), c::root().join("tests/c"));
    c::compile(
        &[&sources.join("canary.c"), &sources.join("check.c")],
        &c::library(),
        &program,
    );
    assert!(!finds.is_empty(), "NITRO_TEST_FINDS names no fault");
    for fault in ["none"].into_iter().chain(finds.split_whitespace()) {
        let output = Command::new(&runner[0])
            .args(&runner[1..])
            .arg(&program)
            .args(["http://127.0.0.1:9", "token"])
            .arg(format!("fault={fault}"))
            .env("RUST_BACKTRACE", "0")
            .output()
            .expect("the tool can be started");
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.success(), fault == "none", "{fault}:\n{told}");
        assert!(fault == "none" || told.contains("nitro_"), "{fault}:\n{told}");
    }
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
    let covered = [listed("C_TESTS"), listed("NOT_UNDER_TOOLS")].concat();
    for entry in std::fs::read_dir(c::root().join("tests"))
        .expect("the tests")
        .flatten()
    {
        let path = entry.path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        // A test is a file, or a folder of them.
        let folder = std::fs::read_dir(&path).into_iter().flatten().flatten();
        let files = folder.map(|entry| entry.path()).chain([path.clone()]);
        let source: String = files
            .filter_map(|file| std::fs::read_to_string(file).ok())
            .collect();
        let runs_c = ["c::run(", "c::at(", "calls::"]
            .iter()
            .any(|words| source.contains(words));
        assert!(
            !runs_c || name == "common" || covered.iter().any(|listed| *listed == name),
            "tests/{name}.rs runs C programs: add it to C_TESTS in the Makefile"
        );
    }
}
