//! Mutations of targets.

use async_graphql::{ID, InputObject, MaybeUndefined};
use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use service_kit::input::{Target, optional_text, text};
use service_kit::record::{Meta, Record};
use service_kit::scalar::{Date, summable};
use service_kit::store::codes::{CodeKind, NamedCodes};
use service_kit::write::{Edit, Write, Written};
use service_kit::{Problem, RequestScope, Role};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{DOCUMENT_CHARS, OWN_SOURCE, permit, refused};
use crate::model::StoredTarget;
use crate::store::filter::written;
use crate::store::workflow::{add_target, last_target};

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
    /// Day of the decision, from which the version is in force (default: today).
    decided_on: Option<Date>,
    /// Decision.
    document: String,
}

impl TargetValue {
    fn apply(&self, mut row: StoredTarget, today: NaiveDate) -> Result<StoredTarget, Problem> {
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
        let decided_on =
            self.decided_on.as_ref().map(|day| day.of_work("input.decidedOn")).transpose()?.unwrap_or(today);
        if decided_on > today {
            return Err(Problem::validation(
                "input.decidedOn",
                format!("{decided_on} is in the future; accepted: {today} or earlier"),
            ));
        }
        row.decided_on = decided_on;
        row.document = Some(text(&self.document, "input.document", DOCUMENT_CHARS)?);
        Ok(row)
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
        let row = StoredTarget {
            meta: Meta::first(id, OWN_SOURCE, external_id.unwrap_or_else(|| id.to_string()), by, scope.now),
            indicator_code: self.indicator.0.clone(),
            area_code: self.area.as_ref().map(|code| code.0.clone()),
            organization_code: self.organization.as_ref().map(|code| code.0.clone()),
            period: written(&self.period, "input.period")?.to_string(),
            ..StoredTarget::default()
        };
        let row = self.stated.apply(row, scope.today())?;
        if let Some(last) = last_target(db, &row).await? {
            return Err(Problem::conflict(format!(
                "the series has a target of {} already, {} decided on {}; accepted: changeKpiTarget of it",
                row.period, last.meta.id, last.decided_on
            )));
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
        // Who changes an earlier version has not seen the later one.
        if let Some(last) = last_target(db, &row).await?.filter(|last| last.meta.id != row.meta.id) {
            return Err(Problem::conflict(format!(
                "the target has a later version, {} decided on {}; accepted: changeKpiTarget of that one",
                last.meta.id, last.decided_on
            )));
        }
        let meta = Meta::first(id, OWN_SOURCE, id.to_string(), by, scope.now);
        let next = self.stated.apply(StoredTarget { meta, ..row }, scope.today())?;
        if next.decided_on <= earlier {
            return Err(Problem::validation(
                "input.decidedOn",
                format!("{} is not after the decision of {earlier} that it changes", next.decided_on),
            ));
        }
        add_target(db, &next).await.map_err(refused)?;
        Ok(Written::Version)
    }
}
