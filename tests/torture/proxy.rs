//! A proxy that can be stopped and started again, or that refuses for a while.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU16, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

/// It opens a tunnel to wherever it is asked to (CONNECT).
pub struct Proxy {
    address: SocketAddr,
    shared: Arc<Shared>,
    listener: Mutex<Option<JoinHandle<()>>>,
}

#[derive(Default)]
struct Shared {
    is_down: AtomicBool,
    /// The status that each request gets; 0 for a tunnel, `CLOSE` for nothing at all.
    refusal: AtomicU16,
    connections: Mutex<Vec<TcpStream>>,
}

/// How a proxy is away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Absence {
    /// Nothing listens.
    Stopped,
    /// It closes each connection without a word.
    Closing,
    /// It responds with this status.
    Status(u16),
}

const CLOSE: u16 = 1;

impl Proxy {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let proxy = Self {
            address: listener.local_addr().unwrap(),
            shared: Arc::default(),
            listener: Mutex::default(),
        };
        proxy.listen(listener);
        proxy
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    fn listen(&self, listener: TcpListener) {
        let shared = self.shared.clone();
        shared.is_down.store(false, Ordering::SeqCst);
        *self.listener.lock().unwrap() = Some(std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                if shared.is_down.load(Ordering::SeqCst) {
                    return;
                }
                let shared = shared.clone();
                std::thread::spawn(move || serve(&client, &shared));
            }
        }));
    }

    /// Goes away: open connections are closed.
    pub fn leave(&self, absence: Absence) {
        match absence {
            Absence::Stopped => {
                self.shared.is_down.store(true, Ordering::SeqCst);
                let _ = TcpStream::connect(self.address);
                let thread = self.listener.lock().unwrap().take();
                if let Some(thread) = thread {
                    thread.join().unwrap();
                }
            }
            Absence::Closing => self.shared.refusal.store(CLOSE, Ordering::SeqCst),
            Absence::Status(status) => self.shared.refusal.store(status, Ordering::SeqCst),
        }
        for connection in self.shared.connections.lock().unwrap().drain(..) {
            let _ = connection.shutdown(Shutdown::Both);
        }
    }

    pub fn come_back(&self) {
        self.shared.refusal.store(0, Ordering::SeqCst);
        if self.shared.is_down.load(Ordering::SeqCst) {
            self.listen(TcpListener::bind(self.address).unwrap());
        }
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.leave(Absence::Stopped);
    }
}

fn serve(client: &TcpStream, shared: &Shared) -> Option<()> {
    shared.connections.lock().unwrap().push(client.try_clone().ok()?);
    let mut head = String::new();
    let mut reader = BufReader::new(client.try_clone().ok()?);
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head).ok()? == 0 {
            return None;
        }
    }
    let mut out = client;
    match shared.refusal.load(Ordering::SeqCst) {
        0 => {}
        CLOSE => return client.shutdown(Shutdown::Both).ok(),
        status => {
            let refusal = format!("HTTP/1.1 {status} Away\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            out.write_all(refusal.as_bytes()).ok()?;
            return client.shutdown(Shutdown::Both).ok();
        }
    }
    let target = head.split(' ').nth(1)?.to_owned();
    let server = TcpStream::connect(target).ok()?;
    shared.connections.lock().unwrap().push(server.try_clone().ok()?);
    out.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")
        .ok()?;
    let (up_from, up_to) = (client.try_clone().ok()?, server.try_clone().ok()?);
    let up = std::thread::spawn(move || carry(&up_from, &up_to));
    carry(&server, client);
    up.join().ok()
}

fn carry(mut from: &TcpStream, mut to: &TcpStream) {
    let mut buffer = [0; 16 << 10];
    while let Ok(read @ 1..) = from.read(&mut buffer) {
        if to.write_all(&buffer[..read]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Write);
}
