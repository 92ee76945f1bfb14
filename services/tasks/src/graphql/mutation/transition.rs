//! Moves of the state machine.

use async_graphql::{Context, ID, InputObject, Object, Result};
use service_kit::Problem;
use service_kit::scalar::Date;

use super::reporting::{BlockerInput, EvidenceInput};
use super::{TaskPayload, payload, setting, target};
use crate::model::Verb;
use crate::workflow::{self, Assignment, parse_id};

/// To whom a task is given.
#[derive(InputObject)]
pub struct AssignTaskInput {
    /// The task.
    task: ID,
    /// The version that the caller saw.
    expected_version: i32,
    /// The one lead; may be absent when the task names one.
    lead_organization: Option<ID>,
    /// What its part is.
    lead_role: Option<String>,
    /// The position that answers for it.
    accountable_position: Option<ID>,
    /// The first day; today when the task has none.
    start_on: Option<Date>,
    /// The due date, if it has none. A due date that is set moves only through an approved extension.
    due_on: Option<Date>,
    /// Why it is given out again.
    reason: Option<String>,
}

impl AssignTaskInput {
    fn assignment(&self) -> Result<Assignment, Problem> {
        let date = |value: &Option<Date>, path: &str| value.as_ref().map(|date| date.checked(path)).transpose();
        Ok(Assignment {
            lead_organization: self.lead_organization.as_ref().map(|code| code.0.clone()),
            lead_role: self.lead_role.clone(),
            accountable_position: self.accountable_position.as_ref().map(|code| code.0.clone()),
            start_on: date(&self.start_on, "input.startOn")?,
            due_on: date(&self.due_on, "input.dueOn")?,
        })
    }
}

/// A task and the version that the caller saw.
#[derive(InputObject)]
pub struct TaskVerbInput {
    /// The task.
    task: ID,
    /// The version that the caller saw.
    expected_version: i32,
}

/// A move that needs a reason.
#[derive(InputObject)]
pub struct TaskReasonInput {
    /// The task.
    task: ID,
    /// The version that the caller saw.
    expected_version: i32,
    /// Why.
    reason: String,
}

/// What stops the work.
#[derive(InputObject)]
pub struct BlockTaskInput {
    /// The task.
    task: ID,
    /// The version that the caller saw.
    expected_version: i32,
    /// The obstacle.
    blocker: BlockerInput,
}

/// How the work goes on.
#[derive(InputObject)]
pub struct UnblockTaskInput {
    /// The task.
    task: ID,
    /// The version that the caller saw.
    expected_version: i32,
    /// How the obstacles were lifted.
    resolution: String,
}

/// Work that is handed in.
#[derive(InputObject)]
pub struct SubmitTaskInput {
    /// The task.
    task: ID,
    /// The version that the caller saw.
    expected_version: i32,
    /// Evidence, if the task has none yet.
    #[graphql(default)]
    evidence: Vec<EvidenceInput>,
}

/// Work that is accepted.
#[derive(InputObject)]
pub struct AcceptTaskInput {
    /// The task.
    task: ID,
    /// The version that the caller saw.
    expected_version: i32,
    /// What there is to say.
    note: Option<String>,
}

/// A task that ends without being done.
#[derive(InputObject)]
pub struct CancelTaskInput {
    /// The task.
    task: ID,
    /// The version that the caller saw.
    expected_version: i32,
    /// By which document.
    document: String,
    /// Why.
    reason: Option<String>,
}

/// A task that is replaced.
#[derive(InputObject)]
pub struct SupersedeTaskInput {
    /// The task.
    task: ID,
    /// The version that the caller saw.
    expected_version: i32,
    /// By which document.
    document: String,
    /// The task that replaces it, if one does.
    successor: Option<ID>,
    /// Why.
    reason: Option<String>,
}

#[derive(Default)]
pub struct TransitionMutation;

impl TransitionMutation {
    async fn with_reason(ctx: &Context<'_>, verb: Verb, input: TaskReasonInput) -> Result<TaskPayload> {
        let target = target(&input.task, input.expected_version)?;
        workflow::move_with_reason(setting(ctx), target, verb, &input.reason).await?;
        payload(ctx, target.id).await
    }
}

#[Object]
impl TransitionMutation {
    /// DRAFT → ASSIGNED, by an issuer.
    async fn assign_task(&self, ctx: &Context<'_>, input: AssignTaskInput) -> Result<TaskPayload> {
        let target = target(&input.task, input.expected_version)?;
        workflow::assign(setting(ctx), target, input.assignment()?).await?;
        payload(ctx, target.id).await
    }

    /// RETURNED → ASSIGNED, by an issuer. Another lead counts as a transfer.
    async fn reassign_task(&self, ctx: &Context<'_>, input: AssignTaskInput) -> Result<TaskPayload> {
        let target = target(&input.task, input.expected_version)?;
        let assignment = input.assignment()?;
        workflow::reassign(setting(ctx), target, assignment, input.reason).await?;
        payload(ctx, target.id).await
    }

    /// ASSIGNED → RETURNED, by the lead.
    async fn return_task(&self, ctx: &Context<'_>, input: TaskReasonInput) -> Result<TaskPayload> {
        Self::with_reason(ctx, Verb::Return, input).await
    }

    /// ASSIGNED → `IN_PROGRESS`, by the lead.
    async fn start_task(&self, ctx: &Context<'_>, input: TaskVerbInput) -> Result<TaskPayload> {
        let target = target(&input.task, input.expected_version)?;
        workflow::start(setting(ctx), target).await?;
        payload(ctx, target.id).await
    }

    /// `IN_PROGRESS` → BLOCKED, by the lead. Opens the blocker.
    async fn block_task(&self, ctx: &Context<'_>, input: BlockTaskInput) -> Result<TaskPayload> {
        let target = target(&input.task, input.expected_version)?;
        workflow::block(setting(ctx), target, input.blocker.into()).await?;
        payload(ctx, target.id).await
    }

    /// BLOCKED → `IN_PROGRESS`, by the lead. Resolves every open blocker.
    async fn unblock_task(&self, ctx: &Context<'_>, input: UnblockTaskInput) -> Result<TaskPayload> {
        let target = target(&input.task, input.expected_version)?;
        workflow::unblock(setting(ctx), target, &input.resolution).await?;
        payload(ctx, target.id).await
    }

    /// `IN_PROGRESS` → SUBMITTED, by the lead, with evidence.
    async fn submit_task(&self, ctx: &Context<'_>, input: SubmitTaskInput) -> Result<TaskPayload> {
        let target = target(&input.task, input.expected_version)?;
        let evidence = input.evidence.into_iter().map(Into::into).collect();
        workflow::submit(setting(ctx), target, evidence).await?;
        payload(ctx, target.id).await
    }

    /// SUBMITTED → COMPLETED, by the approver, never by who submitted. Done on the day of the submission.
    async fn accept_task(&self, ctx: &Context<'_>, input: AcceptTaskInput) -> Result<TaskPayload> {
        let target = target(&input.task, input.expected_version)?;
        workflow::accept(setting(ctx), target, input.note).await?;
        payload(ctx, target.id).await
    }

    /// SUBMITTED → `IN_PROGRESS`, by the approver, never by who submitted.
    async fn reject_submission(&self, ctx: &Context<'_>, input: TaskReasonInput) -> Result<TaskPayload> {
        Self::with_reason(ctx, Verb::RejectSubmission, input).await
    }

    /// Any open state → CANCELLED, by an issuer, by a document.
    async fn cancel_task(&self, ctx: &Context<'_>, input: CancelTaskInput) -> Result<TaskPayload> {
        let target = target(&input.task, input.expected_version)?;
        workflow::close(setting(ctx), target, Verb::Cancel, &input.document, input.reason, None).await?;
        payload(ctx, target.id).await
    }

    /// Any open state → SUPERSEDED, by an issuer, by a document.
    async fn supersede_task(&self, ctx: &Context<'_>, input: SupersedeTaskInput) -> Result<TaskPayload> {
        let target = target(&input.task, input.expected_version)?;
        let successor = input
            .successor
            .as_ref()
            .map(|id| parse_id(id, "input.successor"))
            .transpose()?;
        workflow::close(
            setting(ctx),
            target,
            Verb::Supersede,
            &input.document,
            input.reason,
            successor,
        )
        .await?;
        payload(ctx, target.id).await
    }

    /// COMPLETED → `IN_PROGRESS`, by an inspector.
    async fn reopen_task(&self, ctx: &Context<'_>, input: TaskReasonInput) -> Result<TaskPayload> {
        Self::with_reason(ctx, Verb::Reopen, input).await
    }
}
