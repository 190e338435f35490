//! Error responses: what a program can branch on and what a person can act on.
#![allow(clippy::unwrap_used)]

use crate::common;

use std::time::Duration;

use common::{
    Canned, Log, emulator, event_stream, job, json_response, manual, options, plain_client, response,
    with_watchdog,
};
use nitro_emulator::{ErrorBody, Limited, RateLimit, Scenario};
use nitro_jobs::{Call, Client, Download, Error, ErrorKind};

/// Status, kind, whether it is retryable, and a part of the advice.
const REFUSALS: [(u16, ErrorKind, bool, &str); 12] = [
    (400, ErrorKind::BadRequest, false, "the service returned 400"),
    (401, ErrorKind::Unauthorized, false, "check the bearer token"),
    (403, ErrorKind::Forbidden, false, "the token does not allow this"),
    (404, ErrorKind::NotFound, false, "check the job id"),
    (408, ErrorKind::Http, true, "the service returned 408"),
    (409, ErrorKind::Http, false, "the service returned 409"),
    (410, ErrorKind::Gone, false, "submit the document again"),
    (
        413,
        ErrorKind::ContentTooLarge,
        false,
        "exceeds the service's size limit",
    ),
    (
        415,
        ErrorKind::UnsupportedMediaType,
        false,
        "the service returned 415",
    ),
    (422, ErrorKind::Unprocessable, false, "the service returned 422"),
    (429, ErrorKind::RateLimited, true, "try again later"),
    (500, ErrorKind::Service, true, "try again later"),
];

/// The error of a status request with this error response.
fn error_response(status: u16, body: &str, content_type: &str) -> Error {
    let emulator = emulator();
    let client = plain_client(&emulator);
    let instead = ErrorBody {
        body: body.to_owned(),
        content_type: content_type.to_owned(),
    };
    let scenario = manual().status_codes(vec![status]).problem(Some(instead));
    let job = job(&emulator, &client, scenario);
    let error = job.status(&Call::new()).unwrap_err();
    assert_eq!(error.http_status(), Some(status));
    assert_eq!(error.reference_id(), Some(job.reference_id().as_str()));
    assert_eq!(error.ticket(), Some(job.to_json().as_str()));
    assert!(error.to_string().contains(&job.id()), "{error}");
    assert_eq!(error.to_string(), error.message());
    error
}

#[test]
fn every_error_response_carries_its_problem_document() {
    with_watchdog(|| {
        let emulator = emulator();
        let client = plain_client(&emulator);
        for (status, kind, retryable, advice) in REFUSALS {
            let scenario = manual().status_codes(vec![status; 2]);
            let job = job(&emulator, &client, scenario);
            let error = job.status(&Call::new()).unwrap_err();
            assert_eq!((error.kind(), error.http_status()), (kind, Some(status)));
            assert_eq!(error.is_retryable(), retryable, "{status}");
            assert!(error.message().contains(advice), "{error}");
            let problem = error.problem().unwrap();
            assert_eq!(problem.status, Some(i64::from(status)));
            assert!(problem.title.is_some() && problem.detail.is_some());
            assert!(
                problem
                    .kind
                    .as_deref()
                    .unwrap()
                    .starts_with("https://developers.gonitro.com/")
            );
            assert!(problem.identifier().unwrap().starts_with(&status.to_string()));
            let instance = format!("/jobs/{}/status", job.id());
            assert_eq!(problem.instance.as_deref(), Some(instance.as_str()));
            assert!(
                error.message().contains(problem.title.as_deref().unwrap()),
                "{error}"
            );
        }
    });
}

#[test]
fn result_errors_equal_status_errors() {
    with_watchdog(|| {
        let emulator = emulator();
        let client = plain_client(&emulator);
        for (status, kind, _, advice) in REFUSALS.into_iter().filter(|(status, ..)| *status != 404) {
            let scenario = Scenario::instant().result_codes(vec![status; 2]);
            let job = job(&emulator, &client, scenario);
            let json = job.result(&Call::new()).unwrap_err();
            let bytes = job.result_bytes(&mut Vec::new(), &Call::new()).unwrap_err();
            for error in [json, bytes] {
                assert_eq!((error.kind(), error.http_status()), (kind, Some(status)));
                assert!(error.message().contains(advice), "{error}");
                assert!(error.problem().unwrap().title.is_some());
            }
        }
    });
}

#[test]
fn problem_extensions_are_kept_and_summarised() {
    with_watchdog(|| {
        for (status, body, expected) in [
            (
                400,
                r#"{"type":"PageLimitReached","title":"Page limit reached","status":400,"extensions":{"page_count":120,"page_limit":100}}"#,
                "limit 100 pages",
            ),
            (
                413,
                r#"{"type":"FileTooLarge","title":"File too large","extensions":{"file_size_mb":140.5,"file_size_limit_mb":100}}"#,
                "limit 100 MB",
            ),
            (
                422,
                r#"{"type":"InvalidParamsError","title":"Invalid params","extensions":{"errors":[{"field":"to","error":"unknown format","input":"hunter2"}]}}"#,
                "to: unknown format",
            ),
        ] {
            let error = error_response(status, body, "application/problem+json");
            let problem = error.problem().unwrap();
            assert_eq!(problem.body, body, "whole");
            assert!(body.contains(problem.extensions.as_deref().unwrap()));
            assert!(error.message().contains(expected), "{error}");
            assert!(
                error.message().contains(problem.title.as_deref().unwrap()),
                "{error}"
            );
            assert!(
                !error.message().contains("hunter2"),
                "an input may be a password: {error}"
            );
        }
    });
}

#[test]
fn error_bodies_of_other_formats_are_summarised() {
    with_watchdog(|| {
        let page = "<html><head><title>502 Bad Gateway &amp; more</title></head><body>nginx</body></html>";
        for (status, body, content_type, expected) in [
            (
                400,
                r#"{"error":"invalid_request","message":"No such method"}"#,
                "application/json",
                "No such method",
            ),
            (
                500,
                r#"{"error":{"message":"It broke"}}"#,
                "application/json",
                "It broke",
            ),
            (
                401,
                r#"{"error":"invalid_token","error_description":"It expired"}"#,
                "application/json",
                "It expired",
            ),
            (502, page, "text/html", "502 Bad Gateway & more"),
            (
                503,
                "upstream connect error\nline two",
                "text/plain",
                "upstream connect error",
            ),
            (500, "", "", "the service returned 500; "),
            (
                500,
                "{\"title\":\"cut of",
                "application/problem+json",
                "the service returned 500; ",
            ),
            (404, "null", "application/json", "check the job id"),
        ] {
            let error = error_response(status, body, content_type);
            assert!(error.message().contains(expected), "{body:?}: {error}");
            assert_eq!(error.problem().unwrap().body, body);
        }
    });
}

#[test]
fn non_utf8_and_oversized_error_bodies_are_reported() {
    with_watchdog(|| {
        let server = Canned::start(|index, _| match index {
            0 => response("500 Oops", "Content-Type: text/plain\r\n", b"\xff\xfe broken"),
            1 => response("500 Oops", "", &vec![b'x'; 3 << 20]),
            _ => b"HTTP/1.1 404 Not Found\r\nContent-Length: 100\r\n\r\n{\"title\":\"cut".to_vec(),
        });
        let job = server.job();
        let error = job.status(&Call::new()).unwrap_err();
        assert!(error.problem().unwrap().body.contains("\u{fffd}"));
        let error = job.status(&Call::new()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Service);
        let body = &error.problem().unwrap().body;
        assert!(body.len() < 2 << 20 && body.ends_with("(cut)"));
        assert!(error.message().len() < 1000, "a message is for people");
        let error = job.status(&Call::new()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound, "the status is enough: {error}");
    });
}

#[test]
fn retry_after_is_read_from_header_and_extension() {
    with_watchdog(|| {
        for (header, extension, expected) in [(true, false, 2.5), (false, true, 2.5), (true, true, 2.5)] {
            let emulator = emulator();
            let client = plain_client(&emulator);
            let limit = RateLimit {
                retry_after: 2.5,
                header,
                extension,
                on: Limited::Status,
                ..RateLimit::default()
            };
            let job = job(&emulator, &client, manual().rate_limit(Some(limit)));
            let error = job.status(&Call::new()).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::RateLimited);
            assert_eq!(error.retry_after(), Some(Duration::from_secs_f64(expected)));
            assert_eq!(error.problem().unwrap().identifier(), Some("RateLimitExceeded"));
        }
        assert_eq!(error_response(429, "{}", "application/json").retry_after(), None);
    });
}

#[test]
fn refused_connections_are_unsent_and_retryable() {
    with_watchdog(|| {
        let emulator = emulator();
        let client = plain_client(&emulator);
        let job = job(&emulator, &client, manual());
        emulator.stop_listening();
        let error = job.status(&Call::new()).unwrap_err();
        assert_eq!((error.kind(), error.http_status()), (ErrorKind::Connect, None));
        assert!(error.is_unsent() && error.is_retryable());
        assert!(error.problem().is_none());
        assert!(error.message().contains("127.0.0.1"), "{error}");
        assert!(error.ticket().is_some());
    });
}

/// Everything that a caller can read of an error.
fn visible(error: &Error) -> String {
    format!(
        "{error} {error:?} {error:#?} {:?} {:?}",
        error.problem(),
        error.ticket()
    )
}

#[test]
fn an_echoed_token_is_redacted_everywhere() {
    with_watchdog(|| {
        let emulator = emulator();
        let log = Log::default();
        let client = Client::new(log.capture(options(&emulator)).retries(0)).unwrap();
        let token = emulator.token();
        let mut shown = format!("{client:?} {:?}", options(&emulator));
        for (status, body) in [
            (
                401,
                format!("{{\"title\":\"bad token {token}\",\"detail\":\"Bearer {token}\"}}"),
            ),
            (500, format!("<title>{token}</title>")),
            (400, format!("Authorization: Bearer {token}")),
            (403, format!("{{\"error\":\"{token}\"}}")),
        ] {
            let echo = ErrorBody {
                body,
                content_type: "text/plain".to_owned(),
            };
            let scenario = manual().status_codes(vec![status; 3]).problem(Some(echo));
            let job = job(&emulator, &client, scenario);
            shown += &visible(&job.status(&Call::new()).unwrap_err());
            shown += &visible(&job.wait(|_| false, &Call::new()).unwrap_err());
            shown += &visible(&job.result(&Call::new()).unwrap_err());
            shown += &format!("{job:?} {} {:?}", job.to_json(), job.events());
        }
        shown += &log.text();
        assert!(!shown.contains(&token), "{shown}");
        assert!(log.text().contains("GET http"), "the log is on");
    });
}

#[test]
fn job_failures_show_no_token() {
    with_watchdog(|| {
        let emulator = emulator();
        let client = plain_client(&emulator);
        let token = emulator.token();
        let scenario = Scenario::instant().failed(&format!("X{token}"), &format!("cannot use {token}"));
        let job = job(&emulator, &client, scenario);
        for error in [
            job.wait(|_| true, &Call::new()).unwrap_err(),
            job.result(&Call::new()).unwrap_err(),
            job.result_bytes(&mut Vec::new(), &Call::new()).unwrap_err(),
        ] {
            assert_eq!(error.kind(), ErrorKind::JobFailed);
            assert!(error.to_string().contains("cannot use"), "{error}");
            assert!(!visible(&error).contains(&token), "{}", visible(&error));
        }
    });
}

#[test]
fn errors_and_log_show_no_presigned_query() {
    with_watchdog(|| {
        let log = Log::default();
        let server = Canned::start(|_, head| {
            if head.starts_with("GET /jobs/j ") {
                json_response(
                    "200 OK",
                    r#"{"status":"completed","result":{"file":{"URL":"/f.pdf?X-Amz-Signature=s3cret"}}}"#,
                )
            } else if head.contains("event-stream") {
                event_stream("data: {\"status\":\"completed\",\"location\":\"/jobs/j\"}\n\n")
            } else {
                response(
                    "403 Forbidden",
                    "",
                    b"<Error><Message>Request has expired</Message></Error>",
                )
            }
        });
        let client = Client::new(log.capture(server.options())).unwrap();
        let job = client.job("j").unwrap();
        job.wait(|_| true, &Call::new()).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let download = Download::to_folder(folder.path());
        let error = job.download(&download, |_| true, &Call::new()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Forbidden);
        let shown = visible(&error) + &log.text() + &format!("{job:?}");
        assert!(!shown.contains("s3cret"), "{shown}");
        assert!(shown.contains("/f.pdf"), "but the path of the URL is shown");
    });
}

/// A terminal obeys some characters, and others change what is beside them.
#[test]
fn messages_and_log_lines_have_no_control_sequences_of_the_service() {
    const HOSTILE: &str = "x\\u001b]0;title\\u0007\\u009b2J\u{202e}y\u{2028}z\\n";
    let hidden = |c: char| c.is_control() || ('\u{200b}'..='\u{202e}').contains(&c);
    for (status, body) in [
        (
            "403 Forbidden",
            format!(r#"{{"title":"{HOSTILE}","detail":"{HOSTILE}","type":"{HOSTILE}"}}"#),
        ),
        ("403 Forbidden", HOSTILE.replace("\\u001b", "\u{1b}")),
        ("200 OK", format!(r#"{{"status":"{HOSTILE}"}}"#)),
        (
            "200 OK",
            format!(r#"{{"status":"failed","error":{{"title":"{HOSTILE}"}}}}"#),
        ),
        ("200 OK", format!("\u{1b}]0;{HOSTILE}")),
    ] {
        let server = Canned::start(move |_, _| json_response(status, &body));
        let error = server.job().result(&Call::new()).unwrap_err();
        assert!(!error.message().contains(hidden), "{:?}", error.message());
    }
    // A line says why the URL of a file is requested again.
    let server = Canned::start(|_, head| {
        if head.starts_with("GET /file") {
            json_response("403 Forbidden", &format!(r#"{{"title":"title {HOSTILE}"}}"#))
        } else {
            json_response(
                "200 OK",
                r#"{"status":"completed","result":{"file":{"URL":"/file"}}}"#,
            )
        }
    });
    let (sender, lines) = std::sync::mpsc::channel();
    let options = server
        .options()
        .log(move |_, line| sender.send(line.to_owned()).unwrap());
    let client = Client::new(options).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let download = Download::to_folder(folder.path());
    let job = client.job("j").unwrap();
    job.download(&download, |_| true, &Call::new()).unwrap_err();
    let lines: Vec<_> = lines.try_iter().collect();
    assert!(lines.iter().any(|line| line.contains("title")), "{lines:?}");
    assert!(!lines.iter().any(|line| line.contains(hidden)), "{lines:?}");
}
