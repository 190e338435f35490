//! The C programs of the tests once more, under tools that see wrong uses of memory, leaks, and races: `make valgrind`,
//! `make asan`, `make tsan`, of which each builds the library for itself.
#![cfg(target_os = "linux")]

mod common;

use std::process::Command;
use std::sync::Mutex;

use common::c;

/// Runs a target of the Makefile. Two at once would only wait for each other.
fn under(target: &str) {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _guard = ONE_AT_A_TIME
        .lock()
        .unwrap_or_else(|poisoned| poisoned.into_inner());
    let folder = c::deps().join("../..").canonicalize().expect("the target folder");
    let mut make = Command::new("make");
    make.args(["-s", target]).current_dir(c::root());
    // What cargo tells this test of itself would make packages inside build anew, and its own path knows no other toolchain.
    for (name, _) in std::env::vars_os() {
        let told = name.to_string_lossy().starts_with("CARGO_") && name != "CARGO_HOME";
        if told || name == "CARGO" || name == "LD_LIBRARY_PATH" {
            make.env_remove(name);
        }
    }
    make.env("CARGO_TARGET_DIR", folder);
    let said = c::succeeds(&mut make);
    assert!(said.contains("test result: ok"), "nothing was run:\n{said}");
}

/// Whether the nightly compiler is there, and what the sanitizers need of it.
fn nightly(component: Option<&str>) -> bool {
    let listed = Command::new("rustup")
        .args(["component", "list", "--installed", "--toolchain", "nightly"])
        .output();
    let listed = listed.map(|output| (output.status.success(), output.stdout));
    let found = listed.is_ok_and(|(well, names)| {
        let names = String::from_utf8_lossy(&names);
        well && component.is_none_or(|component| names.lines().any(|name| name.starts_with(component)))
    });
    if !found {
        let what = component.unwrap_or("the nightly compiler");
        assert!(
            !c::strict(),
            "{what} is missing and NITRO_TEST_STRICT=1 skips nothing"
        );
        println!("skipped: {what} is missing: rustup toolchain install nightly --component rust-src");
    }
    found
}

#[test]
fn memory_is_sound_under_valgrind() {
    if c::have("valgrind") {
        under("valgrind");
    }
}

#[test]
fn memory_is_sound_under_address_sanitizer() {
    if c::have("gcc") && nightly(None) {
        under("asan");
    }
}

#[test]
fn threads_are_sound_under_thread_sanitizer() {
    if c::have("gcc") && nightly(Some("rust-src")) {
        under("tsan");
    }
}
