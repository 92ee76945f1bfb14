//! Mutations. A mutation of a stored row takes the version that the caller read. It returns the row as it is now, or an error with
//! one of these codes in `extensions.code`: `VALIDATION` (with the field in `extensions.path`), `UNAUTHENTICATED`, `FORBIDDEN`,
//! `NOT_FOUND`, `STALE_VERSION`, `CONFLICT`.

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use service_kit::write::{Write, write};
use service_kit::{Problem, ScopeContext};
use uuid::Uuid;

use super::id;
use crate::model::{KPIS, Observation};
use crate::store::observation;
use crate::workflow;

/// Result of a mutation of an observation.
#[derive(SimpleObject)]
pub struct ObservationPayload {
    /// Observation after the mutation.
    observation: Observation,
}

/// Result of a mutation of a target.
#[derive(SimpleObject)]
pub struct KpiTargetPayload {
    /// Platform id of the version of the target.
    id: ID,
}

async fn wrote<W: Write>(ctx: &Context<'_>, input: &W) -> Result<Uuid, Problem> {
    let id = write(ctx.database(), ctx.scope(), input).await?;
    // The transaction of an earlier field would not see the write.
    ctx.reader().end().await;
    Ok(id)
}

async fn on_observation<W: Write>(ctx: &Context<'_>, input: W) -> Result<ObservationPayload> {
    let id = wrote(ctx, &input).await?;
    let found = observation::by_id(&ctx.reader().rows(&KPIS), id).await?;
    let observation = found.ok_or_else(|| Problem::not_found(format!("there is no observation {id}")))?;
    Ok(ObservationPayload { observation })
}

async fn on_target<W: Write>(ctx: &Context<'_>, input: W) -> Result<KpiTargetPayload> {
    Ok(KpiTargetPayload { id: id(wrote(ctx, &input).await?) })
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

mutations! { ObservationMutation, ObservationPayload, on_observation:
    /// New observation as a draft, by the owner of the indicator or by the scope that it is about.
    record_observation(RecordObservationInput);
    /// Change of a draft.
    update_observation(UpdateObservationInput);
    /// Submission of a draft to the statistics office.
    submit_observation(SubmitObservationInput);
    /// Verification by the statistics office: an approver who did not submit it.
    verify_observation(VerifyObservationInput);
    /// Return to the owner, with a reason.
    return_observation(ReturnObservationInput);
    /// Publication of a verified observation. It counts from now on.
    publish_observation(PublishObservationInput);
    /// Correction of a published observation: a draft with the next revision. The published value stays until the correction is
    /// published too.
    correct_observation(CorrectObservationInput);
    /// Withdrawal with a reason. A withdrawn value no longer counts; the history keeps it.
    withdraw_observation(WithdrawObservationInput);
}

mutations! { TargetMutation, KpiTargetPayload, on_target:
    /// First version of a target, by an issuer. A series that has a target of the period is a conflict.
    set_kpi_target(SetKpiTargetInput);
    /// New version of a target from the day of its decision, by an issuer. What it does not state stays. Questions about earlier days keep the version of then.
    change_kpi_target(ChangeKpiTargetInput);
    /// Correction of a version that was entered wrongly, by an issuer, with a reason: the version says it for all its days. What it does
    /// not state stays.
    correct_kpi_target(CorrectKpiTargetInput);
    /// Withdrawal of a target, by an issuer, with a reason. Questions about days before `withdrawnOn` keep it; `setKpiTarget` sets another one.
    withdraw_kpi_target(WithdrawKpiTargetInput);
}
