//! Tickets: what restores a job, and what a ticket never contains.
#![allow(clippy::unwrap_used)]

use crate::common;

use common::{client, emulator, job, quick, with_watchdog};
use nitro_emulator::{Config, Emulator, Scenario};
use nitro_jobs::{Call, Client, ClientOptions, Download, ErrorKind};
use serde_json::Value;

fn fields(json: &str) -> Value {
    serde_json::from_str(json).unwrap()
}

#[test]
fn a_job_handle_is_created_from_an_id() {
    with_watchdog(|| {
        let emulator = emulator();
        let id = emulator.create_job(quick());
        let job = client(&emulator).job(&id).unwrap();
        assert_eq!(job.id(), id);
        job.wait(|_| true, &Call::new()).unwrap();
        assert_eq!(job.result(&Call::new()).unwrap().files().len(), 1);
    });
}

#[test]
fn a_ticket_restores_the_job_in_another_client() {
    with_watchdog(|| {
        let emulator = emulator();
        let (first, second) = (client(&emulator), client(&emulator));
        let job = job(&emulator, &first, quick());
        job.status(&Call::new()).unwrap();
        let ticket = job.to_json();
        let again = second.job_from_json(&ticket).unwrap();
        assert_eq!((again.id(), again.reference_id()), (job.id(), job.reference_id()));
        assert_eq!(again.to_json(), ticket);
        again.wait(|_| true, &Call::new()).unwrap();
        again.result(&Call::new()).unwrap();
        let requests = emulator.requests();
        assert!(requests.len() >= 3);
        for request in requests {
            assert_eq!(
                request.header("x-analytics-session-id"),
                Some(job.reference_id().as_str())
            );
        }
    });
}

#[test]
fn a_ticket_with_unknown_fields_is_accepted() {
    let client = Client::new(ClientOptions::new().base_url("https://api.example/idp")).unwrap();
    let job = client
        .job_from_json(
            r#"{"jobId":"a b","retryAfterMs":1500,"referenceID":"ref-1","later":{"x":[1]},"statusURL":"https://api.example/s/1"}"#,
        )
        .unwrap();
    let written = fields(&job.to_json());
    assert_eq!(written["jobID"], "a b");
    assert_eq!(written["retryAfterMs"], 1500);
    assert_eq!(written["referenceID"], "ref-1");
    assert_eq!(written["statusURL"], "https://api.example/s/1");
    assert_eq!(written["resultURL"], "https://api.example/idp/jobs/a%20b");
}

#[test]
fn a_ticket_contains_no_secret() {
    with_watchdog(|| {
        let emulator = emulator();
        let client = client(&emulator);
        let job = job(&emulator, &client, Scenario::instant());
        let folder = tempfile::tempdir().unwrap();
        job.wait(|_| true, &Call::new()).unwrap();
        job.download(&Download::to_folder(folder.path()), |_| true, &Call::new())
            .unwrap();
        for secret in [emulator.token().as_str(), "X-Amz", "Bearer", "/storage/"] {
            assert!(!job.to_json().contains(secret), "{secret}");
            assert!(!format!("{job:?}").contains(secret), "{secret}");
        }
        // A URL of another origin may be a credential in itself.
        let presigned = client
            .job_from_json(r#"{"jobID":"a","resultURL":"https://bucket.example/f?X-Amz-Signature=s3cret"}"#)
            .unwrap();
        assert!(!presigned.to_json().contains("s3cret"));
        assert!(!format!("{presigned:?}").contains("s3cret"));
    });
}

#[test]
fn a_path_prefix_of_the_base_url_is_kept() {
    with_watchdog(|| {
        let config = Config {
            base_path: "/idp/platform".to_owned(),
            ..Config::default()
        };
        let emulator = Emulator::start(config).unwrap();
        let client = client(&emulator);
        let job = job(&emulator, &client, quick());
        job.wait(|_| true, &Call::new()).unwrap();
        job.result(&Call::new()).unwrap();
        let id = job.id();
        let requests = emulator.requests();
        assert_eq!(requests[0].path, format!("/idp/platform/jobs/{id}/status"));
        assert_eq!(requests.last().unwrap().path, format!("/idp/platform/jobs/{id}"));
        let ticket = fields(&job.to_json());
        let base = emulator.base_url();
        assert_eq!(ticket["statusURL"], format!("{base}/jobs/{id}/status"));
    });
}

#[test]
fn a_trailing_slash_of_the_base_url_changes_nothing() {
    with_watchdog(|| {
        let emulator = emulator();
        let options = common::options(&emulator).base_url(emulator.base_url() + "/");
        let job = job(&emulator, &Client::new(options).unwrap(), Scenario::instant());
        job.status(&Call::new()).unwrap();
        assert_eq!(emulator.requests()[0].path, format!("/jobs/{}/status", job.id()));
    });
}

#[test]
fn hostile_ids_and_tickets_are_rejected_before_a_request() {
    let emulator = emulator();
    let client = client(&emulator);
    let long = "x".repeat(1025);
    for id in ["", ".", "..", "a\r\nX-Evil: 1", "a\0", "a\u{85}b", &long] {
        let error = client.job(id).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument, "{id:?}");
        assert!(error.message().contains("job id"), "{error}");
    }
    for ticket in [
        "",
        "{",
        "null",
        "[]",
        "{}",
        r#"{"jobID":7}"#,
        r#"{"jobID":""}"#,
        r#"{"jobID":"a","statusURL":"file:///etc/passwd"}"#,
        r#"{"jobID":"a","resultURL":"http://user:password@host/"}"#,
        r#"{"jobID":"a","referenceID":"x\r\nAuthorization: no"}"#,
        r#"{"jobID":"a","retryAfterMs":-1}"#,
    ] {
        let error = client.job_from_json(ticket).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument, "{ticket}");
    }
    assert_eq!(emulator.connections(), 0);
}

#[test]
fn ids_are_percent_encoded_in_the_path() {
    with_watchdog(|| {
        let emulator = emulator();
        let client = client(&emulator);
        for (id, encoded) in [
            ("a/b?c#d", "a%2Fb%3Fc%23d"),
            ("../../oauth/token", "..%2F..%2Foauth%2Ftoken"),
            ("é %2e&=+;", "%C3%A9%20%252e%26%3D%2B%3B"),
            ("a-b.c_d~e", "a-b.c_d~e"),
        ] {
            emulator.forget_requests();
            let error = client.job(id).unwrap().status(&Call::new()).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::NotFound, "{id}");
            assert_eq!(emulator.requests()[0].path, format!("/jobs/{encoded}/status"));
        }
    });
}

#[test]
fn the_token_is_not_sent_to_hosts_named_by_a_ticket() {
    with_watchdog(|| {
        let emulator = emulator();
        let elsewhere = common::Canned::json(r#"{"status":"running","progress":0.5}"#);
        let job = client(&emulator)
            .job_from_json(&format!(
                r#"{{"jobID":"a","statusURL":"{}/s"}}"#,
                elsewhere.base_url
            ))
            .unwrap();
        let status = job.status(&Call::new()).unwrap();
        assert_eq!(status.progress(), Some(0.5));
        let head = elsewhere.heads()[0].to_lowercase();
        assert!(!head.contains("authorization"), "{head}");
        assert!(!head.contains(&emulator.token()), "{head}");
    });
}
