//! Observations as they are stored now, and the values that were published of a period.

use service_kit::access::Kind;
use service_kit::store::child::Child;
use service_kit::store::list::Listed;
use service_kit::{Problem, Reader};
use sqlx::query_as;
use uuid::Uuid;

use crate::model::{KPIS, Observation, Vintage};

/// Observations with the value that is shown of each. No value is shown of a confidential one.
macro_rules! shown {
    () => {
        "(SELECT o.*, CASE WHEN NOT o.flags && ARRAY['MISSING', 'SUPPRESSED'] \
         THEN trim_scale(kpis.value_of(i.nature, i.scale, o.value, o.numerator, o.denominator)) END AS shown \
         FROM kpis.observation AS o LEFT JOIN kpis.indicator AS i ON i.code = o.indicator_code) AS f WHERE f.deleted_at IS NULL"
    };
}

impl Listed for Observation {
    const KIND: &'static Kind = &KPIS;
    const SOURCES: &'static [&'static str] = &[shown!()];
    const COUNTED: &'static [&'static str] = &["kpis.observation AS f WHERE f.deleted_at IS NULL"];
    const PRESENT: Option<&'static str> = Some("kpis.observation");
}

/// Of all revisions of the period, the earliest first.
impl Child for Vintage {
    // A comparison with the row of a subquery would read every fact.
    const TABLE: &'static str = "(SELECT f.*, nullif(f.to_day, 'infinity') AS until, o.id AS of_id \
         FROM kpis.observation AS o JOIN kpis.observed_fact AS f ON f.series_id = o.series_id AND f.period = o.period \
         WHERE f.vintage IS NOT NULL)";
    const TIE: &'static str = "c.of_id = parent.id";
    const ORDER: &'static str = "c.vintage";
}

/// Reads the observation with an id.
///
/// # Errors
/// The problem of the statement.
pub async fn by_id(reader: &Reader, id: Uuid) -> Result<Option<Observation>, Problem> {
    Ok(query_as(concat!("SELECT * FROM ", shown!(), " AND f.id = $1")).bind(id).fetch_optional(reader).await?)
}
