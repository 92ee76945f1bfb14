//! `Task` and what it says of itself.

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::prelude::ToPrimitive;
use service_kit::scalar::Date;
use service_kit::vocabulary::Bottleneck;
use service_kit::{Problem, ScopeContext};
use uuid::Uuid;

use super::entity::{Area, Organization, Position, Programme, TaskGroup};
use crate::model::{RiskReason, SelfDeclaredRisk, TaskKind, TaskPriority, TaskStatus};
use crate::store::children::{
    Blocker, Child, ChildSource, Evidence, ExtensionRequest, Milestone, ProgressUpdate, TaskRelation, TaskTransition,
};
use crate::store::facts::{Facts, FactsSource};

/// A task (nhiệm vụ), as it stood at the end of the day that was asked for; today unless said otherwise.
pub struct Task(Facts);

impl From<Facts> for Task {
    fn from(facts: Facts) -> Self {
        Self(facts)
    }
}

/// The six clarities ("6 rõ"): one point each.
#[derive(SimpleObject, Debug, Clone, Copy)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "the six clarities are six independent facts, as the domain counts them"
)]
pub struct ClarityDetail {
    /// How many hold, 0 to 6.
    points: i32,
    /// Clear person: somebody holds the accountable position on the day.
    person: bool,
    /// Clear work: an action is named.
    action: bool,
    /// Clear time: there is a due date.
    due: bool,
    /// Clear responsibility: there is a lead, and what its part is.
    lead: bool,
    /// Clear product: a deliverable and when it counts as good.
    product: bool,
    /// Clear authority: an approver and a legal basis.
    authority: bool,
}

impl Task {
    async fn children<C: Child>(&self, ctx: &Context<'_>) -> Result<Vec<C>, Problem> {
        Ok(ctx
            .loader::<ChildSource<C>>()
            .load_one(self.0.id)
            .await?
            .unwrap_or_default())
    }

    /// The facts at the end of a day; `None` when the task was not known yet.
    async fn at(&self, ctx: &Context<'_>, as_of: Option<Date>) -> Result<Option<Facts>, Problem> {
        let Some(as_of) = as_of else {
            return Ok(Some(self.0.clone()));
        };
        let day = ctx.scope().as_of(Some(&as_of))?;
        ctx.loader::<FactsSource>().load_one((self.0.id, day)).await
    }
}

fn date(day: Option<NaiveDate>) -> Option<Date> {
    day.map(Into::into)
}

fn organization(code: Option<&String>) -> Option<Organization> {
    code.map(|code| Organization::new(code))
}

#[Object]
impl Task {
    /// Platform id.
    pub async fn id(&self) -> ID {
        ID(self.0.id.to_string())
    }

    /// The system that owns the task.
    async fn source(&self) -> &str {
        &self.0.source
    }

    /// Its id in that system.
    async fn external_id(&self) -> &str {
        &self.0.external_id
    }

    /// The code under which people know it.
    async fn code(&self) -> &str {
        &self.0.code
    }

    /// What it is called.
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// What is to be done.
    async fn action(&self) -> Option<&str> {
        self.0.action.as_deref()
    }

    /// Task, scheme or directive.
    async fn kind(&self) -> TaskKind {
        self.0.kind
    }

    /// Where it stands.
    async fn status(&self) -> TaskStatus {
        self.0.status
    }

    /// The programmes that it belongs to.
    async fn programmes(&self) -> Option<Vec<Programme>> {
        Some(self.0.programme_codes.iter().map(|code| Programme::new(code)).collect())
    }

    /// Its group.
    async fn group(&self) -> Option<TaskGroup> {
        self.0.group_code.as_deref().map(TaskGroup::new)
    }

    /// Who gave it out.
    async fn issuer(&self) -> Option<Organization> {
        organization(self.0.issuer_organization_code.as_ref())
    }

    /// The one lead; null only for drafts.
    async fn lead(&self) -> Option<Organization> {
        organization(self.0.lead_organization_code.as_ref())
    }

    /// What the lead's part is.
    async fn lead_role(&self) -> Option<&str> {
        self.0.lead_role.as_deref()
    }

    /// Who helps.
    async fn coordinating(&self) -> Option<Vec<Organization>> {
        Some(
            self.0
                .coordinating_organization_codes
                .iter()
                .map(|code| Organization::new(code))
                .collect(),
        )
    }

    /// The position that answers for it; its holder is a matter of date.
    async fn accountable(&self) -> Option<Position> {
        self.0.accountable_position_code.as_deref().map(Position::new)
    }

    /// The position that accepts it.
    async fn approver(&self) -> Option<Position> {
        self.0.approver_position_code.as_deref().map(Position::new)
    }

    /// By which document.
    async fn legal_basis(&self) -> Option<&str> {
        self.0.legal_basis.as_deref()
    }

    /// What is handed in.
    async fn deliverable(&self) -> Option<&str> {
        self.0.deliverable.as_deref()
    }

    /// When it counts as good.
    async fn acceptance_criteria(&self) -> Option<&str> {
        self.0.acceptance_criteria.as_deref()
    }

    /// First day of the work.
    async fn start_on(&self) -> Option<Date> {
        date(self.0.start_on)
    }

    /// The first due date, inclusive.
    async fn baseline_due(&self) -> Option<Date> {
        date(self.0.baseline_due)
    }

    /// The due date in force, inclusive.
    async fn current_due(&self) -> Option<Date> {
        date(self.0.current_due)
    }

    /// Reported progress in percent. 100 is not completion.
    async fn progress(&self) -> i16 {
        self.0.progress
    }

    /// The share of the time that has passed, 0 to 1; null without a due date.
    async fn expected_progress(&self) -> Option<f64> {
        self.0.expected_progress.and_then(|share| share.to_f64())
    }

    /// The risk that the lead sees itself.
    async fn self_declared_risk(&self) -> SelfDeclaredRisk {
        self.0.self_declared_risk
    }

    /// The bottlenecks that it works on.
    async fn bottlenecks(&self) -> Vec<Bottleneck> {
        let parsed = self
            .0
            .bottlenecks
            .iter()
            .filter_map(|tag| tag.parse::<schema::Bottleneck>().ok());
        parsed.map(Into::into).collect()
    }

    /// The areas that it concerns.
    async fn areas(&self) -> Option<Vec<Area>> {
        Some(self.0.area_codes.iter().map(|code| Area::new(code)).collect())
    }

    /// How urgent it is.
    async fn priority(&self) -> TaskPriority {
        self.0.priority
    }

    /// How often the lead reports, in days.
    async fn reporting_cadence_days(&self) -> i16 {
        self.0.reporting_cadence_days
    }

    /// The day of the lead's last report.
    async fn last_update_on(&self) -> Option<Date> {
        date(self.0.last_update_on)
    }

    /// The day of the submission that waits or was accepted.
    async fn submitted_on(&self) -> Option<Date> {
        date(self.0.submitted_on)
    }

    /// The day on which the work was done: that of the submission that was accepted.
    async fn done_on(&self) -> Option<Date> {
        date(self.0.done_on)
    }

    /// The day on which it was accepted, cancelled or superseded.
    async fn closed_on(&self) -> Option<Date> {
        date(self.0.closed_on)
    }

    /// The task that replaced it.
    async fn superseded_by(&self, ctx: &Context<'_>) -> Result<Option<Task>> {
        let Some(id) = self.0.superseded_by_id else {
            return Ok(None);
        };
        let day = ctx.scope().today();
        Ok(ctx.loader::<FactsSource>().load_one((id, day)).await?.map(Self))
    }

    /// How often it was handed to another lead.
    async fn lead_changes(&self) -> i32 {
        self.0.lead_changes
    }

    /// How often its due date was moved.
    async fn extension_count(&self) -> i32 {
        self.0.extension_count
    }

    /// How often its lead sent it back.
    async fn returned_count(&self) -> i32 {
        self.0.returned_count
    }

    /// Given out and not yet finished.
    async fn is_open(&self) -> bool {
        self.0.is_open
    }

    /// Past its due date; null when the task was not known yet on that day.
    async fn is_overdue(&self, ctx: &Context<'_>, as_of: Option<Date>) -> Result<Option<bool>> {
        Ok(self.at(ctx, as_of).await?.map(|facts| facts.is_overdue))
    }

    /// By how many days; null when it is not overdue.
    async fn days_overdue(&self, ctx: &Context<'_>, as_of: Option<Date>) -> Result<Option<i32>> {
        Ok(self.at(ctx, as_of).await?.and_then(|facts| facts.days_overdue))
    }

    /// Why it is at risk; empty when it is not.
    async fn at_risk_reasons(&self, ctx: &Context<'_>, as_of: Option<Date>) -> Result<Vec<RiskReason>> {
        Ok(self
            .at(ctx, as_of)
            .await?
            .map(|facts| facts.at_risk_reasons())
            .unwrap_or_default())
    }

    /// The six clarities.
    async fn clarity(&self) -> ClarityDetail {
        let facts = &self.0;
        ClarityDetail {
            points: facts.clarity_points(),
            person: facts.clear_person,
            action: facts.clear_action,
            due: facts.clear_due,
            lead: facts.clear_lead,
            product: facts.clear_product,
            authority: facts.clear_authority,
        }
    }

    /// Intermediate goals, the earliest first.
    async fn milestones(&self, ctx: &Context<'_>) -> Result<Vec<Milestone>> {
        Ok(self.children(ctx).await?)
    }

    /// Reports of the lead, the latest first.
    async fn updates(&self, ctx: &Context<'_>) -> Result<Vec<ProgressUpdate>> {
        Ok(self.children(ctx).await?)
    }

    /// Evidence, in the order in which it came.
    async fn evidence(&self, ctx: &Context<'_>) -> Result<Vec<Evidence>> {
        Ok(self.children(ctx).await?)
    }

    /// Blockers, open and resolved.
    async fn blockers(&self, ctx: &Context<'_>) -> Result<Vec<Blocker>> {
        Ok(self.children(ctx).await?)
    }

    /// Requests for more time.
    async fn extension_requests(&self, ctx: &Context<'_>) -> Result<Vec<ExtensionRequest>> {
        Ok(self.children(ctx).await?)
    }

    /// Ties to other tasks, in either direction.
    async fn relations(&self, ctx: &Context<'_>) -> Result<Vec<TaskRelation>> {
        Ok(self.children(ctx).await?)
    }

    /// Every move of the state machine, in order.
    async fn transitions(&self, ctx: &Context<'_>) -> Result<Vec<TaskTransition>> {
        Ok(self.children(ctx).await?)
    }

    /// Counts the changes; a verb takes it as `expectedVersion`.
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// When this state became true.
    async fn observed_at(&self) -> DateTime<Utc> {
        self.0.observed_at
    }

    /// When it was stored.
    async fn recorded_at(&self) -> DateTime<Utc> {
        self.0.recorded_at
    }
}

/// The task with an id, today.
pub async fn by_id(ctx: &Context<'_>, id: Uuid) -> Result<Option<Task>, Problem> {
    let key = (id, ctx.scope().today());
    Ok(ctx.loader::<FactsSource>().load_one(key).await?.map(Task))
}
