//! Mutations of targets.

use async_graphql::{ID, InputObject, MaybeUndefined};
use chrono::{DateTime, Days, NaiveDate, Utc};
use rust_decimal::Decimal;
use service_kit::input::{LONG_TEXT_CHARS, Target, optional_text, text};
use service_kit::record::{Meta, Record};
use service_kit::scalar::{Date, summable};
use service_kit::store::codes::{CodeKind, NamedCodes};
use service_kit::write::{Change, Edit, Write, Written};
use service_kit::{Problem, RequestScope, Role};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{DOCUMENT_CHARS, OWN_SOURCE, permit, refused};
use crate::model::StoredTarget;
use crate::store::filter::written;
use crate::store::workflow::{add_target, days_beside, last_target};

/// Point of a trajectory.
#[derive(InputObject)]
pub struct TrajectoryPointInput {
    /// Day on whose end the value is to be reached.
    on: Date,
    /// Value.
    value: Decimal,
}

/// Value of a target, and its decision. A change keeps what it does not state, and clears what it states as null.
#[derive(InputObject)]
pub struct TargetValue {
    /// Value to reach; of a range `low` and `high` instead. Of a `BINARY` indicator 1 or 0.
    value: MaybeUndefined<Decimal>,
    /// Lower bound of a range.
    low: MaybeUndefined<Decimal>,
    /// Upper bound of a range.
    high: MaybeUndefined<Decimal>,
    /// Value from which the way to the target begins.
    baseline: MaybeUndefined<Decimal>,
    /// Period of the baseline, which ends before the period of the target.
    baseline_period: MaybeUndefined<String>,
    /// Values to reach on the way, on days of the period, in the order of their days.
    trajectory: MaybeUndefined<Vec<TrajectoryPointInput>>,
    /// Day of the decision, from which the version is in force (default: today; of a correction the day that the version has).
    decided_on: Option<Date>,
    /// Decision.
    document: String,
}

impl TargetValue {
    /// States the value in a row that has the day of decision for when none is stated.
    fn apply(&self, row: &mut StoredTarget, today: NaiveDate) -> Result<(), Problem> {
        let before = row.value;
        for (field, change, path) in [
            (&mut row.value, &self.value, "input.value"),
            (&mut row.low, &self.low, "input.low"),
            (&mut row.high, &self.high, "input.high"),
            (&mut row.baseline, &self.baseline, "input.baseline"),
        ] {
            if let Some(value) = change.as_opt_ref() {
                *field = value.map(|value| summable(*value, path)).transpose()?;
            }
        }
        // A period without its baseline says nothing.
        if row.baseline.is_none() {
            row.baseline_period = None;
        }
        if let Some(period) = self.baseline_period.as_opt_ref() {
            let period = period.map(|period| written(period, "input.baselinePeriod")).transpose()?;
            row.baseline_period = period.map(|period| period.to_string());
        }
        if self.trajectory.is_undefined() && !row.trajectory.is_empty() && row.value != before {
            let message = "the trajectory leads to the value before; accepted: a trajectory to the new one, or null";
            return Err(Problem::validation("input.trajectory", message));
        }
        if let Some(points) = self.trajectory.as_opt_ref() {
            row.trajectory.clear();
            for (index, point) in points.into_iter().flatten().enumerate() {
                let day = point.on.checked(&format!("input.trajectory.{index}.on"))?;
                let value = summable(point.value, &format!("input.trajectory.{index}.value"))?;
                row.trajectory.push(format!("{}={}", day.format("%Y-%m-%d"), value));
            }
        }
        if let Some(day) = &self.decided_on {
            row.decided_on = day.past("input.decidedOn", today)?;
        }
        row.document = Some(text(&self.document, "input.document", DOCUMENT_CHARS)?);
        Ok(())
    }
}

/// First version of a target.
#[derive(InputObject)]
pub struct SetKpiTargetInput {
    /// Code of the indicator.
    indicator: ID,
    /// Code of the area that it is about; the city's for the city.
    area: Option<ID>,
    /// Code of the organization that it is about.
    organization: Option<ID>,
    /// Period: a year (`2026`), a quarter (`2026-Q1`) or a month (`2026-03`), not shorter than the indicator is observed.
    period: String,
    /// Id of the target in another system, if any.
    external_id: Option<String>,
    /// Idempotency key that the caller chooses, at most 200 characters. Repeating the request with the same key creates no second
    /// target.
    idempotency_key: Option<String>,
    #[graphql(flatten)]
    stated: TargetValue,
}

impl Write for SetKpiTargetInput {
    const VERB: &'static str = "setKpiTarget";
    const TABLE: &'static str = StoredTarget::TABLE;

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
        permit(&scope.principal, &[Role::Issuer])?;
        let by = scope.principal.subject()?;
        if self.area.is_some() == self.organization.is_some() {
            return Err(Problem::validation(
                "input.area",
                "name one scope: an area (the city's code for the city) or an organization",
            ));
        }
        let mut named = NamedCodes::default();
        named.add(CodeKind::INDICATOR, Some(&self.indicator), "input.indicator");
        named.add(CodeKind::AREA, self.area.as_ref(), "input.area");
        named.add(CodeKind::ORGANIZATION, self.organization.as_ref(), "input.organization");
        named.check(&mut *db).await?;
        let external_id = optional_text(self.external_id.as_deref(), "input.externalId", 200)?;
        let mut row = StoredTarget {
            meta: Meta::first(id, OWN_SOURCE, external_id.unwrap_or_else(|| id.to_string()), by, scope.now),
            indicator_code: self.indicator.0.clone(),
            area_code: self.area.as_ref().map(|code| code.0.clone()),
            organization_code: self.organization.as_ref().map(|code| code.0.clone()),
            period: written(&self.period, "input.period")?.to_string(),
            decided_on: scope.today(),
            ..StoredTarget::default()
        };
        self.stated.apply(&mut row, scope.today())?;
        if let Some(last) = last_target(db, &row).await? {
            let Some(withdrawn_on) = last.withdrawn_on else {
                return Err(Problem::conflict(format!(
                    "the series has a target of {} already, {} decided on {}; accepted: changeKpiTarget of it",
                    row.period, last.meta.id, last.decided_on
                )));
            };
            // A version that was withdrawn on the day of its decision has that day still.
            let free = withdrawn_on.max(last.decided_on + Days::new(1));
            if row.decided_on < free {
                let message = format!(
                    "{} is before the end of the target that was withdrawn on {withdrawn_on}; accepted: {free} or later",
                    row.decided_on
                );
                return Err(Problem::validation("input.decidedOn", message));
            }
        }
        add_target(db, &row).await.map_err(refused)?;
        Ok(Written::Version)
    }
}

/// New version of a target. What it does not state is as in the version that it changes.
#[derive(InputObject)]
pub struct ChangeKpiTargetInput {
    #[graphql(flatten)]
    target: Target,
    #[graphql(flatten)]
    stated: TargetValue,
}

impl Write for ChangeKpiTargetInput {
    const VERB: &'static str = "changeKpiTarget";
    const TABLE: &'static str = StoredTarget::TABLE;

    fn next_version(&self) -> i32 {
        1
    }

    fn idempotency_key(&self) -> Option<&str> {
        self.target.idempotency_key.as_deref()
    }

    fn row_id(&self, now: DateTime<Utc>) -> Result<Uuid, Problem> {
        Ok(schema::new_id(now))
    }

    async fn write(&self, db: &mut PgConnection, id: Uuid, scope: &RequestScope) -> Result<Written, Problem> {
        permit(&scope.principal, &[Role::Issuer])?;
        let Edit { db, row, by, .. } =
            Edit::<StoredTarget>::open(db, self.target.uuid()?, self.target.expected_version, scope).await?;
        let earlier = row.decided_on;
        if let Some(day) = row.withdrawn_on {
            return Err(Problem::conflict(format!("the target was withdrawn on {day}; accepted: setKpiTarget")));
        }
        no_later_version(db, &row, Self::VERB).await?;
        let meta = Meta::first(id, OWN_SOURCE, id.to_string(), by, scope.now);
        let mut next = StoredTarget { meta, decided_on: scope.today(), reason: None, ..row };
        self.stated.apply(&mut next, scope.today())?;
        if next.decided_on <= earlier {
            return Err(Problem::validation(
                "input.decidedOn",
                format!(
                    "{} is not after the decision of {earlier} that it changes; accepted: a later day, or correctKpiTarget of a version that is wrong",
                    next.decided_on
                ),
            ));
        }
        add_target(db, &next).await.map_err(refused)?;
        Ok(Written::Version)
    }
}

/// Correction of a version that was entered wrongly: the same decision with what it really says. What it does not state stays.
#[derive(InputObject)]
pub struct CorrectKpiTargetInput {
    #[graphql(flatten)]
    pub(super) target: Target,
    /// What was wrong.
    reason: String,
    #[graphql(flatten)]
    stated: TargetValue,
}

impl Change for CorrectKpiTargetInput {
    async fn apply(&self, edit: &mut Edit<'_, StoredTarget>) -> Result<(), Problem> {
        permit(edit.principal, &[Role::Issuer])?;
        let before = edit.row.clone();
        self.stated.apply(&mut edit.row, edit.today)?;
        if edit.row == before {
            let message = "this is what the version says already; accepted: another value, decision or document";
            return Err(Problem::validation("input.value", message));
        }
        // It stays between the version before and the one after.
        let (earliest, latest) = days_beside(edit.db, &before).await?;
        let latest = latest.into_iter().chain(before.withdrawn_on).min().unwrap_or(edit.today);
        let decided_on = edit.row.decided_on;
        if decided_on != before.decided_on && !(earliest.unwrap_or(decided_on)..=latest).contains(&decided_on) {
            let from = earliest.map_or(String::new(), |day| format!("from {day} "));
            let message = format!("{decided_on} is not between the versions beside it; accepted: {from}up to {latest}");
            return Err(Problem::validation("input.decidedOn", message));
        }
        edit.row.reason = Some(text(&self.reason, "input.reason", LONG_TEXT_CHARS)?);
        Ok(())
    }

    fn refused(error: sqlx::Error) -> Problem {
        refused(error)
    }
}

/// Withdrawal of the target of a series and a period.
#[derive(InputObject)]
pub struct WithdrawKpiTargetInput {
    #[graphql(flatten)]
    pub(super) target: Target,
    /// Reason, with the decision that withdraws it.
    reason: String,
    /// First day on which it is no longer in force (default: today).
    withdrawn_on: Option<Date>,
}

impl Change for WithdrawKpiTargetInput {
    async fn apply(&self, edit: &mut Edit<'_, StoredTarget>) -> Result<(), Problem> {
        permit(edit.principal, &[Role::Issuer])?;
        let reason = text(&self.reason, "input.reason", LONG_TEXT_CHARS)?;
        let path = "input.withdrawnOn";
        let day = self.withdrawn_on.as_ref().map_or(Ok(edit.today), |day| day.past(path, edit.today))?;
        if let Some(day) = edit.row.withdrawn_on {
            return Err(Problem::conflict(format!("the target was withdrawn on {day} already")));
        }
        if day < edit.row.decided_on {
            let message =
                format!("{day} is before the decision of {}; accepted: that day or later", edit.row.decided_on);
            return Err(Problem::validation(path, message));
        }
        no_later_version(edit.db, &edit.row, "withdrawKpiTarget").await?;
        edit.row.withdrawn_on = Some(day);
        edit.row.withdrawal_reason = Some(reason);
        Ok(())
    }

    fn refused(error: sqlx::Error) -> Problem {
        refused(error)
    }
}

/// Refuses a version that is no longer the last. Who changes an earlier one has not seen the later one.
async fn no_later_version(db: &mut PgConnection, row: &StoredTarget, verb: &str) -> Result<(), Problem> {
    let Some(last) = last_target(db, row).await?.filter(|last| last.meta.id != row.meta.id) else { return Ok(()) };
    let accepted = match last.withdrawn_on {
        None => format!("{verb} of that one"),
        Some(day) => format!("setKpiTarget, since that one was withdrawn on {day}"),
    };
    Err(Problem::conflict(format!(
        "the target has a later version, {} decided on {}; accepted: {accepted}",
        last.meta.id, last.decided_on
    )))
}
