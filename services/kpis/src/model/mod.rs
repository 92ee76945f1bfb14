//! The domain without I/O: vocabularies, rows, states, rules of access.

mod access;
#[cfg(test)]
mod columns;
mod indicator;
mod observation;
mod series;
mod state;
mod target;
mod vocabulary;

pub use access::{INDICATORS, KPIS};
pub use indicator::Indicator;
pub use observation::{Observation, Vintage};
pub use series::{Aggregate, Point, Revision};
pub use state::{Actor, TRANSITIONS, Verb, transition_table};
pub use target::{StoredTarget, Target, TrajectoryPoint};
pub use vocabulary::{
    Frequency, IndicatorDirection, IndicatorNature, KpiDimension, KpiRag, KpiScope, ObservationFlag, ObservationStatus,
    TargetSpan,
};
