//! The exchange that this thread has given to ureq: the only way through its interface for what bounds a call, and back for
//! the connection.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use super::buffers::ConnectionBuffers;
use super::exchange::Exchange;
use super::stream::Stream;
use crate::error::{Error, Result};

pub(super) struct Current {
    pub exchange: Rc<Exchange>,
    /// The connection, with what was read of it already, once ureq has let go of it.
    pub connection: Cell<Option<(Stream, ConnectionBuffers)>>,
}

thread_local! {
    static CURRENT: RefCell<Option<Rc<Current>>> = const { RefCell::new(None) };
}

/// Ends the exchange on this thread; an exchange around it goes on (a callback may use the library).
pub(super) struct Guard {
    entered: Rc<Current>,
    before: Option<Rc<Current>>,
}

impl Guard {
    /// What ureq let go of.
    pub(super) fn connection(&self) -> Option<(Stream, ConnectionBuffers)> {
        self.entered.connection.take()
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        // A thread that is ending has no exchange to restore.
        let _ = CURRENT.try_with(|current| current.replace(self.before.take()));
    }
}

/// Makes `exchange` this thread's until the guard is dropped.
pub(super) fn enter(exchange: &Rc<Exchange>) -> Guard {
    let entered = Rc::new(Current {
        exchange: exchange.clone(),
        connection: Cell::new(None),
    });
    Guard {
        before: CURRENT.with(|current| current.replace(Some(entered.clone()))),
        entered,
    }
}

/// This thread's exchange; ureq runs nothing of ours outside one.
pub(super) fn get() -> Result<Rc<Current>> {
    CURRENT.with(|current| current.borrow().clone()).ok_or_else(|| {
        Error::new(
            crate::ErrorKind::Internal,
            "a connection was used outside a request",
        )
    })
}
