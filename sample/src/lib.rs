//! Bundled sample cities: real reference data, and synthetic tasks that add up to the published counts.
//!
//! A city is a folder of data (`data/hanoi`). The sample generates the year of each task from it. The result is
//! deterministic: every machine gets the same tasks, dates and texts. A load writes the events of the year up to its
//! day. So a second load on the same day changes nothing, and a later load adds the events since.
//!
//! A [`Volume`] adds tasks, organizations, projects, observations and feedback in the number that such a city has in a year.
//!
//! In reading order: `city` (the data), `reference` (directory rows), `plan` (each task and its schedule), `story` (the
//! events of the year as dated versions), `projects` (projects and land clearance as rows of pushes), `kpis`
//! (indicators, targets and observations as rows of pushes), `feedback` (citizen feedback likewise), `briefings`, `row` and `push` (how rows are pushed), `load` (writes what
//! happened up to now). This crate has no SQL: the services store the rows.

mod briefings;
mod city;
mod draw;
mod error;
mod feedback;
mod kpis;
mod load;
mod plan;
mod progress;
mod projects;
mod push;
mod reference;
mod row;
mod story;
mod volume;
mod workday;

pub use city::CITIES;
pub use error::SampleError;
pub use load::{Part, Summary, load, load_parts, load_tasks, load_volume};
pub use progress::{NoProgress, Progress, Stage};
pub use volume::Volume;

/// The `source` of every synthetic row.
pub const SYNTHETIC_SOURCE: &str = "sample";
