//! Which connections serve another request, and how heads and bodies are separated on them.

use super::*;

/// Responds to the first request on each connection with `first` and to all others with "again"; reports when a client disconnected.
fn once_then_again(first: impl Into<Vec<u8>>) -> (Server, Receiver<usize>) {
    let (first, (gone, left)) = (first.into(), channel());
    let server = Server::start(move |peer| {
        if peer.head().is_some() {
            peer.send(&first);
            while peer.head().is_some() {
                peer.send(ok("again"));
            }
        }
        let _ = gone.send(peer.number);
    });
    (server, left)
}

#[test]
fn connections_are_reused_unless_the_response_forbids_it() {
    let chunks = "Transfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n0\r\n";
    for (reused, response) in [
        (
            true,
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfirst".to_owned(),
        ),
        (
            true,
            "HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 5\r\n\r\nfirst".to_owned(),
        ),
        (true, format!("HTTP/1.1 200 OK\r\n{chunks}\r\n")),
        (
            false,
            "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nfirst".to_owned(),
        ),
        (
            false,
            "HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nfirst".to_owned(),
        ),
        (true, format!("HTTP/1.1 200 OK\r\n{chunks}Trailer: x\r\n\r\n")),
        (
            false,
            format!("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n{chunks}\r\n"),
        ),
        // What was not requested must not be the response to the next request.
        (false, ok("first") + &ok("smuggled")),
        (
            false,
            format!("HTTP/1.1 200 OK\r\n{chunks}\r\n{}", ok("smuggled")),
        ),
    ] {
        let (server, left) = once_then_again(response.clone());
        let (http, url) = (client(), server.url("/"));
        assert_eq!(fetch(&http, &url).unwrap(), "first", "{response}");
        if !reused {
            assert_eq!(left.recv_timeout(WATCHDOG), Ok(0), "{response}");
        }
        let next = fetch(&http, &url).unwrap();
        assert_eq!(next, if reused { "again" } else { "first" }, "{response}");
        assert_eq!(server.connections(), if reused { 1 } else { 2 }, "{response}");
    }
}

#[test]
fn bytes_between_two_requests_are_no_response() {
    let (request_smuggled, requested) = channel();
    let (sent, at) = channel();
    let requested = Mutex::new(requested);
    let server = Server::start(move |peer| {
        peer.head();
        peer.send(ok("first"));
        let _ = requested.lock().unwrap().recv_timeout(WATCHDOG);
        peer.send(ok("smuggled"));
        sent.send(()).unwrap();
        peer.wait_for_end();
    });
    let (http, url) = (client(), server.url("/"));
    for _ in 0..2 {
        assert_eq!(fetch(&http, &url).unwrap(), "first");
        request_smuggled.send(()).unwrap();
        at.recv_timeout(WATCHDOG).unwrap();
    }
    assert_eq!(server.connections(), 2);
}

#[test]
fn time_to_first_byte_does_not_count_as_slowness() {
    let options = options().min_rate(1000);
    let server = Server::start(|peer| {
        while peer.head().is_some() {
            // Longer than the window of the rate: what came before does not count.
            std::thread::sleep(Duration::from_millis(1200));
            peer.send(ok("x"));
        }
    });
    let http = Http::new(&options).unwrap();
    for _ in 0..2 {
        let response = http.send(&get(&server.url("/")), &context(&options)).unwrap();
        assert_eq!(response.text(5, &context(&options)).unwrap(), "x");
    }
    assert_eq!(server.connections(), 1);
}

#[test]
fn a_url_without_a_path_requests_the_root() {
    let server = Server::responding(ok("x"));
    for (tail, line) in [("", "GET / HTTP/1.1"), ("?a=b", "GET /?a=b HTTP/1.1")] {
        fetch(&client(), &server.url(tail)).unwrap();
        assert_eq!(server.heads().last().unwrap().lines().next(), Some(line));
    }
}

#[test]
fn a_body_that_is_not_read_costs_its_connection() {
    let (server, left) = once_then_again(ok("first"));
    let (http, url) = (client(), server.url("/"));
    let mut response = http.send(&get(&url), &default_context()).unwrap();
    assert_eq!(response.body.read(&mut [0; 3], &default_context()).unwrap(), 3);
    drop(response);
    assert_eq!(left.recv_timeout(WATCHDOG), Ok(0));
    assert_eq!(fetch(&http, &url).unwrap(), "first");
}

#[test]
fn an_empty_body_has_ended_with_its_head() {
    for head in [
        "204 No Content",
        "304 Not Modified\r\nContent-Length: 9",
        "200 OK\r\nContent-Length: 0",
    ] {
        let (server, _left) = once_then_again(format!("HTTP/1.1 {head}\r\n\r\n"));
        let (http, url) = (client(), server.url("/"));
        drop(http.send(&get(&url), &default_context()).unwrap());
        assert_eq!(fetch(&http, &url).unwrap(), "again", "{head}");
    }
}

#[test]
fn the_connection_of_a_submission_serves_what_follows() {
    for first in [ok("first"), "HTTP/1.1 204 X\r\n\r\n".to_owned()] {
        let (server, _left) = once_then_again(first);
        let (http, url) = (client(), server.url("/"));
        let request = Request {
            method: Method::Post,
            ..get(&url)
        };
        http.send(&request, &default_context())
            .unwrap()
            .text(5, &default_context())
            .unwrap();
        assert_eq!(fetch(&http, &url).unwrap(), "again");
        assert_eq!(server.connections(), 1);
    }
}

#[test]
fn a_response_may_be_split_anywhere() {
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhe\r\no\r\n0\r\n\r\n";
    let early = "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n".to_owned() + &ok("he\r\no");
    let cases: Vec<_> = [chunked.to_owned(), early]
        .into_iter()
        .flat_map(|response| (1..response.len()).map(move |at| (response.clone(), at)))
        .collect();
    let count = cases.len();
    let server = Server::start(move |peer| {
        for (response, at) in &cases {
            if peer.head().is_none() {
                return;
            }
            peer.send(&response[..*at]);
            // Nothing reports when the first piece was looked at.
            std::thread::sleep(Duration::from_millis(2));
            peer.send(&response[*at..]);
        }
    });
    let (http, url) = (client(), server.url("/"));
    for case in 0..count {
        assert_eq!(fetch(&http, &url).unwrap(), "he\r\no", "{case}");
    }
}

#[test]
fn interim_responses_with_fields_and_folded_lines_are_accepted_for_every_method() {
    for head in [
        "HTTP/1.1 100 Continue\r\nX-Proxy: a\r\n\r\nHTTP/1.1 200 OK\r\n",
        "HTTP/1.1 100 Continue\r\nX-Proxy: a\r\n b\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\n",
        "HTTP/1.1 200 OK\r\nVia: 1.1 a,\r\n\t1.1 b\r\n",
    ] {
        let server = Server::responding(format!("{head}Content-Length: 1\r\n\r\nx"));
        let (http, url) = (client(), server.url("/"));
        for method in [Method::Get, Method::Post, Method::Put] {
            let request = Request { method, ..get(&url) };
            let mut body = match method {
                Method::Get => RequestBody::Empty,
                _ => RequestBody::Bytes {
                    content_type: "text/plain",
                    bytes: b"",
                },
            };
            let response = http.send_body(&request, &mut body, &default_context()).unwrap();
            if let Some(via) = response.header("via") {
                assert_eq!(
                    via.split_ascii_whitespace().collect::<Vec<_>>(),
                    ["1.1", "a,", "1.1", "b"]
                );
            }
            assert_eq!(
                response.text(5, &default_context()).unwrap(),
                "x",
                "{head} {method:?}"
            );
        }
        assert_eq!(server.connections(), 1);
    }
}

#[test]
fn endless_interim_responses_are_rejected() {
    let server = Server::start(|peer| {
        peer.head();
        let mut sent = 0;
        while sent < 1 << 20 {
            let head = "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n".repeat(100);
            peer.send(&head);
            sent += head.len();
        }
        peer.wait_for_end();
    });
    let error = fetch(&client(), &server.url("/")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Protocol, "{error}");
}

#[test]
fn the_oldest_of_too_many_idle_connections_is_closed() {
    let (server, left) = once_then_again(ok("first"));
    let (http, url) = (client(), server.url("/"));
    let mut responses: Vec<_> = (0..crate::net::IDLE + 1)
        .map(|_| http.send(&get(&url), &default_context()).unwrap())
        .collect();
    assert_eq!(server.connections(), crate::net::IDLE + 1);
    for response in responses.drain(..crate::net::IDLE) {
        response.text(5, &default_context()).unwrap();
    }
    assert!(left.try_recv().is_err());
    responses.remove(0).text(5, &default_context()).unwrap();
    assert_eq!(left.recv_timeout(WATCHDOG), Ok(0));
    assert_eq!(fetch(&http, &url).unwrap(), "again");
}

#[test]
fn hosts_and_schemes_share_no_connection() {
    let (server, _left) = once_then_again(ok("first"));
    let http = client();
    let other = Url::parse(&format!("http://localhost:{}/", server.port)).unwrap();
    for (url, expected) in [
        (server.url("/"), "first"),
        (other.clone(), "first"),
        (server.url("/b"), "again"),
        (other, "again"),
    ] {
        assert_eq!(fetch(&http, &url).unwrap(), expected);
    }
    assert_eq!(server.connections(), 2);
}
