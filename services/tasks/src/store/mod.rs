//! All SQL of the service. What is derived of a task is read from its stored facts.

pub mod children;
pub mod conclusion;
pub mod facts;
pub mod filter;
pub mod import;
pub mod push;
