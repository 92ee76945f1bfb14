//! Alerts: rules, ids, order and counts. Pure.

mod id;
mod list;
mod rule;
mod satisfaction;

pub use id::AlertId;
pub use list::{Alert, Order, Selection, Tally, arrange};
pub use rule::{Dataset, RULES, Rule};
pub use satisfaction::{Month, falls_since};
