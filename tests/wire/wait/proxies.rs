//! A proxy that fails for a while ends no wait: nothing was sent, and it may be restarted.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use nitro_jobs::{Call, Client, ClientOptions, Endpoint, ErrorKind, Input, JobState, LogLevel, Submission};

use crate::common::raw::{self, Raw};
use crate::common::server::free_port;
use crate::common::{Log, until, with_watchdog};

/// How the proxy responds to a connection.
#[derive(Clone, Copy)]
enum Reply {
    /// It closes the connection after the request.
    Close,
    Status(u16),
    /// The reply code of SOCKS5.
    Socks(u8),
    Tunnel,
}

/// A proxy that responds with `replies` in turn, then with tunnels. Dropping it closes its port.
struct Proxy {
    port: u16,
    connections: Arc<AtomicUsize>,
    closed: Arc<AtomicBool>,
}

impl Proxy {
    fn start(port: u16, replies: &'static [Reply]) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let (connections, closed) = (Arc::<AtomicUsize>::default(), Arc::<AtomicBool>::default());
        let (count, end) = (connections.clone(), closed.clone());
        std::thread::spawn(move || {
            for socket in listener.incoming().flatten() {
                if end.load(Ordering::SeqCst) {
                    return;
                }
                let reply = replies.get(count.fetch_add(1, Ordering::SeqCst));
                let reply = reply.copied().unwrap_or(Reply::Tunnel);
                std::thread::spawn(move || serve(socket, reply));
            }
        });
        Self {
            port,
            connections,
            closed,
        }
    }

    fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.closed.store(true, Ordering::SeqCst);
        // Wakes the thread, which then drops the listener.
        let _ = TcpStream::connect(("127.0.0.1", self.port)).map(|mut socket| socket.read(&mut [0]));
    }
}

fn serve(mut socket: TcpStream, reply: Reply) -> Option<()> {
    if let Reply::Socks(code) = reply {
        // The greeting, then the request for a literal address.
        socket.read_exact(&mut [0; 3]).ok()?;
        socket.write_all(&[5, 0]).ok()?;
        socket.read_exact(&mut [0; 10]).ok()?;
        return socket.write_all(&[5, code, 0, 1, 0, 0, 0, 0, 0, 0]).ok();
    }
    let (mut head, mut byte) = (String::new(), [0]);
    while !head.ends_with("\r\n\r\n") {
        socket.read_exact(&mut byte).ok()?;
        head.push(char::from(byte[0]));
    }
    match reply {
        Reply::Close | Reply::Socks(_) => {}
        Reply::Status(code) => {
            let text = format!("HTTP/1.1 {code} No\r\nContent-Length: 0\r\n\r\n");
            socket.write_all(text.as_bytes()).ok()?;
        }
        Reply::Tunnel => {
            let target = head.strip_prefix("CONNECT ")?.split(' ').next()?;
            let target = TcpStream::connect(target).ok()?;
            socket.write_all(b"HTTP/1.1 200 Connected\r\n\r\n").ok()?;
            let (from, to) = (socket.try_clone().ok()?, target.try_clone().ok()?);
            std::thread::spawn(move || relay(from, to));
            relay(target, socket);
        }
    }
    Some(())
}

fn relay(mut from: TcpStream, mut to: TcpStream) {
    let _ = std::io::copy(&mut from, &mut to);
    let _ = to.shutdown(Shutdown::Both);
}

/// A service without a stream, whose job is completed at the poll with this number.
fn service(completed_at: usize) -> Raw {
    let polls = AtomicUsize::new(0);
    Raw::responding(move |request| match request.wants_stream() {
        true => raw::response(405, "application/json", "{}"),
        false if polls.fetch_add(1, Ordering::SeqCst) < completed_at => raw::json(r#"{"status":"running"}"#),
        false => raw::json(r#"{"status":"completed","result":"x"}"#),
    })
}

fn options(service: &Raw, proxy: String) -> ClientOptions {
    ClientOptions::new()
        .base_url(&service.base_url)
        .proxy(proxy)
        .poll_interval(
            std::time::Duration::from_millis(5),
            std::time::Duration::from_millis(20),
        )
        .retries(0)
}

fn http(proxy: &Proxy) -> String {
    format!("http://127.0.0.1:{}", proxy.port)
}

const FAILING: &[Reply] = &[
    Reply::Close,
    Reply::Status(502),
    Reply::Tunnel,
    Reply::Tunnel,
    Reply::Close,
    Reply::Status(502),
    Reply::Status(503),
    Reply::Status(504),
    Reply::Status(500),
];

#[test]
fn a_wait_survives_a_proxy_that_fails_for_a_while() {
    with_watchdog(|| {
        let (service, proxy) = (service(2), Proxy::start(0, FAILING));
        let client = Client::new(options(&service, http(&proxy))).unwrap();
        let end = client.job("j").unwrap().wait(|_| true, &Call::new()).unwrap();
        assert_eq!(end.state(), &JobState::Completed);
        assert!(proxy.connections() > FAILING.len());
    });
}

#[test]
fn a_wait_survives_a_proxy_that_is_restarted() {
    with_watchdog(|| {
        let (service, proxy, log) = (service(usize::MAX), Proxy::start(0, &[]), Log::default());
        let port = proxy.port;
        let options = log.capture(options(&service, http(&proxy)));
        let client = Client::new(options).unwrap();
        let (reported, report) = std::sync::mpsc::channel();
        let wait = std::thread::spawn(move || {
            client
                .job("j")
                .unwrap()
                .wait(|_| reported.send(()).is_ok(), &Call::new())
        });
        report.recv().unwrap();
        drop(proxy);
        until("the proxy refuses connections", || {
            log.has(LogLevel::Debug, "-> Proxy")
        });
        let proxy = Proxy::start(port, &[]);
        // Reports that were made before are taken first.
        while report.try_recv().is_ok() {}
        until("the wait goes on", || {
            proxy.connections() > 1 && report.try_recv().is_ok()
        });
        drop(report);
        let error = wait.join().unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Stopped, "{error}");
    });
}

#[test]
fn what_a_proxy_rejects_for_good_ends_the_wait() {
    with_watchdog(|| {
        for (reply, kind) in [
            (Reply::Status(403), ErrorKind::Proxy),
            (Reply::Status(407), ErrorKind::ProxyAuth),
            (Reply::Status(404), ErrorKind::Proxy),
        ] {
            let (service, proxy) = (service(0), Proxy::start(0, always(reply)));
            let client = Client::new(options(&service, http(&proxy))).unwrap();
            let error = client.job("j").unwrap().wait(|_| true, &Call::new()).unwrap_err();
            assert_eq!((error.kind(), error.is_retryable()), (kind, false), "{error}");
            assert!(proxy.connections() <= 2, "the stream and one poll");
        }
    });
}

/// A reply to each of the first connections.
fn always(reply: Reply) -> &'static [Reply] {
    Box::leak(vec![reply; 16].into_boxed_slice())
}

#[test]
fn a_single_call_retries_what_a_proxy_did_not_send() {
    with_watchdog(|| {
        let (service, proxy) = (service(0), Proxy::start(0, &[Reply::Close, Reply::Status(503)]));
        let client = Client::new(options(&service, http(&proxy)).retries(2)).unwrap();
        client.job("j").unwrap().status(&Call::new()).unwrap();
        assert_eq!((proxy.connections(), service.connections()), (3, 1));

        // A submission, too: nothing of it was sent.
        let proxy = Proxy::start(0, &[Reply::Status(502), Reply::Close]);
        let client = Client::new(options(&service, http(&proxy)).retries(2)).unwrap();
        let document = Input::bytes("a.txt", b"text".to_vec());
        let submission = Submission::new(Endpoint::Conversions, "convert").file(document);
        client.submit(&submission, |_, _| true, &Call::new()).unwrap();
        assert_eq!((proxy.connections(), service.connections()), (3, 2));
    });
}

#[test]
fn an_error_of_a_proxy_states_whether_a_retry_may_help() {
    with_watchdog(|| {
        let service = service(0);
        let fails = |proxy: String, retryable: bool| {
            let client = Client::new(options(&service, proxy.clone())).unwrap();
            let error = client.job("j").unwrap().status(&Call::new()).unwrap_err();
            assert_eq!(
                (error.kind(), error.is_retryable(), error.is_unsent()),
                (ErrorKind::Proxy, retryable, true),
                "{proxy}: {error}"
            );
        };
        fails(format!("http://127.0.0.1:{}", free_port()), true);
        fails(format!("socks5h://127.0.0.1:{}", free_port()), true);
        fails("http://proxy.invalid:3128".to_owned(), true);
        for (code, retryable) in [
            (1, true),
            (3, true),
            (4, true),
            (5, true),
            (6, true),
            (2, false),
            (7, false),
            (8, false),
        ] {
            let proxy = Proxy::start(0, always(Reply::Socks(code)));
            fails(format!("socks5h://127.0.0.1:{}", proxy.port), retryable);
        }
        for (code, retryable) in [
            (500, true),
            (502, true),
            (503, true),
            (504, true),
            (403, false),
            (404, false),
            (302, false),
        ] {
            let proxy = Proxy::start(0, always(Reply::Status(code)));
            fails(http(&proxy), retryable);
        }
        // Not a proxy at all.
        let silent = Proxy::start(0, always(Reply::Close));
        fails(http(&silent), true);
    });
}
