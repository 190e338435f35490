//! Redirects: where the token goes and where it never does.

use super::*;

fn moved(status: u16, location: &str) -> String {
    format!("HTTP/1.1 {status} Moved\r\nLocation: {location}\r\nContent-Length: 4\r\n\r\nmove")
}

fn with_token(url: &Url) -> Request<'_> {
    Request {
        bearer: Some("T0KEN"),
        reference_id: Some("ref-1"),
        ..get(url)
    }
}

fn has_credentials(head: &str) -> (bool, bool) {
    let head = head.to_ascii_lowercase();
    (
        head.contains("authorization"),
        head.contains("x-analytics-session-id"),
    )
}

#[test]
fn the_token_follows_to_trusted_origins_only() {
    for trusted in [false, true] {
        let other = Server::responding(ok("there"));
        let target = other.url("/there");
        let home = Server::responding(moved(302, target.as_str()));
        let mut options = options().base_url(home.url("/").as_str());
        if trusted {
            options = options.trust_origin(target.as_str());
        }
        let http = Http::new(&options).unwrap();
        let response = http
            .send(&with_token(&home.url("/")), &default_context())
            .unwrap();
        assert_eq!(response.url, target);
        assert_eq!(response.text(9, &default_context()).unwrap(), "there");
        assert_eq!(has_credentials(&home.heads()[0]), (true, true));
        assert_eq!(has_credentials(&other.heads()[0]), (trusted, trusted));
    }
}

#[test]
fn the_token_is_not_sent_to_another_origin_in_the_first_place() {
    let other = Server::responding(ok("x"));
    let http = client();
    http.send(&with_token(&other.url("/")), &default_context())
        .unwrap();
    assert_eq!(has_credentials(&other.heads()[0]), (false, false));
}

#[test]
fn a_relative_hop_keeps_the_connection() {
    let server = Server::start(|peer| {
        while let Some(head) = peer.head() {
            if head.starts_with("GET /a/b ") {
                peer.send(moved(301, "../c?d=e"));
            } else {
                peer.send(ok("here"));
            }
        }
    });
    let http = client();
    assert_eq!(fetch(&http, &server.url("/a/b")).unwrap(), "here");
    assert!(server.heads()[1].starts_with("GET /c?d=e "));
    assert_eq!(server.connections(), 1);
}

#[test]
fn a_redirect_can_be_reported_as_the_response() {
    let server = Server::responding(moved(302, "/result"));
    let url = server.url("/status");
    let request = Request {
        redirects: Redirects::Report,
        ..get(&url)
    };
    let response = client().send(&request, &default_context()).unwrap();
    assert_eq!(
        (response.status, response.header("location")),
        (302, Some("/result"))
    );
    assert_eq!(response.text(9, &default_context()).unwrap(), "move");
}

#[test]
fn endless_and_downgrading_redirects_are_rejected() {
    let server = Server::responding(moved(307, "/again?secret"));
    let error = fetch(&client(), &server.url("/")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Redirect);
    assert_eq!(server.heads().len(), 11);
    assert!(!error.message().contains("secret"));

    let authority = secure::Authority::new();
    let certificate = authority.issue("localhost", |_| {});
    let server = secure::https(certificate, None, |peer| {
        peer.head();
        peer.send(moved(302, "http://localhost:1/"));
    });
    let http = Http::new(&options().add_ca_pem(authority.pem())).unwrap();
    let error = fetch(&http, &server.https("/")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Redirect);
    assert!(error.message().contains("from https to http"), "{error}");
}

#[test]
fn a_redirect_keeps_the_body_where_the_status_requires_it() {
    for (status, method, length) in [
        (307, "POST", 5),
        (308, "POST", 5),
        (303, "GET", 0),
        (302, "GET", 0),
    ] {
        let server = Server::start(move |peer| {
            while let Some(head) = peer.head() {
                if head.starts_with("POST /first ") {
                    assert_eq!(peer.body(5), b"hello");
                    peer.send(moved(status, "/then"));
                } else {
                    assert_eq!(peer.body(length), &b"hello"[..length]);
                    peer.send(ok("done"));
                }
            }
        });
        let url = server.url("/first");
        let request = Request {
            method: Method::Post,
            ..get(&url)
        };
        let mut body = RequestBody::Bytes {
            content_type: "text/plain",
            bytes: b"hello",
        };
        let response = client()
            .send_body(&request, &mut body, &default_context())
            .unwrap();
        assert_eq!(response.text(9, &default_context()).unwrap(), "done");
        let then = &server.heads()[1];
        assert!(then.starts_with(&format!("{method} /then ")), "{status}: {then}");
        assert_eq!(
            then.contains("content-type: text/plain"),
            length > 0,
            "{status}: {then}"
        );
    }
}
