//! What a server sends, head and body: read from a socket, and in pieces of any size; bodies against a plain reading of RFC 9112.
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
    let [piece, size, received @ ..] = input else {
        return;
    };
    let (piece, size) = (usize::from(*piece).max(1), usize::from(*size).max(1));
    // Neither the pieces nor the buffer change what is read.
    let head = fuzzing::response_head(received, received.len().max(1));
    assert_eq!(fuzzing::response_head(received, piece).ok(), head.ok());
    let chunks = fuzzing::chunks(received, received.len().max(1), received.len().max(1));
    assert_eq!(fuzzing::chunks(received, piece, size).ok(), chunks.clone().ok());
    if let Some(body) = naive(received) {
        assert_eq!(chunks, Ok((body, true)));
    }
    // Through ureq and through the reader of event streams: the same body, unless one of them rejects it.
    for media_type in ["text/plain", "text/event-stream"] {
        let mut response =
            format!("HTTP/1.1 200 OK\r\nContent-Type: {media_type}\r\nTransfer-Encoding: chunked\r\n\r\n").into_bytes();
        response.extend_from_slice(received);
        if let (Some(body), Ok(read)) = (naive(received), fuzzing::fetch(&response, size)) {
            assert_eq!(read, (200, body), "{media_type}");
        }
    }
    let _ = fuzzing::fetch(received, size);
});
