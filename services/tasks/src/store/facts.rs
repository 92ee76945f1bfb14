//! A task as it stood at the end of a day, with everything that is derived from it.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use service_kit::{BatchSource, Problem};
use sqlx::{FromRow, PgPool, Postgres, QueryBuilder};
use uuid::Uuid;

use crate::model::{RiskReason, SelfDeclaredRisk, TaskKind, TaskPriority, TaskStatus};

/// The columns of [`Facts`], over the alias `f` of `tasks.task_facts`.
pub const COLUMNS: &str = "f.id, f.source, f.external_id, f.code, f.title, f.action, f.kind, f.status, f.programme_codes, \
    f.group_code, f.issuer_organization_code, f.lead_organization_code, f.lead_role, f.coordinating_organization_codes, \
    f.accountable_position_code, f.approver_position_code, f.legal_basis, f.deliverable, f.acceptance_criteria, f.start_on, \
    f.baseline_due, f.current_due, f.progress, f.self_declared_risk, f.bottlenecks, f.area_codes, f.priority, \
    f.reporting_cadence_days, f.last_update_on, f.submitted_on, f.closed_on, f.superseded_by_id, f.lead_changes, \
    f.extension_count, f.returned_count, f.version, f.observed_at, f.recorded_at, f.is_open, f.is_overdue, f.days_overdue, \
    f.done_on, f.expected_progress, f.clear_person, f.clear_action, f.clear_due, f.clear_lead, f.clear_product, \
    f.clear_authority, f.at_risk_reasons";

/// A row of `tasks.task_facts`; its columns are described in the migration.
#[derive(Debug, Clone, FromRow)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "the six clarities are six independent facts, as the domain counts them"
)]
pub struct Facts {
    pub id: Uuid,
    pub source: String,
    pub external_id: String,
    pub code: String,
    pub title: String,
    pub action: Option<String>,
    pub kind: TaskKind,
    pub status: TaskStatus,
    pub programme_codes: Vec<String>,
    pub group_code: Option<String>,
    pub issuer_organization_code: Option<String>,
    pub lead_organization_code: Option<String>,
    pub lead_role: Option<String>,
    pub coordinating_organization_codes: Vec<String>,
    pub accountable_position_code: Option<String>,
    pub approver_position_code: Option<String>,
    pub legal_basis: Option<String>,
    pub deliverable: Option<String>,
    pub acceptance_criteria: Option<String>,
    pub start_on: Option<NaiveDate>,
    pub baseline_due: Option<NaiveDate>,
    pub current_due: Option<NaiveDate>,
    pub progress: i16,
    pub self_declared_risk: SelfDeclaredRisk,
    pub bottlenecks: Vec<String>,
    pub area_codes: Vec<String>,
    pub priority: TaskPriority,
    pub reporting_cadence_days: i16,
    pub last_update_on: Option<NaiveDate>,
    pub submitted_on: Option<NaiveDate>,
    pub closed_on: Option<NaiveDate>,
    pub superseded_by_id: Option<Uuid>,
    pub lead_changes: i32,
    pub extension_count: i32,
    pub returned_count: i32,
    pub version: i32,
    pub observed_at: DateTime<Utc>,
    pub recorded_at: DateTime<Utc>,
    pub is_open: bool,
    pub is_overdue: bool,
    pub days_overdue: Option<i32>,
    pub done_on: Option<NaiveDate>,
    pub expected_progress: Option<Decimal>,
    pub clear_person: bool,
    pub clear_action: bool,
    pub clear_due: bool,
    pub clear_lead: bool,
    pub clear_product: bool,
    pub clear_authority: bool,
    at_risk_reasons: Vec<String>,
}

impl Facts {
    /// Why the task is at risk; empty when it is not.
    pub fn at_risk_reasons(&self) -> Vec<RiskReason> {
        self.at_risk_reasons
            .iter()
            .filter_map(|reason| reason.parse().ok())
            .collect()
    }

    /// How many of the six clarities hold.
    pub fn clarity_points(&self) -> i32 {
        [
            self.clear_person,
            self.clear_action,
            self.clear_due,
            self.clear_lead,
            self.clear_product,
            self.clear_authority,
        ]
        .into_iter()
        .map(i32::from)
        .sum()
    }
}

/// Loads tasks as they stood at the end of a day.
#[derive(Debug)]
pub struct FactsSource {
    /// The database.
    pub pool: PgPool,
    /// The city's time zone, by its name in the IANA database.
    pub zone: &'static str,
}

impl BatchSource for FactsSource {
    type Key = (Uuid, NaiveDate);
    type Value = Facts;

    /// One statement for each day that is asked for; a page asks for one day.
    async fn load(&self, keys: Vec<Self::Key>) -> Result<HashMap<Self::Key, Facts>, Problem> {
        let mut by_day: HashMap<NaiveDate, Vec<Uuid>> = HashMap::new();
        for (id, day) in keys {
            by_day.entry(day).or_default().push(id);
        }
        let mut found = HashMap::new();
        for (day, ids) in by_day {
            let rows = by_ids(&self.pool, &ids, day, self.zone).await?;
            found.extend(rows.into_iter().map(|row| ((row.id, day), row)));
        }
        Ok(found)
    }
}

/// The tasks with these ids, as they stood at the end of a day.
pub async fn by_ids(pool: &PgPool, ids: &[Uuid], day: NaiveDate, zone: &str) -> Result<Vec<Facts>, Problem> {
    let mut sql = QueryBuilder::<Postgres>::new("SELECT ");
    sql.push(COLUMNS).push(" FROM tasks.task_facts(").push_bind(day);
    sql.push(", ").push_bind(zone).push(") AS f WHERE f.id = ANY(");
    sql.push_bind(ids).push(")");
    Ok(sql.build_query_as().fetch_all(pool).await?)
}
