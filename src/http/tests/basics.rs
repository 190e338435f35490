//! Requests, responses and connections over plain HTTP.

use super::*;

#[test]
fn an_address_with_a_zone_is_connected_to() {
    let Ok(listener) = TcpListener::bind("[::1]:0") else {
        println!("skipped: no IPv6");
        return;
    };
    let port = listener.local_addr().unwrap().port();
    let server = std::thread::spawn(move || {
        let mut socket = listener.accept().unwrap().0;
        let (mut head, mut byte) = (String::new(), [0]);
        while !head.ends_with("\r\n\r\n") && socket.read(&mut byte).unwrap() == 1 {
            head.push(char::from(byte[0]));
        }
        socket.write_all(ok("x").as_bytes()).unwrap();
        head
    });
    let url = Url::parse(&format!("http://[::1%251]:{port}/")).unwrap();
    let http = Http::new(&options()).unwrap();
    assert_eq!(fetch(&http, &url).unwrap(), "x");
    let head = server.join().unwrap();
    assert!(
        head.to_ascii_lowercase()
            .contains(&format!("host: [::1]:{port}\r\n")),
        "{head}"
    );
}

#[test]
fn a_hundred_requests_use_one_connection() {
    let server = Server::responding(ok("hello"));
    let http = client();
    for _ in 0..100 {
        assert_eq!(fetch(&http, &server.url("/a")).unwrap(), "hello");
    }
    assert_eq!(server.connections(), 1);
    assert_eq!(server.heads().len(), 100);
}

#[test]
fn a_short_response_occupies_little_memory() {
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
    for response in [ok("hello"), chunked.to_owned()] {
        let server = Server::responding(response);
        let text = fetch(&client(), &server.url("/")).unwrap();
        assert_eq!(text, "hello");
        assert!(text.capacity() < 64, "{} bytes for five", text.capacity());
    }
}

#[test]
fn a_late_trigger_does_not_harm_a_pooled_connection() {
    let server = Server::responding(ok("x"));
    let http = client();
    for _ in 0..20 {
        let token = CancelToken::new();
        let response = http.send(&get(&server.url("/")), &cancellable(&token)).unwrap();
        assert_eq!(response.text(10, &cancellable(&token)).unwrap(), "x");
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
            peer.send("HTTP/1.1 200 OK\r\n\r\nabc");
        }
        reached.send(()).unwrap();
        peer.wait_for_end();
    });
    for path in ["/head", "/body"] {
        let (token, url) = (CancelToken::new(), server.url(path));
        let context = cancellable(&token);
        let call = with_watchdog(move || {
            let mut response = client().send(&get(&url), &context)?;
            let mut buffer = [0; 10];
            while response.body.read(&mut buffer, &context)? > 0 {}
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
    let server = Server::responding(ok("x"));
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
            peer.send(piece);
            wait.lock().unwrap().recv().unwrap();
        }
    });
    let http = client();
    let mut response = {
        let head = with_watchdog({
            let url = server.url("/");
            move || http.send(&get(&url), &default_context())
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
        match response.body.read(&mut buffer, &short()) {
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
    for (path, response) in [
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
            peer.send(response);
        });
        let error = fetch(&client(), &server.url(path)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Truncated, "{path}: {error}");
    }
}

#[test]
fn the_framing_of_a_body_is_reported() {
    for (head, framing) in [
        ("Content-Length: 3\r\n\r\nabc", Framing::Length(3)),
        ("Content-Length: 0\r\n\r\n", Framing::Length(0)),
        (
            "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
            Framing::Chunked,
        ),
        ("\r\nabc", Framing::UntilClose),
    ] {
        let response = format!("HTTP/1.1 200 OK\r\n{head}");
        let server = Server::start(move |peer| {
            peer.head();
            peer.send(&response);
        });
        let response = client().send(&get(&server.url("/")), &default_context()).unwrap();
        assert_eq!(response.body.framing(), framing, "{head:?}");
        let expected = if framing == Framing::Length(0) { "" } else { "abc" };
        assert_eq!(
            response.text(10, &default_context()).unwrap(),
            expected,
            "{head:?}"
        );
    }
}

#[test]
fn a_text_is_bounded_and_utf_8() {
    let server = Server::responding(ok("0123456789"));
    let http = client();
    let text = |limit| {
        http.send(&get(&server.url("/")), &default_context())
            .unwrap()
            .text(limit, &default_context())
    };
    assert_eq!(text(10).unwrap(), "0123456789");
    assert_eq!(text(9).unwrap_err().kind(), ErrorKind::TooLarge);
    assert_eq!(text(0).unwrap_err().kind(), ErrorKind::TooLarge);
    let huge = Server::start(|peer| {
        peer.head();
        peer.send("HTTP/1.1 200 OK\r\nContent-Length: 999999999999999\r\n\r\nabc");
    });
    let error = fetch(&client(), &huge.url("/")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Truncated);
    let long = "x".repeat(3_000_000);
    let server = Server::responding(ok(&long));
    assert_eq!(fetch(&client(), &server.url("/")).unwrap(), long);
    let binary = Server::start(|peer| {
        peer.head();
        peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\na\xff");
    });
    assert_eq!(
        fetch(&client(), &binary.url("/")).unwrap_err().kind(),
        ErrorKind::Protocol
    );
}

#[test]
fn malformed_responses_are_protocol_errors() {
    let big = format!("HTTP/1.1 200 OK\r\nX: {}\r\n\r\n", "y".repeat(70_000));
    let zipped = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx";
    for response in [
        "SSH-2.0-x\r\n\r\n",
        "HTTP/1.1 999999\r\n\r\n",
        big.as_str(),
        zipped,
    ] {
        let response = response.to_owned();
        let server = Server::start(move |peer| {
            peer.head();
            peer.send(&response);
            peer.wait_for_end();
        });
        let error = fetch(&client(), &server.url("/")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Protocol, "{error}");
    }
    let closing = Server::start(|peer| drop(peer.head()));
    let error = fetch(&client(), &closing.url("/")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionLost);
    assert!(!error.is_unsent());
}

#[test]
fn only_a_compression_is_an_unexpected_content_encoding() {
    let fetched = |field: &str| {
        let response = format!("HTTP/1.1 200 OK\r\n{field}\r\nContent-Length: 2\r\n\r\nab");
        let server = Server::start(move |peer| {
            peer.head();
            peer.send(&response);
        });
        fetch(&client(), &server.url("/"))
    };
    // What storage services return as it was set when the file was stored.
    for field in [
        "Content-Encoding: aws-chunked",
        "Content-Encoding: utf-8",
        "Content-Encoding: UTF-8, identity",
        "Content-Encoding: aws-chunked,,binary",
        "Content-Encoding: ",
        "Content-Encoding: ,",
        "Content-Encoding: Identity",
        "Content-Encoding: gzipped-not",
        "Content-Encoding: gr\u{fc}n",
    ] {
        assert_eq!(fetched(field).unwrap(), "ab", "{field}");
    }
    for coding in [
        "gzip",
        "GZip",
        "x-gzip",
        "deflate",
        "br",
        "zstd",
        "compress",
        "x-compress",
        "dcb",
        "dcz",
    ] {
        for field in [
            format!("Content-Encoding: {coding}"),
            format!("Content-Encoding: aws-chunked, {coding}"),
            format!("Content-Encoding: {coding} ,identity"),
            format!("Content-Encoding: identity\r\nContent-Encoding: {coding}"),
        ] {
            let error = fetched(&field).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Protocol, "{field}: {error}");
            assert!(error.message().contains(&coding.to_lowercase()), "{error}");
        }
    }
}

#[test]
fn connection_refused_and_unknown_host_are_distinguished() {
    let free = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    for (url, kind) in [
        (format!("http://127.0.0.1:{free}/"), ErrorKind::Connect),
        ("http://no.such.name.invalid/".to_owned(), ErrorKind::Dns),
    ] {
        let error = fetch(&client(), &Url::parse(&url).unwrap()).unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert!(error.is_unsent(), "{error}");
    }
}

#[test]
fn an_error_response_keeps_its_body() {
    let body = r#"{"title":"no","detail":"later"}"#;
    let server = Server::responding(format!(
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
    let error = http
        .send(&request, &default_context())
        .unwrap()
        .into_error(&default_context());
    assert_eq!(error.kind(), ErrorKind::RateLimited);
    assert_eq!(error.http_status(), Some(429));
    assert_eq!(error.retry_after(), Some(Duration::from_millis(1500)));
    assert_eq!(error.problem().unwrap().body, body);
}

#[test]
fn a_request_carries_its_header_fields() {
    let server = Server::responding(ok("x"));
    let url = server.url("/a?b=c");
    let http = Http::new(&options().base_url(url.as_str()).user_agent("app/1")).unwrap();
    let request = Request {
        bearer: Some("T0KEN"),
        reference_id: Some("ref-1"),
        headers: &[("prefer", "respond-async")],
        ..get(&url)
    };
    http.send(&request, &default_context())
        .unwrap()
        .text(9, &default_context())
        .unwrap();
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
fn tokens_and_user_agents_that_could_split_a_request_are_rejected() {
    for bad in ["a\r\nx: y", "a b", "", "a\u{7f}", "é"] {
        let error = Http::new(&options().token(bad)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument);
        assert!(error.message().starts_with("the token cannot be used:"));
    }
    assert!(Http::new(&options().user_agent("a\r\nb")).is_err());
    assert!(Http::new(&options().trust_origin("nonsense")).is_err());
}

#[test]
fn the_client_is_send_and_sync() {
    fn sent<T: Send>() {}
    fn shared<T: Send + Sync>() {}
    shared::<Http>();
    sent::<Response>();
    sent::<Body>();
}

#[test]
fn a_post_without_a_body_has_content_length_0() {
    let server = Server::responding(ok("x"));
    let url = server.url("/");
    let request = Request {
        method: Method::Post,
        ..get(&url)
    };
    client().send(&request, &default_context()).unwrap();
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
        let response = format!(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{}",
            &body[..at]
        );
        let server = Server::start(move |peer| {
            peer.head();
            peer.send(&response);
        });
        match fetch(&client(), &server.url("/")) {
            Err(error) => assert_eq!(error.kind(), ErrorKind::Truncated, "cut at {at}: {error}"),
            Ok(text) => panic!("cut at {at} and yet whole: {text}"),
        }
    }
}
