//! The entry of every C function that can fail: panics and errors become codes here, and a call's cancel token and timeout come in.

use std::time::Duration;

use super::cancel::nitro_cancel_t;
use super::codes::{NITRO_OK, nitro_code_t};
use super::error::nitro_error_t;
use super::thread_cancel::NotCancelled;
use crate::call::Call;
use crate::error::{Error, ErrorKind, Result};
use crate::panic_guard::{DEFECT, catch_silently};

/// Runs the body of a function that can fail: returns its code, and sets `*err` if the caller wants the error.
pub(super) fn fallible(err: *mut *mut nitro_error_t, body: impl FnOnce() -> Result<()>) -> nitro_code_t {
    let mut body = Some(body);
    run(err, &mut || body.take().map_or(Ok(()), |body| body()))
}

/// Compiled once, not for each function of the header.
fn run(err: *mut *mut nitro_error_t, body: &mut dyn FnMut() -> Result<()>) -> nitro_code_t {
    let _not_cancelled = NotCancelled::new();
    if !err.is_null() {
        // SAFETY: the header's contract: `err` points to memory for one pointer.
        unsafe { *err = std::ptr::null_mut() };
    }
    let outcome = catch_silently(body).unwrap_or_else(|| Err(Error::new(ErrorKind::Internal, DEFECT)));
    let Err(error) = outcome else { return NITRO_OK };
    let code = error.kind().code();
    if !err.is_null() {
        let object = catch_silently(|| nitro_error_t::boxed(error)).unwrap_or(std::ptr::null_mut());
        // SAFETY: as above.
        unsafe { *err = object };
    }
    code
}

/// The cancel token and the timeout of a call as C has them: 0 ms is no timeout, -1 the client's default.
pub(super) fn call(cancel: *const nitro_cancel_t, timeout_ms: i64) -> Result<Call> {
    let timeout = match timeout_ms {
        -1 => None,
        0.. => Some(Duration::from_millis(timeout_ms.unsigned_abs())),
        _ => {
            return Err(Error::invalid(
                "timeout_ms is negative; use -1 for the client's default, 0 for no timeout",
            ));
        }
    };
    // SAFETY: the header's contract for handles; the operation has its own reference, so the token may be freed during the call.
    let cancel = unsafe { cancel.as_ref() }.map(|cancel| &cancel.token);
    Ok(Call::bounded(cancel, timeout))
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::panic;
    use std::process::Command;
    use std::ptr::null_mut;

    use super::super::codes::{NITRO_E_INTERNAL, NITRO_E_INVALID_ARGUMENT};
    use super::super::error::{nitro_error_code, nitro_error_free};
    use super::super::handle::{infallible, null};
    use super::*;
    use crate::panic_guard::call_host;

    /// A payload that panics once more when it is dropped.
    struct PanicOnDrop;

    impl Drop for PanicOnDrop {
        fn drop(&mut self) {
            panic!("again, in the payload");
        }
    }

    #[test]
    fn a_panic_becomes_a_code_and_an_error() {
        let mut err = null_mut();
        let code = fallible(&mut err, || panic!("a defect"));
        assert_eq!(code, NITRO_E_INTERNAL);
        // SAFETY: the error was just returned, and is freed once.
        unsafe {
            assert_eq!(nitro_error_code(err), NITRO_E_INTERNAL);
            nitro_error_free(err);
        }
        assert_eq!(
            fallible(null_mut(), || panic!("without an error object")),
            NITRO_E_INTERNAL
        );
        assert_eq!(
            fallible(null_mut(), || panic::panic_any(PanicOnDrop)),
            NITRO_E_INTERNAL
        );
        assert_eq!(infallible(7, || panic!("where nothing can fail")), 7);
        // The next call works.
        assert_eq!(fallible(null_mut(), || Ok(())), NITRO_OK);
        assert_eq!(fallible(null_mut(), || Err(null("x"))), NITRO_E_INVALID_ARGUMENT);
    }

    /// Set in the child process in which `panics_of_library_and_host` panics.
    const ALONE: &str = "NITRO_TEST_PANICS_ALONE";

    #[test]
    fn panics_of_library_and_host() {
        if std::env::var_os(ALONE).is_some() {
            panic::set_hook(Box::new(|info| {
                let printed = info.payload_as_str().unwrap_or_default();
                writeln!(std::io::stderr(), "the host's hook: {printed}").expect("stderr");
            }));
            fallible(null_mut(), || panic!("inside the library"));
            fallible(null_mut(), || {
                call_host(|| panic!("inside the host's callback"));
                Ok(())
            });
            fallible(null_mut(), || panic!("inside the library again"));
            let _ = std::thread::spawn(|| panic!("in another thread of the host")).join();
        }
    }

    #[test]
    fn only_host_panics_reach_the_panic_hook() {
        let this_program = std::env::current_exe().expect("this program's path");
        let output = Command::new(this_program)
            .args([
                "--exact",
                "ffi::entry::tests::panics_of_library_and_host",
                "--nocapture",
            ])
            .env(ALONE, "1")
            .output()
            .expect("this program again");
        let printed = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        assert!(output.status.success(), "{printed}");
        assert!(!printed.contains("inside the library"), "{printed}");
        assert!(printed.contains("hook: inside the host's callback"), "{printed}");
        assert!(
            printed.contains("hook: in another thread of the host"),
            "{printed}"
        );
    }
}
