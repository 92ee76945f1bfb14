//! Dimensions, datasets and rules of access.

mod access;
mod briefing;
mod change;
mod dimension;

pub use access::{
    BRIEFINGS, CLEARANCE_CHANGES, FEEDBACK_CHANGES, KPI_CHANGES, PROJECT_CHANGES, SCORECARDS, TASK_CHANGES,
};
pub use briefing::{Briefing, Conclusion, OpenPoint};
pub use change::{ChangeDataset, ChangeKind};
pub use dimension::{ComparedValue, ScorecardDimension};
