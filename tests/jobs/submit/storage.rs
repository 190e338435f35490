//! Documents that are not in the form: URLs, and uploads to storage.

use nitro_jobs::{Call, Endpoint, Input, Submission};

use super::{PDF, flatten, pdf_of, send};
use crate::common::{client, emulator};

#[test]
fn storage_receives_the_document_without_the_token_and_the_service_its_url() {
    let emulator = emulator();
    let document = pdf_of(500_000);
    let submission = Submission::new(Endpoint::Transformations, "merge")
        .file(Input::bytes("one.pdf", &document[..]))
        .file(Input::reader("two.pdf", PDF.len() as u64, PDF))
        .via_presigned_upload(true);
    let mut reported = Vec::new();
    let on_progress = |sent, total| {
        reported.push((sent, total));
        true
    };
    let job = client(&emulator)
        .submit(&submission, on_progress, &Call::new())
        .unwrap()
        .job;
    assert_eq!(emulator.input_of(&job.id()), [document.clone(), PDF.to_vec()]);
    let requests = emulator.requests();
    let steps: Vec<_> = requests.iter().map(|r| r.method.as_str()).collect();
    assert_eq!(
        steps,
        ["POST", "PUT", "POST", "PUT", "POST"],
        "each URL is requested right before its use"
    );
    for put in requests.iter().filter(|r| r.method == "PUT") {
        assert_eq!(put.header("authorization"), None);
        assert_eq!(put.header("x-analytics-session-id"), None);
        assert_eq!(put.header("content-type"), None);
        assert_eq!(
            put.header("content-length"),
            Some(put.body_length.to_string().as_str())
        );
    }
    let form = emulator.form_of(&job.id());
    let part = &form[2];
    assert_eq!(
        (part.name.as_str(), part.file_name.as_str()),
        ("files", "one.pdf")
    );
    assert_eq!(part.content_type, "application/vnd.gonitro.url+json");
    assert!(
        part.text.contains(r#""contentType":"application/pdf""#),
        "{}",
        part.text
    );
    let total = (document.len() + PDF.len()) as u64;
    assert_eq!(reported.last(), Some(&(total, total)));
    assert!(reported.windows(2).all(|two| two[0].0 < two[1].0));
}

#[test]
fn a_document_url_is_passed_to_the_service_unchanged() {
    let emulator = emulator();
    let client = client(&emulator);
    // The emulator reads URLs of its own storage only, each once.
    let address = &emulator.store(PDF);
    emulator.forget_requests();
    let by_address = flatten().file(Input::url(address, "application/pdf").name("b.pdf"));
    let job = send(&client, &by_address).unwrap().job;
    assert_eq!(emulator.input_of(&job.id()), [PDF]);
    assert_eq!(emulator.requests().len(), 1);
    let part = &emulator.form_of(&job.id())[2];
    assert_eq!((part.name.as_str(), part.file_name.as_str()), ("file", "b.pdf"));
    assert!(part.text.contains(address));

    let gone = flatten().file(Input::url("https://gone.example/x.pdf", "application/pdf"));
    let error = send(&client, &gone).unwrap_err();
    assert_eq!(
        error.problem().unwrap().kind.as_deref(),
        Some("BrokenDownloadURL")
    );
}
