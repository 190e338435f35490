//! Requests, answers and connections over plain HTTP.

use super::*;

#[test]
fn a_hundred_requests_use_one_connection() {
    let server = Server::answering(ok("hello"));
    let http = client();
    for _ in 0..100 {
        assert_eq!(fetch(&http, &server.url("/a")).unwrap(), "hello");
    }
    assert_eq!(server.connections(), 1);
    assert_eq!(server.heads().len(), 100);
}

#[test]
fn a_late_trigger_does_not_harm_a_pooled_connection() {
    let server = Server::answering(ok("x"));
    let http = client();
    for _ in 0..20 {
        let token = CancelToken::new();
        let answer = http.send(&get(&server.url("/")), &cancellable(&token)).unwrap();
        assert_eq!(answer.text(10, &cancellable(&token)).unwrap(), "x");
        token.cancel();
    }
    assert_eq!(server.connections(), 1);
}

#[test]
fn a_cancel_reaches_the_wait_for_the_head_and_the_body() {
    let (reached, at) = channel();
    let server = Server::start(move |peer| {
        let head = peer.head().unwrap();
        if head.contains("/body") {
            peer.say("HTTP/1.1 200 OK\r\n\r\nabc");
        }
        reached.send(()).unwrap();
        peer.wait_for_end();
    });
    for path in ["/head", "/body"] {
        let (token, url) = (CancelToken::new(), server.url(path));
        let scope = cancellable(&token);
        let call = watched(move || {
            let mut answer = client().send(&get(&url), &scope)?;
            let mut buffer = [0; 10];
            while answer.body.read(&mut buffer, &scope)? > 0 {}
            Ok(())
        });
        at.recv_timeout(WATCHDOG).unwrap();
        token.cancel();
        let error: Error = call.end().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Cancelled, "{path}: {error}");
    }
}

#[test]
fn a_triggered_token_makes_no_connection() {
    let server = Server::answering(ok("x"));
    let token = CancelToken::new();
    token.cancel();
    let error = client()
        .send(&get(&server.url("/")), &cancellable(&token))
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Cancelled);
    assert_eq!(server.connections(), 0);
}

#[test]
fn a_read_after_a_time_limit_loses_nothing() {
    let (next, wait) = channel::<()>();
    let wait = Mutex::new(wait);
    let server = Server::start(move |peer| {
        peer.head();
        // A chunk's head, its bytes and its end come in pieces.
        for piece in [
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
            "5",
            "\r\nhe",
            "llo\r",
            "\n0\r\n\r\n",
        ] {
            peer.say(piece);
            wait.lock().unwrap().recv().unwrap();
        }
    });
    let http = client();
    let mut answer = {
        let head = watched({
            let url = server.url("/");
            move || http.send(&get(&url), &calm())
        });
        head.end().unwrap()
    };
    let pace = options().pace;
    let short = || {
        Call::new()
            .timeout(Duration::from_millis(20))
            .begin(None, Limit::Call, &pace, &options().log)
    };
    let (mut body, mut buffer) = (Vec::new(), [0; 16]);
    loop {
        match answer.body.read(&mut buffer, &short()) {
            Ok(0) => break,
            Ok(n) => body.extend_from_slice(&buffer[..n]),
            Err(error) => {
                assert_eq!(error.limit(), Some(Limit::Call), "{error}");
                let _ = next.send(());
            }
        }
    }
    assert_eq!(body, b"hello");
}
