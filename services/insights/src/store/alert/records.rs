//! Alerts on records, from the views that say on which days a condition held.

use chrono::{DateTime, NaiveDate, Utc};
use service_kit::store::template::push_template;
use service_kit::{Problem, Reader};
use sqlx::{FromRow, Postgres, QueryBuilder};
use uuid::Uuid;

use super::{Asked, Moment};
use crate::alert::{Alert, Dataset, Rule};

/// How the rows of the conditions of a dataset are completed, over a row `h` on `{day}`.
struct Source {
    /// Function that refuses facts of rules that are no longer in force.
    current: &'static str,
    /// Join of who answers for the record on the day.
    join: &'static str,
    organization: &'static str,
    position: &'static str,
    is_urgent: &'static str,
    /// Codes of the areas and of the programmes, as arrays.
    areas: &'static str,
    programmes: &'static str,
    /// Condition that the record has one of the codes.
    coded: &'static str,
}

/// Codes of a dimension of a record on the day, from a view of runs of codes.
macro_rules! codes {
    ($view:literal, $record:literal, $dimension:literal) => {
        concat!(
            "ARRAY(SELECT c.code FROM ",
            $view,
            " AS c WHERE c.record = ",
            $record,
            " AND c.dimension = '",
            $dimension,
            "' AND c.from_day <= {day} AND {day} < c.to_day ORDER BY c.code COLLATE \"C\")"
        )
    };
}

const OWN_AREA: &str = "array_remove(ARRAY[h.area], NULL)";

const TASKS: Source = Source {
    current: "tasks.published_facts_are_current()",
    join: "",
    organization: "h.organization",
    position: "h.position",
    is_urgent: "h.is_urgent",
    areas: codes!("tasks.published_code", "h.record", "AREA"),
    programmes: codes!("tasks.published_code", "h.record", "PROGRAMME"),
    coded: "h.record IN (SELECT t.id FROM tasks.published_task AS t WHERE t.code = ANY({codes}))",
};

const PROJECTS: Source = Source {
    current: "true",
    areas: codes!("projects.published_code", "h.record", "AREA"),
    programmes: codes!("projects.published_code", "h.record", "PROGRAMME"),
    coded: "h.project = ANY({codes})",
    ..TASKS
};

const CLEARANCE: Source = Source {
    current: "projects.published_facts_are_current()",
    join: "LEFT JOIN projects.published_owner AS o ON o.project = h.project AND o.from_day <= {day} AND {day} < o.to_day",
    organization: "o.organization",
    position: "o.position",
    is_urgent: "coalesce(o.is_key, false)",
    areas: OWN_AREA,
    programmes: codes!("projects.published_code", "o.record", "PROGRAMME"),
    coded: "h.project = ANY({codes})",
};

const KPIS: Source = Source {
    current: "kpis.published_facts_are_current()",
    areas: OWN_AREA,
    programmes: "(SELECT i.programme_codes FROM kpis.published_indicator AS i WHERE i.code = h.indicator)",
    coded: "h.indicator = ANY({codes})",
    ..TASKS
};

const FEEDBACK: Source = Source {
    current: "feedback.published_facts_are_current()",
    areas: OWN_AREA,
    programmes: codes!("feedback.published_code", "h.record", "PROGRAMME"),
    coded: "h.record IN (SELECT f.id FROM feedback.published_case AS f WHERE f.code = ANY({codes}))",
    ..TASKS
};

/// The alerts of one rule. The first day is that of the run of days that includes the day; runs that touch are one. Two partitions
/// hold the facts: those that end before today are found by their end, so a question about today reads the present ones.
const OPEN: &str = "SELECT '{rule}' AS rule, h.record::text || CASE h.part WHEN '' THEN '' ELSE ':' || h.part END AS record, run.since, \
        CASE WHEN platform.day_of(h.after_at) = run.since THEN h.after_at END AS since_at, {is_urgent} AS is_urgent, \
        ARRAY(SELECT r.code FROM unnest(h.reasons, h.reason_days) WITH ORDINALITY AS r(code, day, place) WHERE r.day <= {day} ORDER BY r.place) AS reasons, \
        {organization} AS organization, {position} AS position, a.official_code AS official, {areas} AS areas, h.project, h.indicator \
    FROM (SELECT DISTINCT ON (c.record, c.part) c.* FROM {condition} AS c \
          WHERE c.from_day <= {day} AND {day} < c.to_day AND c.fact_from <= {day} AND {day} < c.fact_to AND (c.after_at IS NULL OR c.after_at < {at}) {only} \
          ORDER BY c.record, c.part, c.from_day) AS h {join} \
    LEFT JOIN directory.published_appointment AS a ON a.position_code = {position} AND directory.published_runs(a.from_on, a.to_on, {day}) \
    CROSS JOIN LATERAL (SELECT lower(days) AS since FROM unnest((SELECT range_agg(daterange(c.from_day, c.to_day)) FROM {condition} AS c \
        WHERE c.record = h.record AND c.part = h.part AND c.from_day <= {day})) AS days WHERE days @> {day}) AS run \
    WHERE (SELECT {current})";

#[derive(FromRow)]
struct Row {
    rule: String,
    record: String,
    since: NaiveDate,
    since_at: Option<DateTime<Utc>>,
    is_urgent: bool,
    reasons: Vec<String>,
    organization: Option<String>,
    position: Option<String>,
    official: Option<String>,
    areas: Vec<String>,
    project: Option<String>,
    indicator: Option<String>,
}

/// What fills the templates of a statement.
#[derive(Clone, Copy)]
struct Fill<'a> {
    source: &'a Source,
    rule: &'a Rule,
    moment: Moment,
    asked: &'a Asked,
}

impl Fill<'_> {
    fn push(self, sql: &mut QueryBuilder<Postgres>, template: &'static str) {
        push_template(sql, template, |sql, name| self.fill(sql, name));
    }

    fn fill(self, sql: &mut QueryBuilder<Postgres>, name: &str) {
        match name {
            "day" => _ = sql.push_bind(self.moment.day).push("::date"),
            "at" => _ = sql.push_bind(self.moment.at),
            "rule" => _ = sql.push(self.rule.code),
            "condition" => _ = sql.push(self.rule.condition.unwrap_or_default()),
            "codes" => _ = sql.push_bind(self.asked.selection.codes.clone()).push("::text[]"),
            "join" => self.push(sql, self.source.join),
            "organization" => self.push(sql, self.source.organization),
            "position" => self.push(sql, self.source.position),
            "is_urgent" => self.push(sql, self.source.is_urgent),
            "current" => self.push(sql, self.source.current),
            "areas" if self.asked.with_areas => self.push(sql, self.source.areas),
            "areas" => _ = sql.push("'{}'::text[]"),
            "only" => self.push_only(sql),
            _ => debug_assert!(false, "{name} is no part of the statement"),
        }
    }

    /// The condition on the only record that is asked for.
    fn push_only(self, sql: &mut QueryBuilder<Postgres>) {
        let Some(record) = &self.asked.record else { return };
        let (id, part) = record.split_once(':').unwrap_or((record, ""));
        sql.push("AND c.record = ").push_bind(id.parse::<Uuid>().ok()).push("::uuid AND c.part = ");
        sql.push_bind(part.to_owned()).push("::text");
    }

    /// The alerts of the rule that are asked for.
    fn push_open(self, sql: &mut QueryBuilder<Postgres>) {
        self.push(sql, OPEN);
        let (source, selection) = (self.source, &self.asked.selection);
        for (column, codes) in
            [(source.organization, &selection.organizations), ("a.official_code", &selection.officials)]
        {
            if let Some(codes) = codes {
                sql.push(" AND ").push(column).push(" = ANY(").push_bind(codes.clone()).push("::text[])");
            }
        }
        for (column, codes) in [(source.areas, &selection.areas), (source.programmes, &selection.programmes)] {
            if let Some(codes) = codes {
                sql.push(" AND ");
                self.push(sql, column);
                sql.push(" && ").push_bind(codes.clone()).push("::text[]");
            }
        }
        if selection.codes.is_some() {
            sql.push(" AND ");
            self.push(sql, source.coded);
        }
    }
}

/// Reads the open alerts of rules of one dataset.
///
/// # Errors
/// The problem of the statement.
pub(super) async fn open(
    reader: &Reader,
    dataset: Dataset,
    rules: &[&'static Rule],
    moment: Moment,
    asked: &Asked,
) -> Result<Vec<Alert>, Problem> {
    let source = match dataset {
        Dataset::Projects => &PROJECTS,
        Dataset::Clearance => &CLEARANCE,
        Dataset::Kpis => &KPIS,
        Dataset::Feedback => &FEEDBACK,
        _ => &TASKS,
    };
    let mut sql = QueryBuilder::default();
    for (index, rule) in rules.iter().enumerate() {
        sql.push(if index == 0 { "" } else { " UNION ALL " });
        Fill { source, rule, moment, asked }.push_open(&mut sql);
    }
    let rows: Vec<Row> = sql.build_query_as().fetch_all(reader).await?;
    let alert = |row: Row| {
        Some(Alert {
            rule: Rule::named(&row.rule)?,
            record: row.record,
            since: row.since,
            since_at: row.since_at,
            is_urgent: row.is_urgent,
            reasons: row.reasons,
            organization: row.organization,
            position: row.position,
            official: row.official,
            areas: row.areas,
            project: row.project,
            indicator: row.indicator,
        })
    };
    Ok(rows.into_iter().filter_map(alert).collect())
}
