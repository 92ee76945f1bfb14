//! Verbs on briefings.

use async_graphql::{ID, InputObject};
use chrono::{DateTime, Days, Months, NaiveDate, Utc};
use service_kit::input::{LONG_TEXT_CHARS, TITLE_CHARS, Target, text};
use service_kit::record::{Meta, Record};
use service_kit::scalar::{Date, Period};
use service_kit::store::child::{self, Child};
use service_kit::store::codes::{CodeKind, NamedCodes};
use service_kit::store::record;
use service_kit::write::{Change, Edit, Write, Written};
use service_kit::{Principal, Problem, RequestScope, Role};
use sqlx::PgConnection;
use uuid::Uuid;

use super::OWN_SOURCE;
use crate::model::{Briefing, Conclusion, OpenPoint};
use crate::store::briefing::{earliest_due, next_number};

/// How many days before or after its period a briefing can be held.
const MAX_DAYS_APART: u64 = 92;
/// How many years after its briefing the work of a conclusion can end.
const MAX_YEARS: u32 = 10;
/// Largest number of a conclusion or an open point within its briefing.
const MAX_NUMBER: i32 = 1000;

/// New briefing.
#[derive(InputObject)]
pub struct RecordBriefingInput {
    /// Period of which it takes stock.
    period: Period,
    /// Title.
    title: String,
    /// When it was or will be held (RFC 3339; default: now). Changes since the briefing are those after this instant.
    held_at: Option<DateTime<Utc>>,
    /// Idempotency key that the caller chooses, at most 200 characters. Repeating the request with the same key records no second
    /// briefing.
    idempotency_key: Option<String>,
}

impl Write for RecordBriefingInput {
    const VERB: &'static str = "recordBriefing";
    const TABLE: &'static str = Briefing::TABLE;

    fn next_version(&self) -> i32 {
        1
    }

    fn idempotency_key(&self) -> Option<&str> {
        self.idempotency_key.as_deref()
    }

    fn row_id(&self, now: DateTime<Utc>) -> Result<Uuid, Problem> {
        Ok(schema::new_id(now))
    }

    async fn write(&self, db: &mut PgConnection, id: Uuid, scope: &RequestScope) -> Result<Written, Problem> {
        permit(&scope.principal)?;
        let by = scope.principal.subject()?;
        let held_at = self.held_at.unwrap_or(scope.now);
        let period = period_of(&self.period, held_at)?;
        let briefing = Briefing {
            meta: Meta::first(id, OWN_SOURCE, id.to_string(), by, scope.now),
            period,
            title: text(&self.title, "input.title", TITLE_CHARS)?,
            held_at,
            closed_at: None,
        };
        record::insert(db, std::slice::from_ref(&briefing)).await?;
        Ok(Written::Version)
    }
}

/// Reads the period of a briefing, which is not far from the time at which it is held.
fn period_of(period: &Period, held_at: DateTime<Utc>) -> Result<String, Problem> {
    let period = period.checked("input.period")?;
    let (earliest, latest) = (period.first_day() - Days::new(MAX_DAYS_APART), period.end() + Days::new(MAX_DAYS_APART));
    if !(earliest..=latest).contains(&held_at.date_naive()) {
        let message = format!(
            "{held_at} is more than {MAX_DAYS_APART} days from the period {period}; accepted: {earliest} to {latest}"
        );
        return Err(Problem::validation("input.heldAt", message));
    }
    Ok(period.to_string())
}

/// Change of a briefing that is not closed. An absent field is left alone.
#[derive(InputObject)]
pub struct UpdateBriefingInput {
    #[graphql(flatten)]
    target: Target,
    /// Period of which it takes stock.
    period: Option<Period>,
    /// Title.
    title: Option<String>,
    /// When it was or will be held (RFC 3339), not after the day on which the work of one of its conclusions ends.
    held_at: Option<DateTime<Utc>>,
}

/// New conclusion of a briefing that is not closed.
#[derive(InputObject)]
pub struct AddConclusionInput {
    #[graphql(flatten)]
    target: Target,
    /// Number within the briefing, 1 to 1000; by default the next one.
    number: Option<i32>,
    /// What was decided.
    text: String,
    /// Code of the organization that leads the work.
    lead_organization: Option<ID>,
    /// Last day of the work: from the day of the briefing to ten years after it.
    due_on: Option<Date>,
}

/// New open point of a briefing that is not closed.
#[derive(InputObject)]
pub struct AddOpenPointInput {
    #[graphql(flatten)]
    target: Target,
    /// Number within the briefing, 1 to 1000; by default the next one.
    number: Option<i32>,
    /// What is to be brought to the next briefing.
    text: String,
    /// Code of the organization that brings it.
    lead_organization: Option<ID>,
}

/// End of a briefing. Nothing is added to it any more.
#[derive(InputObject)]
pub struct CloseBriefingInput {
    #[graphql(flatten)]
    target: Target,
}

service_kit::verbs! {
    Briefing: UpdateBriefingInput = "updateBriefing", AddConclusionInput = "addConclusion", AddOpenPointInput = "addOpenPoint", CloseBriefingInput = "closeBriefing",
}

impl Change for UpdateBriefingInput {
    const REWRITES: bool = true;

    async fn apply(&self, edit: &mut Edit<'_, Briefing>) -> Result<(), Problem> {
        open(edit)?;
        if let Some(title) = &self.title {
            edit.row.title = text(title, "input.title", TITLE_CHARS)?;
        }
        if let Some(held_at) = self.held_at {
            let due = earliest_due(edit.db, edit.row.meta.id).await?;
            if let Some(due) = due.filter(|due| *due < held_at.date_naive()) {
                let message = format!(
                    "{held_at} is after {due}, when the work of a conclusion ends; accepted: that day or earlier"
                );
                return Err(Problem::validation("input.heldAt", message));
            }
            edit.row.held_at = held_at;
        }
        let stored = Period::stored(&edit.row.period);
        edit.row.period = period_of(self.period.as_ref().unwrap_or(&stored), edit.row.held_at)?;
        Ok(())
    }
}

impl Change for AddConclusionInput {
    async fn apply(&self, edit: &mut Edit<'_, Briefing>) -> Result<(), Problem> {
        open(edit)?;
        let number = number::<Conclusion>(edit, self.number).await?;
        check_organization(edit, self.lead_organization.as_ref()).await?;
        let conclusion = Conclusion {
            id: schema::new_id(edit.now),
            briefing_id: edit.row.meta.id,
            number,
            text: text(&self.text, "input.text", LONG_TEXT_CHARS)?,
            lead_organization_code: self.lead_organization.as_ref().map(|code| code.0.clone()),
            due_on: due_on(edit, self.due_on.as_ref())?,
            recorded_by: edit.by.to_owned(),
            recorded_at: edit.now,
        };
        child::add(edit.db, &[conclusion]).await.map_err(|error| taken(error, number))
    }
}

impl Change for AddOpenPointInput {
    async fn apply(&self, edit: &mut Edit<'_, Briefing>) -> Result<(), Problem> {
        open(edit)?;
        let number = number::<OpenPoint>(edit, self.number).await?;
        check_organization(edit, self.lead_organization.as_ref()).await?;
        let point = OpenPoint {
            id: schema::new_id(edit.now),
            briefing_id: edit.row.meta.id,
            number,
            text: text(&self.text, "input.text", LONG_TEXT_CHARS)?,
            lead_organization_code: self.lead_organization.as_ref().map(|code| code.0.clone()),
            recorded_by: edit.by.to_owned(),
            recorded_at: edit.now,
        };
        child::add(edit.db, &[point]).await.map_err(|error| taken(error, number))
    }
}

impl Change for CloseBriefingInput {
    async fn apply(&self, edit: &mut Edit<'_, Briefing>) -> Result<(), Problem> {
        open(edit)?;
        edit.row.closed_at = Some(edit.now);
        Ok(())
    }
}

fn permit(principal: &Principal) -> Result<(), Problem> {
    if [Role::Ioc, Role::Issuer, Role::Admin].into_iter().any(|role| principal.has(role)) {
        return Ok(());
    }
    Err(Problem::forbidden(
        "briefings are written by the operations center and by issuers: one of the roles IOC, ISSUER, ADMIN",
    ))
}

fn open(edit: &Edit<'_, Briefing>) -> Result<(), Problem> {
    permit(edit.principal)?;
    match edit.row.closed_at {
        None => Ok(()),
        Some(at) => {
            Err(Problem::conflict(format!("the briefing was closed at {at}; record another one")).at("input.id"))
        }
    }
}

async fn number<C: Child>(edit: &mut Edit<'_, Briefing>, asked: Option<i32>) -> Result<i32, Problem> {
    let number = match asked {
        Some(number) => number,
        None => next_number::<C>(edit.db, edit.row.meta.id).await?,
    };
    if (1..=MAX_NUMBER).contains(&number) {
        return Ok(number);
    }
    Err(Problem::validation("input.number", format!("number {number}; accepted: 1 to {MAX_NUMBER}")))
}

fn due_on(edit: &Edit<'_, Briefing>, asked: Option<&Date>) -> Result<Option<NaiveDate>, Problem> {
    let Some(asked) = asked else { return Ok(None) };
    let (day, held) = (asked.checked("input.dueOn")?, edit.row.held_at.date_naive());
    let latest = held + Months::new(12 * MAX_YEARS);
    if (held..=latest).contains(&day) {
        return Ok(Some(day));
    }
    Err(Problem::validation(
        "input.dueOn",
        format!("{day} is not within {MAX_YEARS} years after the briefing; accepted: {held} to {latest}"),
    ))
}

async fn check_organization(edit: &mut Edit<'_, Briefing>, code: Option<&ID>) -> Result<(), Problem> {
    let mut named = NamedCodes::default();
    named.add(CodeKind::ORGANIZATION, code, "input.leadOrganization");
    named.check(&mut *edit.db).await
}

fn taken(error: sqlx::Error, number: i32) -> Problem {
    if error.as_database_error().is_some_and(sqlx::error::DatabaseError::is_unique_violation) {
        let message = format!("the briefing has a number {number} already; leave it out to get the next one");
        return Problem::conflict(message).at("input.number");
    }
    error.into()
}
