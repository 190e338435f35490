//! Memory stays small, however large the file is: measured by the C program itself, with the library as it ships.

mod common;

use std::path::PathBuf;
use std::process::Command;

use common::c;
use common::drain::Drain;
use nitro_emulator::Scenario;

const TO_A_SINK: u64 = 500_000_000;
const TO_A_FILE: u64 = 500_000_000;
const UP: u64 = 500_000_000;

/// The program with the library as it ships; none where memory cannot be measured.
fn measured(name: &str) -> Option<PathBuf> {
    if !c::runner().is_empty() {
        println!("skipped: memory is not measured under {}", c::runner().join(" "));
        return None;
    }
    let (program, sources) = (c::workshop().join(name), c::root().join("tests/c"));
    let source = sources.join(format!("{name}.c"));
    c::compile(&[&source, &sources.join("check.c")], &c::shipped(), &program);
    Some(program)
}

#[test]
fn half_a_gigabyte_goes_up_through_16_megabytes() {
    let Some(program) = measured("upload") else { return };
    let service = Drain::start();
    let folder = tempfile::tempdir().expect("a folder");
    // A file without blocks: it is read like any other.
    let path = folder.path().join("a.pdf");
    let file = std::fs::File::create(&path).and_then(|file| file.set_len(UP));
    file.expect("a file");
    c::at(program, &service.base_url, "some-token")
        .arg("size", UP.to_string())
        .arg("path", &path)
        .passes();
    for _ in ["the reader", "the file"] {
        let taken = service.next();
        assert!(taken.announced == taken.came && taken.came > UP, "{taken:?}");
    }
}

#[test]
fn half_a_gigabyte_passes_through_16_megabytes() {
    let Some(program) = measured("stream") else { return };
    let emulator = common::emulator();
    let (bytes, file) = (
        Scenario::instant().size_bytes(TO_A_SINK),
        Scenario::instant().size_bytes(TO_A_FILE),
    );
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("file.pdf");
    c::at(program, &emulator.base_url(), &emulator.token())
        .arg("bytes", emulator.create_job(bytes))
        .arg("bytes_size", TO_A_SINK.to_string())
        .arg("file", emulator.create_job(file))
        .arg("file_size", TO_A_FILE.to_string())
        .arg("path", &path)
        .passes();
    assert_eq!(std::fs::metadata(&path).expect("the file").len(), TO_A_FILE);
}

#[test]
fn the_library_that_ships_exports_the_header_and_nothing_else() {
    if !c::have("nm") || !c::have("readelf") {
        return;
    }
    let library = c::shipped().join("libnitro_jobs.so");
    let table = c::succeeds(Command::new("nm").args(["-D", "--defined-only"]).arg(&library));
    let mut exported: Vec<_> = table
        .lines()
        .filter_map(|line| line.split_whitespace().nth(2))
        .collect();
    let functions = common::header::functions();
    let mut declared: Vec<_> = functions.iter().map(|function| function.name.as_str()).collect();
    exported.sort_unstable();
    declared.sort_unstable();
    assert_eq!(exported, declared);

    let dynamic = c::succeeds(Command::new("readelf").args(["-dW"]).arg(&library));
    assert!(
        dynamic.contains("Library soname: [libnitro_jobs.so.0]"),
        "{dynamic}"
    );
    let flags: Vec<_> = dynamic
        .lines()
        .filter(|line| line.contains("(FLAGS_1)"))
        .collect();
    assert!(flags.len() == 1 && flags[0].contains("NODELETE"), "{dynamic}");
}
