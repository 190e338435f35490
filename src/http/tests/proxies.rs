//! Proxies: tunnels, SOCKS5, and their errors.

use super::*;
use std::net::Shutdown;

/// Copies between the client and the target until one of them is done.
fn relay(client: TcpStream, target: TcpStream) {
    let (mut from, mut to) = (client.try_clone().unwrap(), target.try_clone().unwrap());
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut from, &mut to);
        let _ = to.shutdown(Shutdown::Both);
    });
    let (mut from, mut to) = (target, client);
    let _ = std::io::copy(&mut from, &mut to);
    let _ = to.shutdown(Shutdown::Both);
}

/// A proxy whose `negotiate` names the target, or has rejected it.
fn proxy(negotiate: impl Fn(&mut Peer) -> Option<String> + Send + Sync + 'static) -> Server {
    let raw = Arc::new(Mutex::new(Vec::<TcpStream>::new()));
    let keep = raw.clone();
    let wrap = move |tcp: TcpStream| -> Option<Box<dyn Duplex>> {
        let mut raw = keep.lock().unwrap();
        raw.push(tcp.try_clone().unwrap());
        Some(Box::new(tcp))
    };
    Server::wrapped(wrap, move |peer| {
        if let Some(target) = negotiate(peer) {
            let client = raw.lock().unwrap()[peer.number].try_clone().unwrap();
            relay(client, TcpStream::connect(target).unwrap());
        }
    })
}

fn tunnel(login: Option<&'static str>) -> Server {
    proxy(move |peer| {
        let head = peer.head()?;
        let target = head.strip_prefix("CONNECT ")?.split(' ').next()?.to_owned();
        if login.is_some_and(|login| !head.contains(&format!("Proxy-Authorization: Basic {login}\r\n"))) {
            peer.send("HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n");
            return None;
        }
        peer.send("HTTP/1.1 200 Connection established\r\nX: y\r\n\r\n");
        Some(target)
    })
}

fn via(url: String) -> Http {
    Http::new(&options().proxy(url)).unwrap()
}

#[test]
fn http_and_https_targets_are_reached_through_a_tunnel() {
    let proxy = tunnel(None);
    let plain = Server::responding(ok("plain"));
    let authority = secure::Authority::new();
    let secret = secure::https(authority.issue("localhost", |_| {}), None, |peer| {
        while peer.head().is_some() {
            peer.send(ok("secret"));
        }
    });
    let options = options()
        .add_ca_pem(authority.pem())
        .proxy(format!("127.0.0.1:{}", proxy.port));
    let http = Http::new(&options).unwrap();
    for _ in 0..3 {
        assert_eq!(fetch(&http, &plain.url("/")).unwrap(), "plain");
        assert_eq!(fetch(&http, &secret.https("/")).unwrap(), "secret");
    }
    assert_eq!(proxy.connections(), 2);
    assert!(proxy.heads()[1].starts_with(&format!("CONNECT localhost:{} HTTP/1.1\r\n", secret.port)));
}

#[test]
fn a_proxy_is_reached_over_tls_and_the_target_through_it_too() {
    let authority = secure::Authority::new();
    let secret = secure::https(authority.issue("localhost", |_| {}), None, |peer| {
        while peer.head().is_some() {
            peer.send(ok(&"s".repeat(100_000)));
        }
    });
    // The proxy's own TLS ends in a front that passes everything on to a plain one.
    let behind = tunnel(None);
    let port = behind.port;
    let front = secure::https(authority.issue("localhost", |_| {}), None, move |peer| {
        let mut back = TcpStream::connect(("127.0.0.1", port)).unwrap();
        secure::shuttle(peer, &mut back);
    });
    let options = options()
        .add_ca_pem(authority.pem())
        .proxy(format!("https://localhost:{}", front.port));
    let http = Http::new(&options).unwrap();
    let text = with_watchdog(move || fetch(&http, &secret.https("/")))
        .end()
        .unwrap();
    assert_eq!(text.len(), 100_000);
}

#[test]
fn a_login_is_sent_and_a_wrong_one_is_told_without_showing_it() {
    let target = Server::responding(ok("x"));
    // user:p@ss
    let proxy = tunnel(Some("dXNlcjpwQHNz"));
    let port = proxy.port;
    let http = via(format!("http://user:p%40ss@127.0.0.1:{port}"));
    assert_eq!(fetch(&http, &target.url("/")).unwrap(), "x");
    assert!(!format!("{http:?}").contains("p@ss"));
    for proxy_url in [
        format!("http://user:wr0ng@127.0.0.1:{port}"),
        format!("http://127.0.0.1:{port}"),
    ] {
        let error = fetch(&via(proxy_url), &target.url("/")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ProxyAuth, "{error}");
        assert!(
            error.message().contains("407") && !error.message().contains("wr0ng"),
            "{error}"
        );
        assert!(error.is_unsent());
    }
}

#[test]
fn interim_responses_of_a_proxy_are_passed_over_however_they_arrive() {
    let target = Server::responding(ok("x"));
    for pieces in [
        &["HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"][..],
        &[
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 102 Wait\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
        ],
        &[
            "HTTP/1.1 100 Continue\r\n\r\n",
            "HTTP/1.1 200 OK\r\nVia: x\r\n\r\n",
        ],
        &["HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 2", "00 OK\r\n\r\n"],
        &[
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Wait\r\n\r",
            "\nHTTP/1.1 200 OK\r\n\r\n",
        ],
    ] {
        let proxy = proxy(move |peer| {
            let head = peer.head()?;
            for piece in pieces {
                peer.send(piece);
            }
            Some(head.strip_prefix("CONNECT ")?.split(' ').next()?.to_owned())
        });
        let http = via(format!("http://127.0.0.1:{}", proxy.port));
        assert_eq!(fetch(&http, &target.url("/")).unwrap(), "x", "{pieces:?}");
    }
    let refusing = Server::start(|peer| {
        peer.head();
        peer.send("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 407 Who\r\nContent-Length: 0\r\n\r\n");
    });
    let http = via(format!("http://127.0.0.1:{}", refusing.port));
    let error = fetch(&http, &target.url("/")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ProxyAuth, "{error}");
}

#[test]
fn a_rejected_tunnel_is_explained() {
    let proxy = Server::start(|peer| {
        peer.head();
        peer.send("HTTP/1.0 403 Forbidden\r\nContent-Length: 9\r\n\r\nForbidden");
    });
    let error = fetch(&via(format!("http://127.0.0.1:{}", proxy.port)), &proxy.url("/")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Proxy);
    assert!(error.message().contains("port 443 only"), "{error}");
    let free = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let error = fetch(&via(format!("http://127.0.0.1:{free}")), &proxy.url("/")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Proxy, "{error}");
}

fn socks(login: Option<(&'static str, &'static str)>, names: Arc<Mutex<Vec<u8>>>) -> Server {
    proxy(move |peer| {
        let [5, methods] = peer.body(2)[..] else { panic!() };
        let offered = peer.body(methods.into());
        match login {
            None => peer.send([5, 0]),
            Some(_) if !offered.contains(&2) => {
                peer.send([5, 255]);
                return None;
            }
            Some((user, password)) => {
                peer.send([5, 2]);
                let length = peer.body(2)[1];
                let given = peer.body(length.into());
                let length = peer.body(1)[0];
                let secret = peer.body(length.into());
                let right = given == user.as_bytes() && secret == password.as_bytes();
                peer.send([1, u8::from(!right)]);
                if !right {
                    return None;
                }
            }
        }
        let [5, 1, 0, kind] = peer.body(4)[..] else {
            panic!()
        };
        names.lock().unwrap().push(kind);
        let host = match kind {
            1 => peer
                .body(4)
                .iter()
                .map(u8::to_string)
                .collect::<Vec<_>>()
                .join("."),
            4 => "[::1]".to_owned() + &String::from_utf8(peer.body(16)).map(|_| String::new()).unwrap(),
            _ => {
                let length = peer.body(1)[0];
                String::from_utf8(peer.body(length.into())).unwrap()
            }
        };
        let port = u16::from_be_bytes(peer.body(2).try_into().unwrap());
        if port == 1 {
            peer.send([5, 5, 0, 1, 0, 0, 0, 0, 0, 0]);
            return None;
        }
        peer.send([5, 0, 0, 3, 1, b'x', 0, 0]);
        Some(format!("{host}:{port}"))
    })
}

#[test]
fn socks_works_with_and_without_a_password() {
    let target = Server::responding(ok("x"));
    let names = Arc::new(Mutex::new(Vec::new()));
    let open = socks(None, names.clone());
    let closed = socks(Some(("user", "p@ss")), names.clone());
    let url = Url::parse(&format!("http://localhost:{}/", target.port)).unwrap();
    for (proxy_url, kind) in [
        (format!("socks5h://127.0.0.1:{}", open.port), 3),
        (format!("socks5h://user:p%40ss@127.0.0.1:{}", closed.port), 3),
    ] {
        assert_eq!(fetch(&via(proxy_url), &url).unwrap(), "x");
        assert_eq!(names.lock().unwrap().pop(), Some(kind));
    }
    let local = via(format!("socks5://127.0.0.1:{}", open.port));
    assert_eq!(fetch(&local, &target.url("/")).unwrap(), "x");
    assert_eq!(names.lock().unwrap().pop(), Some(1));
    for login in ["", "user:wr0ng@"] {
        let error = fetch(&via(format!("socks5h://{login}127.0.0.1:{}", closed.port)), &url).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ProxyAuth, "{error}");
        assert!(!error.message().contains("wr0ng"));
    }
    let nowhere = Url::parse("http://127.0.0.1:1/").unwrap();
    let error = fetch(&local, &nowhere).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Proxy);
    assert!(error.message().contains("connection was refused"), "{error}");
}

#[test]
fn hosts_on_the_list_are_reached_directly() {
    let target = Server::responding(ok("direct"));
    let options = options()
        .proxy("http://user:secret@127.0.0.1:1")
        .no_proxy("10.0.0.0/8, 127.0.0.0/8");
    assert_eq!(
        fetch(&Http::new(&options).unwrap(), &target.url("/")).unwrap(),
        "direct"
    );
}
