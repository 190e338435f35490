//! Ten seconds of every fuzz target. They need a nightly toolchain and a build of their own, so only continuous
//! integration (`NITRO_TEST_STRICT=1`) runs them from here; `make fuzz SECONDS=10` does by hand.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use crate::common;

use std::path::Path;
use std::process::Command;

use common::tools;

#[test]
fn every_fuzz_target_runs_ten_seconds_without_a_failure() {
    if !tools::have_if(tools::strict(), "NITRO_TEST_STRICT=1") {
        return;
    }
    let _guard = crate::one_at_a_time();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/run.sh");
    // The environment that cargo sets for this test must not reach the inner cargo.
    let mut run = Command::new(script);
    run.arg("10").env_remove("RUSTUP_TOOLCHAIN").env_remove("CARGO");
    let output = run.output().unwrap();
    let printed = String::from_utf8_lossy(&output.stdout);
    println!("{printed}");
    assert!(output.status.success(), "{printed}");
    assert_eq!(
        printed
            .lines()
            .filter(|line| line.ends_with("no failure"))
            .count(),
        10
    );
}
