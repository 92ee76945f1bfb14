//! GraphQL of briefings and of the changes since one.

mod change;
mod mutation;
mod node;
mod query;

pub use mutation::BriefingMutation;
pub use query::BriefingQuery;
