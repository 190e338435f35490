//! A process of its own for a test that measures the whole process: its memory or its threads.

use std::process::{Command, Stdio};

/// What names the test to run in a process that was started for it.
const ALONE: &str = "NITRO_TEST_ALONE";

/// Runs `body` in a process in which no other test runs. `module` is `module_path!()`, `name` the calling test's own name.
pub fn alone(module: &str, name: &str, body: impl FnOnce()) {
    let (_crate, module) = module.split_once("::").expect("a module of a test program");
    let test = format!("{module}::{name}");
    if std::env::var_os(ALONE).is_some_and(|value| value == *test) {
        return body();
    }
    let output = Command::new(std::env::current_exe().expect("this program's own path"))
        .args([&test, "--exact", "--nocapture"])
        .env(ALONE, &test)
        .stdin(Stdio::null())
        .output()
        .expect("this program can be started");
    let stdout = String::from_utf8_lossy(&output.stdout);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success() && stdout.contains("1 passed"),
        "{test}: {}\n{stdout}{stderr}",
        output.status
    );
    println!("{stdout}");
}
