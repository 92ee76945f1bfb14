//! Projects and land clearance of the sample, which go the way of every department's data: rows of pushes.
//!
//! `catalogue` (items and their phases), `money` (capital, payments, contracts), `clearance` (sites, parties, parcels,
//! compensation), `path` (what happens to a parcel, by the law of its day), `row` (rows up to the day of the load), `load`
//! (pushes them). A row has the day on which it became true, so measures of past days are right, and a fixed external id,
//! so a row that was pushed before says nothing new.

mod catalogue;
mod clearance;
mod load;
mod money;
mod path;
pub(crate) mod row;

pub(crate) use load::{Load, Pushed, load, load_volume};
