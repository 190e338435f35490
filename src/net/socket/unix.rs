//! Sockets by POSIX: blocking, with SO_RCVTIMEO and SO_SNDTIMEO as slices, and a connect that polls.
#![allow(unsafe_code)]

use std::io;
use std::mem::MaybeUninit;
use std::net::{SocketAddr, TcpStream};
use std::os::fd::AsRawFd;
use std::time::{Duration, Instant};

use socket2::{Domain, SockRef, Socket, Type};

use super::SLICE;
use crate::error::{Error, ErrorKind, Result};

/// How long an address has before the next one is tried beside it (RFC 8305 calls it the connection attempt delay).
const HEAD_START: Duration = Duration::from_millis(250);

pub(crate) fn prepare(tcp: &TcpStream) -> io::Result<()> {
    tcp.set_read_timeout(Some(SLICE))?;
    tcp.set_write_timeout(Some(SLICE))
}

pub(crate) fn read(mut tcp: &TcpStream, buffer: &mut [u8]) -> io::Result<usize> {
    io::Read::read(&mut tcp, buffer)
}

pub(crate) fn write(mut tcp: &TcpStream, bytes: &[u8]) -> io::Result<usize> {
    io::Write::write(&mut tcp, bytes)
}

/// One byte of the input, left where it is, or `WouldBlock` at once.
pub(crate) fn peek(tcp: &TcpStream) -> io::Result<usize> {
    let flags = libc::MSG_PEEK | libc::MSG_DONTWAIT;
    SockRef::from(tcp).recv_with_flags(&mut [MaybeUninit::uninit()], flags)
}

/// Connects to the first address that accepts. Each gets a head start, so that a dead one costs little.
///
/// `check` is called at least once a slice. The inner error is that of the last address.
pub(crate) fn connect(
    addresses: &[SocketAddr],
    check: &dyn Fn() -> Result<()>,
) -> Result<io::Result<TcpStream>> {
    let mut left = addresses.iter();
    let mut racing: Vec<TcpStream> = Vec::new();
    let mut last = io::Error::new(io::ErrorKind::NotFound, "no address to connect to");
    let mut next = Instant::now();
    loop {
        check()?;
        if (racing.is_empty() || Instant::now() >= next)
            && let Some(address) = left.next()
        {
            match start(address) {
                Ok(tcp) => racing.push(tcp),
                Err(error) => last = error,
            }
            next = Instant::now() + HEAD_START;
            continue;
        }
        if racing.is_empty() {
            return Ok(Err(last));
        }
        for at in wait(&racing, SLICE)?.into_iter().rev() {
            let tcp = racing.swap_remove(at);
            match tcp.take_error().and_then(|e| e.map_or(Ok(()), Err)) {
                Ok(()) => return Ok(tcp.set_nonblocking(false).map(|()| tcp)),
                Err(error) => {
                    last = error;
                    next = Instant::now();
                }
            }
        }
    }
}

/// Begins to connect without waiting.
fn start(address: &SocketAddr) -> io::Result<TcpStream> {
    let socket = Socket::new(Domain::for_address(*address), Type::STREAM, None)?;
    socket.set_nonblocking(true)?;
    match socket.connect(&(*address).into()) {
        Err(error) if !matches!(error.raw_os_error(), Some(libc::EINPROGRESS | libc::EINTR)) => Err(error),
        _ => Ok(socket.into()),
    }
}

/// Waits until some of `sockets` are connected or have failed; gives their places in order.
fn wait(sockets: &[TcpStream], longest: Duration) -> Result<Vec<usize>> {
    let mut polled: Vec<libc::pollfd> = sockets
        .iter()
        .map(|s| libc::pollfd {
            fd: s.as_raw_fd(),
            events: libc::POLLOUT,
            revents: 0,
        })
        .collect();
    let millis = longest.as_millis() as libc::c_int;
    // SAFETY: the pointer and the count describe `polled`, which outlives the call; each descriptor is open.
    let n = unsafe { libc::poll(polled.as_mut_ptr(), polled.len() as libc::nfds_t, millis) };
    if n < 0 {
        let error = io::Error::last_os_error();
        if error.kind() != io::ErrorKind::Interrupted {
            return Err(Error::new(ErrorKind::Connect, format!("poll failed: {error}")));
        }
    }
    Ok((0..polled.len())
        .filter(|&at| n > 0 && polled[at].revents != 0)
        .collect())
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use super::*;
    use crate::cancel::CancelToken;
    use std::net::TcpListener;
    use std::os::fd::AsRawFd;
    use std::sync::mpsc::channel;

    /// A listener whose queue is full, so that a further connection is never accepted.
    fn deaf() -> (TcpListener, Vec<TcpStream>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        // SAFETY: the descriptor is open; listening again only changes the length of its queue.
        assert_eq!(unsafe { libc::listen(listener.as_raw_fd(), 0) }, 0);
        let address = listener.local_addr().unwrap();
        let fill = (0..4).map(|_| start(&address).unwrap()).collect();
        (listener, fill)
    }

    #[test]
    fn a_cancel_ends_a_connect_without_a_response() {
        let (listener, _fill) = deaf();
        let address = listener.local_addr().unwrap();
        let token = CancelToken::new();
        let (checked, at) = channel();
        let (done, outcome) = channel();
        let seen = token.clone();
        std::thread::spawn(move || {
            let check = || {
                let _ = checked.send(());
                seen.check()
            };
            done.send(connect(&[address], &check).map(drop)).unwrap();
        });
        // The second look comes after the connect has begun and waited.
        for _ in 0..2 {
            at.recv_timeout(Duration::from_secs(20)).unwrap();
        }
        token.cancel();
        let ended = outcome
            .recv_timeout(Duration::from_secs(20))
            .expect("the connect hangs");
        assert_eq!(ended.unwrap_err().kind(), crate::ErrorKind::Cancelled);
    }

    #[test]
    fn a_deaf_or_closed_address_does_not_keep_us_from_the_next() {
        let (deaf, _fill) = deaf();
        let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let open = TcpListener::bind("127.0.0.1:0").unwrap();
        let wanted = open.local_addr().unwrap();
        let tcp = connect(&[deaf.local_addr().unwrap(), closed, wanted], &|| Ok(()));
        assert_eq!(tcp.unwrap().unwrap().peer_addr().unwrap(), wanted);
        let error = connect(&[closed], &|| Ok(())).unwrap().unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::ConnectionRefused);
        assert!(connect(&[], &|| Ok(())).unwrap().is_err());
    }
}
