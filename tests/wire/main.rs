//! What the library sends and how it reads responses and event streams, from Rust, against the emulator and scripted peers.

#[path = "../common/mod.rs"]
mod common;

mod downgrade;
mod errors;
mod events;
#[cfg(target_os = "linux")]
mod frozen;
mod responses;
mod spec_examples;
mod sse_codec;
mod sse_limits;
mod sse_stream;
mod status;
mod token;
mod wait;
