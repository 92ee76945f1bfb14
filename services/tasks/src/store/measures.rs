//! Measures over groups of tasks, from the base rows, by one statement for any number of windows.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, NaiveDate, Utc};
use service_kit::stats::GroupKey;
use service_kit::{BatchSource, Problem};
use sqlx::{FromRow, PgPool, Postgres, QueryBuilder, Row};

use super::filter::{CLARITY_POINTS, DaySql, Filter};
use super::list::ParentKind;
use crate::stats::TaskCounts;

/// What tasks are grouped by.
#[derive(async_graphql::Enum, Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TaskDimension {
    /// The axis of the lead organization.
    Axis,
    /// The level of the lead organization.
    Level,
    /// The lead organization.
    Organization,
    /// Who holds the accountable position on the date.
    Official,
    /// Each programme that a task belongs to: a task may stand in several rows.
    Programme,
    /// The task group.
    Group,
    /// Each bottleneck: a task may stand in several rows.
    Bottleneck,
    /// Each area: a task may stand in several rows.
    Area,
    /// Task, scheme or directive.
    Kind,
    /// The priority.
    Priority,
    /// The state.
    Status,
}

impl TaskDimension {
    /// The join that the dimension needs, and its key.
    fn sql(self) -> (&'static str, &'static str) {
        const LEAD: &str = " LEFT JOIN directory.published_organization AS lead_organization ON lead_organization.code = f.lead_organization_code";
        match self {
            Self::Axis => (LEAD, "lead_organization.axis"),
            Self::Level => (LEAD, "lead_organization.level"),
            Self::Organization => ("", "f.lead_organization_code"),
            Self::Official => (
                " LEFT JOIN directory.published_appointment AS held ON held.position_code = f.accountable_position_code \
                 AND held.from_on <= f.as_of AND (held.to_on IS NULL OR f.as_of < held.to_on)",
                "held.official_code",
            ),
            Self::Programme => (
                " LEFT JOIN LATERAL unnest(f.programme_codes) AS programme(code) ON true",
                "programme.code",
            ),
            Self::Group => ("", "f.group_code"),
            Self::Bottleneck => (
                " LEFT JOIN LATERAL unnest(f.bottlenecks) AS bottleneck(code) ON true",
                "bottleneck.code",
            ),
            Self::Area => (
                " LEFT JOIN LATERAL unnest(f.area_codes) AS area(code) ON true",
                "area.code",
            ),
            Self::Kind => ("", "f.kind"),
            Self::Priority => ("", "f.priority"),
            Self::Status => ("", "f.status"),
        }
    }
}

/// The days of a period, half open, and the day as of which they are measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Span {
    /// The first day.
    pub first: NaiveDate,
    /// The day after the last.
    pub end: NaiveDate,
    /// Everything is taken as known at the end of this day.
    pub as_of: NaiveDate,
}

/// What is measured.
#[derive(Debug, Clone)]
pub struct MeasureSpec<'a> {
    /// Which tasks.
    pub filter: &'a Filter,
    /// Grouped by what; nothing gives one group for each span that has a task.
    pub dimensions: &'a [TaskDimension],
    /// Over which spans.
    pub spans: &'a [Span],
    /// The city's time zone.
    pub zone: &'static str,
}

/// The counts of one group in one span.
#[derive(Debug, Clone)]
pub struct Measured {
    /// The place of the span in [`MeasureSpec::spans`].
    pub span: usize,
    /// The group.
    pub key: GroupKey,
    /// What was counted.
    pub counts: TaskCounts,
    /// The latest observation that was counted.
    pub observed_at: Option<DateTime<Utc>>,
}

/// Who counts. A task stands outside the scope when it was finished before the period although it is due within it:
/// then only the measures of the due date count it.
const MEASURES: &str = "
    count(*) FILTER (WHERE f.in_scope) AS total,
    count(*) FILTER (WHERE f.in_scope AND f.is_open) AS open,
    count(*) FILTER (WHERE f.done_on >= f.first_day AND f.done_on < f.end_day) AS completed,
    count(*) FILTER (WHERE f.in_scope AND f.is_overdue) AS overdue,
    count(*) FILTER (WHERE f.in_scope AND f.at_risk_reasons <> '{}') AS at_risk,
    count(*) FILTER (WHERE f.valid AND f.due_here) AS due_this_period,
    count(*) FILTER (WHERE f.in_scope AND f.is_awaiting_approval) AS awaiting_approval,
    count(*) FILTER (WHERE f.valid AND f.due_here AND f.current_due < f.as_of) AS on_time_due,
    count(*) FILTER (WHERE f.valid AND f.due_here AND f.current_due < f.as_of AND f.done_on <= f.current_due) AS on_time_done,
    count(*) FILTER (WHERE f.valid AND f.baseline_here AND f.baseline_due < f.as_of) AS on_time_baseline_due,
    count(*) FILTER (WHERE f.valid AND f.baseline_here AND f.baseline_due < f.as_of AND f.done_on <= f.baseline_due) AS on_time_baseline_done,
    coalesce(sum(f.clarity) FILTER (WHERE f.in_scope), 0)::bigint AS clarity_points,
    count(*) FILTER (WHERE f.in_scope AND f.clarity = 6) AS clarity_complete,
    count(*) FILTER (WHERE f.in_scope AND f.lead_organization_code IS NOT NULL) AS led,
    count(*) FILTER (WHERE f.in_scope AND f.lead_organization_code IS NOT NULL AND f.lead_changes = 0) AS led_unchanged,
    coalesce(sum(f.extension_count) FILTER (WHERE f.in_scope), 0)::bigint AS extensions,
    coalesce(sum(f.lead_changes) FILTER (WHERE f.in_scope), 0)::bigint AS transfers,
    count(f.late_by) AS late,
    coalesce(sum(f.late_by), 0)::bigint AS late_days,
    count(*) FILTER (WHERE f.in_scope AND f.days_overdue <= 7) AS backlog_up_to7,
    count(*) FILTER (WHERE f.in_scope AND f.days_overdue BETWEEN 8 AND 30) AS backlog_from8_to30,
    count(*) FILTER (WHERE f.in_scope AND f.days_overdue BETWEEN 31 AND 90) AS backlog_from31_to90,
    count(*) FILTER (WHERE f.in_scope AND f.days_overdue > 90) AS backlog_over90,
    count(*) FILTER (WHERE f.in_scope AND 'BLOCKED' = ANY(f.at_risk_reasons)) AS risk_blocked,
    count(*) FILTER (WHERE f.in_scope AND 'PREDECESSOR_OVERDUE' = ANY(f.at_risk_reasons)) AS risk_predecessor_overdue,
    count(*) FILTER (WHERE f.in_scope AND 'BEHIND_SCHEDULE' = ANY(f.at_risk_reasons)) AS risk_behind_schedule,
    count(*) FILTER (WHERE f.in_scope AND 'NO_UPDATE' = ANY(f.at_risk_reasons)) AS risk_no_update,
    count(*) FILTER (WHERE f.in_scope AND 'SELF_DECLARED_HIGH' = ANY(f.at_risk_reasons)) AS risk_self_declared_high,
    max(f.observed_at) AS observed_at";

/// The facts that the measures read, each computed once for each task and span.
fn push_facts(sql: &mut QueryBuilder<Postgres>, spec: &MeasureSpec<'_>) {
    sql.push("WITH f AS MATERIALIZED (SELECT s.span, s.first_day, s.end_day, s.as_of, f.kind, f.status, f.priority, f.group_code, \
              f.lead_organization_code, f.accountable_position_code, f.programme_codes, f.bottlenecks, f.area_codes, \
              f.current_due, f.baseline_due, f.is_open, f.is_overdue, f.days_overdue, f.is_awaiting_approval, f.done_on, \
              f.lead_changes, f.extension_count, f.at_risk_reasons, f.observed_at, ");
    sql.push(CLARITY_POINTS);
    sql.push(
        " AS clarity, f.ended_on IS NULL OR f.ended_on >= s.first_day AS in_scope, \
              f.status NOT IN ('CANCELLED', 'SUPERSEDED') AS valid, \
              coalesce(f.current_due >= s.first_day AND f.current_due < s.end_day, false) AS due_here, \
              coalesce(f.baseline_due >= s.first_day AND f.baseline_due < s.end_day, false) AS baseline_here, \
              CASE WHEN f.is_overdue THEN f.days_overdue \
                   WHEN f.done_on >= s.first_day AND f.done_on < s.end_day AND f.done_on > f.current_due \
                   THEN f.done_on - f.current_due END AS late_by FROM ",
    );
    let day = match spec.spans {
        // One span becomes constants, with which the planner folds what depends on the day alone.
        [span] => {
            sql.push("(SELECT 0 AS span, ")
                .push_bind(span.first)
                .push("::date AS first_day, ");
            sql.push_bind(span.end).push("::date AS end_day, ");
            sql.push_bind(span.as_of).push("::date AS as_of) AS s");
            DaySql::Day(span.as_of)
        }
        spans => {
            let ordinals: Vec<i32> = (0..).take(spans.len()).collect();
            sql.push("unnest(").push_bind(ordinals).push("::int[], ");
            sql.push_bind(spans.iter().map(|span| span.first).collect::<Vec<_>>())
                .push("::date[], ");
            sql.push_bind(spans.iter().map(|span| span.end).collect::<Vec<_>>())
                .push("::date[], ");
            sql.push_bind(spans.iter().map(|span| span.as_of).collect::<Vec<_>>());
            sql.push("::date[]) AS s(span, first_day, end_day, as_of)");
            DaySql::Column("s.as_of")
        }
    };
    sql.push(" CROSS JOIN LATERAL tasks.task_facts(s.as_of, ")
        .push_bind(spec.zone);
    sql.push(
        ") AS f WHERE f.is_issued AND f.start_on < s.end_day AND (f.ended_on IS NULL OR f.ended_on >= s.first_day \
              OR f.current_due >= s.first_day AND f.current_due < s.end_day \
              OR f.baseline_due >= s.first_day AND f.baseline_due < s.end_day)",
    );
    spec.filter.push(sql, day);
    sql.push(")");
}

/// Measures the groups of each span.
pub async fn measure(pool: &PgPool, spec: &MeasureSpec<'_>) -> Result<Vec<Measured>, Problem> {
    if spec.spans.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = QueryBuilder::new("");
    push_facts(&mut sql, spec);
    sql.push(" SELECT f.span, ARRAY[");
    for (index, dimension) in spec.dimensions.iter().enumerate() {
        sql.push(if index == 0 { "" } else { ", " })
            .push(dimension.sql().1)
            .push("::text");
    }
    sql.push("]::text[] AS key,").push(MEASURES).push(" FROM f");
    // Two dimensions may need the same join; it is made once.
    let joins: BTreeSet<&str> = spec.dimensions.iter().map(|dimension| dimension.sql().0).collect();
    for join in joins {
        sql.push(join);
    }
    sql.push(" GROUP BY 1, 2");
    let rows = sql.build().fetch_all(pool).await?;
    rows.iter()
        .map(|row| {
            let span: i32 = row.try_get("span")?;
            Ok(Measured {
                span: usize::try_from(span).unwrap_or_default(),
                key: row.try_get("key")?,
                counts: TaskCounts::from_row(row)?,
                observed_at: row.try_get("observed_at")?,
            })
        })
        .collect()
}

/// Loads the measures of many entities.
#[derive(Debug)]
pub struct MeasureSource {
    /// The database.
    pub pool: PgPool,
    /// The city's time zone.
    pub zone: &'static str,
}

impl BatchSource for MeasureSource {
    type Key = (ParentKind, String, Span);
    type Value = TaskCounts;

    /// One statement for each kind of entity and span, however many entities.
    async fn load(&self, keys: Vec<Self::Key>) -> Result<HashMap<Self::Key, TaskCounts>, Problem> {
        let mut by_span: HashMap<(ParentKind, Span), Vec<String>> = HashMap::new();
        for (kind, code, span) in keys {
            by_span.entry((kind, span)).or_default().push(code);
        }
        let mut found = HashMap::new();
        for ((kind, span), codes) in by_span {
            let mut filter = Filter::default();
            let dimension = match kind {
                ParentKind::Organization => {
                    filter.organizations = Some(codes);
                    TaskDimension::Organization
                }
                ParentKind::Area => {
                    filter.areas = Some(codes);
                    TaskDimension::Area
                }
                ParentKind::Programme => {
                    filter.programmes = Some(codes);
                    TaskDimension::Programme
                }
                ParentKind::Official => {
                    filter.officials = Some(codes);
                    TaskDimension::Official
                }
            };
            let spec = MeasureSpec {
                filter: &filter,
                dimensions: &[dimension],
                spans: &[span],
                zone: self.zone,
            };
            for group in measure(&self.pool, &spec).await? {
                if let [Some(code)] = group.key.as_slice() {
                    found.insert((kind, code.clone(), span), group.counts);
                }
            }
        }
        Ok(found)
    }
}
