//! Each command, for people and as JSON lines.

use nitro_emulator::Scenario;
use serde_json::json;

use crate::{PDF, bare, emulator, file, names, program, run};

#[test]
fn run_prints_the_ticket_first_and_saves_the_result() {
    let (emulator, folder) = (emulator(), tempfile::tempdir().unwrap());
    let one = file(folder.path(), "one.pdf", PDF);
    let out = folder.path().join("both.pdf");
    let args = ["run", "merge", &one, &one, "-o", out.to_str().unwrap()];
    let ended = run(program(&emulator, &args));
    ended.is(0);
    let id = serde_json::from_str::<serde_json::Value>(ended.ticket()).unwrap()["jobID"].clone();
    let id = id.as_str().unwrap();
    let saved = std::fs::read(&out).unwrap();
    assert_eq!(saved, emulator.output_of(id)[0]);
    assert_eq!(ended.out, format!("{} ({} bytes)\n", out.display(), saved.len()));

    // An existing file is unchanged, unless --force is given.
    let again = run(program(&emulator, &args));
    again.is(6);
    assert!(again.err.contains("exists already"), "{}", again.err);
    let forced = [&args[..], &["--force"]].concat();
    run(program(&emulator, &forced)).is(0);
}

#[test]
fn run_prints_every_phase_as_json_lines() {
    let (emulator, folder) = (emulator(), tempfile::tempdir().unwrap());
    let one = file(folder.path(), "one.pdf", PDF);
    let parts = folder.path().join("parts");
    std::fs::create_dir(&parts).unwrap();
    let ended = run(program(
        &emulator,
        &[
            "run",
            "split",
            &one,
            "-p",
            "pageIndices=[[0],[1]]",
            "-d",
            parts.to_str().unwrap(),
            "--json",
        ],
    ));
    ended.is(0);
    assert_eq!(ended.err, "");
    assert_eq!(
        ended.names(),
        ["upload", "submitted", "status", "download", "saved"]
    );
    let events = ended.events();
    let submitted = events.iter().find(|e| e["event"] == "submitted").unwrap();
    assert!(submitted["ticket"]["statusURL"].is_string());
    let id = submitted["ticket"]["jobID"].as_str().unwrap();
    let form = emulator.form_of(id);
    assert_eq!(form[1].text, r#"{"pageIndices":[[0],[1]]}"#);
    assert_eq!(names(&parts), ["one-1.pdf", "one-2.pdf"]);
    assert_eq!(events.iter().filter(|e| e["event"] == "saved").count(), 2);
}

#[test]
fn run_prints_a_result_without_files() {
    let (emulator, folder) = (emulator(), tempfile::tempdir().unwrap());
    let one = file(folder.path(), "one.pdf", PDF);
    let text = run(program(&emulator, &["run", "extract-text", &one]));
    text.is(0);
    assert!(!text.out.is_empty() && !text.out.starts_with('"'), "{}", text.out);
    let boxes = run(program(
        &emulator,
        &["run", "extract-pii-bounding-boxes", &one, "-p", "language=es"],
    ));
    let boxes: serde_json::Value = serde_json::from_str(&boxes.is(0).out).unwrap();
    assert!(boxes["PIIBoxes"].is_array());

    let before = emulator.requests().len();
    let saved = run(program(&emulator, &["run", "extract-text", &one, "-o", "text"]));
    assert!(saved.is(2).err.contains("returns no file"), "{}", saved.err);
    assert_eq!(emulator.requests().len(), before, "nothing was sent");
}

#[test]
fn every_command_accepts_the_ticket() {
    let (emulator, folder) = (emulator(), tempfile::tempdir().unwrap());
    let one = file(folder.path(), "one.pdf", PDF);
    let started = run(program(&emulator, &["submit", "flatten", &one]));
    started.is(0);
    assert_eq!(started.out.trim(), started.ticket());
    let ticket = file(folder.path(), "ticket.json", &started.out);
    let job = format!("@{ticket}");

    let watched = run(program(&emulator, &["watch", &job]));
    assert!(watched.is(0).out.ends_with(" completed\n"), "{}", watched.out);
    assert_eq!(
        run(program(&emulator, &["status", &job])).is(0).out,
        "completed\n"
    );
    let result = run(program(&emulator, &["result", &job]));
    let result: serde_json::Value = serde_json::from_str(&result.is(0).out).unwrap();
    assert!(result["file"]["URL"].is_string());
    let out = folder.path().join("flat.pdf");
    run(program(
        &emulator,
        &["download", &job, "-o", out.to_str().unwrap()],
    ))
    .is(0);
    assert!(std::fs::read(out).unwrap().starts_with(b"%PDF-"));

    // The ticket itself and the id alone are accepted too.
    run(program(&emulator, &["status", started.out.trim()])).is(0);
    let id = watched.out.split(' ').next().unwrap();
    let status = run(program(&emulator, &["status", id, "--json"]));
    assert_eq!(status.is(0).events()[0]["status"]["status"], "completed");
}

#[test]
fn several_jobs_are_watched_at_once_and_a_failure_sets_the_exit_code() {
    let emulator = emulator();
    let good = emulator.create_job(Scenario::instant());
    let bad = emulator.create_job(Scenario::instant().failed("PDFIsNotValid", "No PDF"));
    let ended = run(program(&emulator, &["watch", &good, &bad]));
    ended.is(1);
    assert!(
        ended.out.contains(&format!("{good} completed\n")),
        "{}",
        ended.out
    );
    assert!(
        ended.out.contains(&format!("{bad} failed: No PDF\n")),
        "{}",
        ended.out
    );
    let ended = run(program(&emulator, &["watch", &good, &bad, "--json"]));
    let events = ended.is(1).events();
    let last = |id: &str| events.iter().rfind(|e| e["job"] == id).unwrap()["status"]["status"].clone();
    assert_eq!((last(&good), last(&bad)), (json!("completed"), json!("failed")));
    let unknown = run(program(&emulator, &["watch", &good, "no-such-job"]));
    assert!(unknown.is(5).err.contains("no-such-job"), "{}", unknown.err);

    // The highest code, whichever job ends last, and an event on standard output for each.
    for order in [[&bad, "no-such-job"], ["no-such-job", &bad]] {
        let ended = run(program(
            &emulator,
            &["watch", &good, order[0], order[1], "--json"],
        ));
        let events = ended.is(5).events();
        let lost = events.iter().find(|e| e["event"] == "error").unwrap();
        assert_eq!((&lost["job"], &lost["code"]), (&json!("no-such-job"), &json!(5)));
        assert!(lost["message"].as_str().unwrap().contains("no-such-job"));
        assert_eq!((&lost["httpStatus"], ended.err.as_str()), (&json!(404), ""));
        run(program(&emulator, &["watch", order[0], order[1]])).is(5);
    }
}

#[test]
fn the_catalogue_needs_no_service_and_no_credentials() {
    let all = run(bare(&["catalog"]));
    assert_eq!(all.is(0).out.lines().count(), 28);
    let one = run(bare(&["catalog", "optimize"]));
    assert!(
        one.is(0).out.contains("profile: string (required)"),
        "{}",
        one.out
    );
    assert!(one.out.contains("minimal-file-size"));
    let json = run(bare(&["catalog", "redact", "--json"]));
    assert_eq!(json.is(0).events()[0]["operation"]["method"], "redact");
    run(bare(&["catalog", "fold"])).is(2);
}

#[test]
fn known_operations_are_checked_and_unknown_ones_are_sent() {
    let (emulator, folder) = (emulator(), tempfile::tempdir().unwrap());
    let one = file(folder.path(), "one.pdf", PDF);
    let word = file(folder.path(), "one.docx", "PK");
    run(program(&emulator, &["submit", "transformations/flatten", &one])).is(0);
    // A parameter with a single possible value can be left out.
    run(program(&emulator, &["submit", "to-pdf", &word])).is(0);
    let params = file(folder.path(), "params", r#"{"userPassword":"4711"}"#);
    run(program(
        &emulator,
        &["submit", "protect", &one, "--params", &format!("@{params}")],
    ))
    .is(0);
    // A string stays one, even if it looks like a number.
    let started = run(program(
        &emulator,
        &["submit", "protect", &one, "-p", "userPassword=4711"],
    ));
    let ticket: serde_json::Value = serde_json::from_str(&started.is(0).out).unwrap();
    let form = emulator.form_of(ticket["jobID"].as_str().unwrap());
    assert_eq!(form[1].text, r#"{"userPassword":"4711"}"#);

    emulator.forget_requests();
    for (args, message) in [
        (&["optimize", &one][..], "profile: it is required"),
        (
            &["optimize", &one, "-p", "profile=small"],
            "it must be one of web",
        ),
        (&["merge", &one], "it takes at least 2 documents"),
        (&["flatten", &word], "document 1 is application/vnd"),
        (&["fold", &one], "there is no operation \"fold\""),
        (&["flatten", &one, "--params", "[]"], "not a JSON object"),
        (&["flatten"], "it takes 1 document"),
    ] {
        let ended = run(program(&emulator, &[&["submit"], args].concat()));
        assert!(ended.is(2).err.contains(message), "{args:?}: {}", ended.err);
    }
    assert_eq!(emulator.requests().len(), 0, "nothing was sent");
    // With --unchecked the service returns the error response.
    let ended = run(program(
        &emulator,
        &["submit", "optimize", &one, "--unchecked", "--json"],
    ));
    let error = ended.is(5).events().pop().unwrap();
    assert_eq!(
        (&error["event"], &error["httpStatus"]),
        (&json!("error"), &json!(422))
    );
    assert_eq!(error["problem"]["type"], "InvalidParamsError");
}

#[test]
fn documents_can_be_sent_through_storage_or_by_url() {
    let (emulator, folder) = (emulator(), tempfile::tempdir().unwrap());
    let one = file(folder.path(), "one.pdf", PDF);
    let started = run(program(&emulator, &["submit", "flatten", &one, "--presigned"]));
    let ticket: serde_json::Value = serde_json::from_str(&started.is(0).out).unwrap();
    assert_eq!(emulator.input_of(ticket["jobID"].as_str().unwrap()), [PDF]);
    let url = "application/pdf=https://nowhere.example/a.pdf";
    let rejected = run(program(&emulator, &["submit", "flatten", "--url", url]));
    assert!(
        rejected.is(5).err.contains("BrokenDownloadURL"),
        "{}",
        rejected.err
    );
}
