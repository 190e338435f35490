//! Result files to disk, atomically: complete and verified, or not at all.
//!
//! `target` decides where the files will be, `transfer` downloads one file, `content_range` and `version` decide whether a
//! response resumes it, `atomic_file` renames it into place.

mod atomic_file;
mod content_range;
mod target;
mod transfer;
mod version;

use std::path::PathBuf;

use crate::call::{Call, CallContext};
use crate::error::{Error, ErrorKind, Result};
use crate::job::Job;
use crate::job::result::{FileInfo, JobResult, ResultKind};
pub use atomic_file::OnExisting;
use atomic_file::{check_replaceable, is_same_file, sync_folder};
pub(crate) use target::Destination;
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
    /// Its path, absolute.
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
    /// A relative path is resolved when a call that saves begins. What cannot work is reported before anything is sent.
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
        let target = download.resolve().map_err(|e| self.annotate(e.unsent()))?;
        let context = self.client.begin_transfer(call);
        self.result_in(&context)
            .and_then(|result| self.save_files(&result, &target, &mut progress, &context))
            .map_err(|e| self.annotate(e))
    }

    /// Saves the files of a result.
    pub(crate) fn save_files(
        &self,
        result: &JobResult,
        target: &Destination,
        progress: &mut dyn FnMut(DownloadProgress) -> bool,
        context: &CallContext,
    ) -> Result<Vec<SavedFile>> {
        let ticket = self.ticket();
        let files = result.files();
        check_result(result, files, target)?;
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
            let transfer = Transfer::new(self, &ticket, (index, file), target, context)?;
            complete.push(transfer.run(&mut report)?);
        }
        rename_all(complete, target)
    }
}

fn check_result(result: &JobResult, files: &[FileInfo], target: &Destination) -> Result<()> {
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
    match target.file() {
        Some(path) if files.len() > 1 => unexpected(format!(
            "the result is {} files: give a folder instead of the path {}",
            files.len(),
            path.display()
        )),
        _ => Ok(()),
    }
}

/// Renames all the files, or none.
fn rename_all(complete: Vec<CompleteFile>, target: &Destination) -> Result<Vec<SavedFile>> {
    if target.existing == OnExisting::Replace {
        for file in &complete {
            check_replaceable(&target.path_of(&file.name))?;
        }
    }
    let mut saved: Vec<SavedFile> = Vec::with_capacity(complete.len());
    for file in complete {
        let wanted = target.path_of(&file.name);
        // Two files of one result never replace each other.
        let existing = match saved.iter().any(|s| is_same_file(&s.path, &wanted)) {
            true => OnExisting::Number,
            false => target.existing,
        };
        match file.partial.rename(&wanted, existing) {
            Ok(path) => saved.push(SavedFile {
                path,
                bytes: file.bytes,
                content_type: file.content_type,
            }),
            Err(error) => {
                // Files that replaced another one stay: the old ones are gone either way.
                if target.existing != OnExisting::Replace {
                    for file in &saved {
                        let _ = std::fs::remove_file(&file.path);
                    }
                }
                return Err(error);
            }
        }
    }
    sync_folder(target.folder());
    for file in &mut saved {
        file.path = target.shown(&file.path);
    }
    Ok(saved)
}
