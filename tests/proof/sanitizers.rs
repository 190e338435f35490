//! The C programs of the tests once more, under tools that detect memory errors, leaks and races: `make valgrind`,
//! `make asan`, `make tsan`, each of which builds its own library.
#![cfg(target_os = "linux")]

use crate::common;

use std::process::{Command, Stdio};

use crate::one_at_a_time;
use common::c;

/// Runs a target of the Makefile.
fn under(target: &str) {
    let _guard = one_at_a_time();
    let folder = c::deps().join("../..").canonicalize().expect("the target folder");
    let mut make = Command::new("make");
    make.args(["-s", target]).current_dir(c::root());
    // The environment that cargo sets for this test would make the inner cargo rebuild packages, and bypass rustup.
    for (name, _) in std::env::vars_os() {
        let printed = name.to_string_lossy().starts_with("CARGO_") && name != "CARGO_HOME";
        if printed || name == "CARGO" || name == "LD_LIBRARY_PATH" {
            make.env_remove(name);
        }
    }
    make.env("CARGO_TARGET_DIR", folder).stdin(Stdio::null());
    let output = make.output().expect("make can be started");
    let (report, printed) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(
        output.status.success(),
        "make {target}: {}\n{}\n{printed}",
        output.status,
        failures(&report)
    );
    assert!(report.contains("test result: ok"), "nothing was run:\n{report}");
}

/// The output of the test programs in which a test failed.
fn failures(report: &str) -> String {
    let failed = report
        .split("\nrunning ")
        .filter(|program| !program.contains("test result: ok"));
    failed.collect::<Vec<_>>().join("\n")
}

/// Whether the nightly compiler is installed, and the component that the sanitizers need.
fn nightly(component: Option<&str>) -> bool {
    let listed = Command::new("rustup")
        .args(["component", "list", "--installed", "--toolchain", "nightly"])
        // A question about the toolchain must not install it.
        .env("RUSTUP_AUTO_INSTALL", "0")
        .output();
    let listed = listed.map(|output| (output.status.success(), output.stdout));
    let found = listed.is_ok_and(|(well, names)| {
        let names = String::from_utf8_lossy(&names);
        well && component.is_none_or(|component| names.lines().any(|name| name.starts_with(component)))
    });
    c::have_if(found, component.unwrap_or("the nightly toolchain"))
}

#[test]
fn memory_is_sound_under_valgrind() {
    if c::have("valgrind") {
        under("valgrind");
    }
}

#[test]
fn memory_is_sound_under_address_sanitizer() {
    if c::have("gcc") & nightly(None) {
        under("asan");
    }
}

#[test]
fn threads_are_sound_under_thread_sanitizer() {
    if c::have("gcc") & nightly(Some("rust-src")) {
        under("tsan");
    }
}
