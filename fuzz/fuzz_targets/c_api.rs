//! The C boundary: the input drives a sequence of calls with any strings, numbers and NULLs. Nothing goes to the network:
//! each call that would use it gets a cancel token that was triggered before. Handles are freed once, as the header demands.
#![no_main]

use std::ffi::{CStr, c_char, c_void};
use std::ptr::{null, null_mut};

use libfuzzer_sys::fuzz_target;
// Links the library.
use nitro_jobs as _;

type Handle = *mut c_void;
type TextSetter = unsafe extern "C" fn(Handle, *const c_char, *mut Handle) -> i32;
type NumberSetter = unsafe extern "C" fn(Handle, i64, *mut Handle) -> i32;
type JobConstructor = unsafe extern "C" fn(Handle, *const c_char, *mut Handle, *mut Handle) -> i32;
type JobRequest = unsafe extern "C" fn(Handle, Handle, i64, *mut Handle, *mut Handle) -> i32;
type ErrorText = unsafe extern "C" fn(Handle) -> *const c_char;

unsafe extern "C" {
    fn nitro_options_new() -> Handle;
    fn nitro_options_free(options: Handle);
    fn nitro_options_set_base_url(o: Handle, text: *const c_char, err: *mut Handle) -> i32;
    fn nitro_options_set_token(o: Handle, text: *const c_char, err: *mut Handle) -> i32;
    fn nitro_options_set_user_agent(o: Handle, text: *const c_char, err: *mut Handle) -> i32;
    fn nitro_options_set_proxy(o: Handle, text: *const c_char, err: *mut Handle) -> i32;
    fn nitro_options_set_no_proxy(o: Handle, text: *const c_char, err: *mut Handle) -> i32;
    fn nitro_options_add_trusted_origin(o: Handle, text: *const c_char, err: *mut Handle) -> i32;
    fn nitro_options_add_ca_pem(o: Handle, text: *const c_char, err: *mut Handle) -> i32;
    fn nitro_options_set_connect_timeout_ms(o: Handle, ms: i64, err: *mut Handle) -> i32;
    fn nitro_options_set_idle_timeout_ms(o: Handle, ms: i64, err: *mut Handle) -> i32;
    fn nitro_options_set_call_timeout_ms(o: Handle, ms: i64, err: *mut Handle) -> i32;
    fn nitro_options_set_wait_timeout_ms(o: Handle, ms: i64, err: *mut Handle) -> i32;
    fn nitro_options_set_retry_cap_ms(o: Handle, ms: i64, err: *mut Handle) -> i32;
    fn nitro_options_set_max_json_bytes(o: Handle, bytes: i64, err: *mut Handle) -> i32;
    fn nitro_options_set_max_event_bytes(o: Handle, bytes: i64, err: *mut Handle) -> i32;
    fn nitro_options_set_min_rate(o: Handle, rate: i64, err: *mut Handle) -> i32;
    fn nitro_client_new(options: Handle, client: *mut Handle, err: *mut Handle) -> i32;
    fn nitro_client_free(client: Handle);
    fn nitro_cancel_new() -> Handle;
    fn nitro_cancel_trigger(cancel: Handle);
    fn nitro_cancel_free(cancel: Handle);
    fn nitro_job_from_id(client: Handle, id: *const c_char, job: *mut Handle, err: *mut Handle) -> i32;
    fn nitro_job_from_json(client: Handle, json: *const c_char, job: *mut Handle, err: *mut Handle) -> i32;
    fn nitro_job_json(job: Handle, json: *mut *mut c_char, length: *mut usize, err: *mut Handle) -> i32;
    fn nitro_job_id(job: Handle) -> *const c_char;
    fn nitro_job_reference_id(job: Handle) -> *const c_char;
    fn nitro_job_status(j: Handle, cancel: Handle, ms: i64, out: *mut Handle, err: *mut Handle) -> i32;
    fn nitro_job_result(j: Handle, cancel: Handle, ms: i64, out: *mut Handle, err: *mut Handle) -> i32;
    fn nitro_job_free(job: Handle);
    fn nitro_error_code(err: Handle) -> i32;
    fn nitro_error_message(err: Handle) -> *const c_char;
    fn nitro_error_problem_type(err: Handle) -> *const c_char;
    fn nitro_error_problem_title(err: Handle) -> *const c_char;
    fn nitro_error_problem_detail(err: Handle) -> *const c_char;
    fn nitro_error_problem_json(err: Handle) -> *const c_char;
    fn nitro_error_reference_id(err: Handle) -> *const c_char;
    fn nitro_error_ticket_json(err: Handle) -> *const c_char;
    fn nitro_error_path(err: Handle) -> *const c_char;
    fn nitro_error_retry_after_ms(err: Handle) -> i64;
    fn nitro_error_free(err: Handle);
    fn nitro_string_free(text: *mut c_char);
    fn nitro_code_name(code: i32) -> *const c_char;
    fn nitro_code_text(code: i32) -> *const c_char;
}

const TEXT_SETTERS: [TextSetter; 7] = [
    nitro_options_set_base_url,
    nitro_options_set_token,
    nitro_options_set_user_agent,
    nitro_options_set_proxy,
    nitro_options_set_no_proxy,
    nitro_options_add_trusted_origin,
    nitro_options_add_ca_pem,
];
const NUMBER_SETTERS: [NumberSetter; 8] = [
    nitro_options_set_connect_timeout_ms,
    nitro_options_set_idle_timeout_ms,
    nitro_options_set_call_timeout_ms,
    nitro_options_set_wait_timeout_ms,
    nitro_options_set_retry_cap_ms,
    nitro_options_set_max_json_bytes,
    nitro_options_set_max_event_bytes,
    nitro_options_set_min_rate,
];
const JOB_CONSTRUCTORS: [JobConstructor; 2] = [nitro_job_from_id, nitro_job_from_json];
const JOB_REQUESTS: [JobRequest; 2] = [nitro_job_status, nitro_job_result];
const ERROR_TEXTS: [ErrorText; 8] = [
    nitro_error_message,
    nitro_error_problem_type,
    nitro_error_problem_title,
    nitro_error_problem_detail,
    nitro_error_problem_json,
    nitro_error_reference_id,
    nitro_error_ticket_json,
    nitro_error_path,
];
const CANCELLED: i32 = 10;
const INVALID: i32 = 1;
const INTERNAL: i32 = 2;

/// The rest of the fuzzer's input.
struct Input<'a>(&'a [u8]);

impl Input<'_> {
    fn byte(&mut self) -> u8 {
        let Some((&first, rest)) = self.0.split_first() else {
            return 0;
        };
        self.0 = rest;
        first
    }

    /// A C string, or NULL.
    fn text(&mut self) -> Option<Vec<u8>> {
        let length = usize::from(self.byte());
        if length == 255 {
            return None;
        }
        let (text, rest) = self.0.split_at(length.min(self.0.len()));
        self.0 = rest;
        let mut text: Vec<u8> = text.iter().copied().filter(|byte| *byte != 0).collect();
        text.push(0);
        Some(text)
    }

    fn number(&mut self) -> i64 {
        let mut bytes = [0; 8];
        bytes.fill_with(|| self.byte());
        i64::from_le_bytes(bytes)
    }
}

/// Checks what holds after every call, failed or not, and frees the error.
fn check_and_free(code: i32, error: Handle) {
    assert_ne!(code, INTERNAL);
    assert_eq!(code != 0, !error.is_null());
    // SAFETY: `error` was set by a call that failed, or is NULL; it is freed here and nowhere else.
    unsafe {
        assert_eq!(nitro_error_code(error), code);
        for text in ERROR_TEXTS {
            let text = text(error);
            assert!(text.is_null() || CStr::from_ptr(text).to_str().is_ok());
        }
        assert!(nitro_error_retry_after_ms(error) >= -1);
        assert!(!nitro_code_name(code).is_null() && !nitro_code_text(code).is_null());
        nitro_error_free(error);
    }
}

fuzz_target!(|bytes: &[u8]| {
    let mut input = Input(bytes);
    // SAFETY: every handle below was made by the library, is used by this thread alone, and is freed once, at the end or
    // where it is replaced; every text ends with NUL and outlives its call.
    unsafe {
        let options = nitro_options_new();
        let cancel = nitro_cancel_new();
        nitro_cancel_trigger(cancel);
        let (mut client, mut job) = (null_mut(), null_mut());
        while !input.0.is_empty() {
            let (choice, which) = (input.byte() % 8, usize::from(input.byte()));
            let mut error: Handle = 1 as Handle;
            let code = match choice {
                0 | 1 => {
                    let text = input.text();
                    let text = text.as_ref().map_or(null(), |text| text.as_ptr().cast());
                    let target = if which > 250 { null_mut() } else { options };
                    TEXT_SETTERS[which % TEXT_SETTERS.len()](target, text, &mut error)
                }
                2 => NUMBER_SETTERS[which % NUMBER_SETTERS.len()](options, input.number(), &mut error),
                3 => {
                    nitro_client_free(client);
                    nitro_client_new(options, &mut client, &mut error)
                }
                4 | 5 => {
                    let text = input.text();
                    let text = text.as_ref().map_or(null(), |text| text.as_ptr().cast());
                    nitro_job_free(job);
                    JOB_CONSTRUCTORS[which % JOB_CONSTRUCTORS.len()](client, text, &mut job, &mut error)
                }
                6 => {
                    let mut out: Handle = 1 as Handle;
                    let code = JOB_REQUESTS[which % JOB_REQUESTS.len()](
                        job,
                        cancel,
                        input.number(),
                        &mut out,
                        &mut error,
                    );
                    // A timeout below -1 is rejected before the token is read.
                    assert!(out.is_null() && matches!(code, CANCELLED | INVALID), "{code}");
                    code
                }
                _ => {
                    let mut json = 1 as *mut c_char;
                    let mut length = 1;
                    let code = nitro_job_json(job, &mut json, &mut length, &mut error);
                    assert_eq!(code == 0, !json.is_null());
                    if code != 0 {
                        assert_eq!(length, 0);
                    } else {
                        assert_eq!(CStr::from_ptr(json).to_bytes().len(), length);
                        let mut restored: Handle = null_mut();
                        let mut no_error: Handle = null_mut();
                        if !client.is_null() {
                            // A ticket that the library wrote can be restored.
                            assert_eq!(nitro_job_from_json(client, json, &mut restored, &mut no_error), 0);
                            assert_eq!(
                                CStr::from_ptr(nitro_job_id(restored)),
                                CStr::from_ptr(nitro_job_id(job))
                            );
                            assert!(!nitro_job_reference_id(restored).is_null());
                            nitro_job_free(restored);
                        }
                    }
                    nitro_string_free(json);
                    code
                }
            };
            check_and_free(code, error);
        }
        nitro_job_free(job);
        nitro_client_free(client);
        nitro_cancel_free(cancel);
        nitro_options_free(options);
    }
});
