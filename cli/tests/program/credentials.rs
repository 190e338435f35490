//! Credentials.

use std::os::unix::fs::PermissionsExt;

use crate::{bare, emulator, file, program, run};

#[test]
fn a_credentials_file_must_be_accessible_to_its_owner_only() {
    let (emulator, folder) = (emulator(), tempfile::tempdir().unwrap());
    let job = emulator.create_job(nitro_emulator::Scenario::instant());
    let base = emulator.base_url();
    let good = format!(
        r#"{{"baseURL":"{base}","clientID":"emulator-client","clientSecret":"emulator-client-secret"}}"#
    );
    let path = file(folder.path(), "credentials.json", good);
    let mode = |mode| std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
    for open in [0o640, 0o604, 0o620, 0o660, 0o644] {
        mode(open);
        let ended = run(bare(&["status", &job, "--credentials", &path]));
        ended.is(3);
        let cure = format!("chmod 600 {path}");
        assert!(ended.err.contains(&cure), "{}", ended.err);
        assert!(ended.err.contains(&format!("mode {open:03o}")), "{}", ended.err);
    }
    assert_eq!(emulator.requests().len(), 0, "nothing was sent");
    for closed in [0o600, 0o400] {
        mode(closed);
        run(bare(&["status", &job, "--credentials", &path])).is(0);
        let mut named = bare(&["status", &job]);
        named.env("NITRO_CREDENTIALS", &path);
        run(named).is(0);
    }
    assert!(emulator.requests().iter().any(|r| r.path == "/oauth/token"));
}

#[test]
fn messages_about_credentials_do_not_contain_them() {
    let (emulator, folder) = (emulator(), tempfile::tempdir().unwrap());
    let path = file(folder.path(), "credentials.json", "");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    for (text, message) in [
        ("", "not a JSON object"),
        ("emulator-client-secret", "not a JSON object"),
        (r#"{"token":"emulator-secret-token","x":1}"#, "not a JSON object"),
        (r#"{"clientID":"a"}"#, "contains neither"),
        (
            r#"{"token":"emulator-secret-token","clientID":"a"}"#,
            "contains neither",
        ),
        ("{}", "contains neither"),
    ] {
        std::fs::write(&path, text).unwrap();
        let ended = run(bare(&["status", "j", "--credentials", &path]));
        assert!(ended.is(3).err.contains(message), "{text}: {}", ended.err);
    }
    let missing = run(bare(&["status", "j", "--credentials", "/no/such/file"]));
    assert!(missing.is(3).err.contains("/no/such/file"), "{}", missing.err);
    let none = run(bare(&["status", "j"]));
    assert!(none.is(3).err.contains("NITRO_CLIENT_ID"), "{}", none.err);
    let mut half = bare(&["status", "j"]);
    half.env("NITRO_CLIENT_ID", "a");
    assert!(run(half).is(3).err.contains("belong together"));
    let mut wrong = program(&emulator, &["status", "j"]);
    wrong.env("NITRO_TOKEN", "another-token");
    let wrong = run(wrong);
    assert!(!wrong.is(3).err.contains("another-token"));
}
