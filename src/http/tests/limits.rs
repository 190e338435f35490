//! Time limits, and cancellation in the phases that `basics` leaves out.

use super::*;

/// Options whose one limit is short.
fn io_limits(change: impl FnOnce(ClientOptions) -> ClientOptions) -> ClientOptions {
    change(options().min_rate(0))
}

/// The error of fetching from a server with this script.
fn failure(options: ClientOptions, script: impl Fn(&mut Peer) + Send + Sync + 'static) -> Error {
    let server = Server::start(script);
    let url = server.url("/x?secret");
    let call = with_watchdog(move || -> Result<String> {
        let http = Http::new(&options)?;
        http.send(&get(&url), &context(&options))?
            .text(1000, &context(&options))
    });
    call.end().unwrap_err()
}

#[test]
fn inactivity_ends_with_the_idle_timeout_in_head_and_body() {
    let idle = Duration::from_millis(200);
    for sent in [
        "",
        "HTTP/1.1 200 OK\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc",
    ] {
        let error = failure(io_limits(|o| o.idle_timeout(idle)), move |peer| {
            peer.head();
            peer.send(sent);
            peer.wait_for_end();
        });
        assert_eq!(error.limit(), Some(Limit::Idle), "{sent:?}: {error}");
        assert!(error.message().contains("0.2 s"), "{error}");
        assert!(!error.message().contains("secret"), "{error}");
    }
}

#[test]
fn each_byte_restarts_the_idle_limit() {
    let options = io_limits(|o| o.idle_timeout(Duration::from_millis(1000)));
    let server = Server::start(|peer| {
        peer.head();
        for byte in "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabcde".bytes() {
            peer.send([byte]);
            std::thread::sleep(Duration::from_millis(40));
        }
    });
    let http = Http::new(&options).unwrap();
    let response = http.send(&get(&server.url("/")), &context(&options)).unwrap();
    assert_eq!(response.text(9, &context(&options)).unwrap(), "abcde");
}

#[test]
fn an_idle_body_can_be_read_on() {
    let (go, wait) = channel::<()>();
    let wait = Mutex::new(wait);
    let server = Server::start(move |peer| {
        peer.head();
        peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\na");
        wait.lock().unwrap().recv().unwrap();
        peer.send("b");
    });
    let options = io_limits(|o| o.idle_timeout(Duration::from_millis(100)));
    let http = Http::new(&options).unwrap();
    let mut response = http.send(&get(&server.url("/")), &context(&options)).unwrap();
    let mut buffer = [0; 8];
    assert_eq!(response.body.read(&mut buffer, &context(&options)).unwrap(), 1);
    for _ in 0..2 {
        let error = response.body.read(&mut buffer, &context(&options)).unwrap_err();
        assert_eq!(error.limit(), Some(Limit::Idle));
    }
    go.send(()).unwrap();
    let n = response.body.read(&mut buffer, &default_context()).unwrap();
    assert_eq!(&buffer[..n], b"b");
    assert_eq!(response.body.read(&mut buffer, &default_context()).unwrap(), 0);
}

/// A byte now and then, for ever.
fn trickle(peer: &mut Peer) {
    loop {
        std::thread::sleep(Duration::from_millis(60));
        if peer.stream.write_all(b"x").is_err() {
            return;
        }
    }
}

#[test]
fn a_trickle_ends_with_the_minimum_rate_in_head_and_body() {
    for sent in [
        "HTTP/1.1 200 OK\r\nX: ",
        "HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n",
    ] {
        let error = failure(options().min_rate(1000), move |peer| {
            peer.head();
            peer.send(sent);
            trickle(peer);
        });
        assert_eq!(error.limit(), Some(Limit::Rate), "{sent:?}: {error}");
    }
}

#[test]
fn an_event_stream_may_be_slow() {
    let server = Server::start(|peer| {
        peer.head();
        peer.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n\r\n");
        trickle(peer);
    });
    let url = server.url("/");
    let request = Request {
        accept: "text/event-stream",
        ..get(&url)
    };
    let options = options().min_rate(1000);
    let mut response = client().send(&request, &context(&options)).unwrap();
    let begun = std::time::Instant::now();
    let mut buffer = [0; 8];
    while begun.elapsed() < Duration::from_millis(1500) {
        assert!(response.body.read(&mut buffer, &context(&options)).unwrap() > 0);
    }
}

#[test]
fn what_is_no_event_stream_may_not_be_slow() {
    let server = Server::start(|peer| {
        peer.head();
        peer.send("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n");
        trickle(peer);
    });
    let url = server.url("/");
    let context = context(&options().min_rate(1000));
    let call = with_watchdog(move || {
        let request = Request {
            accept: "text/event-stream, application/json",
            ..get(&url)
        };
        client().send(&request, &context)?.text(9999, &context)
    });
    assert_eq!(call.end().unwrap_err().limit(), Some(Limit::Rate));
}

#[test]
fn the_call_limit_ends_a_trickle_too() {
    let options = io_limits(|o| o);
    let server = Server::start(|peer| {
        peer.head();
        peer.send("HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n");
        trickle(peer);
    });
    let url = server.url("/");
    let call = with_watchdog(move || -> Result<String> {
        let context = Call::new().timeout(Duration::from_millis(300)).begin(
            None,
            Limit::Call,
            &options.io_limits,
            &options.log,
        );
        client().send(&get(&url), &context)?.text(99999, &context)
    });
    let error = call.end().unwrap_err();
    assert_eq!(error.limit(), Some(Limit::Call), "{error}");
    assert!(error.message().contains("0.3 s"), "{error}");
}

#[test]
fn a_handshake_without_a_response_ends_with_the_connect_timeout() {
    let server = Server::start(Peer::wait_for_end);
    let options = io_limits(|o| o.connect_timeout(Duration::from_millis(200)));
    let call = with_watchdog(move || Http::new(&options)?.send(&get(&server.https("/")), &context(&options)));
    let error = call.end().unwrap_err();
    assert_eq!(error.limit(), Some(Limit::Connect), "{error}");
    assert!(error.is_unsent());
}

#[test]
fn a_cancel_reaches_each_handshake() {
    for proxy in [None, Some("http"), Some("https"), Some("socks5"), Some("socks5h")] {
        let (reached, at) = channel();
        let server = Server::start(move |peer| {
            let mut first = [0];
            let _ = peer.stream.read(&mut first);
            reached.send(()).unwrap();
            peer.wait_for_end();
        });
        let options = match proxy {
            None => options(),
            Some(scheme) => options().proxy(format!("{scheme}://127.0.0.1:{}", server.port)),
        };
        let token = CancelToken::new();
        let context = cancellable(&token);
        let call = with_watchdog(move || Http::new(&options)?.send(&get(&server.https("/")), &context));
        at.recv_timeout(WATCHDOG).unwrap();
        token.cancel();
        let error = call.end().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Cancelled, "{proxy:?}: {error}");
        assert!(error.is_unsent());
    }
}
