//! All SQL of the service. Derived values of a task are read from the SQL function `tasks.derived`, their only
//! definition.

pub mod children;
pub mod facts;
pub mod filter;
pub mod import;
