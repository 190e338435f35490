//! A process that is stopped (SIGSTOP, a debugger, a virtual machine that is paused) for longer than a timeout does not take
//! that for the silence of its peer.
#![allow(clippy::unwrap_used)]

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use nitro_jobs::{Call, Client, ClientOptions};

use crate::common::{until, with_watchdog};

/// The idle and the connect timeout of the process that is stopped, and how long it is.
const LIMIT: Duration = Duration::from_secs(2);
const STOPPED: Duration = Duration::from_millis(3500);
/// What tells a process of this program that it is the one to be stopped: where its service is.
const SERVICE: &str = "NITRO_TEST_FROZEN";

/// Runs `call` in a process that is stopped when the service of `serve` says so, and goes on when `serve` has seen `STOPPED`.
fn freeze(
    name: &str,
    serve: impl Fn(TcpStream, &Sender<()>, &Receiver<()>) -> std::io::Result<()> + Send + 'static,
    call: impl FnOnce(String),
) {
    if let Ok(url) = std::env::var(SERVICE) {
        return call(url);
    }
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let name = format!("frozen::{name}");
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args([name.as_str(), "--exact", "--nocapture"])
        .env(SERVICE, url)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let (stop, stopping) = channel();
    let (stopped, go_on) = channel();
    let service = std::thread::spawn(move || serve(listener.accept().unwrap().0, &stop, &go_on));
    stopping.recv().unwrap();
    signal(&child, "STOP");
    until("the process is stopped", || state(&child) == Some('T'));
    stopped.send(()).unwrap();
    std::thread::sleep(STOPPED);
    signal(&child, "CONT");
    let status = with_watchdog(move || child.wait().unwrap());
    assert!(status.success(), "{name}: {status}");
    service.join().unwrap().unwrap();
}

fn signal(child: &Child, name: &str) {
    let status = Command::new("kill")
        .args([&format!("-{name}"), &child.id().to_string()])
        .status();
    assert!(status.unwrap().success());
}

/// The state of the process as Linux names it.
fn state(child: &Child) -> Option<char> {
    let text = std::fs::read_to_string(format!("/proc/{}/stat", child.id())).ok()?;
    text.rsplit(") ").next()?.chars().next()
}

fn options(base: &str) -> ClientOptions {
    ClientOptions::new()
        .base_url(base)
        .idle_timeout(LIMIT)
        .connect_timeout(LIMIT)
        .retries(0)
}

fn read_head(socket: &mut TcpStream) {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") && socket.read(&mut byte).unwrap() == 1 {
        head.push(byte[0]);
    }
}

/// Sends `piece` every 50 ms for longer than the process is stopped.
fn trickle(socket: &mut TcpStream, piece: &[u8]) -> std::io::Result<()> {
    for _ in 0..(STOPPED.as_millis() / 50 + 10) {
        socket.write_all(piece)?;
        std::thread::sleep(Duration::from_millis(50));
    }
    Ok(())
}

#[test]
fn a_body_that_keeps_coming_is_not_idle() {
    let serve = |mut socket: TcpStream, stop: &Sender<()>, stopped: &Receiver<()>| {
        read_head(&mut socket);
        socket.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n")?;
        stop.send(()).unwrap();
        stopped.recv().unwrap();
        trickle(&mut socket, b"1\r\nx\r\n")?;
        socket.write_all(b"0\r\n\r\n")
    };
    freeze("a_body_that_keeps_coming_is_not_idle", serve, |url| {
        let job = Client::new(options(&url)).unwrap().job("j").unwrap();
        let mut bytes = Vec::new();
        job.result_bytes(&mut bytes, &Call::new()).unwrap();
        assert!(bytes.len() > 50);
    });
}

#[test]
fn a_stream_that_keeps_coming_is_not_idle() {
    let serve = |mut socket: TcpStream, stop: &Sender<()>, stopped: &Receiver<()>| {
        read_head(&mut socket);
        socket.write_all(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n")?;
        socket.write_all(b"data: {\"status\":\"running\",\"progress\":0.5}\n\n")?;
        stop.send(()).unwrap();
        stopped.recv().unwrap();
        trickle(&mut socket, b": heartbeat\n\n")?;
        socket.write_all(b"data: {\"status\":\"completed\",\"location\":\"/r\"}\n\n")
    };
    freeze("a_stream_that_keeps_coming_is_not_idle", serve, |url| {
        // There is one connection: a poll would fail.
        let job = Client::new(options(&url)).unwrap().job("j").unwrap();
        let call = Call::new().timeout(STOPPED * 3);
        assert_eq!(job.wait(|_| true, &call).unwrap().location(), Some("/r"));
    });
}

#[test]
fn a_head_that_arrived_meanwhile_is_not_late() {
    let serve = |mut socket: TcpStream, stop: &Sender<()>, stopped: &Receiver<()>| {
        read_head(&mut socket);
        stop.send(()).unwrap();
        stopped.recv().unwrap();
        socket.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{\"status\":\"running\"}")
    };
    freeze("a_head_that_arrived_meanwhile_is_not_late", serve, |url| {
        let job = Client::new(options(&url)).unwrap().job("j").unwrap();
        job.status(&Call::new()).unwrap();
    });
}

#[test]
fn a_tunnel_that_was_opened_meanwhile_is_not_late() {
    let serve = |mut socket: TcpStream, stop: &Sender<()>, stopped: &Receiver<()>| {
        read_head(&mut socket);
        stop.send(()).unwrap();
        stopped.recv().unwrap();
        // The response comes in two pieces, the second one after the process goes on.
        socket.write_all(b"HTTP/1.1 200 OK\r\n")?;
        std::thread::sleep(STOPPED + Duration::from_millis(300));
        socket.write_all(b"\r\n")?;
        read_head(&mut socket);
        socket.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{\"status\":\"running\"}")
    };
    freeze("a_tunnel_that_was_opened_meanwhile_is_not_late", serve, |url| {
        let options = options("http://service.example").proxy(url);
        Client::new(options)
            .unwrap()
            .job("j")
            .unwrap()
            .status(&Call::new())
            .unwrap();
    });
}
