//! Opens files that a program names. Only regular ones: to open or to read any other kind may block without end, or have effects.

use std::fs::{self, File, Metadata};
use std::io;
use std::path::Path;

/// Opens a file to be read.
pub(crate) fn open(path: &Path) -> io::Result<(File, Metadata)> {
    check(&fs::metadata(path)?)?;
    let mut options = File::options();
    options.read(true);
    // Another kind of file may be there by now.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, libc::O_NONBLOCK | libc::O_NOCTTY);
    let file = match options.open(path) {
        // Another program has a lease of the file (fcntl), which it must give up within a time limit.
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => File::open(path)?,
        opened => opened?,
    };
    let metadata = file.metadata()?;
    check(&metadata)?;
    Ok((file, metadata))
}

fn check(metadata: &Metadata) -> io::Result<()> {
    let kind = match (metadata.is_file(), metadata.is_dir()) {
        (true, _) => return Ok(()),
        (_, true) => io::ErrorKind::IsADirectory,
        _ => io::ErrorKind::Unsupported,
    };
    Err(io::Error::new(kind, "not a regular file"))
}
