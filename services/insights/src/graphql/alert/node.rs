//! An alert: what it is about, who must act, and what people added to it.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use service_kit::scalar::{Date, Period};
use service_kit::{Problem, ScopeContext};

use crate::alert::{self, Dataset, Rule};
use crate::graphql::entity::{Area, Indicator, Official, Organization, Project};
use crate::graphql::reference::{Feedback, ParcelCase, Position, Task};
use crate::model::{AlertHandling, AlertKind, AlertSeverity};
use crate::store::alert::{HandledAlerts, Named, Names};

/// Rule of alerts.
#[derive(SimpleObject, Debug, Clone)]
pub struct AlertRule {
    /// Stable code; the first part of the ids of its alerts.
    code: &'static str,
    /// Kind of its alerts.
    kind: AlertKind,
    /// Dataset that it is derived from.
    dataset: &'static str,
    /// Severity.
    severity: AlertSeverity,
    /// Severity when what the alert is about is marked as urgent, key or critical.
    urgent_severity: AlertSeverity,
    /// Title in Vietnamese.
    title: &'static str,
    /// Title in English.
    title_en: &'static str,
    /// Condition under which an alert is open.
    opens: &'static str,
    /// Who must act.
    acts: &'static str,
    /// What ends an alert.
    ends: &'static str,
}

impl From<&'static Rule> for AlertRule {
    fn from(rule: &'static Rule) -> Self {
        Self {
            code: rule.code,
            kind: rule.kind,
            dataset: rule.dataset.name(),
            severity: rule.severity,
            urgent_severity: rule.urgent_severity,
            title: rule.title.vi,
            title_en: rule.title.en,
            opens: rule.opens,
            acts: rule.acts,
            ends: rule.ends,
        }
    }
}

/// An alert that is open on a day.
#[derive(Debug, Clone)]
pub struct Alert {
    /// The alert.
    pub derived: Arc<alert::Alert>,
    /// Its id.
    pub id: String,
    /// What people added later than this is not shown.
    pub until: DateTime<Utc>,
}

impl Alert {
    async fn handling(&self, ctx: &Context<'_>) -> Result<Option<AlertHandling>, Problem> {
        ctx.loader::<HandledAlerts>().load_one((self.until, self.id.clone())).await
    }

    /// What the alert is named after.
    fn subject(&self) -> Option<(Named, String)> {
        let alert = &self.derived;
        let of = |named: Named, key: &str| Some((named, key.to_owned()));
        match alert.rule.dataset {
            Dataset::Tasks => of(Named::Task, &alert.record),
            Dataset::Projects => of(Named::Project, alert.project.as_deref()?),
            Dataset::Clearance => of(Named::Parcel, &alert.record),
            Dataset::Kpis => of(Named::Indicator, alert.indicator.as_deref()?),
            Dataset::Feedback => of(Named::Feedback, &alert.record),
            Dataset::Sources => of(Named::Source, &alert.record),
            Dataset::Positions => of(Named::Position, &alert.record),
            Dataset::Satisfaction => {
                of(if alert.record.starts_with("AREA:") { Named::Area } else { Named::Organization }, alert.code())
            }
        }
    }

    async fn titled(&self, ctx: &Context<'_>, title: &str) -> Result<String, Problem> {
        let name = match self.subject() {
            Some(subject) => ctx.loader::<Names>().load_one(subject).await?,
            None => None,
        };
        Ok(name.map_or_else(|| title.to_owned(), |name| format!("{title}: {name}")))
    }

    /// The record, if the alert is about one of a dataset.
    fn record_of(&self, dataset: Dataset) -> Option<&str> {
        (self.derived.rule.dataset == dataset).then_some(self.derived.record.as_str())
    }
}

#[Object]
impl Alert {
    /// Id, the same while the alert is open.
    async fn id(&self) -> ID {
        ID(self.id.clone())
    }

    /// Kind.
    async fn kind(&self) -> AlertKind {
        self.derived.rule.kind
    }

    /// Rule of the alert.
    async fn rule(&self) -> AlertRule {
        self.derived.rule.into()
    }

    /// Code of the gravest reason on the day.
    async fn reason(&self) -> &str {
        self.derived.reasons.first().map_or(self.derived.rule.code, String::as_str)
    }

    /// Codes of all reasons on the day, the gravest first.
    async fn reasons(&self) -> &[String] {
        &self.derived.reasons
    }

    /// Severity.
    async fn severity(&self) -> AlertSeverity {
        self.derived.severity()
    }

    /// First day of the present unbroken run of days on which the condition held.
    async fn since(&self) -> Date {
        self.derived.since.into()
    }

    /// Instant of the begin on that day, when it is known: of a deadline in working hours, of the cadence of a source.
    async fn since_at(&self) -> Option<DateTime<Utc>> {
        self.derived.since_at
    }

    /// Title in Vietnamese: the rule, and the name of what the alert is about.
    async fn title(&self, ctx: &Context<'_>) -> Result<String> {
        Ok(self.titled(ctx, self.derived.rule.title.vi).await?)
    }

    /// Title in English, with the name in Vietnamese.
    async fn title_en(&self, ctx: &Context<'_>) -> Result<String> {
        Ok(self.titled(ctx, self.derived.rule.title.en).await?)
    }

    /// Dataset that the alert is derived from.
    async fn dataset(&self) -> &str {
        self.derived.rule.dataset.name()
    }

    /// Task that the alert is about.
    async fn task(&self) -> Option<Task> {
        self.record_of(Dataset::Tasks).map(Task::new)
    }

    /// Project that the alert is about, also of a parcel or a feedback case.
    async fn project(&self) -> Option<Project> {
        self.derived.project.as_deref().map(Project::new)
    }

    /// Parcel that the alert is about.
    async fn parcel_case(&self) -> Option<ParcelCase> {
        self.record_of(Dataset::Clearance).map(ParcelCase::new)
    }

    /// Indicator whose target the alert is about.
    async fn indicator(&self) -> Option<Indicator> {
        self.derived.indicator.as_deref().map(Indicator::new)
    }

    /// Period of the target that the alert is about.
    async fn period(&self) -> Option<Period> {
        let record = self.record_of(Dataset::Kpis)?;
        record.split_once(':').map(|(_, period)| Period::stored(period))
    }

    /// Feedback case that the alert is about.
    async fn feedback(&self) -> Option<Feedback> {
        self.record_of(Dataset::Feedback).map(Feedback::new)
    }

    /// Code of the source that the alert is about.
    async fn source(&self) -> Option<&str> {
        self.record_of(Dataset::Sources)
    }

    /// Accountable position, of a responsibility without a holder the position itself.
    async fn position(&self) -> Option<Position> {
        self.derived.position.as_deref().map(Position::new)
    }

    /// Organization that must act.
    async fn organization(&self) -> Option<Organization> {
        self.derived.organization.as_deref().map(Organization::new)
    }

    /// Official who must act: the holder of the accountable position on the day.
    async fn official(&self) -> Option<Official> {
        self.derived.official.as_deref().map(Official::new)
    }

    /// Areas that the alert is about.
    async fn areas(&self) -> Vec<Area> {
        self.derived.areas.iter().map(|code| Area::new(code)).collect()
    }

    /// Version of what people added; mutations take it as `expectedVersion`. 0 when nobody added anything.
    async fn version(&self, ctx: &Context<'_>) -> Result<i32> {
        Ok(self.handling(ctx).await?.map_or(0, |handling| handling.meta.version))
    }

    /// Time of the acknowledgement (RFC 3339).
    async fn acknowledged_at(&self, ctx: &Context<'_>) -> Result<Option<DateTime<Utc>>> {
        Ok(self.handling(ctx).await?.and_then(|handling| handling.acknowledged_at))
    }

    /// Subject of the credential that acknowledged the alert.
    async fn acknowledged_by(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(self.handling(ctx).await?.and_then(|handling| handling.acknowledged_by))
    }

    /// Official who takes care of the alert.
    async fn assignee(&self, ctx: &Context<'_>) -> Result<Option<Official>> {
        let handling = self.handling(ctx).await?;
        Ok(handling.and_then(|handling| handling.assignee_code).map(|code| Official::new(&code)))
    }

    /// Time of the assignment (RFC 3339).
    async fn assigned_at(&self, ctx: &Context<'_>) -> Result<Option<DateTime<Utc>>> {
        Ok(self.handling(ctx).await?.and_then(|handling| handling.assigned_at))
    }

    /// Subject of the credential that assigned the alert.
    async fn assigned_by(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(self.handling(ctx).await?.and_then(|handling| handling.assigned_by))
    }

    /// Note of who handled the alert last.
    async fn note(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(self.handling(ctx).await?.and_then(|handling| handling.note))
    }
}
