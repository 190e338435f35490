//! Peers that respond with anything but what they should, are larger than any response, or lead elsewhere.

use nitro_jobs::{Call, Client, ClientOptions, Download, Error, ErrorKind, Job};
use std::io::Write;
use std::time::Duration;

use crate::common::raw::{self, Raw};
use crate::common::response;
use crate::report::{Desk, Report};
use crate::world::{Certificate, Wire};

const TOKEN: &str = "a-token-that-stays-at-home-77aa";
const BIG: usize = 100 << 20;
/// What an error response of any size may cost: the megabyte of it that is read, a few times over, and buffers.
const MEMORY: usize = 24 << 20;

pub fn run(report: &Report, full: bool) {
    let desk = report.desk();
    garbage(&desk, if full { 400 } else { 10 });
    wrong_protocol(&desk);
    huge_error_response(&desk);
    other_servers(&desk);
}

/// How long a wait goes on asking a peer that only sends nonsense.
const PATIENCE: Duration = Duration::from_millis(60);

fn options(base_url: &str) -> ClientOptions {
    Certificate::new().options(base_url, TOKEN).wait_timeout(PATIENCE)
}

fn job(base_url: &str) -> Job {
    Client::new(options(base_url)).unwrap().job("mine").unwrap()
}

/// Every kind of call, by name.
fn request(job: &Job, what: &str) -> Result<(), Error> {
    let (call, folder) = (Call::new(), tempfile::tempdir().unwrap());
    let outcome = match what {
        "status" => job.status(&call).map(drop),
        "result" => job.result(&call).map(drop),
        "bytes" => job.result_bytes(&mut Vec::new(), &call).map(drop),
        "download" => job
            .download(&Download::to_folder(folder.path()), |_| true, &call)
            .map(drop),
        _ => job.wait(|_| true, &call).map(drop),
    };
    assert_eq!(
        std::fs::read_dir(folder.path()).unwrap().count(),
        0,
        "a file is left"
    );
    outcome
}

const CALLS: [&str; 5] = ["status", "result", "bytes", "download", "wait"];

fn expect_rejected(desk: &Desk<'_>, name: &str, base_url: &str, kinds: &[ErrorKind]) {
    for what in CALLS {
        desk.case(&format!("{name}: {what}"), || {
            match request(&job(base_url), what) {
                // A wait asks again until its time is over, unless the error is final.
                Err(error) if what == "wait" && error.kind() == ErrorKind::WaitTimeout => Ok(()),
                Err(error) if kinds.contains(&error.kind()) && !error.to_string().contains(TOKEN) => Ok(()),
                other => Err(format!("{other:?}")),
            }
        });
    }
}

fn garbage(desk: &Desk<'_>, random_answers: usize) {
    use ErrorKind::{ConnectionLost, Http, Protocol, TooLarge, Truncated, UnexpectedResult, Unverified};
    let json = |headers: &str| response("200 OK", headers, b"{\"status\":\"completed\",\"result\":\"x\"}");
    let many: String = (0..1000).map(|n| format!("X-Header-{n}: {n}\r\n")).collect();
    let long = format!("X-Long: {}\r\n", "x".repeat(200_000));
    let mut responses: Vec<(&str, Vec<u8>)> = vec![
        ("nothing", Vec::new()),
        ("another protocol", b"SSH-2.0-OpenSSH_9.9\r\n".to_vec()),
        ("half a status line", b"HTTP/1.1 20".to_vec()),
        ("no status", b"HTTP/1.1\r\n\r\n".to_vec()),
        (
            "HTTP/2 as text",
            b"HTTP/2.0 200 OK\r\nContent-Length: 2\r\n\r\n{}".to_vec(),
        ),
        (
            "an unheard-of status",
            b"HTTP/1.1 999 Whatever\r\nContent-Length: 0\r\n\r\n".to_vec(),
        ),
        (
            "no end of the head",
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n".to_vec(),
        ),
        (
            "a negative length",
            b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello".to_vec(),
        ),
        (
            "a length beyond numbers",
            b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\nhello".to_vec(),
        ),
        (
            "a promise of 16 EB",
            b"HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551615\r\n\r\n{}".to_vec(),
        ),
        (
            "two lengths",
            b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 7\r\n\r\n[1,2,3]".to_vec(),
        ),
        (
            "a chunk of nonsense",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n".to_vec(),
        ),
        (
            "an endless chunk",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n{}".to_vec(),
        ),
        (
            "a header without a colon",
            b"HTTP/1.1 200 OK\r\nnonsense\r\nContent-Length: 2\r\n\r\n{}".to_vec(),
        ),
        (
            "NUL in a header",
            b"HTTP/1.1 200 OK\r\nX: a\0b\r\nContent-Length: 2\r\n\r\n{}".to_vec(),
        ),
        ("a thousand headers", json(&many)),
        ("a header of 200 KB", json(&long)),
        (
            "gzip that was not requested",
            json("Content-Type: application/json\r\nContent-Encoding: gzip\r\n"),
        ),
        (
            "JSON that ends early",
            response(
                "200 OK",
                "Content-Type: application/json\r\n",
                b"{\"status\":\"comp",
            ),
        ),
        (
            "a response about another job",
            raw::json("{\"jobID\":\"other\",\"status\":\"completed\",\"result\":\"x\"}"),
        ),
        (
            "another job's failure",
            raw::json("{\"jobID\":\"other\",\"status\":\"failed\",\"error\":{\"title\":\"x\"}}"),
        ),
    ];
    let mut random = fastrand::Rng::with_seed(4);
    for _ in 0..random_answers {
        let length = random.usize(1..400);
        let mut bytes: Vec<u8> = (0..length).map(|_| random.u8(..)).collect();
        if random.bool() {
            bytes.splice(0..0, *b"HTTP/1.1 200 OK\r\n");
        }
        responses.push(("random bytes", bytes));
    }
    let kinds = [
        ConnectionLost,
        Http,
        Protocol,
        TooLarge,
        Truncated,
        UnexpectedResult,
        Unverified,
    ];
    for (name, response) in responses {
        let server = Raw::responding(move |_| response.clone());
        expect_rejected(desk, name, &server.base_url, &kinds);
    }
}

fn wrong_protocol(desk: &Desk<'_>) {
    use ErrorKind::{Connect, ConnectionLost, Protocol, Tls};
    let certificate = Certificate::new();
    let secure = certificate.emulator(Wire::Tls);
    let plain_to_tls = format!("http://127.0.0.1:{}", secure.port());
    expect_rejected(
        desk,
        "plain HTTP to a TLS port",
        &plain_to_tls,
        &[ConnectionLost, Protocol],
    );
    let plain = certificate.emulator(Wire::Plain);
    let tls_to_plain = format!("https://127.0.0.1:{}", plain.port());
    expect_rejected(desk, "TLS to a plain port", &tls_to_plain, &[Tls, Connect]);
    // `options` makes a certificate of its own, so this one is not trusted.
    expect_rejected(desk, "an unknown certificate", &secure.base_url(), &[Tls]);
}

/// The most memory that the process has had since the last `forget_peak`.
fn peak() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<usize>().ok())
        .map_or(0, |kilobytes| kilobytes << 10)
}

fn forget_peak() {
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

fn huge_error_response(desk: &Desk<'_>) {
    let server = Raw::serve(|_, stream| {
        write!(
            stream,
            "HTTP/1.1 500 Oops\r\nContent-Type: application/problem+json\r\nContent-Length: {BIG}\r\n\r\n"
        )?;
        let piece = vec![b' '; 64 << 10];
        (0..BIG / piece.len()).try_for_each(|_| stream.write_all(&piece))
    });
    for what in &CALLS[..4] {
        desk.case(&format!("a problem document of 100 MB: {what}"), || {
            forget_peak();
            let before = peak();
            let outcome = request(&job(&server.base_url), what);
            let grown = peak().saturating_sub(before);
            match outcome {
                Err(error) if error.kind() == ErrorKind::Service && grown < MEMORY => Ok(()),
                other => Err(format!("{grown} bytes, {:?}", other.map_err(|e| e.kind()))),
            }
        });
    }
}

/// Addresses at another port, which is another origin: followed, but never with the token or the reference.
fn other_servers(desk: &Desk<'_>) {
    let other_server = Raw::responding(|request| {
        if request.path.starts_with("/file") {
            raw::response(200, "application/octet-stream", "bytes")
        } else {
            raw::json("{\"status\":\"completed\",\"result\":\"text\"}")
        }
    });
    let there = other_server.base_url.clone();
    let home = Raw::responding(move |request| match request.job() {
        "file" => raw::json(format!(
            "{{\"status\":\"completed\",\"result\":{{\"file\":{{\"URL\":\"{there}/file\"}}}}}}"
        )),
        _ => format!(
            "HTTP/1.1 302 Found\r\nLocation: {there}/result\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        )
        .into_bytes(),
    });
    let client = Client::new(options(&home.base_url)).unwrap();
    let (call, folder) = (Call::new(), tempfile::tempdir().unwrap());
    let target = Download::to_folder(folder.path());
    type Go<'a> = &'a dyn Fn() -> Result<(), Error>;
    let ways: [(&str, Go<'_>); 3] = [
        ("a redirected result", &|| {
            client.job("moved")?.result(&call).map(drop)
        }),
        ("a status that leads away", &|| {
            let job = client.job("moved")?;
            job.wait(|_| true, &call)?;
            job.result(&call).map(drop)
        }),
        ("a file elsewhere", &|| {
            client.job("file")?.download(&target, |_| true, &call).map(drop)
        }),
    ];
    for (name, go) in ways {
        desk.case(name, || {
            let visits = other_server.heads().len();
            go().map_err(|e| e.to_string())?;
            let heads = other_server.heads().split_off(visits);
            let reported = |head: &String| {
                let head = head.to_ascii_lowercase();
                head.contains(TOKEN) || head.contains("authorization") || head.contains("x-analytics")
            };
            match heads.iter().find(|head| reported(head)) {
                _ if heads.is_empty() => Err("it never went there".to_owned()),
                Some(head) => Err(format!("it received too much: {head}")),
                None => Ok(()),
            }
        });
    }
}
