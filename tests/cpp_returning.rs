//! The binding for C++ in the form that throws nothing: the same twins, whose calls return their outcomes.
#![cfg(target_os = "linux")]
#![allow(clippy::duplicate_mod)]

#[path = "cpp.rs"]
mod cpp;
