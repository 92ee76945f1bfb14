//! Briefings of another system or of a sample, written as they are.

use std::collections::HashSet;

use service_kit::record::Record;
use service_kit::store::audit::add_import;
use service_kit::store::{child, record};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::model::{Briefing, Conclusion, OpenPoint};
use crate::store::briefing::stored;

/// A briefing with what belongs to it.
#[derive(Debug, Clone)]
pub struct BriefingRows {
    /// The briefing.
    pub briefing: Briefing,
    /// What was decided.
    pub conclusions: Vec<Conclusion>,
    /// What is to be brought to the next one.
    pub open_points: Vec<OpenPoint>,
}

/// Writes the briefings that are not stored yet, with an entry of the audit trail in the name of `by`, and returns their number. A
/// stored one is left as it is.
///
/// # Errors
/// The error of the database.
pub async fn write(db: &mut PgConnection, by: &str, rows: &[BriefingRows]) -> Result<u64, sqlx::Error> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.briefing.meta.id).collect();
    let known: HashSet<Uuid> = stored(db, &ids).await?.into_iter().collect();
    let mut written = Vec::new();
    for row in rows.iter().filter(|row| !known.contains(&row.briefing.meta.id)) {
        record::insert(db, std::slice::from_ref(&row.briefing)).await?;
        child::add(db, &row.conclusions).await?;
        child::add(db, &row.open_points).await?;
        written.push((Briefing::TABLE, row.briefing.meta.id.to_string(), row.briefing.meta.version));
    }
    let count = written.len() as u64;
    add_import(db, "import of briefings", by, written).await?;
    Ok(count)
}
