//! All the SQL of the kit. The tables of a service are named by the caller.

pub mod child;
pub mod codes;
pub mod condition;
pub mod idempotency;
pub mod list;
pub mod measure;
pub mod page;
pub mod published;
pub mod record;
pub mod reference;
pub mod search;
#[cfg(feature = "testing")]
pub mod testing;
