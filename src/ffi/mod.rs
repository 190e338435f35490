//! The C API: one file for each handle. `handle` checks what crosses the boundary, `entry` turns errors and panics into codes.
//!
//! The doc comments here become the header, which is the reference manual: they are written for C programmers. The
//! conventions of all functions are at the top of the header (see `cbindgen.toml`).

#![allow(unsafe_code, non_camel_case_types)]
// Much here is for C alone and not used by this crate.
#![allow(dead_code)]

mod entry;
mod handle;
mod thread_cancel;

// The order of the header: what depends on nothing first.
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
