//! Truncated responses are retried; responses about another job are rejected.

use crate::common;

use common::{Canned, event_stream, json_response, with_watchdog};
use nitro_jobs::{Call, Client, Download, Endpoint, ErrorKind, Input, JobState, Submission};

const MINE: &str = "4e9c5e68-0000-4000-8000-000000000001";
const OTHER: &str = "4e9c5e68-0000-4000-8000-000000000002";

fn about(id: &str, rest: &str) -> String {
    format!("{{\"jobID\":\"{id}\",{rest}}}")
}

fn completed(id: &str) -> String {
    about(id, r#""status":"completed","result":"the text""#)
}

#[test]
fn a_response_about_another_job_is_rejected() {
    with_watchdog(|| {
        for rest in [
            r#""status":"completed","result":"somebody's text""#,
            r#""status":"completed","result":{"file":{"URL":"http://127.0.0.1:9/f"}}"#,
            r#""status":"failed","error":{"type":"A","title":"B"}"#,
            r#""status":"canceled""#,
            r#""status":"running","progress":0.5"#,
        ] {
            let server = Canned::json(&about(OTHER, rest));
            let job = server.job_of(MINE);
            let (call, mut bytes) = (Call::new(), Vec::new());
            let folder = tempfile::tempdir().unwrap();
            for error in [
                job.status(&call).unwrap_err(),
                job.result(&call).unwrap_err(),
                job.result_bytes(&mut bytes, &call).unwrap_err(),
                job.download(&Download::to_folder(folder.path()), |_| true, &call)
                    .unwrap_err(),
            ] {
                assert_eq!(error.kind(), ErrorKind::Protocol, "{rest}: {error}");
                assert!(error.message().contains("another job"), "{error}");
            }
            assert!(bytes.is_empty());
        }
    });
}

#[test]
fn job_ids_are_compared_without_case() {
    with_watchdog(|| {
        let server = Canned::json(&completed(&MINE.to_uppercase()));
        let job = server.job_of(MINE);
        assert_eq!(job.status(&Call::new()).unwrap().state(), &JobState::Completed);
        assert_eq!(
            job.result(&Call::new()).unwrap().text().as_deref(),
            Some("the text")
        );
    });
}

#[test]
fn an_event_about_another_job_does_not_end_the_wait() {
    with_watchdog(|| {
        let server = Canned::start(|index, head| match index {
            _ if head.contains("event-stream") => event_stream(&format!(
                "data: {}\n\n",
                about(OTHER, r#""status":"failed","error":{"type":"A","title":"B"}"#)
            )),
            // A poll about another job is tolerated like any malformed response.
            1 => json_response("200 OK", &completed(OTHER)),
            _ => json_response("200 OK", &completed(MINE)),
        });
        let status = server.job_of(MINE).wait(|_| true, &Call::new()).unwrap();
        assert_eq!(status.job_id(), Some(MINE));
    });
}

/// A server whose first responses are truncated in their bodies, after this status line and these headers.
fn breaking(times: usize, head: &'static str) -> Canned {
    Canned::start(move |index, _| {
        match index {
        _ if index < times => format!(
            "HTTP/1.1 {head}\r\nContent-Type: application/json\r\nContent-Length: 500\r\nConnection: close\r\n\r\n{{\"jobID\""
        )
        .into_bytes(),
        _ => json_response("200 OK", &completed(MINE)),
    }
    })
}

#[test]
fn a_truncated_response_is_retried() {
    with_watchdog(|| {
        for head in ["200 OK", "302 Found\r\nLocation: /jobs/x"] {
            let server = breaking(2, head);
            let options = server.options().retries(2);
            let job = Client::new(options).unwrap().job(MINE).unwrap();
            let status = job.status(&Call::new()).unwrap();
            assert_eq!(status.result_json(), Some("\"the text\""), "{head}");
            assert_eq!(server.heads().len(), 3);

            let server = breaking(1, head);
            let error = server.job_of(MINE).status(&Call::new()).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Truncated, "without repetitions: {error}");
        }
        let server = breaking(2, "200 OK");
        let job = Client::new(server.options().retries(2))
            .unwrap()
            .job(MINE)
            .unwrap();
        assert_eq!(
            job.result(&Call::new()).unwrap().text().as_deref(),
            Some("the text")
        );
    });
}

/// A server of a job whose one file is at `url`, below its own origin; `file` responds to the n-th request for it.
fn with_file(url: &'static str, file: impl Fn(usize) -> Vec<u8> + Send + 'static) -> Canned {
    let requests = std::sync::atomic::AtomicUsize::new(0);
    Canned::start(move |_, head| {
        if head.starts_with("GET /jobs/") {
            let host = head.lines().find_map(|line| line.strip_prefix("host: "));
            let url = format!("http://{}{url}", host.expect("a host")).replace('"', "\\\"");
            return json_response(
                "200 OK",
                &format!(r#"{{"status":"completed","result":{{"file":{{"URL":"{url}"}}}}}}"#),
            );
        }
        file(requests.fetch_add(1, std::sync::atomic::Ordering::SeqCst))
    })
}

fn bytes(parts: &[&[u8]]) -> Vec<u8> {
    parts.concat()
}

fn file_with(header: &[u8]) -> Vec<u8> {
    bytes(&[
        b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 4\r\n",
        header,
        b"\r\n\r\nabcd",
    ])
}

#[test]
fn file_names_beyond_ascii_are_kept() {
    with_watchdog(|| {
        let headers: [&'static [u8]; 4] = [
            "Content-Disposition: attachment; filename=\"Größe.pdf\"; filename*=UTF-8''Gr%C3%B6%C3%9Fe.pdf"
                .as_bytes(),
            "Content-Disposition: attachment; filename=\"Größe.pdf\"".as_bytes(),
            b"Content-Disposition: attachment; filename=\"Gr\xF6\xDFe.pdf\"",
            b"Content-Disposition: attachment; filename=\"Gr\xF6\xDFe.pdf\"; filename*=UTF-8''Gr%C3%B6%C3%9Fe.pdf",
        ];
        for header in headers {
            let server = with_file("/f", move |_| file_with(header));
            let folder = tempfile::tempdir().unwrap();
            let to = Download::to_folder(folder.path());
            server.job_of(MINE).download(&to, |_| true, &Call::new()).unwrap();
            let header = header.escape_ascii();
            assert!(folder.path().join("Größe.pdf").is_file(), "{header}");
        }
    });
}

#[test]
fn a_media_type_with_bytes_beyond_ascii_is_known() {
    with_watchdog(|| {
        let server = Canned::start(|_, _| file_with(b"Content-Type: text/plain; name=\"Gr\xF6\xDFe\""));
        let mut written = Vec::new();
        let job = server.job_of(MINE);
        let received = job.result_bytes(&mut written, &Call::new()).unwrap();
        assert_eq!(
            received.content_type.as_deref(),
            Some("text/plain; name=\"Größe\"")
        );
    });
}

#[test]
fn a_location_with_bytes_beyond_ascii_is_followed() {
    with_watchdog(|| {
        let locations: [(&'static [u8], &str); 3] = [
            ("/Größe?[1]".as_bytes(), "GET /Gr%C3%B6%C3%9Fe?[1] "),
            (b"/Gr\xF6\xDFe", "GET /Gr%F6%DFe "),
            (b" /a|b%{ ", "GET /a|b%%7B "),
        ];
        for (location, requested) in locations {
            let server = Canned::start(move |index, _| match index {
                0 => bytes(&[
                    b"HTTP/1.1 307 X\r\nConnection: close\r\nContent-Length: 0\r\nLocation: ",
                    location,
                    b"\r\n\r\n",
                ]),
                _ => json_response("200 OK", &completed(MINE)),
            });
            server.job_of(MINE).result(&Call::new()).unwrap();
            let heads = server.heads();
            assert!(heads[1].starts_with(requested), "{}", heads[1]);
        }
    });
}

#[test]
fn urls_of_files_are_requested_as_browsers_request_them() {
    with_watchdog(|| {
        for (url, requested) in [
            ("/a[1].pdf?sig=x[2]", "GET /a[1].pdf?sig=x[2] "),
            ("/100%.pdf?d=5%", "GET /100%.pdf?d=5% "),
            (
                "/a b|c\"<{^`.pdf?q= |\"<{^`",
                "GET /a%20b|c%22%3C%7B%5E%60.pdf?q=%20|%22%3C{^` ",
            ),
            ("/Größe.pdf?n=ß", "GET /Gr%C3%B6%C3%9Fe.pdf?n=%C3%9F "),
        ] {
            let server = with_file(url, |_| file_with(b"X: y"));
            let folder = tempfile::tempdir().unwrap();
            let to = Download::to_folder(folder.path());
            server.job_of(MINE).download(&to, |_| true, &Call::new()).unwrap();
            let heads = server.heads();
            assert!(heads[1].starts_with(requested), "{}", heads[1]);
        }
    });
}

#[test]
fn an_entity_tag_goes_back_byte_for_byte_or_not_at_all() {
    with_watchdog(|| {
        let tags: [(&'static [u8], Option<&str>); 2] =
            [("\"é\"".as_bytes(), Some("if-range: \"é\"")), (b"\"\xE9\"", None)];
        for (tag, sent_back) in tags {
            let server = with_file("/f", move |request| match request {
                0 => bytes(&[
                    b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 8\r\nETag: ",
                    tag,
                    b"\r\n\r\nabcd",
                ]),
                _ => file_with(b"X: y"),
            });
            let options = server.options().retries(2);
            let job = Client::new(options).unwrap().job(MINE).unwrap();
            let folder = tempfile::tempdir().unwrap();
            let to = Download::to_folder(folder.path());
            job.download(&to, |_| true, &Call::new()).unwrap();
            let again = server.heads().into_iter().next_back().unwrap();
            let if_range = again
                .lines()
                .find(|line| line.to_ascii_lowercase().starts_with("if-range"));
            assert_eq!(if_range, sent_back, "{again}");
        }
    });
}

#[test]
fn a_job_is_not_lost_with_the_location_of_its_status() {
    with_watchdog(|| {
        let submission =
            Submission::new(Endpoint::Conversions, "convert").file(Input::bytes("a.pdf", &b"%PDF-1.7"[..]));
        for (location, body, status) in [
            ("/jobs/a[1]/status?k={%}", "{}", "GET /jobs/a[1]/status?k={%} "),
            (
                "ftp://nowhere",
                r#"{"jobID":"j","status":"running"}"#,
                "GET /jobs/j/status ",
            ),
        ] {
            let server = Canned::start(move |index, _| match index {
                0 => common::response(
                    "202 Accepted",
                    &format!("Location: {location}\r\n"),
                    body.as_bytes(),
                ),
                _ => json_response("200 OK", r#"{"status":"running"}"#),
            });
            let client = Client::new(server.options()).unwrap();
            let job = client.submit(&submission, |_, _| true, &Call::new()).unwrap().job;
            job.status(&Call::new()).unwrap();
            assert!(server.heads()[1].starts_with(status), "{}", server.heads()[1]);
        }
    });
}
