//! Files that are written atomically: under a temporary name in their folder, then renamed.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::error::{Error, ErrorKind, Result};
use crate::job::file_name;

const MAX_NUMBERED: u32 = 10_000;

/// What to do where a file of that name exists already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[repr(i32)]
pub enum OnExisting {
    /// [`ErrorKind::FileExists`], and the file stays as it is.
    Fail = 0,
    /// The new file replaces it atomically, once it is complete.
    Replace = 1,
    /// The new file gets a number: `report (2).pdf`.
    Number = 2,
}

/// A file that is being written. Dropping it deletes it.
#[derive(Debug)]
pub(crate) struct PartialFile {
    file: NamedTempFile,
    folder: PathBuf,
}

impl PartialFile {
    /// Creates an empty file under a temporary name in `folder`, which must exist.
    pub(crate) fn create(folder: &Path) -> Result<Self> {
        let mut builder = tempfile::Builder::new();
        builder.prefix(".nitro-").suffix(".part");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            // As other files of the program, less its umask: the default would exclude all other users.
            builder.permissions(std::fs::Permissions::from_mode(0o666));
        }
        let file = builder
            .tempfile_in(folder)
            .map_err(|e| file_error("creating a file in", folder, &e))?;
        Ok(Self {
            file,
            folder: folder.to_owned(),
        })
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.on_file(|file| file.write_all(bytes))
    }

    /// Discards what was written.
    pub(crate) fn restart(&mut self) -> Result<()> {
        self.on_file(|file| {
            file.set_len(0)?;
            file.seek(SeekFrom::Start(0)).map(drop)
        })
    }

    /// The first bytes, at most `limit`.
    pub(crate) fn first_bytes(&mut self, limit: usize) -> Result<Vec<u8>> {
        let mut bytes = Vec::with_capacity(limit);
        self.on_file(|file| {
            file.seek(SeekFrom::Start(0))?;
            file.take(limit as u64).read_to_end(&mut bytes)?;
            file.seek(SeekFrom::End(0)).map(drop)
        })?;
        Ok(bytes)
    }

    /// Writes the bytes to the disk itself, so that they survive a power cut after the rename.
    pub(crate) fn sync(&mut self) -> Result<()> {
        self.on_file(|file| file.sync_all())
    }

    fn on_file(&mut self, action: impl FnOnce(&mut File) -> io::Result<()>) -> Result<()> {
        action(self.file.as_file_mut()).map_err(|e| file_error("writing in", &self.folder, &e))
    }

    /// Renames the file, atomically or not at all. Returns its path.
    pub(crate) fn rename(self, wanted: &Path, existing: OnExisting) -> Result<PathBuf> {
        let (mut file, mut path, mut number) = (self.file, wanted.to_owned(), 1);
        loop {
            let renamed = match existing {
                OnExisting::Replace => file.persist(&path),
                _ => file.persist_noclobber(&path),
            };
            let Err(failed) = renamed else { return Ok(path) };
            let is_taken = failed.error.kind() == io::ErrorKind::AlreadyExists;
            match existing {
                OnExisting::Number if is_taken && number < MAX_NUMBERED => {
                    number += 1;
                    let name = wanted.file_name().unwrap_or_default().to_string_lossy();
                    path = wanted.with_file_name(file_name::numbered(&name, number));
                    file = failed.file;
                }
                _ if is_taken => return Err(file_exists(&path)),
                _ => return Err(file_error("writing", &path, &failed.error)),
            }
        }
    }
}

/// Makes renames in the folder survive a power cut, where the platform can.
pub(crate) fn sync_folder(folder: &Path) {
    #[cfg(unix)]
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
    #[cfg(not(unix))]
    let _ = folder;
}

pub(crate) fn file_exists(path: &Path) -> Error {
    Error::new(
        ErrorKind::FileExists,
        format!(
            "{} exists already: choose another path, or allow to replace or to number it",
            path.display()
        ),
    )
    .with_file(path, Some(libc::EEXIST))
}

pub(crate) fn file_error(doing: &str, path: &Path, error: &io::Error) -> Error {
    let hint = match error.kind() {
        io::ErrorKind::StorageFull => ": the disk is full",
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            ": this program has no permission to write there"
        }
        io::ErrorKind::NotFound => ": there is no such folder",
        io::ErrorKind::InvalidFilename => ": the path is too long or not allowed here",
        _ => "",
    };
    Error::new(
        ErrorKind::File,
        format!("{doing} {}{hint} ({error})", path.display()),
    )
    .with_file(path, error.raw_os_error().or_else(|| os_error_of(error.kind())))
}

/// The operating system's error for a kind: tempfile wraps the error so that its number cannot be read.
fn os_error_of(kind: io::ErrorKind) -> Option<i32> {
    match kind {
        io::ErrorKind::NotFound => Some(libc::ENOENT),
        io::ErrorKind::NotADirectory => Some(libc::ENOTDIR),
        io::ErrorKind::PermissionDenied => Some(libc::EACCES),
        io::ErrorKind::ReadOnlyFilesystem => Some(libc::EROFS),
        io::ErrorKind::StorageFull => Some(libc::ENOSPC),
        _ => None,
    }
}
