//! Downloads that are interrupted while the file changes on the server: one version of it whole, or no file.

use std::io::Write;
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use nitro_jobs::{Call, Client, Download, OnExisting};

use crate::common::raw::{self, Raw};
use crate::operation::OLD;
use crate::report::Report;
use crate::world::Certificate;

const SIZE: usize = 20_000;
/// How much of the first version is sent before the connection closes.
const CUTS: [usize; 3] = [1, SIZE / 2, SIZE - 1];

/// What a server says of the version of a file, in its first response and in a later one of another version.
const VALIDATORS: [(&str, &str, &str); 5] = [
    ("a strong tag", "ETag: \"a\"\r\n", "ETag: \"b\"\r\n"),
    ("a weak tag", "ETag: W/\"a\"\r\n", "ETag: W/\"b\"\r\n"),
    ("a date", FIRST_DATE, SECOND_DATE),
    (
        "a weak tag and a date",
        "ETag: W/\"a\"\r\nLast-Modified: Mon, 02 Nov 2026 10:00:00 GMT\r\n",
        "ETag: W/\"b\"\r\nLast-Modified: Tue, 03 Nov 2026 10:00:00 GMT\r\n",
    ),
    ("no validator", "", ""),
];
const FIRST_DATE: &str = "Last-Modified: Mon, 02 Nov 2026 10:00:00 GMT\r\n";
const SECOND_DATE: &str = "Last-Modified: Tue, 03 Nov 2026 10:00:00 GMT\r\n";

/// How a request for the rest is answered.
#[derive(Clone, Copy, Debug)]
enum Rest {
    SameVersion,
    OtherVersion,
    WithoutValidator,
    OtherSize,
    OneByteEarly,
    OneByteLate,
    NotToTheEnd,
    SeveralRanges,
    WithoutRange,
    WholeOfOther,
    NothingLeft,
    NothingOfTheWhole,
    NothingOfUnknown,
    NotModified,
    PreconditionFailed,
}

const RESTS: [Rest; 15] = [
    Rest::SameVersion,
    Rest::OtherVersion,
    Rest::WithoutValidator,
    Rest::OtherSize,
    Rest::OneByteEarly,
    Rest::OneByteLate,
    Rest::NotToTheEnd,
    Rest::SeveralRanges,
    Rest::WithoutRange,
    Rest::WholeOfOther,
    Rest::NothingLeft,
    Rest::NothingOfTheWhole,
    Rest::NothingOfUnknown,
    Rest::NotModified,
    Rest::PreconditionFailed,
];

pub fn run(report: &Report, _full: bool) {
    let desk = report.desk();
    for (name, first, second) in VALIDATORS {
        for chunked in [false, true] {
            for cut in CUTS {
                for rest in RESTS {
                    let file = File {
                        first,
                        second,
                        chunked,
                        cut,
                        rest,
                    };
                    let case = format!("{name}, chunked: {chunked}, closed after {cut}, then {rest:?}");
                    desk.case(&case, || interrupted(file));
                }
            }
        }
    }
}

fn version(letter: u8) -> Vec<u8> {
    vec![letter; SIZE]
}

#[derive(Clone, Copy)]
struct File {
    first: &'static str,
    second: &'static str,
    chunked: bool,
    cut: usize,
    rest: Rest,
}

fn interrupted(file: File) -> Result<(), String> {
    let visits = Arc::new(AtomicUsize::new(0));
    let server = Raw::serve(move |request, stream| {
        if request.path != "/file" {
            return stream.write_all(&raw::json(
                "{\"status\":\"completed\",\"result\":{\"file\":{\"URL\":\"/file\"}}}",
            ));
        }
        let is_first = visits.fetch_add(1, Ordering::SeqCst) == 0;
        let ranged = request.head.to_ascii_lowercase().contains("\r\nrange:");
        match (is_first, ranged) {
            (true, _) => file.begin(stream),
            (false, true) => file.answer_rest(stream),
            (false, false) => whole(stream, file.second, &version(b'B')),
        }
    });
    let options = Certificate::new().options(&server.base_url, "token").retries(3);
    let client = Client::new(options).map_err(|e| e.to_string())?;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("result.bin");
    std::fs::write(&path, OLD).unwrap();
    let target = Download::to_file(&path).existing(OnExisting::Replace);
    let job = client.job("mine").unwrap();
    let saved = job.download(&target, |_| true, &Call::new());
    let content = std::fs::read(&path).unwrap();
    let entries = std::fs::read_dir(folder.path()).unwrap().count();
    let whole = content == version(b'A') || content == version(b'B');
    match saved {
        _ if entries != 1 => Err(format!("{entries} files are there")),
        Ok(_) if !whole => Err(format!("{} bytes of no version are called whole", content.len())),
        Err(error) if content != OLD => Err(format!("it failed, and the file is another: {error}")),
        Err(error) if matches!(file.rest, Rest::SameVersion | Rest::OtherVersion) => {
            Err(format!("it could have been saved: {error}"))
        }
        _ => Ok(()),
    }
}

impl File {
    /// Version A, cut off.
    fn begin(self, stream: &mut TcpStream) -> std::io::Result<()> {
        let framing = if self.chunked {
            format!("Transfer-Encoding: chunked\r\n\r\n{SIZE:x}\r\n")
        } else {
            format!("Content-Length: {SIZE}\r\n\r\n")
        };
        write!(
            stream,
            "HTTP/1.1 200 OK\r\nAccept-Ranges: bytes\r\n{}{framing}",
            self.first
        )?;
        stream.write_all(&version(b'A')[..self.cut])
    }

    fn answer_rest(self, stream: &mut TcpStream) -> std::io::Result<()> {
        let (cut, last, tag, other) = (self.cut, SIZE - 1, self.first, self.second);
        let mut part = |validator: &str, range: String, letter: u8, length: usize| {
            let body = vec![letter; length];
            write!(
                stream,
                "HTTP/1.1 206 Partial Content\r\n{validator}{range}Content-Length: {length}\r\nConnection: close\r\n\r\n"
            )?;
            stream.write_all(&body)
        };
        let range = |first: usize, last: usize, total: usize| {
            format!("Content-Range: bytes {first}-{last}/{total}\r\n")
        };
        let rest = SIZE - cut;
        match self.rest {
            Rest::SameVersion => part(tag, range(cut, last, SIZE), b'A', rest),
            Rest::OtherVersion => part(other, range(cut, last, SIZE), b'B', rest),
            Rest::WithoutValidator => part("", range(cut, last, SIZE), b'B', rest),
            Rest::OtherSize => part(other, range(cut, last + 5, SIZE + 5), b'B', rest + 5),
            Rest::OneByteEarly => part(tag, range(cut - 1, last, SIZE), b'B', rest + 1),
            Rest::OneByteLate => part(tag, range(cut + 1, last, SIZE), b'B', rest - 1),
            Rest::NotToTheEnd => part(tag, range(cut, last - 1, SIZE), b'B', rest - 1),
            Rest::SeveralRanges => part(
                tag,
                "Content-Type: multipart/byteranges; boundary=x\r\n".to_owned(),
                b'B',
                rest,
            ),
            Rest::WithoutRange => part(tag, String::new(), b'B', rest),
            Rest::WholeOfOther => whole(stream, other, &version(b'B')),
            Rest::NothingLeft => empty(stream, 416, &format!("Content-Range: bytes */{cut}\r\n")),
            Rest::NothingOfTheWhole => empty(stream, 416, &format!("Content-Range: bytes */{SIZE}\r\n")),
            Rest::NothingOfUnknown => empty(stream, 416, ""),
            Rest::NotModified => empty(stream, 304, tag),
            Rest::PreconditionFailed => empty(stream, 412, ""),
        }
    }
}

fn whole(stream: &mut TcpStream, validator: &str, body: &[u8]) -> std::io::Result<()> {
    write!(
        stream,
        "HTTP/1.1 200 OK\r\n{validator}Content-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    )?;
    stream.write_all(body)
}

fn empty(stream: &mut TcpStream, status: u16, headers: &str) -> std::io::Result<()> {
    write!(
        stream,
        "HTTP/1.1 {status} Whatever\r\n{headers}Content-Length: 0\r\nConnection: close\r\n\r\n"
    )
}
