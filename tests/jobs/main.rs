//! What can be done with a job, from Rust, against the emulator: submit, follow, download, results, tickets, many at once.

#[path = "../common/mod.rs"]
mod common;

mod catalog;
mod download;
mod result;
mod resume;
mod run;
mod submit;
mod submit_memory;
mod ticket;
mod watch;
mod watch_scale;
