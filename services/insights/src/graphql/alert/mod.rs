//! GraphQL of alerts.

mod input;
mod mutation;
mod node;
mod query;

pub use mutation::AlertMutation;
pub use query::{AlertConnection, AlertQuery, alerts_of};
