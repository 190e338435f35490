//! What an event of the stream means. The three formats of the service's events are recognised by their data alone.

use std::borrow::Cow;

use super::types::StreamEvent;
use crate::job::status::{JobStatus, PreviousEvent};
use crate::json::{self, FieldAction, FieldVisitor};

/// Parses an event named `name` that carries `data` and comes after `previous`. `None` for an event without meaning, such
/// as a heartbeat.
pub(crate) fn parse_event(name: &str, data: &str, previous: &mut PreviousEvent) -> Option<StreamEvent> {
    match JobStatus::parse_event(data, previous) {
        Ok(status) if status.has_no_state() => {
            let name = EventName::parse(data).unwrap_or(Cow::Borrowed(name));
            Some(StreamEvent::Status(status.with_event_name(&name)))
        }
        Ok(status) => Some(StreamEvent::Status(status)),
        Err(_) if data.trim().is_empty() || json::check(data).is_ok() => None,
        // No JSON where JSON should be. It may have been the last event, so the caller polls if the stream ends.
        Err(_) => Some(StreamEvent::Malformed),
    }
}

/// The name that one of the formats gives to an event inside its data.
#[derive(Default)]
struct EventName<'a>(Option<&'a str>);

impl<'a> EventName<'a> {
    fn parse(data: &'a str) -> Option<Cow<'a, str>> {
        let mut name = Self::default();
        json::visit_fields(data, &mut name).ok()?;
        name.0.and_then(json::short_string)
    }
}

impl<'a> FieldVisitor<'a> for EventName<'a> {
    fn field(&mut self, key: &str) -> FieldAction<'_, 'a> {
        match key {
            "event" => FieldAction::Store(&mut self.0),
            _ => FieldAction::Skip,
        }
    }
}

#[cfg(test)]
mod tests;
