//! Sources that are silent.

use chrono::{DateTime, Utc};
use service_kit::{Problem, Reader};

use super::Moment;
use crate::alert::{Alert, Rule};

/// What is known of sources is for nobody to read as a table, so it is read whole; of it the caller sees its own.
const SILENT: &str = "SELECT s.code, s.organization, s.silent_at, platform.day_of(s.silent_at) AS since, o.area_code AS area \
    FROM platform.published_silent_sources($1) AS s LEFT JOIN directory.published_organization AS o ON o.code = s.organization \
    WHERE s.silent_at IS NOT NULL";

const SEEN: &str = "SELECT s.code FROM unnest($1::text[], $2::text[]) AS s(code, organization) WHERE insights.sees(s.organization, NULL)";

/// Reads the open alerts.
///
/// # Errors
/// The problem of a statement.
pub(super) async fn silent(reader: &Reader, rules: &[&'static Rule], moment: Moment) -> Result<Vec<Alert>, Problem> {
    type Row = (String, Option<String>, DateTime<Utc>, chrono::NaiveDate, Option<String>);
    let rows: Vec<Row> = sqlx::query_as(SILENT).bind(moment.at).fetch_all(&reader.whole()).await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let (codes, owners): (Vec<&str>, Vec<Option<&str>>) =
        rows.iter().map(|(code, owner, ..)| (code.as_str(), owner.as_deref())).unzip();
    let seen: Vec<String> = sqlx::query_scalar(SEEN).bind(codes).bind(owners).fetch_all(reader).await?;
    let alerts = rows.into_iter().filter(|(code, ..)| seen.contains(code)).flat_map(|row| {
        let (code, organization, silent_at, since, area) = row;
        rules.iter().map(move |rule| Alert {
            since_at: Some(silent_at),
            reasons: vec!["CADENCE_MISSED".to_owned()],
            organization: organization.clone(),
            areas: area.iter().cloned().collect(),
            ..Alert::of(rule, code.clone(), since)
        })
    });
    Ok(alerts.collect())
}
