//! Submissions, tokens and the catalogue in C: `tests/c/submit.c`, `tests/c/token.c` and
//! `tests/c/catalog.c` against the emulator.

use crate::common;

use common::c;
use nitro_emulator::{Config, Scenario};

const PDF: &[u8] = b"%PDF-1.7 a document";

#[test]
fn submissions_start_jobs_from_every_kind_of_input() {
    if !c::can_build() {
        return;
    }
    let (emulator, folder) = (common::emulator(), tempfile::tempdir().expect("a folder"));
    emulator.set_default(common::quick().retry_after(0.01));
    let (pdf, other) = (folder.path().join("a.pdf"), folder.path().join("other.xyz"));
    std::fs::write(&pdf, PDF).expect("a file");
    std::fs::write(&other, "who knows").expect("a file");
    let saved = folder.path().join("saved");
    std::fs::create_dir(&saved).expect("a folder");
    c::run("submit", &emulator.base_url(), &emulator.token())
        .arg("pdf", &pdf)
        .arg("other", &other)
        .arg("path", folder.path().join("result.pdf"))
        .arg("folder", &saved)
        .passes();
    let first = &emulator.requests()[0];
    assert_eq!(
        (first.path.as_str(), first.header("prefer")),
        ("/transformations", Some("respond-async"))
    );
    let followed = &emulator.requests()[1].path;
    let id = followed.split('/').nth(2).expect("the job's id");
    assert_eq!(emulator.input_of(id), [PDF; 3]);
    assert!(std::fs::read(folder.path().join("result.pdf")).is_ok_and(|bytes| bytes.starts_with(b"%PDF-")));
    assert_eq!(std::fs::read_dir(&saved).expect("the folder").count(), 1);
}

#[test]
fn tokens_come_from_credentials_and_callbacks() {
    if !c::can_build() {
        return;
    }
    let (emulator, known) = (common::emulator(), Config::default());
    let running = c::run("token", &emulator.base_url(), &emulator.token())
        .arg("job", emulator.create_job(Scenario::instant()))
        .arg("id", known.client_id)
        .arg("secret", known.client_secret)
        .start();
    let signal = running.signal();
    let statuses = || {
        let all = emulator.requests().into_iter();
        all.filter(|r| r.path.ends_with("/status")).count()
    };
    // One token from the credentials, two from the callback; then the service accepts another one.
    let running = running.until("the callback's token was used twice", || statuses() == 3);
    emulator.set_token("second");
    signal.send();
    running.passes();
}

#[test]
fn the_catalogue_is_read_and_checks_submissions() {
    if !c::can_build() {
        return;
    }
    let printed = c::run("catalog", "http://127.0.0.1:9", "some-token")
        .start()
        .output();
    assert_eq!(printed, nitro_jobs::catalog::json());
    assert!(serde_json::from_str::<serde_json::Value>(&printed).is_ok());
}
