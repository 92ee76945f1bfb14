//! All SQL of the service. What is derived is read from the stored facts.

pub mod children;
pub mod facts;
pub mod filter;
pub mod oc4ids;
pub mod parcel;
pub mod party;
pub mod project;
pub mod push;
pub mod warning;
pub mod workflow;
