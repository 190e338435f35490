//! `nitro_submission_t`: a submission, and starting its job.

use std::ffi::{c_char, c_void};
use std::io::{self, Read};

use super::cancel::nitro_cancel_t;
use super::client::nitro_client_t;
use super::codes::nitro_code_t;
use super::download::to_signed;
use super::entry::{call, fallible};
use super::error::nitro_error_t;
use super::handle::{
    UserData, drop_raw, handle, handle_mut, into_raw, negative, null, optional_text, output, required, text,
};
use super::job::nitro_job_t;
use crate::error::{Error, Result};
use crate::job::{Endpoint, Input, Submission};
use crate::panic_guard::call_host;

/// Reader of nitro_submission_add_reader(): fills `buffer` with up to `capacity` bytes and returns how many; 0 at the end.
///
/// A negative number stops the call with NITRO_E_STOPPED. It is called on the calling thread, only during
/// nitro_client_submit() or nitro_client_run(). `buffer` is valid during the callback only. No C++ exception may leave
/// it.
pub type nitro_read_fn =
    Option<unsafe extern "C" fn(buffer: *mut u8, capacity: usize, user_data: *mut c_void) -> i64>;

/// Progress callback of nitro_client_submit(): `sent` of `total` bytes were sent.
///
/// Returns 0 to continue; any other value stops the call with NITRO_E_STOPPED. It is called on the calling thread, only
/// during the call. No C++ exception may leave it.
pub type nitro_upload_fn = Option<unsafe extern "C" fn(sent: i64, total: i64, user_data: *mut c_void) -> i32>;

/// A submission: the endpoint, the method, its parameters and the documents of a job to be started.
///
/// It can be submitted any number of times, unless one of its documents is a reader.
///
/// Threads: one at a time. Since 0.1.0.
pub struct nitro_submission_t {
    pub(super) submission: Submission<'static>,
}

/// Creates a submission without documents.
///
/// `endpoint` is "conversions", "extractions", "transformations" or "generations". `method` is sent as it is, for
/// example "convert" or "merge". The caller owns `*submission` and frees it with nitro_submission_free().
///
/// Codes: NITRO_E_INVALID_ARGUMENT for another endpoint.
///
/// Threads: any. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_submission_new(
    endpoint: *const c_char,
    method: *const c_char,
    submission: *mut *mut nitro_submission_t,
    err: *mut *mut nitro_error_t,
) -> nitro_code_t {
    fallible(err, || {
        let out = output(submission, "submission", std::ptr::null_mut())?;
        let name = text(endpoint, "endpoint")?;
        let endpoint = Endpoint::from_name(name).ok_or_else(|| {
            Error::invalid(format!(
                "unknown endpoint \"{name}\"; use conversions, extractions, transformations or generations"
            ))
        })?;
        *out = into_raw(nitro_submission_t {
            submission: Submission::new(endpoint, text(method, "method")?),
        });
        Ok(())
    })
}

fn change(
    submission: *mut nitro_submission_t,
    err: *mut *mut nitro_error_t,
    body: impl FnOnce(&mut Submission<'static>) -> Result<()>,
) -> nitro_code_t {
    fallible(err, || {
        body(&mut handle_mut(submission, "submission")?.submission)
    })
}

/// `input` with the content type from C unless that is NULL.
fn with_content_type(input: Input<'static>, content_type: *const c_char) -> Result<Input<'static>> {
    Ok(match optional_text(content_type, "content_type")? {
        Some(content_type) => input.content_type(content_type),
        None => input,
    })
}

/// Sets the parameters of the method: the text of a JSON object, which is sent as it is; the default is "{}".
///
/// Codes: NITRO_E_INVALID_ARGUMENT if `json` is not a JSON object.
///
/// Threads: one at a time. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_submission_set_params_json(
    submission: *mut nitro_submission_t,
    json: *const c_char,
    err: *mut *mut nitro_error_t,
) -> nitro_code_t {
    change(submission, err, |s| s.set_params(text(json, "json")?.to_owned()))
}

/// Sets where the service delivers the result and which URL it calls: the text of a JSON object, which is sent as it is.
///
/// Codes: NITRO_E_INVALID_ARGUMENT if `json` is not a JSON object.
///
/// Threads: one at a time. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_submission_set_delivery_json(
    submission: *mut nitro_submission_t,
    json: *const c_char,
    err: *mut *mut nitro_error_t,
) -> nitro_code_t {
    change(submission, err, |s| {
        s.set_delivery(text(json, "json")?.to_owned())
    })
}

/// Sets whether documents are first uploaded to storage by presigned URLs (1) or sent with the request (0, the default).
///
/// Use it for documents that the endpoint rejects as too large. The service does not document this way.
///
/// Codes: NITRO_E_INVALID_ARGUMENT for NULL.
///
/// Threads: one at a time. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_submission_set_presigned_upload(
    submission: *mut nitro_submission_t,
    presigned: i32,
    err: *mut *mut nitro_error_t,
) -> nitro_code_t {
    change(submission, err, |s| {
        s.set_presigned(presigned != 0);
        Ok(())
    })
}

/// Adds a file as the next document.
///
/// The order of documents matters. The file is opened when a call that sends it begins. `content_type` may be NULL: it is
/// then derived from the extension, or from the first bytes of the file. Submitting returns NITRO_E_FILE if the file cannot
/// be read, is not a regular file, or changes while it is sent, and NITRO_E_INVALID_ARGUMENT if its type cannot be derived.
/// Pass what comes from a pipe with nitro_submission_add_bytes() or nitro_submission_add_reader().
///
/// Codes: NITRO_E_INVALID_ARGUMENT for NULL.
///
/// Threads: one at a time. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_submission_add_file(
    submission: *mut nitro_submission_t,
    path: *const c_char,
    content_type: *const c_char,
    err: *mut *mut nitro_error_t,
) -> nitro_code_t {
    change(submission, err, |s| {
        s.add(with_content_type(Input::path(text(path, "path")?), content_type)?);
        Ok(())
    })
}

/// Adds a document in memory, under a file name, as the next document.
///
/// `data` is not copied: it must stay valid and unchanged until the submission is freed. `data` may be NULL if `length`
/// is 0. `content_type` may be NULL: it is then derived from the extension of `name`, or from the first bytes.
///
/// Codes: NITRO_E_INVALID_ARGUMENT for NULL.
///
/// Threads: one at a time. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_submission_add_bytes(
    submission: *mut nitro_submission_t,
    name: *const c_char,
    content_type: *const c_char,
    data: *const u8,
    length: usize,
    err: *mut *mut nitro_error_t,
) -> nitro_code_t {
    change(submission, err, |s| {
        let name = text(name, "name")?;
        let bytes: &'static [u8] = match (data.is_null(), length) {
            (_, 0) => &[],
            (true, _) => return Err(null("data")),
            (false, _) if isize::try_from(length).is_err() => {
                return Err(Error::invalid("length exceeds the largest possible object"));
            }
            // SAFETY: the header's contract: `length` bytes that stay as they are until the submission is freed.
            (false, _) => unsafe { std::slice::from_raw_parts(data, length) },
        };
        s.add(with_content_type(Input::bytes(name, bytes), content_type)?);
        Ok(())
    })
}

/// Adds a document of exactly `length` bytes that a function provides, under a file name, as the next document.
///
/// It is read once, so the submission can be submitted once. `content_type` may be NULL: it is then derived from the
/// extension of `name`. `user_data` is passed to `read` and must be valid until the submission is freed. Submitting
/// returns NITRO_E_FILE if `read` provides fewer bytes.
///
/// Codes: NITRO_E_INVALID_ARGUMENT for NULL or a negative length.
///
/// Threads: one at a time. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_submission_add_reader(
    submission: *mut nitro_submission_t,
    name: *const c_char,
    content_type: *const c_char,
    length: i64,
    read: nitro_read_fn,
    user_data: *mut c_void,
    err: *mut *mut nitro_error_t,
) -> nitro_code_t {
    change(submission, err, |s| {
        let name = text(name, "name")?;
        let length = u64::try_from(length).map_err(|_| negative("length"))?;
        let reader = Reader {
            read: required(read, "read")?,
            user_data: UserData(user_data),
        };
        s.add(with_content_type(
            Input::reader(name, length, reader),
            content_type,
        )?);
        Ok(())
    })
}

/// Adds a document that the service downloads from a URL, as the next document.
///
/// `content_type` is its media type and is required. Submitting returns NITRO_E_INVALID_ARGUMENT if `url` is not an
/// http or https URL.
///
/// Codes: NITRO_E_INVALID_ARGUMENT for NULL.
///
/// Threads: one at a time. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_submission_add_url(
    submission: *mut nitro_submission_t,
    url: *const c_char,
    content_type: *const c_char,
    err: *mut *mut nitro_error_t,
) -> nitro_code_t {
    change(submission, err, |s| {
        s.add(Input::url(text(url, "url")?, text(content_type, "content_type")?));
        Ok(())
    })
}

/// The host's read callback as a reader.
struct Reader {
    read: unsafe extern "C" fn(*mut u8, usize, *mut c_void) -> i64,
    user_data: UserData,
}

impl Read for Reader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let (start, capacity) = (buffer.as_mut_ptr(), buffer.len());
        // SAFETY: the header's contract for nitro_read_fn.
        let returned = call_host(|| unsafe { (self.read)(start, capacity, self.user_data.get()) });
        match usize::try_from(returned) {
            Ok(read) if read <= capacity => Ok(read),
            Ok(_) => Err(io::Error::other(Error::invalid(
                "read returned a number of bytes above the capacity of the buffer",
            ))),
            Err(_) => Err(io::Error::other(Error::stopped())),
        }
    }
}

/// Submits the documents, which starts a job; returns as soon as the service has accepted them.
///
/// Documents are streamed in constant memory. Store the job at once: see nitro_job_json(). If the service returns the
/// result at once, the job is completed and its handle contains the result. `progress` may be NULL. The caller owns
/// `*job` and frees it with nitro_job_free(); client and submission may be freed before it. `timeout_ms`: 0 or -1 for
/// no timeout; the idle timeout still applies.
///
/// Codes: NITRO_E_INVALID_ARGUMENT or NITRO_E_FILE for the documents; NITRO_E_UNAUTHORIZED, NITRO_E_CONTENT_TOO_LARGE,
/// NITRO_E_UNSUPPORTED_MEDIA_TYPE, NITRO_E_UNPROCESSABLE or NITRO_E_RATE_LIMITED from the service. After an error for
/// which nitro_error_is_uncertain() is 1 a job may exist all the same.
///
/// Threads: any. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_client_submit(
    client: *const nitro_client_t,
    submission: *const nitro_submission_t,
    progress: nitro_upload_fn,
    user_data: *mut c_void,
    cancel: *const nitro_cancel_t,
    timeout_ms: i64,
    job: *mut *mut nitro_job_t,
    err: *mut *mut nitro_error_t,
) -> nitro_code_t {
    fallible(err, || {
        let job = output(job, "job", std::ptr::null_mut())?;
        let call = call(cancel, timeout_ms)?;
        let report = |sent: u64, total: u64| match progress {
            // SAFETY: the header's contract for nitro_upload_fn.
            Some(progress) => {
                call_host(|| unsafe { progress(to_signed(Some(sent)), to_signed(Some(total)), user_data) })
                    == 0
            }
            None => true,
        };
        let client = &handle(client, "client")?.client;
        let submitted = client.submit(&handle(submission, "submission")?.submission, report, &call)?;
        *job = into_raw(nitro_job_t::new(submitted.job));
        Ok(())
    })
}

/// Frees the submission.
///
/// Jobs that it started continue. Does nothing if NULL.
///
/// Threads: any, once no call uses this handle. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_submission_free(submission: *mut nitro_submission_t) {
    drop_raw(submission);
}
