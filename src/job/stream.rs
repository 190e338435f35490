//! The live progress stream of one job, as it comes over one connection.

use std::time::{Duration, Instant};

use crate::call::CallContext;
use crate::client::{Accept, Get};
use crate::error::{Error, ErrorKind, Limit, Result};
use crate::http::{Attempts, Body, Redirects, Response};
use crate::job::events::{Meaning, meaning};
use crate::job::status::Last;
use crate::job::{Job, JobStatus, Ticket};
use crate::sse::Reader;

/// A stream that brings only heartbeats for so many idle limits is closed: a poll clears up what it may have missed.
const EVENTLESS_IDLE_LIMITS: u32 = 2;
const READ_SIZE: usize = 16 << 10;

/// What asking for the stream led to.
#[derive(Debug)]
pub(crate) enum Opened {
    Stream(Box<Stream>),
    /// The server answered with something else, to be read as an answer of the status endpoint.
    Answer(Box<Response>),
}

/// What the stream brought.
#[derive(Debug)]
pub(crate) enum Said {
    Status(JobStatus),
    /// An event that nobody can read.
    Garbled,
    /// The server asks for a pause before a new stream: [`Stream::retry`].
    Retry,
    Ended,
    /// Not a byte for the idle limit.
    Mute,
}

/// An open stream. Dropping it closes its connection.
#[derive(Debug)]
pub(crate) struct Stream {
    body: Body,
    reader: Reader,
    /// What the status before was like.
    last: Last,
    retry: Option<Duration>,
    /// When an event last came; `heard` says that one came since this was set, so that not each event needs a clock.
    last_event: Instant,
    heard: bool,
}

impl Stream {
    /// Asks for the stream, resuming after `last_event_id` where there is one.
    pub(crate) fn open(
        job: &Job,
        ticket: &Ticket,
        last_event_id: &str,
        context: &CallContext,
    ) -> Result<Opened> {
        let resume = [("last-event-id", last_event_id), ("cache-control", "no-cache")];
        let headers = if last_event_id.is_empty() {
            &resume[1..]
        } else {
            &resume[..]
        };
        let get = Get {
            headers,
            redirects: Redirects::Report,
            attempts: Attempts::Once,
            ..Get::new(&ticket.status_url, Accept::EventStream, &ticket.reference_id)
        };
        let response = job.client.get(&get, context)?;
        if response.status != 200 || !is_event_stream(response.content_type().as_deref()) {
            return Ok(Opened::Answer(Box::new(response)));
        }
        Ok(Opened::Stream(Box::new(Stream {
            body: response.body,
            reader: Reader::with_limit(job.client.settings().max_event),
            last: Last::default(),
            retry: None,
            last_event: Instant::now(),
            heard: false,
        })))
    }

    /// What the stream has brought already.
    pub(crate) fn at_hand(&mut self) -> Result<Option<Said>> {
        while let Some(event) = self.reader.next_event()? {
            self.heard = true;
            match meaning(event.event, event.data, &mut self.last) {
                Meaning::Status(status) => return Ok(Some(Said::Status(status))),
                Meaning::Malformed => return Ok(Some(Said::Garbled)),
                Meaning::Nothing => {}
            }
        }
        if self.reader.retry() != self.retry {
            self.retry = self.reader.retry();
            return Ok(Some(Said::Retry));
        }
        Ok(None)
    }

    /// Waits for what comes next. After the call's own limit ran out it can be called again, and nothing is lost.
    pub(crate) fn next(&mut self, context: &CallContext) -> Result<Said> {
        loop {
            if let Some(said) = self.at_hand()? {
                return Ok(said);
            }
            if std::mem::take(&mut self.heard) {
                self.last_event = Instant::now();
            } else if self.last_event.elapsed() > context.io_limits.idle * EVENTLESS_IDLE_LIMITS {
                return Ok(Said::Ended);
            }
            match self
                .reader
                .feed_from(READ_SIZE, |room| self.body.read(room, context))
            {
                Ok(0) => return Ok(Said::Ended),
                Ok(_) => {}
                Err(error) if error.limit() == Some(Limit::Idle) => return Ok(Said::Mute),
                Err(error) if is_broken(&error) => return Ok(Said::Ended),
                Err(error) => return Err(error),
            }
        }
    }

    /// The pause that the server asks for before a new stream.
    pub(crate) fn retry(&self) -> Duration {
        self.retry.unwrap_or_default()
    }

    pub(crate) fn last_event_id(&self) -> &str {
        self.reader.last_event_id()
    }
}

/// Whether the stream merely broke: reconnecting is what streams are made for.
fn is_broken(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::ConnectionLost | ErrorKind::Truncated | ErrorKind::Protocol
    )
}

/// The content type of the standard, and the one that the service's own documents name.
fn is_event_stream(media_type: Option<&str>) -> bool {
    matches!(media_type, Some("text/event-stream" | "application/event-stream"))
}
