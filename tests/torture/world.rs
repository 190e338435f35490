//! What the cases run in: emulators with and without TLS, and a relay that shows what went over the wire.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use nitro_emulator::{Config, Emulator, Tls};
use nitro_jobs::{Client, ClientOptions};

/// How a connection is spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wire {
    Plain,
    Tls,
}

pub const WIRES: [Wire; 2] = [Wire::Plain, Wire::Tls];

/// The certificate that every emulator here has, and that every client here trusts.
#[derive(Clone)]
pub struct Certificate {
    pub pem: String,
    key: String,
}

impl Certificate {
    pub fn new() -> Self {
        let made = rcgen::generate_simple_self_signed(vec!["127.0.0.1".to_owned()]).unwrap();
        Self {
            pem: made.cert.pem(),
            key: made.signing_key.serialize_pem(),
        }
    }

    pub fn emulator(&self, wire: Wire) -> Emulator {
        let tls = (wire == Wire::Tls).then(|| Tls {
            cert_pem: self.pem.clone(),
            key_pem: self.key.clone(),
            client_ca_pem: None,
        });
        Emulator::start(Config {
            tls,
            ..Config::default()
        })
        .unwrap()
    }

    /// Options that are quick where they may be and patient where a busy machine needs it.
    pub fn options(&self, base_url: &str, token: &str) -> ClientOptions {
        let options = ClientOptions::new()
            .base_url(base_url)
            .token(token)
            .retries(0)
            .retry_cap(Duration::from_millis(4))
            .idle_timeout(Duration::from_secs(20))
            .poll_interval(Duration::from_millis(2), Duration::from_millis(10));
        if base_url.starts_with("https") {
            options.add_ca_pem(&self.pem).only_added_ca(true)
        } else {
            options
        }
    }

    #[allow(dead_code)] // for the operations to come
    pub fn client(&self, emulator: &Emulator) -> Client {
        Client::new(self.options(&emulator.base_url(), &emulator.token())).unwrap()
    }
}

/// Carries bytes to a server and back; keeps those of the first connection.
pub struct Relay {
    pub port: u16,
    seen: Arc<Mutex<[Vec<u8>; 2]>>,
}

impl Relay {
    pub fn to(port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let own = listener.local_addr().unwrap().port();
        let seen: Arc<Mutex<[Vec<u8>; 2]>> = Arc::default();
        let keep = seen.clone();
        std::thread::spawn(move || {
            for (index, client) in listener.incoming().flatten().enumerate() {
                let server = TcpStream::connect(("127.0.0.1", port)).unwrap();
                let keep = (index == 0).then(|| keep.clone());
                carry(&client, &server, 0, keep.clone());
                carry(&server, &client, 1, keep);
            }
        });
        Self { port: own, seen }
    }

    /// What went up to the server and what came down from it.
    pub fn seen(&self) -> [Vec<u8>; 2] {
        self.seen.lock().unwrap().clone()
    }
}

fn carry(from: &TcpStream, to: &TcpStream, side: usize, keep: Option<Arc<Mutex<[Vec<u8>; 2]>>>) {
    let (mut from, mut to) = (from.try_clone().unwrap(), to.try_clone().unwrap());
    std::thread::spawn(move || {
        let mut buffer = [0; 16 << 10];
        while let Ok(read @ 1..) = from.read(&mut buffer) {
            if let Some(keep) = &keep {
                keep.lock().unwrap()[side].extend_from_slice(&buffer[..read]);
            }
            if to.write_all(&buffer[..read]).is_err() {
                break;
            }
        }
        let _ = to.shutdown(Shutdown::Write);
    });
}
