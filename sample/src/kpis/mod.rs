//! Indicators, targets and observations of the sample, which go the way of a statistics office's data: rows of pushes.
//!
//! `period` (months, quarters, years), `catalogue` (indicators), `course` (synthetic values of the city), `ward` (values of wards and
//! communes, and of departments), `target` (decisions), `report` (how a value is drafted, published and revised), `city` (what
//! is reported for the city), `volume` (series of a whole city), `load` (pushes the rows). Values that the city has not published
//! say that they are illustrative.

mod catalogue;
mod city;
mod course;
mod load;
mod period;
mod report;
mod target;
mod volume;
mod ward;

pub(crate) use load::{load, load_volume};

/// The document or note of what is synthetic.
const ILLUSTRATIVE: &str = "Số liệu minh họa";

/// The document or note of what the city has published.
const PUBLISHED: &str = "Công bố của thành phố";
