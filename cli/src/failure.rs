//! Why a command failed: its message and its exit code.

use nitro_jobs::{Error, ErrorKind};

use crate::exit;

/// The failure of a command.
#[derive(Debug)]
pub enum Failure {
    /// The command line, or something that it names, cannot be used.
    Own(u8, String),
    /// An error of the library, with all fields for `--json`.
    Library(Box<Error>),
}

impl Failure {
    /// The command line cannot be used.
    pub fn usage(what: impl Into<String>) -> Self {
        Self::Own(exit::USAGE, what.into())
    }

    /// The credentials cannot be used.
    pub fn credentials(what: impl Into<String>) -> Self {
        Self::Own(exit::CREDENTIALS, what.into())
    }

    /// A file cannot be used.
    pub fn file(what: impl Into<String>) -> Self {
        Self::Own(exit::FILE, what.into())
    }

    /// The exit code.
    pub fn code(&self) -> u8 {
        match self {
            Self::Own(code, _) => *code,
            Self::Library(error) => exit::of(error),
        }
    }

    /// Whether the program itself stopped the call.
    pub fn is_own_stop(&self) -> bool {
        matches!(self, Self::Library(error) if matches!(error.kind(), ErrorKind::Stopped | ErrorKind::Sink))
    }

    /// The text for the user.
    pub fn message(&self) -> &str {
        match self {
            Self::Own(_, text) => text,
            Self::Library(error) => error.message(),
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Library(Box::new(error))
    }
}

impl From<lexopt::Error> for Failure {
    fn from(error: lexopt::Error) -> Self {
        Self::usage(error.to_string())
    }
}
