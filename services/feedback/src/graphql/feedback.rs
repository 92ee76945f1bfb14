//! Resolvers of cases, and of what hangs on them.

use async_graphql::{ComplexObject, Context, ID, Result};
use service_kit::dated;
use service_kit::input::text;
use service_kit::scalar::GeoPoint;
use service_kit::store::audit::{self, Entry};
use service_kit::store::child::{Child, ChildrenOf};
use service_kit::vocabulary::AuditAction;
use service_kit::{Problem, ScopeContext};
use uuid::Uuid;

use super::entity::{Area, Bottleneck, Organization, Position, Programme, Project};
use super::id;
use crate::model::{
    Attachment, Category, CategoryAttribute, FeedbackFacts, Moderation, PERSONAL, Pause, Rating, Sender, Step,
};
use crate::store::category::{AttributesOf, CategoryByCode};
use crate::store::children::PausesOf;

async fn children<C: Child>(ctx: &Context<'_>, parent: Uuid) -> Result<Vec<C>, Problem> {
    Ok(ctx.loader::<ChildrenOf<C>>().load_one(parent).await?.unwrap_or_default())
}

/// Checks that the caller may read personal data for a purpose, and notes the reading before it happens.
async fn read_personal(ctx: &Context<'_>, field: &str, case: Uuid, purpose: &str) -> Result<(), Problem> {
    let scope = ctx.scope();
    PERSONAL.permit_list(&scope.principal)?;
    let purpose = text(purpose, "purpose", 500)?;
    if purpose.chars().count() < 5 {
        let message = "accepted: what the personal data is needed for, in 5 to 500 characters";
        return Err(Problem::validation("purpose", message));
    }
    let entry = Entry { reason: Some(&purpose), ..Entry::of(scope, field).about("feedback.feedback", case, 0) };
    Ok(audit::add_alone(ctx.database().pool(), AuditAction::Read, &[entry]).await?)
}

#[ComplexObject]
impl FeedbackFacts {
    /// Platform id of the row.
    pub async fn id(&self) -> ID {
        id(self.case.meta.id)
    }

    /// Category; null when it is gone.
    async fn category(&self, ctx: &Context<'_>) -> Result<Option<Category>> {
        Ok(ctx.loader::<CategoryByCode>().load_one(self.case.category_code.clone()).await?)
    }

    /// Area.
    async fn area(&self) -> Option<Area> {
        self.case.area_code.as_deref().map(Area::new)
    }

    /// Point, rounded to about 110 m; the exact one is with the sender.
    async fn point(&self) -> Option<GeoPoint> {
        Some(GeoPoint { lat: self.case.lat?, lon: self.case.lon? })
    }

    /// Organization that has the case.
    async fn lead_organization(&self) -> Option<Organization> {
        self.case.lead_organization_code.as_deref().map(Organization::new)
    }

    /// Accountable position.
    async fn accountable_position(&self) -> Option<Position> {
        self.case.accountable_position_code.as_deref().map(Position::new)
    }

    /// Organization that is complained about.
    async fn about_organization(&self) -> Option<Organization> {
        self.case.about_organization_code.as_deref().map(Organization::new)
    }

    /// Project that it is about.
    async fn project(&self) -> Option<Project> {
        self.case.project_code.as_deref().map(Project::new)
    }

    /// Programmes that it belongs to.
    async fn programmes(&self) -> Vec<Programme> {
        self.case.programme_codes.iter().map(|code| Programme::new(code)).collect()
    }

    /// Bottlenecks that it is about.
    async fn bottlenecks(&self) -> Vec<Bottleneck> {
        self.case.bottleneck_codes.iter().map(|code| Bottleneck::new(code)).collect()
    }

    /// Code of the case that it was merged into. Those that were merged into a case are listed by the filter `primary`.
    async fn primary(&self) -> Option<&str> {
        self.case.primary_code.as_deref()
    }

    /// What happened to it, the earliest first.
    async fn events(&self, ctx: &Context<'_>) -> Result<Vec<Step>> {
        Ok(dated::children(ctx, self.case.meta.id, self.as_of).await?)
    }

    /// Documents and pictures.
    async fn attachments(&self, ctx: &Context<'_>) -> Result<Vec<Attachment>> {
        Ok(dated::children(ctx, self.case.meta.id, self.as_of).await?)
    }

    /// Ratings of the answer, the earliest first; the last counts.
    async fn ratings(&self, ctx: &Context<'_>) -> Result<Vec<Rating>> {
        Ok(dated::children(ctx, self.case.meta.id, self.as_of).await?)
    }

    /// Times in which the clock stood still, the earliest first.
    async fn pauses(&self, ctx: &Context<'_>) -> Result<Vec<Pause>> {
        let pauses = ctx.loader::<PausesOf>().load_one(self.case.meta.id).await?.unwrap_or_default();
        Ok(dated::at_day(ctx, pauses, self.as_of))
    }

    /// Who sent it: personal data, for a handler of the case and a stated purpose. Null when nobody is known, when the sender asked
    /// not to be named, and for the organization that is complained about. Each reading goes into the audit trail.
    async fn sender_identity(&self, ctx: &Context<'_>, purpose: String) -> Result<Option<Sender>> {
        read_personal(ctx, "senderIdentity", self.case.meta.id, &purpose).await?;
        Ok(children::<Sender>(ctx, self.case.meta.id).await?.pop())
    }

    /// Texts that moderation replaced, for a handler of the case and a stated purpose. Each reading goes into the audit trail.
    async fn moderations(&self, ctx: &Context<'_>, purpose: String) -> Result<Option<Vec<Moderation>>> {
        read_personal(ctx, "moderations", self.case.meta.id, &purpose).await?;
        Ok(Some(children(ctx, self.case.meta.id).await?))
    }
}

#[ComplexObject]
impl Step {
    /// Platform id of the row.
    async fn id(&self) -> ID {
        id(self.meta.id)
    }

    /// Time when it happened (RFC 3339).
    async fn at(&self) -> chrono::DateTime<chrono::Utc> {
        self.meta.observed_at
    }

    /// Who recorded it.
    async fn by(&self) -> &str {
        &self.meta.recorded_by
    }

    /// Organization that got the case.
    async fn organization(&self) -> Option<Organization> {
        self.organization_code.as_deref().map(Organization::new)
    }

    /// Position that became accountable.
    async fn position(&self) -> Option<Position> {
        self.position_code.as_deref().map(Position::new)
    }
}

#[ComplexObject]
impl Attachment {
    /// Platform id of the row.
    async fn id(&self) -> ID {
        id(self.meta.id)
    }

    /// Time from which it is there (RFC 3339).
    async fn added_at(&self) -> chrono::DateTime<chrono::Utc> {
        self.meta.observed_at
    }
}

#[ComplexObject]
impl Rating {
    /// Platform id of the row.
    async fn id(&self) -> ID {
        id(self.meta.id)
    }
}

#[ComplexObject]
impl Sender {
    /// Exact point.
    async fn exact_point(&self) -> Option<GeoPoint> {
        Some(GeoPoint { lat: self.exact_lat?, lon: self.exact_lon? })
    }
}

#[ComplexObject]
impl Category {
    /// Bottleneck of the city that it belongs to.
    async fn bottleneck(&self) -> Option<Bottleneck> {
        self.bottleneck_code.as_deref().map(Bottleneck::new)
    }

    /// What is asked of who reports in it.
    async fn attributes(&self, ctx: &Context<'_>) -> Result<Vec<CategoryAttribute>> {
        Ok(ctx.loader::<AttributesOf>().load_one(self.code.clone()).await?.unwrap_or_default())
    }
}
