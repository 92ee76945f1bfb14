//! Mutations of tasks. A mutation of a stored task takes the version that the caller read. It returns the task as it is
//! now, or an error with one of these codes in `extensions.code`: `VALIDATION` (with the field in `extensions.path`),
//! `UNAUTHENTICATED`, `FORBIDDEN`, `NOT_FOUND`, `STALE_VERSION`, `CONFLICT`.

use std::slice;

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use service_kit::store::facts::read_current;
use service_kit::store::list;
use service_kit::write::{Write, write};
use service_kit::{Problem, ScopeContext};

use crate::model::{TASKS, TaskFacts};
use crate::store::facts::FACTS;
use crate::workflow;

/// Result of a mutation of a task.
#[derive(SimpleObject)]
pub struct TaskPayload {
    /// Task after the mutation.
    task: TaskFacts,
}

/// Result of the withdrawal of a draft.
#[derive(SimpleObject)]
pub struct WithdrawTaskPayload {
    /// Platform id of the withdrawn task.
    id: ID,
}

async fn run<W: Write>(ctx: &Context<'_>, input: W) -> Result<TaskPayload> {
    let scope = ctx.scope();
    let id = write(ctx.database(), scope, &input).await?;
    // The loader is not used here, because it may have cached the task before the write.
    // The transaction of an earlier field would not see the write.
    ctx.reader().end().await;
    let reader = ctx.reader().rows(&TASKS);
    let read = || list::by_ids::<TaskFacts>(&reader, slice::from_ref(&id), scope.today());
    let found = read_current(ctx.database().pool(), FACTS, read).await?;
    let task = found.into_iter().next().ok_or_else(|| Problem::not_found(format!("there is no task {id}")))?;
    Ok(TaskPayload { task })
}

#[derive(Default)]
pub struct TaskMutation;

/// Declares the mutations: description, name and input of each.
macro_rules! mutations {
    ($($(#[$attribute:meta])* $name:ident($input:ident);)+) => {
        #[Object]
        impl TaskMutation {
            $(
                $(#[$attribute])*
                async fn $name(&self, ctx: &Context<'_>, input: workflow::$input) -> Result<TaskPayload> {
                    run(ctx, input).await
                }
            )+

            /// Withdrawal of a draft by an issuer. The task is hidden and in no measure; its code can be used again.
            async fn withdraw_task(&self, ctx: &Context<'_>, input: workflow::WithdrawTaskInput) -> Result<WithdrawTaskPayload> {
                let id = write(ctx.database(), ctx.scope(), &input).await?;
                Ok(WithdrawTaskPayload { id: ID(id.to_string()) })
            }
        }
    };
}

mutations! {
    /// Creation of a draft by an issuer. A draft is in no measure and no public list until it is assigned.
    create_task(CreateTaskInput);
    /// Change of a task's text by an issuer. Status, lead and dates change by other mutations.
    update_task(UpdateTaskInput);
    /// Change of the first day of the work by an issuer, with a reason.
    move_start(MoveStartInput);
    /// Assignment of a draft by an issuer: DRAFT → ASSIGNED.
    assign_task(AssignTaskInput);
    /// Reassignment by an issuer: ASSIGNED, RETURNED, `IN_PROGRESS` or BLOCKED → ASSIGNED. Another lead counts as a
    /// transfer.
    reassign_task(ReassignTaskInput);
    /// Return of the task by the lead: ASSIGNED → RETURNED.
    return_task(ReturnTaskInput);
    /// Start of the work by the lead: ASSIGNED → `IN_PROGRESS`.
    start_task(StartTaskInput);
    /// Stop of the work by the lead: `IN_PROGRESS` → BLOCKED. The blocker is opened.
    block_task(BlockTaskInput);
    /// Resumption of the work by the lead: BLOCKED → `IN_PROGRESS`. All open blockers are resolved.
    unblock_task(UnblockTaskInput);
    /// Submission of the work by the lead, with evidence: `IN_PROGRESS` → SUBMITTED.
    submit_task(SubmitTaskInput);
    /// Acceptance of the work by the approver, who is not the submitter: SUBMITTED → COMPLETED. The task counts as done
    /// on the day of the submission.
    accept_task(AcceptTaskInput);
    /// Rejection of the work by the approver, who is not the submitter: SUBMITTED → `IN_PROGRESS`.
    reject_submission(RejectSubmissionInput);
    /// Cancellation of the task by an issuer, with a document: any open state → CANCELLED.
    cancel_task(CancelTaskInput);
    /// Replacement of the task by an issuer, with a document: any open state → SUPERSEDED.
    supersede_task(SupersedeTaskInput);
    /// Reopening of the task by an inspector: COMPLETED → `IN_PROGRESS`.
    reopen_task(ReopenTaskInput);
    /// Report of progress on an open task by the lead. A task with progress 100 is not completed.
    report_progress(ReportProgressInput);
    /// Creation of a milestone by the lead.
    add_milestone(AddMilestoneInput);
    /// Completion of a milestone by the lead.
    complete_milestone(CompleteMilestoneInput);
    /// Addition of evidence by the lead.
    add_evidence(AddEvidenceInput);
    /// Opening of a blocker by the lead. The work continues; the task is at risk.
    open_blocker(OpenBlockerInput);
    /// Resolution of a blocker by the lead.
    resolve_blocker(ResolveBlockerInput);
    /// Request to the level that a blocker needs, by the lead, with its document. The blocker needs the city or the central
    /// government and has no request yet.
    request_decision(RequestDecisionInput);
    /// Record of the answer to a request, with its document, by the lead, an issuer or the operations center. The blocker
    /// stays open until it is resolved.
    record_decision(RecordDecisionInput);
    /// Reminder to the lead of an open task, by the operations center, an issuer, the approver or an organization above the
    /// lead.
    remind_task(RemindTaskInput);
    /// Answer to a reminder by the lead.
    answer_reminder(AnswerReminderInput);
    /// Request for an extension by the lead. At most one request of a task is pending.
    request_extension(RequestExtensionInput);
    /// Decision on an extension by the approver, who is not the requester.
    decide_extension(DecideExtensionInput);
    /// Creation of a relation to another task by an issuer. A relation that closes a cycle is refused.
    relate_tasks(RelateTasksInput);
    /// End of a relation by an issuer. The history keeps the relation.
    unrelate_tasks(UnrelateTasksInput);
}
