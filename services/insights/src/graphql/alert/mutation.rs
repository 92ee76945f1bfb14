//! Mutations of alerts. They return the alert as it is now, or an error with one of these codes in `extensions.code`: `VALIDATION`
//! (with the field in `extensions.path`), `UNAUTHENTICATED`, `FORBIDDEN`, `NOT_FOUND`, `STALE_VERSION`, `CONFLICT`.

use async_graphql::{Context, Object, Result, SimpleObject};
use service_kit::write::{Write, write};
use service_kit::{Problem, ScopeContext};

use super::node::Alert;
use super::query::shown;
use crate::store::alert::HandledAlerts;
use crate::workflow::{AcknowledgeAlertInput, AssignAlertInput, Found, Handles};

/// Result of a mutation of an alert.
#[derive(SimpleObject)]
pub struct AlertPayload {
    /// Alert after the mutation.
    alert: Alert,
}

#[derive(Default)]
pub struct AlertMutation;

#[Object]
impl AlertMutation {
    /// Acknowledgement of an open alert, by the operations center or by the organization that must act.
    async fn acknowledge_alert(&self, ctx: &Context<'_>, input: AcknowledgeAlertInput) -> Result<AlertPayload> {
        Ok(handle(ctx, input).await?)
    }

    /// Assignment of an open alert to an official who takes care of it, by the operations center or by the organization that must act.
    async fn assign_alert(&self, ctx: &Context<'_>, input: AssignAlertInput) -> Result<AlertPayload> {
        Ok(handle(ctx, input).await?)
    }
}

async fn handle<W: Write + Handles>(ctx: &Context<'_>, mut input: W) -> Result<AlertPayload, Problem> {
    ctx.scope().principal.subject()?;
    let id = input.target().id.clone();
    let alert = shown(ctx, &id, ctx.scope().today(), "input.id").await?;
    if let Some(alert) = &alert {
        let handling = ctx.loader::<HandledAlerts>().load_one((alert.until, alert.id.clone())).await?;
        input.target_mut().found = Some(Found { alert: alert.derived.clone(), handling });
    }
    write(ctx.database(), ctx.scope(), &input).await?;
    // The transaction of an earlier field would not see the write.
    ctx.reader().end().await;
    // What was loaded before the write is of no use; the alert of the answer has a key of its own.
    let gone = || Problem::not_found(format!("the alert {} is no longer open", id.0)).at("input.id");
    let alert = alert.ok_or_else(gone)?;
    let until = alert.until + chrono::TimeDelta::microseconds(1);
    Ok(AlertPayload { alert: Alert { until, ..alert } })
}
