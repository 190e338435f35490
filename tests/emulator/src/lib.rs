//! A faithful local stand-in for Nitro's asynchronous PDF job service.
//!
//! [`Emulator::start`] serves it in-process on a free port; the program `nitro-emulator serve` does the same from a
//! shell. A program made for the real service needs nothing but the base URL (and a token) to work with it.
//!
//! - What a job does is set by a [`Scenario`]: per job ([`Emulator::create_job`], or the header
//!   `X-Emulator-Scenario` on a submission) or by default ([`Emulator::set_default`]).
//! - What goes wrong beneath HTTP is set by a [`Fault`]: per connection ([`Emulator::fault`]) or for all
//!   ([`Emulator::fault_all`]). Handlers know nothing of it.
//! - What arrived is told by [`Emulator::requests`] and [`Emulator::connections`].
//!
//! Programs outside Rust have the same through `/_emulator`: `POST jobs` (a scenario, gives `{"jobID"}`),
//! `POST default` (a scenario), `POST faults` (a fault, a list of them for one connection, or
//! `{"all": fault or null}`), `POST finish/{id}`, `POST progress/{id}` (a number), `GET requests`, `GET stats`.
//!
//! Not emulated: a delivery is acknowledged (`URL` is null) but nothing is uploaded or called back; a remote file
//! part is read only if its URL came from this emulator's `/presigned-file-urls`.

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
    AcceptedBody, Answer, Clock, Completion, Dialect, Framing, JobIdKey, Limited, LocationForm, Outcome,
    Presigned, ProgressUnit, RateLimit, Scenario, Shape, Start, StatusName, StreamMode,
};
