//! Fields of a task and of what hangs on it that need more than their column.

use async_graphql::{ComplexObject, Context, ID, Result, SimpleObject};
use chrono::NaiveDate;
use rust_decimal::prelude::ToPrimitive;
use service_kit::scalar::Date;
use service_kit::store::child::{Child, ChildrenOf};
use service_kit::{Problem, Role, ScopeContext};
use uuid::Uuid;

use super::entity::{Area, Bottleneck, Organization, Position, Programme, TaskGroup};
use crate::model::{
    Blocker, Evidence, ExtensionRequest, Milestone, ProgressUpdate, RiskReason, TaskFacts, TaskRelation, TaskTransition,
};
use crate::store::facts::FactsById;

/// Clarities of a task ("6 rõ"): one point each.
#[derive(SimpleObject, Debug, Clone, Copy)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "the six clarities are six independent facts, as the domain counts them"
)]
pub struct ClarityDetail {
    /// Number of clarities that hold, 0 to 6.
    points: i32,
    /// Clear person: somebody holds the accountable position on the day.
    person: bool,
    /// Clear work: an action is named.
    action: bool,
    /// Clear time: there is a due date.
    due: bool,
    /// Clear responsibility: there is a lead with a part.
    lead: bool,
    /// Clear product: a deliverable with its acceptance criteria.
    product: bool,
    /// Clear authority: an approver and a legal basis.
    authority: bool,
}

/// The task with an id, today.
async fn by_id(ctx: &Context<'_>, id: Uuid) -> Result<Option<TaskFacts>, Problem> {
    ctx.loader::<FactsById>().load_one((id, ctx.scope().today())).await
}

/// The task with an id, today; a draft only for an issuer.
pub async fn visible(ctx: &Context<'_>, id: Uuid) -> Result<Option<TaskFacts>, Problem> {
    let task = by_id(ctx, id).await?;
    Ok(task.filter(|task| task.is_issued || ctx.scope().principal.has(Role::Issuer)))
}

fn date(day: Option<NaiveDate>) -> Option<Date> {
    day.map(Into::into)
}

fn id(id: Uuid) -> ID {
    ID(id.to_string())
}

impl TaskFacts {
    async fn children<C: Child>(&self, ctx: &Context<'_>) -> Result<Vec<C>> {
        Ok(ctx.loader::<ChildrenOf<C>>().load_one(self.task.meta.id).await?.unwrap_or_default())
    }

    /// The facts at the end of a day; `None` when the task was not known yet.
    async fn at(&self, ctx: &Context<'_>, as_of: Option<Date>) -> Result<Option<Self>, Problem> {
        let Some(as_of) = as_of else {
            return Ok(Some(self.clone()));
        };
        let day = ctx.scope().as_of(Some(&as_of))?;
        ctx.loader::<FactsById>().load_one((self.task.meta.id, day)).await
    }
}

#[ComplexObject]
impl TaskFacts {
    /// Platform id.
    pub async fn id(&self) -> ID {
        id(self.task.meta.id)
    }

    /// Programmes that the task belongs to.
    async fn programmes(&self) -> Option<Vec<Programme>> {
        Some(self.task.programme_codes.iter().map(|code| Programme::new(code)).collect())
    }

    /// Task group.
    async fn group(&self) -> Option<TaskGroup> {
        self.task.group_code.as_deref().map(TaskGroup::new)
    }

    /// Organization that gave the task out.
    async fn issuer(&self) -> Option<Organization> {
        self.task.issuer_organization_code.as_deref().map(Organization::new)
    }

    /// Lead organization; null only for drafts.
    async fn lead(&self) -> Option<Organization> {
        self.task.lead_organization_code.as_deref().map(Organization::new)
    }

    /// Coordinating organizations.
    async fn coordinating(&self) -> Option<Vec<Organization>> {
        let codes = &self.task.coordinating_organization_codes;
        Some(codes.iter().map(|code| Organization::new(code)).collect())
    }

    /// Position that answers for the task; its holder depends on the date.
    async fn accountable(&self) -> Option<Position> {
        self.task.accountable_position_code.as_deref().map(Position::new)
    }

    /// Position that accepts the work.
    async fn approver(&self) -> Option<Position> {
        self.task.approver_position_code.as_deref().map(Position::new)
    }

    /// First day of the work.
    async fn start_on(&self) -> Option<Date> {
        date(self.task.start_on)
    }

    /// First due date, inclusive.
    async fn baseline_due(&self) -> Option<Date> {
        date(self.task.baseline_due)
    }

    /// Due date in force, inclusive.
    async fn current_due(&self) -> Option<Date> {
        date(self.task.current_due)
    }

    /// Share of the time that has passed, 0 to 1; null without a due date.
    async fn expected_progress(&self) -> Option<f64> {
        self.expected_progress.and_then(|share| share.to_f64())
    }

    /// Bottlenecks that the task works on.
    async fn bottlenecks(&self) -> Option<Vec<Bottleneck>> {
        Some(self.task.bottleneck_codes.iter().map(|code| Bottleneck::new(code)).collect())
    }

    /// Areas that the task concerns.
    async fn areas(&self) -> Option<Vec<Area>> {
        Some(self.task.area_codes.iter().map(|code| Area::new(code)).collect())
    }

    /// Day of the lead's last report.
    async fn last_update_on(&self) -> Option<Date> {
        date(self.task.last_update_on)
    }

    /// Day of the submission that waits or was accepted.
    async fn submitted_on(&self) -> Option<Date> {
        date(self.task.submitted_on)
    }

    /// Day on which the work was done: that of the submission that was accepted.
    async fn done_on(&self) -> Option<Date> {
        date(self.done_on)
    }

    /// Day on which the task was accepted, cancelled or superseded.
    async fn closed_on(&self) -> Option<Date> {
        date(self.task.closed_on)
    }

    /// Task that replaced it.
    async fn superseded_by(&self, ctx: &Context<'_>) -> Result<Option<TaskFacts>> {
        match self.task.superseded_by_id {
            Some(id) => Ok(visible(ctx, id).await?),
            None => Ok(None),
        }
    }

    /// Whether the task is past its due date; null when it was not known yet on that day.
    async fn is_overdue(&self, ctx: &Context<'_>, as_of: Option<Date>) -> Result<Option<bool>> {
        Ok(self.at(ctx, as_of).await?.map(|facts| facts.is_overdue))
    }

    /// Days past the due date; null when the task is not overdue.
    async fn days_overdue(&self, ctx: &Context<'_>, as_of: Option<Date>) -> Result<Option<i32>> {
        Ok(self.at(ctx, as_of).await?.and_then(|facts| facts.days_overdue))
    }

    /// Reasons why the task is at risk; empty when it is not.
    async fn at_risk_reasons(&self, ctx: &Context<'_>, as_of: Option<Date>) -> Result<Vec<RiskReason>> {
        Ok(self.at(ctx, as_of).await?.map(|facts| facts.risk_reasons()).unwrap_or_default())
    }

    /// Clarities of the task.
    async fn clarity(&self) -> ClarityDetail {
        ClarityDetail {
            points: self.clarity,
            person: self.clear_person,
            action: self.clear_action,
            due: self.clear_due,
            lead: self.clear_lead,
            product: self.clear_product,
            authority: self.clear_authority,
        }
    }

    /// Intermediate goals, the earliest first.
    async fn milestones(&self, ctx: &Context<'_>) -> Result<Vec<Milestone>> {
        self.children(ctx).await
    }

    /// Reports of the lead, the latest first.
    async fn updates(&self, ctx: &Context<'_>) -> Result<Vec<ProgressUpdate>> {
        self.children(ctx).await
    }

    /// Evidence, in the order in which it came.
    async fn evidence(&self, ctx: &Context<'_>) -> Result<Vec<Evidence>> {
        self.children(ctx).await
    }

    /// Blockers, open and resolved.
    async fn blockers(&self, ctx: &Context<'_>) -> Result<Vec<Blocker>> {
        self.children(ctx).await
    }

    /// Requests for more time.
    async fn extension_requests(&self, ctx: &Context<'_>) -> Result<Vec<ExtensionRequest>> {
        self.children(ctx).await
    }

    /// Relations to other tasks, in either direction.
    async fn relations(&self, ctx: &Context<'_>) -> Result<Vec<TaskRelation>> {
        self.children(ctx).await
    }

    /// Moves of the state machine, in order.
    async fn transitions(&self, ctx: &Context<'_>) -> Result<Vec<TaskTransition>> {
        self.children(ctx).await
    }
}

#[ComplexObject]
impl Milestone {
    /// Platform id.
    async fn id(&self) -> ID {
        id(self.id)
    }

    /// Due date, inclusive.
    async fn due_on(&self) -> Date {
        self.due_on.into()
    }

    /// Day on which it was reached; null while it is not.
    async fn completed_on(&self) -> Option<Date> {
        date(self.completed_on)
    }
}

#[ComplexObject]
impl Blocker {
    /// Platform id.
    async fn id(&self) -> ID {
        id(self.id)
    }
}

#[ComplexObject]
impl ExtensionRequest {
    /// Platform id.
    async fn id(&self) -> ID {
        id(self.id)
    }

    /// Due date asked for.
    async fn requested_due(&self) -> Date {
        self.requested_due.into()
    }

    /// Due date that an approval replaced.
    async fn previous_due(&self) -> Option<Date> {
        date(self.previous_due)
    }
}

#[ComplexObject]
impl TaskRelation {
    /// Platform id.
    async fn id(&self) -> ID {
        id(self.id)
    }

    /// Task that the sentence begins with; null when it is hidden.
    async fn from(&self, ctx: &Context<'_>) -> Result<Option<TaskFacts>> {
        Ok(visible(ctx, self.from_task_id).await?)
    }

    /// Task that it ends with; null when it is hidden.
    async fn to(&self, ctx: &Context<'_>) -> Result<Option<TaskFacts>> {
        Ok(visible(ctx, self.to_task_id).await?)
    }
}

#[ComplexObject]
impl TaskTransition {
    /// Lead before the move.
    async fn from_lead(&self) -> Option<Organization> {
        self.from_lead.as_deref().map(Organization::new)
    }

    /// Lead after the move.
    async fn to_lead(&self) -> Option<Organization> {
        self.to_lead.as_deref().map(Organization::new)
    }
}
