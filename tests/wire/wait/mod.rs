//! Waiting for a job to its end, whatever happens in between.
#![allow(clippy::unwrap_used)]

mod authority;
mod ends;
mod faults;
mod pauses;
mod proxies;
mod sources;
mod stream_requests;
