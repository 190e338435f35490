//! The catalogue of the service's operations, and the check of submissions against it.

use std::ffi::c_char;

use super::codes::nitro_code_t;
use super::entry::fallible;
use super::error::nitro_error_t;
use super::handle::handle;
use super::submit::nitro_submission_t;
use crate::catalog;

/// Returns the documented operations of the service as JSON, for programs that offer them to users.
///
/// It is a list of {"name","title","description","endpoint","method","documents":[...],"params":[...],"result",...}.
/// "endpoint" and "method" are the arguments of nitro_submission_new(). Each parameter has "name", "type", "required"
/// and "description", and the constraints of its values with the names of JSON Schema: "enum", "default", "minimum",
/// "maximum", "minItems", "maxItems", "maxLength", "items"; "properties" is again a list of parameters. A parameter
/// with "format" "password" must not be displayed. A "default" is what the service uses for a parameter
/// that is left out. "documents" states the number of files, their extensions and their
/// order; "result" is the name of the result in the response. Ignore unknown members. Static, never NULL.
///
/// Threads: any. Since 0.1.0.
#[unsafe(no_mangle)]
pub extern "C" fn nitro_catalog_json() -> *const c_char {
    catalog::c_json().as_ptr()
}

/// Checks a submission against the catalogue: its parameters and its documents.
///
/// Of parameters the names, required ones, types, values and ranges are checked, of documents the number and the types. No
/// file is opened and nothing is sent. Methods that the catalogue does not have are accepted. For a parameter that it does not
/// have, the message names the one that may be meant. nitro_client_submit() and nitro_client_run() do not make this check, so
/// that they send what the service added later.
///
/// Codes: NITRO_E_INVALID_ARGUMENT, with a message that names the parameter and never its value.
///
/// Threads: one at a time. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_submission_check(
    submission: *const nitro_submission_t,
    err: *mut *mut nitro_error_t,
) -> nitro_code_t {
    fallible(err, || handle(submission, "submission")?.submission.check())
}
