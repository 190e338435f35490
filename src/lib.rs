//! Follows Nitro's asynchronous document jobs and gets their results, without an async runtime.
//!
//! A job can be stored as JSON ([`Job::to_json`]) and recreated in another process. It is waited for with [`Job::wait`], or with
//! [`Job::events`] event by event, or with [`Client::watch`] together with many others. Its result is returned as JSON or as
//! bytes, or saved as files.
//!
//! ```no_run
//! use nitro_jobs::{Call, CancelToken, Client, ClientOptions, Download};
//!
//! # fn main() -> nitro_jobs::Result<()> {
//! let client = Client::new(ClientOptions::from_env()?)?;
//! let job = client.job("01234567-89ab-cdef-0123-456789abcdef")?;
//! let cancel = CancelToken::new(); // a clone of it cancels the calls below from another thread
//! let call = Call::new().cancel(&cancel);
//! job.wait(|status| { show(status.progress()); true }, &call)?;
//! job.download(&Download::to_file("result.pdf"), |_| true, &call)?;
//! # Ok(()) }
//! # fn show(_: Option<f64>) {}
//! ```
//!
//! Every blocking call takes a [`Call`]: its cancel token and its timeout. Every error is an [`Error`] whose message states what failed, why,
//! and what to do next. The library prints nothing, starts threads only to resolve host names and for a [`Watch`], and sends the
//! token to the service only.

// The library prints nothing and does not panic on purpose.
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
#[cfg(model)]
#[doc(hidden)]
pub mod model_check;
mod net;
mod options;
mod own_thread;
mod panic_guard;
mod poll_policy;
mod problem;
mod regular_file;
mod retry;
mod run;
mod secrets;
pub mod sse;
mod sync;
mod token;
mod url;
mod visible;

pub use call::Call;
pub use cancel::CancelToken;
pub use client::Client;
pub use error::{Error, ErrorKind, Limit, Result};
pub use job::*;
pub use log::LogLevel;
pub use options::ClientOptions;
pub use problem::ProblemDetails;
pub use run::{RunProgress, RunResult};
pub use token::{BearerToken, TokenReason};
