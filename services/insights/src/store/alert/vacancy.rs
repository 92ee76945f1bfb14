//! Positions that are accountable and have no holder.

use chrono::NaiveDate;
use service_kit::{Problem, Reader};

use super::Moment;
use crate::alert::{Alert, Rule};

/// Positions without a holder on the day that are accountable for something the caller sees.
const VACANT: &str = "SELECT p.code, p.organization_code AS organization, o.area_code AS area \
    FROM (SELECT position FROM tasks.published_responsibility WHERE from_day <= $1 AND $1 < to_day AND (SELECT tasks.published_facts_are_current()) \
          UNION SELECT position FROM projects.published_responsibility WHERE from_day <= $1 AND $1 < to_day \
          UNION SELECT position FROM kpis.published_responsibility WHERE from_day <= $1 AND $1 < to_day AND (SELECT kpis.published_facts_are_current())) AS r \
    JOIN directory.published_position AS p ON p.code = r.position \
    LEFT JOIN directory.published_organization AS o ON o.code = p.organization_code \
    WHERE NOT EXISTS (SELECT FROM directory.published_appointment AS a WHERE a.position_code = p.code AND directory.published_runs(a.from_on, a.to_on, $1))";

/// Since when: the end of the last appointment; of a position that nobody ever held the first day on which it was accountable. It is
/// the same for every caller, so that the id is too.
const SINCE: &str = "SELECT p.code, a.ended_on, coalesce(a.ended_on, r.begun_on) AS since FROM unnest($2::text[]) AS p(code) \
    LEFT JOIN LATERAL (SELECT max(a.to_on) AS ended_on FROM directory.published_appointment AS a WHERE a.position_code = p.code AND a.to_on <= $1) AS a ON true \
    LEFT JOIN (SELECT position, min(from_day) AS begun_on FROM ( \
        SELECT position, from_day FROM tasks.published_responsibility WHERE position = ANY($2) \
        UNION ALL SELECT position, from_day FROM projects.published_responsibility WHERE position = ANY($2) \
        UNION ALL SELECT position, from_day FROM kpis.published_responsibility WHERE position = ANY($2)) AS days GROUP BY position) AS r ON r.position = p.code";

/// Reads the open alerts.
///
/// # Errors
/// The problem of a statement.
pub(super) async fn vacant(reader: &Reader, rules: &[&'static Rule], moment: Moment) -> Result<Vec<Alert>, Problem> {
    let rows: Vec<(String, String, Option<String>)> = sqlx::query_as(VACANT).bind(moment.day).fetch_all(reader).await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let codes: Vec<&str> = rows.iter().map(|(code, ..)| code.as_str()).collect();
    let days: Vec<(String, Option<NaiveDate>, Option<NaiveDate>)> =
        sqlx::query_as(SINCE).bind(moment.day).bind(codes).fetch_all(&reader.whole()).await?;
    let alerts = rows.iter().flat_map(|(code, organization, area)| {
        let found = days.iter().find(|(position, ..)| position == code);
        let (ended, since) = found.map_or((None, None), |(_, ended, since)| (*ended, *since));
        rules.iter().filter_map(move |rule| {
            Some(Alert {
                reasons: vec![if ended.is_some() { "APPOINTMENT_ENDED" } else { "NEVER_HELD" }.to_owned()],
                organization: Some(organization.clone()),
                position: Some(code.clone()),
                areas: area.iter().cloned().collect(),
                ..Alert::of(rule, code.clone(), since?)
            })
        })
    });
    Ok(alerts.collect())
}
