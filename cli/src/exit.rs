//! The program's exit codes.

use nitro_jobs::{Error, ErrorKind};

/// The codes, as `--help` and the README show them.
pub const TABLE: &str = "\
  0   done
  1   the job failed, or was canceled at the service
  2   the command line, an option or a parameter cannot be used; nothing was sent
  3   credentials: none, not readable, readable by others, or rejected by the service
  4   no connection, too many requests, or a fault of the service: retry later
  5   the service rejected the request, or the job does not exist
  6   a file could not be read or written, or exists already
  7   a timeout was reached; the job, if there is one, goes on
  8   there is no result yet, or it is of another kind
  9   the submission failed, but a job may exist: a retry could start a second one
  70  a defect of this program
  74  standard output could not be written, for example because the disk is full
  130 cancelled by Ctrl-C; the job, if there is one, goes on
  141 standard output was closed; the job, if there is one, goes on
";

/// Done.
pub const DONE: u8 = 0;
/// The job failed.
pub const FAILED: u8 = 1;
/// The command line is invalid.
pub const USAGE: u8 = 2;
/// Credentials.
pub const CREDENTIALS: u8 = 3;
/// A file.
pub const FILE: u8 = 6;
/// A timeout.
pub const TIMEOUT: u8 = 7;
/// Standard output could not be written.
pub const NOT_WRITTEN: u8 = 74;
/// Standard output was closed.
pub const NO_READER: u8 = 141;
/// Cancelled.
pub const CANCELLED: u8 = 130;

/// The code for an error of the library.
pub fn of(error: &Error) -> u8 {
    use ErrorKind::*;
    if error.is_uncertain() && error.kind() != Cancelled {
        return 9;
    }
    match error.kind() {
        JobFailed | JobCanceled => FAILED,
        InvalidArgument => USAGE,
        Unauthorized | Forbidden | ProxyAuth => CREDENTIALS,
        Dns | Connect | Tls | Proxy | ConnectionLost | Truncated | RateLimited | Service => 4,
        File | FileExists | Sink => FILE,
        Timeout | WaitTimeout => TIMEOUT,
        NotReady | UnexpectedResult | Delivered => 8,
        Cancelled | Stopped => CANCELLED,
        Internal | NoMemory | Busy => 70,
        _ => 5,
    }
}
