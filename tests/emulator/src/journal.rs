//! The received requests, in order of arrival.

use crate::hub::Hub;
use crate::listen::Peer;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use futures_util::StreamExt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

/// One request as received.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// The HTTP method.
    pub method: String,
    /// The path, as sent.
    pub path: String,
    /// The query, without `?`; empty if there is none.
    pub query: String,
    /// The headers in order of arrival, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The connection that carried it, counting from 1.
    pub connection: u64,
    /// Its number on that connection, counting from 1.
    pub index: u64,
    /// How many bytes of body have been read so far.
    pub body_length: u64,
    /// When its headers were complete.
    pub arrival: Instant,
}

impl Recorded {
    /// The first header of this name (any case).
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}

/// One part of a submission as received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The field's name.
    pub name: String,
    /// The file name; empty if there is none.
    pub file_name: String,
    /// The content type; empty if there is none.
    pub content_type: String,
    /// The length of its content in bytes.
    pub length: u64,
    /// Its content, if it is a field or contains the URL of a document.
    pub text: String,
}

#[derive(Debug)]
pub(crate) struct Entry {
    recorded: Recorded,
    body: Arc<AtomicU64>,
}

impl Entry {
    pub(crate) fn snapshot(&self) -> Recorded {
        Recorded {
            body_length: self.body.load(Ordering::Relaxed),
            ..self.recorded.clone()
        }
    }
}

/// Records every request before any other handler.
pub(crate) async fn record(
    State(hub): State<Arc<Hub>>,
    ConnectInfo(Peer(conn)): ConnectInfo<Peer>,
    request: Request,
    next: Next,
) -> Response {
    let index = conn.next_request();
    let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
    let headers = request.headers().iter();
    let recorded = Recorded {
        method: request.method().to_string(),
        path: request.uri().path().to_owned(),
        query: request.uri().query().unwrap_or_default().to_owned(),
        headers: headers
            .map(|(name, value)| (name.to_string(), text(value.as_bytes())))
            .collect(),
        connection: conn.id,
        index,
        body_length: 0,
        arrival: Instant::now(),
    };
    let body = Arc::new(AtomicU64::new(0));
    if !recorded.path.starts_with("/_emulator") {
        hub.note(Entry {
            recorded,
            body: body.clone(),
        });
    }
    let request = request.map(|inner| {
        Body::from_stream(inner.into_data_stream().inspect(move |chunk| {
            if let Ok(chunk) = chunk {
                body.fetch_add(chunk.len() as u64, Ordering::Relaxed);
            }
        }))
    });
    next.run(request).await
}
