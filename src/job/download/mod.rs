//! Result files to disk, atomically: complete and verified, or not at all.
//!
//! `transfer` downloads one file, `content_range` and `version` decide whether a response resumes it, `atomic_file` renames it into
//! place.

mod atomic_file;
mod content_range;
mod transfer;
mod version;

use std::path::{Path, PathBuf};

use crate::call::{Call, CallContext};
use crate::error::{Error, ErrorKind, Result};
use crate::job::Job;
use crate::job::result::{FileInfo, JobResult, ResultKind};
pub use atomic_file::OnExisting;
use atomic_file::{file_exists, sync_folder};
use transfer::{CompleteFile, Transfer};

/// Where the files of a result are saved, and how.
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

/// A file that is now complete on disk.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SavedFile {
    /// Its path.
    pub path: PathBuf,
    /// Its size.
    pub bytes: u64,
    /// Its media type, as the service states it.
    pub content_type: Option<String>,
}

/// The progress of a download.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DownloadProgress {
    /// The index of the file, from 0.
    pub file: usize,
    /// The number of files.
    pub files: usize,
    /// The bytes of this file so far.
    pub bytes: u64,
    /// All bytes of this file, if known.
    pub total: Option<u64>,
}

impl Download {
    /// To this path, for a result of one file. An existing file makes it fail unless [`Download::existing`] permits replacing it.
    pub fn to_file(path: impl Into<PathBuf>) -> Self {
        Self {
            target: Target::File(path.into()),
            existing: OnExisting::Fail,
            allow_unverified: false,
        }
    }

    /// Into this folder, under the service's names, made safe; collisions get a number.
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

    /// Accepts a file even if nothing proves that it is complete: no length, no chunks, no size from the service.
    pub fn allow_unverified(mut self, allow: bool) -> Self {
        self.allow_unverified = allow;
        self
    }

    /// Rejects an empty path before anything is sent.
    fn check(&self) -> Result<()> {
        match &self.target {
            Target::File(path) | Target::Folder(path) if path.as_os_str().is_empty() => Err(Error::invalid(
                "the path to save to is empty: give the path of a file or a folder",
            )),
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
    /// Saves the job's result file or files. The job must be completed: see [`Job::wait`].
    ///
    /// Each file is written under a temporary name in its folder and renamed once it is complete and on disk; after an error
    /// nothing is left of it, and an existing file is unchanged. `progress` returning `false` stops with [`ErrorKind::Stopped`].
    pub fn download(
        &self,
        download: &Download,
        mut progress: impl FnMut(DownloadProgress) -> bool,
        call: &Call,
    ) -> Result<Vec<SavedFile>> {
        download.check()?;
        let context = self.client.begin_transfer(call);
        self.result_in(&context)
            .and_then(|result| self.save_files(&result, download, &mut progress, &context))
            .map_err(|e| self.annotate(e))
    }

    /// Saves the files of a result.
    pub(super) fn save_files(
        &self,
        result: &JobResult,
        download: &Download,
        progress: &mut dyn FnMut(DownloadProgress) -> bool,
        context: &CallContext,
    ) -> Result<Vec<SavedFile>> {
        let ticket = self.ticket();
        let files = result.files();
        check_target(result, files, download)?;
        let mut complete = Vec::with_capacity(files.len());
        for (index, file) in files.iter().enumerate() {
            let mut report = |bytes, total| {
                let now = DownloadProgress {
                    file: index,
                    files: files.len(),
                    bytes,
                    total,
                };
                if progress(now) {
                    Ok(())
                } else {
                    Err(Error::stopped())
                }
            };
            let unverified = download.allow_unverified;
            let transfer = Transfer::new(
                self,
                &ticket,
                (index, file),
                download.folder(),
                unverified,
                context,
            )?;
            complete.push(transfer.run(&mut report)?);
        }
        rename_all(complete, download)
    }
}

fn check_target(result: &JobResult, files: &[FileInfo], download: &Download) -> Result<()> {
    let unexpected = |what: String| Err(Error::new(ErrorKind::UnexpectedResult, what));
    if !matches!(result.kind(), ResultKind::File | ResultKind::Files) || files.is_empty() {
        return unexpected(format!(
            "the job's result is {}, not a file: get it as JSON instead of downloading it",
            result.kind()
        ));
    }
    if files.iter().any(|file| file.url().is_none()) {
        return Err(Error::new(
            ErrorKind::Delivered,
            "the result has no URL to download from: it was delivered to the `delivery` of the submission",
        ));
    }
    match &download.target {
        Target::File(path) if files.len() > 1 => unexpected(format!(
            "the result is {} files: give a folder instead of the path {}",
            files.len(),
            path.display()
        )),
        Target::File(path) if path.is_dir() => Err(Error::new(
            ErrorKind::File,
            format!(
                "{} is a folder: give the path of a file, or download to a folder",
                path.display()
            ),
        )
        .with_file(path, Some(libc::EISDIR))),
        Target::File(path) if download.existing == OnExisting::Fail && path.exists() => {
            Err(file_exists(path))
        }
        _ => Ok(()),
    }
}

/// Renames all the files, or none.
fn rename_all(complete: Vec<CompleteFile>, download: &Download) -> Result<Vec<SavedFile>> {
    let mut saved: Vec<SavedFile> = Vec::with_capacity(complete.len());
    for file in complete {
        let wanted = match &download.target {
            Target::File(path) => path.clone(),
            Target::Folder(folder) => folder.join(&file.name),
        };
        // Two files of one result never replace each other.
        let collides = saved.iter().any(|s| s.path == wanted);
        let existing = if collides {
            OnExisting::Number
        } else {
            download.existing
        };
        match file.partial.rename(&wanted, existing) {
            Ok(path) => saved.push(SavedFile {
                path,
                bytes: file.bytes,
                content_type: file.content_type,
            }),
            Err(error) => {
                // Files that replaced another one stay: the old ones are gone either way.
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
