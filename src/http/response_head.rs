//! What of a response's head ureq 3.5.1 does not read as RFC 9110 and RFC 9112 demand, made plain before ureq sees it.
//!
//! Interim responses (1xx) may carry fields (RFC 9110 15.2) and are taken off the input; folded lines (RFC 9112 5.2) are unfolded
//! in place. What ureq reads more leniently than it should is checked afterwards, by `framing`.

use super::malformed;
use crate::error::Result;
use crate::net::{HEAD, InputBuffer};

/// How far the head of a response has been received.
#[derive(Debug, Default)]
pub(super) struct ResponseHead {
    /// How much of the input holds no end of a head, and no fold.
    scanned: usize,
    /// The length of the interim responses that were taken off.
    interim: usize,
    /// The whole head of the final response has been received.
    complete: bool,
}

impl ResponseHead {
    /// Prepares what `input` holds for ureq; `false` if nothing is left for it.
    pub(super) fn prepare(&mut self, input: &mut InputBuffer) -> Result<bool> {
        while !self.complete {
            let Some(length) = self.scan(input.unused_mut()) else {
                break;
            };
            if !is_interim(&input.unused()[..length]) {
                self.complete = true;
                break;
            }
            input.consume(length);
            (self.scanned, self.interim) = (0, self.interim + length);
            if self.interim > HEAD {
                return Err(malformed("too many 1xx responses"));
            }
        }
        Ok(!input.unused().is_empty())
    }

    pub(super) fn is_complete(&self) -> bool {
        self.complete
    }

    /// Unfolds lines up to the empty line that ends the head; gives the length of the head once that line is there.
    fn scan(&mut self, input: &mut [u8]) -> Option<usize> {
        // Empty lines in front of a status line are passed over (RFC 9112 2.2).
        if self.scanned == 0 {
            self.scanned = input
                .iter()
                .take_while(|byte| matches!(byte, b'\r' | b'\n'))
                .count();
            if self.scanned == input.len() {
                self.scanned = 0;
                return None;
            }
        }
        while let Some(at) = memchr::memchr(b'\n', &input[self.scanned..]) {
            let end = self.scanned + at + 1;
            match input[end..] {
                [b'\n', ..] => return Some(end + 1),
                [b'\r', b'\n', ..] => return Some(end + 2),
                [b' ' | b'\t', ..] => {
                    input[end - 1] = b' ';
                    if end >= 2 && input[end - 2] == b'\r' {
                        input[end - 2] = b' ';
                    }
                }
                // What follows decides, and is not there yet.
                [] | [b'\r'] => {
                    self.scanned = end - 1;
                    return None;
                }
                _ => {}
            }
            self.scanned = end;
        }
        None
    }
}

/// Whether `head` only announces another one. After 101 the connection would speak another protocol.
fn is_interim(head: &[u8]) -> bool {
    let line = head.trim_ascii_start();
    let code = line.strip_prefix(b"HTTP/1.").and_then(|rest| rest.get(2..5));
    code.is_some_and(|code| code[0] == b'1' && code != b"101" && code.iter().all(u8::is_ascii_digit))
}

/// What ureq sees of a head that was received in pieces of `piece` bytes.
#[cfg(any(test, fuzzing, nitro_bench))]
pub(crate) fn prepared(received: &[u8], piece: usize) -> Result<Vec<u8>> {
    let (mut head, mut input) = (ResponseHead::default(), InputBuffer::default());
    for piece in received.chunks(piece) {
        let space = input.space();
        let n = piece.len().min(space.len());
        space[..n].copy_from_slice(&piece[..n]);
        input.appended(n);
        head.prepare(&mut input)?;
    }
    Ok(input.unused().to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interim_responses_are_removed_and_folded_lines_unfolded_whatever_the_pieces() {
        for (received, seen) in [
            (
                "HTTP/1.1 200 OK\r\nA: 1\r\n\r\nbody\r\n folded\r\n\r\n",
                "HTTP/1.1 200 OK\r\nA: 1\r\n\r\nbody\r\n folded\r\n\r\n",
            ),
            (
                "HTTP/1.1 200 OK\r\nA: 1\r\n 2\r\n\t3\r\nB: 4\r\n\r\n \r\n x",
                "HTTP/1.1 200 OK\r\nA: 1   2  \t3\r\nB: 4\r\n\r\n \r\n x",
            ),
            ("HTTP/1.1 200 OK\nA: 1\n 2\n\nx", "HTTP/1.1 200 OK\nA: 1  2\n\nx"),
            (
                "HTTP/1.1 100 Continue\r\nX: 1\r\n 2\r\n\r\n\r\nHTTP/1.0 103 Early\r\n\r\nHTTP/1.1 204 X\r\n\r\n",
                "\r\nHTTP/1.1 204 X\r\n\r\n",
            ),
            (
                "HTTP/1.1 101 Switching\r\n\r\nHTTP/1.1 100 C\r\n\r\n",
                "HTTP/1.1 101 Switching\r\n\r\nHTTP/1.1 100 C\r\n\r\n",
            ),
            ("SSH-2.0-x\r\n\r\n", "SSH-2.0-x\r\n\r\n"),
        ] {
            for piece in 1..=received.len() {
                let left = prepared(received.as_bytes(), piece).unwrap();
                let left = String::from_utf8(left).unwrap();
                assert_eq!(
                    left.trim_start_matches("\r\n"),
                    seen.trim_start_matches("\r\n"),
                    "{piece}"
                );
            }
        }
    }

    #[test]
    fn endless_interim_responses_are_rejected() {
        let endless = "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n".repeat(2000);
        assert!(prepared(endless.as_bytes(), 100).is_err());
    }
}
