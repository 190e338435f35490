//! Bytes between this process and a peer: how connections are made, secured, limited, cancelled and pooled.
//!
//! [`Dialer`] makes a connection: `resolve` finds addresses, `socket` connects, `proxy` chooses a proxy (`no_proxy` exempts
//! hosts), `tunnel` and `socks` ask it for a tunnel, `tls` decides whom to trust. A [`Stream`] then moves bytes within the limits of an
//! [`ExchangeContext`] (`rate` measures how fast), and [`Pool`] holds a [`Connection`] until the next request. Nothing here
//! knows HTTP, but for the CONNECT request of a proxy.

mod connection;
mod dial;
mod exchange;
mod input_buffer;
mod io_error;
mod no_proxy;
mod pool;
mod proxy;
mod rate;
mod resolve;
mod socket;
mod socks;
mod stream;
mod tcp;
mod tls;
mod tunnel;

pub(crate) use connection::Connection;
pub(crate) use dial::Dialer;
pub(crate) use exchange::ExchangeContext;
pub(crate) use input_buffer::{HEAD, InputBuffer};
pub(crate) use io_error::{WriteError, from_io_error, into_io_error};
#[cfg(any(fuzzing, nitro_bench))]
pub(crate) use no_proxy::NoProxy;
#[cfg(test)]
pub(crate) use pool::IDLE;
pub(crate) use pool::{IDLE_AGE, Pool};
#[cfg(test)]
pub(crate) use stream::Stream;
