//! Reads files and standard input so that Ctrl-C and the timeout end it: a FIFO may never have a writer.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

use nitro_jobs::{Call, CancelToken};

use crate::exit;
use crate::failure::Failure;

/// The name of standard input.
pub const STDIN: &str = "-";

/// How often a blocked read looks for Ctrl-C.
const INTERVAL: Duration = Duration::from_millis(50);

/// What ends the command early.
pub struct Limits {
    cancel: CancelToken,
    /// Set if a timeout was given; then `deadline` is its end, or nothing if it is zero, which is no timeout.
    is_given: bool,
    deadline: Option<Instant>,
    /// Standard input can be read to its end only once.
    stdin_is_read: AtomicBool,
}

impl Limits {
    /// From now on. A timeout of zero means no timeout, in place of the library's own.
    pub fn new(cancel: CancelToken, timeout: Option<Duration>) -> Self {
        let is_given = timeout.is_some();
        let timeout = timeout.filter(|timeout| !timeout.is_zero());
        Self {
            cancel,
            is_given,
            deadline: timeout.and_then(|timeout| Instant::now().checked_add(timeout)),
            stdin_is_read: AtomicBool::new(false),
        }
    }

    /// The cancel token, and what is left of the timeout.
    pub fn call(&self) -> Call {
        let call = Call::new().cancel(&self.cancel);
        match self.left() {
            // Zero would mean no timeout.
            Some(left) => call.timeout(left.max(Duration::from_millis(1))),
            None if self.is_given => call.timeout(Duration::ZERO),
            None => call,
        }
    }

    /// As [`Limits::call`], for a call that has no timeout of its own either.
    pub fn unlimited_call(&self) -> Call {
        match self.deadline {
            Some(_) => self.call(),
            None => self.call().timeout(Duration::ZERO),
        }
    }

    fn left(&self) -> Option<Duration> {
        self.deadline
            .map(|deadline| deadline.saturating_duration_since(Instant::now()))
    }

    /// The text of a file, or of standard input if its name is `-`.
    pub fn text(&self, path: &Path) -> Result<String, Failure> {
        self.text_if(path, |_, _| Ok(()))
            .map_err(|unread| unread.into_failure(|what| Failure::file(format!("{}: {what}", name_of(path)))))
    }

    /// As [`Limits::text`], for a file that `check` accepts once it is open.
    pub fn text_if(&self, path: &Path, check: Check) -> Result<String, Unread> {
        let bytes = self.bytes(path, check)?;
        String::from_utf8(bytes).map_err(|_| Unread::File("it is not text in UTF-8".to_owned()))
    }

    /// The bytes of standard input.
    pub fn stdin(&self) -> Result<Vec<u8>, Failure> {
        let stdin = Path::new(STDIN);
        self.bytes(stdin, |_, _| Ok(())).map_err(|unread| {
            unread.into_failure(|what| Failure::file(format!("{}: {what}", name_of(stdin))))
        })
    }

    /// Reads on a thread of its own, which may block for good: the end of the program ends it.
    fn bytes(&self, path: &Path, check: Check) -> Result<Vec<u8>, Unread> {
        let is_stdin = path == Path::new(STDIN);
        if is_stdin && self.stdin_is_read.swap(true, Ordering::Relaxed) {
            let what = "- is standard input, which can be read only once";
            return Err(Unread::Ended(Failure::usage(what)));
        }
        let file = path.to_owned();
        let read = move || {
            let mut bytes = Vec::new();
            let text = |error: io::Error| error.to_string();
            if is_stdin {
                io::stdin().read_to_end(&mut bytes).map_err(text)?;
            } else {
                let mut opened = File::open(&file).map_err(text)?;
                check(&file, &opened)?;
                opened.read_to_end(&mut bytes).map_err(text)?;
            }
            Ok(bytes)
        };
        let (done, outcome) = mpsc::channel();
        std::thread::Builder::new()
            .name("input".to_owned())
            .spawn(move || drop(done.send(read())))
            .map_err(|e| Unread::File(e.to_string()))?;
        loop {
            let wait = self.left().map_or(INTERVAL, |left| left.min(INTERVAL));
            match outcome.recv_timeout(wait) {
                Ok(read) => return read.map_err(Unread::File),
                Err(RecvTimeoutError::Disconnected) => {
                    return Err(Unread::File("it cannot be read".to_owned()));
                }
                Err(RecvTimeoutError::Timeout) => self.check(path)?,
            }
        }
    }

    fn check(&self, path: &Path) -> Result<(), Unread> {
        let (code, why) = if self.cancel.is_cancelled() {
            (exit::CANCELLED, "the command was cancelled")
        } else if self.left().is_some_and(|left| left.is_zero()) {
            (exit::TIMEOUT, "the timeout was reached")
        } else {
            return Ok(());
        };
        let text = format!("{why} while it read {}", name_of(path));
        Err(Unread::Ended(Failure::Own(code, text)))
    }
}

/// What must hold of a file that is open.
pub type Check = fn(&Path, &File) -> Result<(), String>;

/// Why something was not read.
pub enum Unread {
    /// The command ends.
    Ended(Failure),
    /// What is wrong with the file.
    File(String),
}

impl Unread {
    /// The failure of the command; `of_file` makes that of a file.
    pub fn into_failure(self, of_file: impl FnOnce(String) -> Failure) -> Failure {
        match self {
            Self::Ended(failure) => failure,
            Self::File(what) => of_file(what),
        }
    }
}

fn name_of(path: &Path) -> String {
    match path == Path::new(STDIN) {
        true => "standard input".to_owned(),
        false => path.display().to_string(),
    }
}
