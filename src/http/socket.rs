//! TCP sockets whose every wait is short: the corner of this room that speaks to the operating system itself.
#![allow(unsafe_code)]

use std::io;
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use crate::cancel::Wake;
use crate::error::Result;

/// How long an operation blocks at most before it looks at the token and the limits.
pub(super) const SLICE: Duration = Duration::from_millis(50);

/// How long an address has before the next one is tried beside it (RFC 8305 calls it the connection attempt delay).
const HEAD_START: Duration = Duration::from_millis(250);

/// A connected socket in slices.
#[derive(Debug)]
pub(super) struct Socket {
    tcp: TcpStream,
}

/// What a look at a socket's input found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pending {
    Nothing,
    Bytes,
    /// The peer closed, or the connection broke.
    End,
}

impl Socket {
    pub(super) fn new(tcp: TcpStream) -> io::Result<Self> {
        tcp.set_nodelay(true)?;
        #[cfg(unix)]
        {
            tcp.set_read_timeout(Some(SLICE))?;
            tcp.set_write_timeout(Some(SLICE))?;
        }
        // Windows leaves a socket whose SO_RCVTIMEO ran out in an undefined state, so there it never blocks.
        #[cfg(windows)]
        tcp.set_nonblocking(true)?;
        Ok(Self { tcp })
    }

    /// Reads for one slice.
    #[cfg(unix)]
    pub(super) fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        io::Read::read(&mut &self.tcp, buffer)
    }

    /// Writes for one slice. Never a vectored write: those raise SIGPIPE.
    #[cfg(unix)]
    pub(super) fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        io::Write::write(&mut &self.tcp, bytes)
    }

    /// Reads for one slice.
    #[cfg(windows)]
    pub(super) fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        windows::within_slice(&self.tcp, windows::POLLRDNORM, || {
            io::Read::read(&mut &self.tcp, buffer)
        })
    }

    /// Writes for one slice.
    #[cfg(windows)]
    pub(super) fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        windows::within_slice(&self.tcp, windows::POLLWRNORM, || {
            io::Write::write(&mut &self.tcp, bytes)
        })
    }

    /// Looks at the input without waiting and without taking it.
    #[cfg(unix)]
    pub(super) fn pending(&self) -> Pending {
        use std::os::fd::AsRawFd;
        let mut byte = 0u8;
        // SAFETY: the descriptor is open as long as `self.tcp` lives, and the buffer is one byte that outlives the call.
        let n = unsafe {
            libc::recv(
                self.tcp.as_raw_fd(),
                (&raw mut byte).cast(),
                1,
                libc::MSG_PEEK | libc::MSG_DONTWAIT,
            )
        };
        match n {
            0 => Pending::End,
            1.. => Pending::Bytes,
            _ => match io::Error::last_os_error().kind() {
                io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted => Pending::Nothing,
                _ => Pending::End,
            },
        }
    }

    /// Looks at the input without waiting and without taking it.
    #[cfg(windows)]
    pub(super) fn pending(&self) -> Pending {
        match self.tcp.peek(&mut [0]) {
            Ok(0) => Pending::End,
            Ok(_) => Pending::Bytes,
            Err(e) if e.kind() == io::ErrorKind::WouldBlock => Pending::Nothing,
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
pub(super) fn is_slice_over(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut | io::ErrorKind::Interrupted
    )
}

/// Connects to the first address that answers. Each gets a head start, so that a dead one costs little.
///
/// `check` is asked at least once a slice. The inner error is that of the last address.
#[cfg(unix)]
pub(super) fn connect(
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
            match unix::start(address) {
                Ok(tcp) => racing.push(tcp),
                Err(error) => last = error,
            }
            next = Instant::now() + HEAD_START;
            continue;
        }
        if racing.is_empty() {
            return Ok(Err(last));
        }
        for at in unix::wait(&racing, SLICE)?.into_iter().rev() {
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

#[cfg(unix)]
mod unix {
    use std::io;
    use std::mem::zeroed;
    use std::net::{SocketAddr, TcpStream};
    use std::os::fd::{AsRawFd, FromRawFd};
    use std::time::Duration;

    use crate::error::{Error, ErrorKind, Result};

    /// Begins to connect without waiting.
    pub(super) fn start(address: &SocketAddr) -> io::Result<TcpStream> {
        let family = if address.is_ipv4() {
            libc::AF_INET
        } else {
            libc::AF_INET6
        };
        #[cfg(any(target_os = "linux", target_os = "android", target_os = "freebsd"))]
        let kind = libc::SOCK_STREAM | libc::SOCK_CLOEXEC;
        #[cfg(not(any(target_os = "linux", target_os = "android", target_os = "freebsd")))]
        let kind = libc::SOCK_STREAM;
        // SAFETY: plain numbers go in, a descriptor or -1 comes out.
        let fd = unsafe { libc::socket(family, kind, 0) };
        if fd < 0 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: `fd` was just opened and nothing else owns it.
        let tcp = unsafe { TcpStream::from_raw_fd(fd) };
        #[cfg(not(any(target_os = "linux", target_os = "android", target_os = "freebsd")))]
        // SAFETY: the descriptor is open; the call only sets a flag on it.
        unsafe {
            libc::fcntl(fd, libc::F_SETFD, libc::FD_CLOEXEC);
        }
        #[cfg(target_vendor = "apple")]
        {
            let on: libc::c_int = 1;
            // SAFETY: the descriptor is open and the option's value is an int that outlives the call.
            unsafe {
                libc::setsockopt(
                    fd,
                    libc::SOL_SOCKET,
                    libc::SO_NOSIGPIPE,
                    (&raw const on).cast(),
                    std::mem::size_of::<libc::c_int>() as libc::socklen_t,
                );
            }
        }
        tcp.set_nonblocking(true)?;
        let begun = match address {
            SocketAddr::V4(v4) => {
                // SAFETY: all-zero bytes are a valid `sockaddr_in`.
                let mut raw: libc::sockaddr_in = unsafe { zeroed() };
                raw.sin_family = libc::AF_INET as libc::sa_family_t;
                raw.sin_port = v4.port().to_be();
                raw.sin_addr.s_addr = u32::from_ne_bytes(v4.ip().octets());
                // SAFETY: `raw` is initialised, outlives the call, and its size is given.
                unsafe { libc::connect(fd, (&raw const raw).cast(), size_of_val(&raw) as libc::socklen_t) }
            }
            SocketAddr::V6(v6) => {
                // SAFETY: all-zero bytes are a valid `sockaddr_in6`.
                let mut raw: libc::sockaddr_in6 = unsafe { zeroed() };
                raw.sin6_family = libc::AF_INET6 as libc::sa_family_t;
                raw.sin6_port = v6.port().to_be();
                raw.sin6_addr.s6_addr = v6.ip().octets();
                raw.sin6_flowinfo = v6.flowinfo();
                raw.sin6_scope_id = v6.scope_id();
                // SAFETY: `raw` is initialised, outlives the call, and its size is given.
                unsafe { libc::connect(fd, (&raw const raw).cast(), size_of_val(&raw) as libc::socklen_t) }
            }
        };
        if begun < 0 {
            let error = io::Error::last_os_error();
            if !matches!(error.raw_os_error(), Some(libc::EINPROGRESS | libc::EINTR)) {
                return Err(error);
            }
        }
        Ok(tcp)
    }

    /// Waits until some of `sockets` are connected or have failed; gives their places in order.
    pub(super) fn wait(sockets: &[TcpStream], longest: Duration) -> Result<Vec<usize>> {
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
}

/// Connects to the first address that answers, one after the other, on a helper thread.
///
/// `check` is asked at least once a slice; the helper may outlive the call by its own limit.
#[cfg(windows)]
pub(super) fn connect(
    addresses: &[SocketAddr],
    check: &dyn Fn() -> Result<()>,
) -> Result<io::Result<TcpStream>> {
    use std::sync::mpsc::{RecvTimeoutError, sync_channel};
    let addresses = addresses.to_vec();
    let (done, outcome) = sync_channel(1);
    let helper = move || {
        let mut last = io::Error::new(io::ErrorKind::NotFound, "no address to connect to");
        let each = HEAD_START * 40;
        for address in &addresses {
            match TcpStream::connect_timeout(address, each) {
                Ok(tcp) => {
                    let _ = done.send(Ok(tcp));
                    return;
                }
                Err(error) => last = error,
            }
        }
        let _ = done.send(Err(last));
    };
    if let Err(error) = std::thread::Builder::new().spawn(helper) {
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

#[cfg(windows)]
mod windows {
    use std::io;
    use std::net::TcpStream;
    use std::os::windows::io::{AsRawSocket, RawSocket};

    pub(super) const POLLRDNORM: i16 = 0x0100;
    pub(super) const POLLWRNORM: i16 = 0x0010;

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
    pub(super) fn within_slice(
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
        unsafe { WSAPoll(&raw mut polled, 1, super::SLICE.as_millis() as i32) };
        operation()
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use crate::cancel::CancelToken;
    use std::net::TcpListener;
    use std::os::fd::AsRawFd;
    use std::sync::mpsc::channel;

    /// A listener whose queue is full, so that a further connection is never answered.
    fn deaf() -> (TcpListener, Vec<TcpStream>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        // SAFETY: the descriptor is open; listening again only changes the length of its queue.
        assert_eq!(unsafe { libc::listen(listener.as_raw_fd(), 0) }, 0);
        let address = listener.local_addr().unwrap();
        let fill = (0..4).map(|_| unix::start(&address).unwrap()).collect();
        (listener, fill)
    }

    #[test]
    fn a_cancel_reaches_a_connect_that_nobody_answers() {
        let (listener, _fill) = deaf();
        let address = listener.local_addr().unwrap();
        let token = CancelToken::new();
        let (asked, at) = channel();
        let (done, outcome) = channel();
        let seen = token.clone();
        std::thread::spawn(move || {
            let check = || {
                let _ = asked.send(());
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
