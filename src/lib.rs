//! Follows Nitro's asynchronous document jobs and takes their results, without an async runtime.

mod call;
mod cancel;
mod error;
mod http;
pub mod job;
mod json;
mod log;
mod options;
mod problem;
pub mod sse;
mod url;

pub use call::Call;
pub use cancel::CancelToken;
pub use error::{Error, ErrorKind, Limit, Result};
pub use log::LogLevel;
pub use options::ClientOptions;
pub use problem::ProblemDetails;
