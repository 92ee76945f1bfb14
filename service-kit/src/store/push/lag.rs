//! SQL of the lag of sources.

use crate::problem::Problem;
use crate::reader::Reader;
use crate::scalar::SourceLag;

/// Sources that have pushed one of the kinds, the longest silent first.
///
/// # Errors
/// The problem of the statement.
pub async fn lags(reader: &Reader, kinds: &[&str]) -> Result<Vec<SourceLag>, Problem> {
    let found = sqlx::query_as(
        "SELECT code AS source, last_receipt_at, lag_hours, is_silent AS silent FROM platform.source_state
         WHERE kinds && $1 ORDER BY is_silent DESC, lag_hours DESC, code",
    );
    Ok(found.bind(kinds.iter().map(|kind| (*kind).to_owned()).collect::<Vec<String>>()).fetch_all(reader).await?)
}

/// Kinds of records that some sources have pushed, by the code of the source.
///
/// # Errors
/// The problem of the statement.
pub async fn kinds_of(reader: &Reader, sources: &[String]) -> Result<Vec<(String, Vec<String>)>, Problem> {
    let found = sqlx::query_as("SELECT code, kinds FROM platform.source_state WHERE code = ANY ($1)");
    Ok(found.bind(sources).fetch_all(reader).await?)
}
