//! What a connection reads into: little for most, much for as long as a large body comes.

use std::fmt;

/// The longest head of a response.
pub(crate) const HEAD: usize = 64 << 10;

/// What a connection has to read into at first, and the most that it gets: each read costs the kernel more than its bytes do.
const LEAST: usize = 16 << 10;
const MOST: usize = 768 << 10;

#[derive(Default)]
pub(crate) struct InputBuffer {
    /// What was received and is not used yet lies from `start` to `end`.
    bytes: Vec<u8>,
    start: usize,
    end: usize,
}

impl InputBuffer {
    /// What was received and is not used yet.
    pub(crate) fn unused(&self) -> &[u8] {
        &self.bytes[self.start..self.end]
    }

    pub(crate) fn unused_mut(&mut self) -> &mut [u8] {
        &mut self.bytes[self.start..self.end]
    }

    /// Where the next bytes are read into; empty once a head is longer than [`HEAD`].
    pub(crate) fn space(&mut self) -> &mut [u8] {
        self.make_space();
        &mut self.bytes[self.end..]
    }

    /// Counts what was read into [`InputBuffer::space`].
    pub(crate) fn appended(&mut self, amount: usize) {
        self.end += amount;
    }

    pub(crate) fn consume(&mut self, amount: usize) {
        self.start += amount;
    }

    /// Frees what only a large body needs.
    pub(crate) fn shrink(&mut self) {
        if self.start == self.end && self.bytes.len() > LEAST {
            *self = Self::default();
        }
    }

    /// Makes space behind what was received: four times as much each time that there was not enough.
    fn make_space(&mut self) {
        let is_full = self.end == self.bytes.len();
        if self.start == self.end {
            if is_full && self.end < MOST {
                let size = (self.end * 4).clamp(LEAST, MOST);
                // Freed first, then allocated anew: memory that no response fills is never touched.
                self.bytes = Vec::new();
                self.bytes = vec![0; size];
            }
            (self.start, self.end) = (0, 0);
        } else if is_full {
            self.bytes.copy_within(self.start..self.end, 0);
            (self.start, self.end) = (0, self.end - self.start);
            if self.end == self.bytes.len() && self.end < HEAD {
                self.bytes.resize(self.end * 4, 0);
            }
        }
    }
}

/// Shows nothing of the bytes.
impl fmt::Debug for InputBuffer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InputBuffer")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Puts the next of an endless count of bytes into the space that there is, `most` at a time.
    fn fill(buffers: &mut InputBuffer, next: &mut u8, most: usize) -> usize {
        let space = buffers.space();
        let n = space.len().min(most);
        for byte in &mut space[..n] {
            *byte = *next;
            *next = next.wrapping_add(1);
        }
        buffers.appended(n);
        n
    }

    #[test]
    fn bytes_are_used_in_order_whatever_the_sizes() {
        let mut random = fastrand::Rng::with_seed(1);
        let mut buffers = InputBuffer::default();
        let (mut next, mut expected) = (0, 0u8);
        for _ in 0..20_000 {
            fill(&mut buffers, &mut next, random.usize(1..2 * LEAST));
            let used = random.usize(0..=buffers.unused().len());
            for byte in &buffers.unused()[..used] {
                assert_eq!(*byte, expected);
                expected = expected.wrapping_add(1);
            }
            buffers.consume(used);
        }
    }

    #[test]
    fn space_grows_for_a_large_body_and_is_freed_after_it() {
        let mut buffers = InputBuffer::default();
        let (mut next, mut sizes) = (0, Vec::new());
        for _ in 0..6 {
            let n = fill(&mut buffers, &mut next, usize::MAX);
            sizes.push(n >> 10);
            buffers.consume(n);
        }
        assert_eq!(sizes, [16, 64, 256, 768, 768, 768]);
        buffers.shrink();
        assert_eq!(fill(&mut buffers, &mut next, usize::MAX), LEAST);
        // What is not used yet is not given back.
        buffers.shrink();
        assert_eq!(buffers.unused().len(), LEAST);
    }

    #[test]
    fn a_head_finds_space_up_to_its_limit() {
        let mut buffers = InputBuffer::default();
        let mut next = 0;
        while fill(&mut buffers, &mut next, 1000) > 0 {}
        assert_eq!(buffers.unused().len(), HEAD);
    }
}
