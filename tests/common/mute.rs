//! Peers that say nothing: at each phase of a call, something can be waited for that never comes.
#![allow(unsafe_code)]

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::fd::AsRawFd;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use super::{WATCHDOG, wait_for};

/// A port whose queue is full, so that a further connection is never made.
pub struct Deaf {
    pub address: SocketAddr,
    _listener: TcpListener,
    _fill: Vec<TcpStream>,
}

impl Deaf {
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
        assert!(fill.len() < 8, "the queue does not fill");
        Self {
            address,
            _listener: listener,
            _fill: fill,
        }
    }

    /// Waits until somebody asks for a connection.
    pub fn wait(&self) {
        let port = format!(":{:04X} ", self.address.port());
        let asked = wait_for(WATCHDOG, || {
            let table = std::fs::read_to_string("/proc/net/tcp").expect("the kernel's table");
            // Remote address and then the state SYN_SENT.
            table.contains(&format!("{port}02 ")).then_some(())
        });
        assert!(asked.is_some(), "nobody connects");
    }
}

/// A server that takes connections, says what it is told to say when some bytes have come, and nothing more.
pub struct Mute {
    pub port: u16,
    connections: Arc<AtomicUsize>,
    heard: Arc<AtomicUsize>,
    kept: Arc<Mutex<Vec<TcpStream>>>,
}

impl Mute {
    pub fn start() -> Self {
        Self::saying(&[])
    }

    /// Answers the n-th piece that arrives with the n-th of `words`.
    pub fn saying(words: &'static [&'static [u8]]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("its address").port();
        let mute = Self {
            port,
            connections: Arc::default(),
            heard: Arc::default(),
            kept: Arc::default(),
        };
        let (connections, heard, kept) = (mute.connections.clone(), mute.heard.clone(), mute.kept.clone());
        std::thread::spawn(move || {
            for mut socket in listener.incoming().flatten() {
                connections.fetch_add(1, Ordering::SeqCst);
                let keep = socket.try_clone().expect("the same socket");
                kept.lock().expect("no panic").push(keep);
                let heard = heard.clone();
                std::thread::spawn(move || {
                    let mut words = words.iter();
                    let mut buffer = [0; 4096];
                    while let Ok(n) = socket.read(&mut buffer) {
                        if n == 0 {
                            break;
                        }
                        if let Some(word) = words.next() {
                            let _ = socket.write_all(word);
                        } else {
                            heard.fetch_add(n, Ordering::SeqCst);
                        }
                    }
                });
            }
        });
        mute
    }

    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// Waits until the client has said something that is not answered.
    pub fn wait(&self) {
        let heard = wait_for(WATCHDOG, || (self.heard.load(Ordering::SeqCst) > 0).then_some(()));
        assert!(heard.is_some(), "nobody says anything");
    }
}

impl Drop for Mute {
    fn drop(&mut self) {
        if let Ok(kept) = self.kept.lock() {
            for socket in kept.iter() {
                let _ = socket.shutdown(std::net::Shutdown::Both);
            }
        }
    }
}
