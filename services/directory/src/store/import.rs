//! Writes reference data, one statement for each table. Rows travel as one JSON value that the table's own row type
//! reads, so a column is named once and a table is not spelled a second time as a list of arrays.

use sqlx::types::Json;
use sqlx::{Error, PgConnection};

use crate::import::{AppointmentRow, DirectoryRows};

/// Stores the rows; the number of rows that are new or changed. Runs in the caller's transaction.
pub async fn write(db: &mut PgConnection, rows: &DirectoryRows) -> Result<u64, Error> {
    Ok(territory(db, rows).await?
        + programmes(db, rows).await?
        + organizations(db, rows).await?
        + appointments(db, &rows.appointments).await?)
}

async fn territory(db: &mut PgConnection, rows: &DirectoryRows) -> Result<u64, Error> {
    let areas = sqlx::query!(
        "INSERT INTO directory.area (code, name, short_name, kind, parent_code, lat, lon, area_km2, valid_from, source, version, observed_at)
         SELECT code, name, short_name, kind, parent_code, lat, lon, area_km2, valid_from, source, version, observed_at
         FROM jsonb_populate_recordset(NULL::directory.area, $1)
         ON CONFLICT (code) DO UPDATE SET name = excluded.name, short_name = excluded.short_name, kind = excluded.kind,
             parent_code = excluded.parent_code, lat = excluded.lat, lon = excluded.lon, area_km2 = excluded.area_km2,
             valid_from = excluded.valid_from, version = excluded.version, observed_at = excluded.observed_at, recorded_at = now()
         WHERE area.source = excluded.source AND area.version < excluded.version",
        Json(&rows.areas) as _
    )
    .execute(&mut *db)
    .await?;
    let successions = sqlx::query!(
        "INSERT INTO directory.area_succession (from_code, from_name, to_code, share, effective_on, source)
         SELECT from_code, from_name, to_code, share, effective_on, source
         FROM jsonb_populate_recordset(NULL::directory.area_succession, $1)
         ON CONFLICT (from_code, to_code, effective_on) DO UPDATE SET from_name = excluded.from_name, share = excluded.share
         WHERE area_succession.source = excluded.source
           AND (area_succession.from_name, area_succession.share) IS DISTINCT FROM (excluded.from_name, excluded.share)",
        Json(&rows.successions) as _
    )
    .execute(&mut *db)
    .await?;
    Ok(areas.rows_affected() + successions.rows_affected())
}

async fn programmes(db: &mut PgConnection, rows: &DirectoryRows) -> Result<u64, Error> {
    let programmes = sqlx::query!(
        "INSERT INTO directory.programme (code, doc_no, title, kind, issued_on, parent_code, supersedes_code, source, version, observed_at)
         SELECT code, doc_no, title, kind, issued_on, parent_code, supersedes_code, source, version, observed_at
         FROM jsonb_populate_recordset(NULL::directory.programme, $1)
         ON CONFLICT (code) DO UPDATE SET doc_no = excluded.doc_no, title = excluded.title, kind = excluded.kind,
             issued_on = excluded.issued_on, parent_code = excluded.parent_code, supersedes_code = excluded.supersedes_code,
             version = excluded.version, observed_at = excluded.observed_at, recorded_at = now()
         WHERE programme.source = excluded.source AND programme.version < excluded.version",
        Json(&rows.programmes) as _
    )
    .execute(&mut *db)
    .await?;
    let groups = sqlx::query!(
        "INSERT INTO directory.task_group (code, ordinal, title, programme_code, source)
         SELECT code, ordinal, title, programme_code, source FROM jsonb_populate_recordset(NULL::directory.task_group, $1)
         ON CONFLICT (code) DO UPDATE SET ordinal = excluded.ordinal, title = excluded.title, programme_code = excluded.programme_code
         WHERE task_group.source = excluded.source AND (task_group.ordinal, task_group.title, task_group.programme_code)
             IS DISTINCT FROM (excluded.ordinal, excluded.title, excluded.programme_code)",
        Json(&rows.task_groups) as _
    )
    .execute(&mut *db)
    .await?;
    let bottlenecks = sqlx::query!(
        "INSERT INTO directory.bottleneck (code, title, source)
         SELECT code, title, source FROM jsonb_populate_recordset(NULL::directory.bottleneck, $1)
         ON CONFLICT (code) DO UPDATE SET title = excluded.title
         WHERE bottleneck.source = excluded.source AND bottleneck.title IS DISTINCT FROM excluded.title",
        Json(&rows.bottlenecks) as _
    )
    .execute(&mut *db)
    .await?;
    Ok(programmes.rows_affected() + groups.rows_affected() + bottlenecks.rows_affected())
}

async fn organizations(db: &mut PgConnection, rows: &DirectoryRows) -> Result<u64, Error> {
    let organizations = sqlx::query!(
        "INSERT INTO directory.organization (code, name, axis, level, parent_code, area_code, source, version, observed_at)
         SELECT code, name, axis, level, parent_code, area_code, source, version, observed_at
         FROM jsonb_populate_recordset(NULL::directory.organization, $1)
         ON CONFLICT (code) DO UPDATE SET name = excluded.name, axis = excluded.axis, level = excluded.level,
             parent_code = excluded.parent_code, area_code = excluded.area_code, version = excluded.version,
             observed_at = excluded.observed_at, recorded_at = now()
         WHERE organization.source = excluded.source AND organization.version < excluded.version",
        Json(&rows.organizations) as _
    )
    .execute(&mut *db)
    .await?;
    let positions = sqlx::query!(
        "INSERT INTO directory.position (code, title, organization_code, source, version, observed_at)
         SELECT code, title, organization_code, source, version, observed_at
         FROM jsonb_populate_recordset(NULL::directory.position, $1)
         ON CONFLICT (code) DO UPDATE SET title = excluded.title, organization_code = excluded.organization_code,
             version = excluded.version, observed_at = excluded.observed_at, recorded_at = now()
         WHERE position.source = excluded.source AND position.version < excluded.version",
        Json(&rows.positions) as _
    )
    .execute(&mut *db)
    .await?;
    let officials = sqlx::query!(
        "INSERT INTO directory.official (code, display_name, source, version, observed_at)
         SELECT code, display_name, source, version, observed_at FROM jsonb_populate_recordset(NULL::directory.official, $1)
         ON CONFLICT (code) DO UPDATE SET display_name = excluded.display_name, version = excluded.version,
             observed_at = excluded.observed_at, recorded_at = now()
         WHERE official.source = excluded.source AND official.version < excluded.version",
        Json(&rows.officials) as _
    )
    .execute(&mut *db)
    .await?;
    Ok(organizations.rows_affected() + positions.rows_affected() + officials.rows_affected())
}

/// Terms end before the next ones begin: one position has one holder at a time, and that is checked row by row. A term
/// that would overlap one which somebody else has entered is left out: what was entered stands.
async fn appointments(db: &mut PgConnection, rows: &[AppointmentRow]) -> Result<u64, Error> {
    let ended = sqlx::query!(
        "UPDATE directory.appointment AS a SET to_on = n.to_on, version = n.version, observed_at = n.observed_at, recorded_at = now()
         FROM jsonb_populate_recordset(NULL::directory.appointment, $1) AS n
         WHERE a.id = n.id AND a.source = n.source AND a.version < n.version",
        Json(rows) as _
    )
    .execute(&mut *db)
    .await?;
    let begun = sqlx::query!(
        "INSERT INTO directory.appointment (id, official_code, position_code, from_on, to_on, source, version, observed_at)
         SELECT id, official_code, position_code, from_on, to_on, source, version, observed_at
         FROM jsonb_populate_recordset(NULL::directory.appointment, $1)
         ORDER BY from_on
         ON CONFLICT DO NOTHING",
        Json(rows) as _
    )
    .execute(&mut *db)
    .await?;
    Ok(ended.rows_affected() + begun.rows_affected())
}
