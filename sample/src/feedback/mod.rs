//! Citizen feedback of the sample, as rows of pushes.
//!
//! `case` (what a case is about, and where), `path` (what happens to it), `load` (pushes the rows). A case is drawn by its number,
//! so a second load says the same, and its rows have the times at which they became true.

mod case;
mod load;
mod path;

pub(crate) use load::{load, load_volume};
