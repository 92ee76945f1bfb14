//! GraphQL of briefings and of the changes since one.

mod change;
mod mutation;
mod node;
mod query;
mod reference;

pub use mutation::BriefingMutation;
pub use query::BriefingQuery;
pub use reference::ReferenceQuery;
