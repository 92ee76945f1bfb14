//! What a loader of reference data hands over, table by table, and how it is stored.
//!
//! A row carries the `version` of the data it comes from. A stored row is replaced only by a higher version from the same
//! source: loading again changes nothing, and what a person or another system has changed since stays as it is.

pub use service_kit::vocabulary::{AreaKind, Axis, Level};

pub use crate::model::{
    Appointment, Area, Bottleneck, Official, Organization, Origin, Position, Programme, ProgrammeKind, Succession,
    TaskGroup,
};
pub use crate::store::import::{DirectoryRows, write};
