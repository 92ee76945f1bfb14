//! The verbs of the workflow. Each takes the version that its caller saw, and answers with the task as it is now or
//! with an error whose `extensions.code` says what to do: `VALIDATION` (with the field in `extensions.path`),
//! `UNAUTHENTICATED`, `FORBIDDEN`, `NOT_FOUND`, `STALE_VERSION`, `CONFLICT`.

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use service_kit::write::{Write, write};
use service_kit::{Problem, ScopeContext};

use crate::model::TaskFacts;
use crate::store::facts;
use crate::workflow;

/// Result of a verb.
#[derive(SimpleObject)]
pub struct TaskPayload {
    /// Task after the verb.
    task: TaskFacts,
}

/// Result of a withdrawal.
#[derive(SimpleObject)]
pub struct WithdrawTaskPayload {
    /// Id of the task that is gone.
    id: ID,
}

async fn run<W: Write>(ctx: &Context<'_>, input: W) -> Result<TaskPayload> {
    let scope = ctx.scope();
    let id = write(ctx.database(), scope, &input).await?;
    // Not through the loader, which may remember the task as it was.
    let found = facts::by_ids(ctx.database().pool(), &[id], scope.at(scope.today())).await?;
    let task = found.into_iter().next().ok_or_else(|| Problem::not_found(format!("there is no task {id}")))?;
    Ok(TaskPayload { task })
}

pub struct Mutation;

/// Declares the mutations: description, name and input of each.
macro_rules! mutations {
    ($($(#[$attribute:meta])* $name:ident($input:ident);)+) => {
        #[Object]
        impl Mutation {
            $(
                $(#[$attribute])*
                async fn $name(&self, ctx: &Context<'_>, input: workflow::$input) -> Result<TaskPayload> {
                    run(ctx, input).await
                }
            )+

            /// An issuer withdraws a draft: it is hidden, counts nowhere and frees its code.
            async fn withdraw_task(&self, ctx: &Context<'_>, input: workflow::WithdrawTaskInput) -> Result<WithdrawTaskPayload> {
                let id = write(ctx.database(), ctx.scope(), &input).await?;
                Ok(WithdrawTaskPayload { id: ID(id.to_string()) })
            }
        }
    };
}

mutations! {
    /// An issuer writes a draft. It is in no measure and no public list until it is assigned.
    create_task(CreateTaskInput);
    /// An issuer changes what a task says: never its status, its lead or its dates.
    update_task(UpdateTaskInput);
    /// An issuer moves the first day of the work, for a reason.
    move_start(MoveStartInput);
    /// DRAFT → ASSIGNED, by an issuer.
    assign_task(AssignTaskInput);
    /// ASSIGNED, RETURNED, `IN_PROGRESS` or BLOCKED → ASSIGNED, by an issuer. Another lead counts as a transfer.
    reassign_task(ReassignTaskInput);
    /// ASSIGNED → RETURNED, by the lead.
    return_task(ReturnTaskInput);
    /// ASSIGNED → `IN_PROGRESS`, by the lead.
    start_task(StartTaskInput);
    /// `IN_PROGRESS` → BLOCKED, by the lead. Opens the blocker.
    block_task(BlockTaskInput);
    /// BLOCKED → `IN_PROGRESS`, by the lead. Resolves every open blocker.
    unblock_task(UnblockTaskInput);
    /// `IN_PROGRESS` → SUBMITTED, by the lead, with evidence.
    submit_task(SubmitTaskInput);
    /// SUBMITTED → COMPLETED, by the approver, never by who submitted. Done on the day of the submission.
    accept_task(AcceptTaskInput);
    /// SUBMITTED → `IN_PROGRESS`, by the approver, never by who submitted.
    reject_submission(RejectSubmissionInput);
    /// Any open state → CANCELLED, by an issuer, by a document.
    cancel_task(CancelTaskInput);
    /// Any open state → SUPERSEDED, by an issuer, by a document.
    supersede_task(SupersedeTaskInput);
    /// COMPLETED → `IN_PROGRESS`, by an inspector.
    reopen_task(ReopenTaskInput);
    /// The lead reports progress on an open task. Progress 100 is not completion.
    report_progress(ReportProgressInput);
    /// The lead sets an intermediate goal.
    add_milestone(AddMilestoneInput);
    /// The lead reaches an intermediate goal.
    complete_milestone(CompleteMilestoneInput);
    /// The lead adds a piece of evidence.
    add_evidence(AddEvidenceInput);
    /// The lead notes an obstacle; the work goes on, at risk.
    open_blocker(OpenBlockerInput);
    /// The lead notes that an obstacle is gone.
    resolve_blocker(ResolveBlockerInput);
    /// The lead asks for more time. One request waits at a time.
    request_extension(RequestExtensionInput);
    /// The approver decides on more time; never who asked for it.
    decide_extension(DecideExtensionInput);
    /// An issuer relates a task to another. A relation that closes a cycle is refused.
    relate_tasks(RelateTasksInput);
    /// An issuer ends a relation. It is kept in the history.
    unrelate_tasks(UnrelateTasksInput);
}
