//! Tokens from the emulator's token endpoint: requested once, renewed in time, never shown.
#![allow(clippy::unwrap_used)]

use crate::common;

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Barrier, Mutex};
use std::time::Duration;

use common::{Canned, Log, json_response, quick, with_watchdog};
use nitro_emulator::{Emulator, OAuth, Recorded};
use nitro_jobs::{
    BearerToken, Call, CancelToken, Client, ClientOptions, Endpoint, ErrorKind, Input, Submission,
    TokenReason,
};

const SECRET: &str = "emulator-client-secret";

fn options(emulator: &Emulator) -> ClientOptions {
    common::options(emulator).client_credentials("emulator-client", SECRET)
}

fn client(emulator: &Emulator) -> Client {
    Client::new(options(emulator)).unwrap()
}

fn token_requests(emulator: &Emulator) -> Vec<Recorded> {
    let all = emulator.requests().into_iter();
    all.filter(|r| r.path == "/oauth/token").collect()
}

#[test]
fn credentials_become_a_token_in_both_field_spellings() {
    for snake_case in [false, true] {
        let emulator = common::emulator();
        emulator.set_oauth(OAuth {
            snake_case,
            ..OAuth::default()
        });
        let job = common::job(&emulator, &client(&emulator), quick());
        job.wait(|_| true, &Call::new()).unwrap();
        job.result(&Call::new()).unwrap();
        let requested = token_requests(&emulator);
        assert_eq!(requested.len(), 1, "one token for the wait and the result");
        assert_eq!(requested[0].header("content-type"), Some("application/json"));
        assert_eq!(requested[0].header("authorization"), None);
    }
}

#[test]
fn a_short_lived_token_is_renewed_after_half_its_lifetime() {
    let emulator = common::emulator();
    emulator.set_oauth(OAuth {
        expires_in: Some(1.0),
        rotate: true,
        ..OAuth::default()
    });
    let job = common::job(&emulator, &client(&emulator), common::manual());
    job.status(&Call::new()).unwrap();
    job.status(&Call::new()).unwrap();
    assert_eq!(token_requests(&emulator).len(), 1);
    std::thread::sleep(Duration::from_millis(600));
    job.status(&Call::new()).unwrap();
    assert_eq!(token_requests(&emulator).len(), 2);
}

#[test]
fn a_rejected_token_is_renewed_once_and_the_request_retried() {
    let emulator = common::emulator();
    let rotate = OAuth {
        rotate: true,
        ..OAuth::default()
    };
    emulator.set_oauth(rotate);
    let client = client(&emulator);
    let job = common::job(&emulator, &client, common::manual());
    job.status(&Call::new()).unwrap();
    emulator.set_token("somebody-elses");
    emulator.forget_requests();
    job.status(&Call::new()).unwrap();
    let paths: Vec<_> = emulator.requests().into_iter().map(|r| r.path).collect();
    let status = format!("/jobs/{}/status", job.id());
    assert_eq!(paths, [status.as_str(), "/oauth/token", status.as_str()]);

    // A submission, too: a 401 means that it had no effect.
    emulator.set_token("somebody-elses-again");
    let pdf = document();
    let submission =
        Submission::new(Endpoint::Transformations, "flatten").file(Input::bytes("a.pdf", &pdf[..]));
    let submitted = client.submit(&submission, |_, _| true, &Call::new()).unwrap();
    assert_eq!(emulator.input_of(&submitted.job.id()), std::slice::from_ref(&pdf));
}

fn document() -> Vec<u8> {
    b"%PDF-1.7 a document".to_vec()
}

#[test]
fn a_second_401_is_returned() {
    // The endpoint keeps returning the token that the service no longer accepts.
    let server = Canned::start(|_, head| {
        if head.starts_with("POST /oauth/token") {
            json_response("200 OK", r#"{"accessToken":"worn-out-token"}"#)
        } else {
            json_response("401 Unauthorized", r#"{"title":"worn-out-token is worn out"}"#)
        }
    });
    let options = server.options().client_credentials("i", "s");
    let job = Client::new(options).unwrap().job("j").unwrap();
    let error = job.status(&Call::new()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthorized);
    assert!(!format!("{error:?}").contains("worn-out-token"), "{error:?}");
    let heads = server.heads();
    assert_eq!(heads.len(), 4, "{heads:?}");
}

#[test]
fn a_fixed_token_is_not_renewed() {
    let emulator = common::emulator();
    let job = common::job(&emulator, &common::client(&emulator), common::manual());
    emulator.expire_token();
    let error = job.status(&Call::new()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthorized);
    assert_eq!(emulator.requests().len(), 1);
}

#[test]
fn threads_share_one_token_request() {
    let emulator = common::emulator();
    emulator.set_oauth(OAuth {
        delay_ms: 200,
        rotate: true,
        ..OAuth::default()
    });
    let client = client(&emulator);
    let ready = Arc::new(Barrier::new(12));
    let id = emulator.create_job(common::manual());
    let threads: Vec<_> = (0..12)
        .map(|_| {
            let (job, ready) = (client.job(&id).unwrap(), ready.clone());
            std::thread::spawn(move || {
                ready.wait();
                job.status(&Call::new())
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap().unwrap();
    }
    assert_eq!(token_requests(&emulator).len(), 1);
}

#[test]
fn each_call_that_waits_for_a_token_can_be_cancelled() {
    let emulator = common::emulator();
    emulator.set_oauth(OAuth {
        delay_ms: 1500,
        ..OAuth::default()
    });
    let client = client(&emulator);
    let id = emulator.create_job(common::manual());
    let request = |call: Call| {
        let job = client.job(&id).unwrap();
        std::thread::spawn(move || job.status(&call).map(|_| ()).map_err(|e| e.kind()))
    };
    let cancels = [CancelToken::new(), CancelToken::new()];
    let first = request(Call::new().cancel(&cancels[0]));
    common::until("the token is requested", || !token_requests(&emulator).is_empty());
    let second = request(Call::new().cancel(&cancels[1]));
    let late = request(Call::new().timeout(Duration::from_millis(50)));
    let patient = request(Call::new());
    std::thread::sleep(Duration::from_millis(100));
    cancels[1].cancel();
    assert_eq!(second.join().unwrap(), Err(ErrorKind::Cancelled));
    assert_eq!(late.join().unwrap(), Err(ErrorKind::Timeout));
    // The call that makes the request is cancelled as well, and the remaining one makes it instead.
    cancels[0].cancel();
    assert_eq!(first.join().unwrap(), Err(ErrorKind::Cancelled));
    with_watchdog(move || assert_eq!(patient.join().unwrap(), Ok(())));
    assert_eq!(token_requests(&emulator).len(), 2);
}

#[test]
fn rejected_credentials_report_the_rfc_6749_error_without_the_secret() {
    let emulator = common::emulator();
    let log = Log::default();
    let client = Client::new(log.capture(options(&emulator).retries(0))).unwrap();
    let job = client.job("j").unwrap();
    for (status, kind) in [
        (400, ErrorKind::Unauthorized),
        (401, ErrorKind::Unauthorized),
        (500, ErrorKind::Service),
    ] {
        let body = format!(
            r#"{{"error":"invalid_client","error_description":"no {SECRET} here","error_uri":"https://e.example/x"}}"#
        );
        emulator.set_oauth(OAuth {
            error: Some((status, body)),
            ..OAuth::default()
        });
        let error = job.status(&Call::new()).unwrap_err();
        assert_eq!(
            (error.kind(), error.http_status()),
            (kind, Some(status)),
            "{error}"
        );
        let problem = error.problem().unwrap();
        assert_eq!(problem.kind.as_deref(), Some("invalid_client"));
        assert_eq!(problem.detail.as_deref(), Some("no *** here"));
        assert!(!format!("{error:?} {}", log.text()).contains(SECRET));
    }
    assert!(!format!("{client:?} {:?}", options(&emulator)).contains(SECRET));
}

/// A peer may spell what it echoes in any way, and anywhere.
#[test]
fn an_echoed_secret_is_redacted_in_every_spelling_and_place() {
    const SLASHED: &str = "abc/def+ghi";
    let server = Canned::start(|_, head| {
        if head.starts_with("POST /oauth/token") {
            let body = r#"{"error":"invalid_client","error_description":"no abc\/def+ghi, \u0061bc\/def+ghi, abc%2Fdef%2bghi or aTphYmMvZGVmK2doaQ== here"}"#;
            return json_response("401 Unauthorized", body);
        }
        json_response("200 OK", "{}")
    });
    let log = Log::default();
    let options = server.options().client_credentials("i", SLASHED);
    let job = Client::new(log.capture(options)).unwrap().job("j").unwrap();
    let error = job.status(&Call::new()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthorized);
    let problem = error.problem().unwrap();
    assert_eq!(problem.detail.as_deref(), Some("no ***, ***, *** or ***== here"));
    assert!(
        error.message().contains("no ***, ***, *** or ***== here"),
        "{error}"
    );
    assert!(!problem.body.contains("def"), "{}", problem.body);

    // A redirect leads to a path with the token in it.
    let server = Canned::start(|_, head| {
        if head.starts_with("GET /jobs/j/status") || head.starts_with("GET /jobs/j ") {
            return "HTTP/1.1 307 Elsewhere\r\nlocation: /of/bearer%2Dtoken-1/\r\ncontent-length: 0\r\n\r\n"
                .into();
        }
        json_response("403 Forbidden", r#"{"title":"bearer\u002dtoken-1"}"#)
    });
    let log = Log::default();
    let options = log.capture(server.options().token("bearer-token-1").retries(0));
    let job = Client::new(options).unwrap().job("j").unwrap();
    for shown in [
        format!("{:?}", job.result(&Call::new()).unwrap_err()),
        format!("{:?}", job.status(&Call::new())),
        log.text(),
    ] {
        assert!(!shown.contains("token-1"), "{shown}");
    }
    assert!(log.text().contains("redirects (307) to"), "{}", log.text());
}

#[test]
fn a_token_of_one_letter_leaves_messages_whole() {
    let server = Canned::start(|_, _| json_response("403 Forbidden", r#"{"title":"t is not the token"}"#));
    let job = Client::new(server.options().token("t"))
        .unwrap()
        .job("j")
        .unwrap();
    let error = job.status(&Call::new()).unwrap_err();
    assert!(error.message().contains("*** is not the token"), "{error}");
    assert_eq!(error.message().matches("***").count(), 1, "{error}");
    assert!(error.message().contains("the service returned 403"), "{error}");
}

#[test]
fn a_401_of_an_untrusted_origin_says_that_the_token_was_withheld() {
    let elsewhere = Canned::start(|_, _| json_response("401 Unauthorized", r#"{"title":"who are you"}"#));
    let ticket = format!(r#"{{"jobID":"j","statusURL":"{}/s"}}"#, elsewhere.base_url);
    let log = Log::default();
    let options = || {
        ClientOptions::new()
            .base_url("http://127.0.0.1:9")
            .token("token-of-the-test")
    };
    let client = Client::new(log.capture(options())).unwrap();
    let error = client
        .job_from_json(&ticket)
        .unwrap()
        .status(&Call::new())
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthorized);
    for part in [
        "who are you",
        "withheld",
        &elsewhere.base_url,
        "nitro_options_add_trusted_origin",
    ] {
        assert!(error.message().contains(part), "{part}: {error}");
    }
    assert!(!error.message().contains("check the bearer token"), "{error}");
    assert!(log.text().contains("without the token"), "{}", log.text());

    let trusting = Client::new(options().trust_origin(&elsewhere.base_url)).unwrap();
    let error = trusting
        .job_from_json(&ticket)
        .unwrap()
        .status(&Call::new())
        .unwrap_err();
    assert!(error.message().contains("check the bearer token"), "{error}");
    let sent: Vec<_> = (elsewhere.heads().iter())
        .map(|head| head.to_ascii_lowercase().contains("authorization"))
        .collect();
    assert_eq!(sent, [false, true]);
}

#[test]
fn log_and_tickets_contain_no_token() {
    let emulator = common::emulator();
    let log = Log::default();
    let client = Client::new(log.capture(options(&emulator))).unwrap();
    let job = common::job(&emulator, &client, quick());
    job.wait(|_| true, &Call::new()).unwrap();
    let reported = format!("{} {client:?} {job:?} {}", log.text(), job.to_json());
    assert!(reported.contains("/oauth/token"), "{reported}");
    assert!(
        !reported.contains(&emulator.token()) && !reported.contains(SECRET),
        "{reported}"
    );
}

#[test]
fn the_token_callback_receives_the_reason() {
    let emulator = common::emulator();
    let requested = Arc::new(Mutex::new(Vec::new()));
    let (sink, response) = (requested.clone(), Arc::new(Mutex::new(emulator.token())));
    let given = response.clone();
    let options = common::options(&emulator).token_callback(move |why| {
        sink.lock().unwrap().push(why);
        let text = given.lock().unwrap().clone();
        if text.is_empty() {
            return Err("nobody is signed in".into());
        }
        Ok(BearerToken::new(text).expires_in(Duration::from_secs(3600)))
    });
    let client = Client::new(options).unwrap();
    let job = common::job(&emulator, &client, common::manual());
    job.status(&Call::new()).unwrap();
    job.status(&Call::new()).unwrap();
    emulator.set_token("the-next-token");
    "the-next-token".clone_into(&mut response.lock().unwrap());
    job.status(&Call::new()).unwrap();
    assert_eq!(
        *requested.lock().unwrap(),
        [TokenReason::First, TokenReason::Refused]
    );
    emulator.expire_token();
    response.lock().unwrap().clear();
    let error = job.status(&Call::new()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthorized);
    assert!(error.message().contains("nobody is signed in"), "{error}");
}

#[test]
fn a_token_callback_that_uses_its_client_fails_as_busy() {
    let emulator = common::emulator();
    let own: Arc<Mutex<Option<Client>>> = Arc::default();
    let (inner, kinds) = (own.clone(), Arc::new(Mutex::new(None)));
    let seen = kinds.clone();
    let options = common::options(&emulator).token_callback(move |_| {
        let client = inner.lock().unwrap().clone().unwrap();
        let error = client.job("j").unwrap().status(&Call::new()).unwrap_err();
        *seen.lock().unwrap() = Some(error.kind());
        Err(Box::new(error))
    });
    let client = Client::new(options).unwrap();
    *own.lock().unwrap() = Some(client.clone());
    let outcome = with_watchdog(move || client.job("j").unwrap().status(&Call::new()).unwrap_err().kind());
    assert_eq!(outcome, ErrorKind::Unauthorized);
    assert_eq!(*kinds.lock().unwrap(), Some(ErrorKind::Busy));
    own.lock().unwrap().take();
}

#[test]
fn token_requests_follow_no_redirect() {
    let elsewhere = Canned::json("{}");
    let to = format!("Location: {}/oauth/token\r\n", elsewhere.base_url);
    let server = Canned::start(move |_, _| common::response("307 Temporary Redirect", &to, b""));
    let options = server.options().client_credentials("i", "s");
    let job = Client::new(options).unwrap().job("j").unwrap();
    let error = job.status(&Call::new()).unwrap_err();
    assert_eq!(error.http_status(), Some(307), "{error}");
    assert_eq!(elsewhere.heads().len(), 0);
}

#[test]
fn a_token_request_whose_connection_breaks_is_retried() {
    let calls = Arc::new(AtomicU32::new(0));
    let count = calls.clone();
    let server = Canned::start(move |_, head| match head.starts_with("POST") {
        true if count.fetch_add(1, Ordering::SeqCst) == 0 => Vec::new(),
        true => json_response("200 OK", r#"{"accessToken":"T"}"#),
        false => json_response("200 OK", r#"{"status":"running"}"#),
    });
    let options = server.options().client_credentials("i", "s");
    let job = Client::new(options).unwrap().job("j").unwrap();
    job.status(&Call::new()).unwrap();
    assert_eq!(calls.load(Ordering::SeqCst), 2);
}

#[test]
fn invalid_credentials_are_rejected_before_a_request() {
    for (id, secret) in [("", "s"), ("i", "")] {
        let error = Client::new(ClientOptions::new().client_credentials(id, secret)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument);
    }
    let error = Client::new(ClientOptions::new().token_url("nonsense")).unwrap_err();
    assert!(error.message().starts_with("the token URL:"), "{error}");
}
