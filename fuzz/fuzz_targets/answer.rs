//! What a server says, head and body, in pieces of any size; bodies against a plain reading of RFC 9112.
#![no_main]

use libfuzzer_sys::fuzz_target;
use nitro_jobs::fuzzing;

/// The chunks that `rest` begins with, if they are plainly written and all there.
fn naive(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let line = rest.windows(2).position(|two| two == b"\r\n")?;
        let digits = std::str::from_utf8(&rest[..line]).ok()?;
        if digits.len() > 8 || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return None;
        }
        let size = usize::from_str_radix(digits, 16).ok()?;
        if size == 0 {
            return Some(body);
        }
        body.extend_from_slice(rest.get(line + 2..line + 2 + size)?);
        rest = rest[line + 2 + size..].strip_prefix(b"\r\n")?;
    }
}

fuzz_target!(|input: &[u8]| {
    let [piece, room, cut, said @ ..] = input else {
        return;
    };
    let (piece, room) = (usize::from(*piece).max(1), usize::from(*room).max(1));
    let whole = fuzzing::answer(said, said.len().max(1), said.len().max(1));
    assert_eq!(fuzzing::answer(said, piece, room).ok(), whole.clone().ok());
    let Ok(answer) = whole else {
        return;
    };
    // A head of which a byte is missing is neither there nor wrong.
    let head = answer.as_ref().map_or(said.len(), |answer| answer.head);
    let missing = head.min(1 + usize::from(*cut));
    assert_eq!(fuzzing::answer(&said[..head - missing], 1, 1), Ok(None));
    let Some(answer) = answer else {
        return;
    };
    let rest = &said[answer.head..];
    match answer.length {
        Some(length) => {
            let n = usize::try_from(length).map_or(rest.len(), |length| length.min(rest.len()));
            assert_eq!((&*answer.body, answer.whole), (&rest[..n], n as u64 == length));
        }
        None if answer.chunked => {
            if let Some(body) = naive(rest) {
                assert_eq!((answer.body, answer.whole), (body, true));
            }
        }
        None => assert_eq!((&*answer.body, answer.whole), (rest, false)),
    }
});
