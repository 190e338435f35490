//! What a server sends, head and body: read from a socket, and in pieces of any size; bodies against a plain reading of RFC 9112.
#![no_main]

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener};
use std::sync::mpsc::{Sender, channel};
use std::sync::{LazyLock, Mutex};

use libfuzzer_sys::fuzz_target;
use nitro_jobs::{Call, Client, ClientOptions, fuzzing};

/// A server that responds to each request with the bytes that it was sent last, and closes.
static PEER: LazyLock<(String, Mutex<Sender<Vec<u8>>>)> = LazyLock::new(|| {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}/", listener.local_addr().expect("a local port"));
    let (sender, responses) = channel::<Vec<u8>>();
    std::thread::spawn(move || {
        for response in responses {
            let (mut stream, _) = listener.accept().expect("a client");
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(&response);
            let _ = stream.shutdown(Shutdown::Write);
            let _ = stream.read(&mut [0; 1]);
        }
    });
    (url, Mutex::new(sender))
});

/// A job at a server that sends `response` to the next request and closes.
fn job(response: Vec<u8>) -> nitro_jobs::Job {
    let sender = PEER.1.lock().expect("no panic before");
    sender.send(response).expect("a server");
    let options = ClientOptions::new().base_url(&PEER.0).retries(0);
    let client = Client::new(options).expect("valid options");
    client.job("a").expect("a valid id")
}

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
    let chunks = fuzzing::chunks(received, received.len().max(1), received.len().max(1)).ok();
    assert_eq!(fuzzing::chunks(received, piece, size).ok(), chunks);
    if let Some(body) = naive(received) {
        assert_eq!(chunks, Some((body.clone(), true)));
        // Through ureq: the same body, unless it rejects the chunks.
        let mut response = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
        response.extend_from_slice(received);
        let mut read = Vec::new();
        if job(response).result_bytes(&mut read, &Call::new()).is_ok() {
            assert_eq!(read, body);
        }
    } else if head_is_whole(received) {
        let _ = job(received.to_vec()).status(&Call::new());
    }
});

/// A socket costs more than all else here: only what has a head goes through one.
fn head_is_whole(received: &[u8]) -> bool {
    received.starts_with(b"HTTP/1.") && received.windows(4).any(|four| four == b"\r\n\r\n")
}
