//! The state of each accepted connection, shared by its socket and the HTTP server above it.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::task::{Context, Waker};

/// One accepted connection.
#[derive(Debug)]
pub(crate) struct Conn {
    pub(crate) id: u64,
    requests: AtomicU64,
    dropped: AtomicBool,
    wakers: Mutex<[Option<Waker>; 2]>,
}

impl Conn {
    /// Requests that the HTTP server has received on this connection.
    pub(crate) fn requests(&self) -> u64 {
        self.requests.load(Ordering::Acquire)
    }

    /// Counts a request and returns its number, from 1.
    pub(crate) fn next_request(&self) -> u64 {
        self.requests.fetch_add(1, Ordering::AcqRel) + 1
    }

    /// Whether the connection is to be dropped; if not, `cx` is woken when it is.
    pub(crate) fn is_dropped(&self, cx: &Context<'_>, reading: bool) -> bool {
        let mut wakers = self.wakers.lock().unwrap_or_else(PoisonError::into_inner);
        let waker = &mut wakers[usize::from(reading)];
        if !waker.as_ref().is_some_and(|known| known.will_wake(cx.waker())) {
            *waker = Some(cx.waker().clone());
        }
        self.dropped.load(Ordering::Acquire)
    }

    fn drop_now(&self) {
        self.dropped.store(true, Ordering::Release);
        for waker in self
            .wakers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .iter_mut()
        {
            if let Some(waker) = waker.take() {
                waker.wake();
            }
        }
    }
}

/// All connections of an emulator.
#[derive(Debug, Default)]
pub(crate) struct Connections {
    accepted: AtomicU64,
    open: Mutex<Vec<Weak<Conn>>>,
}

impl Connections {
    pub(crate) fn accept(&self) -> Arc<Conn> {
        let conn = Arc::new(Conn {
            id: self.accepted.fetch_add(1, Ordering::AcqRel) + 1,
            requests: AtomicU64::new(0),
            dropped: AtomicBool::new(false),
            wakers: Mutex::default(),
        });
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.retain(|known| known.strong_count() > 0);
        open.push(Arc::downgrade(&conn));
        conn
    }

    pub(crate) fn accepted(&self) -> u64 {
        self.accepted.load(Ordering::Acquire)
    }

    pub(crate) fn open(&self) -> u64 {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.iter().filter(|known| known.strong_count() > 0).count() as u64
    }

    pub(crate) fn drop_all(&self) {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner).clone();
        open.iter()
            .filter_map(Weak::upgrade)
            .for_each(|conn| conn.drop_now());
    }
}
