//! What is sent again, and what never is.

use super::*;

fn persistent(url: &Url) -> Request<'_> {
    Request {
        attempts: Attempts::Retry,
        ..get(url)
    }
}

fn post(url: &Url) -> Request<'_> {
    Request {
        method: Method::Post,
        ..persistent(url)
    }
}

const BYTES: RequestBody<'static> = RequestBody::Bytes {
    content_type: "text/plain",
    bytes: b"hello",
};

/// Fails the first `times` requests with `status`, then responds 200; one request a connection.
fn failing(times: usize, status: u16, headers: &'static str) -> Server {
    let count = AtomicUsize::new(0);
    Server::start(move |peer| {
        while let Some(head) = peer.head() {
            if head.starts_with("POST") {
                peer.body(5);
            }
            if count.fetch_add(1, Ordering::SeqCst) < times {
                peer.send(format!(
                    "HTTP/1.1 {status} No\r\n{headers}Content-Length: 2\r\n\r\n{{}}"
                ));
            } else {
                peer.send(ok("done"));
            }
        }
    })
}

#[test]
fn transient_error_responses_are_retried_and_logged() {
    let lines = Arc::new(Mutex::new(Vec::new()));
    let sink = lines.clone();
    let options = options().log(move |level, line| sink.lock().unwrap().push((level, line.to_owned())));
    let server = failing(2, 503, "Retry-After: 0.6\r\n");
    let url = server.url("/status?secret");
    let http = Http::new(&options).unwrap();
    let response = http.send(&persistent(&url), &context(&options)).unwrap();
    assert_eq!(response.text(9, &default_context()).unwrap(), "done");
    assert_eq!(server.connections(), 1);
    let lines = lines.lock().unwrap();
    let count = |wanted| lines.iter().filter(|(level, _)| *level == wanted).count();
    assert_eq!(
        (count(LogLevel::Info), count(LogLevel::Debug)),
        (2, 3),
        "{lines:?}"
    );
    assert!(
        lines[1].1.ends_with("responded 503; attempt 2 of 4 in 600 ms"),
        "{lines:?}"
    );
    assert!(
        lines.iter().all(|(_, line)| !line.contains("secret")),
        "{lines:?}"
    );
}

#[test]
fn the_last_error_response_is_returned_with_its_body() {
    let server = failing(99, 429, "Retry-After: 0\r\n");
    let url = server.url("/");
    let response = client().send(&persistent(&url), &default_context()).unwrap();
    assert_eq!(response.status, 429);
    assert_eq!(response.text(9, &default_context()).unwrap(), "{}");
    assert_eq!(server.heads().len(), 4);

    let none = Http::new(&options().retries(0)).unwrap();
    assert_eq!(
        none.send(&persistent(&url), &default_context()).unwrap().status,
        429
    );
    assert_eq!(server.heads().len(), 5);
    client().send(&get(&url), &default_context()).unwrap();
    assert_eq!(server.heads().len(), 6);
}

#[test]
fn a_pause_beyond_the_call_limit_is_not_begun() {
    let server = failing(99, 503, "Retry-After: 25\r\n");
    let url = server.url("/");
    let begun = std::time::Instant::now();
    let response = client().send(&persistent(&url), &default_context()).unwrap();
    assert_eq!(response.status, 503);
    assert_eq!(response.retry_after(), Some(Duration::from_secs(25)));
    assert!(begun.elapsed() < WATCHDOG);
    assert_eq!(server.heads().len(), 1);
}

#[test]
fn a_cancel_ends_the_pause() {
    let server = failing(99, 503, "Retry-After: 25\r\n");
    let token = CancelToken::new();
    let (logged, at) = channel();
    let logged = Mutex::new(logged);
    let options = options().log(move |level, _| {
        if level == LogLevel::Info {
            logged.lock().unwrap().send(()).unwrap();
        }
    });
    let context = Call::new()
        .cancel(&token)
        .begin(None, Limit::Call, &options.io_limits, &options.log);
    let url = server.url("/");
    let call = with_watchdog(move || Http::new(&options)?.send(&persistent(&url), &context).map(drop));
    at.recv_timeout(WATCHDOG).unwrap();
    token.cancel();
    assert_eq!(call.end().unwrap_err().kind(), ErrorKind::Cancelled);
}

#[test]
fn a_get_is_retried_after_a_lost_connection_and_a_post_is_not() {
    let server = Server::start(|peer| {
        let head = peer.head().unwrap();
        if head.starts_with("POST") {
            peer.body(5);
        }
        if peer.number > 0 {
            peer.send(ok("done"));
        }
    });
    let url = server.url("/");
    let response = client().send(&persistent(&url), &default_context()).unwrap();
    assert_eq!(response.text(9, &default_context()).unwrap(), "done");

    let server = Server::start(|peer| {
        peer.head();
        peer.body(5);
    });
    let error = client()
        .send_body(&post(&server.url("/")), &mut { BYTES }, &default_context())
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionLost);
    assert!(!error.is_unsent());
    assert_eq!(server.connections(), 1);
}

#[test]
fn a_post_is_retried_after_429_and_503() {
    for (status, requests) in [(429, 2), (503, 2), (500, 1), (502, 1), (504, 1), (408, 1)] {
        let server = failing(1, status, "Retry-After: 0\r\n");
        let response = client()
            .send_body(&post(&server.url("/")), &mut { BYTES }, &default_context())
            .unwrap();
        assert_eq!(response.status, if requests == 2 { 200 } else { status });
        assert_eq!(server.heads().len(), requests, "{status}");
    }
}

#[test]
fn a_post_is_retried_where_it_was_not_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let url = Url::parse(&format!("http://127.0.0.1:{port}/")).unwrap();
    let tries = Arc::new(AtomicUsize::new(0));
    let seen = tries.clone();
    let options = options().log(move |level, _| {
        if level == LogLevel::Debug {
            seen.fetch_add(1, Ordering::SeqCst);
        }
    });
    let http = Http::new(&options.clone().retries(1)).unwrap();
    let error = http
        .send_body(&post(&url), &mut { BYTES }, &context(&options))
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect);
    assert!(error.is_unsent());
    assert_eq!(tries.load(Ordering::SeqCst), 2);
}

/// Responds to one request a connection and closes when the second one is there: the race of keep-alive.
fn closing_on_reuse() -> Server {
    Server::start(|peer| {
        peer.head();
        peer.send(ok("x"));
        peer.head();
    })
}

#[test]
fn a_stale_connection_costs_one_resend_even_without_retries() {
    let server = closing_on_reuse();
    let http = client();
    assert_eq!(fetch(&http, &server.url("/1")).unwrap(), "x");
    assert_eq!(fetch(&http, &server.url("/2")).unwrap(), "x");
    assert_eq!(server.heads().len(), 3);
    assert_eq!(server.connections(), 2);
}

#[test]
fn a_response_that_began_on_a_reused_connection_is_not_requested_again() {
    let server = Server::start(|peer| {
        peer.head();
        peer.send(ok("x"));
        peer.head();
        peer.send("HTTP/1.1 200 O");
    });
    let http = client();
    assert_eq!(fetch(&http, &server.url("/1")).unwrap(), "x");
    let error = fetch(&http, &server.url("/2")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionLost);
    assert!(!error.is_unsent());
    assert_eq!((server.heads().len(), server.connections()), (2, 1));
}

#[test]
fn the_resend_uses_no_other_connection_that_may_be_stale() {
    let server = closing_on_reuse();
    let http = client();
    let responses = [0, 1].map(|_| http.send(&get(&server.url("/")), &default_context()).unwrap());
    for response in responses {
        assert_eq!(response.text(9, &default_context()).unwrap(), "x");
    }
    assert_eq!(server.connections(), 2);
    assert_eq!(fetch(&http, &server.url("/3")).unwrap(), "x");
    assert_eq!((server.heads().len(), server.connections()), (4, 3));
}

#[test]
fn a_post_whose_pooled_connection_closes_under_it_is_not_sent_twice() {
    // Each connection serves one request and is closed when a second one is there.
    let server = closing_on_reuse();
    let http = client();
    fetch(&http, &server.url("/1")).unwrap();
    let sent = http.send_body(&post(&server.url("/2")), &mut { BYTES }, &default_context());
    let error = sent.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionLost);
    assert!(!error.is_unsent(), "{error}");
    assert_eq!(server.connections(), 1);
}

#[test]
fn a_post_that_was_idle_too_long_for_it_gets_a_new_connection() {
    let server = closing_on_reuse();
    let http = client();
    fetch(&http, &server.url("/1")).unwrap();
    std::thread::sleep(Duration::from_millis(1100));
    let response = http
        .send_body(&post(&server.url("/2")), &mut { BYTES }, &default_context())
        .unwrap();
    assert_eq!(response.text(9, &default_context()).unwrap(), "x");
    assert_eq!((server.heads().len(), server.connections()), (2, 2));
}

#[test]
fn a_connection_that_was_closed_meanwhile_is_not_reused() {
    let (closed, at) = channel();
    let server = Server::start(move |peer| {
        peer.head();
        peer.send(ok("x"));
        peer.stream = Box::new(std::io::Cursor::new(Vec::new()));
        closed.send(()).unwrap();
    });
    let http = client();
    for _ in 0..3 {
        fetch(&http, &server.url("/")).unwrap();
        at.recv_timeout(WATCHDOG).unwrap();
    }
    assert_eq!((server.heads().len(), server.connections()), (3, 3));
}

#[test]
fn a_redirected_post_is_not_retried_after_a_failed_hop() {
    let server = Server::start(|peer| {
        while let Some(head) = peer.head() {
            if head.starts_with("POST") {
                peer.body(5);
                peer.send("HTTP/1.1 303 See\r\nLocation: /made\r\nContent-Length: 0\r\n\r\n");
            } else {
                peer.send("HTTP/1.1 503 No\r\nRetry-After: 0\r\nContent-Length: 0\r\n\r\n");
            }
        }
    });
    let response = client()
        .send_body(&post(&server.url("/")), &mut { BYTES }, &default_context())
        .unwrap();
    assert_eq!(response.status, 503);
    assert_eq!(server.heads().len(), 2);
}
