//! Rows of the directory, and the filters of its lists. Each row is read, written and returned whole.
//!
//! An import writes the columns that serde serializes. It does not change the others, such as the number of
//! inhabitants.

pub mod area;
pub mod filter;
pub mod official;
pub mod organization;
pub mod programme;
pub mod reference;

use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::FromRow;

pub use area::{Area, Succession};
pub use filter::{
    AreaFilter, AreaOrder, AreaOrderField, OfficialFilter, OrganizationFilter, OrganizationOrder,
    OrganizationOrderField, ProgrammeFilter,
};
pub use official::{Appointment, Official, Position};
pub use organization::Organization;
pub use programme::{Programme, ProgrammeKind, TaskGroup};
pub use reference::{Bottleneck, CalendarDay, LegalRule};

/// Source of a row, its version, and the time from which it is true.
#[derive(FromRow, Serialize, Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The system that owns the row.
    pub source: String,
    /// The number of the change.
    pub version: i32,
    /// The time from which this state was true.
    pub observed_at: DateTime<Utc>,
}
