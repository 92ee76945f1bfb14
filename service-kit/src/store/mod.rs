//! All SQL of this crate. The caller names the tables of its service.

pub mod audit;
pub mod child;
pub mod codes;
pub mod condition;
pub mod estimate;
pub mod facts;
pub mod idempotency;
pub mod list;
pub mod measure;
pub mod page;
pub mod plan;
pub mod published;
pub mod push;
pub mod reading;
pub mod record;
pub mod reference;
pub mod role;
pub mod search;
pub(crate) mod session;
pub mod template;
#[cfg(feature = "testing")]
pub mod testing;
