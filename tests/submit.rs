//! Starting jobs over the emulator: what is sent, what comes back, and what goes wrong.

mod common;

use nitro_jobs::{Call, Endpoint, Input, Submission};

fn convert<'a>() -> Submission<'a> {
    Submission::new(Endpoint::Conversions, "convert")
        .params_json(r#"{"to":"pdf"}"#)
        .unwrap()
}

#[test]
fn a_file_becomes_a_job() {
    let emulator = common::emulator();
    let client = common::client(&emulator);
    let pdf = b"%PDF-1.7 hello".to_vec();
    let submission = convert().file(Input::bytes("a.pdf", pdf.clone()));
    let submitted = client.submit(&submission, |_, _| true, &Call::new()).unwrap();
    assert!(submitted.result.is_none());
    assert_eq!(emulator.input_of(&submitted.job.id()), [pdf]);
    submitted.job.wait(|_| true, &Call::new()).unwrap();
}
