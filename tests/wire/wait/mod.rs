//! Waiting for a job to its end, whatever happens in between.
#![allow(clippy::unwrap_used)]

mod ends;
mod faults;
mod sources;
