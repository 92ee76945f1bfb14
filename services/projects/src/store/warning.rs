//! Early warning, computed when it is read.

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use service_kit::store::condition::DaySql;
use service_kit::store::template::push_source;
use service_kit::{Problem, Reader};
use sqlx::{FromRow, Postgres, QueryBuilder};

use super::parcel::{columns, joins};

use crate::model::{CLEARANCE, Warning, WarningKind};

/// Conditions on warnings.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// Kinds; all when empty.
    pub kinds: Vec<WarningKind>,
    /// Codes of projects, areas and sites; all when `None`.
    pub projects: Option<Vec<String>>,
    pub areas: Option<Vec<String>>,
    pub organizations: Option<Vec<String>>,
}

/// Rights to the parcels of a day that are not withdrawn, as lists and measures read them, with the day of their stage and the
/// forecast of their project.
const PARCELS: &str = concat!(
    "WITH parcel AS (SELECT f.* FROM (SELECT ",
    columns!(of_project, "{day}"),
    ", pr.forecast_end, projects.stage_since({day}, d.closed_on, d.handed_on, d.recovery_on, d.paid_on, d.deposited_on, d.approved_on, \
     d.appraised_on, d.posted_on, d.drafted_on, d.inventoried_on, d.notified_on, d.scoped_on) AS since FROM projects.parcel_fact AS d",
    joins!(of_project, "{day}"),
    "WHERE d.from_day <= {day} AND {day} < d.to_day AND projects.parcel_check_facts()) AS f WHERE f.in_scope AND f.project_code IS NOT NULL) "
);

/// Days that nine of ten parcels took in each stage by the day, of stages that at least ten have passed.
const WAITS: &str = "SELECT stage, percentile_disc(0.9) WITHIN GROUP (ORDER BY ends_on - since) AS days FROM ( \
        SELECT 'NOTIFIED' AS stage, notified_on AS since, least(inventoried_on, drafted_on, posted_on, approved_on, recovery_on, handed_on) AS ends_on \
        FROM parcel WHERE is_first \
        UNION ALL SELECT 'INVENTORIED', inventoried_on, least(drafted_on, posted_on, approved_on, recovery_on, handed_on) FROM parcel WHERE is_first \
        UNION ALL SELECT 'POSTED', posted_on, least(appraised_on, approved_on, recovery_on, handed_on) FROM parcel WHERE is_first \
        UNION ALL SELECT 'APPRAISED', appraised_on, least(approved_on, recovery_on, handed_on) FROM parcel WHERE is_first \
        UNION ALL SELECT 'APPROVED', approved_on, least(paid_on, deposited_on, recovery_on, handed_on) FROM parcel WHERE is_first \
        UNION ALL SELECT 'SETTLED', least(paid_on, deposited_on), least(recovery_on, handed_on) FROM parcel WHERE is_first \
        UNION ALL SELECT 'RECOVERY_DECIDED', recovery_on, handed_on FROM parcel WHERE is_first) AS passed \
    WHERE ends_on BETWEEN since AND {day} GROUP BY stage HAVING count(*) >= 10";

/// Area of each project that is left, and what was handed over in ninety days.
const PACES: &str = "SELECT project_code, sum(to_acquire - cleared) AS remaining, \
        coalesce(sum(handed_area) FILTER (WHERE handed_on > {day} - 90 AND handed_on <= {day}), 0) AS pace, max(observed_at) AS observed_at \
    FROM parcel WHERE is_first AND forecast_end IS NOT NULL GROUP BY project_code";

/// What [`PACES`] says of a project.
#[derive(FromRow)]
struct Clearing {
    project_code: String,
    remaining: Decimal,
    pace: Decimal,
    observed_at: DateTime<Utc>,
}

/// Figures over all parcels, with which those that a caller sees are compared.
#[derive(Default)]
struct Whole {
    waits: Vec<(String, i32)>,
    paces: Vec<Clearing>,
}

impl Whole {
    async fn read(reader: &Reader, kinds: &[WarningKind], day: NaiveDate) -> Result<Self, Problem> {
        let mut whole = Self::default();
        let over = |figures: &'static str| {
            let mut sql = QueryBuilder::default();
            push_source(&mut sql, PARCELS, DaySql::Bound(day));
            push_source(&mut sql, figures, DaySql::Bound(day));
            sql
        };
        if kinds.contains(&WarningKind::WaitingLong) {
            whole.waits = over(WAITS).build_query_as().fetch_all(reader).await?;
        }
        if kinds.contains(&WarningKind::ClearanceAfterForecast) {
            whole.paces = over(PACES).build_query_as().fetch_all(reader).await?;
        }
        Ok(whole)
    }

    fn push(self, sql: &mut QueryBuilder<Postgres>) {
        let (stages, days): (Vec<_>, Vec<_>) = self.waits.into_iter().unzip();
        sql.push(", waits(stage, days) AS (SELECT * FROM unnest(").push_bind(stages).push("::text[], ");
        sql.push_bind(days)
            .push("::int[])), paces(project_code, remaining, pace, observed_at) AS (SELECT * FROM unnest(");
        let paces = &self.paces;
        sql.push_bind(paces.iter().map(|pace| pace.project_code.clone()).collect::<Vec<_>>()).push("::text[], ");
        sql.push_bind(paces.iter().map(|pace| pace.remaining).collect::<Vec<_>>()).push("::numeric[], ");
        sql.push_bind(paces.iter().map(|pace| pace.pace).collect::<Vec<_>>()).push("::numeric[], ");
        sql.push_bind(paces.iter().map(|pace| pace.observed_at).collect::<Vec<_>>()).push("::timestamptz[])) ");
    }
}

/// The statement of each kind, over `parcel`, `waits` and `paces`.
fn select(kind: WarningKind) -> &'static str {
    match kind {
        WarningKind::NoticeLapsing => {
            "SELECT 'NOTICE_LAPSING' AS kind, p.parcel_id, p.project_code, p.area_code, p.owner, p.notice_until - w.days AS since, \
             p.notice_until - {day} AS days, w.days AS \"limit\", p.observed_at FROM parcel AS p \
             CROSS JOIN (SELECT directory.published_rule('LAND_NOTICE_WARNING', {day})::int AS days) AS w \
             WHERE p.is_first AND p.waits_for_recovery \
             AND p.notice_until BETWEEN {day} AND {day} + w.days"
        }
        WarningKind::NoticeLapsed => {
            "SELECT 'NOTICE_LAPSED', p.parcel_id, p.project_code, p.area_code, p.owner, p.notice_until + 1, {day} - p.notice_until, NULL::int, p.observed_at \
             FROM parcel AS p WHERE p.is_first AND p.waits_for_recovery \
             AND p.notice_until < {day}"
        }
        WarningKind::PaymentLate => {
            "SELECT 'PAYMENT_LATE', p.parcel_id, p.project_code, p.area_code, p.owner, min(p.payment_until) + 1, max({day} - p.payment_until), NULL::int, \
             max(p.observed_at) FROM parcel AS p WHERE p.payment_until < {day} AND NOT p.is_settled \
             GROUP BY p.parcel_id, p.project_code, p.area_code, p.owner"
        }
        WarningKind::WaitingLong => {
            "SELECT 'WAITING_LONG', p.parcel_id, p.project_code, p.area_code, p.owner, p.since, {day} - p.since, w.days, p.observed_at \
             FROM parcel AS p JOIN waits AS w ON w.stage = p.stage \
             WHERE p.is_first AND NOT p.on_hold AND {day} - p.since > w.days"
        }
        WarningKind::ClearanceAfterForecast => {
            "SELECT 'CLEARANCE_AFTER_FORECAST', NULL::uuid, q.project_code, NULL::text, q.owner, {day}, \
             least(ceil(r.remaining * 90 / nullif(r.pace, 0)), 36500)::int - (q.forecast_end - {day}), q.forecast_end - {day}, r.observed_at \
             FROM (SELECT DISTINCT project_code, owner, forecast_end FROM parcel WHERE is_first) AS q JOIN paces AS r ON r.project_code = q.project_code \
             WHERE r.remaining > 0 AND r.remaining * 90 > r.pace * (q.forecast_end - {day})"
        }
        WarningKind::Violation => {
            "SELECT 'VIOLATION', p.parcel_id, p.project_code, p.area_code, p.owner, v.happened_on, {day} - v.happened_on, NULL::int, p.observed_at \
             FROM parcel AS p JOIN projects.violation AS v ON v.parcel_id = p.parcel_id WHERE p.is_first AND v.happened_on <= {day}"
        }
    }
}

/// Reads the warnings of a day, of each kind at most `first`, the most pressing first. What they are measured by is the same for
/// everybody: the waits and the pace of all parcels.
///
/// # Errors
/// The problem of a statement.
pub async fn warnings(reader: &Reader, asked: &Asked, day: NaiveDate, first: i64) -> Result<Vec<Warning>, Problem> {
    let kinds: Vec<WarningKind> = if asked.kinds.is_empty() { WarningKind::ALL.to_vec() } else { asked.kinds.clone() };
    reader.charge(super::parcel::PRESENT, kinds.len())?;
    let whole = if reader.sees_all(&CLEARANCE) { None } else { Some(Whole::read(&reader.whole(), &kinds, day).await?) };
    let reader = reader.rows(&CLEARANCE);
    let mut sql = QueryBuilder::default();
    push_source(&mut sql, PARCELS, DaySql::Bound(day));
    if let Some(whole) = whole {
        whole.push(&mut sql);
    } else {
        sql.push(", waits AS (");
        push_source(&mut sql, WAITS, DaySql::Bound(day));
        sql.push("), paces AS (");
        push_source(&mut sql, PACES, DaySql::Bound(day));
        sql.push(") ");
    }
    // Of a notice that lapses the days are those that are left.
    sql.push("SELECT w.*, ");
    sql.push_bind(day).push(
        "::date AS as_of FROM (SELECT w.*, row_number() OVER (PARTITION BY w.kind ORDER BY CASE WHEN w.kind = 'NOTICE_LAPSING' THEN -w.days ELSE w.days END DESC, \
         w.project_code, w.parcel_id) AS place FROM (",
    );
    for (index, kind) in kinds.into_iter().enumerate() {
        sql.push(if index == 0 { "" } else { " UNION ALL " });
        // The names of the columns are those of the first statement.
        sql.push("SELECT w.* FROM (");
        push_source(&mut sql, select(kind), DaySql::Bound(day));
        sql.push(") AS w(kind, parcel_id, project_code, area_code, owner, since, days, \"limit\", observed_at)");
    }
    sql.push(") AS w WHERE w.days IS NOT NULL");
    for (column, codes) in [("project_code", &asked.projects), ("owner", &asked.organizations)] {
        if let Some(codes) = codes {
            sql.push(format!(" AND w.{column} = ANY(")).push_bind(codes.clone()).push(")");
        }
    }
    // A project is in each area in which it has sites.
    if let Some(codes) = &asked.areas {
        sql.push(" AND (w.area_code = ANY(").push_bind(codes.clone());
        sql.push(") OR w.area_code IS NULL AND w.project_code IN (SELECT t.project_code FROM projects.site AS t WHERE t.deleted_at IS NULL AND t.area_code = ANY(");
        sql.push_bind(codes.clone()).push(")))");
    }
    sql.push(") AS w WHERE w.place <= ").push_bind(first).push(" ORDER BY w.kind, w.place");
    Ok(sql.build_query_as().fetch_all(&reader).await?)
}
