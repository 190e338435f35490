//! Follows Nitro's asynchronous document jobs and takes their results, without an async runtime.
//!
//! A job has a ticket ([`Job::to_json`]) that brings it back in another process or on another day, is followed to its end
//! ([`Job::wait`], or [`Job::events`] to pull; [`Client::watch`] for many at once), and its result is taken as JSON, as bytes, or as files on disk.
//!
//! ```no_run
//! use nitro_jobs::{Call, CancelToken, Client, ClientOptions, Download};
//!
//! # fn main() -> nitro_jobs::Result<()> {
//! let client = Client::new(ClientOptions::from_env()?)?;
//! let job = client.job("01234567-89ab-cdef-0123-456789abcdef")?;
//! let cancel = CancelToken::new(); // a clone of it in another thread stops the calls below
//! let call = Call::new().cancel(&cancel);
//! job.wait(|status| { show(status.progress()); true }, &call)?;
//! job.download(&Download::to_file("result.pdf"), |_| true, &call)?;
//! # Ok(()) }
//! # fn show(_: Option<f64>) {}
//! ```
//!
//! Every blocking call takes a [`Call`]: what can cancel it, and how long it may take. Every error is an [`Error`] that
//! says what to do next. The library prints nothing, starts no thread but for looking up a host name and for a [`Watch`], and
//! sends the token to the service alone.

// The library prints nothing and panics nowhere on purpose.
#![warn(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::dbg_macro,
    clippy::unwrap_used
)]

mod auth;
mod c_text;
mod call;
mod cancel;
pub mod catalog;
mod client;
mod error;
mod ffi;
#[cfg(any(fuzzing, nitro_bench))]
#[doc(hidden)]
pub mod fuzzing;
mod http;
mod huge_pages;
mod job;
mod json;
mod log;
#[cfg(not(model))]
mod model_check;
#[cfg(model)]
#[doc(hidden)]
pub mod model_check;
mod options;
mod panic_guard;
mod problem;
pub mod sse;
mod token;
mod url;

pub use call::Call;
pub use cancel::CancelToken;
pub use client::Client;
pub use error::{Error, ErrorKind, Limit, Result};
pub use job::*;
pub use log::LogLevel;
pub use options::ClientOptions;
pub use problem::ProblemDetails;
pub use token::{BearerToken, TokenReason};
