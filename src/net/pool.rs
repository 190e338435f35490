//! Idle connections between two requests.

use std::sync::{Mutex, PoisonError};
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
    idle: Mutex<Vec<(Instant, Box<Connection>)>>,
}

impl Pool {
    /// Pools a connection whose last response was read to its end.
    pub(crate) fn put(&self, mut connection: Box<Connection>) {
        connection.input.shrink();
        let now = Instant::now();
        // Closed after the lock is released.
        let _old: Vec<_> = {
            let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
            idle.push((now, connection));
            let old = idle
                .iter()
                .take_while(|(since, _)| is_older(*since, now, IDLE_AGE))
                .count();
            let over = idle.len().saturating_sub(IDLE);
            idle.drain(..old.max(over)).collect()
        };
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
                let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
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
        // It stays pooled for callers that accept its age.
        pool.idle
            .lock()
            .unwrap()
            .push((before(Duration::ZERO), connection()));
        assert!(pool.take(&url, Duration::from_millis(500), &exchange).is_none());
        assert!(pool.take(&url, IDLE_AGE, &exchange).is_some());
    }
}
