//! The event stream, in the dialects of the client families.

use crate::hub::Job;
use crate::job::State;
use crate::scenario::{Dialect, ProgressUnit, Scenario, StreamMode};
use crate::server::{Origin, error_of};
use crate::shapes::{add_extras, add_job_id};
use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use bytes::Bytes;
use futures_util::stream;
use serde_json::{Map, Value, json};
use sse_codec::Event;
use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// Progress in the unit of the scenario.
pub(crate) fn progress_value(scenario: &Scenario, fraction: f64) -> f64 {
    match scenario.progress_unit {
        ProgressUnit::Fraction => fraction,
        ProgressUnit::Percent => fraction * 100.0,
    }
}

/// The response with the stream. `first`: this request started the job's clock.
pub(crate) fn response(
    job: &Arc<Job>,
    mode: StreamMode,
    content_type: &str,
    origin: &Origin,
    first: bool,
) -> Response {
    let player = Player::new(job.clone(), mode, origin.result_url(job), first);
    let chunks = stream::unfold(player, |mut player| async {
        player
            .next()
            .await
            .map(|text| (Ok::<Bytes, Infallible>(text.into()), player))
    });
    let mut response = Response::new(Body::from_stream(chunks));
    let content_type = job
        .scenario
        .stream_content_type
        .as_deref()
        .unwrap_or(content_type);
    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(content_type) {
        headers.insert(header::CONTENT_TYPE, value);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}

/// Sends a job's events as they happen.
struct Player {
    job: Arc<Job>,
    mode: StreamMode,
    location: String,
    changed: watch::Receiver<()>,
    queue: VecDeque<String>,
    /// Progress values sent so far.
    cursor: usize,
    events: u32,
    ended: bool,
}

impl Player {
    fn new(job: Arc<Job>, mode: StreamMode, location: String, first: bool) -> Self {
        let changed = job.watch();
        let now = job.now();
        // A client that connects later receives the current progress, not the earlier values.
        let cursor = if first {
            0
        } else {
            now.reached.saturating_sub(usize::from(!now.state.is_terminal()))
        };
        let mut player = Self {
            job,
            mode,
            location,
            changed,
            queue: VecDeque::new(),
            cursor,
            events: 0,
            ended: false,
        };
        player.open();
        player
    }

    fn open(&mut self) {
        let scenario = self.job.scenario.clone();
        if let Some(retry) = scenario.retry_ms {
            self.queue.push_back(Event::retry(retry).to_string() + "\n");
        }
        for _ in 0..scenario.malformed_events {
            self.push("message", "{\"status\":\"runn");
        }
        if let Some(odd) = &scenario.status_name {
            let kind = match scenario.dialect {
                Dialect::Common => "progress-update",
                _ => "status-update",
            };
            for _ in 0..odd.times {
                self.push_event(kind, &odd.name, json!({}));
            }
        }
        match scenario.dialect {
            Dialect::EventInData if self.cursor == 0 => {
                self.push_event("status-update", "running", json!({}));
            }
            // The first event comes at once, whatever the job has reached.
            Dialect::Common if self.job.now().reached == 0 && !self.job.now().state.is_terminal() => {
                self.push_progress(0.0)
            }
            _ => {}
        }
    }

    fn push(&mut self, name: &str, data: &str) {
        if matches!(self.mode, StreamMode::EndEarly(most) if self.events >= most) {
            self.ended = true;
            return;
        }
        self.events += 1;
        let id = self.job.scenario.event_ids.then(|| self.events.to_string());
        self.queue
            .push_back(Event::message(name, data, id.as_deref()).to_string() + "\n");
    }

    /// One event of this kind and status, in the format of the dialect.
    fn push_event(&mut self, kind: &str, status: &str, fields: Value) {
        let scenario = &self.job.scenario;
        let mut data = Map::new();
        let mut name = "message";
        if matches!(scenario.dialect, Dialect::Common | Dialect::EventInData) {
            data.insert("event".into(), kind.into());
        }
        if scenario.dialect != Dialect::EventInData {
            add_job_id(scenario, &self.job.id, &mut data);
        }
        if scenario.dialect == Dialect::Named {
            name = kind;
        }
        if !scenario.omit_status {
            data.insert("status".into(), status.into());
        }
        if let Value::Object(fields) = fields {
            data.extend(fields);
        }
        add_extras(scenario, &mut data);
        self.push(name, &Value::Object(data).to_string());
    }

    fn push_progress(&mut self, fraction: f64) {
        let progress = progress_value(&self.job.scenario, fraction);
        self.push_event("progress-update", "running", json!({"progress": progress}));
    }

    fn push_outcome(&mut self, state: State) {
        let location = json!({"location": self.location});
        let dialect = self.job.scenario.dialect;
        let in_data = dialect == Dialect::EventInData;
        match state {
            State::Completed if self.mode == StreamMode::StatusUpdateOnly => {
                self.push_event("status-update", "completed", json!({}));
            }
            State::Completed => {
                if in_data {
                    self.push_event("status-update", "completed", json!({}));
                }
                self.push_event("redirect", "completed", location);
            }
            State::Failed => match dialect {
                Dialect::Common => {
                    let error = error_of(&self.job.scenario);
                    let fields = json!({"location": self.location, "error": error});
                    self.push_event("redirect", "failed", fields);
                }
                Dialect::EventInData => {
                    self.push_event("status-update", "failed", json!({}));
                    self.push_event("redirect", "failed", location);
                }
                Dialect::Named => {
                    let error = error_of(&self.job.scenario);
                    self.push_event("job-failed", "failed", json!({"error": error}));
                }
                Dialect::Message => self.push_event("message", "failed", location),
            },
            State::Canceled => {
                let kind = if in_data { "status-update" } else { "job-canceled" };
                self.push_event(kind, "canceled", json!({}));
            }
            State::Running(_) | State::Gone | State::Lost => {}
        }
        self.ended = true;
    }

    /// The next piece of text, or the end of the stream.
    async fn next(&mut self) -> Option<String> {
        loop {
            if self.mode == StreamMode::Idle {
                std::future::pending::<()>().await;
            }
            if let Some(text) = self.queue.pop_front() {
                return Some(text);
            }
            if self.ended {
                return None;
            }
            self.changed.mark_unchanged();
            let now = self.job.now();
            let values = self.job.progress();
            while self.cursor < now.reached && !self.ended {
                self.push_progress(values[self.cursor]);
                self.cursor += 1;
            }
            if now.state.is_terminal() && !self.ended {
                self.push_outcome(now.state);
            }
            // So that the end comes with the last event and not with the one that would follow it.
            if matches!(self.mode, StreamMode::EndEarly(most) if self.events >= most) {
                self.ended = true;
            }
            if self.queue.is_empty() && !self.ended {
                self.wait(now.next).await;
            }
        }
    }

    async fn wait(&mut self, change: Option<Duration>) {
        let sleep = |time: Option<Duration>| async move {
            match time {
                // A millisecond more, as timers may fire a little early.
                Some(time) => tokio::time::sleep(time).await,
                None => std::future::pending().await,
            }
        };
        let heartbeat = self.job.scenario.heartbeat_ms.map(Duration::from_millis);
        tokio::select! {
            () = sleep(change) => {}
            result = self.changed.changed() => {
                if result.is_err() {
                    self.ended = true;
                }
            }
            () = sleep(heartbeat) => self.queue.push_back(": keep-alive\n\n".to_owned()),
        }
    }
}

/// The requested event-stream type, if any.
pub(crate) fn requested_type(accept: &str) -> Option<&'static str> {
    let types = accept
        .split(',')
        .map(|part| part.split(';').next().unwrap_or_default().trim());
    types
        .filter_map(|kind| match kind {
            "text/event-stream" => Some("text/event-stream"),
            "application/event-stream" => Some("application/event-stream"),
            _ => None,
        })
        .next()
}
