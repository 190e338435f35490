//! No secret leaves the library in a log line, a message, a problem document, a ticket, or Debug output.
//!
//! Besides, `tests/common/c.rs` searches the output of every C program of the suite for the token.

use crate::common;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use common::calls::{Report, call};
use common::nginx::{Front, Nginx};
use common::pki::Authority;
use common::proxies::{PASSWORD, PASSWORD_ENCODED, USER, microsocks, squid};
use common::raw::{self, Raw};
use common::server::free_port;
use common::{c, with_watchdog};
use nitro_emulator::{Emulator, Fault, Outcome, Presigned, Scenario, StreamMode};
use nitro_jobs::{Call, Client, ClientOptions, Download, Error};

/// The secrets that must not be found, each with its description.
#[derive(Clone)]
struct Secrets(Vec<(&'static str, String)>);

impl Secrets {
    fn of(emulator: &Emulator) -> Self {
        Self(vec![
            ("the token", emulator.token()),
            ("a presigned signature", "X-Amz-Signature".to_owned()),
            ("a presigned query", "X-Amz-".to_owned()),
            ("the proxy's password", PASSWORD.to_owned()),
            ("the proxy's password", PASSWORD_ENCODED.to_owned()),
            ("the proxy's login", USER.to_owned()),
            ("another password", "wrong-4711".to_owned()),
            ("a secret query", "s3cret".to_owned()),
        ])
    }

    #[track_caller]
    fn are_not_in(&self, text: &str) {
        for (what, secret) in &self.0 {
            if let Some((before, _)) = text.split_once(secret.as_str()) {
                let around: String = before.chars().rev().take(300).collect();
                let around: String = around.chars().rev().collect();
                panic!("{what} is shown after: {around}");
            }
        }
    }
}

/// Scenarios whose calls fail in every way known of the service and its storage, and some that succeed.
fn scenarios() -> Vec<Scenario> {
    let instant = Scenario::instant;
    let mut all = vec![
        instant(),
        common::quick(),
        common::quick().stream(StreamMode::Refuse(503)),
        common::quick().stream(StreamMode::EndEarly(1)),
        common::quick().failed("PDFIsPasswordProtected", "The PDF needs a password"),
        instant().outcome(Outcome::Gone),
        instant().outcome(Outcome::Lost),
        instant().storage_codes(vec![403; 9]),
        instant().storage_codes(vec![500; 9]),
        instant().declared_size(Some(3)),
        instant().presigned(Presigned {
            uses: Some(0),
            ..Presigned::default()
        }),
    ];
    for code in [400, 401, 403, 404, 415, 422, 429, 500, 503] {
        let codes = vec![code; 9];
        all.push(instant().status_codes(codes.clone()).result_codes(codes));
    }
    all
}

#[test]
fn calls_of_every_outcome_show_no_secret() {
    let emulator = common::emulator();
    let (secrets, folder) = (Secrets::of(&emulator), tempfile::tempdir().expect("a folder"));
    let steps = "status,wait,events,result,bytes,download,status";
    let mut failures = 0;
    for scenario in scenarios() {
        let job = emulator.create_job(scenario);
        let run = call(&emulator.base_url(), &emulator.token(), &job, steps).arg("retries", "1");
        let run = run.arg("file", folder.path().join("file")).arg("retry_cap", "5");
        let report = Report::of(run.arg("timeout", "600"));
        failures += report.all("message").len();
        assert!(report.all("log").len() >= 7);
        secrets.are_not_in(&report.0);
    }
    assert!(failures > 50, "{failures} errors were looked at");
    for fault in [Fault::cut(0), Fault::reset(10), Fault::cut(150), Fault::hang(100)] {
        emulator.fault_all(Some(fault));
        let job = emulator.create_job(Scenario::instant());
        let run = call(&emulator.base_url(), &emulator.token(), &job, steps).arg("retries", "1");
        let run = run.arg("file", folder.path().join("file")).arg("retry_cap", "5");
        secrets.are_not_in(&Report::of(run.arg("timeout", "300")).0);
    }
}

#[test]
fn secrets_echoed_by_a_server_are_redacted() {
    // The whole request, in the body of an error response, as a debugging gateway sends it.
    let echo = |status: u16, kind: &'static str| {
        Raw::responding(move |request| {
            let head = request.head.replace(['\r', '\n', '"'], " ");
            let body = match kind {
                "text/plain" => head,
                _ => format!(
                    r#"{{"type":"{head}","title":"{head}","detail":"{head}","extensions":{{"a":"{head}"}}}}"#
                ),
            };
            raw::response(status, kind, body)
        })
    };
    let emulator = common::emulator();
    let secrets = Secrets::of(&emulator);
    for status in [400, 401, 403, 404, 418, 429, 500, 503] {
        for kind in ["text/plain", "application/problem+json"] {
            let server = echo(status, kind);
            let run = call(
                &server.base_url,
                &emulator.token(),
                "job",
                "status,result,bytes,wait",
            );
            let report = Report::of(
                run.arg("retries", "1")
                    .arg("retry_cap", "5")
                    .arg("timeout", "2000"),
            );
            secrets.are_not_in(&report.0);
            assert!(report.0.contains("***"), "the echo was looked at: {}", report.0);
        }
    }
}

#[test]
fn redirects_show_no_query_and_proxies_no_password() {
    let emulator = common::emulator();
    let secrets = Secrets::of(&emulator);
    for location in [
        "/else?X-Amz-Signature=s3cret".to_owned(),
        "ftp://u:s3cret@h/".to_owned(),
        format!("http://127.0.0.1:{}/?token=s3cret", free_port()),
        format!("http://u:s3cret@127.0.0.1:{}/", free_port()),
    ] {
        let server = Raw::responding(move |_| {
            format!(
                "HTTP/1.1 307 x\r\nLocation: {location}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            )
            .into_bytes()
        });
        let run = call(&server.base_url, &emulator.token(), "job", "result,bytes");
        let report = Report::of(run.arg("retries", "1").arg("retry_cap", "5"));
        secrets.are_not_in(&report.0);
        assert_eq!(report.all("message").len(), 2);
    }
    let (Some(http), Some(socks)) = (squid(&[], true), microsocks(true)) else {
        return;
    };
    let gone = format!("127.0.0.1:{}", free_port());
    for password in [PASSWORD_ENCODED, "wrong-4711"] {
        let login = format!("{USER}:{password}@");
        for proxy in [
            http.http(&login),
            socks.socks(&login),
            format!("http://{login}{gone}"),
            format!("https://{login}{}", http.http("").replace("http://", "")),
            format!("socks5://{login}{gone}"),
            format!("nonsense://{login}{gone}"),
            format!("http://{login}#{gone}"),
        ] {
            let job = emulator.create_job(Scenario::instant());
            let run =
                call(&emulator.base_url(), &emulator.token(), &job, "status,wait").arg("timeout", "300");
            let report = Report::of(run.arg("proxy", &proxy).arg("retries", "1").arg("retry_cap", "5"));
            secrets.are_not_in(&report.0);
        }
    }
}

#[test]
fn tls_failures_show_no_key() {
    let (ours, clients) = (Authority::new("Ours"), Authority::new("Clients"));
    let emulator = common::emulator();
    let fronts = [
        Front::new(ours.issue_expired("localhost")),
        Front::new(ours.issue("elsewhere.example")),
        Front::new(Authority::new("X").issue("localhost")),
        Front {
            clients: Some(clients.pem()),
            ..Front::new(ours.issue("localhost"))
        },
    ];
    let Some(nginx) = Nginx::start(&emulator.base_url(), &fronts) else {
        return;
    };
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("a file");
        path
    };
    let pair = Authority::new("Not theirs").issue("client");
    let mut secrets = Secrets::of(&emulator);
    // Its lines without the PEM header and footer.
    let lines = pair.key.lines().filter(|line| !line.starts_with('-'));
    secrets
        .0
        .extend(lines.map(|line| ("the client's key", line.to_owned())));
    let (ca, cert) = (file("ca", &ours.pem()), file("cert", &pair.certificate));
    let broken = pair.key.replacen('M', "!", 1);
    for key in [
        file("key", &pair.key),
        file("broken", &broken),
        file("other", &fronts[0].pair.key),
    ] {
        for front in 0..fronts.len() {
            let base = nginx.url(front, "localhost");
            let run = call(&base, &emulator.token(), "job", "status,wait").arg("timeout", "1000");
            let run = run.arg("ca_file", &ca).arg("cert", &cert).arg("key", &key);
            let report = Report::of(run.arg("retries", "1").arg("retry_cap", "5"));
            assert!(!report.all("message").is_empty());
            secrets.are_not_in(&report.0);
        }
    }
}

/// Rust has Debug output, too: of options, clients, jobs, results and errors.
#[test]
fn debug_output_shows_no_secret() {
    let emulator = common::emulator();
    let mut secrets = Secrets::of(&emulator);
    let pair = Authority::new("Ours").issue("client");
    let lines = pair.key.lines().filter(|line| !line.starts_with('-'));
    secrets
        .0
        .extend(lines.map(|line| ("the client's key", line.to_owned())));
    let reported = Arc::new(Mutex::new(String::new()));
    let sink = reported.clone();
    let options = ClientOptions::new()
        .base_url(emulator.base_url())
        .token(emulator.token())
        .retries(1)
        .retry_cap(Duration::from_millis(5))
        .client_certificate_pem(&pair.certificate, &pair.key)
        .proxy(format!(
            "http://{USER}:{PASSWORD_ENCODED}@127.0.0.1:{}",
            free_port()
        ))
        .no_proxy("127.0.0.1")
        .log(move |level, line| {
            sink.lock()
                .expect("no panic")
                .push_str(&format!("{level:?} {line}\n"))
        });
    let mut shown = format!("{options:?} {options:#?}");
    let client = Client::new(options.clone()).expect("a client");
    let proxied = Client::new(options.no_proxy("")).expect("a client");
    shown += &format!("{client:?} {client:#?} {proxied:?}");
    let folder = tempfile::tempdir().expect("a folder");
    for scenario in scenarios() {
        let id = emulator.create_job(scenario);
        for client in [&client, &proxied] {
            let job = client.job(&id).expect("a job");
            let path = folder.path().join("file");
            let call = Call::new().timeout(Duration::from_secs(3));
            let seen = with_watchdog(move || {
                let note = |error: Error| {
                    let (problem, ticket) = (error.problem(), error.ticket());
                    format!("{error} {error:?} {error:#?} {problem:?} {ticket:?}")
                };
                let mut seen = format!("{job:?} {}", job.to_json());
                seen += &job
                    .status(&call)
                    .map_or_else(note, |status| format!("{status:?}"));
                seen += &job
                    .result(&call)
                    .map_or_else(note, |result| format!("{result:?}"));
                let saved = job.download(&Download::to_file(path), |_| true, &call);
                seen + &saved.map_or_else(note, |saved| format!("{saved:?}"))
            });
            shown += &seen;
        }
    }
    secrets.are_not_in(&shown);
    let reported = reported.lock().expect("no panic").clone();
    assert!(reported.lines().count() > 50, "{reported}");
    secrets.are_not_in(&reported);
}

/// The search of all program output does find a token.
#[test]
#[should_panic(expected = "shows the token")]
fn a_token_in_program_output_fails_the_test() {
    // A job whose id is the token shows it.
    let emulator = common::emulator();
    let run: c::Run = call(
        &emulator.base_url(),
        &emulator.token(),
        &emulator.token(),
        "status",
    );
    run.passes();
}
