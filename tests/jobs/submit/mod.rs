//! Starting jobs over the emulator: what is sent, what comes back, and what goes wrong.
#![allow(clippy::unwrap_used)]

mod failures;
mod responses;
mod sending;
mod storage;

use nitro_jobs::{Call, Client, Endpoint, Error, Input, Submission, SubmitResult};

/// The smallest text that is accepted as a PDF.
pub const PDF: &[u8] = b"%PDF-1.7 a document";

/// A submission for which any PDF will do.
pub fn flatten<'a>() -> Submission<'a> {
    Submission::new(Endpoint::Transformations, "flatten")
}

/// A PDF of so many bytes.
pub fn pdf_of(length: usize) -> Vec<u8> {
    let mut bytes = b"%PDF-1.7 ".to_vec();
    bytes.resize(length, b'x');
    bytes
}

/// Submits, and ignores the progress.
pub fn send(client: &Client, submission: &Submission<'_>) -> Result<SubmitResult, Error> {
    client.submit(submission, |_, _| true, &Call::new())
}

/// Submits one small PDF.
pub fn send_one(client: &Client) -> Result<SubmitResult, Error> {
    send(client, &flatten().file(Input::bytes("a.pdf", PDF)))
}
