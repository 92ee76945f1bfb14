//! Which tasks: the conditions that lists, counts and measures share, over the alias `f` of `tasks.task_facts`.

use chrono::NaiveDate;
use service_kit::filter::push_words;
use sqlx::{Postgres, QueryBuilder};

/// A checked filter. `None` in any field means that the field was not asked about.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Filter {
    /// Words to be found in code, title, action or deliverable.
    pub search: Option<String>,
    pub sources: Option<Vec<String>>,
    pub codes: Option<Vec<String>>,
    pub statuses: Option<Vec<String>>,
    pub kinds: Option<Vec<String>>,
    pub priorities: Option<Vec<String>>,
    pub axes: Option<Vec<String>>,
    pub levels: Option<Vec<String>>,
    pub organizations: Option<Vec<String>>,
    pub coordinating: Option<Vec<String>>,
    pub officials: Option<Vec<String>>,
    pub positions: Option<Vec<String>>,
    pub programmes: Option<Vec<String>>,
    pub groups: Option<Vec<String>>,
    pub bottlenecks: Option<Vec<String>>,
    pub areas: Option<Vec<String>>,
    /// First and last day on which a task may be due.
    pub due: (Option<NaiveDate>, Option<NaiveDate>),
    pub open: Option<bool>,
    pub overdue: Option<bool>,
    pub at_risk: Option<bool>,
    pub at_risk_reasons: Option<Vec<String>>,
    pub awaiting_approval: Option<bool>,
    pub extended_at_least: Option<i32>,
    pub clarity_at_most: Option<i32>,
}

/// A day as SQL: a literal date, or a column where several days are read at once.
#[derive(Debug, Clone, Copy)]
pub enum DaySql {
    /// A day.
    Day(NaiveDate),
    /// A column of the statement.
    Column(&'static str),
}

impl DaySql {
    /// Pushes the day.
    pub fn push(self, sql: &mut QueryBuilder<Postgres>) {
        match self {
            Self::Day(day) => sql.push_bind(day),
            Self::Column(column) => sql.push(column),
        };
    }
}

impl Filter {
    /// Pushes ` AND …` for each condition. Holders of positions are those of the day.
    pub fn push(&self, sql: &mut QueryBuilder<Postgres>, day: DaySql) {
        if let Some(search) = &self.search {
            push_words(sql, "f.search", search);
        }
        for (column, values) in [
            ("f.source", &self.sources),
            ("f.code", &self.codes),
            ("f.status", &self.statuses),
            ("f.kind", &self.kinds),
            ("f.priority", &self.priorities),
            ("f.lead_organization_code", &self.organizations),
            ("f.accountable_position_code", &self.positions),
            ("f.group_code", &self.groups),
        ] {
            if let Some(values) = values {
                sql.push(" AND ")
                    .push(column)
                    .push(" = ANY(")
                    .push_bind(values.clone())
                    .push(")");
            }
        }
        for (column, values) in [
            ("f.coordinating_organization_codes", &self.coordinating),
            ("f.programme_codes", &self.programmes),
            ("f.bottlenecks", &self.bottlenecks),
            ("f.area_codes", &self.areas),
            ("f.at_risk_reasons", &self.at_risk_reasons),
        ] {
            if let Some(values) = values {
                sql.push(" AND ").push(column).push(" && ").push_bind(values.clone());
            }
        }
        for (column, values) in [("axis", &self.axes), ("level", &self.levels)] {
            if let Some(values) = values {
                sql.push(" AND f.lead_organization_code IN (SELECT code FROM directory.published_organization WHERE ");
                sql.push(column).push(" = ANY(").push_bind(values.clone()).push("))");
            }
        }
        if let Some(officials) = &self.officials {
            sql.push(" AND f.accountable_position_code IN (SELECT a.position_code FROM directory.published_appointment AS a WHERE a.official_code = ANY(");
            sql.push_bind(officials.clone()).push(") AND a.from_on <= ");
            day.push(sql);
            sql.push(" AND (a.to_on IS NULL OR a.to_on > ");
            day.push(sql);
            sql.push("))");
        }
        if let Some(from) = self.due.0 {
            sql.push(" AND f.current_due >= ").push_bind(from);
        }
        if let Some(to) = self.due.1 {
            sql.push(" AND f.current_due <= ").push_bind(to);
        }
        for (condition, wanted) in [
            ("f.is_open", self.open),
            ("f.is_overdue", self.overdue),
            ("f.at_risk_reasons <> '{}'", self.at_risk),
            ("f.is_awaiting_approval", self.awaiting_approval),
        ] {
            match wanted {
                Some(true) => sql.push(" AND ").push(condition),
                Some(false) => sql.push(" AND NOT (").push(condition).push(")"),
                None => sql,
            };
        }
        if let Some(least) = self.extended_at_least {
            sql.push(" AND f.extension_count >= ").push_bind(least);
        }
        if let Some(most) = self.clarity_at_most {
            sql.push(" AND ").push(CLARITY_POINTS).push(" <= ").push_bind(most);
        }
    }
}

/// How many of the six clarities hold.
pub const CLARITY_POINTS: &str = "(f.clear_person::int + f.clear_action::int + f.clear_due::int + f.clear_lead::int \
    + f.clear_product::int + f.clear_authority::int)";
