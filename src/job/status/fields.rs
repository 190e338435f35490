//! The fields that any job document may have.

use std::borrow::Cow;

use super::JobState;
use crate::json::{self, FieldAction, FieldVisitor};

/// The raw values of the fields that any job document may have.
#[derive(Default)]
pub(in crate::job) struct StatusFields<'a> {
    pub status: Option<&'a str>,
    pub progress: Option<&'a str>,
    pub job_id: Option<&'a str>,
    pub job_id_camel: Option<&'a str>,
    pub location: Option<&'a str>,
    pub error: Option<&'a str>,
    pub result: Option<&'a str>,
}

impl<'a> StatusFields<'a> {
    pub(in crate::job) fn parse(text: &'a str) -> std::result::Result<Self, serde_json::Error> {
        let mut fields = Self::default();
        json::check_depth(text)?;
        json::visit_fields(text, &mut fields)?;
        Ok(fields)
    }

    /// The id of the job in either spelling, if it is a string.
    pub(in crate::job) fn id(&self) -> Option<Cow<'a, str>> {
        let id = |raw: Option<&'a str>| raw.and_then(json::short_string);
        id(self.job_id).or_else(|| id(self.job_id_camel))
    }

    /// The value of `status`, if it is a string.
    pub(in crate::job) fn status_name(&self) -> Option<Cow<'a, str>> {
        self.status.and_then(json::short_string)
    }

    /// Whether the document is about a job, and not the error of a gateway: it names one, or its progress.
    fn is_about_a_job(&self) -> bool {
        let fields = [self.job_id, self.job_id_camel, self.progress];
        fields.into_iter().any(|field| json::non_null(field).is_some())
    }

    /// The state as `status` names it, or else as the other fields imply it.
    pub(in crate::job) fn state(&self) -> JobState {
        match self.status_name() {
            Some(name) => JobState::from_name(&name),
            None if json::non_null(self.result).is_some() => JobState::Completed,
            None if self.is_about_a_job() && json::non_null(self.error).is_some() => JobState::Failed,
            None if self.progress.and_then(json::number).is_some() => JobState::Running,
            None => JobState::Unknown(String::new()),
        }
    }
}

impl<'a> FieldVisitor<'a> for StatusFields<'a> {
    fn field(&mut self, key: &str) -> FieldAction<'_, 'a> {
        FieldAction::Store(match key {
            "status" => &mut self.status,
            "progress" => &mut self.progress,
            "jobID" => &mut self.job_id,
            "jobId" => &mut self.job_id_camel,
            "location" => &mut self.location,
            "error" => &mut self.error,
            "result" => &mut self.result,
            _ => return FieldAction::Skip,
        })
    }
}
