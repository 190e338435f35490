//! Faults in the byte stream below the HTTP server (and below TLS). Handlers do not see them.
//!
//! Offsets are counted in bytes on the wire: from the start of the connection, or, with [`Fault::from_request`],
//! from the first byte of the n-th response on that connection. A fault occurs as soon as exactly that many bytes
//! have passed; at offset 0 it occurs at the first attempt to read or write.

use serde::{Deserialize, Serialize};

/// Something that goes wrong on a connection, and where.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Fault {
    /// Which bytes are counted and affected.
    pub direction: Direction,
    /// How many bytes pass first.
    pub at: u64,
    /// Count from the start of this response on the connection (1 is the first) rather than from the connection's
    /// start. In the request direction: from the first byte after the (n-1)-th response began.
    pub from_request: Option<u64>,
    /// What happens.
    pub action: Action,
}

/// The direction of a fault, seen from the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// What the emulator sends.
    #[default]
    Response,
    /// What the client sends.
    Request,
}

/// What a fault does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// End the connection in good order (FIN).
    #[default]
    Cut,
    /// End it with a reset (RST).
    Reset,
    /// Pass nothing for this long, then continue.
    Stall {
        /// Milliseconds.
        ms: u64,
    },
    /// Never pass another byte, and keep the socket open until the client closes it.
    Hang,
    /// Continue in small pieces.
    Trickle {
        /// Bytes in a piece.
        bytes: u64,
        /// Milliseconds between two pieces.
        every_ms: u64,
    },
    /// Close without a byte when a request arrives after this many responses, as a server does that closes an idle
    /// connection at that moment. Ignores `direction`, `at` and `from_request`.
    StaleKeepAlive {
        /// Responses sent before.
        after_requests: u64,
    },
}

impl Fault {
    /// A fault in what the emulator sends, after `at` bytes.
    #[must_use]
    pub fn new(at: u64, action: Action) -> Self {
        Self {
            at,
            action,
            ..Self::default()
        }
    }

    /// FIN after `at` bytes of what the emulator sends.
    #[must_use]
    pub fn cut(at: u64) -> Self {
        Self::new(at, Action::Cut)
    }

    /// RST after `at` bytes of what the emulator sends.
    #[must_use]
    pub fn reset(at: u64) -> Self {
        Self::new(at, Action::Reset)
    }

    /// A pause after `at` bytes of what the emulator sends.
    #[must_use]
    pub fn stall(at: u64, ms: u64) -> Self {
        Self::new(at, Action::Stall { ms })
    }

    /// No more bytes after `at` bytes of what the emulator sends.
    #[must_use]
    pub fn hang(at: u64) -> Self {
        Self::new(at, Action::Hang)
    }

    /// Small pieces after `at` bytes of what the emulator sends.
    #[must_use]
    pub fn trickle(at: u64, bytes: u64, every_ms: u64) -> Self {
        Self::new(at, Action::Trickle { bytes, every_ms })
    }

    /// A pooled connection that closes when the next request arrives after this many responses.
    #[must_use]
    pub fn stale_keep_alive(after_requests: u64) -> Self {
        Self::new(0, Action::StaleKeepAlive { after_requests })
    }

    /// Affects what the client sends.
    #[must_use]
    pub fn in_request(mut self) -> Self {
        self.direction = Direction::Request;
        self
    }

    /// Counts from the start of the n-th response (from 1).
    #[must_use]
    pub fn from_request(mut self, n: u64) -> Self {
        self.from_request = Some(n);
        self
    }
}
