//! The C++ binding in the form that returns errors: the same twins, in a process of their own because `tests/common/cpp.rs`
//! chooses the form by the test program's name.
#![cfg(target_os = "linux")]

mod common;

#[path = "cpp_api/twins.rs"]
mod twins;
