//! Peers that send nothing, so that a call can be made to wait in each of its phases.
#![allow(unsafe_code)]

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::fd::AsRawFd;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use super::{WATCHDOG, wait_for};

/// A port whose accept queue is full, so that no further connection is made.
pub struct FullBacklog {
    pub address: SocketAddr,
    _listener: TcpListener,
    _fill: Vec<TcpStream>,
}

impl FullBacklog {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        // SAFETY: the descriptor is open; listening again only changes the length of its queue.
        assert_eq!(unsafe { libc::listen(listener.as_raw_fd(), 0) }, 0);
        let address = listener.local_addr().expect("its address");
        let patience = std::time::Duration::from_millis(300);
        // One fits into a queue of none; the first that does not proves that it is full.
        let fill: Vec<_> = std::iter::from_fn(|| TcpStream::connect_timeout(&address, patience).ok())
            .take(8)
            .collect();
        assert!(fill.len() < 8, "the accept queue does not fill");
        Self {
            address,
            _listener: listener,
            _fill: fill,
        }
    }

    /// Waits until a client tries to connect.
    pub fn wait(&self) {
        let port = format!(":{:04X} ", self.address.port());
        let connected = wait_for(WATCHDOG, || {
            let table = std::fs::read_to_string("/proc/net/tcp").expect("the kernel's table");
            // Remote address and then the state SYN_SENT.
            table.contains(&format!("{port}02 ")).then_some(())
        });
        assert!(connected.is_some(), "no client connects");
    }
}

/// A server that accepts connections, sends the given replies, and then nothing more.
pub struct SilentPeer {
    pub port: u16,
    connections: Arc<AtomicUsize>,
    received: Arc<AtomicUsize>,
    open: Arc<Mutex<Vec<TcpStream>>>,
}

impl SilentPeer {
    pub fn start() -> Self {
        Self::replying(&[])
    }

    /// Responds to the n-th read with the n-th of `replies`.
    pub fn replying(replies: &'static [&'static [u8]]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("its address").port();
        let peer = Self {
            port,
            connections: Arc::default(),
            received: Arc::default(),
            open: Arc::default(),
        };
        let (connections, received, open) =
            (peer.connections.clone(), peer.received.clone(), peer.open.clone());
        std::thread::spawn(move || {
            for mut socket in listener.incoming().flatten() {
                connections.fetch_add(1, Ordering::SeqCst);
                let socket_copy = socket.try_clone().expect("the same socket");
                open.lock().expect("no panic").push(socket_copy);
                let received = received.clone();
                std::thread::spawn(move || {
                    let mut replies = replies.iter();
                    let mut buffer = [0; 4096];
                    while let Ok(n) = socket.read(&mut buffer) {
                        if n == 0 {
                            break;
                        }
                        if let Some(reply) = replies.next() {
                            let _ = socket.write_all(reply);
                        } else {
                            received.fetch_add(n, Ordering::SeqCst);
                        }
                    }
                });
            }
        });
        peer
    }

    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// Waits until the client has sent something after the last reply.
    pub fn wait(&self) {
        let received = wait_for(WATCHDOG, || {
            (self.received.load(Ordering::SeqCst) > 0).then_some(())
        });
        assert!(received.is_some(), "no client sends anything");
    }
}

impl Drop for SilentPeer {
    fn drop(&mut self) {
        if let Ok(open) = self.open.lock() {
            for socket in open.iter() {
                let _ = socket.shutdown(std::net::Shutdown::Both);
            }
        }
    }
}
