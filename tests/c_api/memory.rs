//! Memory stays small, however large the file is: measured by the C program itself, with the released library. Under the
//! tools of `make valgrind` and others the same programs run with smaller files.

use crate::common;

use std::process::Command;

use common::c;
use common::drain::Drain;
use nitro_emulator::Scenario;

/// Under a tool nothing is measured: several buffers' worth suffice.
fn size() -> u64 {
    c::unless_under_tool(500_000_000, 10_000_000)
}

#[test]
fn uploading_500_megabytes_takes_at_most_16_megabytes() {
    let (program, service, up) = (c::measured("upload_memory"), Drain::start(), size());
    let folder = tempfile::tempdir().expect("a folder");
    // A file without blocks: it is read like any other.
    let path = folder.path().join("a.pdf");
    let file = std::fs::File::create(&path).and_then(|file| file.set_len(up));
    file.expect("a file");
    c::at(program, &service.base_url, "some-token")
        .arg("size", up.to_string())
        .arg("path", &path)
        .passes();
    for _ in ["the reader", "the file"] {
        let upload = service.next();
        assert!(
            upload.announced == upload.received && upload.received > up,
            "{upload:?}"
        );
    }
}

#[test]
fn downloading_500_megabytes_takes_at_most_16_megabytes() {
    let (program, emulator, size) = (c::measured("download_memory"), common::emulator(), size());
    let job = || emulator.create_job(Scenario::instant().size_bytes(size));
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("file.pdf");
    c::at(program, &emulator.base_url(), &emulator.token())
        .arg("bytes", job())
        .arg("bytes_size", size.to_string())
        .arg("file", job())
        .arg("file_size", size.to_string())
        .arg("path", &path)
        .passes();
    assert_eq!(std::fs::metadata(&path).expect("the file").len(), size);
}

#[test]
fn the_release_library_exports_the_header_and_nothing_else() {
    if !c::runner().is_empty() {
        println!("skipped: no tool has a library that ships");
        return;
    }
    if !c::have_all(&["nm", "readelf"]) {
        return;
    }
    let library = c::release_library().join("libnitro_jobs.so");
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
