//! Entry points for the model checker: small programs of a few threads, each run in many orders. They exist in no other build.
#![allow(missing_docs)]

pub use crate::auth::model as renewal;
pub use crate::cancel::model as cancel;
pub use crate::job::model as watch;
