//! Panics inside the library, from C: caught on every thread, reported as a code, printed nowhere.
#![cfg(target_os = "linux")]

use crate::common;

use common::c;
use nitro_emulator::Scenario;

#[test]
fn a_panic_becomes_an_error_code_and_the_next_call_works() {
    let (emulator, folder) = (common::emulator(), tempfile::tempdir().expect("a folder"));
    emulator.set_default(Scenario::instant());
    let job = emulator.create_job(Scenario::instant());
    let reported = c::run("panics", &emulator.base_url(), &emulator.token())
        .arg("job", job)
        .arg("folder", folder.path())
        .arg("named", emulator.base_url().replace("127.0.0.1", "service.test"))
        .start()
        .output();
    // Any output on standard error fails the test.
    assert_eq!(reported, "");
    let half = |name: &std::ffi::OsString| name.to_string_lossy().starts_with('.');
    let names = std::fs::read_dir(folder.path()).expect("the folder").flatten();
    let left: Vec<_> = names.map(|entry| entry.file_name()).filter(half).collect();
    assert!(left.is_empty(), "half a file was left: {left:?}");
}
