//! All the SQL of the directory, a file for each table family. Nothing here knows GraphQL.

pub mod area;
pub mod import;
pub mod official;
pub mod organization;
pub mod programme;
pub mod reference;

use service_kit::Problem;

/// Reads a stored spelling. A spelling that the code does not know is our fault, not the caller's.
fn spelled<T: std::str::FromStr<Err = schema::UnknownValue>>(text: &str) -> Result<T, Problem> {
    text.parse().map_err(Problem::internal)
}
