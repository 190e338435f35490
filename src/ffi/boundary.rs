//! The gate that every function of the C API passes: panics, NULL and text are dealt with here and nowhere else.

use std::ffi::{CStr, c_char, c_void};
use std::panic;
use std::sync::Once;
use std::time::Duration;

use super::cancel::nitro_cancel_t;
use super::codes::{NITRO_OK, nitro_code_t};
use super::error::nitro_error_t;
use crate::call::Call;
use crate::error::{Error, ErrorKind, Result};
use crate::panic_guard::{self, DEFECT, is_caught, set_caught};

/// Runs the body of a fallible function: gives its code, and its error to a caller who wants it.
pub(super) fn gate(err: *mut *mut nitro_error_t, body: impl FnOnce() -> Result<()>) -> nitro_code_t {
    if !err.is_null() {
        // SAFETY: a caller who passes `err` passes a place for one pointer.
        unsafe { *err = std::ptr::null_mut() };
    }
    let outcome = caught(body).unwrap_or_else(|| Err(Error::new(ErrorKind::Internal, DEFECT)));
    let Err(error) = outcome else { return NITRO_OK };
    let code = error.kind().code();
    if !err.is_null() {
        let object = caught(|| nitro_error_t::boxed(error)).unwrap_or(std::ptr::null_mut());
        // SAFETY: as above.
        unsafe { *err = object };
    }
    code
}

/// Runs the body of a function that cannot fail; `fallback` after a panic.
pub(super) fn plain<T>(fallback: T, body: impl FnOnce() -> T) -> T {
    caught(body).unwrap_or(fallback)
}

fn caught<T>(body: impl FnOnce() -> T) -> Option<T> {
    silence_own_panics();
    let before = set_caught(true);
    let outcome = panic_guard::catch(body);
    set_caught(before);
    outcome
}

/// Calls back into the host program: a panic there is its own and keeps its own words.
pub(super) fn outside<T>(callback: impl FnOnce() -> T) -> T {
    let before = set_caught(false);
    let outcome = callback();
    set_caught(before);
    outcome
}

/// Has this thread of the library's own count as inside the gate for as long as it lives: it catches its panics itself.
pub(super) fn enter_for_good() {
    silence_own_panics();
    set_caught(true);
}

/// Keeps a panic that the gate catches from being printed on the host's screen. Other panics go where they went before.
fn silence_own_panics() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        let previous = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !is_caught() {
                previous(info);
            }
        }));
    });
}

/// A handle that must be there.
pub(super) fn handle<'a, T>(pointer: *const T, name: &str) -> Result<&'a T> {
    // SAFETY: the header's contract: a handle comes from this library, and is not freed during the call.
    unsafe { pointer.as_ref() }.ok_or_else(|| null(name))
}

/// A handle that must be there and that this call changes; the header says which ones serve one thread at a time.
pub(super) fn handle_mut<'a, T>(pointer: *mut T, name: &str) -> Result<&'a mut T> {
    // SAFETY: as for `handle`; the header's contract excludes a second thread.
    unsafe { pointer.as_mut() }.ok_or_else(|| null(name))
}

/// A place to write a result to, set to its empty value at once: written to only on success after that.
pub(super) fn output<'a, T>(pointer: *mut T, name: &str, empty: T) -> Result<&'a mut T> {
    // SAFETY: the header's contract: an output is a place for one value; writing needs no initialised place.
    unsafe {
        if pointer.is_null() {
            return Err(null(name));
        }
        pointer.write(empty);
        Ok(&mut *pointer)
    }
}

/// As [`output`], for a result that the caller need not want.
pub(super) fn optional_output<'a, T>(pointer: *mut T, empty: T) -> Option<&'a mut T> {
    output(pointer, "", empty).ok()
}

/// A text that must be there.
pub(super) fn text<'a>(pointer: *const c_char, name: &str) -> Result<&'a str> {
    optional_text(pointer, name)?.ok_or_else(|| null(name))
}

/// A text that may be NULL.
pub(super) fn optional_text<'a>(pointer: *const c_char, name: &str) -> Result<Option<&'a str>> {
    if pointer.is_null() {
        return Ok(None);
    }
    // SAFETY: the header's contract: a string ends with NUL and stays as it is during the call.
    let text = unsafe { CStr::from_ptr(pointer) };
    match text.to_str() {
        Ok(text) => Ok(Some(text)),
        Err(e) => Err(Error::invalid(format!(
            "{name} is not valid UTF-8 (at byte {})",
            e.valid_up_to()
        ))),
    }
}

fn null(name: &str) -> Error {
    Error::invalid(format!("{name} is NULL"))
}

/// The bounds of a call as C gives them: 0 ms is no limit, -1 the client's default.
pub(super) fn call(cancel: *const nitro_cancel_t, timeout_ms: i64) -> Result<Call> {
    let timeout = match timeout_ms {
        -1 => None,
        0.. => Some(Duration::from_millis(timeout_ms.unsigned_abs())),
        _ => {
            return Err(Error::invalid(
                "timeout_ms is negative; -1 stands for the client's default, 0 for no limit",
            ));
        }
    };
    // SAFETY: as for `handle`; the operation keeps its own reference, so the token may be freed during the call.
    let cancel = unsafe { cancel.as_ref() }.map(|cancel| &cancel.token);
    Ok(Call::bounded(cancel, timeout))
}

/// A time in milliseconds, as options take it.
pub(super) fn milliseconds(value: i64, name: &str) -> Result<Duration> {
    match u64::try_from(value) {
        Ok(value) => Ok(Duration::from_millis(value)),
        Err(_) => Err(Error::invalid(format!("{name} is negative"))),
    }
}

/// Gives a handle to C, which owns it from now on.
pub(super) fn give<T>(value: T) -> *mut T {
    Box::into_raw(Box::new(value))
}

/// Takes a handle back from C and drops it; NULL is nothing.
pub(super) fn free<T>(pointer: *mut T) {
    plain((), || {
        if !pointer.is_null() {
            // SAFETY: the header's contract: the handle came from `give` and is freed once.
            drop(unsafe { Box::from_raw(pointer) });
        }
    });
}

/// Milliseconds for C: -1 stands for none.
pub(super) fn to_milliseconds(duration: Option<Duration>) -> i64 {
    duration.map_or(-1, |d| d.as_millis().try_into().unwrap_or(i64::MAX))
}

/// The host's pointer, which the library never looks behind.
#[derive(Clone, Copy)]
pub(super) struct UserData(pub(super) *mut c_void);

impl UserData {
    pub(super) fn get(self) -> *mut c_void {
        self.0
    }
}

// SAFETY: the header tells the host that its functions are called on any thread that is inside a call.
unsafe impl Send for UserData {}
// SAFETY: as above.
unsafe impl Sync for UserData {}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::process::Command;
    use std::ptr::null_mut;

    use super::super::codes::{NITRO_E_INTERNAL, NITRO_E_INVALID_ARGUMENT};
    use super::super::error::{nitro_error_code, nitro_error_free};
    use super::*;

    /// A payload that panics once more when it is dropped.
    struct Bomb;

    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("again, in the payload");
        }
    }

    #[test]
    fn a_panic_becomes_a_code_and_an_error() {
        let mut err = null_mut();
        let code = gate(&mut err, || panic!("a defect"));
        assert_eq!(code, NITRO_E_INTERNAL);
        // SAFETY: the error was just given, and is freed once.
        unsafe {
            assert_eq!(nitro_error_code(err), NITRO_E_INTERNAL);
            nitro_error_free(err);
        }
        assert_eq!(gate(null_mut(), || panic!("nobody listens")), NITRO_E_INTERNAL);
        assert_eq!(gate(null_mut(), || panic::panic_any(Bomb)), NITRO_E_INTERNAL);
        assert_eq!(plain(7, || panic!("where nothing can fail")), 7);
        // The next call works.
        assert_eq!(gate(null_mut(), || Ok(())), NITRO_OK);
        assert_eq!(gate(null_mut(), || Err(null("x"))), NITRO_E_INVALID_ARGUMENT);
    }

    /// Set for the process of its own in which `panics_for_the_test_below` does something.
    const ALONE: &str = "NITRO_TEST_PANICS_ALONE";

    #[test]
    fn panics_for_the_test_below() {
        if std::env::var_os(ALONE).is_some() {
            panic::set_hook(Box::new(|info| {
                let said = info.payload_as_str().unwrap_or_default();
                writeln!(std::io::stderr(), "the host's own hook: {said}").expect("stderr");
            }));
            gate(null_mut(), || panic!("inside the gate"));
            gate(null_mut(), || {
                outside(|| panic!("inside the host's callback"));
                Ok(())
            });
            gate(null_mut(), || panic!("inside the gate again"));
            let _ = std::thread::spawn(|| panic!("in another thread of the host")).join();
        }
    }

    #[test]
    fn only_panics_of_the_host_are_printed() {
        let me = std::env::current_exe().expect("this program's path");
        let output = Command::new(me)
            .args([
                "--exact",
                "ffi::boundary::tests::panics_for_the_test_below",
                "--nocapture",
            ])
            .env(ALONE, "1")
            .output()
            .expect("this program again");
        let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        assert!(output.status.success(), "{said}");
        assert!(!said.contains("inside the gate"), "{said}");
        assert!(said.contains("own hook: inside the host's callback"), "{said}");
        assert!(said.contains("own hook: in another thread of the host"), "{said}");
    }
}
