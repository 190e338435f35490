//! The socket that applies a list of faults, below the HTTP server and below TLS.

use crate::connection::Conn;
use crate::fault::{Action, Direction, Fault};
use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep_until, timeout};

/// One direction of a connection.
#[derive(Debug)]
struct Flow {
    total: u64,
    /// Where the current response (or the request after it) began.
    base: u64,
    pending: VecDeque<Fault>,
    pause: Option<Pin<Box<Sleep>>>,
    trickle: Option<(u64, Duration)>,
    hung: bool,
}

/// What one direction allows now.
enum Verdict {
    Pass(usize),
    Wait,
    End { reset: bool },
}

impl Flow {
    fn new(plan: &[Fault], direction: Direction) -> Self {
        let mine = |fault: &&Fault| {
            fault.direction == direction && !matches!(fault.action, Action::StaleKeepAlive { .. })
        };
        let pending = plan.iter().filter(mine).cloned().collect();
        Self {
            total: 0,
            base: 0,
            pending,
            pause: None,
            trickle: None,
            hung: false,
        }
    }

    /// How many of `wanted` bytes may pass. Applies every fault whose offset is reached.
    fn check(&mut self, cx: &mut Context<'_>, response: u64, wanted: usize) -> Verdict {
        loop {
            if let Some(pause) = &mut self.pause {
                if pause.as_mut().poll(cx).is_pending() {
                    return Verdict::Wait;
                }
                self.pause = None;
            }
            let left = match self.pending.front() {
                None => u64::MAX,
                Some(fault) => match fault.from_request {
                    None => fault.at.saturating_sub(self.total),
                    Some(n) if n == response => (self.base + fault.at).saturating_sub(self.total),
                    Some(n) if n < response => 0,
                    Some(_) => u64::MAX,
                },
            };
            if left > 0 || self.hung {
                let piece = self.trickle.map_or(u64::MAX, |(bytes, _)| bytes.max(1));
                let allowed = (wanted as u64)
                    .min(piece)
                    .min(if self.hung { u64::MAX } else { left });
                return Verdict::Pass(allowed as usize);
            }
            let Some(fault) = self.pending.pop_front() else {
                return Verdict::Pass(wanted);
            };
            match fault.action {
                Action::Cut | Action::StaleKeepAlive { .. } => return Verdict::End { reset: false },
                Action::Reset => return Verdict::End { reset: true },
                Action::Stall { ms } => self.pause(Duration::from_millis(ms)),
                Action::Hang => self.hung = true,
                Action::Trickle { bytes, every_ms } => {
                    self.trickle = Some((bytes, Duration::from_millis(every_ms)))
                }
            }
        }
    }

    fn pause(&mut self, time: Duration) {
        self.pause = Some(Box::pin(sleep_until(Instant::now() + time)));
    }

    fn passed(&mut self, bytes: usize) {
        self.total += bytes as u64;
        if let Some((_, every)) = self.trickle {
            self.pause(every);
        }
    }

    /// Whether the next fault's offset is reached already, so that it need not wait for another byte.
    fn due(&self, response: u64) -> bool {
        self.pending
            .front()
            .is_some_and(|fault| match fault.from_request {
                None => fault.at == self.total,
                Some(n) => n == response && self.base + fault.at == self.total,
            })
    }
}

/// A socket with a list of faults.
#[derive(Debug)]
pub(crate) struct FaultStream {
    socket: Option<TcpStream>,
    conn: Arc<Conn>,
    read: Flow,
    write: Flow,
    stale_after: Option<u64>,
    responses: u64,
}

/// How long a closed connection is drained, so that input that was not read does not turn its FIN into an RST (RFC 9112, 9.6):
/// while bytes come at least this often, and in total.
const DRAIN_IDLE: Duration = Duration::from_secs(5);
const DRAIN: Duration = Duration::from_secs(60);

impl FaultStream {
    pub(crate) fn new(socket: TcpStream, conn: Arc<Conn>, plan: &[Fault]) -> Self {
        let stale_after = plan.iter().find_map(|fault| match fault.action {
            Action::StaleKeepAlive { after_requests } => Some(after_requests),
            _ => None,
        });
        let (read, write) = (
            Flow::new(plan, Direction::Request),
            Flow::new(plan, Direction::Response),
        );
        Self {
            socket: Some(socket),
            conn,
            read,
            write,
            stale_after,
            responses: 0,
        }
    }

    fn end(&mut self, reset: bool) {
        let Some(mut socket) = self.socket.take() else {
            return;
        };
        if reset {
            // Closing with a linger of zero is what makes the kernel send RST.
            let _ = socket.set_zero_linger();
            return;
        }
        tokio::spawn(async move {
            let _ = socket.shutdown().await;
            let mut sink = vec![0; 64 * 1024];
            let drain = async {
                while matches!(timeout(DRAIN_IDLE, socket.read(&mut sink)).await, Ok(Ok(n)) if n > 0) {}
            };
            let _ = timeout(DRAIN, drain).await;
        });
    }

    /// Notes the start of a response: the server has received a request for which it has sent no byte yet.
    fn note_response(&mut self, bytes: &[u8]) {
        let requests = self.conn.requests();
        if requests > self.responses && !bytes.starts_with(b"HTTP/1.1 100") {
            self.responses = requests;
            self.write.base = self.write.total;
            self.read.base = self.read.total;
        }
    }
}

fn ended() -> io::Error {
    io::ErrorKind::ConnectionAborted.into()
}

impl AsyncRead for FaultStream {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        loop {
            if this.conn.is_dropped(cx, true) {
                this.socket = None;
            }
            let upcoming = this.responses + 1;
            let allowed = match this.read.check(cx, upcoming, buf.remaining()) {
                Verdict::Wait => return Poll::Pending,
                Verdict::End { reset } => {
                    this.end(reset);
                    return Poll::Ready(Err(ended()));
                }
                Verdict::Pass(allowed) => allowed,
            };
            let Some(socket) = &mut this.socket else {
                return Poll::Ready(Err(ended()));
            };
            let mut part = ReadBuf::new(buf.initialize_unfilled_to(allowed));
            std::task::ready!(Pin::new(socket).poll_read(cx, &mut part))?;
            let got = part.filled().len();
            if got == 0 {
                return Poll::Ready(Ok(()));
            }
            if this
                .stale_after
                .is_some_and(|n| this.responses >= n && this.conn.requests() == this.responses)
            {
                this.end(false);
                return Poll::Ready(Err(ended()));
            }
            this.read.passed(got);
            if this.read.hung {
                continue;
            }
            buf.advance(got);
            if this.read.due(upcoming)
                && let Verdict::End { reset } = this.read.check(cx, upcoming, 1)
            {
                this.end(reset);
            }
            return Poll::Ready(Ok(()));
        }
    }
}

impl AsyncWrite for FaultStream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if this.conn.is_dropped(cx, false) {
            this.socket = None;
        }
        this.note_response(bytes);
        let responses = this.responses;
        let allowed = match this.write.check(cx, responses, bytes.len()) {
            Verdict::Wait => return Poll::Pending,
            Verdict::End { reset } => {
                this.end(reset);
                return Poll::Ready(Err(ended()));
            }
            Verdict::Pass(allowed) => allowed,
        };
        let Some(socket) = &mut this.socket else {
            return Poll::Ready(Err(ended()));
        };
        if this.write.hung {
            // Discarded rather than blocked, so that the server still notices when the client closes the connection.
            return Poll::Ready(Ok(bytes.len()));
        }
        let written = std::task::ready!(Pin::new(socket).poll_write(cx, &bytes[..allowed]))?;
        this.write.passed(written);
        if this.write.due(responses)
            && let Verdict::End { reset } = this.write.check(cx, responses, 1)
        {
            this.end(reset);
        }
        Poll::Ready(Ok(written))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.get_mut().socket {
            Some(socket) => Pin::new(socket).poll_flush(cx),
            None => Poll::Ready(Err(ended())),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if !this.write.hung {
            // The client may be sending a form that was rejected before it was read.
            this.end(false);
        }
        let Some(socket) = &mut this.socket else {
            return Poll::Ready(Ok(()));
        };
        // A hung connection stays open until the client closes it.
        loop {
            let mut sink = [0; 1024];
            let mut part = ReadBuf::new(&mut sink);
            std::task::ready!(Pin::new(&mut *socket).poll_read(cx, &mut part))?;
            if part.filled().is_empty() {
                return Poll::Ready(Ok(()));
            }
        }
    }
}
