//! All the SQL of the directory. Nothing here knows GraphQL.

pub mod dated;
pub mod filter;
pub mod import;
pub mod table;
