//! Interrupted downloads: resumed if the server supports ranges, restarted if not, and complete or absent in the end.
#![allow(clippy::unwrap_used)]

use crate::common;

use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;

use common::{client, emulator, job, options, with_watchdog};
use nitro_emulator::{Emulator, Fault, Presigned, Scenario, Shape};
use nitro_jobs::{Call, Client, Download, ErrorKind, OnExisting};

const SIZE: u64 = 300_000;

fn file_of(size: u64) -> Scenario {
    Scenario::instant()
        .size_bytes(Some(size))
        .content_type(Some("application/octet-stream".to_owned()))
}

/// Where in the bytes of the file's response a fault strikes: behind its head.
const MIDDLE: u64 = 150_000;

fn names_in(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// Downloads into a folder of its own; returns the bytes on disk and the Range of each storage request.
fn download(emulator: &Emulator, client: &Client, id: &str) -> nitro_jobs::Result<(Vec<u8>, Vec<String>)> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("result.bin");
    let saved = client.job(id)?.download(
        &Download::to_file(&path).existing(OnExisting::Replace),
        |_| true,
        &Call::new(),
    );
    let ranges = emulator
        .requests()
        .iter()
        .filter(|r| r.path.contains("/storage/"))
        .map(|r| r.header("range").unwrap_or_default().to_owned())
        .collect();
    match saved {
        Ok(_) => Ok((std::fs::read(&path).unwrap(), ranges)),
        Err(error) => {
            assert_eq!(
                names_in(folder.path()),
                Vec::<String>::new(),
                "something was left behind"
            );
            Err(error)
        }
    }
}

/// Each connection from the second on takes the next fault: the first carries the result's JSON, then the file.
fn cut_the_file(emulator: &Emulator, faults: &[Fault]) {
    // Response 1 on the connection is the JSON; the file is response 2, or the first on a new connection.
    for (index, fault) in faults.iter().enumerate() {
        let response = if index == 0 { 2 } else { 1 };
        emulator.fault(fault.clone().from_request(response));
    }
}

#[test]
fn an_interrupted_download_resumes_at_the_last_byte() {
    with_watchdog(|| {
        let emulator = emulator();
        let client = client(&emulator);
        let id = emulator.create_job(file_of(SIZE));
        cut_the_file(&emulator, &[Fault::cut(MIDDLE), Fault::reset(50_000)]);
        let (bytes, ranges) = download(&emulator, &client, &id).unwrap();
        assert_eq!(bytes, emulator.output_of(&id)[0]);
        assert_eq!(ranges.len(), 3, "{ranges:?}");
        assert!(ranges[0].is_empty() && ranges[1].starts_with("bytes=") && ranges[2].starts_with("bytes="));
    });
}

#[test]
fn a_server_without_ranges_restarts_the_download() {
    with_watchdog(|| {
        let emulator = emulator();
        let client = client(&emulator);
        let presigned = Presigned {
            ranges: false,
            ..Presigned::default()
        };
        let id = emulator.create_job(file_of(SIZE).presigned(presigned));
        cut_the_file(&emulator, &[Fault::cut(MIDDLE)]);
        let (bytes, ranges) = download(&emulator, &client, &id).unwrap();
        assert_eq!(bytes, emulator.output_of(&id)[0]);
        assert_eq!(ranges.len(), 2);
    });
}

#[test]
fn exhausted_retries_leave_no_file() {
    with_watchdog(|| {
        let emulator = emulator();
        let client = Client::new(options(&emulator).retries(1)).unwrap();
        let id = emulator.create_job(file_of(SIZE));
        cut_the_file(
            &emulator,
            &[Fault::cut(20_000), Fault::cut(20_000), Fault::cut(20_000)],
        );
        let error = download(&emulator, &client, &id).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Truncated);
        assert!(error.ticket().is_some(), "the job can be resumed");
    });
}

#[test]
fn an_expired_presigned_url_is_renewed() {
    with_watchdog(|| {
        let emulator = emulator();
        let client = client(&emulator);
        let id = emulator.create_job(file_of(SIZE).storage_codes(vec![403]));
        let (bytes, ranges) = download(&emulator, &client, &id).unwrap();
        assert_eq!(bytes, emulator.output_of(&id)[0]);
        assert_eq!(ranges.len(), 2);
        let fetched = emulator
            .requests()
            .iter()
            .filter(|r| r.path.ends_with(&id))
            .count();
        assert_eq!(fetched, 2, "the result is requested again");
    });
}

#[test]
fn several_resumed_files_are_saved_all_or_none() {
    with_watchdog(|| {
        let emulator = emulator();
        let client = Client::new(options(&emulator).retries(0)).unwrap();
        let scenario = file_of(10_000).shape(Shape::Files { n: 3 });
        let job = job(&emulator, &client, scenario.clone().storage_codes(vec![500]));
        let folder = tempfile::tempdir().unwrap();
        let target = Download::to_folder(folder.path());
        assert_eq!(
            job.download(&target, |_| true, &Call::new()).unwrap_err().kind(),
            ErrorKind::Service
        );
        assert_eq!(names_in(folder.path()), Vec::<String>::new());
        let job = common::job(&emulator, &client, scenario);
        assert_eq!(job.download(&target, |_| true, &Call::new()).unwrap().len(), 3);
        assert_eq!(names_in(folder.path()).len(), 3);
    });
}

/// A server that sends these texts, one per connection, whatever the request.
fn server(responses: Vec<String>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for response in responses {
            let (mut peer, _) = listener.accept().unwrap();
            let mut requested = Vec::new();
            while !requested.ends_with(b"\r\n\r\n") {
                let mut byte = [0];
                if peer.read(&mut byte).unwrap_or(0) == 0 {
                    break;
                }
                requested.push(byte[0]);
            }
            let _ = peer.write_all(response.as_bytes());
        }
    });
    format!("http://{address}/file")
}

/// Downloads from a server that first cuts a file of ten bytes after five and then sends `response`.
fn after_a_cut(second: &str, third: &str) -> nitro_jobs::Result<Vec<u8>> {
    let first = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\nETag: \"a\"\r\n\r\n01234";
    let url = server(vec![first.to_owned(), second.to_owned(), third.to_owned()]);
    let emulator = emulator();
    let client = client(&emulator);
    let id = emulator
        .create_job(Scenario::instant().shape(Shape::Custom(serde_json::json!({"file": {"URL": url}}))));
    download(&emulator, &client, &id).map(|(bytes, _)| bytes)
}

const WHOLE: &str = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\nConnection: close\r\n\r\nabcdefghij";

#[test]
fn a_mismatched_range_is_not_appended() {
    with_watchdog(|| {
        let part = |range: &str, body: &str| {
            format!(
                "HTTP/1.1 206 Partial Content\r\nETag: \"a\"\r\nContent-Range: {range}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                body.len()
            )
        };
        assert_eq!(
            after_a_cut(&part("bytes 5-9/10", "56789"), WHOLE).unwrap(),
            b"0123456789"
        );
        // The file has changed: all of it is sent, and nothing of the old one is left.
        assert_eq!(after_a_cut(WHOLE, "").unwrap(), b"abcdefghij");
        for wrong in ["bytes 4-9/10", "bytes 5-8/10", "bytes 5-10/11", "nonsense"] {
            assert_eq!(
                after_a_cut(&part(wrong, "xxxxx"), WHOLE).unwrap(),
                b"abcdefghij",
                "{wrong}"
            );
        }
        let range_error = "HTTP/1.1 416 Range Not Satisfiable\r\nETag: \"a\"\r\nContent-Range: bytes */3\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        assert_eq!(after_a_cut(range_error, WHOLE).unwrap(), b"abcdefghij");
    });
}
