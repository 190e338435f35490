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
fn a_short_answer_is_kept_in_little_memory() {
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
    for answer in [ok("hello"), chunked.to_owned()] {
        let server = Server::answering(answer);
        let text = fetch(&client(), &server.url("/")).unwrap();
        assert_eq!(text, "hello");
        assert!(text.capacity() < 64, "{} bytes for five", text.capacity());
    }
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
        let context = cancellable(&token);
        let call = watched(move || {
            let mut answer = client().send(&get(&url), &context)?;
            let mut buffer = [0; 10];
            while answer.body.read(&mut buffer, &context)? > 0 {}
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
    let io_limits = options().io_limits;
    let short = || {
        Call::new()
            .timeout(Duration::from_millis(20))
            .begin(None, Limit::Call, &io_limits, &options().log)
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

#[test]
fn a_body_cut_short_is_never_whole() {
    for (path, answer) in [
        ("/length", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"),
        (
            "/chunk",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc",
        ),
        (
            "/last",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
        ),
    ] {
        let server = Server::start(move |peer| {
            peer.head();
            peer.say(answer);
        });
        let error = fetch(&client(), &server.url(path)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Truncated, "{path}: {error}");
    }
}

#[test]
fn a_body_says_how_it_ends() {
    for (head, framing) in [
        ("Content-Length: 3\r\n\r\nabc", Framing::Length(3)),
        ("Content-Length: 0\r\n\r\n", Framing::Length(0)),
        (
            "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
            Framing::Chunked,
        ),
        ("\r\nabc", Framing::UntilClose),
    ] {
        let answer = format!("HTTP/1.1 200 OK\r\n{head}");
        let server = Server::start(move |peer| {
            peer.head();
            peer.say(&answer);
        });
        let answer = client().send(&get(&server.url("/")), &calm()).unwrap();
        assert_eq!(answer.body.framing(), framing, "{head:?}");
        let expected = if framing == Framing::Length(0) { "" } else { "abc" };
        assert_eq!(answer.text(10, &calm()).unwrap(), expected, "{head:?}");
    }
}

#[test]
fn a_text_is_bounded_and_utf_8() {
    let server = Server::answering(ok("0123456789"));
    let http = client();
    let text = |limit| {
        http.send(&get(&server.url("/")), &calm())
            .unwrap()
            .text(limit, &calm())
    };
    assert_eq!(text(10).unwrap(), "0123456789");
    assert_eq!(text(9).unwrap_err().kind(), ErrorKind::TooLarge);
    assert_eq!(text(0).unwrap_err().kind(), ErrorKind::TooLarge);
    let huge = Server::start(|peer| {
        peer.head();
        peer.say("HTTP/1.1 200 OK\r\nContent-Length: 999999999999999\r\n\r\nabc");
    });
    let error = fetch(&client(), &huge.url("/")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Truncated);
    let long = "x".repeat(3_000_000);
    let server = Server::answering(ok(&long));
    assert_eq!(fetch(&client(), &server.url("/")).unwrap(), long);
    let binary = Server::start(|peer| {
        peer.head();
        peer.say(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\na\xff");
    });
    assert_eq!(
        fetch(&client(), &binary.url("/")).unwrap_err().kind(),
        ErrorKind::Protocol
    );
}

#[test]
fn what_is_no_http_is_an_error_of_its_own() {
    let big = format!("HTTP/1.1 200 OK\r\nX: {}\r\n\r\n", "y".repeat(70_000));
    let zipped = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx";
    for answer in [
        "SSH-2.0-x\r\n\r\n",
        "HTTP/1.1 999999\r\n\r\n",
        big.as_str(),
        zipped,
    ] {
        let answer = answer.to_owned();
        let server = Server::start(move |peer| {
            peer.head();
            peer.say(&answer);
            peer.wait_for_end();
        });
        let error = fetch(&client(), &server.url("/")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Protocol, "{error}");
    }
    let silent = Server::start(|peer| drop(peer.head()));
    let error = fetch(&client(), &silent.url("/")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionLost);
    assert!(!error.is_unsent());
}

#[test]
fn nobody_listening_and_no_such_name_are_told_apart() {
    let free = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    for (address, kind) in [
        (format!("http://127.0.0.1:{free}/"), ErrorKind::Connect),
        ("http://no.such.name.invalid/".to_owned(), ErrorKind::Dns),
    ] {
        let error = fetch(&client(), &Url::parse(&address).unwrap()).unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert!(error.is_unsent(), "{error}");
    }
}

#[test]
fn a_refusal_keeps_what_the_service_said_but_no_token() {
    let body = r#"{"title":"no","detail":"Bearer T0KEN is bad"}"#;
    let server = Server::answering(format!(
        "HTTP/1.1 429 Slow\r\nRetry-After: 1.5\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    ));
    let url = server.url("/");
    let http = Http::new(&options().base_url(url.as_str())).unwrap();
    let request = Request {
        bearer: Some("T0KEN"),
        reference_id: Some("ref-1"),
        ..get(&url)
    };
    let error = http.send(&request, &calm()).unwrap().into_error(&calm());
    assert_eq!(error.kind(), ErrorKind::RateLimited);
    assert_eq!(error.http_status(), Some(429));
    assert_eq!(error.retry_after(), Some(Duration::from_millis(1500)));
    assert_eq!(error.reference_id(), Some("ref-1"));
    assert_eq!(error.problem().unwrap().body, body.replace("T0KEN", "***"));
}

#[test]
fn a_request_says_who_asks() {
    let server = Server::answering(ok("x"));
    let url = server.url("/a?b=c");
    let http = Http::new(&options().base_url(url.as_str()).user_agent("app/1")).unwrap();
    let request = Request {
        bearer: Some("T0KEN"),
        reference_id: Some("ref-1"),
        headers: &[("prefer", "respond-async")],
        ..get(&url)
    };
    http.send(&request, &calm()).unwrap().text(9, &calm()).unwrap();
    let head = server.heads()[0].to_ascii_lowercase();
    for line in [
        "get /a?b=c http/1.1",
        "accept: application/json",
        "accept-encoding: identity",
        "authorization: bearer t0ken",
        "user-agent: app/1",
        concat!("x-nitro-client: nitro-jobs/", env!("CARGO_PKG_VERSION")),
        "x-analytics-session-id: ref-1",
        "prefer: respond-async",
        &format!("host: 127.0.0.1:{}", server.port),
    ] {
        assert!(head.lines().any(|l| l == line), "{line} in {head}");
    }
    assert_eq!(head.lines().filter(|l| !l.is_empty()).count(), 9, "{head}");
}

#[test]
fn tokens_and_agents_that_could_split_a_request_are_refused() {
    for bad in ["a\r\nx: y", "a b", "", "a\u{7f}", "é"] {
        let error = Http::new(&options().token(bad)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument);
        assert!(error.message().starts_with("the token cannot be used:"));
    }
    assert!(Http::new(&options().user_agent("a\r\nb")).is_err());
    assert!(Http::new(&options().trust_origin("nonsense")).is_err());
}

#[test]
fn what_is_shared_can_be_shared() {
    fn sent<T: Send>() {}
    fn shared<T: Send + Sync>() {}
    shared::<Http>();
    sent::<Response>();
    sent::<Body>();
}

#[test]
fn a_post_without_a_body_says_so() {
    let server = Server::answering(ok("x"));
    let url = server.url("/");
    let request = Request {
        method: Method::Post,
        ..get(&url)
    };
    client().send(&request, &calm()).unwrap();
    assert!(
        server.heads()[0]
            .to_ascii_lowercase()
            .contains("content-length: 0\r\n")
    );
}

#[test]
fn chunks_that_are_cut_anywhere_are_truncated() {
    let body = "5\r\nhello\r\nb;x=1\r\nhello again\r\n0\r\n\r\n";
    // The last chunk is what ends a body; the empty line after it adds nothing.
    let needed = body.len() - "\r\n".len();
    for at in 0..needed {
        let answer = format!(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{}",
            &body[..at]
        );
        let server = Server::start(move |peer| {
            peer.head();
            peer.say(&answer);
        });
        match fetch(&client(), &server.url("/")) {
            Err(error) => assert_eq!(error.kind(), ErrorKind::Truncated, "cut at {at}: {error}"),
            Ok(text) => panic!("cut at {at} and yet whole: {text}"),
        }
    }
}
