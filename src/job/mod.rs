//! What a job is, and what can be done with one.

mod events;
mod result;
mod status;

pub use result::{
    BoundingBox, Cell, FileInfo, FormField, JobResult, PiiBox, PiiType, Properties, ResultKind,
    SingleTextBox, Table, TableData, TextBox, TextBoxGroup, TextBoxMatch, TextBoxPiece, TextBoxQuery,
    TextQuery,
};
pub use status::{JobState, JobStatus};
