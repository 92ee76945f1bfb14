//! All SQL of the directory. It has no GraphQL.

pub mod dated;
pub mod filter;
pub mod import;
pub mod push;
pub mod table;
