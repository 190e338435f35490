//! Result files to disk: whole and checked, or not there at all.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::call::{Call, Scope};
use crate::client::{Accept, Get};
use crate::error::{Error, ErrorKind, Result};
use crate::http::Framing;
use crate::job::fetch::unproved;
use crate::job::file_name;
use crate::job::result::{FileInfo, JobResult, ResultKind};
use crate::job::{Job, Ticket};
use crate::log::LogLevel;

const COPY_BUFFER: usize = 64 << 10;
/// Readers of PDF look for its header within the first kilobyte.
const PDF_HEADER_WITHIN: usize = 1024;
const MAX_NUMBERED: u32 = 10_000;

/// Where the result's files go, and how.
#[derive(Clone, Debug)]
pub struct Download {
    target: Target,
    existing: OnExisting,
    allow_unverified: bool,
}

#[derive(Clone, Debug)]
enum Target {
    File(PathBuf),
    Folder(PathBuf),
}

/// What to do where a file of that name exists already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[repr(i32)]
pub enum OnExisting {
    /// [`ErrorKind::FileExists`], and the file stays as it is.
    Fail = 0,
    /// The new file takes its place at once, when it is whole.
    Replace = 1,
    /// The new file gets a number: `report (2).pdf`.
    Number = 2,
}

/// A file that is now on disk, whole.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SavedFile {
    /// Where it is.
    pub path: PathBuf,
    /// Its size.
    pub bytes: u64,
    /// Its media type, as the service states it.
    pub content_type: Option<String>,
}

/// How far a download is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Transfer {
    /// Which file this is, from 0.
    pub file: usize,
    /// Of how many.
    pub files: usize,
    /// Bytes of this file so far.
    pub bytes: u64,
    /// All bytes of this file, where that is known.
    pub total: Option<u64>,
}

impl Download {
    /// To this path, for a result of one file. An existing file makes it fail unless [`Download::existing`] says otherwise.
    pub fn to_file(path: impl Into<PathBuf>) -> Self {
        Self {
            target: Target::File(path.into()),
            existing: OnExisting::Fail,
            allow_unverified: false,
        }
    }

    /// Into this folder, under the names that the service gives, made safe; collisions get a number.
    pub fn to_folder(path: impl Into<PathBuf>) -> Self {
        Self {
            target: Target::Folder(path.into()),
            existing: OnExisting::Number,
            allow_unverified: false,
        }
    }

    /// What to do where a file of that name exists already.
    pub fn existing(mut self, existing: OnExisting) -> Self {
        self.existing = existing;
        self
    }

    /// Takes a file even if nothing proves that it is whole: no length, no chunks, no size from the service.
    pub fn allow_unverified(mut self, allow: bool) -> Self {
        self.allow_unverified = allow;
        self
    }

    /// Refuses what cannot be meant, before anything is sent.
    fn check(&self) -> Result<()> {
        match &self.target {
            Target::File(path) | Target::Folder(path) if path.as_os_str().is_empty() => {
                Err(Error::invalid("the path to save to is empty"))
            }
            _ => Ok(()),
        }
    }

    fn folder(&self) -> &Path {
        match &self.target {
            Target::Folder(folder) => folder,
            Target::File(path) => match path.parent() {
                Some(folder) if !folder.as_os_str().is_empty() => folder,
                _ => Path::new("."),
            },
        }
    }
}

impl Job {
    /// Saves the job's result file or files, which must be there: see [`Job::wait`].
    ///
    /// Each file is written beside its final place and renamed once it is whole and on disk; after any error nothing is
    /// left and an existing file is as it was. `progress` returning `false` stops with [`ErrorKind::Stopped`].
    pub fn download(
        &self,
        download: &Download,
        mut progress: impl FnMut(Transfer) -> bool,
        call: &Call,
    ) -> Result<Vec<SavedFile>> {
        download.check()?;
        let scope = self.client.begin_transfer(call);
        let ticket = self.ticket();
        let result = self.result_in(&scope)?;
        self.save(&ticket, &result, download, &mut progress, &scope)
            .map_err(|e| self.about(&ticket, e))
    }

    fn save(
        &self,
        ticket: &Ticket,
        result: &JobResult,
        download: &Download,
        progress: &mut dyn FnMut(Transfer) -> bool,
        scope: &Scope,
    ) -> Result<Vec<SavedFile>> {
        let files = result.files();
        check_target(result, files, download)?;
        let mut whole = Vec::with_capacity(files.len());
        for (index, file) in files.iter().enumerate() {
            let mut tell = |bytes, total| {
                let transfer = Transfer {
                    file: index,
                    files: files.len(),
                    bytes,
                    total,
                };
                if progress(transfer) {
                    Ok(())
                } else {
                    Err(Error::stopped())
                }
            };
            whole.push(self.fetch_file(ticket, index, file, download, &mut tell, scope)?);
        }
        put_in_place(whole, download)
    }

    /// One file, whole and flushed, under a temporary name in its final folder.
    fn fetch_file(
        &self,
        ticket: &Ticket,
        index: usize,
        file: &FileInfo,
        download: &Download,
        tell: &mut dyn FnMut(u64, Option<u64>) -> Result<()>,
        scope: &Scope,
    ) -> Result<Fetched> {
        let url = ticket
            .result_url
            .join(file.url().unwrap_or_default())
            .map_err(|e| {
                Error::new(ErrorKind::Protocol, e.message()).context("the address of the result's file")
            })?;
        let get = Get {
            with_token: false,
            ..Get::new(&url, Accept::Any, &ticket.reference_id)
        };
        let mut response = self.client.get(&get, scope)?;
        if response.status != 200 {
            return Err(response.into_error(scope).context("fetching the result's file"));
        }
        let content_type = file
            .content_type()
            .or_else(|| response.header("content-type"))
            .map(str::to_owned);
        let suggested = response
            .header("content-disposition")
            .and_then(file_name::from_content_disposition)
            .unwrap_or_else(|| file_name::from_path(url.path()));
        let framing = response.body.framing();
        let total = match framing {
            Framing::Length(length) => Some(length),
            _ => file.size_bytes(),
        };
        let mut temporary = create_temporary(download.folder())?;
        let mut head = Vec::with_capacity(PDF_HEADER_WITHIN);
        let mut buffer = vec![0; COPY_BUFFER];
        let mut bytes = 0;
        tell(0, total)?;
        loop {
            let read = response.body.read(&mut buffer, scope)?;
            if read == 0 {
                break;
            }
            let missing = PDF_HEADER_WITHIN - head.len();
            head.extend_from_slice(&buffer[..read.min(missing)]);
            temporary
                .write_all(&buffer[..read])
                .map_err(|e| file_error("writing", download.folder(), &e))?;
            bytes += read as u64;
            tell(bytes, total)?;
        }
        check_whole(framing, file, bytes, download.allow_unverified, scope)?;
        check_kind(content_type.as_deref(), &head)?;
        temporary
            .as_file()
            .sync_all()
            .map_err(|e| file_error("writing", download.folder(), &e))?;
        let name = final_name(&suggested, &ticket.job_id, index, content_type.as_deref());
        Ok(Fetched {
            temporary,
            name,
            bytes,
            content_type,
        })
    }
}

struct Fetched {
    temporary: NamedTempFile,
    name: String,
    bytes: u64,
    content_type: Option<String>,
}

fn check_target(result: &JobResult, files: &[FileInfo], download: &Download) -> Result<()> {
    let unexpected = |what: String| Err(Error::new(ErrorKind::UnexpectedResult, what));
    if !matches!(result.kind(), ResultKind::File | ResultKind::Files) || files.is_empty() {
        return unexpected(format!(
            "the job's result is no file but {}: take it as JSON instead of downloading it",
            result.kind()
        ));
    }
    if files.iter().any(|file| file.url().is_none()) {
        return Err(Error::new(
            ErrorKind::Delivered,
            "the result has no address to download from: it was delivered where the submission's `delivery` said",
        ));
    }
    match &download.target {
        Target::File(path) if files.len() > 1 => unexpected(format!(
            "the result is {} files: give a folder instead of {}",
            files.len(),
            path.display()
        )),
        Target::File(path) if download.existing == OnExisting::Fail && path.exists() => Err(exists(path)),
        _ => Ok(()),
    }
}

fn exists(path: &Path) -> Error {
    Error::new(
        ErrorKind::FileExists,
        format!("{} exists already and was not to be replaced", path.display()),
    )
}

/// Framing is the authority on size; the size in the result decides only where framing proves nothing.
fn check_whole(
    framing: Framing,
    file: &FileInfo,
    bytes: u64,
    allow_unverified: bool,
    scope: &Scope,
) -> Result<()> {
    let declared = file.size_bytes();
    let differs = declared.is_some_and(|declared| declared != bytes);
    if framing != Framing::UntilClose {
        if differs {
            scope.log.line(LogLevel::Warn, || {
                format!(
                    "the result says {} bytes, and {bytes} came, whole",
                    declared.unwrap_or_default()
                )
            });
        }
        return Ok(());
    }
    match declared {
        Some(declared) if differs => Err(Error::new(
            ErrorKind::Truncated,
            format!("the file ended after {bytes} bytes of the {declared} that the result says"),
        )),
        None if !allow_unverified => Err(unproved()),
        _ => Ok(()),
    }
}

/// A page of some proxy is no document, whatever its status says.
fn check_kind(content_type: Option<&str>, head: &[u8]) -> Result<()> {
    let is_pdf = content_type
        .and_then(|c| c.split(';').next())
        .is_some_and(|c| c.trim() == "application/pdf");
    if is_pdf && memchr::memmem::find(head, b"%PDF-").is_none() {
        return Err(Error::new(
            ErrorKind::UnexpectedResult,
            "what came instead of the PDF is no PDF",
        ));
    }
    Ok(())
}

fn final_name(suggested: &str, job_id: &str, index: usize, content_type: Option<&str>) -> String {
    let mut name = file_name::safe_name(suggested, &format!("{job_id}-{}", index + 1));
    if !name.contains('.')
        && let Some(extension) = content_type.and_then(file_name::extension)
    {
        name = format!("{name}.{extension}");
    }
    name
}

fn create_temporary(folder: &Path) -> Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".nitro-").suffix(".part");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // As any file that the program makes, less its umask: the default would shut out everybody else.
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    builder
        .tempfile_in(folder)
        .map_err(|e| file_error("creating a file in", folder, &e))
}

/// Renames all the files, or none.
fn put_in_place(whole: Vec<Fetched>, download: &Download) -> Result<Vec<SavedFile>> {
    let mut saved: Vec<SavedFile> = Vec::with_capacity(whole.len());
    for fetched in whole {
        match rename(fetched, download) {
            Ok(file) => saved.push(file),
            Err(error) => {
                // Files that took another's place stay: what was there before is gone either way.
                if download.existing != OnExisting::Replace {
                    for file in &saved {
                        let _ = std::fs::remove_file(&file.path);
                    }
                }
                return Err(error);
            }
        }
    }
    sync_folder(download.folder());
    Ok(saved)
}

fn rename(fetched: Fetched, download: &Download) -> Result<SavedFile> {
    let Fetched {
        mut temporary,
        name,
        bytes,
        content_type,
    } = fetched;
    let first = match &download.target {
        Target::File(path) => path.clone(),
        Target::Folder(folder) => folder.join(&name),
    };
    let mut path = first.clone();
    let mut number = 1;
    loop {
        let renamed = match download.existing {
            OnExisting::Replace => temporary.persist(&path),
            _ => temporary.persist_noclobber(&path),
        };
        let failed = match renamed {
            Ok(_) => {
                return Ok(SavedFile {
                    path,
                    bytes,
                    content_type,
                });
            }
            Err(failed) => failed,
        };
        let taken = failed.error.kind() == io::ErrorKind::AlreadyExists;
        match download.existing {
            OnExisting::Number if taken && number < MAX_NUMBERED => {
                number += 1;
                let name = first.file_name().unwrap_or_default().to_string_lossy();
                path = first.with_file_name(file_name::numbered(&name, number));
                temporary = failed.file;
            }
            _ if taken => return Err(exists(&path)),
            _ => return Err(file_error("writing", &path, &failed.error)),
        }
    }
}

/// Makes the renames last through a power cut, where the platform can.
fn sync_folder(folder: &Path) {
    #[cfg(unix)]
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
    #[cfg(not(unix))]
    let _ = folder;
}

fn file_error(doing: &str, path: &Path, error: &io::Error) -> Error {
    let hint = match error.kind() {
        io::ErrorKind::StorageFull => ": the disk is full",
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            ": this program may not write there"
        }
        io::ErrorKind::NotFound => ": there is no such folder",
        io::ErrorKind::InvalidFilename => ": the path is too long or not allowed here",
        _ => "",
    };
    Error::new(
        ErrorKind::File,
        format!("{doing} {}{hint} ({error})", path.display()),
    )
}
