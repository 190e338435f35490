//! Runs of `tests/c/call.c`, and the report that it prints.

use std::path::PathBuf;

use nitro_emulator::Emulator;

use super::{c, wait_for};

/// A run of `call.c` against `base_url` that makes the calls `steps` with one client.
pub fn call(base_url: &str, token: &str, job: &str, steps: &str) -> c::Run {
    c::run("call", base_url, token).arg("job", job).arg("do", steps)
}

/// The same against the emulator itself, without retries.
pub fn call_without_retries(emulator: &Emulator, job: &str, steps: &str) -> c::Run {
    call(&emulator.base_url(), &emulator.token(), job, steps).arg("retries", "0")
}

/// The output of a run.
#[derive(Debug)]
pub struct Report(pub String);

impl Report {
    pub fn of(run: c::Run) -> Self {
        Self(run.start().output())
    }

    /// All lines of this kind, in order.
    pub fn all(&self, kind: &str) -> Vec<&str> {
        let lines = self.0.lines();
        lines
            .filter_map(|line| line.strip_prefix(kind)?.strip_prefix(' '))
            .collect()
    }

    fn one(&self, kind: &str) -> &str {
        let all = self.all(kind);
        assert_eq!(all.len(), 1, "{kind}\n{}", self.0);
        all[0]
    }

    /// Asserts that the run made one call, or failed to make its client, with this code.
    #[track_caller]
    pub fn is(&self, code: &str) -> &Self {
        self.are(&[code])
    }

    /// Asserts the codes of all calls in order.
    #[track_caller]
    pub fn are(&self, codes: &[&str]) -> &Self {
        assert_eq!(self.all("code"), codes, "\n{}", self.0);
        self
    }

    /// Asserts that the message of the one error contains `part`.
    #[track_caller]
    pub fn message_contains(&self, part: &str) -> &Self {
        let message = self.one("message");
        assert!(message.contains(part), "no {part:?} in {message:?}\n{}", self.0);
        self
    }

    /// Asserts that the one error names this limit, by its number in the header.
    #[track_caller]
    pub fn by_limit(&self, limit: i32) -> &Self {
        assert_eq!(self.one("limit"), limit.to_string(), "\n{}", self.0);
        self
    }

    /// The number of log lines that contain `part`.
    pub fn logged(&self, part: &str) -> usize {
        self.all("log").iter().filter(|line| line.contains(part)).count()
    }
}

/// A file that a program creates when it reaches a certain point.
pub struct Mark {
    folder: tempfile::TempDir,
}

impl Mark {
    pub fn new() -> Self {
        Self {
            folder: tempfile::tempdir().expect("a folder"),
        }
    }

    pub fn path(&self) -> PathBuf {
        self.folder.path().join("mark")
    }

    /// Waits until the program is there.
    pub fn wait(&self) {
        let there = wait_for(super::WATCHDOG, || self.path().exists().then_some(()));
        assert!(there.is_some(), "the program never came to its mark");
    }
}
