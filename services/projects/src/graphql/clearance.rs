//! Resolvers of sites, parcels, parties and what hangs on them.

use async_graphql::{ComplexObject, Context, ID, Json, Result};
use rust_decimal::prelude::ToPrimitive;
use service_kit::connection::RowConnection;
use service_kit::dated;
use service_kit::input::text;
use service_kit::lists::{self, ListArgs};
use service_kit::measures::{Measures, Wanted};
use service_kit::scalar::{Date, GeoPoint, Period, outline};
use service_kit::stats::measures_of;
use service_kit::store::audit::{self, Entry};
use service_kit::store::child::{Child, ChildrenOf};
use service_kit::store::list::ById;
use service_kit::vocabulary::AuditAction;
use service_kit::{PageArgs, Problem, ScopeContext};
use uuid::Uuid;

use super::entity::Area;
use super::stats::period_or_day;
use super::{date, id};
use crate::filter::{ParcelCaseFilter, ParcelCaseOrder};
use crate::model::{
    CompensationPlan, GraveRelocation, Milestone, MilestoneKind, PERSONAL, ParcelFacts, ParcelRight, Party,
    PartyIdentity, Payment, PlanAmount, ProjectFacts, Resettlement, Site, UtilityRelocation, Violation, Warning,
};
use crate::stats::ClearanceSet;
use crate::store::filter::parcel_order;
use crate::store::parcel;
use crate::store::party::{AmountOf, ByCode};
use crate::store::project::ProjectByCode;

async fn children<C: Child>(ctx: &Context<'_>, parent: Uuid) -> Result<Vec<C>, Problem> {
    Ok(ctx.loader::<ChildrenOf<C>>().load_one(parent).await?.unwrap_or_default())
}

async fn project(ctx: &Context<'_>, code: &str) -> Result<Option<ProjectFacts>, Problem> {
    ctx.loader::<ProjectByCode>().load_one((code.to_owned(), ctx.scope().today())).await
}

/// Checks that the caller may read personal data for a purpose, and notes the reading before it happens.
async fn read_personal(ctx: &Context<'_>, field: &str, table: &str, row: Uuid, purpose: &str) -> Result<(), Problem> {
    let scope = ctx.scope();
    PERSONAL.permit_list(&scope.principal)?;
    let purpose = text(purpose, "purpose", 500)?;
    if purpose.chars().count() < 5 {
        return Err(Problem::validation(
            "purpose",
            "accepted: what the personal data is needed for, in 5 to 500 characters",
        ));
    }
    let entry = Entry { reason: Some(&purpose), ..Entry::of(scope, field).about(table, row, 0) };
    Ok(audit::add_alone(ctx.database().pool(), AuditAction::Read, &[entry]).await?)
}

#[ComplexObject]
impl ParcelFacts {
    /// Platform id of the row.
    pub async fn id(&self) -> ID {
        id(self.parcel.meta.id)
    }

    /// Site that the parcel belongs to.
    async fn site(&self, ctx: &Context<'_>) -> Result<Option<Site>> {
        Ok(ctx.loader::<ByCode<Site>>().load_one(self.parcel.site_code.clone()).await?)
    }

    /// Milestones below the furthest stage that are not recorded. The law's order is not one ladder, so a gap is not always a
    /// fault.
    async fn missing(&self) -> Vec<MilestoneKind> {
        self.missing.iter().filter_map(|kind| kind.parse().ok()).collect()
    }

    /// Milestones, the earliest first.
    async fn milestones(&self, ctx: &Context<'_>) -> Result<Vec<Milestone>> {
        Ok(dated::children(ctx, self.parcel.meta.id, self.as_of).await?)
    }

    /// Rights of parties to the parcel, as they are known now.
    async fn rights(&self, ctx: &Context<'_>) -> Result<Vec<ParcelRight>> {
        Ok(dated::children(ctx, self.parcel.meta.id, self.as_of).await?)
    }

    /// Rules of the law that the parcel breaks.
    async fn violations(&self, ctx: &Context<'_>) -> Result<Vec<Violation>> {
        Ok(dated::children(ctx, self.parcel.meta.id, self.as_of).await?)
    }
}

#[ComplexObject]
impl Milestone {
    /// Platform id of the row.
    async fn id(&self) -> ID {
        id(self.meta.id)
    }

    /// Day on which it happened.
    async fn happened_on(&self) -> Date {
        self.happened_on.into()
    }
}

#[ComplexObject]
impl Site {
    /// Platform id of the row.
    async fn id(&self) -> ID {
        id(self.id)
    }

    /// Project for which the land is cleared.
    async fn project(&self, ctx: &Context<'_>) -> Result<Option<ProjectFacts>> {
        Ok(project(ctx, &self.project_code).await?)
    }

    /// Area of the site.
    async fn area(&self) -> Option<Area> {
        Some(Area::new(&self.area_code))
    }

    /// Day after which who comes has no right to compensation.
    async fn cutoff_on(&self) -> Option<Date> {
        date(self.cutoff_on)
    }

    /// Day on which all of the land is to be handed over.
    async fn target_handover(&self) -> Option<Date> {
        date(self.target_handover)
    }

    /// Centre of the site.
    async fn centre(&self) -> Option<GeoPoint> {
        Some(GeoPoint { lat: self.lat?, lon: self.lon? })
    }

    /// Outline as a `GeoJSON` geometry, where it was imported.
    async fn outline(&self) -> Option<Json<serde_json::Value>> {
        outline(self.outline.as_deref())
    }

    /// Day whose limits hold instead of those of the day of the notice.
    async fn rules_on(&self) -> Option<Date> {
        date(self.rules_on)
    }

    /// Share of the land users who agree to hand over before the plan is approved, 0 to 1.
    async fn consent(&self) -> Option<f64> {
        self.consent.and_then(|share| share.to_f64())
    }

    /// Page of its parcel cases as of the end of a day (default: today), by default ordered by site.
    async fn parcel_cases(
        &self,
        ctx: &Context<'_>,
        filter: Option<ParcelCaseFilter>,
        order_by: Option<Vec<ParcelCaseOrder>>,
        as_of: Option<Date>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Option<RowConnection<ParcelFacts>>> {
        let page = PageArgs { first, after };
        let args = ListArgs { filter, terms: parcel_order(order_by), page, as_of };
        Ok(Some(lists::of::<ParcelFacts, _>(ctx, parcel::SITE, &self.code, args).await?))
    }

    /// Measures of its land clearance as of a date (default: today); flows need a period. Null when they are
    /// about fewer than five parties and the caller does not see all parcels.
    async fn clearance_measures(
        &self,
        ctx: &Context<'_>,
        period: Option<Period>,
        as_of: Option<Date>,
    ) -> Result<Option<Measures<ClearanceSet>>> {
        let wanted = Wanted::shown::<ClearanceSet>(&[ctx.look_ahead()]);
        let period = period_or_day(ctx, period, as_of.as_ref(), wanted)?;
        Ok(measures_of(ctx, parcel::SITE, &self.code, &period, as_of.as_ref()).await?)
    }

    /// Resettlements.
    async fn resettlements(&self, ctx: &Context<'_>) -> Result<Vec<Resettlement>> {
        Ok(children(ctx, self.id).await?)
    }

    /// Graves to be moved.
    async fn graves(&self, ctx: &Context<'_>) -> Result<Vec<GraveRelocation>> {
        Ok(children(ctx, self.id).await?)
    }

    /// Utilities to be moved.
    async fn utilities(&self, ctx: &Context<'_>) -> Result<Vec<UtilityRelocation>> {
        Ok(children(ctx, self.id).await?)
    }
}

#[ComplexObject]
impl ParcelRight {
    /// Platform id of the row.
    async fn id(&self) -> ID {
        id(self.id)
    }

    /// Party that has the right; null until it has arrived.
    async fn party(&self, ctx: &Context<'_>) -> Result<Option<Party>> {
        Ok(ctx.loader::<ByCode<Party>>().load_one(self.party_code.clone()).await?)
    }

    /// Compensation plans of the party on the site, the latest revision first.
    async fn plans(&self, ctx: &Context<'_>) -> Result<Vec<CompensationPlan>> {
        Ok(dated::children(ctx, self.id, self.as_of.unwrap_or_else(|| ctx.scope().today())).await?)
    }
}

#[ComplexObject]
impl Party {
    /// Platform id of the row.
    async fn id(&self) -> ID {
        id(self.id)
    }

    /// Name and identity of the party: personal data, for a handler of its parcels and a stated purpose. Each reading goes into
    /// the audit trail.
    async fn identity(&self, ctx: &Context<'_>, purpose: String) -> Result<Option<PartyIdentity>> {
        read_personal(ctx, "identity", "projects.party", self.id, &purpose).await?;
        Ok(ctx.loader::<ByCode<PartyIdentity>>().load_one(self.code.clone()).await?)
    }
}

#[ComplexObject]
impl CompensationPlan {
    /// Platform id of the row.
    async fn id(&self) -> ID {
        id(self.meta.id)
    }

    /// Day of the posting.
    async fn posted_on(&self) -> Option<Date> {
        date(self.posted_on)
    }

    /// Day of the approval.
    async fn approved_on(&self) -> Option<Date> {
        date(self.approved_on)
    }

    /// Day on which the approval takes effect; late payment counts from it.
    async fn effective_on(&self) -> Option<Date> {
        date(self.effective_on)
    }

    /// Payments under the plan, the earliest first.
    async fn payments(&self, ctx: &Context<'_>) -> Result<Vec<Payment>> {
        Ok(dated::children(ctx, self.meta.id, self.as_of.unwrap_or_else(|| ctx.scope().today())).await?)
    }

    /// Amounts of the plan: personal data, for a handler of its parcels and a stated purpose. Each reading goes into the audit
    /// trail.
    async fn amounts(&self, ctx: &Context<'_>, purpose: String) -> Result<Option<PlanAmount>> {
        read_personal(ctx, "amounts", "projects.compensation_plan", self.meta.id, &purpose).await?;
        Ok(ctx.loader::<AmountOf>().load_one((self.meta.id, ctx.scope().today())).await?)
    }
}

#[ComplexObject]
impl Payment {
    /// Platform id of the row.
    async fn id(&self) -> ID {
        id(self.id)
    }

    /// Day of the payment.
    async fn happened_on(&self) -> Date {
        self.happened_on.into()
    }
}

#[ComplexObject]
impl Violation {
    /// Day from which it holds.
    async fn happened_on(&self) -> Date {
        self.happened_on.into()
    }
}

#[ComplexObject]
impl Resettlement {
    /// Day of the approval.
    async fn approved_on(&self) -> Option<Date> {
        date(self.approved_on)
    }

    /// Day on which it was provided.
    async fn provided_on(&self) -> Option<Date> {
        date(self.provided_on)
    }
}

#[ComplexObject]
impl UtilityRelocation {
    /// Day by which it is to be moved.
    async fn due_on(&self) -> Option<Date> {
        date(self.due_on)
    }

    /// Day on which it was moved.
    async fn moved_on(&self) -> Option<Date> {
        date(self.moved_on)
    }
}

#[ComplexObject]
impl Warning {
    /// Parcel that it is about; null when it is about a project.
    async fn parcel_case(&self, ctx: &Context<'_>) -> Result<Option<ParcelFacts>> {
        match self.parcel_id {
            Some(id) => Ok(ctx.loader::<ById<ParcelFacts>>().load_one((id, self.as_of)).await?),
            None => Ok(None),
        }
    }

    /// Project that it is about, as of the day of the warning; as of today when it was not known by then.
    async fn project(&self, ctx: &Context<'_>) -> Result<Option<ProjectFacts>> {
        match ctx.loader::<ProjectByCode>().load_one((self.project_code.clone(), self.as_of)).await? {
            Some(known) => Ok(Some(known)),
            None => Ok(project(ctx, &self.project_code).await?),
        }
    }

    /// Area of the site; null when it is about a project, which can have sites in several.
    async fn area(&self) -> Option<Area> {
        self.area_code.as_deref().map(Area::new)
    }

    /// Day from which it holds.
    async fn since(&self) -> Date {
        self.since.into()
    }
}
