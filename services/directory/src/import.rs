//! Import of reference data: the rows of each table, and how they are stored.
//!
//! A row carries the `version` of the data it comes from. A stored row is replaced only by a higher version from the
//! same source: a second load changes nothing, and a row that a person or another system has changed since is not
//! overwritten.

pub use service_kit::vocabulary::{AreaKind, Axis, Level};

pub use crate::model::{
    Appointment, Area, Bottleneck, Official, Organization, Origin, Position, Programme, ProgrammeKind, Succession,
    TaskGroup,
};
pub use crate::store::import::{DirectoryRows, write};
