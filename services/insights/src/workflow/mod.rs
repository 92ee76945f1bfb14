//! Verbs: on alerts, which are derived and only added to, and on briefings.

mod alert;
mod briefing;

pub use alert::{AcknowledgeAlertInput, AssignAlertInput, Found, Handles};
pub use briefing::{
    AddConclusionInput, AddOpenPointInput, CloseBriefingInput, RecordBriefingInput, UpdateBriefingInput,
};

/// Source of what is written on the platform.
const OWN_SOURCE: &str = "ioc";
