//! Redirects, retries and the connection pool, through the C API.

use crate::common;

use common::c;
use common::calls::{Report, call, call_without_retries};
use common::nginx::{Front, Nginx};
use common::pki::Authority;
use common::raw::{self, Raw};
use nitro_emulator::{Clock, Completion, Fault, Framing, RateLimit, Scenario, StreamMode};

fn redirect(status: u16, location: &str) -> Vec<u8> {
    format!("HTTP/1.1 {status} Elsewhere\r\nLocation: {location}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        .into_bytes()
}

/// A service that redirects every request to `location`.
fn pointing(status: u16, location: String) -> Raw {
    Raw::responding(move |_| redirect(status, &location))
}

#[test]
fn the_token_is_sent_to_trusted_origins_only() {
    let there = common::emulator();
    let job = there.create_job(Scenario::instant());
    let target = format!("{}/jobs/{job}", there.base_url());
    for status in [301, 302, 303, 307, 308] {
        let here = pointing(status, target.clone());
        let request = || call(&here.base_url, &there.token(), &job, "result").arg("retries", "0");
        there.forget_requests();
        Report::of(request()).is("NITRO_E_UNAUTHORIZED");
        // Another port of a trusted host is another origin.
        Report::of(request().arg("trusted", "http://127.0.0.1:1")).is("NITRO_E_UNAUTHORIZED");
        for request in there.requests() {
            for private in ["authorization", "x-analytics-session-id", "cookie"] {
                assert_eq!(request.header(private), None, "{status}");
            }
        }
        there.forget_requests();
        Report::of(request().arg("trusted", there.base_url())).is("NITRO_OK");
        let expected = format!("Bearer {}", there.token());
        assert_eq!(
            there.requests()[0].header("authorization"),
            Some(expected.as_str())
        );
        assert!(here.heads().iter().all(|head| head.contains(&expected)));
    }
}

#[test]
fn redirects_may_be_relative_and_are_limited_in_number() {
    let hops = |last: usize| {
        Raw::responding(move |request| {
            let seen: usize = request
                .path
                .rsplit_once('=')
                .map_or(0, |(_, n)| n.parse().unwrap_or(0));
            if seen == last {
                return raw::json(r#"{"result":"text"}"#);
            }
            redirect(302, &format!("?hop={}", seen + 1))
        })
    };
    let request = |service: &Raw| {
        let run = call(&service.base_url, "t0ken", "job", "result");
        Report::of(run.arg("retries", "0"))
    };
    let most = hops(10);
    request(&most).is("NITRO_OK");
    assert_eq!(most.heads().len(), 11);
    let endless = hops(usize::MAX);
    request(&endless)
        .is("NITRO_E_REDIRECT")
        .message_contains("redirected more than 10 times");
    assert_eq!(endless.heads().len(), 11);
    let lost = Raw::responding(|_| b"HTTP/1.1 302 x\r\nContent-Length: 0\r\n\r\n".to_vec());
    request(&lost)
        .is("NITRO_E_REDIRECT")
        .message_contains("no usable Location");
}

#[test]
fn https_to_http_redirect_is_refused() {
    let (authority, emulator) = (Authority::new("The company"), common::emulator());
    let folder = tempfile::tempdir().expect("a folder");
    let ca = folder.path().join("ca");
    std::fs::write(&ca, authority.pem()).expect("a file");
    let front = Front {
        extra: format!(
            "location /jobs/down {{ return 302 {}/jobs/x; }}",
            emulator.base_url()
        ),
        ..Front::new(authority.issue("localhost"))
    };
    let Some(nginx) = Nginx::start(&emulator.base_url(), &[front]) else {
        return;
    };
    let run = call(&nginx.url(0, "localhost"), &emulator.token(), "down", "result");
    // Not even to an origin that is trusted.
    let report = Report::of(run.arg("ca_file", ca).arg("trusted", emulator.base_url()));
    report
        .is("NITRO_E_REDIRECT")
        .message_contains("from https to http");
    assert!(emulator.requests().is_empty());
}

#[test]
fn a_302_status_response_is_not_followed() {
    let emulator = common::emulator();
    let job = emulator.create_job(Scenario::instant().completion(Completion::Redirect));
    let report = Report::of(call_without_retries(&emulator, &job, "status"));
    assert_eq!(report.is("NITRO_OK").all("status"), ["completed"]);
    assert_eq!(emulator.requests().len(), 1);
}

#[test]
fn safe_requests_are_retried_and_each_retry_is_logged() {
    let emulator = common::emulator();
    let request = |job: &str| {
        emulator.forget_requests();
        call(&emulator.base_url(), &emulator.token(), job, "status").arg("retry_cap", "50")
    };
    let twice = Scenario::instant().status_codes(vec![503, 502]);
    let report = Report::of(request(&emulator.create_job(twice.clone())));
    report.is("NITRO_OK");
    assert_eq!(emulator.requests().len(), 3);
    assert_eq!((report.logged("-> 503"), report.logged("-> 502")), (1, 1));
    assert_eq!(
        (
            report.logged("attempt 2 of 4 in"),
            report.logged("attempt 3 of 4 in")
        ),
        (1, 1)
    );

    let report = Report::of(request(&emulator.create_job(twice)).arg("retries", "0"));
    report.is("NITRO_E_SERVICE");
    assert_eq!(emulator.requests().len(), 1);

    let many = Scenario::instant().status_codes(vec![500; 9]);
    Report::of(request(&emulator.create_job(many)).arg("retries", "2")).is("NITRO_E_SERVICE");
    assert_eq!(emulator.requests().len(), 3);

    // A caller's mistake is not retried.
    let bad_request = Scenario::instant().status_codes(vec![400]);
    Report::of(request(&emulator.create_job(bad_request))).is("NITRO_E_BAD_REQUEST");
    assert_eq!(emulator.requests().len(), 1);

    // A connection that breaks before the response.
    emulator.fault(Fault::reset(0));
    let report = Report::of(request(&emulator.create_job(Scenario::instant())));
    report.is("NITRO_OK");
    assert_eq!(report.logged("attempt 2 of 4 in"), 1);
}

#[test]
fn a_submission_is_retried_only_if_it_had_no_effect() {
    let emulator = common::emulator();
    let document = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(document.path(), "%PDF-1.4\n").expect("a document");
    let submit = || {
        emulator.forget_requests();
        let run = call(&emulator.base_url(), &emulator.token(), "unused", "submit");
        Report::of(run.arg("upload", document.path()).arg("retry_cap", "20"))
    };
    for (code, requests) in [(429, 2), (503, 2), (500, 1), (502, 1), (504, 1), (408, 1)] {
        emulator.set_default(Scenario::instant().submit_codes(vec![code]));
        let report = submit();
        assert_eq!(emulator.requests().len(), requests, "{code}: {}", report.0);
        assert_eq!(report.all("code") == ["NITRO_OK"], requests == 2, "{}", report.0);
    }
    emulator.set_default(Scenario::instant());
    // The service received everything, and its response is lost: there may be a job.
    emulator.fault(Fault::cut(0));
    let report = submit();
    assert_eq!(report.is("NITRO_E_CONNECTION_LOST").all("uncertain"), ["1"]);
    assert_eq!(emulator.requests().len(), 1);
}

#[test]
fn retry_after_sets_the_pause_before_a_retry() {
    let first = |response: &'static str| {
        let requests = std::sync::atomic::AtomicUsize::new(0);
        Raw::responding(move |_| {
            if requests.fetch_add(1, std::sync::atomic::Ordering::SeqCst) == 0 {
                return response.as_bytes().to_vec();
            }
            raw::json(r#"{"status":"running","progress":0.5}"#)
        })
    };
    let request = |service: &Raw| call(&service.base_url, "t0ken", "job", "status");
    const FRACTION: &str =
        "HTTP/1.1 429 Slow\r\nRetry-After: 0.75\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    const WHOLE: &str =
        "HTTP/1.1 429 Slow\r\nRetry-After: 3600\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    const PAST: &str = "HTTP/1.1 503 Down\r\nRetry-After: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    const INSIDE: &str = "HTTP/1.1 429 Slow\r\nContent-Type: application/problem+json\r\nContent-Length: 36\r\nConnection: close\r\n\r\n{\"extensions\":{\"retry_after\":0.625}}";
    for (response, reported) in [
        (FRACTION, "attempt 2 of 4 in 750 ms"),
        (WHOLE, "attempt 2 of 4 in 70 ms"),
        (PAST, "attempt 2 of 4"),
        (INSIDE, "attempt 2 of 4 in 625 ms"),
    ] {
        let cap = if response == WHOLE { "70" } else { "30000" };
        let report = Report::of(request(&first(response)).arg("retry_cap", cap));
        assert_eq!(report.is("NITRO_OK").logged(reported), 1, "{}", report.0);
        assert_eq!(report.logged("in 0 ms"), 0, "no retry is made at once");
    }
    // With retries switched off, the caller receives the error.
    let report = Report::of(request(&first(FRACTION)).arg("retries", "0"));
    assert_eq!(report.is("NITRO_E_RATE_LIMITED").all("retry_after"), ["750"]);
    // A pause longer than the time left is not begun.
    let report = Report::of(request(&first(WHOLE)).arg("timeout", "5000"));
    report.is("NITRO_E_RATE_LIMITED");
    let emulator = common::emulator();
    let limited = Scenario::instant().rate_limit(RateLimit {
        times: 2,
        ..RateLimit::default()
    });
    let job = emulator.create_job(limited);
    let run = call(&emulator.base_url(), &emulator.token(), &job, "status");
    Report::of(run.arg("retry_cap", "20")).is("NITRO_OK");
}

#[test]
fn a_stale_pooled_connection_is_replaced() {
    let emulator = common::emulator();
    let job = emulator.create_job(Scenario::instant());
    emulator.fault(Fault::stale_keep_alive(2));
    let report = Report::of(call_without_retries(
        &emulator,
        &job,
        "status,status,status,status",
    ));
    report.are(&["NITRO_OK"; 4]);
    assert_eq!(report.logged("the pooled connection was stale"), 1);
    assert_eq!(emulator.connections(), 2);
}

#[test]
fn a_late_cancel_keeps_the_pooled_connection_and_an_early_one_opens_none() {
    let emulator = common::emulator();
    let job = emulator.create_job(Scenario::instant());
    let early = Report::of(call_without_retries(
        &emulator,
        &job,
        "trigger,status,wait,result,bytes",
    ));
    early.are(&["NITRO_E_CANCELLED"; 4]);
    assert_eq!(early.logged("Cancelled"), early.logged("->"), "nothing was sent");
    let name = "http://hang.test";
    let unasked = Report::of(call(name, "t0ken", "job", "trigger,status"));
    assert_eq!(unasked.is("NITRO_E_CANCELLED").all("lookups"), ["0"]);
    let steps = "status,trigger,fresh,status,trigger,fresh,result,trigger,fresh,bytes,trigger,fresh,status";
    Report::of(call_without_retries(&emulator, &job, steps)).are(&["NITRO_OK"; 5]);
    assert_eq!(emulator.connections(), 1, "of all these calls and the early ones");
}

#[test]
fn ten_thousand_polls_use_one_connection_one_lookup_and_no_extra_thread() {
    let emulator = common::emulator();
    let job = emulator.create_job(Scenario::new().clock(Clock::Manual));
    let base = format!("http://localhost:{}", emulator.port());
    let run = c::run("polls", &base, &emulator.token()).arg("job", job);
    // Under a tool the number does not matter.
    let polls = c::unless_under_tool("10000", "500");
    run.arg("polls", polls).passes();
    assert_eq!(emulator.connections(), 1);
}

#[test]
fn bodies_are_read_to_their_end_so_that_connections_are_reused() {
    let emulator = common::emulator();
    for framing in [Framing::Length, Framing::Chunked] {
        let before = emulator.connections();
        let job = emulator.create_job(Scenario::instant().size_bytes(500_000).bytes_framing(framing));
        Report::of(call_without_retries(
            &emulator,
            &job,
            "bytes,status,result,bytes,status",
        ))
        .are(&["NITRO_OK"; 5]);
        assert_eq!(emulator.connections() - before, 1, "{framing:?}");
    }
    // The body of an error response, too.
    let before = emulator.connections();
    let job = emulator.create_job(Scenario::instant().status_codes(vec![400, 404, 500]));
    let report = Report::of(call_without_retries(
        &emulator,
        &job,
        "status,status,status,status",
    ));
    report.are(&[
        "NITRO_E_BAD_REQUEST",
        "NITRO_E_NOT_FOUND",
        "NITRO_E_SERVICE",
        "NITRO_OK",
    ]);
    assert_eq!(emulator.connections() - before, 1);
}

/// The service receives the library's name and version, and one id per job.
#[test]
fn each_request_carries_user_agent_and_reference_id() {
    let emulator = common::emulator();
    let job = emulator.create_job(
        Scenario::instant()
            .stream(StreamMode::Refuse(404))
            .status_codes(vec![404]),
    );
    let report = Report::of(call_without_retries(&emulator, &job, "status,wait,result"));
    report.are(&["NITRO_E_NOT_FOUND", "NITRO_OK", "NITRO_OK"]);
    let reference = report.all("reference")[0];
    let client = format!("nitro-jobs/{}", env!("CARGO_PKG_VERSION"));
    for request in emulator.requests() {
        assert_eq!(request.header("x-nitro-client"), Some(client.as_str()));
        assert_eq!(request.header("x-analytics-session-id"), Some(reference));
    }
    assert!(
        report
            .all("ticket")
            .iter()
            .all(|ticket| ticket.contains(reference))
    );
}
