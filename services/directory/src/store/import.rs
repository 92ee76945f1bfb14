//! Writes reference data, one table after the other.

use service_kit::store::audit::add_import;
use service_kit::store::reference::{add, replace, write as write_rows};
use sqlx::{Error, PgConnection};

use crate::model::{Appointment, Area, Bottleneck, Official, Organization, Position, Programme, Succession, TaskGroup};

/// All the rows of one load. Each row names its source.
#[derive(Debug, Clone, Default)]
pub struct DirectoryRows {
    pub areas: Vec<Area>,
    pub successions: Vec<Succession>,
    pub organizations: Vec<Organization>,
    pub positions: Vec<Position>,
    pub officials: Vec<Official>,
    /// The end of a term is a second version of the appointment.
    pub appointments: Vec<Appointment>,
    pub programmes: Vec<Programme>,
    pub task_groups: Vec<TaskGroup>,
    pub bottlenecks: Vec<Bottleneck>,
}

/// Stores the rows with an entry of the audit trail in the name of `by`; the number of rows that are new or changed. Runs in the caller's
/// transaction.
pub async fn write(db: &mut PgConnection, by: &str, rows: &DirectoryRows) -> Result<u64, Error> {
    let mut written = write_rows(db, &rows.areas).await?;
    written.extend(write_rows(db, &rows.successions).await?);
    written.extend(write_rows(db, &rows.programmes).await?);
    written.extend(write_rows(db, &rows.task_groups).await?);
    written.extend(write_rows(db, &rows.bottlenecks).await?);
    written.extend(write_rows(db, &rows.organizations).await?);
    written.extend(write_rows(db, &rows.positions).await?);
    written.extend(write_rows(db, &rows.officials).await?);
    // Terms end before the next ones begin: one position has one holder at a time. A term that overlaps one that
    // somebody else has entered is skipped: the entered one is kept.
    written.extend(replace(db, &rows.appointments).await?);
    written.extend(add(db, &rows.appointments).await?);
    let count = written.len() as u64;
    add_import(db, "import of reference data", by, written).await?;
    Ok(count)
}
