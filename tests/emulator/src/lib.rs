//! A local emulator of Nitro's asynchronous PDF job service.
//!
//! [`Emulator::start`] serves it in-process on a free port; the program `nitro-emulator serve` does the same from a
//! shell. A program for the real service needs only the base URL (and a token) to use it.
//!
//! - A [`Scenario`] sets what a job does: per job ([`Emulator::create_job`], or the header
//!   `X-Emulator-Scenario` on a submission) or by default ([`Emulator::set_default`]).
//! - A [`Fault`] sets what goes wrong below HTTP: per connection ([`Emulator::fault`]) or for all
//!   ([`Emulator::fault_all`]). Handlers do not see it.
//! - [`Emulator::requests`] and [`Emulator::connections`] return what arrived.
//!
//! Programs outside Rust use the same through `/_emulator`: `POST jobs` (a scenario, returns `{"jobID"}`),
//! `POST default` (a scenario), `POST faults` (a fault, a list of them for one connection, or
//! `{"all": fault or null}`), `POST finish/{id}`, `POST progress/{id}` (a number), `GET requests`, `GET stats`.
//!
//! Not emulated: a delivery is acknowledged (`URL` is null) but nothing is uploaded or called back; a remote file
//! part is read only if its URL came from this emulator's `/presigned-file-urls`, once.

mod auth;
mod check;
mod choices;
mod connection;
mod control;
mod derive;
mod emulator;
mod fault;
mod hub;
mod job;
mod journal;
mod listen;
mod params;
mod problem;
mod scenario;
mod server;
mod shapes;
mod socket;
mod storage;
mod stream;
mod submit;

pub use auth::OAuth;
pub use derive::{derive, generate};
pub use emulator::{Config, Emulator, Tls};
pub use fault::{Action, Direction, Fault};
pub use journal::{Part, Recorded};
pub use scenario::{
    AcceptedBody, Clock, Completion, Dialect, ErrorBody, Framing, JobIdKey, Limited, LocationForm, Outcome,
    Presigned, ProgressUnit, RateLimit, Scenario, Shape, Start, StatusName, StreamMode, SynchronousBody,
};
