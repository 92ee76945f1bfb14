//! Dimensions, datasets, alerts and rules of access.

mod access;
mod alert;
mod briefing;
mod change;
mod dimension;
mod handling;

pub use service_kit::access::BRIEFINGS;

pub use access::{
    CLEARANCE_ALERTS, CLEARANCE_CHANGES, FEEDBACK_ALERTS, FEEDBACK_CHANGES, KPI_ALERTS, KPI_CHANGES, NEARBY,
    PROJECT_ALERTS, PROJECT_CHANGES, SCORECARDS, SOURCE_ALERTS, TASK_ALERTS, TASK_CHANGES,
};
pub use alert::{AlertKind, AlertOrderField, AlertSeverity};
pub use briefing::{Briefing, Conclusion, OpenPoint};
pub use change::{ChangeDataset, ChangeKind};
pub use dimension::{ComparedValue, ScorecardDimension};
pub use handling::AlertHandling;
