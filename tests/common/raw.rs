//! A server that sends exactly the bytes that a test names, for peers that violate HTTP.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::pki::Pair;

/// A request, as far as the tests need it.
pub struct Request {
    /// The path, as sent.
    pub path: String,
    /// Everything from the request line to the empty line.
    pub head: String,
}

impl Request {
    /// The request with this head, which is added to `heads`.
    fn new(head: String, heads: &Mutex<Vec<String>>) -> Option<Self> {
        let path = head.split(' ').nth(1)?.to_owned();
        heads
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
            .push(head.clone());
        Some(Self { path, head })
    }

    /// The path's segment after `jobs`.
    pub fn job(&self) -> &str {
        let mut segments = self.path.split('/').skip_while(|segment| *segment != "jobs");
        segments.nth(1).unwrap_or_default()
    }

    pub fn wants_stream(&self) -> bool {
        self.head.to_ascii_lowercase().contains("event-stream")
    }
}

/// A running server; its threads end with the process.
pub struct Raw {
    pub base_url: String,
    connections: Arc<AtomicUsize>,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Raw {
    /// Responds to each request with what `response` writes, and then closes the connection.
    pub fn serve(
        response: impl Fn(&Request, &mut TcpStream) -> std::io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        Self::accept(move |mut stream, heads| {
            let mut reader = BufReader::new(stream.try_clone().ok()?);
            let mut head = String::new();
            while !head.ends_with("\r\n\r\n") {
                if reader.read_line(&mut head).ok()? == 0 {
                    return None;
                }
            }
            response(&Request::new(head, heads)?, &mut stream).ok()
        })
    }

    /// Serves each connection on a thread of its own.
    fn accept(
        converse: impl Fn(TcpStream, &Mutex<Vec<String>>) -> Option<()> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let base_url = format!("http://{}", listener.local_addr().expect("its address"));
        let (connections, heads) = (
            Arc::<AtomicUsize>::default(),
            Arc::<Mutex<Vec<String>>>::default(),
        );
        let (count, keep, converse) = (connections.clone(), heads.clone(), Arc::new(converse));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                count.fetch_add(1, Ordering::SeqCst);
                let (converse, keep) = (converse.clone(), keep.clone());
                // A client that closes the connection early is expected.
                std::thread::spawn(move || converse(stream, &keep));
            }
        });
        Self {
            base_url,
            connections,
            heads,
        }
    }

    /// Responds to each request with a whole HTTP response.
    pub fn responding(response: impl Fn(&Request) -> Vec<u8> + Send + Sync + 'static) -> Self {
        Self::serve(move |request, stream| stream.write_all(&response(request)))
    }

    /// As [`Raw::responding`], over TLS with this certificate, for `localhost`.
    pub fn responding_over_tls(
        pair: &Pair,
        response: impl Fn(&Request) -> Vec<u8> + Send + Sync + 'static,
    ) -> Self {
        let chain = vec![CertificateDer::from_pem_slice(pair.certificate.as_bytes()).expect("a certificate")];
        let key = PrivateKeyDer::from_pem_slice(pair.key.as_bytes()).expect("a key");
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("versions");
        let config = builder.with_no_client_auth().with_single_cert(chain, key);
        let config = Arc::new(config.expect("the key of the certificate"));
        let mut raw = Self::accept(move |stream, heads| {
            let session = ServerConnection::new(config.clone()).ok()?;
            let mut stream = StreamOwned::new(session, stream);
            let mut head = String::new();
            let mut byte = [0];
            while !head.ends_with("\r\n\r\n") {
                stream.read_exact(&mut byte).ok()?;
                head.push(char::from(byte[0]));
            }
            let request = Request::new(head, heads)?;
            stream.write_all(&response(&request)).ok()?;
            stream.conn.send_close_notify();
            stream.flush().ok()?;
            // The rest of a request is read, so that closing does not reset the connection.
            let _ = std::io::copy(&mut stream, &mut std::io::sink());
            Some(())
        });
        raw.base_url = raw.base_url.replace("http://127.0.0.1", "https://localhost");
        raw
    }

    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// The heads of all requests so far.
    pub fn heads(&self) -> Vec<String> {
        self.heads
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
            .clone()
    }
}

/// A response with this body.
pub fn response(status: u16, content_type: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let head = format!(
        "HTTP/1.1 {status} Whatever\r\ncontent-type: {content_type}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

pub fn json(body: impl AsRef<[u8]>) -> Vec<u8> {
    response(200, "application/json", body)
}
