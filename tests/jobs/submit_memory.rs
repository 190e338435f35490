//! 200 MB are uploaded in constant memory, measured in a process of its own. From C: see tests/c_api/memory.rs.
#![allow(clippy::unwrap_used)]
#![cfg(target_os = "linux")]

use crate::common;

use common::drain::Drain;
use common::process::alone;
use nitro_jobs::{Call, Client, ClientOptions, Endpoint, Input, Submission};

const SIZE: u64 = 200_000_000;
const MAX_GROWTH: u64 = 8 << 20;

/// The most memory that this process has had, in bytes.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|l| l.starts_with("VmHWM:")).unwrap();
    let kib: u64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    kib << 10
}

#[test]
fn uploading_200_megabytes_takes_no_more_memory_than_2() {
    alone(
        module_path!(),
        "uploading_200_megabytes_takes_no_more_memory_than_2",
        || {
            let service = Drain::start();
            let client = Client::new(ClientOptions::new().base_url(&service.base_url).token("t")).unwrap();
            let send = |size: u64| {
                let reader = std::io::repeat(b'x');
                let submission = Submission::new(Endpoint::Transformations, "flatten")
                    .file(Input::reader("a.pdf", size, reader));
                client.submit(&submission, |_, _| true, &Call::new()).unwrap();
                service.next()
            };
            send(2_000_000);
            let before = peak();
            let upload = send(SIZE);
            let grown = peak() - before;
            assert_eq!(upload.announced, upload.received);
            assert!(upload.received > SIZE);
            assert!(grown < MAX_GROWTH, "the peak grew by {grown} bytes");
        },
    );
}
