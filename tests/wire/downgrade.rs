//! No URL that an https service names leads to http: nothing is sent in the clear, and the error says why.
#![allow(clippy::unwrap_used)]

use crate::common::pki::Authority;
use crate::common::raw::{Raw, json, response};
use crate::common::{event_stream, with_watchdog};
use nitro_jobs::{
    Call, Client, ClientOptions, Download, Endpoint, Error, ErrorKind, Input, Job, JobState, Submission,
};

/// A service over TLS, and a plain one that must never be connected to.
struct Pair {
    secure: Raw,
    plain: Raw,
    client: Client,
}

impl Pair {
    /// The service responds with what `respond` makes of the path and of the plain URL.
    fn start(respond: impl Fn(&str, &str) -> Vec<u8> + Send + Sync + 'static) -> Self {
        let plain = Raw::responding(|_| json(r#"{"status":"completed","result":"in the clear"}"#));
        let base = plain.base_url.replace("127.0.0.1", "localhost");
        let authority = Authority::new("The company");
        let pair = authority.issue("localhost");
        let secure = Raw::responding_over_tls(&pair, move |request| respond(&request.path, &base));
        let options = ClientOptions::new()
            .base_url(&secure.base_url)
            .token("downgrade-token-5d1e")
            .add_ca_pem(authority.pem())
            .only_added_ca(true)
            .retries(0);
        Self {
            client: Client::new(options).unwrap(),
            secure,
            plain,
        }
    }

    fn job(&self) -> Job {
        self.client.job("j").unwrap()
    }

    #[track_caller]
    fn refused(&self, error: Error, kind: ErrorKind) {
        assert_eq!(error.kind(), kind, "{error}");
        assert!(error.message().contains("from https to http"), "{error}");
        self.unused();
    }

    #[track_caller]
    fn unused(&self) {
        assert_eq!(self.plain.connections(), 0, "sent in the clear");
        assert!(self.secure.connections() > 0, "nothing was sent");
    }
}

fn redirect(status: u16, to: &str) -> Vec<u8> {
    format!("HTTP/1.1 {status} To\r\nLocation: {to}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        .into_bytes()
}

#[test]
fn no_redirect_of_a_status_or_a_result_leads_to_http() {
    with_watchdog(|| {
        for status in [301, 302, 303, 307, 308] {
            let pair = Pair::start(move |path, plain| redirect(status, &format!("{plain}{path}/moved")));
            let job = pair.job();
            let ticket = job.to_json();
            pair.refused(job.status(&Call::new()).unwrap_err(), ErrorKind::Redirect);
            pair.refused(job.result(&Call::new()).unwrap_err(), ErrorKind::Redirect);
            assert_eq!(job.to_json(), ticket);
        }
    });
}

#[test]
fn a_stream_that_moved_to_http_is_polled_instead() {
    with_watchdog(|| {
        let first = std::sync::atomic::AtomicBool::new(true);
        let pair =
            Pair::start(
                move |path, plain| match first.swap(false, std::sync::atomic::Ordering::SeqCst) {
                    true => redirect(307, &format!("{plain}{path}")),
                    false => json(r#"{"status":"completed","result":"x"}"#),
                },
            );
        let end = pair.job().wait(|_| true, &Call::new()).unwrap();
        assert_eq!(end.state(), &JobState::Completed);
        pair.unused();
    });
}

#[test]
fn a_location_in_an_event_or_a_status_does_not_lead_to_http() {
    with_watchdog(|| {
        let pair = Pair::start(|path, plain| match path {
            "/jobs/j" => json(r#"{"status":"completed","result":"encrypted"}"#),
            _ => event_stream(&format!(
                "data: {{\"status\":\"completed\",\"location\":\"{plain}/jobs/j\"}}\n\n"
            )),
        });
        let job = pair.job();
        job.wait(|_| true, &Call::new()).unwrap();
        assert!(job.result(&Call::new()).unwrap().json().contains("encrypted"));
        pair.unused();

        let pair = Pair::start(|_, plain| {
            event_stream(&format!(
                "data: {{\"status\":\"failed\",\"location\":\"{plain}/why\"}}\n\n"
            ))
        });
        let error = pair.job().wait(|_| true, &Call::new()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::JobFailed);
        pair.unused();
    });
}

#[test]
fn no_file_is_fetched_over_http() {
    with_watchdog(|| {
        let pair = Pair::start(|_, plain| {
            json(format!(
                r#"{{"status":"completed","result":{{"file":{{"URL":"{plain}/f.pdf"}}}}}}"#
            ))
        });
        let folder = tempfile::tempdir().unwrap();
        let download = Download::to_folder(folder.path());
        let error = pair
            .job()
            .download(&download, |_| true, &Call::new())
            .unwrap_err();
        pair.refused(error, ErrorKind::Protocol);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    });
}

fn submission() -> Submission<'static> {
    Submission::new(Endpoint::Conversions, "convert").file(Input::bytes("a.txt", b"text".to_vec()))
}

#[test]
fn a_submitted_job_is_not_followed_over_http() {
    with_watchdog(|| {
        let pair = Pair::start(|_, plain| {
            let location = format!("Location: {plain}/jobs/j/status");
            format!("HTTP/1.1 202 Accepted\r\n{location}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                .into_bytes()
        });
        let error = pair
            .client
            .submit(&submission(), |_, _| true, &Call::new())
            .unwrap_err();
        assert!(error.is_uncertain(), "{error}");
        pair.refused(error, ErrorKind::Protocol);
    });
}

#[test]
fn no_document_is_uploaded_over_http() {
    with_watchdog(|| {
        for (upload, download) in [("http", "https"), ("https", "http")] {
            let pair = Pair::start(move |path, plain| {
                if !path.starts_with("/presigned") {
                    return response(500, "text/plain", "not expected");
                }
                let host = plain.trim_start_matches("http");
                json(format!(
                    r#"{{"urls":[{{"uploadURL":"{upload}{host}/u","downloadURL":"{download}{host}/d"}}]}}"#
                ))
            });
            let submission = submission().via_presigned_upload(true);
            let error = pair
                .client
                .submit(&submission, |_, _| true, &Call::new())
                .unwrap_err();
            pair.refused(error, ErrorKind::Protocol);
        }
    });
}

#[test]
fn a_ticket_does_not_lead_to_http() {
    let client = Client::new(ClientOptions::new().base_url("https://api.example")).unwrap();
    for field in ["statusURL", "resultURL"] {
        let ticket = format!(r#"{{"jobID":"j","{field}":"http://api.example/jobs/j"}}"#);
        let error = client.job_from_json(&ticket).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument);
        assert!(error.message().contains("from https to http"), "{error}");
    }
    // Nothing is lost where nothing was encrypted.
    let client = Client::new(ClientOptions::new().base_url("http://localhost:1")).unwrap();
    client
        .job_from_json(r#"{"jobID":"j","statusURL":"http://localhost:2/s"}"#)
        .unwrap();
}
