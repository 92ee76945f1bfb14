//! All SQL of the service. What is derived is read from the stored facts.

use service_kit::store::facts::Facts;

pub mod filter;
pub mod indicator;
pub mod observation;
pub mod revision;
pub mod sdmx;
pub mod series;
pub mod target;
pub mod workflow;

/// The stored facts: of observations and targets, by series.
pub const FACTS: &[Facts] =
    &[Facts { records: "kpis.series", derive: "kpis.derive", refresh: Some("kpis.refresh_facts"), recount: None }];
