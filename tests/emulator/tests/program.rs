//! The program, run as a child process.
#![allow(missing_docs)]

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

const PROGRAM: &str = env!("CARGO_BIN_EXE_nitro-emulator");

#[test]
fn serve_prints_its_url_first_and_submit_prints_a_job() {
    let mut server = Command::new(PROGRAM)
        .args([
            "serve",
            "--until-stdin-closes",
            "--base-path",
            "/idp/platform",
            "--token",
            "t",
        ])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = String::new();
    BufReader::new(server.stdout.take().unwrap())
        .read_line(&mut first)
        .unwrap();
    let base = first.trim_end();
    assert!(
        base.starts_with("http://127.0.0.1:") && base.ends_with("/idp/platform"),
        "{base}"
    );

    let sample = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../examples/data/nitro-sample.pdf"
    );
    let submit = |token: &str| {
        Command::new(PROGRAM)
            .args(["submit", sample, "--base", base, "--token", token])
            .output()
            .unwrap()
    };
    let accepted = submit("t");
    let id = String::from_utf8(accepted.stdout).unwrap();
    assert!(accepted.status.success());
    assert_eq!((id.trim_end().len(), id.matches('-').count()), (36, 4), "{id}");
    let rejected = submit("wrong");
    assert!(!rejected.status.success() && rejected.stdout.is_empty());
    assert!(String::from_utf8(rejected.stderr).unwrap().contains("401"));

    drop(server.stdin.take());
    assert!(server.wait().unwrap().success());
}
