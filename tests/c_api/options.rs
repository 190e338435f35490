//! The options of the C API, the log, and what the programs send because of them.

use crate::common;

use common::{c, raw};
use nitro_emulator::{Config, Emulator, Outcome, Scenario};

#[test]
fn every_option_takes_effect() {
    if !c::can_build() {
        return;
    }
    let config = Config {
        base_path: "/idp/platform".to_owned(),
        ..Config::default()
    };
    let emulator = Emulator::start(config).expect("the emulator starts");
    let recorder = raw::Raw::responding(|_| raw::response(401, "text/plain", ""));
    let unresponsive = raw::Raw::serve(|_, stream| std::io::Read::read(stream, &mut [0]).map(drop));
    let folder = tempfile::tempdir().expect("a folder");
    let pem = folder.path().join("ca.pem");
    let certificate =
        rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).expect("a certificate");
    let der = folder.path().join("ca.der");
    std::fs::write(&pem, format!("\u{feff}{}", certificate.cert.pem())).expect("a certificate file");
    std::fs::write(&der, certificate.cert.der()).expect("a certificate file");
    let pipe = folder.path().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.expect("mkfifo").success());
    c::run("options", &emulator.base_url(), &emulator.token())
        .arg("base", emulator.base_url() + "/")
        .arg("done", emulator.create_job(Scenario::instant()))
        .arg("unresponsive", &unresponsive.base_url)
        .arg("recorder", &recorder.base_url)
        .arg("closed", "http://127.0.0.1:1")
        .arg("pem", &pem)
        .arg("der", &der)
        .arg("pipe", &pipe)
        .passes();
    let requests = emulator.requests();
    assert!(
        requests
            .iter()
            .all(|request| request.path.starts_with("/idp/platform/jobs/"))
    );
    assert!(
        requests
            .iter()
            .any(|request| request.header("user-agent") == Some("options-test/7"))
    );
    let own = format!("nitro-jobs/{}", env!("CARGO_PKG_VERSION"));
    assert!(
        requests
            .iter()
            .any(|request| request.header("user-agent") == Some(&own))
    );
    let heads = recorder.heads();
    assert!(
        heads.len() == 1 && !heads[0].to_ascii_lowercase().contains("authorization"),
        "{heads:?}"
    );
}

#[test]
fn log_lines_report_requests_and_show_no_secret() {
    if !c::can_build() {
        return;
    }
    let (emulator, folder) = (common::emulator(), tempfile::tempdir().expect("a folder"));
    c::run("log", &emulator.base_url(), &emulator.token())
        .arg("job", emulator.create_job(common::quick()))
        .arg(
            "lost",
            emulator.create_job(Scenario::instant().outcome(Outcome::Lost)),
        )
        .arg("path", folder.path().join("file.pdf"))
        .passes();
}

#[test]
fn header_and_library_agree_on_version_and_codes() {
    if !c::can_build() {
        return;
    }
    let codes = common::header::codes();
    let run = c::run("version", "none", "none");
    codes
        .iter()
        .fold(run, |run, (name, number)| run.arg(name, number.to_string()))
        .passes();
}
