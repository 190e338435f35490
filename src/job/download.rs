//! Result files to disk: whole and checked, or not there at all.

use std::path::{Path, PathBuf};

use crate::call::{Call, CallContext};
use crate::error::{Error, ErrorKind, Result};
use crate::job::place::{OnExisting, exists, sync_folder};
use crate::job::result::{FileInfo, JobResult, ResultKind};
use crate::job::transfer::{Transfer, Whole};
use crate::job::{Job, Ticket};

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
pub struct DownloadProgress {
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
        mut progress: impl FnMut(DownloadProgress) -> bool,
        call: &Call,
    ) -> Result<Vec<SavedFile>> {
        download.check()?;
        let context = self.client.begin_transfer(call);
        let result = self.result_in(&context)?;
        self.save_in(&result, download, &mut progress, &context)
    }

    /// Saves the files of a result that is known.
    pub(crate) fn save_in(
        &self,
        result: &JobResult,
        download: &Download,
        progress: &mut dyn FnMut(DownloadProgress) -> bool,
        context: &CallContext,
    ) -> Result<Vec<SavedFile>> {
        let ticket = self.ticket();
        self.save(&ticket, result, download, progress, context)
            .map_err(|e| self.about(&ticket, e))
    }

    fn save(
        &self,
        ticket: &Ticket,
        result: &JobResult,
        download: &Download,
        progress: &mut dyn FnMut(DownloadProgress) -> bool,
        context: &CallContext,
    ) -> Result<Vec<SavedFile>> {
        let files = result.files();
        check_target(result, files, download)?;
        let mut whole = Vec::with_capacity(files.len());
        for (index, file) in files.iter().enumerate() {
            let mut tell = |bytes, total| {
                let so_far = DownloadProgress {
                    file: index,
                    files: files.len(),
                    bytes,
                    total,
                };
                if progress(so_far) {
                    Ok(())
                } else {
                    Err(Error::stopped())
                }
            };
            let unverified = download.allow_unverified;
            let transfer = Transfer::new(
                self,
                ticket,
                (index, file),
                download.folder(),
                unverified,
                context,
            )?;
            whole.push(transfer.run(&mut tell)?);
        }
        put_in_place(whole, download)
    }
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
        Target::File(path) if path.is_dir() => Err(Error::new(
            ErrorKind::File,
            format!("{} is a folder, and one file was to be saved", path.display()),
        )),
        Target::File(path) if download.existing == OnExisting::Fail && path.exists() => Err(exists(path)),
        _ => Ok(()),
    }
}

/// Renames all the files, or none.
fn put_in_place(whole: Vec<Whole>, download: &Download) -> Result<Vec<SavedFile>> {
    let mut saved: Vec<SavedFile> = Vec::with_capacity(whole.len());
    for file in whole {
        let wanted = match &download.target {
            Target::File(path) => path.clone(),
            Target::Folder(folder) => folder.join(&file.name),
        };
        // Two files of one result never take each other's place.
        let clash = saved.iter().any(|s| s.path == wanted);
        let existing = if clash {
            OnExisting::Number
        } else {
            download.existing
        };
        match file.growing.place(&wanted, existing) {
            Ok(path) => saved.push(SavedFile {
                path,
                bytes: file.bytes,
                content_type: file.content_type,
            }),
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
