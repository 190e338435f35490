//! HTTP responses, head and body, in pieces of any size. Bodies are compared with a naive implementation of RFC 9112.
#![no_main]

use libfuzzer_sys::fuzz_target;
use nitro_jobs::fuzzing::answer as read_response;

/// The content of the chunked body that `rest` begins with, if it is complete and has no extensions.
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
    let [piece, buffer, missing, bytes @ ..] = input else {
        return;
    };
    let (piece, buffer) = (usize::from(*piece).max(1), usize::from(*buffer).max(1));
    let at_once = read_response(bytes, bytes.len().max(1), bytes.len().max(1));
    assert_eq!(read_response(bytes, piece, buffer).ok(), at_once.clone().ok());
    let Ok(response) = at_once else {
        return;
    };
    // A head whose last bytes are missing is incomplete, not malformed.
    let head = response.as_ref().map_or(bytes.len(), |response| response.head);
    let missing = head.min(1 + usize::from(*missing));
    assert_eq!(read_response(&bytes[..head - missing], 1, 1), Ok(None));
    let Some(response) = response else {
        return;
    };
    let rest = &bytes[response.head..];
    match response.length {
        Some(length) => {
            let n = usize::try_from(length).map_or(rest.len(), |length| length.min(rest.len()));
            assert_eq!(
                (&*response.body, response.whole),
                (&rest[..n], n as u64 == length)
            );
        }
        None if response.chunked => {
            if let Some(body) = naive(rest) {
                assert_eq!((response.body, response.whole), (body, true));
            }
        }
        None => assert_eq!((&*response.body, response.whole), (rest, false)),
    }
});
