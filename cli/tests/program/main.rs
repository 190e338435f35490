//! The program, run against the emulator: its output, its files, and its exit codes.
#![cfg(unix)]
#![allow(clippy::unwrap_used)]

mod commands;
mod credentials;
mod endings;
mod streams;
// script(1) has other options elsewhere.
#[cfg(target_os = "linux")]
mod terminal;

use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use nitro_emulator::{Config, Emulator, Scenario};
use serde_json::Value;

pub const PDF: &[u8] = b"%PDF-1.7 a document";
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_nitro-jobs");

pub fn emulator() -> Emulator {
    let emulator = Emulator::start(Config::default()).unwrap();
    emulator.set_default(Scenario {
        duration_ms: 60,
        steps: 3,
        ..Scenario::default()
    });
    emulator
}

/// The program with these arguments; its environment contains only the emulator's URL and token.
pub fn program(emulator: &Emulator, args: &[&str]) -> Command {
    let mut command = bare(args);
    command
        .env("NITRO_BASE_URL", emulator.base_url())
        .env("NITRO_TOKEN", emulator.token());
    command
}

/// The program without credentials.
pub fn bare(args: &[&str]) -> Command {
    let mut command = Command::new(PROGRAM);
    command.args(args).env_clear().stdin(Stdio::null());
    command
}

/// A finished run.
pub struct Ended {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Ended {
    pub fn of(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        let ended = Self {
            code: output.status.code().expect("it was not ended by a signal"),
            out: text(output.stdout),
            err: text(output.stderr),
        };
        for secret in ["emulator-secret-token", "emulator-client-secret"] {
            assert!(!ended.out.contains(secret) && !ended.err.contains(secret));
        }
        // Escape codes are for terminals only.
        assert!(
            !ended.out.contains('\x1b') && !ended.err.contains('\x1b'),
            "{}",
            ended.err
        );
        ended
    }

    #[track_caller]
    pub fn is(&self, code: i32) -> &Self {
        assert_eq!(self.code, code, "out: {}\nerr: {}", self.out, self.err);
        self
    }

    /// Standard output as JSON lines.
    #[track_caller]
    pub fn events(&self) -> Vec<Value> {
        let lines = self.out.lines();
        lines
            .map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{line}: {e}")))
            .collect()
    }

    /// The names of the events, each once where several follow each other.
    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<_> = self
            .events()
            .iter()
            .map(|event| event["event"].as_str().unwrap().to_owned())
            .collect();
        names.dedup();
        names
    }

    /// The ticket printed to standard error.
    pub fn ticket(&self) -> &str {
        let mut lines = self.err.lines();
        lines
            .find_map(|line| line.strip_prefix("ticket: "))
            .expect("a ticket")
    }
}

pub fn run(mut command: Command) -> Ended {
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    end(command.spawn().unwrap())
}

/// A file in `folder`.
pub fn file(folder: &Path, name: &str, bytes: impl AsRef<[u8]>) -> String {
    let path = folder.join(name);
    std::fs::write(&path, bytes).unwrap();
    path.to_str().unwrap().to_owned()
}

/// The names in `folder`.
pub fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// Waits until a condition holds; fails after a minute.
pub fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(
            begun.elapsed() < Duration::from_secs(60),
            "never came true: {what}"
        );
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Waits for the end of a run; fails after a minute.
pub fn end(child: Child) -> Ended {
    let (pid, (done, output)) = (child.id(), std::sync::mpsc::channel());
    std::thread::spawn(move || done.send(child.wait_with_output()));
    match output.recv_timeout(Duration::from_secs(60)) {
        Ok(output) => Ended::of(output.unwrap()),
        Err(_) => {
            let _ = Command::new("sh")
                .args(["-c", &format!("kill -s KILL {pid}")])
                .status();
            panic!("the program hung");
        }
    }
}

/// Starts a run with its output in pipes.
pub fn start(mut command: Command) -> Child {
    command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Sends a signal to the program.
pub fn signal(child: &Child, name: &str) {
    // The shell's built-in: the program kill may not be installed.
    let sent = Command::new("sh")
        .args(["-c", &format!("kill -s {name} {}", child.id())])
        .status()
        .unwrap();
    assert!(sent.success());
}

/// Reads one line, byte by byte, so that nothing after it is consumed.
pub fn line(pipe: &mut impl Read) -> String {
    let mut line = Vec::new();
    let mut byte = [0];
    while pipe.read(&mut byte).unwrap() == 1 && byte[0] != b'\n' {
        line.push(byte[0]);
    }
    String::from_utf8(line).unwrap()
}
