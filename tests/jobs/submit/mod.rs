//! Starting jobs over the emulator: what is sent, what comes back, and what goes wrong.
#![allow(clippy::unwrap_used)]

mod answers;
mod failures;
mod sending;
mod storage;

use nitro_jobs::{Call, Client, Endpoint, Error, Input, Submission, Submitted};

/// The smallest thing that passes for a PDF.
pub const PDF: &[u8] = b"%PDF-1.7 a document";

/// A submission that every PDF does for.
pub fn flatten<'a>() -> Submission<'a> {
    Submission::new(Endpoint::Transformations, "flatten")
}

/// A PDF of so many bytes.
pub fn pdf_of(length: usize) -> Vec<u8> {
    let mut bytes = b"%PDF-1.7 ".to_vec();
    bytes.resize(length, b'x');
    bytes
}

/// A submission, sent without looking at the progress.
pub fn send(client: &Client, submission: &Submission<'_>) -> Result<Submitted, Error> {
    client.submit(submission, |_, _| true, &Call::new())
}

/// One small PDF, sent.
pub fn send_one(client: &Client) -> Result<Submitted, Error> {
    send(client, &flatten().file(Input::bytes("a.pdf", PDF)))
}
