//! The chunks of an event stream (RFC 9112 7.1). A live stream sends each event as one chunk, so a chunk is decoded in one step.

use super::malformed;
use crate::error::Result;

/// What follows the last chunk unless there are trailer fields.
pub(super) const NO_TRAILER: &[u8] = b"\r\n";

const NO_SIZE: &str = "a chunk without a size";
/// The longest line before a chunk. It is read again with each byte that comes, so it must be short.
const LONGEST_LINE: usize = 1 << 10;

/// How far such a body has come.
#[derive(Default)]
pub(super) struct ChunkDecoder(ChunkState);

/// What comes next.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum ChunkState {
    #[default]
    Size,
    Data(u64),
    /// The end of the line after a chunk's data.
    DataEnd,
    /// The last chunk has come. Whatever follows is not part of the body.
    Complete,
}

impl ChunkDecoder {
    pub(super) fn is_complete(&self) -> bool {
        self.0 == ChunkState::Complete
    }

    /// Takes what it can of `input`; gives how much that was, and how many bytes of `output` it filled.
    pub(super) fn decode(&mut self, input: &[u8], output: &mut [u8]) -> Result<(usize, usize)> {
        let (mut used, mut made) = (0, 0);
        loop {
            while self.0 == ChunkState::Size
                && let Some((data, length)) = whole_chunk(&input[used..])
                && let Some(space) = output[made..].get_mut(..data.len())
            {
                space.copy_from_slice(data);
                (used, made) = (used + length, made + data.len());
            }
            match self.step(&input[used..], &mut output[made..]) {
                Ok(Some((more, bytes))) => (used, made) = (used + more, made + bytes),
                // What came before an error is good.
                Err(error) if made == 0 => return Err(error),
                _ => return Ok((used, made)),
            }
        }
    }

    /// Takes what `rest` begins with, like `decode`; nothing if more must come first, or space be made.
    fn step(&mut self, rest: &[u8], output: &mut [u8]) -> Result<Option<(usize, usize)>> {
        match self.0 {
            // A line without a digit would be read as 0, the size of the last chunk.
            ChunkState::Size if rest.first().is_some_and(|byte| !byte.is_ascii_hexdigit()) => {
                Err(malformed(NO_SIZE))
            }
            ChunkState::Size => match httparse::parse_chunk_size(rest) {
                Ok(httparse::Status::Complete((line, size))) if line <= LONGEST_LINE => {
                    self.0 = if size == 0 {
                        ChunkState::Complete
                    } else {
                        ChunkState::Data(size)
                    };
                    Ok(Some((line, 0)))
                }
                Ok(httparse::Status::Partial) if rest.len() <= LONGEST_LINE => Ok(None),
                Ok(_) => Err(malformed("a chunk size line that is too long")),
                Err(_) => Err(malformed(NO_SIZE)),
            },
            ChunkState::Data(left) => {
                let most = usize::try_from(left).unwrap_or(usize::MAX);
                let n = rest.len().min(output.len()).min(most);
                output[..n].copy_from_slice(&rest[..n]);
                let left = left - n as u64;
                self.0 = if left == 0 {
                    ChunkState::DataEnd
                } else {
                    ChunkState::Data(left)
                };
                Ok((n > 0).then_some((n, n)))
            }
            ChunkState::DataEnd => match rest {
                [b'\r', b'\n', ..] => {
                    self.0 = ChunkState::Size;
                    Ok(Some((2, 0)))
                }
                [] | [b'\r'] => Ok(None),
                _ => Err(malformed("a chunk is longer than its size")),
            },
            ChunkState::Complete => Ok(None),
        }
    }
}

/// The data of a chunk that is all here and plainly written, and how long the chunk is: what nearly every event comes in, in
/// half the time.
fn whole_chunk(input: &[u8]) -> Option<(&[u8], usize)> {
    let mut size = 0;
    let mut at = 0;
    while let Some(digit) = char::from(*input.get(at)?).to_digit(16) {
        size = size << 4 | digit as usize;
        at += 1;
        if at > 4 {
            return None;
        }
    }
    let chunk = input[at..].strip_prefix(b"\r\n")?;
    let is_whole = size > 0 && chunk.get(size..)?.starts_with(b"\r\n");
    is_whole.then(|| (&chunk[..size], at + 2 + size + 2))
}

/// The chunked body that `input` begins with, and whether that is all of it: as it comes in pieces of `piece` bytes, into a
/// buffer of `size`.
#[cfg(any(test, fuzzing, nitro_bench))]
pub(crate) fn decode_chunks(input: &[u8], piece: usize, size: usize) -> Result<(Vec<u8>, bool)> {
    let (mut chunks, mut buffer) = (ChunkDecoder::default(), vec![0; size]);
    let (mut received, mut body) = (Vec::new(), Vec::new());
    for piece in input.chunks(piece) {
        received.extend_from_slice(piece);
        loop {
            let (used, made) = chunks.decode(&received, &mut buffer)?;
            received.drain(..used);
            body.extend_from_slice(&buffer[..made]);
            if made == 0 {
                break;
            }
        }
    }
    Ok((body, chunks.is_complete()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    fn decoded(input: &[u8], size: usize, space: usize) -> Result<(Vec<u8>, bool)> {
        decode_chunks(input, size, space)
    }

    #[test]
    fn chunks_are_joined_however_they_are_split() {
        for (input, expected) in [
            (
                &b"5\r\nhello\r\n0A;name=\"value\"\r\n, \r\nworld!\r\n0\r\nTrailer: x\r\n\r\n"[..],
                &b"hello, \r\nworld!"[..],
            ),
            (b"0b\r\nhello world\r\n00001\r\n!\r\n0\r\n\r\n", b"hello world!"),
        ] {
            for size in 1..=input.len() {
                for space in [1, 3, 100] {
                    let (body, over) = decoded(input, size, space).unwrap();
                    assert_eq!((body.as_slice(), over), (expected, true), "{size}, {space}");
                }
            }
        }
    }

    #[test]
    fn a_body_cut_short_is_not_complete() {
        let input = b"5\r\nhello\r\n5\r\nworld\r\n0\r\n";
        for length in 0..input.len() - 1 {
            let (body, over) = decoded(&input[..length], 7, 100).unwrap();
            assert!(b"helloworld".starts_with(&body) && !over, "{length}");
        }
    }

    #[test]
    fn malformed_chunks_are_rejected() {
        for input in [
            "x\r\n",
            "-1\r\n",
            "11111111111111111\r\n",
            "2\r\nabc\r\n",
            "\r\n",
            "2\r\nab\rc",
            "2 2\r\n",
        ] {
            let error = decoded(input.as_bytes(), 100, 100).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Protocol, "{input:?}");
        }
        // What came before it is given out first.
        let (mut chunks, mut buffer) = (ChunkDecoder::default(), [0; 100]);
        let input = b"2\r\nab\r\nx";
        let (used, made) = chunks.decode(input, &mut buffer).unwrap();
        assert_eq!(&buffer[..made], b"ab");
        assert!(chunks.decode(&input[used..], &mut buffer).is_err());
        let endless = format!("1;{}", "x".repeat(LONGEST_LINE));
        assert_eq!(
            decoded(endless.as_bytes(), 1, 100).unwrap_err().kind(),
            ErrorKind::Protocol
        );
        // A size that no memory holds is only a number: the bytes that come are handed on.
        let (body, over) = decoded(b"ffffffffffffffff\r\nabc", 100, 100).unwrap();
        assert_eq!((body.as_slice(), over), (&b"abc"[..], false));
    }
}
