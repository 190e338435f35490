//! Truncated responses are retried; responses about another job are rejected.

use crate::common;

use common::{Canned, event_stream, json_response, with_watchdog};
use nitro_jobs::{Call, Client, Download, ErrorKind, JobState};

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
