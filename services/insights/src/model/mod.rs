//! Dimensions, datasets and rules of access.

mod access;
mod dimension;

pub use access::{NEARBY, SCORECARDS};
pub use dimension::{ComparedValue, ScorecardDimension};
