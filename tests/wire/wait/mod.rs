//! Following a job to its end, whatever lies between.
#![allow(clippy::unwrap_used)]

mod ends;
mod faults;
mod sources;
