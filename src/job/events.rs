//! What an event of the live stream means. The three dialects of the service are told apart by nothing but what they say.

use std::borrow::Cow;

use super::status::{JobStatus, Last};
use crate::json::{self, FieldAction, FieldVisitor};

/// What an event of the stream means to whoever follows the job.
#[derive(Debug)]
pub(crate) enum Meaning {
    /// The service says something about the job; [`JobStatus::next`] tells what follows.
    Status(JobStatus),
    /// Something else, such as a sign of life: carry on.
    Nothing,
    /// No JSON where JSON should be: skip it, but ask for the status, since it may have been the last word.
    Malformed,
}

/// Reads an event of the name `event` that carries `data` and comes after `last`.
pub(crate) fn meaning(event: &str, data: &str, last: &mut Last) -> Meaning {
    match JobStatus::parse_event(data, last) {
        Ok(status) if status.is_silent() => {
            let name = Name::read(data).unwrap_or(Cow::Borrowed(event));
            Meaning::Status(status.hinted(&name))
        }
        Ok(status) => Meaning::Status(status),
        Err(_) if data.trim().is_empty() || json::check(data).is_ok() => Meaning::Nothing,
        Err(_) => Meaning::Malformed,
    }
}

/// The name that one of the dialects gives to an event inside its data.
#[derive(Default)]
struct Name<'a>(Option<&'a str>);

impl<'a> Name<'a> {
    fn read(data: &'a str) -> Option<Cow<'a, str>> {
        let mut name = Self::default();
        json::visit_fields(data, &mut name).ok()?;
        name.0.and_then(json::string)
    }
}

impl<'a> FieldVisitor<'a> for Name<'a> {
    fn field(&mut self, key: &str) -> FieldAction<'_, 'a> {
        match key {
            "event" => FieldAction::Store(&mut self.0),
            _ => FieldAction::Skip,
        }
    }
}

#[cfg(test)]
mod tests;
