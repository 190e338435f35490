//! Following a job to its end, whatever lies between.
#![allow(clippy::unwrap_used)]

#[path = "../common/mod.rs"]
mod common;

mod ends;
mod faults;
mod sources;
