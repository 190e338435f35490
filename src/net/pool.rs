//! Idle connections between two requests.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::connection::Connection;
use super::exchange::ExchangeContext;
use crate::url::Url;

/// How many are pooled, to one host or to all.
pub(crate) const IDLE: usize = 64;

/// How long one is pooled: shorter than servers and firewalls do.
pub(crate) const IDLE_AGE: Duration = Duration::from_secs(15);

/// The idle connections of one client, the most recently used at the end.
#[derive(Debug, Default)]
pub(crate) struct Pool {
    idle: Mutex<Vec<Idle>>,
}

/// A connection, and since when it is idle.
type Idle = (Instant, Box<Connection>);

impl Pool {
    /// Pools a connection whose last response was read to its end.
    pub(crate) fn put(&self, mut connection: Box<Connection>) {
        connection.input.shrink();
        let now = Instant::now();
        let mut idle = self.lock();
        idle.push((now, connection));
        let expired = take_expired(&mut idle, now);
        // Closed after the lock is released.
        drop(idle);
        drop(expired);
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Idle>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A connection to the origin of `url` that was used within `max_age` and on which nothing came since.
    pub(crate) fn take(
        &self,
        url: &Url,
        max_age: Duration,
        exchange: &ExchangeContext,
    ) -> Option<Box<Connection>> {
        let expired = take_expired(&mut self.lock(), Instant::now());
        // Of all origins: there is no thread that would close them, and one to another host may not be asked for again.
        drop(expired);
        loop {
            let (since, mut connection) = {
                let mut idle = self.lock();
                let at = idle
                    .iter()
                    .rposition(|(_, pooled)| url.has_origin(&pooled.origin))?;
                if is_older(idle[at].0, Instant::now(), max_age) && max_age < IDLE_AGE {
                    return None;
                }
                idle.remove(at)
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
    use std::net::{TcpListener, TcpStream};

    use super::*;
    use crate::call::Call;
    use crate::error::Limit;
    use crate::net::Stream;
    use crate::options::ClientOptions;

    #[test]
    fn a_connection_that_was_idle_too_long_is_not_reused() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
        let options = ClientOptions::new();
        let context = Call::new().begin(None, Limit::Call, &options.io_limits, &options.log);
        let exchange = ExchangeContext::new(&context, 0);
        let connection = || {
            let tcp = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
            Box::new(Connection::new(url.origin(), Stream::plain(tcp).unwrap()))
        };
        let pool = Pool::default();
        let before = |age| Instant::now() - age - Duration::from_secs(1);
        pool.idle.lock().unwrap().push((before(IDLE_AGE), connection()));
        assert!(pool.take(&url, IDLE_AGE, &exchange).is_none());
        pool.idle.lock().unwrap().push((before(IDLE_AGE), connection()));
        pool.put(connection());
        assert_eq!(pool.idle.lock().unwrap().len(), 1);
        assert!(pool.take(&url, IDLE_AGE, &exchange).is_some());
        // A request to another host closes it, too.
        pool.idle.lock().unwrap().push((before(IDLE_AGE), connection()));
        let elsewhere = Url::parse("http://192.0.2.1/").unwrap();
        assert!(pool.take(&elsewhere, IDLE_AGE, &exchange).is_none());
        assert!(pool.idle.lock().unwrap().is_empty());
        // It stays pooled for callers that accept its age.
        pool.idle
            .lock()
            .unwrap()
            .push((before(Duration::ZERO), connection()));
        assert!(pool.take(&url, Duration::from_millis(500), &exchange).is_none());
        assert!(pool.take(&url, IDLE_AGE, &exchange).is_some());
    }
}
