//! What a connection reads into and writes from: little for most, much for as long as a large body comes.

use std::fmt;

use ureq::unversioned::transport::Buffers;
use zeroize::Zeroizing;

/// The longest head of an answer.
pub(super) const HEAD: usize = 64 << 10;
/// What a connection has to read into at first, and the most that it gets: each read costs the kernel more than its bytes do.
const LEAST: usize = 16 << 10;
const MOST: usize = 768 << 10;
const OUTPUT: usize = 32 << 10;

#[derive(Default)]
pub(super) struct ConnectionBuffers {
    /// What came and is not used yet lies from `start` to `end`.
    input: Vec<u8>,
    start: usize,
    end: usize,
    /// What ureq sends, a token among it.
    output: Zeroizing<Vec<u8>>,
    /// The last use of input used something.
    progress: bool,
}

impl ConnectionBuffers {
    /// Gives back what only a large body needs.
    pub(super) fn shrink(&mut self) {
        self.output = Zeroizing::default();
        if self.start == self.end && self.input.len() > LEAST {
            *self = Self::default();
        }
    }

    /// Makes room behind what came: four times as much each time that there was not enough.
    fn make_room(&mut self) {
        let is_full = self.end == self.input.len();
        if self.start == self.end {
            if is_full && self.end < MOST {
                let size = (self.end * 4).clamp(LEAST, MOST);
                // Let go first, and then taken fresh: memory that no answer fills is never touched.
                self.input = Vec::new();
                self.input = vec![0; size];
            }
            (self.start, self.end) = (0, 0);
        } else if is_full {
            self.input.copy_within(self.start..self.end, 0);
            (self.start, self.end) = (0, self.end - self.start);
            if self.end == self.input.len() && self.end < HEAD {
                self.input.resize(self.end * 4, 0);
            }
        }
    }
}

/// Says nothing of what they hold.
impl fmt::Debug for ConnectionBuffers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ConnectionBuffers")
    }
}

impl Buffers for ConnectionBuffers {
    fn output(&mut self) -> &mut [u8] {
        if self.output.is_empty() {
            self.output = vec![0; OUTPUT].into();
        }
        &mut self.output
    }

    fn input(&self) -> &[u8] {
        &self.input[self.start..self.end]
    }

    fn input_append_buf(&mut self) -> &mut [u8] {
        self.make_room();
        &mut self.input[self.end..]
    }

    fn tmp_and_output(&mut self) -> (&mut [u8], &mut [u8]) {
        self.output();
        if self.input.len() < self.end + OUTPUT {
            self.input.resize(self.end + OUTPUT, 0);
        }
        (&mut self.input[self.end..], &mut self.output)
    }

    fn input_appended(&mut self, amount: usize) {
        self.end += amount;
    }

    fn input_consume(&mut self, amount: usize) {
        self.progress = amount > 0;
        self.start += amount;
    }

    fn can_use_input(&self) -> bool {
        self.start < self.end && self.progress
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Puts the next of an endless count of bytes into the room that there is, `most` at a time.
    fn fill(buffers: &mut ConnectionBuffers, next: &mut u8, most: usize) -> usize {
        let room = buffers.input_append_buf();
        let n = room.len().min(most);
        for byte in &mut room[..n] {
            *byte = *next;
            *next = next.wrapping_add(1);
        }
        buffers.input_appended(n);
        n
    }

    #[test]
    fn what_comes_is_used_in_its_order_whatever_the_sizes() {
        let mut random = fastrand::Rng::with_seed(1);
        let mut buffers = ConnectionBuffers::default();
        let (mut next, mut expected) = (0, 0u8);
        for _ in 0..20_000 {
            fill(&mut buffers, &mut next, random.usize(1..2 * LEAST));
            let used = random.usize(0..=buffers.input().len());
            for byte in &buffers.input()[..used] {
                assert_eq!(*byte, expected);
                expected = expected.wrapping_add(1);
            }
            buffers.input_consume(used);
        }
    }

    #[test]
    fn a_large_body_gets_room_and_the_next_request_does_without() {
        let mut buffers = ConnectionBuffers::default();
        let (mut next, mut sizes) = (0, Vec::new());
        for _ in 0..6 {
            let n = fill(&mut buffers, &mut next, usize::MAX);
            sizes.push(n >> 10);
            buffers.input_consume(n);
        }
        assert_eq!(sizes, [16, 64, 256, 768, 768, 768]);
        buffers.shrink();
        assert_eq!(fill(&mut buffers, &mut next, usize::MAX), LEAST);
        // What is not used yet is not given back.
        buffers.shrink();
        assert_eq!(buffers.input().len(), LEAST);
    }

    #[test]
    fn a_head_finds_room_up_to_its_limit() {
        let mut buffers = ConnectionBuffers::default();
        let mut next = 0;
        while fill(&mut buffers, &mut next, 1000) > 0 {}
        assert_eq!(buffers.input().len(), HEAD);
    }
}
