//! A program run as by a user: its lines are read as they are written, Enter is pressed, its end is awaited.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::Duration;

use nitro_emulator::Emulator;

use super::{c, wait_for};

/// Longer than any program takes on a busy machine or under valgrind: only a hang exceeds it.
const WATCHDOG: Duration = Duration::from_secs(120);

/// A running program.
pub struct Program {
    child: Child,
    lines: mpsc::Receiver<String>,
    stdout: String,
    stderr: JoinHandle<String>,
    token: String,
}

/// The exit code and output of a program.
#[derive(Debug)]
pub struct Ended {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

/// A command that starts `program` with the emulator's URL and token, under the tests' runner, without this machine's settings.
pub fn command(program: &Path, emulator: &Emulator) -> Command {
    let mut command = c::command(program);
    command.env_clear().env("RUST_BACKTRACE", "0");
    for name in ["PATH", "HOME", "TMPDIR"] {
        command.envs(std::env::var_os(name).map(|value| (name, value)));
    }
    command
        .env("NITRO_BASE_URL", emulator.base_url())
        .env("NITRO_TOKEN", emulator.token());
    command
}

impl Program {
    /// Starts it; its output is searched for `token`.
    pub fn start(mut command: Command, token: String) -> Self {
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program can be started");
        let (stdout, mut stderr) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
        let (sender, lines) = mpsc::channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines() {
                let _ = sender.send(line.expect("UTF-8"));
            }
        });
        let stderr = std::thread::spawn(move || {
            let mut text = String::new();
            stderr.read_to_string(&mut text).expect("UTF-8");
            text
        });
        Self {
            child,
            lines,
            stdout: String::new(),
            stderr,
            token,
        }
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits until it writes this line.
    pub fn await_line(&mut self, wanted: &str) {
        while let Ok(line) = self.lines.recv_timeout(WATCHDOG) {
            self.stdout += &format!("{line}\n");
            if line == wanted {
                return;
            }
        }
        let _ = self.child.kill();
        panic!("{wanted:?} was never written, but\n{}", self.stdout);
    }

    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().expect("its status").is_some()
    }

    /// Presses Enter.
    pub fn enter(&mut self) {
        let stdin = self.child.stdin.as_mut().expect("its input");
        stdin.write_all(b"\n").expect("it reads");
    }

    /// Waits for its end.
    pub fn end(mut self) -> Ended {
        let status = wait_for(WATCHDOG, || self.child.try_wait().expect("its status"));
        if status.is_none() {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
        let rest = std::mem::replace(&mut self.lines, mpsc::channel().1);
        rest.iter().for_each(|line| self.stdout += &format!("{line}\n"));
        let stderr = self.stderr.join().expect("its standard error");
        let (stdout, token) = (self.stdout, &self.token);
        let status = status.unwrap_or_else(|| panic!("it hung\n{stdout}{stderr}"));
        assert!(
            !stdout.contains(token) && !stderr.contains(token),
            "the token is shown"
        );
        Ended {
            code: status.code(),
            stdout,
            stderr,
        }
    }
}
