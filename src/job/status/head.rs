//! The fields that every job document may have, whatever form it has.

use std::borrow::Cow;

use super::JobState;
use crate::json::{self, FieldAction, FieldVisitor};

/// The fields that every job document may have, as they were written.
#[derive(Default)]
pub(in crate::job) struct Head<'a> {
    pub status: Option<&'a str>,
    pub progress: Option<&'a str>,
    pub job_id: Option<&'a str>,
    pub job_id_too: Option<&'a str>,
    pub location: Option<&'a str>,
    pub error: Option<&'a str>,
    pub result: Option<&'a str>,
}

impl<'a> Head<'a> {
    pub(super) fn read(text: &'a str) -> std::result::Result<Self, serde_json::Error> {
        let mut head = Self::default();
        json::visit_fields(text, &mut head)?;
        Ok(head)
    }

    /// The word of `status`, if it is a word.
    pub(in crate::job) fn word(&self) -> Option<Cow<'a, str>> {
        self.status.and_then(json::string)
    }

    /// The state as said, or else as what stands beside it tells.
    pub(in crate::job) fn state(&self) -> JobState {
        match self.word() {
            Some(word) => JobState::from_word(&word),
            None if json::non_null(self.result).is_some() => JobState::Completed,
            None if json::non_null(self.error).is_some() => JobState::Failed,
            None if self.progress.and_then(json::number).is_some() => JobState::Running,
            None => JobState::Unknown(String::new()),
        }
    }
}

impl<'a> FieldVisitor<'a> for Head<'a> {
    fn field(&mut self, key: &str) -> FieldAction<'_, 'a> {
        FieldAction::Store(match key {
            "status" => &mut self.status,
            "progress" => &mut self.progress,
            "jobID" => &mut self.job_id,
            "jobId" => &mut self.job_id_too,
            "location" => &mut self.location,
            "error" => &mut self.error,
            "result" => &mut self.result,
            _ => return FieldAction::Skip,
        })
    }
}
