//! Submits, waits and saves in one call.

use std::ffi::{c_char, c_void};
use std::ptr;

use super::cancel::nitro_cancel_t;
use super::client::nitro_client_t;
use super::codes::nitro_code_t;
use super::download::{existing_from_c, saved_files_json, to_signed};
use super::entry::{call, fallible};
use super::error::nitro_error_t;
use super::handle::{handle, into_raw, optional_output, optional_text, text};
use super::job::nitro_job_t;
use super::status::{nitro_status_t, status_as_ptr};
use super::string::to_owned_text;
use super::submit::nitro_submission_t;
use crate::c_text::to_c_string;
use crate::error::Result;
use crate::job::Download;
use crate::panic_guard::call_host;
use crate::run::{RunProgress, RunResult};

/// Phase of a run: documents are being sent; `done` of `total` bytes.
pub const NITRO_RUN_UPLOAD: i32 = 1;
/// Phase of a run: the job was created; `ticket_json` is its JSON, to be stored for nitro_job_from_json().
pub const NITRO_RUN_SUBMITTED: i32 = 2;
/// Phase of a run: the service processes the job; `status` is its status.
pub const NITRO_RUN_PROCESSING: i32 = 3;
/// Phase of a run: a file of the result is being saved; `done` of `total` bytes, which is -1 if unknown.
pub const NITRO_RUN_DOWNLOAD: i32 = 4;

/// Progress callback of nitro_client_run() and nitro_client_run_all().
///
/// Returns 0 to continue; any other value stops the call with NITRO_E_STOPPED. `phase` is one of NITRO_RUN_...; ignore
/// unknown values. Arguments that do not belong to the phase are 0 or NULL. It is called on the calling thread, only
/// during the call. `ticket_json` and `status` are valid during the callback only. No C++ exception may leave it.
pub type nitro_run_fn = Option<
    unsafe extern "C" fn(
        phase: i32,
        done: i64,
        total: i64,
        ticket_json: *const c_char,
        status: *const nitro_status_t,
        user_data: *mut c_void,
    ) -> i32,
>;

/// Submits, waits, and saves the result, which must be one file, to `path`, in one call.
///
/// `path` may be NULL: nothing is saved then, and the result of an extraction is obtained with nitro_job_result(). A path
/// that cannot be written to is reported before anything is sent; so is an operation of the catalogue that gives several
/// files, or none. `existing` is one of NITRO_EXISTING_.... `progress` may be NULL. `timeout_ms` is for the whole call: 0
/// for no timeout, -1 for the client's wait timeout. `job` may be NULL; otherwise the caller owns `*job` and frees it with
/// nitro_job_free(). `saved_json` may be NULL; otherwise the caller owns `*saved_json`, which is
/// [{"path":...,"bytes":...,"contentType":...}], and frees it with nitro_string_free(). Once there is a job each error
/// has its JSON: see nitro_error_ticket_json(). The job continues and can be recreated with nitro_job_from_json().
///
/// Codes: NITRO_E_TIMEOUT before there is a job, NITRO_E_WAIT_TIMEOUT while it is waited for; those of
/// nitro_client_submit(), nitro_job_wait() and nitro_job_download().
///
/// Threads: any. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_client_run(
    client: *const nitro_client_t,
    submission: *const nitro_submission_t,
    path: *const c_char,
    existing: i32,
    progress: nitro_run_fn,
    user_data: *mut c_void,
    cancel: *const nitro_cancel_t,
    timeout_ms: i64,
    job: *mut *mut nitro_job_t,
    saved_json: *mut *mut c_char,
    err: *mut *mut nitro_error_t,
) -> nitro_code_t {
    fallible(err, || {
        let outputs = outputs(job, saved_json);
        let existing = existing_from_c(existing)?;
        let download = optional_text(path, "path")?.map(|path| Download::to_file(path).existing(existing));
        run(
            (client, submission, download),
            progress,
            user_data,
            cancel,
            timeout_ms,
            outputs,
        )
    })
}

/// Submits, waits, and saves all files of the result in the folder `folder`, in one call.
///
/// The names are sanitized forms of those that the service gives. Either all files are saved, or none. Everything else
/// is as for nitro_client_run().
///
/// Threads: any. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_client_run_all(
    client: *const nitro_client_t,
    submission: *const nitro_submission_t,
    folder: *const c_char,
    existing: i32,
    progress: nitro_run_fn,
    user_data: *mut c_void,
    cancel: *const nitro_cancel_t,
    timeout_ms: i64,
    job: *mut *mut nitro_job_t,
    saved_json: *mut *mut c_char,
    err: *mut *mut nitro_error_t,
) -> nitro_code_t {
    fallible(err, || {
        let outputs = outputs(job, saved_json);
        let download = Download::to_folder(text(folder, "folder")?).existing(existing_from_c(existing)?);
        run(
            (client, submission, Some(download)),
            progress,
            user_data,
            cancel,
            timeout_ms,
            outputs,
        )
    })
}

type Outputs<'a> = (Option<&'a mut *mut nitro_job_t>, Option<&'a mut *mut c_char>);

fn outputs<'a>(job: *mut *mut nitro_job_t, saved_json: *mut *mut c_char) -> Outputs<'a> {
    (
        optional_output(job, ptr::null_mut()),
        optional_output(saved_json, ptr::null_mut()),
    )
}

fn run(
    (client, submission, download): (*const nitro_client_t, *const nitro_submission_t, Option<Download>),
    progress: nitro_run_fn,
    user_data: *mut c_void,
    cancel: *const nitro_cancel_t,
    timeout_ms: i64,
    (job, saved_json): Outputs<'_>,
) -> Result<()> {
    let call = call(cancel, timeout_ms)?;
    let client = &handle(client, "client")?.client;
    let submission = &handle(submission, "submission")?.submission;
    let report = |now: RunProgress<'_>| {
        let Some(progress) = progress else { return true };
        let call_progress = |phase, done, total, ticket, status| {
            // SAFETY: the header's contract for nitro_run_fn.
            call_host(|| unsafe { progress(phase, done, total, ticket, status, user_data) }) == 0
        };
        let (no_ticket, no_status) = (ptr::null(), ptr::null());
        match now {
            RunProgress::Upload { sent, total } => {
                let (sent, total) = (to_signed(Some(sent)), to_signed(Some(total)));
                call_progress(NITRO_RUN_UPLOAD, sent, total, no_ticket, no_status)
            }
            RunProgress::Submitted { ticket } => {
                let ticket = to_c_string(ticket);
                call_progress(NITRO_RUN_SUBMITTED, 0, 0, ticket.as_ptr(), no_status)
            }
            RunProgress::Processing { status } => {
                call_progress(NITRO_RUN_PROCESSING, 0, 0, no_ticket, status_as_ptr(status))
            }
            RunProgress::Download(now) => {
                let (done, total) = (to_signed(Some(now.bytes)), to_signed(now.total));
                call_progress(NITRO_RUN_DOWNLOAD, done, total, no_ticket, no_status)
            }
        }
    };
    let finished: RunResult = client.run(submission, download.as_ref(), report, &call)?;
    if let Some(saved_json) = saved_json {
        *saved_json = to_owned_text(&saved_files_json(&finished.saved))?;
    }
    if let Some(job) = job {
        *job = into_raw(nitro_job_t::new(finished.job));
    }
    Ok(())
}
