//! Resolvers of `Task` fields, and of fields of its children, that are not plain columns.

use async_graphql::{ComplexObject, Context, ID, Result, SimpleObject};
use chrono::NaiveDate;
use rust_decimal::prelude::ToPrimitive;
use service_kit::dated::{self, Dated};
use service_kit::scalar::Date;
use service_kit::store::child::Child;
use service_kit::store::list::ById;
use service_kit::{Problem, Role, ScopeContext};
use uuid::Uuid;

use super::entity::{Area, Bottleneck, Conclusion, Indicator, Organization, Position, Programme, Project, TaskGroup};
use crate::model::{
    Blocker, DecidingLevel, Evidence, ExtensionRequest, Milestone, ProgressUpdate, Reminder, RiskReason, TaskFacts,
    TaskRelation, TaskTransition,
};

/// Clarity of a task (the "6 rõ"), one point for each criterion.
#[derive(SimpleObject, Debug, Clone, Copy)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "the six clarities are six independent facts, as the domain counts them"
)]
pub struct ClarityDetail {
    /// Number of criteria that are met, 0 to 6.
    points: i32,
    /// Clear person: the accountable position has a holder on the day.
    person: bool,
    /// Clear work: the task has an action.
    action: bool,
    /// Clear time: the task has a due date.
    due: bool,
    /// Clear responsibility: the task has a lead organization with a role.
    lead: bool,
    /// Clear product: the task has a deliverable with acceptance criteria.
    product: bool,
    /// Clear authority: the task has an approver position and a legal basis.
    authority: bool,
}

/// Loads the task with an id, as of today.
async fn by_id(ctx: &Context<'_>, id: Uuid) -> Result<Option<TaskFacts>, Problem> {
    ctx.loader::<ById<TaskFacts>>().load_one((id, ctx.scope().today())).await
}

/// Loads the task with an id, as of today. Only an issuer gets a draft.
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
    /// Loads the children, as of the end of the day as of which the task was read.
    async fn children<C: Child + Dated>(&self, ctx: &Context<'_>) -> Result<Vec<C>> {
        Ok(dated::children(ctx, self.task.meta.id, self.as_of).await?)
    }

    /// Loads the task as of the end of a day; `None` when it did not exist yet.
    async fn at(&self, ctx: &Context<'_>, as_of: Option<Date>) -> Result<Option<Self>, Problem> {
        let Some(as_of) = as_of else {
            return Ok(Some(self.clone()));
        };
        let day = ctx.scope().as_of(Some(&as_of))?;
        ctx.loader::<ById<TaskFacts>>().load_one((self.task.meta.id, day)).await
    }
}

#[ComplexObject]
impl TaskFacts {
    /// Platform id of the row.
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

    /// Position that is accountable for the task; its holder depends on the date.
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

    /// Share of the time from start to due date that has passed, 0 to 1; null without a due date.
    async fn expected_progress(&self) -> Option<f64> {
        self.expected_progress.and_then(|share| share.to_f64())
    }

    /// Bottlenecks that the task addresses.
    async fn bottlenecks(&self) -> Option<Vec<Bottleneck>> {
        Some(self.task.bottleneck_codes.iter().map(|code| Bottleneck::new(code)).collect())
    }

    /// Projects that the task serves; one that the caller may not see is null.
    async fn projects(&self) -> Option<Vec<Option<Project>>> {
        Some(self.task.project_codes.iter().map(|code| Some(Project::new(code))).collect())
    }

    /// Indicators that the task serves.
    async fn indicators(&self) -> Option<Vec<Indicator>> {
        Some(self.task.indicator_codes.iter().map(|code| Indicator::new(code)).collect())
    }

    /// Conclusion of a briefing that the task came from. Its fields are null when the caller does not see briefings.
    async fn conclusion(&self) -> Option<Conclusion> {
        self.task.conclusion_code.as_deref().map(Conclusion::new)
    }

    /// Areas that the task concerns.
    async fn areas(&self) -> Option<Vec<Area>> {
        Some(self.task.area_codes.iter().map(|code| Area::new(code)).collect())
    }

    /// Day of the lead's last report.
    async fn last_update_on(&self) -> Option<Date> {
        date(self.task.last_update_on)
    }

    /// Day of the submission that is pending or accepted.
    async fn submitted_on(&self) -> Option<Date> {
        date(self.task.submitted_on)
    }

    /// Day on which the work was done: the day of the accepted submission.
    async fn done_on(&self) -> Option<Date> {
        date(self.done_on)
    }

    /// Day on which the task was accepted, cancelled or superseded.
    async fn closed_on(&self) -> Option<Date> {
        date(self.task.closed_on)
    }

    /// Task that replaced this one.
    async fn superseded_by(&self, ctx: &Context<'_>) -> Result<Option<TaskFacts>> {
        match self.task.superseded_by_id {
            Some(id) => Ok(visible(ctx, id).await?),
            None => Ok(None),
        }
    }

    /// Whether the task is overdue on `asOf`, by default on the day as of which the task is read; null when the task
    /// did not exist on that day.
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

    /// Levels whose decision the task waits for: it is open and has an open blocker with a request to this level that is
    /// sent and has no answer.
    async fn waiting_for(&self, ctx: &Context<'_>, as_of: Option<Date>) -> Result<Vec<DecidingLevel>> {
        let facts = self.at(ctx, as_of).await?;
        Ok(facts.iter().flat_map(TaskFacts::waits).map(|(level, _)| level).collect())
    }

    /// Day of the oldest request that the task waits for, of any level; null when it waits for none.
    async fn waiting_since(&self, ctx: &Context<'_>, as_of: Option<Date>) -> Result<Option<Date>> {
        let facts = self.at(ctx, as_of).await?;
        Ok(date(facts.iter().flat_map(TaskFacts::waits).map(|(_, since)| since).min()))
    }

    /// Clarity of the task.
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

    /// Milestones of the task, the earliest first.
    async fn milestones(&self, ctx: &Context<'_>) -> Result<Vec<Milestone>> {
        self.children(ctx).await
    }

    /// Progress reports of the lead, the latest first.
    async fn updates(&self, ctx: &Context<'_>) -> Result<Vec<ProgressUpdate>> {
        self.children(ctx).await
    }

    /// Evidence of the task, in the order in which it was added.
    async fn evidence(&self, ctx: &Context<'_>) -> Result<Vec<Evidence>> {
        self.children(ctx).await
    }

    /// Blockers of the task, open and resolved.
    async fn blockers(&self, ctx: &Context<'_>) -> Result<Vec<Blocker>> {
        self.children(ctx).await
    }

    /// Reminders to the lead, the earliest first.
    async fn reminders(&self, ctx: &Context<'_>) -> Result<Vec<Reminder>> {
        self.children(ctx).await
    }

    /// Extension requests of the task.
    async fn extension_requests(&self, ctx: &Context<'_>) -> Result<Vec<ExtensionRequest>> {
        self.children(ctx).await
    }

    /// Relations to other tasks, in both directions.
    async fn relations(&self, ctx: &Context<'_>) -> Result<Vec<TaskRelation>> {
        self.children(ctx).await
    }

    /// Transitions of the task, the earliest first.
    async fn transitions(&self, ctx: &Context<'_>) -> Result<Vec<TaskTransition>> {
        self.children(ctx).await
    }
}

#[ComplexObject]
impl Milestone {
    /// Platform id of the row.
    async fn id(&self) -> ID {
        id(self.id)
    }

    /// Due date of the milestone, inclusive.
    async fn due_on(&self) -> Date {
        self.due_on.into()
    }

    /// Day on which the milestone was completed; null while it is open.
    async fn completed_on(&self) -> Option<Date> {
        date(self.completed_on)
    }
}

#[ComplexObject]
impl Blocker {
    /// Platform id of the row.
    async fn id(&self) -> ID {
        id(self.id)
    }

    /// Day on which the needed level was asked for a decision; null without a request.
    async fn requested_on(&self) -> Option<Date> {
        date(self.requested_on)
    }

    /// Day of the decision of the needed level; null until it is known.
    async fn decided_on(&self) -> Option<Date> {
        date(self.decided_on)
    }
}

#[ComplexObject]
impl Reminder {
    /// Platform id of the row.
    async fn id(&self) -> ID {
        id(self.id)
    }

    /// Day on which the reminder was sent.
    async fn sent_on(&self) -> Date {
        self.sent_on.into()
    }

    /// Organization that reminds.
    async fn sender(&self) -> Option<Organization> {
        self.sender_organization_code.as_deref().map(Organization::new)
    }

    /// Position of the official who reminds; its holder depends on the date.
    async fn sender_position(&self) -> Option<Position> {
        self.sender_position_code.as_deref().map(Position::new)
    }

    /// Last day on which an answer is in time; null without one.
    async fn answer_due(&self) -> Option<Date> {
        date(self.answer_due)
    }

    /// Day of the answer; null without one.
    async fn answered_on(&self) -> Option<Date> {
        date(self.answered_on)
    }
}

#[ComplexObject]
impl ExtensionRequest {
    /// Platform id of the row.
    async fn id(&self) -> ID {
        id(self.id)
    }

    /// Due date that the lead requests.
    async fn requested_due(&self) -> Date {
        self.requested_due.into()
    }

    /// Due date before the approval; null without one.
    async fn previous_due(&self) -> Option<Date> {
        date(self.previous_due)
    }
}

#[ComplexObject]
impl TaskRelation {
    /// Platform id of the row.
    async fn id(&self) -> ID {
        id(self.id)
    }

    /// Task on the left of the relation; null when the caller may not see it.
    async fn from(&self, ctx: &Context<'_>) -> Result<Option<TaskFacts>> {
        Ok(visible(ctx, self.from_task_id).await?)
    }

    /// Task on the right of the relation; null when the caller may not see it.
    async fn to(&self, ctx: &Context<'_>) -> Result<Option<TaskFacts>> {
        Ok(visible(ctx, self.to_task_id).await?)
    }
}

#[ComplexObject]
impl TaskTransition {
    /// Lead organization before the transition.
    async fn from_lead(&self) -> Option<Organization> {
        self.from_lead.as_deref().map(Organization::new)
    }

    /// Lead organization after the transition.
    async fn to_lead(&self) -> Option<Organization> {
        self.to_lead.as_deref().map(Organization::new)
    }
}
