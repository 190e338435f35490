//! TCP sockets whose every wait is short. What differs between systems, and all `unsafe` code of this module, is in `os`.

use std::io;
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use crate::cancel::Wake;

#[cfg(unix)]
#[path = "unix.rs"]
mod os;
#[cfg(windows)]
#[path = "windows.rs"]
mod os;

pub(crate) use os::connect;

/// How long an operation blocks at most before it looks at the token and the limits.
pub(crate) const SLICE: Duration = Duration::from_millis(50);

/// A connected socket in slices.
#[derive(Debug)]
pub(crate) struct Socket {
    tcp: TcpStream,
}

/// What a look at a socket's input found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pending {
    Nothing,
    Bytes,
    /// The peer closed, or the connection broke.
    End,
}

impl Socket {
    pub(crate) fn new(tcp: TcpStream) -> io::Result<Self> {
        tcp.set_nodelay(true)?;
        os::prepare(&tcp)?;
        Ok(Self { tcp })
    }

    /// Reads for one slice.
    pub(crate) fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        os::read(&self.tcp, buffer)
    }

    /// Writes for one slice. Never a vectored write: those raise SIGPIPE.
    pub(crate) fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        os::write(&self.tcp, bytes)
    }

    /// Looks at the input without waiting and without taking it.
    pub(crate) fn pending(&self) -> Pending {
        match os::peek(&self.tcp) {
            Ok(0) => Pending::End,
            Ok(_) => Pending::Bytes,
            Err(error) if is_slice_over(&error) => Pending::Nothing,
            Err(_) => Pending::End,
        }
    }
}

impl Wake for Socket {
    /// Ends a blocked read or write at once where the system does that; elsewhere the slice ends it.
    fn wake(&self) {
        if cfg!(unix) {
            let _ = self.tcp.shutdown(Shutdown::Both);
        }
    }
}

/// Whether an operation only ran out of its slice.
pub(crate) fn is_slice_over(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut | io::ErrorKind::Interrupted
    )
}
