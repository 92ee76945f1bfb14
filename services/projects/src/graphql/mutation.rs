//! Mutations. A mutation of a stored row takes the version that the caller read. It returns the row as it is now, or an error with
//! one of these codes in `extensions.code`: `VALIDATION` (with the field in `extensions.path`), `UNAUTHENTICATED`, `FORBIDDEN`,
//! `NOT_FOUND`, `STALE_VERSION`, `CONFLICT`.

use std::slice;

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use service_kit::store::facts::read_current;
use service_kit::store::list;
use service_kit::write::{Write, write};
use service_kit::{Problem, ScopeContext};
use uuid::Uuid;

use super::id;
use crate::model::{CLEARANCE, PROJECTS, ParcelFacts, ProjectFacts};
use crate::store::FACTS;
use crate::workflow;

/// Result of a mutation of a project.
#[derive(SimpleObject)]
pub struct ProjectPayload {
    /// Project after the mutation.
    project: ProjectFacts,
}

/// Result of a mutation of a parcel.
#[derive(SimpleObject)]
pub struct ParcelCasePayload {
    /// Parcel after the mutation.
    parcel_case: ParcelFacts,
}

/// Result of a mutation of another row.
#[derive(SimpleObject)]
pub struct ClearancePayload {
    /// Platform id of the row.
    id: ID,
}

async fn wrote<W: Write>(ctx: &Context<'_>, input: &W) -> Result<Uuid, Problem> {
    let id = write(ctx.database(), ctx.scope(), input).await?;
    // The transaction of an earlier field would not see the write.
    ctx.reader().end().await;
    Ok(id)
}

async fn on_project<W: Write>(ctx: &Context<'_>, input: W) -> Result<ProjectPayload> {
    let id = wrote(ctx, &input).await?;
    let reader = ctx.reader().rows(&PROJECTS);
    let found =
        list::by_ids::<ProjectFacts>(&reader, slice::from_ref(&id), ctx.scope().today()).await?.into_iter().next();
    let project = found.ok_or_else(|| Problem::not_found(format!("there is no project {id}")))?;
    Ok(ProjectPayload { project })
}

async fn on_parcel<W: Write>(ctx: &Context<'_>, input: W) -> Result<ParcelCasePayload> {
    let id = wrote(ctx, &input).await?;
    let reader = ctx.reader().rows(&CLEARANCE);
    let read = || list::by_ids::<ParcelFacts>(&reader, slice::from_ref(&id), ctx.scope().today());
    let found = read_current(ctx.database().pool(), FACTS, read).await?.into_iter().next();
    let parcel_case = found.ok_or_else(|| Problem::not_found(format!("there is no parcel case {id}")))?;
    Ok(ParcelCasePayload { parcel_case })
}

async fn on_row<W: Write>(ctx: &Context<'_>, input: W) -> Result<ClearancePayload> {
    Ok(ClearancePayload { id: id(wrote(ctx, &input).await?) })
}

/// Declares the mutations of one kind of row: description, name and input of each.
macro_rules! mutations {
    ($object:ident, $payload:ident, $run:ident: $($(#[$attribute:meta])* $name:ident($input:ident);)+) => {
        #[derive(Default)]
        pub struct $object;

        #[Object]
        impl $object {
            $(
                $(#[$attribute])*
                async fn $name(&self, ctx: &Context<'_>, input: workflow::$input) -> Result<$payload> {
                    $run(ctx, input).await
                }
            )+
        }
    };
}

mutations! { ProjectMutation, ProjectPayload, on_project:
    /// Creation of a project by an issuer.
    create_project(CreateProjectInput);
    /// Change of a project's text by an issuer. Phase and forecast change by other mutations.
    update_project(UpdateProjectInput);
    /// Step to the next phase by the owner or an issuer.
    advance_phase(AdvancePhaseInput);
    /// Cancellation by an issuer, with a document.
    cancel_project(CancelProjectInput);
    /// Suspension by an issuer.
    suspend_project(SuspendProjectInput);
    /// End of a suspension by an issuer.
    resume_project(ResumeProjectInput);
    /// New forecast of the end by the owner or an issuer, with its reason.
    revise_forecast(ReviseForecastInput);
    /// Judgement by an inspector of another organization than the owner.
    assess_project(AssessProjectInput);
}

mutations! { ParcelMutation, ParcelCasePayload, on_parcel:
    /// Records SCOPED.
    scope_parcel(ScopeParcelInput);
    /// Records NOTIFIED: the notice of recovery.
    notify_parcel(NotifyParcelInput);
    /// Records AGREED: all concerned agree.
    agree_parcel(AgreeParcelInput);
    /// Records PERSUADED: the begin of the persuasion.
    persuade_party(PersuadePartyInput);
    /// Records `COMPULSORY_INVENTORY`, after the days of persuasion.
    inventory_compulsorily(InventoryCompulsorilyInput);
    /// Records INVENTORIED.
    inventory_parcel(InventoryParcelInput);
    /// Records `PLAN_DRAFTED`.
    draft_parcel_plan(DraftParcelPlanInput);
    /// Records POSTED.
    post_parcel_plan(PostParcelPlanInput);
    /// Records DIALOGUE.
    hold_dialogue(HoldDialogueInput);
    /// Records APPRAISED.
    appraise_parcel_plan(AppraiseParcelPlanInput);
    /// Records APPROVED, when the plan was posted long enough.
    approve_parcel_plan(ApproveParcelPlanInput);
    /// Records PAID.
    pay_parcel(PayParcelInput);
    /// Records DEPOSITED.
    deposit_parcel(DepositParcelInput);
    /// Records `RECOVERY_DECIDED`, within the limits of the notice and of the approval.
    decide_recovery(DecideRecoveryInput);
    /// Records `ENFORCEMENT_DECIDED`.
    decide_enforcement(DecideEnforcementInput);
    /// Records ENFORCED: not around the lunar new year, not at night, not on a day off.
    enforce_recovery(EnforceRecoveryInput);
    /// Records `HANDED_OVER`.
    hand_over_parcel(HandOverParcelInput);
    /// Records CLOSED.
    close_parcel(CloseParcelInput);
    /// Records `ON_HOLD`.
    hold_parcel(HoldParcelInput);
    /// Records RESUMED.
    resume_parcel(ResumeParcelInput);
    /// Records WITHDRAWN: the parcel is taken out of the project.
    withdraw_parcel(WithdrawParcelInput);
    /// Names what blocks a parcel, and the task that is to resolve it.
    block_parcel(BlockParcelInput);
    /// Removes what blocks a parcel.
    unblock_parcel(UnblockParcelInput);
}

mutations! { MilestoneMutation, ClearancePayload, on_row:
    /// Correction of a milestone by an inspector. The history keeps what was recorded before.
    correct_milestone(CorrectMilestoneInput);
}

mutations! { PlanMutation, ClearancePayload, on_row:
    /// Posting of a compensation plan.
    post_compensation_plan(PostCompensationPlanInput);
    /// Approval of a compensation plan that was posted long enough.
    approve_compensation_plan(ApproveCompensationPlanInput);
    /// Payment under an approved plan.
    pay_compensation(PayCompensationInput);
    /// Deposit of an amount that the party refused.
    deposit_compensation(DepositCompensationInput);
    /// Refusal of a payment by the party.
    refuse_compensation(RefuseCompensationInput);
    /// Reversal of a payment or deposit.
    reverse_compensation(ReverseCompensationInput);
}
