//! Bundled sample cities: real reference data, and synthetic work that adds up to the published counts.
//!
//! A city is a folder of data (`data/hanoi`) and a year of stories drawn from it. Everything is deterministic: the same
//! tasks, dates and texts on every machine, whatever the day of loading. Loading on a day writes the part of the year that
//! has happened by then, so loading again changes nothing, and loading later adds what has happened since.
//!
//! In reading order: `city` (the data), `reference` (directory rows), `plan` (what each task is and how its year goes),
//! `story` (the year as dated versions), `load` (what is written now). No SQL stands here: the services store the rows.

mod city;
mod draw;
mod error;
mod load;
mod plan;
mod progress;
mod reference;
mod story;
mod workday;

pub use city::CITIES;
pub use error::SampleError;
pub use load::{Summary, load};
pub use progress::{NoProgress, Progress};

/// The `source` of every synthetic row.
pub const SYNTHETIC_SOURCE: &str = "sample";
