//! The C API: the only room with `unsafe`, one file a handle, each body inside the boundary's gate.
//!
//! The comments here become the header, which is the reference manual: they are written for C programmers. Conventions
//! that hold for every function stand once, at the top of the header (see `cbindgen.toml`).

#![allow(unsafe_code, non_camel_case_types)]
// What is defined here is for the header; this crate itself need not use it.
#![allow(dead_code)]

mod entry;
mod handle;

// The order of the header: what stands alone first, then what is made from it.
mod codes;

mod error;

mod string;

mod version;

mod cancel;

mod options;

mod tls_options;

mod token;

mod client;

mod job;

mod status;

mod events;

mod watch;

mod result;

mod download;

mod submit;

mod catalog;

mod run;
