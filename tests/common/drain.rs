//! A service that accepts and discards submissions of any size.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};

/// A running service; its threads end with the process.
pub struct Drain {
    pub base_url: String,
    uploads: std::sync::mpsc::Receiver<Upload>,
}

/// A received request: the announced and the actual length of its body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Upload {
    pub announced: u64,
    pub received: u64,
}

impl Drain {
    /// Accepts everything as the job `1`.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let base_url = format!("http://{}", listener.local_addr().expect("its address"));
        let (sender, uploads) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            for socket in listener.incoming().flatten() {
                if sender.send(take(socket)).is_err() {
                    break;
                }
            }
        });
        Self { base_url, uploads }
    }

    /// The next request that was received.
    pub fn next(&self) -> Upload {
        self.uploads.recv_timeout(super::WATCHDOG).expect("a request")
    }
}

fn take(mut socket: TcpStream) -> Upload {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") {
        socket.read_exact(&mut byte).expect("a head");
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).expect("a head").to_ascii_lowercase();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "));
    let announced = length.expect("a length").parse().expect("a number");
    let (mut buffer, mut received) = (vec![0; 64 << 10], 0);
    while received < announced {
        match socket.read(&mut buffer) {
            Ok(n @ 1..) => received += n as u64,
            _ => break,
        }
    }
    let accepted = b"HTTP/1.1 202 Accepted\r\nLocation: /jobs/1/status\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    // If the client has closed the connection, the received length shows it.
    let _ = socket.write_all(accepted);
    Upload { announced, received }
}
