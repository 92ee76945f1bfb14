//! Dimensions, datasets, alerts and rules of access.

mod access;
mod alert;
mod dimension;
mod handling;

pub use access::{
    CLEARANCE_ALERTS, FEEDBACK_ALERTS, KPI_ALERTS, NEARBY, PROJECT_ALERTS, SCORECARDS, SOURCE_ALERTS, TASK_ALERTS,
};
pub use alert::{AlertKind, AlertOrderField, AlertSeverity};
pub use dimension::{ComparedValue, ScorecardDimension};
pub use handling::AlertHandling;
