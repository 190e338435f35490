//! Sockets by Winsock: never blocking, with WSAPoll as slices, because a socket whose SO_RCVTIMEO ran out is in an
//! undefined state there.
#![allow(unsafe_code)]

use std::io;
use std::net::{SocketAddr, TcpStream};
use std::os::windows::io::{AsRawSocket, RawSocket};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::time::Duration;

use super::SLICE;
use crate::error::Result;
use crate::panic_guard::{is_caught, set_caught};

/// How long one address may take.
const EACH: Duration = Duration::from_secs(10);

pub(crate) fn prepare(tcp: &TcpStream) -> io::Result<()> {
    tcp.set_nonblocking(true)
}

pub(crate) fn read(mut tcp: &TcpStream, buffer: &mut [u8]) -> io::Result<usize> {
    within_slice(tcp, POLLRDNORM, || io::Read::read(&mut tcp, buffer))
}

pub(crate) fn write(mut tcp: &TcpStream, bytes: &[u8]) -> io::Result<usize> {
    within_slice(tcp, POLLWRNORM, || io::Write::write(&mut tcp, bytes))
}

/// One byte of the input, left where it is, or `WouldBlock` at once.
pub(crate) fn peek(tcp: &TcpStream) -> io::Result<usize> {
    tcp.peek(&mut [0])
}

const POLLRDNORM: i16 = 0x0100;
const POLLWRNORM: i16 = 0x0010;

#[repr(C)]
struct PollFd {
    socket: RawSocket,
    events: i16,
    revents: i16,
}

#[link(name = "ws2_32")]
unsafe extern "system" {
    fn WSAPoll(sockets: *mut PollFd, count: u32, millis: i32) -> i32;
}

/// Tries `operation`, and once more when the socket is ready or the slice is over.
fn within_slice(
    tcp: &TcpStream,
    events: i16,
    mut operation: impl FnMut() -> io::Result<usize>,
) -> io::Result<usize> {
    match operation() {
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
        done => return done,
    }
    let mut polled = PollFd {
        socket: tcp.as_raw_socket(),
        events,
        revents: 0,
    };
    // SAFETY: the pointer and the count describe `polled`, which outlives the call; the socket is open.
    unsafe { WSAPoll(&raw mut polled, 1, SLICE.as_millis() as i32) };
    operation()
}

/// Connects to the first address that accepts, one after the other, on a helper thread.
///
/// `check` is called at least once a slice; the helper may outlive the call by its own timeout.
pub(crate) fn connect(
    addresses: &[SocketAddr],
    check: &dyn Fn() -> Result<()>,
) -> Result<io::Result<TcpStream>> {
    let addresses = addresses.to_vec();
    let (done, outcome) = sync_channel(1);
    let quiet = is_caught();
    let helper = move || {
        set_caught(quiet);
        let mut last = io::Error::new(io::ErrorKind::NotFound, "no address to connect to");
        for address in &addresses {
            match TcpStream::connect_timeout(address, EACH) {
                Ok(tcp) => {
                    let _ = done.send(Ok(tcp));
                    return;
                }
                Err(error) => last = error,
            }
        }
        let _ = done.send(Err(last));
    };
    if let Err(error) = crate::own_thread::spawn("nitro-connect", helper) {
        return Ok(Err(error));
    }
    loop {
        check()?;
        match outcome.recv_timeout(SLICE) {
            Ok(outcome) => return Ok(outcome),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Ok(Err(io::ErrorKind::Other.into())),
        }
    }
}
