//! `nitro_result_t`: the result of a completed job.

use std::ffi::{CString, c_char};
use std::ptr;

use super::codes::nitro_code_t;
use super::entry::fallible;
use super::error::nitro_error_t;
use super::handle::{drop_raw, handle, infallible, optional_output, output};
use super::string::to_owned_text;
use crate::c_text::try_c_string;
use crate::error::Result;
use crate::job::{FileInfo, JobResult, ResultKind};

/// A kind of result that this version does not know; nitro_result_json() has it.
pub const NITRO_RESULT_UNKNOWN: i32 = 0;
/// One file.
pub const NITRO_RESULT_FILE: i32 = 1;
/// Several files.
pub const NITRO_RESULT_FILES: i32 = 2;
/// The text of a document.
pub const NITRO_RESULT_TEXT: i32 = 3;
/// Tables.
pub const NITRO_RESULT_TABLES: i32 = 4;
/// Bounding boxes of text that was searched for.
pub const NITRO_RESULT_TEXT_BOXES: i32 = 5;
/// Bounding boxes of personally identifiable information.
pub const NITRO_RESULT_PII_BOXES: i32 = 6;
/// The properties of a document.
pub const NITRO_RESULT_PROPERTIES: i32 = 7;
/// The recognized fields of a form or an invoice, each with a confidence.
pub const NITRO_RESULT_FORM: i32 = 8;
/// The fields of a fillable form, read or detected.
pub const NITRO_RESULT_FORM_FIELDS: i32 = 9;

/// The result of a completed job: files, or data extracted from a document.
///
/// It does not change. The strings that its accessors return are valid until it is freed. Files are numbered from 0.
///
/// Threads: any at once. Since 0.1.0.
pub struct nitro_result_t {
    /// Its text ends with NUL and is lent without a copy.
    result: JobResult,
    text: Option<CString>,
    files: Vec<File>,
}

struct File {
    url: Option<CString>,
    content_type: Option<CString>,
}

impl nitro_result_t {
    pub(super) fn new(result: JobResult) -> Result<Self> {
        let copy = |text: Option<&str>| text.map(|text| try_c_string(text.into())).transpose();
        let mut files = Vec::new();
        files.try_reserve_exact(result.files().len())?;
        for file in result.files() {
            files.push(File {
                url: copy(file.url())?,
                content_type: copy(file.content_type())?,
            });
        }
        Ok(Self {
            text: result.decode_text()?.map(try_c_string).transpose()?,
            files,
            result,
        })
    }
}

fn access<T: Copy>(
    result: *const nitro_result_t,
    empty: T,
    accessor: impl FnOnce(&nitro_result_t) -> T,
) -> T {
    // SAFETY: the header's contract: a handle comes from this library, and is not freed during the call.
    infallible(empty, || unsafe { result.as_ref() }.map_or(empty, accessor))
}

fn ptr_or_null(text: Option<&CString>) -> *const c_char {
    text.map_or(ptr::null(), |t| t.as_ptr())
}

/// A number for C; -1 for none.
fn to_signed(number: Option<u64>) -> i64 {
    number.and_then(|n| n.try_into().ok()).unwrap_or(-1)
}

/// Returns the kind of result, one of NITRO_RESULT_...; NITRO_RESULT_UNKNOWN if NULL.
///
/// Ignore unknown values: nitro_result_json() has the whole result. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_result_kind(result: *const nitro_result_t) -> i32 {
    access(result, NITRO_RESULT_UNKNOWN, |r| match r.result.kind() {
        ResultKind::File => NITRO_RESULT_FILE,
        ResultKind::Files => NITRO_RESULT_FILES,
        ResultKind::Text => NITRO_RESULT_TEXT,
        ResultKind::Tables => NITRO_RESULT_TABLES,
        ResultKind::TextBoxes => NITRO_RESULT_TEXT_BOXES,
        ResultKind::PiiBoxes => NITRO_RESULT_PII_BOXES,
        ResultKind::Properties => NITRO_RESULT_PROPERTIES,
        ResultKind::Form => NITRO_RESULT_FORM,
        ResultKind::FormFields => NITRO_RESULT_FORM_FIELDS,
        ResultKind::Unknown => NITRO_RESULT_UNKNOWN,
    })
}

/// Returns the number of files; 0 if the result is not a file, or if NULL.
///
/// Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_result_file_count(result: *const nitro_result_t) -> usize {
    access(result, 0, |r| r.files.len())
}

/// Returns the temporary URL of file `index`; NULL if it was delivered elsewhere, or if there is no such file.
///
/// It can contain a signature that grants access: treat it as a secret. Lent until the result is freed. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_result_file_url(result: *const nitro_result_t, index: usize) -> *const c_char {
    access(result, ptr::null(), |r| {
        ptr_or_null(r.files.get(index).and_then(|f| f.url.as_ref()))
    })
}

/// Returns the media type of file `index`; NULL if the service gave none, or if there is no such file.
///
/// Lent until the result is freed. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_result_file_content_type(
    result: *const nitro_result_t,
    index: usize,
) -> *const c_char {
    access(result, ptr::null(), |r| {
        ptr_or_null(r.files.get(index).and_then(|f| f.content_type.as_ref()))
    })
}

/// Returns the size of file `index` in bytes as stated by the service; -1 if it gave none, or if there is no such file.
///
/// Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_result_file_size(result: *const nitro_result_t, index: usize) -> i64 {
    access(result, -1, |r| {
        to_signed(r.result.files().get(index).and_then(FileInfo::size_bytes))
    })
}

/// Returns the page count of file `index` as stated by the service; -1 if it gave none, or if there is no such file.
///
/// Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_result_file_pages(result: *const nitro_result_t, index: usize) -> i64 {
    access(result, -1, |r| {
        to_signed(r.result.files().get(index).and_then(FileInfo::page_count))
    })
}

/// Returns the extracted text, decoded; NULL if the result is not text, or if NULL.
///
/// `length` may be NULL; otherwise it is set to the length in bytes without the final NUL. NUL characters of the
/// document are left out. Lent until the result is freed. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_result_text(
    result: *const nitro_result_t,
    length: *mut usize,
) -> *const c_char {
    infallible(ptr::null(), || {
        let length = optional_output(length, 0);
        let text = access(result, ptr::null::<CString>(), |r| {
            r.text.as_ref().map_or(ptr::null(), ptr::from_ref)
        });
        text_with_length(text, length)
    })
}

/// Returns the whole response as received, checked to be valid JSON; NULL if NULL.
///
/// `length` may be NULL; otherwise it is set to the length in bytes without the final NUL. Lent until the result is
/// freed. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_result_json(
    result: *const nitro_result_t,
    length: *mut usize,
) -> *const c_char {
    infallible(ptr::null(), || {
        let length = optional_output(length, 0);
        // SAFETY: as for `access`.
        let Some(result) = (unsafe { result.as_ref() }) else {
            return ptr::null();
        };
        let json = result.result.json();
        if let Some(length) = length {
            *length = json.len();
        }
        json.as_ptr().cast()
    })
}

fn text_with_length(text: *const CString, length: Option<&mut usize>) -> *const c_char {
    // SAFETY: the pointer was taken from a live handle in the same call.
    let Some(text) = (unsafe { text.as_ref() }) else {
        return ptr::null();
    };
    if let Some(length) = length {
        *length = text.as_bytes().len();
    }
    text.as_ptr()
}

/// Copies the `result` member of the response as JSON, as received; the whole response if it has no such member.
///
/// The caller owns `*json` and frees it with nitro_string_free(). `length` may be NULL; otherwise it is set to the
/// length in bytes without the final NUL.
///
/// Codes: NITRO_E_INVALID_ARGUMENT for NULL; NITRO_E_NO_MEMORY. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_result_value_json(
    result: *const nitro_result_t,
    json: *mut *mut c_char,
    length: *mut usize,
    err: *mut *mut nitro_error_t,
) -> nitro_code_t {
    fallible(err, || {
        let length = optional_output(length, 0);
        let json = output(json, "json", ptr::null_mut())?;
        let value = handle(result, "result")?.result.result_json();
        *json = to_owned_text(value)?;
        if let Some(length) = length {
            *length = value.len();
        }
        Ok(())
    })
}

/// Frees the result and the strings of its accessors.
///
/// Does nothing if NULL.
///
/// Threads: any, once. Since 0.1.0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nitro_result_free(result: *mut nitro_result_t) {
    drop_raw(result);
}
