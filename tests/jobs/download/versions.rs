//! A file is one version, whole: what an interrupted download joins, and what it fetches again from the start.

use std::sync::atomic::{AtomicUsize, Ordering};

use nitro_jobs::{Client, ClientOptions, Download, ErrorKind, OnExisting, Result};

use super::{names, save};
use crate::common::raw::{Raw, json};
use crate::common::with_watchdog;

/// A server whose result is one file, declared by `entry`; its requests get `responses` in turn, the last one from then on.
fn file_server(entry: &str, responses: Vec<Vec<u8>>) -> Raw {
    let result = format!(r#"{{"status":"completed","result":{{"file":{entry}}}}}"#);
    let turn = AtomicUsize::new(0);
    Raw::responding(move |request| match request.path.starts_with("/jobs/") {
        true => json(&result),
        false => responses[turn.fetch_add(1, Ordering::SeqCst).min(responses.len() - 1)].clone(),
    })
}

fn bytes(head: &str, body: &[u8]) -> Vec<u8> {
    [
        format!("HTTP/1.1 {head}\r\nConnection: close\r\n\r\n").as_bytes(),
        body,
    ]
    .concat()
}

/// What is saved, from a server that sends these responses.
fn saved_from(server: &Raw) -> Result<Vec<u8>> {
    let options = ClientOptions::new().base_url(&server.base_url).token("t");
    let job = Client::new(options)?.job("j-1")?;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out");
    let outcome = save(&job, &Download::to_file(&path).existing(OnExisting::Replace));
    match outcome {
        Ok(_) => Ok(std::fs::read(path).unwrap()),
        Err(error) => {
            assert_eq!(names(folder.path()), Vec::<String>::new(), "something is left");
            Err(error)
        }
    }
}

/// Whether the second response, with this head and body, is joined to the first half of version "A" or discarded for all of "B".
fn joins(first_head: &str, half: usize, second: Vec<u8>) -> bool {
    let total = 2 * half;
    let a = vec![b'A'; total];
    let b = vec![b'B'; total];
    let whole_b = bytes(&format!("200 OK\r\nETag: \"b\"\r\nContent-Length: {total}"), &b);
    let server = file_server(
        r#"{"URL":"/f"}"#,
        vec![bytes(first_head, &a[..half]), second, whole_b],
    );
    let saved = saved_from(&server).unwrap();
    assert!(
        saved == a || saved == b,
        "a mixture or a part: {} bytes",
        saved.len()
    );
    saved == a
}

#[test]
fn a_part_of_another_version_is_not_joined() {
    with_watchdog(|| {
        let half = 500_000;
        let rest = |validator: &str| {
            let head = format!(
                "206 Partial Content\r\n{validator}Content-Range: bytes 500000-999999/1000000\r\nContent-Length: 500000"
            );
            let body = if validator.contains("\"b\"") { b'B' } else { b'A' };
            bytes(&head, &vec![body; half])
        };
        let tagged = "200 OK\r\nETag: \"a\"\r\nContent-Length: 1000000";
        assert!(joins(tagged, half, rest("ETag: \"a\"\r\n")));
        // Another version, no proof at all, a weak tag, a date instead of the tag.
        for other in [
            "ETag: \"b\"\r\n",
            "",
            "ETag: W/\"a\"\r\n",
            "ETag: \"A\"\r\n",
            "Last-Modified: Thu, 01 Jan 2026 00:00:00 GMT\r\n",
        ] {
            assert!(!joins(tagged, half, rest(other)), "{other:?}");
        }
    });
}

#[test]
fn a_date_proves_the_version_only_if_it_is_older_than_the_response() {
    with_watchdog(|| {
        let modified = "Last-Modified: Thu, 01 Jan 2026 00:00:00 GMT\r\n";
        let first = |date: &str, more: &str| format!("200 OK\r\n{date}{modified}{more}Content-Length: 10");
        let rest = |fields: &str| {
            let head =
                format!("206 Partial Content\r\n{fields}Content-Range: bytes 5-9/10\r\nContent-Length: 5");
            bytes(&head, b"AAAAA")
        };
        let later = "Date: Thu, 01 Jan 2026 00:00:01 GMT\r\n";
        assert!(joins(&first(later, ""), 5, rest(modified)));
        let same_second = "Date: Thu, 01 Jan 2026 00:00:00 GMT\r\n";
        for date in [same_second, "", "Date: today\r\n"] {
            assert!(!joins(&first(date, ""), 5, rest(modified)), "{date:?}");
        }
        for other in [
            "",
            "Last-Modified: Thu, 01 Jan 2026 00:00:02 GMT\r\n",
            &format!("{modified}ETag: W/\"2\"\r\n"),
        ] {
            assert!(!joins(&first(later, ""), 5, rest(other)), "{other:?}");
        }
        let weak = first(later, "ETag: W/\"1\"\r\n");
        assert!(joins(&weak, 5, rest(&format!("{modified}ETag: W/\"1\"\r\n"))));
        assert!(!joins(&weak, 5, rest(&format!("{modified}ETag: W/\"2\"\r\n"))));
    });
}

#[test]
fn an_unsatisfiable_range_is_the_end_only_of_a_file_that_is_whole() {
    with_watchdog(|| {
        let beyond = |fields: &str, total: usize| {
            let head = format!(
                "416 Range Not Satisfiable\r\n{fields}Content-Range: bytes */{total}\r\nContent-Length: 0"
            );
            bytes(&head, b"")
        };
        let tagged = "200 OK\r\nContent-Length: 400000\r\nETag: \"v1\"";
        assert!(!joins(tagged, 200_000, beyond("", 200_000)));
        assert!(!joins(tagged, 200_000, beyond("ETag: \"v1\"\r\n", 200_000)));
        // In chunks: all of them arrived, but not the last one, which is empty.
        let in_chunks = |second| {
            let first = bytes(
                "200 OK\r\nTransfer-Encoding: chunked\r\nETag: \"v1\"",
                b"5\r\nAAAAA\r\n",
            );
            let whole = bytes("200 OK\r\nContent-Length: 3", b"BBB");
            saved_from(&file_server(r#"{"URL":"/f"}"#, vec![first, second, whole])).unwrap()
        };
        assert_eq!(in_chunks(beyond("ETag: \"v1\"\r\n", 5)), b"AAAAA");
        assert_eq!(in_chunks(beyond("ETag: \"v2\"\r\n", 5)), b"BBB");
        assert_eq!(in_chunks(beyond("", 5)), b"BBB");
        assert_eq!(in_chunks(beyond("ETag: \"v1\"\r\n", 4)), b"BBB");
        // A part whose end nobody states may be followed by more.
        let part = |range: &str| {
            let head = format!(
                "206 Partial Content\r\nETag: \"v1\"\r\nContent-Range: bytes {range}\r\nContent-Length: 3"
            );
            bytes(&head, b"AAA")
        };
        assert_eq!(in_chunks(part("5-7/8")), b"AAAAAAAA");
        assert_eq!(in_chunks(part("5-7/*")), b"BBB");
    });
}

#[test]
fn a_part_is_not_taken_for_the_whole_file() {
    with_watchdog(|| {
        let whole = bytes("200 OK\r\nContent-Length: 6", b"BBBBBB");
        for part in [
            "200 OK\r\nContent-Range: bytes 3-5/6\r\nContent-Length: 3",
            "206 Partial Content\r\nContent-Range: bytes 3-5/6\r\nContent-Length: 3",
            "206 Partial Content\r\nContent-Length: 3",
        ] {
            let server = file_server(r#"{"URL":"/f"}"#, vec![bytes(part, b"AAA"), whole.clone()]);
            assert_eq!(saved_from(&server).unwrap(), b"BBBBBB", "{part}");
        }
        for none in [
            "204 No Content",
            "202 Accepted\r\nContent-Length: 3",
            "205 Reset Content\r\nContent-Length: 0",
        ] {
            let body = if none.starts_with("202") { &b"AAA"[..] } else { b"" };
            let server = file_server(r#"{"URL":"/f"}"#, vec![bytes(none, body)]);
            let error = saved_from(&server).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Http, "{none}: {error}");
        }
    });
}

#[test]
fn a_tag_proves_nothing_about_another_url() {
    with_watchdog(|| {
        let turn = AtomicUsize::new(0);
        let server = Raw::responding(move |request| {
            let fetched = turn.fetch_add(1, Ordering::SeqCst);
            let tag = "ETag: \"1\"\r\nContent-Length";
            match request.path.as_str() {
                "/one" if fetched < 2 => bytes(&format!("200 OK\r\n{tag}: 10"), b"AAAAA"),
                "/one" => bytes("403 Forbidden\r\nContent-Length: 0", b""),
                "/two" if request.head.to_ascii_lowercase().contains("range: bytes=5-") => bytes(
                    &format!("206 Partial Content\r\nContent-Range: bytes 5-9/10\r\n{tag}: 5"),
                    b"BBBBB",
                ),
                "/two" => bytes(&format!("200 OK\r\n{tag}: 10"), b"BBBBBBBBBB"),
                _ if fetched == 0 => json(r#"{"status":"completed","result":{"file":{"URL":"/one"}}}"#),
                _ => json(r#"{"status":"completed","result":{"file":{"URL":"/two"}}}"#),
            }
        });
        assert_eq!(saved_from(&server).unwrap(), b"BBBBBBBBBB");
    });
}

#[test]
fn a_pdf_is_recognised_whatever_the_spelling_of_its_media_type() {
    with_watchdog(|| {
        let page = b"<!doctype html><title>Log in</title>";
        for (stated, sent) in [
            (r#","contentType":"Application/PDF""#, "text/html"),
            (r#","contentType":" APPLICATION/PDF ; version=1.7""#, "text/html"),
            ("", "Application/Pdf"),
            ("", "application/pdf;charset=utf-8"),
        ] {
            let html = bytes(
                &format!("200 OK\r\nContent-Type: {sent}\r\nContent-Length: {}", page.len()),
                page,
            );
            let entry = format!(r#"{{"URL":"/f"{stated}}}"#);
            let error = saved_from(&file_server(&entry, vec![html])).unwrap_err();
            assert_eq!(
                error.kind(),
                ErrorKind::UnexpectedResult,
                "{stated} {sent}: {error}"
            );
        }
    });
}

#[test]
fn a_url_that_expired_in_other_words_is_replaced_once() {
    with_watchdog(|| {
        let expired = |status: &str| {
            let body =
                "<Error><Code>ExpiredToken</Code><Message>The provided token has expired.</Message></Error>";
            let head = format!(
                "{status}\r\nContent-Type: application/xml\r\nContent-Length: {}",
                body.len()
            );
            bytes(&head, body.as_bytes())
        };
        let whole = bytes("200 OK\r\nContent-Length: 3", b"AAA");
        for (status, kind) in [
            ("400 Bad Request", ErrorKind::BadRequest),
            ("401 Unauthorized", ErrorKind::Unauthorized),
        ] {
            let server = file_server(r#"{"URL":"/f"}"#, vec![expired(status), whole.clone()]);
            assert_eq!(saved_from(&server).unwrap(), b"AAA");
            let server = file_server(r#"{"URL":"/f"}"#, vec![expired(status)]);
            assert_eq!(saved_from(&server).unwrap_err().kind(), kind);
            let paths = server.heads();
            let fetched = |path: &str| paths.iter().filter(|head| head.starts_with(path)).count();
            assert_eq!((fetched("GET /f"), fetched("GET /jobs/")), (2, 2), "{status}");
        }
    });
}

#[test]
fn a_content_encoding_that_is_no_coding_is_ignored() {
    with_watchdog(|| {
        for coding in ["aws-chunked", "utf-8", ""] {
            let head = format!("200 OK\r\nContent-Encoding: {coding}\r\nContent-Length: 3");
            let server = file_server(r#"{"URL":"/f"}"#, vec![bytes(&head, b"AAA")]);
            assert_eq!(saved_from(&server).unwrap(), b"AAA", "{coding}");
        }
        let head = "200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3";
        let server = file_server(r#"{"URL":"/f"}"#, vec![bytes(head, b"AAA")]);
        assert_eq!(saved_from(&server).unwrap_err().kind(), ErrorKind::Protocol);
    });
}
