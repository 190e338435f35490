//! Targets and documents that are no regular files: none is replaced, widened or waited for.
#![cfg(unix)]

use std::fs::{self, Permissions};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{FileTypeExt, PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::Command;

use nitro_jobs::{Call, Client, Download, Endpoint, Input, OnExisting, Submission};

use crate::common::raw::{self, Raw};
use crate::operation::OLD;
use crate::report::Report;
use crate::world::Certificate;

const NEW: &[u8] = b"the result";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Special {
    Nothing,
    Private,
    ReadOnly,
    Folder,
    Fifo,
    Socket,
    /// A link to `/dev/null`, which stands for every device: making one needs a privilege.
    Device,
    LinkToFile,
    LinkToNothing,
    LinkToItself,
    LinkToFolder,
}

const SPECIALS: [Special; 11] = [
    Special::Nothing,
    Special::Private,
    Special::ReadOnly,
    Special::Folder,
    Special::Fifo,
    Special::Socket,
    Special::Device,
    Special::LinkToFile,
    Special::LinkToNothing,
    Special::LinkToItself,
    Special::LinkToFolder,
];

pub fn run(report: &Report, _full: bool) {
    let desk = report.desk();
    let server = Raw::responding(|request| match request.path.as_str() {
        "/file" => raw::response(200, "application/octet-stream", NEW),
        _ => raw::json("{\"status\":\"completed\",\"result\":{\"file\":{\"URL\":\"/file\"}}}"),
    });
    let client = Client::new(Certificate::new().options(&server.base_url, "token")).unwrap();
    for special in SPECIALS {
        for existing in [OnExisting::Fail, OnExisting::Replace, OnExisting::Number] {
            desk.case(&format!("a result to {special:?}, {existing:?}"), || {
                target(&client, special, existing)
            });
        }
        if !matches!(
            special,
            Special::Private | Special::ReadOnly | Special::LinkToFile
        ) {
            desk.case(&format!("a document that is {special:?}"), || {
                document(&client, &server, special)
            });
        }
    }
}

/// Makes it at `path`; what a link leads to stands beside it.
fn make(special: Special, path: &Path) {
    let beside = path.with_file_name("beside");
    match special {
        Special::Nothing => {}
        Special::Private | Special::ReadOnly => {
            fs::write(path, OLD).unwrap();
            let mode = if special == Special::Private { 0o600 } else { 0o400 };
            fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
        }
        Special::Folder => fs::create_dir(path).unwrap(),
        Special::Fifo => {
            let made = Command::new("mkfifo").arg(path).status().unwrap();
            assert!(made.success());
        }
        Special::Socket => drop(UnixListener::bind(path).unwrap()),
        Special::Device => symlink("/dev/null", path).unwrap(),
        Special::LinkToFile => {
            fs::write(&beside, OLD).unwrap();
            fs::set_permissions(&beside, Permissions::from_mode(0o600)).unwrap();
            symlink("beside", path).unwrap();
        }
        Special::LinkToNothing => symlink("beside", path).unwrap(),
        Special::LinkToItself => symlink(path.file_name().unwrap(), path).unwrap(),
        Special::LinkToFolder => {
            fs::create_dir(&beside).unwrap();
            symlink("beside", path).unwrap();
        }
    }
}

/// What a file is, its mode, and what a link says.
fn describe(path: &Path) -> String {
    let Ok(found) = fs::symlink_metadata(path) else {
        return "nothing".to_owned();
    };
    let content = if found.is_file() {
        fs::read(path).unwrap_or_default()
    } else {
        Vec::new()
    };
    let link = fs::read_link(path).ok();
    format!(
        "{:?} {:o} {link:?} {}",
        found.file_type(),
        found.permissions().mode(),
        String::from_utf8_lossy(&content)
    )
}

fn target(client: &Client, special: Special, existing: OnExisting) -> Result<(), String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("result.bin");
    let beside = folder.path().join("beside");
    make(special, &path);
    let before = [describe(&path), describe(&beside)];
    let null = fs::metadata("/dev/null").unwrap().file_type();
    let target = Download::to_file(&path).existing(existing);
    let saved = client
        .job("mine")
        .unwrap()
        .download(&target, |_| true, &Call::new());
    if !null.is_char_device() || !fs::metadata("/dev/null").unwrap().file_type().is_char_device() {
        return Err("/dev/null is no device any more".to_owned());
    }
    let parts = fs::read_dir(folder.path())
        .unwrap()
        .filter(|entry| {
            entry
                .as_ref()
                .unwrap()
                .file_name()
                .as_bytes()
                .starts_with(b".nitro")
        })
        .count();
    let after = [describe(&path), describe(&beside)];
    match saved {
        _ if parts > 0 => Err("a part is left".to_owned()),
        Err(_) if before != after => Err(format!("it failed, and {before:?} became {after:?}")),
        Err(error)
            if matches!(special, Special::Nothing | Special::Private) && existing != OnExisting::Fail =>
        {
            Err(format!("it could have been saved: {error}"))
        }
        Err(_) => Ok(()),
        Ok(files) => {
            let found = fs::metadata(&files[0].path).map_err(|e| e.to_string())?;
            if fs::read(&files[0].path).ok().as_deref() != Some(NEW) || !found.is_file() {
                return Err("the reported path does not hold the result".to_owned());
            }
            let replaced = files[0].path == path;
            let is_private = matches!(special, Special::Private | Special::LinkToFile);
            if replaced && is_private && found.permissions().mode() & 0o077 != 0 {
                return Err(format!("a private file became {:o}", found.permissions().mode()));
            }
            let untouchable = !matches!(
                special,
                Special::Nothing
                    | Special::Private
                    | Special::ReadOnly
                    | Special::LinkToFile
                    | Special::LinkToNothing
            );
            if replaced && (untouchable || existing == OnExisting::Fail && special != Special::Nothing) {
                return Err(format!("{before:?} was replaced"));
            }
            if !replaced && before != after {
                return Err(format!("{before:?} became {after:?}"));
            }
            Ok(())
        }
    }
}

/// It is refused before anything is sent, and nobody waits for a writer.
fn document(client: &Client, server: &Raw, special: Special) -> Result<(), String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("document.pdf");
    make(special, &path);
    let requests = server.heads().len();
    let submission = Submission::new(Endpoint::Transformations, "flatten").file(Input::path(&path));
    match client.submit(&submission, |_, _| true, &Call::new()) {
        Ok(_) => Err("it was submitted".to_owned()),
        Err(_) if server.heads().len() > requests => Err("something was sent".to_owned()),
        Err(error) if !error.to_string().contains("document.pdf") => Err(format!("{error} names no file")),
        Err(_) => Ok(()),
    }
}
