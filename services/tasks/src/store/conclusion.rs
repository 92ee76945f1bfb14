//! Conclusions of briefings, from which tasks come.

use chrono::NaiveDate;
use service_kit::Problem;
use sqlx::{FromRow, PgConnection};

/// What a conclusion says of the work.
#[derive(FromRow, Debug, Default)]
pub struct Decided {
    /// Code of the organization that leads it.
    pub lead: Option<String>,
    /// Last day of the work.
    pub due_on: Option<NaiveDate>,
}

/// What the conclusion with an id says.
///
/// # Errors
/// The problem of the statement.
pub async fn by_id(db: &mut PgConnection, id: &str) -> Result<Option<Decided>, Problem> {
    let sql = "SELECT lead_organization_code AS lead, due_on FROM insights.published_conclusion WHERE code = $1";
    Ok(sqlx::query_as(sql).bind(id).fetch_optional(db).await?)
}
