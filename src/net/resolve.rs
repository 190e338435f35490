//! Name lookups: cached, cancellable, and only for new connections.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::exchange::ExchangeContext;
use crate::cancel::Wake;
use crate::error::{Error, ErrorKind, Result};
use crate::own_thread;
use crate::panic_guard::{self, DEFECT};

/// How long a result is cached.
const FRESH: Duration = Duration::from_secs(30);

/// How many names are cached.
const MAX_NAMES: usize = 256;

/// How long a wait for the helper thread lasts before the limits are looked at.
const SLICE: Duration = Duration::from_millis(50);

/// The cached and running DNS lookups of one client.
#[derive(Debug, Default)]
pub(crate) struct DnsCache {
    hosts: Mutex<HashMap<String, (Arc<Lookup>, Instant)>>,
}

/// What a lookup ends with: addresses, those of a link with their zone, or why there are none.
type Outcome = std::result::Result<Vec<SocketAddr>, (ErrorKind, String)>;

/// One lookup, under way or done. Callers that want the same name wait for the same one.
#[derive(Debug, Default)]
struct Lookup {
    outcome: Mutex<Option<Outcome>>,
    done: Condvar,
}

impl Wake for Lookup {
    fn wake(&self) {
        // The lock orders this after a waiter's look at the token.
        let _order = lock(&self.outcome);
        self.done.notify_all();
    }
}

impl DnsCache {
    /// The addresses of `host`, which may be a literal, with `port`.
    ///
    /// A name that is not known yet is looked up by a helper thread: the system's resolver cannot be interrupted, so
    /// when the caller gives up, that thread stays behind until the resolver returns. It is the only one that may.
    pub(crate) fn find(&self, host: &str, port: u16, exchange: &ExchangeContext) -> Result<Vec<SocketAddr>> {
        let bare = unbracket(host);
        if let Ok(ip) = bare.parse::<IpAddr>() {
            return Ok(vec![SocketAddr::new(ip, port)]);
        }
        let lookup = self.lookup(bare)?;
        let found = lookup.wait(exchange)?;
        match found {
            Ok(mut addresses) => {
                addresses.iter_mut().for_each(|address| address.set_port(port));
                Ok(addresses)
            }
            Err((kind, why)) => {
                self.forget(host);
                let text = format!("the host {host} could not be resolved: {why}");
                Err(Error::new(kind, text).unsent())
            }
        }
    }

    /// Drops what is known of `host`: no connection could be made to its addresses.
    pub(crate) fn forget(&self, host: &str) {
        let (mut hosts, host) = (lock(&self.hosts), unbracket(host));
        if hosts
            .get(host)
            .is_some_and(|(lookup, _)| lock(&lookup.outcome).is_some())
        {
            hosts.remove(host);
        }
    }

    fn lookup(&self, host: &str) -> Result<Arc<Lookup>> {
        let mut hosts = lock(&self.hosts);
        let now = Instant::now();
        if let Some((lookup, since)) = hosts.get(host)
            && (now.duration_since(*since) < FRESH || lock(&lookup.outcome).is_none())
        {
            return Ok(lookup.clone());
        }
        make_room(&mut hosts, now);
        let lookup = Arc::new(Lookup::default());
        let (helper, name, quiet) = (lookup.clone(), host.to_owned(), panic_guard::is_caught());
        let started = own_thread::spawn("nitro-dns", move || {
            panic_guard::set_caught(quiet);
            // The waiting threads must be woken whatever happens here.
            let defect = || Err((ErrorKind::Internal, DEFECT.to_owned()));
            helper.finish(panic_guard::catch(|| resolve(&name)).unwrap_or_else(defect));
        });
        started.map_err(|e| {
            let text = format!("no thread could be started to resolve {host}: {e}");
            Error::new(ErrorKind::Dns, text).unsent()
        })?;
        hosts.insert(host.to_owned(), (lookup.clone(), now));
        Ok(lookup)
    }
}

/// Removes the results that are no longer fresh, and the oldest if there are too many. Lookups under way stay.
fn make_room(hosts: &mut HashMap<String, (Arc<Lookup>, Instant)>, now: Instant) {
    let is_done = |lookup: &Lookup| lock(&lookup.outcome).is_some();
    hosts.retain(|_, (lookup, since)| now.duration_since(*since) < FRESH || !is_done(lookup));
    if hosts.len() >= MAX_NAMES {
        let done = hosts.iter().filter(|(_, (lookup, _))| is_done(lookup));
        let oldest = done
            .min_by_key(|(_, (_, since))| *since)
            .map(|(host, _)| host.clone());
        oldest.and_then(|host| hosts.remove(&host));
    }
}

impl Lookup {
    fn finish(&self, outcome: Outcome) {
        *lock(&self.outcome) = Some(outcome);
        self.done.notify_all();
    }

    fn wait(self: Arc<Self>, exchange: &ExchangeContext) -> Result<Outcome> {
        // The registration is made before and dropped after this lock is held: a trigger takes both in that order.
        let _woken = exchange
            .context
            .cancel
            .as_ref()
            .map(|cancel| cancel.register(self.clone()));
        let mut outcome = lock(&self.outcome);
        loop {
            if let Some(found) = outcome.as_ref() {
                return Ok(found.clone());
            }
            exchange.check().map_err(Error::unsent)?;
            outcome = self
                .done
                .wait_timeout(outcome, SLICE)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
    }
}

fn resolve(host: &str) -> Outcome {
    let unknown = |why: String| (ErrorKind::Dns, why);
    let found = (host, 0).to_socket_addrs().map_err(|e| unknown(e.to_string()))?;
    let mut addresses = Vec::new();
    for address in found {
        if !addresses.contains(&address) {
            addresses.push(address);
        }
    }
    if addresses.is_empty() {
        return Err(unknown("it has no address".to_owned()));
    }
    Ok(addresses)
}

/// A host without brackets: the system's resolver knows an IPv6 address with a zone (`fe80::1%eth0`) as a name.
fn unbracket(host: &str) -> &str {
    host.trim_start_matches('[').trim_end_matches(']')
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::Call;
    use crate::cancel::CancelToken;
    use crate::error::Limit;
    use crate::options::ClientOptions;
    use std::sync::mpsc::channel;

    fn exchange(token: &CancelToken) -> ExchangeContext {
        let options = ClientOptions::new();
        let call = Call::new().cancel(token);
        ExchangeContext::new(
            &call.begin(None, Limit::Call, &options.io_limits, &options.log),
            0,
        )
    }

    /// DnsCache in which that of `slow.example` is under way and never ends.
    fn hanging() -> DnsCache {
        let dns = DnsCache::default();
        let pending = (Arc::new(Lookup::default()), Instant::now() - FRESH * 2);
        lock(&dns.hosts).insert("slow.example".to_owned(), pending);
        dns
    }

    #[test]
    fn a_cancel_ends_a_lookup_that_hangs() {
        let (token, dns) = (CancelToken::new(), Arc::new(hanging()));
        let (done, outcome) = channel();
        let (seen, cache) = (token.clone(), dns.clone());
        std::thread::spawn(move || done.send(cache.find("slow.example", 1, &exchange(&seen)).map(drop)));
        token.cancel();
        let ended = outcome
            .recv_timeout(Duration::from_secs(20))
            .expect("the lookup hangs");
        assert_eq!(ended.unwrap_err().kind(), ErrorKind::Cancelled);
        // The next caller waits for the same lookup: one thread at most stays behind for a name.
        dns.forget("slow.example");
        let first = lock(&dns.hosts)["slow.example"].0.clone();
        assert!(Arc::ptr_eq(&first, &dns.lookup("slow.example").unwrap()));
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_link_local_address_keeps_its_zone() {
        let (token, dns) = (CancelToken::new(), DnsCache::default());
        for host in ["[fe80::1%lo]", "fe80::1%1"] {
            let found = dns.find(host, 7, &exchange(&token)).unwrap();
            assert_eq!(found, ["[fe80::1%1]:7".parse().unwrap()], "{host}");
        }
        dns.forget("[fe80::1%lo]");
        assert_eq!(lock(&dns.hosts).len(), 1);
    }

    #[test]
    fn the_cache_is_bounded_and_drops_what_is_not_fresh() {
        let dns = hanging();
        let done = |since| {
            let lookup = Lookup::default();
            lookup.finish(Ok(Vec::new()));
            (Arc::new(lookup), since)
        };
        let now = Instant::now();
        for n in 0..MAX_NAMES * 2 {
            let name = format!("h{n}.example");
            let mut hosts = lock(&dns.hosts);
            make_room(&mut hosts, now);
            hosts.insert(name, done(now - FRESH / 2 + Duration::from_millis(n as u64)));
            assert!(hosts.len() <= MAX_NAMES);
        }
        let newest = format!("h{}.example", MAX_NAMES * 2 - 1);
        assert!(lock(&dns.hosts).contains_key(&newest) && !lock(&dns.hosts).contains_key("h0.example"));
        make_room(&mut lock(&dns.hosts), now + FRESH);
        let left: Vec<_> = lock(&dns.hosts).keys().cloned().collect();
        assert_eq!(left, ["slow.example"], "a lookup under way stays");
    }

    #[test]
    fn literals_are_not_looked_up_and_names_only_once() {
        let (token, dns) = (CancelToken::new(), DnsCache::default());
        for (literal, address) in [("192.0.2.1", "192.0.2.1:7"), ("[::1]", "[::1]:7")] {
            let found = dns.find(literal, 7, &exchange(&token)).unwrap();
            assert_eq!(found, [address.parse().unwrap()]);
        }
        assert!(lock(&dns.hosts).is_empty());
        assert!(!dns.find("localhost", 7, &exchange(&token)).unwrap().is_empty());
        let first = dns.lookup("localhost").unwrap();
        assert!(Arc::ptr_eq(&first, &dns.lookup("localhost").unwrap()));
        dns.forget("localhost");
        assert!(!Arc::ptr_eq(&first, &dns.lookup("localhost").unwrap()));
    }
}
