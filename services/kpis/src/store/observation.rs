//! Observations as they are stored now, and the values that were published of a period.

use service_kit::access::Kind;
use service_kit::store::child::Child;
use service_kit::store::list::Listed;
use service_kit::{Problem, Reader};
use sqlx::query_as;
use uuid::Uuid;

use crate::model::{KPIS, Observation, Vintage};

impl Listed for Observation {
    const KIND: &'static Kind = &KPIS;
    const SOURCES: &'static [&'static str] = &["kpis.observation AS f WHERE f.deleted_at IS NULL"];
    const PRESENT: Option<&'static str> = Some("kpis.observation");
}

/// Of all revisions of the period, the earliest first.
impl Child for Vintage {
    const TABLE: &'static str = "(SELECT *, nullif(to_day, 'infinity') AS until FROM kpis.observed_fact)";
    const TIE: &'static str =
        "(c.series_id, c.period) = (SELECT o.series_id, o.period FROM kpis.observation AS o WHERE o.id = parent.id)";
    const ORDER: &'static str = "c.from_day";
}

/// Reads the observation with an id.
///
/// # Errors
/// The problem of the statement.
pub async fn by_id(reader: &Reader, id: Uuid) -> Result<Option<Observation>, Problem> {
    Ok(query_as("SELECT * FROM kpis.observation WHERE id = $1 AND deleted_at IS NULL")
        .bind(id)
        .fetch_optional(reader)
        .await?)
}
