//! What the service can do, for programs that offer it, and submissions held against it.

use std::ffi::c_char;

use super::codes::nitro_code_t;
use super::entry::fallible;
use super::error::nitro_error_t;
use super::handle::handle;
use super::submit::nitro_submission_t;
use crate::catalog;

/// The documented operations of the service as JSON, for a program that offers them.
///
/// A list of {"name","title","description","endpoint","method","documents":[...],"params":[...],"result",...}. `endpoint` and
/// `method` are for nitro_submission_new(). Each parameter has "name", "type", "required" and "description", and in JSON
/// Schema's words what its values may be: "enum", "default", "minimum", "maximum", "minItems", "maxItems", "maxLength",
/// "items"; "properties" is again a list of parameters. A parameter of "format" "password" is not to be shown. "documents" says
/// how many files of which extensions come in which order, "result" how the answer is called in the service's result. Ignore
/// what you do not know. Static, never NULL. Threads: any. Since 0.1.0.
#[unsafe(no_mangle)]
pub extern "C" fn nitro_catalog_json() -> *const c_char {
    catalog::c_json().as_ptr()
}

/// Checks what the catalogue knows of a submission, before it is sent.
///
/// That is: required parameters, their types, values and ranges, how many documents there must be and of which kinds. Opens
/// no file and asks nobody. What the catalogue does not know passes, be it a method or a parameter; nitro_client_submit() and
/// nitro_client_run() do not ask for this check. Codes: NITRO_E_INVALID_ARGUMENT with a message that names the parameter and
/// never its value. Threads: one at a time. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_submission_check(
    submission: *const nitro_submission_t,
    err: *mut *mut nitro_error_t,
) -> nitro_code_t {
    fallible(err, || handle(submission, "submission")?.submission.check())
}
