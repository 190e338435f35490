//! Idle connections between two requests, and the thread that closes those that were idle too long.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::connection::Connection;
use super::exchange::ExchangeContext;
use crate::own_thread;
use crate::panic_guard;
use crate::url::Url;

/// How many are pooled, to one host or to all.
pub(crate) const IDLE: usize = 64;

/// How long one is pooled: shorter than servers and firewalls do.
pub(crate) const IDLE_AGE: Duration = Duration::from_secs(15);

/// The idle connections of one client. Dropped, it closes them and ends its thread.
#[derive(Debug, Default)]
pub(crate) struct Pool {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    /// The pool is dropped.
    closed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    /// The most recently used at the end.
    idle: Vec<Idle>,
    closer: Option<JoinHandle<()>>,
    has_closer: bool,
    is_closed: bool,
    /// A connection was pooled since the thread last looked.
    was_used: bool,
}

/// A connection, and since when it is idle.
type Idle = (Instant, Box<Connection>);

impl Pool {
    /// Pools a connection whose last response was read to its end.
    pub(crate) fn put(&self, mut connection: Box<Connection>) {
        connection.input.shrink();
        let now = Instant::now();
        let mut state = self.shared.lock();
        state.idle.push((now, connection));
        state.was_used = true;
        let expired = take_expired(&mut state.idle, now);
        if !state.has_closer {
            let (shared, quiet) = (self.shared.clone(), panic_guard::is_caught());
            let body = move || {
                panic_guard::set_caught(quiet);
                let _ = panic_guard::catch(|| shared.close_expired());
            };
            // Without that thread they stay open until the client's next request.
            state.closer = own_thread::spawn("nitro-idle", body).ok();
            state.has_closer = state.closer.is_some();
        }
        // Closed after the lock is released.
        drop(state);
        drop(expired);
    }

    /// A connection to the origin of `url` that was used within `max_age` and on which nothing came since.
    pub(crate) fn take(
        &self,
        url: &Url,
        max_age: Duration,
        exchange: &ExchangeContext,
    ) -> Option<Box<Connection>> {
        loop {
            let (since, mut connection) = {
                let mut state = self.shared.lock();
                let is_of_origin = |(_, pooled): &Idle| url.has_origin(&pooled.origin);
                let at = state.idle.iter().rposition(is_of_origin)?;
                if is_older(state.idle[at].0, Instant::now(), max_age) && max_age < IDLE_AGE {
                    return None;
                }
                state.idle.remove(at)
            };
            if is_older(since, Instant::now(), IDLE_AGE)
                || connection.stream.is_ready(exchange).unwrap_or(true)
            {
                continue;
            }
            connection.stream.reset_limits();
            return Some(connection);
        }
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        let closer = {
            let mut state = self.shared.lock();
            state.is_closed = true;
            state.closer.take()
        };
        self.shared.closed.notify_all();
        if let Some(closer) = closer {
            let _ = closer.join();
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Closes each connection that was idle too long, until none was pooled for as long.
    fn close_expired(&self) {
        let mut state = self.lock();
        while !state.is_closed {
            let now = Instant::now();
            let expired = take_expired(&mut state.idle, now);
            if !expired.is_empty() {
                drop(state);
                drop(expired);
                state = self.lock();
                continue;
            }
            let oldest = state.idle.first().map(|(since, _)| *since);
            if oldest.is_none() && !std::mem::take(&mut state.was_used) {
                state.has_closer = false;
                return;
            }
            let age = now.saturating_duration_since(oldest.unwrap_or(now));
            // A little later than it expires, so that it has expired then.
            let pause = IDLE_AGE.saturating_sub(age) + Duration::from_millis(1);
            state = self
                .closed
                .wait_timeout(state, pause)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
    }
}

/// Takes out the connections that were idle too long, and the oldest of those that are too many.
fn take_expired(idle: &mut Vec<Idle>, now: Instant) -> Vec<Idle> {
    let is_old = |(since, _): &&Idle| is_older(*since, now, IDLE_AGE);
    let old = idle.iter().take_while(is_old).count();
    let over = idle.len().saturating_sub(IDLE);
    idle.drain(..old.max(over)).collect()
}

fn is_older(since: Instant, now: Instant, age: Duration) -> bool {
    now.saturating_duration_since(since) > age
}

#[cfg(test)]
mod tests {
    use std::io::Read;
    use std::net::{TcpListener, TcpStream};

    use super::*;
    use crate::call::Call;
    use crate::error::Limit;
    use crate::net::Stream;
    use crate::options::ClientOptions;

    /// A connection that has been idle for `age`, and the other end of it.
    fn idle_for(age: Duration) -> (Url, Idle, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let url = Url::parse(&format!("http://{address}/")).unwrap();
        let stream = Stream::plain(TcpStream::connect(address).unwrap()).unwrap();
        let connection = Box::new(Connection::new(url.origin(), stream));
        (
            url,
            (Instant::now() - age, connection),
            listener.accept().unwrap().0,
        )
    }

    #[test]
    fn a_connection_is_reused_within_the_age_that_a_request_accepts() {
        let options = ClientOptions::new();
        let context = Call::new().begin(None, Limit::Call, &options.io_limits, &options.log);
        let exchange = ExchangeContext::new(&context, 0);
        for (idle, accepted, is_reused) in [
            (Duration::ZERO, IDLE_AGE, true),
            (Duration::from_secs(2), IDLE_AGE, true),
            (Duration::from_secs(2), Duration::from_secs(1), false),
            (IDLE_AGE + Duration::from_secs(1), IDLE_AGE, false),
        ] {
            let (url, pooled, _peer) = idle_for(idle);
            let pool = Pool::default();
            pool.shared.lock().idle.push(pooled);
            assert_eq!(
                pool.take(&url, accepted, &exchange).is_some(),
                is_reused,
                "{idle:?}"
            );
        }
    }

    #[test]
    fn old_connections_are_closed_although_no_request_is_made() {
        let pool = Pool::default();
        let (_, almost_old, mut peer) = idle_for(IDLE_AGE - Duration::from_millis(100));
        pool.shared.lock().idle.push(almost_old);
        let (_, (_, new), mut still_open) = idle_for(Duration::ZERO);
        pool.put(new);
        peer.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        assert_eq!(peer.read(&mut [0]).unwrap(), 0, "it is closed");
        assert_eq!(pool.shared.lock().idle.len(), 1);
        // The thread ends with the pool.
        drop(pool);
        assert_eq!(still_open.read(&mut [0]).unwrap(), 0);
    }
}
