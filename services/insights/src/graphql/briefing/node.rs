//! Briefings, their conclusions and open points.

use async_graphql::{Context, ID, Object, Result};
use chrono::{DateTime, Utc};
use service_kit::ScopeContext;
use service_kit::scalar::{Date, Period};
use service_kit::store::child::ChildrenOf;

use crate::graphql::entity::Organization;
use crate::model::{Briefing, Conclusion, OpenPoint};
use crate::store::briefing::BriefingById;

/// A briefing (giao ban).
#[Object]
impl Briefing {
    /// Platform id.
    async fn id(&self) -> ID {
        ID(self.meta.id.to_string())
    }

    /// Version; mutations take it as `expectedVersion`.
    async fn version(&self) -> i32 {
        self.meta.version
    }

    /// Period of which it takes stock.
    async fn period(&self) -> Period {
        Period::stored(&self.period)
    }

    /// Title.
    async fn title(&self) -> &str {
        &self.title
    }

    /// When it was held (RFC 3339). Changes since the briefing are those after this instant.
    async fn held_at(&self) -> DateTime<Utc> {
        self.held_at
    }

    /// When it was closed (RFC 3339); null while something can be added.
    async fn closed_at(&self) -> Option<DateTime<Utc>> {
        self.closed_at
    }

    /// What was decided, by number.
    async fn conclusions(&self, ctx: &Context<'_>) -> Result<Vec<Conclusion>> {
        Ok(ctx.loader::<ChildrenOf<Conclusion>>().load_one(self.meta.id).await?.unwrap_or_default())
    }

    /// What is to be brought to the next briefing, by number.
    async fn open_points(&self, ctx: &Context<'_>) -> Result<Vec<OpenPoint>> {
        Ok(ctx.loader::<ChildrenOf<OpenPoint>>().load_one(self.meta.id).await?.unwrap_or_default())
    }
}

/// What was decided in a briefing (kết luận giao ban).
#[Object]
impl Conclusion {
    /// Platform id.
    async fn id(&self) -> ID {
        ID(self.id.to_string())
    }

    /// Number within the briefing; null under a task when the caller does not see briefings.
    async fn number(&self) -> Option<i32> {
        Some(self.number)
    }

    /// Text; null under a task when the caller does not see briefings.
    async fn text(&self) -> Option<&str> {
        Some(&self.text)
    }

    /// Organization that leads the work.
    async fn lead_organization(&self) -> Option<Organization> {
        self.lead_organization_code.as_deref().map(Organization::new)
    }

    /// Last day of the work.
    async fn due_on(&self) -> Option<Date> {
        self.due_on.map(Into::into)
    }

    /// The briefing in which it was decided.
    async fn briefing(&self, ctx: &Context<'_>) -> Result<Option<Briefing>> {
        Ok(ctx.loader::<BriefingById>().load_one(self.briefing_id).await?)
    }
}

/// What is to be brought to the next briefing.
#[Object]
impl OpenPoint {
    /// Platform id.
    async fn id(&self) -> ID {
        ID(self.id.to_string())
    }

    /// Number within the briefing.
    async fn number(&self) -> i32 {
        self.number
    }

    /// Text.
    async fn text(&self) -> &str {
        &self.text
    }

    /// Organization that brings it.
    async fn lead_organization(&self) -> Option<Organization> {
        self.lead_organization_code.as_deref().map(Organization::new)
    }
}
