//! Saves a job's result to disk.

use std::ffi::{c_char, c_void};

use serde::Serialize;

use super::cancel::nitro_cancel_t;
use super::codes::nitro_code_t;
use super::entry::{call, fallible};
use super::error::nitro_error_t;
use super::handle::{handle, optional_output, text};
use super::job::nitro_job_t;
use super::string::to_owned_text;
use crate::error::{Error, Result};
use crate::job::{Download, OnExisting, SavedFile};
use crate::panic_guard::call_host;

/// An existing file is left as it is, and the call fails with NITRO_E_FILE_EXISTS.
pub const NITRO_EXISTING_FAIL: i32 = 0;
/// An existing regular file is replaced atomically once the new one is complete, and its mode is kept.
///
/// Anything else that has the name, such as a device, is NITRO_E_FILE.
pub const NITRO_EXISTING_REPLACE: i32 = 1;
/// The new file gets a number if its name is taken, for example "report (2).pdf".
pub const NITRO_EXISTING_NUMBER: i32 = 2;

/// Progress callback of nitro_job_download() and nitro_job_download_all().
///
/// Returns 0 to continue; any other value stops the call with NITRO_E_STOPPED and leaves no file. `file` counts from 0
/// to `files` - 1; `bytes` of this file were received, of `total`, which is -1 if unknown. It is called on the calling
/// thread, only during the call. No C++ exception may leave it.
pub type nitro_transfer_fn = Option<
    unsafe extern "C" fn(file: usize, files: usize, bytes: i64, total: i64, user_data: *mut c_void) -> i32,
>;

#[derive(Serialize)]
struct SavedFileJson<'a> {
    path: std::borrow::Cow<'a, str>,
    bytes: u64,
    #[serde(rename = "contentType", skip_serializing_if = "Option::is_none")]
    content_type: Option<&'a str>,
}

/// Saves the job's result, which must be one file, to `path`: writes it atomically, or reports why it could not.
///
/// The file is written to a temporary file in the same folder, checked, flushed to disk and renamed. A relative path is
/// resolved when the call begins; what cannot be written to is reported before anything is sent. `existing` is one of
/// NITRO_EXISTING_...; if `path` is a symbolic link, NITRO_EXISTING_REPLACE replaces the file to which it leads.
/// `progress` may be NULL. `saved_json` may be NULL; otherwise the caller owns `*saved_json`, which is
/// [{"path":...,"bytes":...,"contentType":...}] with absolute paths, and frees it with nitro_string_free(). `timeout_ms`:
/// 0 or -1 for no timeout; the idle timeout and the minimum rate still apply.
///
/// Codes: those of nitro_job_result(); NITRO_E_FILE, NITRO_E_FILE_EXISTS, NITRO_E_TRUNCATED, NITRO_E_UNVERIFIED;
/// NITRO_E_UNEXPECTED_RESULT if the result is not a file or several files; NITRO_E_DELIVERED.
///
/// Threads: any. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_job_download(
    job: *const nitro_job_t,
    path: *const c_char,
    existing: i32,
    progress: nitro_transfer_fn,
    user_data: *mut c_void,
    cancel: *const nitro_cancel_t,
    timeout_ms: i64,
    saved_json: *mut *mut c_char,
    err: *mut *mut nitro_error_t,
) -> nitro_code_t {
    fallible(err, || {
        let saved_json = optional_output(saved_json, std::ptr::null_mut());
        let download = Download::to_file(text(path, "path")?).existing(existing_from_c(existing)?);
        save(job, download, progress, user_data, cancel, timeout_ms, saved_json)
    })
}

/// Saves all files of the job's result in the folder `folder`, under sanitized forms of the names that the service gives.
///
/// Either all files are saved, or none. `existing` decides what happens if a name is taken; two files of one result never
/// replace each other. Everything else is as for nitro_job_download().
///
/// Threads: any. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_job_download_all(
    job: *const nitro_job_t,
    folder: *const c_char,
    existing: i32,
    progress: nitro_transfer_fn,
    user_data: *mut c_void,
    cancel: *const nitro_cancel_t,
    timeout_ms: i64,
    saved_json: *mut *mut c_char,
    err: *mut *mut nitro_error_t,
) -> nitro_code_t {
    fallible(err, || {
        let saved_json = optional_output(saved_json, std::ptr::null_mut());
        let download = Download::to_folder(text(folder, "folder")?).existing(existing_from_c(existing)?);
        save(job, download, progress, user_data, cancel, timeout_ms, saved_json)
    })
}

fn save(
    job: *const nitro_job_t,
    download: Download,
    progress: nitro_transfer_fn,
    user_data: *mut c_void,
    cancel: *const nitro_cancel_t,
    timeout_ms: i64,
    saved_json: Option<&mut *mut c_char>,
) -> Result<()> {
    let call = call(cancel, timeout_ms)?;
    let report = |t: crate::job::DownloadProgress| match progress {
        // SAFETY: the header's contract for nitro_transfer_fn.
        Some(progress) => {
            call_host(|| unsafe {
                progress(
                    t.file,
                    t.files,
                    to_signed(Some(t.bytes)),
                    to_signed(t.total),
                    user_data,
                )
            }) == 0
        }
        None => true,
    };
    let saved = handle(job, "job")?.job.download(&download, report, &call)?;
    if let Some(saved_json) = saved_json {
        *saved_json = to_owned_text(&saved_files_json(&saved))?;
    }
    Ok(())
}

pub(super) fn to_signed(bytes: Option<u64>) -> i64 {
    bytes.map_or(-1, |b| b.try_into().unwrap_or(i64::MAX))
}

pub(super) fn saved_files_json(saved: &[SavedFile]) -> String {
    let list: Vec<_> = saved
        .iter()
        .map(|f| SavedFileJson {
            path: f.path.to_string_lossy(),
            bytes: f.bytes,
            content_type: f.content_type.as_deref(),
        })
        .collect();
    serde_json::to_string(&list).unwrap_or_default()
}

pub(super) fn existing_from_c(existing: i32) -> Result<OnExisting> {
    match existing {
        NITRO_EXISTING_FAIL => Ok(OnExisting::Fail),
        NITRO_EXISTING_REPLACE => Ok(OnExisting::Replace),
        NITRO_EXISTING_NUMBER => Ok(OnExisting::Number),
        _ => Err(Error::invalid("existing is not one of NITRO_EXISTING_...")),
    }
}
