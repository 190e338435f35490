//! What a wait survives: error responses, broken connections, a server that stops and restarts.

use std::sync::Arc;
use std::time::Duration;

use nitro_emulator::{Completion, Fault, Scenario, StreamMode};
use nitro_jobs::{Call, Client, ErrorKind, JobState};

use crate::common::{
    Canned, DIALECTS, Following, client, emulator, job, json_response, manual, options, quick, streams,
    until, with_watchdog,
};

#[test]
fn a_wait_survives_transient_service_errors() {
    with_watchdog(|| {
        let emulator = emulator();
        let client = client(&emulator);
        for stream in [StreamMode::Live, StreamMode::Refuse(405)] {
            let codes: Vec<u16> = vec![503, 500, 502, 503, 504, 429, 408];
            let scenario = quick().stream(stream).status_codes(codes);
            let job = job(&emulator, &client, scenario);
            let status = job.wait(|_| true, &Call::new()).unwrap();
            assert_eq!(status.state(), &JobState::Completed, "{stream:?}");
        }
    });
}

#[test]
fn a_permanent_service_error_ends_the_wait() {
    with_watchdog(|| {
        let emulator = emulator();
        let client = client(&emulator);
        let job = job(&emulator, &client, quick().status_codes(vec![503u16; 100]));
        let error = job.wait(|_| true, &Call::new()).unwrap_err();
        assert_eq!(
            (error.kind(), error.http_status()),
            (ErrorKind::Service, Some(503))
        );
        assert!(error.ticket().is_some());
    });
}

#[test]
fn a_wait_survives_a_server_restart() {
    with_watchdog(|| {
        for dialect in DIALECTS {
            let emulator = emulator();
            let client = client(&emulator);
            let job = Arc::new(job(&emulator, &client, manual().dialect(dialect).event_ids(true)));
            let following = Following::start(&job, Call::new());
            emulator.set_progress(&job.id(), 0.5);
            following.await_progress(0.5);
            emulator.stop_listening();
            emulator.drop_connections();
            until("the stream is gone", || emulator.open_connections() == 0);
            emulator.set_progress(&job.id(), 0.75);
            emulator.listen_again().unwrap();
            following.await_progress(0.75);
            emulator.finish(&job.id());
            assert_eq!(
                following.end().unwrap().state(),
                &JobState::Completed,
                "{dialect:?}"
            );
        }
    });
}

#[test]
fn a_job_that_ends_while_the_server_is_down_ends_the_wait() {
    with_watchdog(|| {
        let emulator = emulator();
        for stream in [StreamMode::Live, StreamMode::Refuse(405)] {
            let client = client(&emulator);
            let job = Arc::new(job(&emulator, &client, manual().stream(stream)));
            let following = Following::start(&job, Call::new());
            following.await_report();
            emulator.stop_listening();
            emulator.drop_connections();
            emulator.finish(&job.id());
            emulator.listen_again().unwrap();
            assert_eq!(
                following.end().unwrap().state(),
                &JobState::Completed,
                "{stream:?}"
            );
        }
    });
}

#[test]
fn a_wait_survives_repeatedly_dropped_connections() {
    with_watchdog(|| {
        let emulator = emulator();
        let client = client(&emulator);
        let job = Arc::new(job(&emulator, &client, manual()));
        let following = Following::start(&job, Call::new());
        for step in 1..=8 {
            let progress = f64::from(step) / 10.0;
            emulator.set_progress(&job.id(), progress);
            following.await_progress(progress);
            emulator.drop_connections();
        }
        emulator.finish(&job.id());
        following.end().unwrap();
        assert!(streams(&emulator).len() > 1);
    });
}

#[test]
fn a_wait_survives_streams_cut_and_reset_at_many_offsets() {
    with_watchdog(|| {
        let emulator = emulator();
        let client = client(&emulator);
        for at in (0..700).step_by(35) {
            let strike = if at % 2 == 0 {
                Fault::cut(at)
            } else {
                Fault::reset(at)
            };
            // The pool must not hold a connection that the fault would not affect.
            let client = if at == 0 {
                client.clone()
            } else {
                crate::common::client(&emulator)
            };
            emulator.fault(strike);
            let job = job(&emulator, &client, quick().event_ids(true));
            let status = job.wait(|_| true, &Call::new()).unwrap();
            assert_eq!(status.state(), &JobState::Completed, "at {at}");
        }
    });
}

#[test]
fn an_unreachable_service_ends_the_wait_in_bounded_time() {
    with_watchdog(|| {
        let emulator = emulator();
        let client = client(&emulator);
        let job = job(&emulator, &client, manual());
        emulator.stop_listening();
        let error = job.wait(|_| true, &Call::new()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Connect, "{error}");
        assert!(error.is_retryable() && error.ticket().is_some());
    });
}

#[test]
fn a_wait_survives_malformed_responses() {
    with_watchdog(|| {
        let server = Canned::start(|index, _| match index {
            0 => {
                b"HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_vec()
            }
            1 => b"SSH-2.0-OpenSSH_9.7\r\n".to_vec(),
            2 => json_response("200 OK", "<html>Please log in to the network</html>"),
            3 => json_response("200 OK", r#"{"status":"running","progress":0.5}"#),
            4 => json_response("503 Service Unavailable", "{}"),
            5 => Vec::new(),
            _ => json_response("200 OK", r#"{"status":"completed","result":"done"}"#),
        });
        let status = server.job().wait(|_| true, &Call::new()).unwrap();
        assert_eq!(status.result_json(), Some("\"done\""));
        assert_eq!(server.heads().len(), 7);
    });
}

#[test]
fn a_result_that_appears_after_completed_is_awaited() {
    with_watchdog(|| {
        let emulator = emulator();
        let client = client(&emulator);
        for completion in [Completion::Json, Completion::Redirect] {
            let scenario = quick().completion(completion).not_found_after_completed(2u32);
            let job = job(&emulator, &client, scenario);
            job.wait(|_| true, &Call::new()).unwrap();
            assert_eq!(job.result(&Call::new()).unwrap().files().len(), 1);
        }
    });
}

#[test]
fn many_waits_share_one_client() {
    with_watchdog(|| {
        let emulator = emulator();
        let client = Client::new(options(&emulator)).unwrap();
        let jobs: Vec<_> = (0..20)
            .map(|n| {
                let scenario = Scenario::new().duration_ms(20 + n * 5u64);
                Arc::new(job(
                    &emulator,
                    &client,
                    scenario.dialect(DIALECTS[n as usize % DIALECTS.len()]),
                ))
            })
            .collect();
        let waits: Vec<_> = jobs
            .iter()
            .map(|job| Following::start(job, Call::new().timeout(Duration::from_secs(30))))
            .collect();
        for wait in waits {
            assert_eq!(wait.end().unwrap().state(), &JobState::Completed);
        }
    });
}
