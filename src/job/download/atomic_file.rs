//! Files that are written atomically: under a temporary name in their folder, then renamed.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use tempfile::{NamedTempFile, PersistError};

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
    /// The new file replaces it atomically, once it is complete, and has its mode. Only a regular file is replaced. A symbolic
    /// link that the caller named stays, and the file to which it leads is replaced.
    Replace = 1,
    /// The new file gets a number: `report (2).pdf`.
    Number = 2,
}

/// A file that is being written. Dropping it deletes it.
#[derive(Debug)]
pub(crate) struct PartialFile {
    file: NamedTempFile,
    folder: PathBuf,
    is_private: bool,
}

impl PartialFile {
    /// Creates an empty file under a temporary name in `folder`, which must exist.
    pub(crate) fn create(folder: &Path, existing: OnExisting) -> Result<Self> {
        let mut builder = tempfile::Builder::new();
        builder.prefix(".nitro-").suffix(".part");
        // For its owner alone as long as it may replace a file that others cannot read.
        let is_private = existing == OnExisting::Replace;
        #[cfg(unix)]
        if !is_private {
            builder.permissions(access::new_file());
        }
        let file = builder
            .tempfile_in(folder)
            .map_err(|e| file_error("creating a file in", folder, &e))?;
        Ok(Self {
            file,
            folder: folder.to_owned(),
            is_private,
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
        #[cfg(unix)]
        if self.is_private {
            self.take_access_of(wanted);
        }
        let (mut file, mut path, mut number) = (self.file, wanted.to_owned(), 1);
        loop {
            let renamed = match existing {
                OnExisting::Replace => file.persist(&path).map(drop),
                _ => rename_to_new(file, &path),
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

    /// Lets those access the file who could access the one that it replaces, or any new file.
    #[cfg(unix)]
    fn take_access_of(&self, replaced: &Path) {
        let file = self.file.as_file();
        let permissions = match fs::symlink_metadata(replaced) {
            Ok(old) => access::of_replaced(file, &old),
            // The umask, or the folder's default, is seen by what a new file gets.
            Err(_) => Self::create(&self.folder, OnExisting::Fail)
                .ok()
                .and_then(|probe| probe.file.as_file().metadata().ok())
                .map(|probe| probe.permissions()),
        };
        // A file system without modes is no reason to lose the file, which is then not more readable than it was.
        let _ = permissions.map(|permissions| file.set_permissions(permissions));
    }
}

/// Renames a file to a name that nothing has.
fn rename_to_new(file: NamedTempFile, path: &Path) -> std::result::Result<(), PersistError> {
    let Err(PersistError { error, file }) = file.persist_noclobber(path) else {
        return Ok(());
    };
    if error.kind() == io::ErrorKind::AlreadyExists {
        return Err(PersistError { error, file });
    }
    // The file system may have neither an exclusive rename nor hard links. Then an empty file holds the name until it is replaced.
    match File::options().write(true).create_new(true).open(path) {
        Err(error) => Err(PersistError { error, file }),
        Ok(_) => file.persist(path).map(drop).inspect_err(|_| {
            if fs::symlink_metadata(path).is_ok_and(|ours| ours.len() == 0) {
                let _ = fs::remove_file(path);
            }
        }),
    }
}

/// Whether a file may be put in the place of what has this path: a regular file, or nothing.
pub(crate) fn check_replaceable(path: &Path) -> Result<()> {
    match fs::symlink_metadata(path) {
        Ok(old) if !old.is_file() => Err(Error::new(
            ErrorKind::File,
            format!(
                "{} is not a regular file, so it is not replaced: choose another path",
                path.display()
            ),
        )),
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(file_error("writing", path, &error)),
        _ => Ok(()),
    }
}

/// Whether both paths lead to one file: its names may differ in case or in the form of their letters.
pub(crate) fn is_same_file(one: &Path, other: &Path) -> bool {
    if one == other {
        return true;
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let number = |path| fs::symlink_metadata(path).map(|file| (file.dev(), file.ino()));
        matches!((number(one), number(other)), (Ok(one), Ok(other)) if one == other)
    }
    #[cfg(not(unix))]
    {
        let folded = |path: &Path| path.to_string_lossy().to_lowercase();
        folded(one) == folded(other)
    }
}

/// Who may access a file.
#[cfg(unix)]
mod access {
    use std::fs::{File, Metadata, Permissions};
    use std::os::unix::fs::{MetadataExt, PermissionsExt, fchown};

    /// As other files of the program, less its umask.
    pub(super) fn new_file() -> Permissions {
        Permissions::from_mode(0o666)
    }

    /// Gives the new file the owner and the group of the old one, as far as this is permitted. Returns the permissions that give
    /// no access to anybody else.
    pub(super) fn of_replaced(new: &File, old: &Metadata) -> Option<Permissions> {
        if fchown(new, Some(old.uid()), Some(old.gid())).is_err() {
            let _ = fchown(new, None, Some(old.gid()));
        }
        let is_same_group = new.metadata().ok()?.gid() == old.gid();
        let mask = if is_same_group { 0o777 } else { 0o707 };
        Some(Permissions::from_mode(old.mode() & mask))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(unix)]
    fn a_file_is_recognised_under_another_name() {
        let folder = tempfile::tempdir().expect("a folder");
        let [one, other, none] = ["Report.pdf", "report.pdf", "none"].map(|name| folder.path().join(name));
        fs::write(&one, "1").expect("a file");
        assert!(is_same_file(&one, &one) && is_same_file(&none, &none));
        assert!(!is_same_file(&one, &other) && !is_same_file(&none, &other));
        fs::write(&other, "2").expect("a file");
        assert!(!is_same_file(&one, &other));
        fs::remove_file(&other).expect("removed");
        // As on a file system that ignores the case.
        fs::hard_link(&one, &other).expect("a link");
        assert!(is_same_file(&one, &other));
    }
}
