//! All the SQL of the service. What is derived of a task is read through `tasks.derived`, the one definition of it.

pub mod children;
pub mod facts;
pub mod filter;
pub mod import;
