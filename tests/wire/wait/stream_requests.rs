//! What befalls the request for the stream ends no wait: the poll decides.

use std::time::Duration;

use nitro_jobs::{Call, Client, ErrorKind, JobState};

use crate::common::raw::{Raw, json, response};
use crate::common::{Canned, event_stream, json_response, with_watchdog};

const COMPLETED: &str = r#"{"jobID":"j","status":"completed","result":"x"}"#;

#[test]
fn an_error_response_to_the_stream_request_leads_to_polling() {
    with_watchdog(|| {
        for status in [
            400, 402, 404, 405, 406, 407, 408, 409, 411, 415, 422, 426, 429, 431, 451, 499, 500, 501, 505,
        ] {
            let server = Canned::start(move |_, head| match head.contains("event-stream") {
                true => json_response(&format!("{status} No"), r#"{"title":"Accept: not allowed"}"#),
                false => json_response("200 OK", COMPLETED),
            });
            let end = server.job().wait(|_| true, &Call::new());
            assert_eq!(end.unwrap().state(), &JobState::Completed, "{status}");
            assert_eq!(server.heads().len(), 2, "{status}");
        }
        for (status, kind) in [
            (401, ErrorKind::Unauthorized),
            (403, ErrorKind::Forbidden),
            (410, ErrorKind::Gone),
        ] {
            let server = Canned::start(move |_, _| json_response(&format!("{status} No"), "{}"));
            let error = server.job().wait(|_| true, &Call::new()).unwrap_err();
            assert_eq!(error.kind(), kind);
            assert_eq!(server.heads().len(), 1, "{status}");
        }
    });
}

#[test]
fn an_error_response_to_the_stream_request_is_not_repeated_for_a_running_job() {
    with_watchdog(|| {
        let polls = std::sync::atomic::AtomicUsize::new(0);
        let server = Canned::start(move |_, head| {
            if head.contains("event-stream") {
                return json_response("422 Unprocessable", "{}");
            }
            match polls.fetch_add(1, std::sync::atomic::Ordering::SeqCst) {
                0..4 => json_response("200 OK", r#"{"status":"running"}"#),
                _ => json_response("200 OK", COMPLETED),
            }
        });
        server.job().wait(|_| true, &Call::new()).unwrap();
        let streams = server
            .heads()
            .iter()
            .filter(|head| head.contains("event-stream"))
            .count();
        assert_eq!(streams, 1);
    });
}

#[test]
fn any_last_event_id_is_sent_or_left_out() {
    with_watchdog(|| {
        let long = "x".repeat(1 << 20);
        for (id, sent) in [
            ("7", Some("7")),
            ("é-7", Some("é-7")),
            ("€ 字", Some("€ 字")),
            ("a\tb", Some("a\tb")),
            ("a\u{1}b", None),
            ("a\u{7f}b", None),
            (long.as_str(), None),
        ] {
            let events = format!("id: {id}\ndata: {{\"status\":\"running\",\"progress\":0.5}}\n\n");
            let first = std::sync::atomic::AtomicBool::new(true);
            let server = Raw::responding(move |request| {
                if !request.wants_stream() {
                    return json(r#"{"status":"running","progress":0.5}"#);
                }
                match first.swap(false, std::sync::atomic::Ordering::SeqCst) {
                    true => event_stream(&events),
                    false => event_stream(&format!("data: {COMPLETED}\n\n")),
                }
            });
            let options = nitro_jobs::ClientOptions::new()
                .base_url(&server.base_url)
                .poll_interval(Duration::from_millis(5), Duration::from_millis(20));
            let job = Client::new(options).unwrap().job("j").unwrap();
            let end = job.wait(|_| true, &Call::new());
            assert_eq!(end.unwrap().state(), &JobState::Completed, "{:.20}", id);
            let heads = server.heads();
            assert_eq!(heads.len(), 3, "{id:.20}");
            let line = heads[2].lines().find_map(|line| {
                line.to_ascii_lowercase()
                    .strip_prefix("last-event-id: ")
                    .map(str::to_owned)
            });
            assert_eq!(line.as_deref(), sent, "{:.20}", id);
        }
    });
}

#[test]
fn a_stream_that_cannot_be_read_leads_to_polling() {
    with_watchdog(|| {
        for head in [
            "Content-Encoding: gzip\r\n",
            "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
            "Location: http://[\r\n",
        ] {
            let server = Raw::responding(move |request| match request.wants_stream() {
                true => format!("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n{head}\r\n\u{1f}")
                    .into_bytes(),
                false => response(200, "application/json", COMPLETED),
            });
            let options = nitro_jobs::ClientOptions::new()
                .base_url(&server.base_url)
                .poll_interval(Duration::from_millis(5), Duration::from_millis(20));
            let job = Client::new(options).unwrap().job("j").unwrap();
            let end = job.wait(|_| true, &Call::new());
            assert_eq!(end.unwrap().state(), &JobState::Completed, "{head}");
        }
    });
}
