//! The tools that some tests need beyond Rust, a C compiler and make. Where one is missing these tests are skipped, and
//! `make test` prints at its end which one it is, how to install it, and how many tests that leaves out. With
//! `NITRO_TEST_STRICT=1` nothing is skipped: a missing tool fails the test at once.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

const NIGHTLY: &str = "rustup toolchain install nightly --component rust-src";

/// What installs a tool that is not in the Debian package of its own name.
const INSTALLS: [(&str, &str); 13] = [
    ("NITRO_TEST_STRICT=1", "make fuzz SECONDS=10"),
    ("clang++", "apt-get install clang"),
    ("curl-config", "apt-get install libcurl4-openssl-dev"),
    ("gtk+-3.0", "apt-get install libgtk-3-dev"),
    ("import", "apt-get install imagemagick"),
    ("nginx", "apt-get install nginx-light"),
    ("nlohmann/json.hpp", "apt-get install nlohmann-json3-dev"),
    ("nm", "apt-get install binutils"),
    ("objdump", "apt-get install binutils"),
    ("readelf", "apt-get install binutils"),
    ("rust-src", NIGHTLY),
    ("the nightly toolchain", NIGHTLY),
    ("Xvfb", "apt-get install xvfb"),
];

/// Whether a missing tool fails the test: in continuous integration nothing is skipped.
pub fn strict() -> bool {
    std::env::var_os("NITRO_TEST_STRICT").is_some_and(|value| value == "1")
}

/// Whether `tool` can be run. Where it cannot the test must return.
pub fn have(tool: &str) -> bool {
    have_if(runs(tool), tool)
}

/// Whether all of these can be run. Where one cannot the test must return; every missing one is reported.
pub fn have_all(tools: &[&str]) -> bool {
    tools.iter().filter(|tool| !have(tool)).count() == 0
}

/// Whether `tool` can be run, for a test that goes on without it.
pub fn have_for_part(tool: &str) -> bool {
    let found = runs(tool);
    if !found {
        report(tool, "part");
    }
    found
}

/// Whether the test can run, which is `found`: whether `what` is there. Where it is not the test must return.
pub fn have_if(found: bool, what: &str) -> bool {
    if !found {
        report(what, "whole");
    }
    found
}

/// The file of `program`, which may lie where only root's PATH leads. If it is missing the test must return.
pub fn server(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain(["/usr/sbin", "/usr/local/sbin"].map(PathBuf::from));
    let file = folders
        .map(|folder| folder.join(program))
        .find(|file| file.is_file());
    have_if(file.is_some(), program);
    file
}

fn runs(tool: &str) -> bool {
    let mut command = Command::new(tool);
    command
        .arg("--version")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.status().is_ok()
}

/// Reports what is missing in the test's own output, and in the file that `make test` sums up.
fn report(what: &str, part: &str) {
    let known = INSTALLS.iter().find(|(name, _)| *name == what);
    let install = known.map_or(format!("apt-get install {what}"), |(_, command)| {
        (*command).to_owned()
    });
    assert!(
        !strict(),
        "{what} is missing ({install}), and NITRO_TEST_STRICT=1 skips nothing"
    );
    println!("skipped: {what} is missing ({install})");
    let Some(file) = std::env::var_os("NITRO_TEST_SKIPPED") else {
        return;
    };
    let program = std::env::current_exe().unwrap_or_default();
    let program = program.file_stem().unwrap_or_default().to_string_lossy();
    let thread = std::thread::current();
    let test = thread.name().expect("a test's thread is named after it");
    let line = format!("{install}\t{what}\t{part}\t{program}::{test}\n");
    let file = std::fs::OpenOptions::new().create(true).append(true).open(file);
    // One write, so that tests that run at the same time do not mix their lines.
    file.and_then(|mut file| file.write_all(line.as_bytes()))
        .expect("the list of skipped tests");
}
