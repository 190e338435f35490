//! The event stream of one job over one connection.

use std::time::{Duration, Instant};

use super::event::parse_event;
use super::types::StreamEvent;
use crate::call::CallContext;
use crate::client::{Accept, Get};
use crate::error::{Limit, Result};
use crate::http::{Attempts, Body, Redirects, Response};
use crate::job::status::PreviousEvent;
use crate::job::{Job, Ticket};
use crate::retry::is_broken_stream;
use crate::sse::Reader;

/// A stream that brings only heartbeats for so many idle timeouts is closed: a poll finds out what it may have missed.
const EVENTLESS_IDLE_LIMITS: u32 = 2;
const READ_SIZE: usize = 16 << 10;
/// The longest event id that is sent: servers reject long heads.
const MAX_EVENT_ID: usize = 1 << 10;

/// What the request for the stream led to.
#[derive(Debug)]
pub(super) enum OpenOutcome {
    Stream(Box<EventStream>),
    /// The response is no stream, and is read as one of the status endpoint.
    Response(Box<Response>),
}

/// An open stream. Dropping it closes its connection.
#[derive(Debug)]
pub(super) struct EventStream {
    body: Body,
    reader: Reader,
    /// How the previous status was written.
    previous: PreviousEvent,
    retry: Option<Duration>,
    /// When an event last came; `had_event` is true if one came since this was set, so that not each event needs a clock.
    last_event: Instant,
    had_event: bool,
    /// No event came for too long, and what has arrived is looked at a last time.
    overdue: bool,
}

impl EventStream {
    /// Requests the stream, resuming after `last_event_id` where there is one.
    pub(super) fn open(
        job: &Job,
        ticket: &Ticket,
        last_event_id: &str,
        context: &CallContext,
    ) -> Result<OpenOutcome> {
        let resume = [("last-event-id", last_event_id), ("cache-control", "no-cache")];
        let headers = match can_be_sent(last_event_id) {
            true => &resume[..],
            false => &resume[1..],
        };
        let get = Get {
            headers,
            redirects: Redirects::FollowMoved,
            attempts: Attempts::Once,
            ..Get::new(&ticket.status_url, Accept::EventStream, &ticket.reference_id)
        };
        let response = job.client.get(&get, context)?;
        if response.status != 200 || !is_event_stream(response.content_type().as_deref()) {
            return Ok(OpenOutcome::Response(Box::new(response)));
        }
        Ok(OpenOutcome::Stream(Box::new(EventStream {
            body: response.body,
            reader: Reader::with_limit(job.client.settings().max_event),
            previous: PreviousEvent::default(),
            retry: None,
            last_event: Instant::now(),
            had_event: false,
            overdue: false,
        })))
    }

    /// The next event of those that have arrived already.
    pub(super) fn buffered_event(&mut self) -> Result<Option<StreamEvent>> {
        while let Some(event) = self.reader.next_event()? {
            self.had_event = true;
            let event = parse_event(event.event, event.data, &mut self.previous);
            if event.is_some() {
                return Ok(event);
            }
        }
        if self.reader.retry() != self.retry {
            self.retry = self.reader.retry();
            return Ok(Some(StreamEvent::Retry(self.retry.unwrap_or_default())));
        }
        Ok(None)
    }

    /// Waits for the next event. After the call's deadline passed it can be called again, and nothing is lost.
    pub(super) fn next_event(&mut self, context: &CallContext) -> Result<StreamEvent> {
        loop {
            if let Some(event) = self.buffered_event()? {
                return Ok(event);
            }
            if std::mem::take(&mut self.had_event) {
                self.last_event = Instant::now();
                self.overdue = false;
            } else if self.last_event.elapsed() > context.io_limits.idle * EVENTLESS_IDLE_LIMITS
                && std::mem::replace(&mut self.overdue, true)
            {
                return Ok(StreamEvent::Ended);
            }
            match self
                .reader
                .feed_from(READ_SIZE, |buffer| self.body.read(buffer, context))
            {
                Ok(0) => return Ok(StreamEvent::Ended),
                Ok(_) => {}
                Err(error) if error.limit() == Some(Limit::Idle) => return Ok(StreamEvent::Idle),
                Err(error) if is_broken_stream(&error) => return Ok(StreamEvent::Ended),
                Err(error) => return Err(error),
            }
        }
    }

    pub(super) fn last_event_id(&self) -> &str {
        self.reader.last_event_id()
    }
}

/// Whether there is an id that a header field can hold. Without it, the stream begins anew.
fn can_be_sent(last_event_id: &str) -> bool {
    let is_allowed = |byte: u8| byte == b'\t' || !byte.is_ascii_control();
    (1..=MAX_EVENT_ID).contains(&last_event_id.len()) && last_event_id.bytes().all(is_allowed)
}

/// The content type of the standard, and the one that the service's own documents name.
fn is_event_stream(media_type: Option<&str>) -> bool {
    matches!(media_type, Some("text/event-stream" | "application/event-stream"))
}
