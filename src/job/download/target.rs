//! Where files will be: decided and checked when a call begins, before anything is sent.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::atomic_file::{OnExisting, PartialFile, check_replaceable, file_error, file_exists};
use super::{Download, Target};
use crate::error::{Error, ErrorKind, Result};

/// The place of the files, whatever becomes of the working directory or of symbolic links on the way to it.
pub(crate) struct Destination {
    /// Without symbolic links.
    folder: PathBuf,
    /// The name of the only file; none for a folder.
    name: Option<OsString>,
    /// The path of the file or folder as the caller named it, but absolute.
    shown: PathBuf,
    pub(super) existing: OnExisting,
    pub(super) allow_unverified: bool,
}

impl Download {
    /// The path of the file, if it is for a single one.
    pub(crate) fn file(&self) -> Option<&Path> {
        match &self.target {
            Target::File(path) => Some(path),
            Target::Folder(_) => None,
        }
    }

    /// Rejects what cannot work: an empty path, a missing folder or one that cannot be written to, a name that is taken.
    pub(crate) fn resolve(&self) -> Result<Destination> {
        let (Target::File(path) | Target::Folder(path)) = &self.target;
        if path.as_os_str().is_empty() {
            return Err(Error::invalid(
                "the path to save to is empty: give the path of a file or a folder",
            ));
        }
        let shown = std::path::absolute(path).map_err(|e| file_error("resolving", path, &e))?;
        let (folder, name) = match self.file() {
            None => (folder_at(&shown)?, None),
            Some(path) => {
                let path = self.file_at(path, &shown)?;
                let name = path.file_name().map(OsStr::to_owned);
                (folder_at(path.parent().unwrap_or(&path))?, name)
            }
        };
        // Whether files can be created there is known for certain only after one was.
        PartialFile::create(&folder, self.existing)?;
        Ok(Destination {
            folder,
            name,
            shown,
            existing: self.existing,
            allow_unverified: self.allow_unverified,
        })
    }

    /// The file to be written: `shown`, or what it links to if that is to be replaced.
    fn file_at(&self, given: &Path, shown: &Path) -> Result<PathBuf> {
        let names_folder = [&b"/"[..], b"/.", b"/.."]
            .iter()
            .any(|end| given.as_os_str().as_encoded_bytes().ends_with(end));
        if names_folder || shown.file_name().is_none() || shown.is_dir() {
            let text = "is a folder: give the path of a file, or download to a folder";
            let error = Error::new(ErrorKind::File, format!("{} {text}", given.display()));
            return Err(error.with_file(given, Some(libc::EISDIR)));
        }
        match fs::symlink_metadata(shown) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(shown.to_owned()),
            Err(error) => Err(file_error("creating", shown, &error)),
            Ok(_) if self.existing == OnExisting::Fail => Err(file_exists(shown)),
            Ok(_) if self.existing == OnExisting::Number => Ok(shown.to_owned()),
            Ok(metadata) => {
                let path = match metadata.is_symlink() {
                    true => {
                        fs::canonicalize(shown).map_err(|e| file_error("following the link", shown, &e))?
                    }
                    false => shown.to_owned(),
                };
                check_replaceable(&path).map(|()| path)
            }
        }
    }
}

impl Destination {
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The path of the only file, as the caller named it; none for a folder.
    pub(super) fn file(&self) -> Option<&Path> {
        self.name.as_ref().map(|_| self.shown.as_path())
    }

    /// The path for a file that the service names so.
    pub(super) fn path_of(&self, suggested: &str) -> PathBuf {
        match &self.name {
            Some(name) => self.folder.join(name),
            None => self.folder.join(suggested),
        }
    }

    /// The path that is reported for a file of the folder.
    pub(super) fn shown(&self, path: &Path) -> PathBuf {
        let name = path.file_name();
        match &self.name {
            None => self.shown.join(name.unwrap_or_default()),
            // What a link names was replaced.
            Some(wanted) if Some(wanted.as_os_str()) == name => self.shown.clone(),
            Some(_) => self.shown.with_file_name(name.unwrap_or_default()),
        }
    }
}

fn folder_at(path: &Path) -> Result<PathBuf> {
    let folder = fs::canonicalize(path).map_err(|e| file_error("creating a file in", path, &e))?;
    if !folder.is_dir() {
        let text = format!("{} is not a folder: give the path of one", path.display());
        return Err(Error::new(ErrorKind::File, text).with_file(path, Some(libc::ENOTDIR)));
    }
    Ok(folder)
}
