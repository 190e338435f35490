//! Submit, wait and save in one call; and the flow of a real integration.
#![allow(clippy::unwrap_used)]

use crate::common;

use std::time::{Duration, Instant};

use common::{client, emulator, quick, with_watchdog};
use nitro_emulator::{Outcome, Scenario, Shape};
use nitro_jobs::{
    Call, CancelToken, Client, Download, Endpoint, ErrorKind, Input, ResultKind, RunProgress, Submission,
};

const PDF: &[u8] = b"%PDF-1.7 a document";

fn flatten<'a>() -> Submission<'a> {
    Submission::new(Endpoint::Transformations, "flatten").file(Input::bytes("a.pdf", PDF))
}

fn phase(now: &RunProgress<'_>) -> &'static str {
    match now {
        RunProgress::Upload { .. } => "upload",
        RunProgress::Submitted { .. } => "submitted",
        RunProgress::Processing { .. } => "processing",
        RunProgress::Download(_) => "download",
        _ => "?",
    }
}

#[test]
fn phases_are_reported_in_order_and_the_job_as_soon_as_it_exists() {
    let (emulator, folder) = (emulator(), tempfile::tempdir().unwrap());
    emulator.set_default(quick());
    let target = Download::to_file(folder.path().join("a.pdf"));
    let (mut phases, mut reported) = (Vec::new(), String::new());
    let on_progress = |now: RunProgress<'_>| {
        if let RunProgress::Submitted { ticket } = now {
            ticket.clone_into(&mut reported);
            assert_eq!(
                emulator.requests().len(),
                1,
                "nothing was requested before the job was reported"
            );
        }
        if phases.last() != Some(&phase(&now)) {
            phases.push(phase(&now));
        }
        true
    };
    let finished = client(&emulator)
        .run(&flatten(), &target, on_progress, &Call::new())
        .unwrap();
    assert_eq!(phases, ["upload", "submitted", "processing", "download"]);
    assert!(reported.contains(&finished.job.id()));
    assert_eq!(finished.saved[0].path, folder.path().join("a.pdf"));
    assert_eq!(
        std::fs::read(&finished.saved[0].path).unwrap(),
        emulator.output_of(&finished.job.id())[0]
    );
}

#[test]
fn each_phase_can_be_stopped_and_the_error_carries_the_ticket() {
    for (stop_in, has_job) in [
        ("upload", false),
        ("submitted", true),
        ("processing", true),
        ("download", true),
    ] {
        let (emulator, folder) = (emulator(), tempfile::tempdir().unwrap());
        emulator.set_default(quick());
        let target = Download::to_folder(folder.path());
        let on_progress = |now: RunProgress<'_>| phase(&now) != stop_in;
        let error = client(&emulator)
            .run(&flatten(), &target, on_progress, &Call::new())
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Stopped, "{stop_in}: {error}");
        assert_eq!(error.ticket().is_some(), has_job, "{stop_in}");
        assert_eq!(
            std::fs::read_dir(folder.path()).unwrap().count(),
            0,
            "{stop_in}: nothing is left"
        );
        if let Some(ticket) = error.ticket() {
            let job = client(&emulator).job_from_json(ticket).unwrap();
            job.wait(|_| true, &Call::new()).unwrap();
        }
    }
}

#[test]
fn one_deadline_bounds_the_whole_run() {
    let emulator = emulator();
    emulator.set_default(common::manual());
    let begun = Instant::now();
    let call = Call::new().timeout(Duration::from_millis(400));
    let error = client(&emulator)
        .run(&flatten(), None, |_| true, &call)
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::WaitTimeout, "{error}");
    assert!(error.ticket().is_some());
    assert!(begun.elapsed() >= Duration::from_millis(400));

    emulator.fault(nitro_emulator::Fault::hang(0));
    let fresh = client(&emulator);
    let error = fresh.run(&flatten(), None, |_| true, &call).unwrap_err();
    assert_eq!(
        error.kind(),
        ErrorKind::Timeout,
        "there is no job to wait for: {error}"
    );
    assert!(error.ticket().is_none() && error.is_uncertain());
}

#[test]
fn one_cancel_token_ends_every_phase() {
    let emulator = emulator();
    emulator.set_default(common::manual());
    let (cancel, client) = (CancelToken::new(), client(&emulator));
    let call = Call::new().cancel(&cancel);
    let run = std::thread::spawn(move || client.run(&flatten(), None, |_| true, &call).unwrap_err());
    common::until("the job is followed", || emulator.requests().len() > 1);
    cancel.cancel();
    let error = with_watchdog(move || run.join().unwrap());
    assert_eq!(error.kind(), ErrorKind::Cancelled);
    assert!(error.ticket().is_some());
}

#[test]
fn a_result_without_a_file_is_returned_and_not_saved() {
    let (emulator, folder) = (emulator(), tempfile::tempdir().unwrap());
    emulator.set_default(quick());
    let extract = || Submission::new(Endpoint::Extractions, "extract-text").file(Input::bytes("a.pdf", PDF));
    let client = client(&emulator);
    let finished = client.run(&extract(), None, |_| true, &Call::new()).unwrap();
    assert_eq!(finished.result.kind(), ResultKind::Text);
    assert!(finished.saved.is_empty());
    // An operation may give something else than the catalogue states.
    emulator.set_default(quick().shape(Shape::Text));
    let target = Download::to_file(folder.path().join("text"));
    let error = client
        .run(&flatten(), &target, |_| true, &Call::new())
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnexpectedResult);
    assert!(error.ticket().is_some(), "the result can still be taken");
}

#[test]
fn a_failed_job_and_an_immediate_result_end_the_run() {
    let (emulator, folder) = (emulator(), tempfile::tempdir().unwrap());
    let target = Download::to_folder(folder.path());
    emulator.set_default(quick().outcome(Outcome::Failed));
    let error = client(&emulator)
        .run(&flatten(), &target, |_| true, &Call::new())
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::JobFailed);
    emulator.set_default(Scenario::instant().synchronous(true));
    emulator.forget_requests();
    let finished = client(&emulator)
        .run(&flatten(), &target, |_| true, &Call::new())
        .unwrap();
    assert_eq!(finished.saved.len(), 1);
    let paths: Vec<_> = emulator.requests().into_iter().map(|r| r.path).collect();
    assert_eq!(paths.len(), 2, "one submission, one file: {paths:?}");
}

/// Credentials, merge, find personal data, redact what was found, split, save every part.
#[test]
fn a_whole_integration_runs_from_merge_to_download() {
    let (emulator, folder) = (emulator(), tempfile::tempdir().unwrap());
    emulator.set_default(quick());
    let options = common::options(&emulator).client_credentials("emulator-client", "emulator-client-secret");
    let client = Client::new(options).unwrap();
    let run = |submission: &Submission<'_>, target: Option<&Download>| {
        client.run(submission, target, |_| true, &Call::new()).unwrap()
    };
    let path = |name: &str| folder.path().join(name);

    let merge = Submission::new(Endpoint::Transformations, "merge")
        .file(Input::bytes("one.pdf", PDF))
        .file(Input::bytes("two.pdf", PDF));
    run(&merge, Some(&Download::to_file(path("merged.pdf"))));

    let find = Submission::new(Endpoint::Extractions, "extract-pii-bounding-boxes")
        .params_json(r#"{"language":"en"}"#)
        .unwrap()
        .file(Input::path(path("merged.pdf")));
    let found = run(&find, None).result.pii_boxes().unwrap();
    assert!(!found.is_empty());
    let redactions: Vec<_> = found
        .iter()
        .map(|pii| {
            let area = pii.bounding_box.as_ref().unwrap();
            serde_json::json!({
                "pageIndex": pii.page_index,
                "boundingBox": area,
            })
        })
        .collect();

    let redact = Submission::new(Endpoint::Transformations, "redact")
        .params_json(serde_json::json!({ "redactions": redactions }).to_string())
        .unwrap()
        .file(Input::path(path("merged.pdf")));
    run(&redact, Some(&Download::to_file(path("redacted.pdf"))));

    let split = Submission::new(Endpoint::Transformations, "split")
        .params_json(r#"{"pageIndices":[[0],[1],[2]]}"#)
        .unwrap()
        .file(Input::path(path("redacted.pdf")));
    let parts = run(&split, Some(&Download::to_folder(path("."))));
    assert_eq!(parts.saved.len(), 3);
    let whole = emulator.output_of(&parts.job.id());
    for (saved, expected) in parts.saved.iter().zip(whole) {
        assert_eq!(std::fs::read(&saved.path).unwrap(), expected);
    }
    let tokens = emulator.requests();
    let tokens = tokens.iter().filter(|r| r.path == "/oauth/token").count();
    assert_eq!(tokens, 1);
}
