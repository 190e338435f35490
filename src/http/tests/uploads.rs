//! Bodies that are sent.

use super::*;
use std::io::{self, Cursor};

struct Document {
    bytes: Cursor<Vec<u8>>,
    rewinds: bool,
    read: Arc<AtomicUsize>,
}

impl Read for Document {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.bytes.read(buffer)?;
        self.read.fetch_add(n, Ordering::SeqCst);
        Ok(n)
    }
}

impl BodySource for Document {
    fn rewind(&mut self) -> io::Result<bool> {
        self.bytes.set_position(0);
        Ok(self.rewinds)
    }

    fn can_rewind(&self) -> bool {
        self.rewinds
    }
}

fn document(length: usize) -> Document {
    Document {
        bytes: Cursor::new((0..length).map(|i| i as u8).collect()),
        rewinds: true,
        read: Arc::default(),
    }
}

fn put(
    http: &Http,
    url: &Url,
    document: &mut Document,
    length: u64,
    context: &CallContext,
) -> Result<Response> {
    let request = Request {
        method: Method::Put,
        attempts: Attempts::Retry,
        ..get(url)
    };
    let mut body = RequestBody::Reader {
        content_type: "application/pdf",
        length,
        source: document,
    };
    http.send_body(&request, &mut body, context)
}

#[test]
fn a_document_is_sent_whole_and_again_after_a_503() {
    const LENGTH: usize = 1_000_000;
    let server = Server::start(|peer| {
        while let Some(head) = peer.head() {
            assert!(head.contains(&format!("content-length: {LENGTH}\r\n")), "{head}");
            assert!(!head.contains("transfer-encoding"), "{head}");
            let whole = peer.body(LENGTH) == document(LENGTH).bytes.into_inner();
            if peer.heads.lock().unwrap().len() == 1 {
                peer.send("HTTP/1.1 503 No\r\nRetry-After: 0\r\nContent-Length: 0\r\n\r\n");
            } else {
                peer.send(ok(&whole.to_string()));
            }
        }
    });
    let response = put(
        &client(),
        &server.url("/"),
        &mut document(LENGTH),
        LENGTH as u64,
        &default_context(),
    )
    .unwrap();
    assert_eq!(response.text(9, &default_context()).unwrap(), "true");
    assert_eq!((server.heads().len(), server.connections()), (2, 1));

    let mut once = Document {
        rewinds: false,
        ..document(LENGTH)
    };
    let server = Server::start(|peer| {
        peer.head();
        peer.body(LENGTH);
        peer.send("HTTP/1.1 503 No\r\nRetry-After: 0\r\nContent-Length: 0\r\n\r\n");
    });
    let response = put(
        &client(),
        &server.url("/"),
        &mut once,
        LENGTH as u64,
        &default_context(),
    )
    .unwrap();
    assert_eq!((response.status, server.heads().len()), (503, 1));
}

#[test]
fn a_document_that_can_be_read_once_takes_no_pooled_connection() {
    let server = Server::start(|peer| {
        let Some(head) = peer.head() else { return };
        if head.starts_with("PUT") {
            peer.body(5);
        }
        peer.send(ok("x"));
        // The race of keep-alive: closed when the next request is there.
        peer.head();
    });
    let http = client();
    fetch(&http, &server.url("/1")).unwrap();
    let mut once = Document {
        rewinds: false,
        ..document(5)
    };
    let response = put(&http, &server.url("/2"), &mut once, 5, &default_context()).unwrap();
    assert_eq!((response.status, server.connections()), (200, 2));
}

#[test]
fn a_document_that_shrank_is_an_error_at_once() {
    let server = Server::start(|peer| {
        peer.head();
        peer.wait_for_end();
    });
    let url = server.url("/");
    let call =
        with_watchdog(move || put(&client(), &url, &mut document(1000), 2000, &default_context()).map(drop));
    let error = call.end().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::File, "{error}");
    assert!(error.message().contains("1000 of 2000"), "{error}");
}

const HUGE: usize = 16 << 20;

#[test]
fn a_post_that_did_not_leave_whole_on_a_stale_connection_is_sent_again() {
    let server = Server::start(|peer| {
        let Some(head) = peer.head() else { return };
        if head.starts_with("POST") {
            peer.body(HUGE);
        }
        peer.send(ok("x"));
        // The race of keep-alive: closed when the next request is there, of which the head alone was read.
        if peer.number == 0 {
            peer.head();
        } else {
            peer.wait_for_end();
        }
    });
    let http = client();
    fetch(&http, &server.url("/1")).unwrap();
    let url = server.url("/2");
    let request = Request {
        method: Method::Post,
        ..get(&url)
    };
    let mut source = document(HUGE);
    let mut body = RequestBody::Reader {
        content_type: "application/pdf",
        length: HUGE as u64,
        source: &mut source,
    };
    let response = http.send_body(&request, &mut body, &default_context()).unwrap();
    assert_eq!(response.text(9, &default_context()).unwrap(), "x");
    assert_eq!(server.connections(), 2);
}

#[test]
fn a_small_document_leaves_with_its_head_in_one_send() {
    let server = Server::start(|peer| {
        let mut buffer = [0; 4096];
        let n = peer.stream.read(&mut buffer).unwrap();
        let whole = buffer[..n].ends_with(&document(1000).bytes.into_inner());
        peer.send(ok(&whole.to_string()));
    });
    let response = put(
        &client(),
        &server.url("/"),
        &mut document(1000),
        1000,
        &default_context(),
    )
    .unwrap();
    assert_eq!(response.text(9, &default_context()).unwrap(), "true");
}

/// Rejects an upload at its head; responds to requests on another connection.
fn respond_413(peer: &mut Peer) {
    peer.head();
    if peer.number == 0 {
        peer.send("HTTP/1.1 413 Too big\r\nContent-Length: 3\r\n\r\nbig");
    } else {
        peer.send(ok("x"));
    }
}

/// The error response is reported although it came before the end of the upload.
fn reported_early(server: Server, url: Url, http: Http) {
    let mut document = document(HUGE);
    let read = document.read.clone();
    let call = with_watchdog(move || -> Result<(u16, String)> {
        let response = put(&http, &url, &mut document, HUGE as u64, &default_context())?;
        let error_response = (response.status, response.text(9, &default_context())?);
        // The server waits for the rest of the document: its connection serves no other request.
        fetch(&http, &url)?;
        Ok(error_response)
    });
    assert_eq!(call.end().unwrap(), (413, "big".to_owned()));
    assert!(
        read.load(Ordering::SeqCst) < HUGE,
        "the whole document was read for nothing"
    );
    assert_eq!(server.connections(), 2);
}

#[test]
fn an_early_error_response_is_reported_when_the_server_stops_reading() {
    let (_keep, wait) = channel::<()>();
    let wait = Mutex::new(wait);
    let server = Server::start(move |peer| {
        respond_413(peer);
        let _ = wait.lock().unwrap().recv();
    });
    let url = server.url("/");
    reported_early(server, url, client());
}

#[test]
fn an_early_error_response_is_reported_when_the_server_closes() {
    let server = Server::start(respond_413);
    let url = server.url("/");
    reported_early(server, url, client());
}

#[test]
fn an_early_error_response_is_reported_over_tls() {
    let authority = secure::Authority::new();
    let (_keep, wait) = channel::<()>();
    let wait = Mutex::new(wait);
    let server = secure::https(authority.issue("localhost", |_| {}), None, move |peer| {
        respond_413(peer);
        let _ = wait.lock().unwrap().recv();
    });
    let http = Http::new(&options().add_ca_pem(authority.pem())).unwrap();
    let url = server.https("/");
    reported_early(server, url, http);
}

#[test]
fn a_cancel_ends_an_upload_that_nobody_reads() {
    let (reached, at) = channel();
    let (_keep, wait) = channel::<()>();
    let wait = Mutex::new(wait);
    let server = Server::start(move |peer| {
        peer.head();
        reached.send(()).unwrap();
        let _ = wait.lock().unwrap().recv();
    });
    let token = CancelToken::new();
    let context = cancellable(&token);
    let url = server.url("/");
    let call =
        with_watchdog(move || put(&client(), &url, &mut document(HUGE), HUGE as u64, &context).map(drop));
    at.recv_timeout(WATCHDOG).unwrap();
    token.cancel();
    assert_eq!(call.end().unwrap_err().kind(), ErrorKind::Cancelled);
}

#[test]
fn an_upload_below_the_minimum_rate_is_aborted() {
    let server = Server::start(move |peer| {
        peer.head();
        // A byte now and then, so that the connection is never idle.
        let mut byte = [0];
        while matches!(peer.stream.read(&mut byte), Ok(1)) {
            std::thread::sleep(Duration::from_millis(20));
        }
    });
    let url = server.url("/");
    // What the system takes at once into its buffers is fast; then it is the peer's turn.
    let context = context(&options().min_rate(HUGE as u64));
    let call =
        with_watchdog(move || put(&client(), &url, &mut document(HUGE), HUGE as u64, &context).map(drop));
    assert_eq!(call.end().unwrap_err().limit(), Some(Limit::Rate));
}
