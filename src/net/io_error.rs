//! How errors of a connection pass through interfaces of `std::io`, and writes that stop early.

use std::io;

use crate::error::{Error, ErrorKind};

/// A write that did not go through.
#[derive(Debug)]
pub(crate) enum WriteError {
    /// The peer has responded already, so it does not want the rest.
    EarlyResponse,
    Failed(Error),
}

impl From<Error> for WriteError {
    fn from(error: Error) -> Self {
        WriteError::Failed(error)
    }
}

/// Wraps our error in an I/O error, for interfaces that pass no other.
pub(crate) fn into_io_error(error: Error) -> io::Error {
    io::Error::other(error)
}

/// Our error out of an I/O error; any other is a lost connection.
pub(crate) fn from_io_error(error: io::Error) -> Error {
    match error.downcast::<Error>() {
        Ok(ours) => ours,
        Err(error) => connection_lost(&error),
    }
}

/// The connection was lost.
pub(super) fn connection_lost(error: &io::Error) -> Error {
    Error::new(
        ErrorKind::ConnectionLost,
        format!("the connection was lost: {error}"),
    )
}
