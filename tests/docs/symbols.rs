//! What the library exports and what it needs of the system: header, committed list and library agree.
//! `NITRO_UPDATE_SYMBOLS=1` adds new functions to docs/symbols.txt.
#![cfg(target_os = "linux")]

use crate::common;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;

use common::{c, header};

/// Stripped, with TLS and certificate verification inside.
const LARGEST: u64 = 2_250_000;

fn list() -> PathBuf {
    c::root().join("docs/symbols.txt")
}

/// Each function of the header with the version that its comment names.
fn declared() -> BTreeMap<String, String> {
    let since = |function: header::Function| {
        let (_, version) = function.doc.rsplit_once("Since ").expect("a version");
        let version = version.trim_end_matches('.').to_owned();
        (function.name, version)
    };
    header::functions().into_iter().map(since).collect()
}

/// Each function of docs/symbols.txt with its version.
fn listed() -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(list()).unwrap_or_default();
    let lines = text
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty());
    lines
        .map(|line| {
            let (name, version) = line.split_once(' ').expect("a name and a version");
            (name.to_owned(), version.trim().to_owned())
        })
        .collect()
}

#[test]
fn the_list_agrees_with_the_header() {
    let (declared, mut listed) = (declared(), listed());
    if std::env::var_os("NITRO_UPDATE_SYMBOLS").is_some() {
        // Names are only added: removing one is done by hand, with a new ABI number.
        for (name, version) in &declared {
            listed.entry(name.clone()).or_insert_with(|| version.clone());
        }
        let head = "# Every function that the shared library exports, and the version that brought it. Held against the header and\n\
            # the library by tests/docs/symbols.rs; `make symbols` adds new ones. A line is never taken away without a new ABI\n\
            # number: see ABI.md.\n\n";
        let lines: Vec<_> = listed
            .iter()
            .map(|(name, since)| format!("{name} {since}\n"))
            .collect();
        std::fs::write(list(), format!("{head}{}", lines.concat())).expect("the list can be written");
    }
    let gone: Vec<_> = listed
        .keys()
        .filter(|name| !declared.contains_key(*name))
        .collect();
    assert!(
        gone.is_empty(),
        "given away once and no longer there, so programs break: {gone:?}; see docs/ABI.md"
    );
    assert_eq!(declared, listed, "new functions: run `make symbols`");
}

#[test]
fn the_library_exports_the_list_under_its_soname() {
    if !c::have_all(&["nm", "readelf"]) {
        return;
    }
    let library = c::release_library().join("libnitro_jobs.so");
    let table = c::succeeds(Command::new("nm").args(["-D", "--defined-only"]).arg(&library));
    let mut exported: Vec<_> = table
        .lines()
        .filter_map(|line| line.split_whitespace().nth(2))
        .collect();
    exported.sort_unstable();
    assert_eq!(exported, listed().into_keys().collect::<Vec<_>>());

    let build = std::fs::read_to_string(c::root().join("build.rs")).expect("build.rs");
    let (_, abi) = build.split_once("const ABI: u32 = ").expect("the ABI number");
    let abi = abi.split(';').next().unwrap_or_default();
    let dynamic = c::succeeds(Command::new("readelf").arg("-dW").arg(&library));
    let soname = format!("Library soname: [libnitro_jobs.so.{abi}]");
    assert!(dynamic.contains(&soname), "{dynamic}");
    let page = std::fs::read_to_string(c::root().join("docs/ABI.md")).expect("docs/ABI.md");
    assert!(page.contains(&format!("`libnitro_jobs.so.{abi}`")), "docs/ABI.md");
}

#[test]
fn the_library_needs_only_libc_and_libgcc_and_is_small() {
    if !c::have("readelf") {
        return;
    }
    let library = c::release_library().join("libnitro_jobs.so");
    let dynamic = c::succeeds(Command::new("readelf").arg("-dW").arg(&library));
    let mut needed: Vec<_> = dynamic
        .lines()
        .filter(|line| line.contains("(NEEDED)"))
        .filter_map(|line| Some(line.split_once('[')?.1.trim_end_matches(']')))
        // The loader itself, where the linker names it: it is libc's own.
        .filter(|name| !name.starts_with("ld-linux"))
        .collect();
    needed.sort_unstable();
    assert_eq!(needed, ["libc.so.6", "libgcc_s.so.1"]);

    let size = std::fs::metadata(&library).expect("the library").len();
    assert!(size < LARGEST, "{size} bytes; the limit is {LARGEST}");
    let sections = c::succeeds(Command::new("readelf").arg("-SW").arg(&library));
    assert!(!sections.contains(".symtab"), "it is not stripped");
}
