//! Connections between two requests.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::connection::Connection;
use super::exchange::Exchange;
use crate::url::Url;

/// How many are kept, to one host or to all.
pub(super) const IDLE: usize = 64;

/// How long one is kept: shorter than servers and firewalls do.
const IDLE_AGE: Duration = Duration::from_secs(15);

/// The idle connections of one client, those that were used last at the end.
#[derive(Debug, Default)]
pub(super) struct Pool {
    idle: Mutex<Vec<(Instant, Box<Connection>)>>,
}

impl Pool {
    /// Keeps a connection whose last answer was read to its end.
    pub(super) fn give(&self, mut connection: Box<Connection>) {
        connection.buffers.shrink();
        let now = Instant::now();
        // Closed after the lock is let go.
        let _old: Vec<_> = {
            let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
            idle.push((now, connection));
            let old = idle.iter().take_while(|(since, _)| is_old(*since, now)).count();
            let over = idle.len().saturating_sub(IDLE);
            idle.drain(..old.max(over)).collect()
        };
    }

    /// A connection to the origin of `url` on which the peer has said nothing since.
    pub(super) fn take(&self, url: &Url, exchange: &Exchange) -> Option<Box<Connection>> {
        loop {
            let (since, mut connection) = {
                let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
                let place = idle.iter().rposition(|(_, kept)| url.has_origin(&kept.origin))?;
                idle.remove(place)
            };
            if is_old(since, Instant::now()) || connection.stream.is_ready(exchange).unwrap_or(true) {
                continue;
            }
            connection.stream.restart();
            return Some(connection);
        }
    }
}

fn is_old(since: Instant, now: Instant) -> bool {
    now.saturating_duration_since(since) > IDLE_AGE
}

#[cfg(test)]
mod tests {
    use std::net::{TcpListener, TcpStream};

    use super::*;
    use crate::call::Call;
    use crate::error::Limit;
    use crate::http::stream::Stream;
    use crate::options::ClientOptions;

    #[test]
    fn what_has_waited_too_long_is_not_used() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
        let options = ClientOptions::new();
        let context = Call::new().begin(None, Limit::Call, &options.io_limits, &options.log);
        let exchange = Exchange::new(&context, 0);
        let connection = || {
            let tcp = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
            Box::new(Connection::new(url.origin(), Stream::plain(tcp).unwrap()))
        };
        let pool = Pool::default();
        let long_ago = Instant::now() - IDLE_AGE - Duration::from_secs(1);
        pool.idle.lock().unwrap().push((long_ago, connection()));
        assert!(pool.take(&url, &exchange).is_none());
        pool.idle.lock().unwrap().push((long_ago, connection()));
        pool.give(connection());
        assert_eq!(pool.idle.lock().unwrap().len(), 1);
        assert!(pool.take(&url, &exchange).is_some());
    }
}
