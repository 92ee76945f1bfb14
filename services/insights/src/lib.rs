//! Insights of the city: what no single department can answer, over what all services publish.
//!
//! It owns no figures. It reads the measure functions and the views that services publish (`published_…`), never their tables, so
//! a figure is defined once, in the service whose data it is about.
//!
//! In reading order: `model` (dimensions, datasets, rules of access; pure), `scorecard` (measures side by side, composite score,
//! ranks; pure), `alert` (rules, ids, order; pure), `filter` (of the list of briefings), `workflow` (verbs on alerts and briefings), `store` (all SQL), `graphql` (the
//! subgraph; no SQL), `import` (briefings of a sample).
//!
//! Invariants: what is not measured on a dimension, and what is about too few persons for the caller, is null and never 0; the
//! weights of the composite score are rows of reference data with the days on which they hold; an alert is never stored, only what
//! people add to it.

// The futures of a resolver contain those of every statement that it waits for.
#![recursion_limit = "256"]

mod alert;
mod filter;
mod graphql;
pub mod import;
mod model;
mod scorecard;
mod store;
mod workflow;

pub use graphql::{sdl, subgraph};
pub use model::{
    BRIEFINGS, Briefing, CLEARANCE_ALERTS, CLEARANCE_CHANGES, ChangeDataset, ChangeKind, Conclusion, FEEDBACK_ALERTS,
    FEEDBACK_CHANGES, KPI_ALERTS, KPI_CHANGES, NEARBY, OpenPoint, PROJECT_ALERTS, PROJECT_CHANGES, SCORECARDS,
    SOURCE_ALERTS, TASK_ALERTS, TASK_CHANGES,
};
