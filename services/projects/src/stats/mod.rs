//! Declarations of measures.

mod clearance;
mod project;

pub use clearance::ClearanceSet;
pub use project::ProjectSet;
use service_kit::store::published;

use crate::model::{ClearanceDimension, ProjectDimension};

/// Returns the statements that define the SQL functions with the measures.
pub fn published() -> String {
    let projects = ProjectDimension::ALL.iter().map(|dimension| (dimension.as_str().to_owned(), dimension.sql()));
    let parcels = ClearanceDimension::ALL.iter().map(|dimension| (dimension.as_str().to_owned(), dimension.sql()));
    published::measures::<ProjectSet>("projects.published_measures", &projects.collect::<Vec<_>>())
        + ";"
        + &published::measures::<ClearanceSet>("projects.published_clearance_measures", &parcels.collect::<Vec<_>>())
}
