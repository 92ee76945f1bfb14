//! Mutations of briefings. They return the briefing as it is now, or an error with one of these codes in `extensions.code`:
//! `VALIDATION` (with the field in `extensions.path`), `UNAUTHENTICATED`, `FORBIDDEN`, `NOT_FOUND`, `STALE_VERSION`, `CONFLICT`.

use async_graphql::{Context, Object, Result, SimpleObject};
use service_kit::write::{Write, write};
use service_kit::{Problem, ScopeContext};

use crate::model::Briefing;
use crate::store::briefing;
use crate::workflow::{
    AddConclusionInput, AddOpenPointInput, CloseBriefingInput, RecordBriefingInput, UpdateBriefingInput,
};

/// Result of a mutation of a briefing.
#[derive(SimpleObject)]
pub struct BriefingPayload {
    /// Briefing after the mutation.
    briefing: Briefing,
}

#[derive(Default)]
pub struct BriefingMutation;

#[Object]
impl BriefingMutation {
    /// New briefing, by the operations center or an issuer.
    async fn record_briefing(&self, ctx: &Context<'_>, input: RecordBriefingInput) -> Result<BriefingPayload> {
        Ok(wrote(ctx, &input).await?)
    }

    /// Changes period, title or time of a briefing that is not closed.
    async fn update_briefing(&self, ctx: &Context<'_>, input: UpdateBriefingInput) -> Result<BriefingPayload> {
        Ok(wrote(ctx, &input).await?)
    }

    /// Adds a conclusion. It can become a task (`createTask`).
    async fn add_conclusion(&self, ctx: &Context<'_>, input: AddConclusionInput) -> Result<BriefingPayload> {
        Ok(wrote(ctx, &input).await?)
    }

    /// Adds a point that is to be brought to the next briefing.
    async fn add_open_point(&self, ctx: &Context<'_>, input: AddOpenPointInput) -> Result<BriefingPayload> {
        Ok(wrote(ctx, &input).await?)
    }

    /// Closes a briefing. Nothing is added to it any more.
    async fn close_briefing(&self, ctx: &Context<'_>, input: CloseBriefingInput) -> Result<BriefingPayload> {
        Ok(wrote(ctx, &input).await?)
    }
}

async fn wrote<W: Write>(ctx: &Context<'_>, input: &W) -> Result<BriefingPayload, Problem> {
    let id = write(ctx.database(), ctx.scope(), input).await?;
    // The transaction of an earlier field would not see the write.
    ctx.reader().end().await;
    let found = briefing::by_id(ctx.reader(), id).await?;
    let briefing = found.ok_or_else(|| Problem::not_found(format!("there is no briefing {id}")))?;
    Ok(BriefingPayload { briefing })
}
