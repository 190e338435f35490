//! Responses and their bodies: made once for each id, then cached.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};

/// The head of every event stream.
pub const STREAM: &str =
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
/// The end of a chunked body.
const END: &[u8] = b"0\r\n\r\n";

/// The status of a running job.
pub fn running(id: &str, progress: f64) -> String {
    format!(r#"{{"jobID":"{id}","status":"running","progress":{progress}}}"#)
}

/// An event with this data.
pub fn event(data: &str) -> String {
    format!("event: message\ndata: {data}\n\n")
}

/// The event that ends a stream, and the end of its body.
pub fn last_event(id: &str) -> Vec<u8> {
    let data = format!(r#"{{"jobID":"{id}","status":"completed","location":"/jobs/{id}"}}"#);
    let mut bytes = Vec::new();
    chunk(&mut bytes, &event(&data));
    bytes.extend_from_slice(END);
    bytes
}

/// Adds a chunk of a body.
pub fn chunk(to: &mut Vec<u8>, text: &str) {
    to.extend_from_slice(format!("{:x}\r\n{text}\r\n", text.len()).as_bytes());
}

/// Whole responses, with their heads.
#[derive(Default)]
pub struct Bodies(Mutex<HashMap<String, Arc<Vec<u8>>>>);

impl Bodies {
    fn cached(&self, name: &str, make: impl FnOnce() -> Vec<u8>) -> Arc<Vec<u8>> {
        let mut cache = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(body) = cache.get(name) {
            return body.clone();
        }
        let body = Arc::new(make());
        cache.insert(name.to_owned(), body.clone());
        body
    }

    /// The stream of `sse-N`, or of `sse-N-BYTES` with events of about so many bytes: N events, then the end.
    pub fn events(&self, id: &str) -> Arc<Vec<u8>> {
        self.cached(&format!("events of {id}"), || {
            let (count, size) = (number(id, 1).unwrap_or(0), number(id, 2).unwrap_or(0));
            let mut bytes = STREAM.as_bytes().to_vec();
            for n in 0..count {
                let mut data = running(id, (n * 10_000 / count) as f64 / 10_000.0);
                let missing = size.saturating_sub(event(&data).len());
                if missing > 12 {
                    data.pop();
                    let _ = write!(data, r#","note":"{}"}}"#, "n".repeat(missing - 10));
                }
                chunk(&mut bytes, &event(&data));
            }
            bytes.extend_from_slice(&last_event(id));
            bytes
        })
    }

    /// The result of `json-N` or `bin-N`: boxes as JSON, or bytes as they are.
    pub fn result(&self, id: &str) -> Arc<Vec<u8>> {
        self.cached(id, || {
            let size = number(id, 1).unwrap_or(100);
            if id.starts_with("json-") {
                return response("application/json", boxes(id, size).as_bytes());
            }
            let bytes: Vec<u8> = (0..size).map(|at| (at * 31 + at / 251) as u8).collect();
            response("application/octet-stream", &bytes)
        })
    }
}

/// Field `n` of an id such as `sse-1000-200`.
fn number(id: &str, n: usize) -> Option<usize> {
    id.split('-').nth(n)?.parse().ok()
}

fn response(media_type: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!("HTTP/1.1 200 OK\r\nContent-Type: {media_type}\r\nContent-Length: {length}\r\n\r\n");
    [head.as_bytes(), body].concat()
}

/// Boxes of personal data, as an extraction gives them, at least `size` bytes of them.
fn boxes(id: &str, size: usize) -> String {
    let mut text = format!(r#"{{"jobID":"{id}","status":"completed","result":{{"PIIBoxes":["#);
    for n in 0usize.. {
        let _ = write!(
            text,
            r#"{{"ID":"ccc05519-e71c-4226-bbff-{n:012x}","text":"Stra\u00dfe {n}\nRené \"R\" Doe","textPiece":"Ren\u00e9 {n}","pageIndex":{},"boundingBox":[{}.25,{}.5,100,20.125],"PIIType":"ADDRESS","confidence":0.{}}}"#,
            n / 40,
            n % 600,
            n % 800,
            n % 9000 + 1000,
        );
        if text.len() + 3 >= size {
            break;
        }
        text.push(',');
    }
    text + "]}}"
}
