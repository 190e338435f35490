//! Following one job to its end.
//!
//! - `wait`: [`Job::wait`](crate::Job::wait); `events`: the public [`Events`]
//! - `follower`: carries out the actions of the machine and reports their outcome to it
//! - `machine` and its `types`: decides when to stream, when to poll and when to retry, without a socket and without a clock
//! - `stream`: one connection's event stream; `event`: the meaning of one event

mod event;
mod events;
mod follower;
mod machine;
mod stream;
mod types;
mod wait;

#[cfg(any(fuzzing, nitro_bench))]
pub(crate) use event::parse_event;
pub use events::Events;
pub(super) use follower::{Follower, NextStep, StepOutcome};
#[cfg(any(fuzzing, nitro_bench))]
pub(crate) use types::StreamEvent;
