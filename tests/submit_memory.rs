//! 200 MB go up in constant memory: alone in its process, so that nothing else is measured.
#![allow(clippy::unwrap_used)]
#![cfg(target_os = "linux")]

use std::io::{Read, Write};
use std::net::TcpListener;

use nitro_jobs::{Call, Client, ClientOptions, Endpoint, Input, Submission};

const SIZE: u64 = 200_000_000;
const ROOM: u64 = 8 << 20;

/// The most memory that this process has had, in bytes.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|l| l.starts_with("VmHWM:")).unwrap();
    let kib: u64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    kib << 10
}

/// Takes one request in, without keeping it, and accepts it as a job; gives the announced and the true length of its body.
fn serve(listener: &TcpListener) -> (u64, u64) {
    let (mut socket, _) = listener.accept().unwrap();
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") {
        socket.read_exact(&mut byte).unwrap();
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).unwrap().to_ascii_lowercase();
    let length = head
        .lines()
        .find_map(|l| l.strip_prefix("content-length: "))
        .unwrap();
    let announced: u64 = length.parse().unwrap();
    let (mut buffer, mut came) = (vec![0; 64 << 10], 0);
    while came < announced {
        let n = socket.read(&mut buffer).unwrap();
        assert!(n > 0, "the body ended after {came} bytes");
        came += n as u64;
    }
    socket
        .write_all(b"HTTP/1.1 202 Accepted\r\nLocation: /jobs/1/status\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        .unwrap();
    (announced, came)
}

#[test]
fn two_hundred_megabytes_take_no_more_memory_than_two() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let server = std::thread::spawn(move || [serve(&listener), serve(&listener)]);
    let client = Client::new(ClientOptions::new().base_url(base).token("t")).unwrap();
    let send = |size: u64| {
        let reader = std::io::repeat(b'x');
        let submission =
            Submission::new(Endpoint::Transformations, "flatten").file(Input::reader("a.pdf", size, reader));
        client.submit(&submission, |_, _| true, &Call::new()).unwrap();
    };
    send(2_000_000);
    let before = peak();
    send(SIZE);
    let grown = peak() - before;
    let [_, (announced, came)] = server.join().unwrap();
    assert_eq!(announced, came);
    assert!(came > SIZE);
    assert!(grown < ROOM, "the peak grew by {grown} bytes");
}
