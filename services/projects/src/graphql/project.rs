//! Resolvers of `Project` fields, and of fields of its children, that are not plain columns.

use async_graphql::{ComplexObject, Context, ID, Result};
use service_kit::PageArgs;
use service_kit::ScopeContext;
use service_kit::connection::RowConnection;
use service_kit::dated::{self, Dated};
use service_kit::lists::{self, ListArgs};
use service_kit::measures::{Measures, Wanted};
use service_kit::scalar::{Date, Period};
use service_kit::stats::measures_of;
use service_kit::store::child::{Child, ChildrenOf};

use super::entity::{Area, Bottleneck, Indicator, Organization, Position, Programme};
use super::stats::period_or_day;
use super::{date, id};
use crate::filter::{ParcelCaseFilter, ParcelCaseOrder};
use crate::model::{
    Assessment, CapitalPlan, Contract, Disbursement, ForecastChange, Modification, ParcelFacts, PhaseChange,
    ProjectFacts, Site,
};
use crate::stats::{ClearanceSet, ProjectSet};
use crate::store::children::{Changed, ChangesOf};
use crate::store::filter::parcel_order;
use crate::store::{parcel, project};

impl ProjectFacts {
    async fn children<C: Child + Dated>(&self, ctx: &Context<'_>) -> Result<Vec<C>> {
        Ok(dated::children(ctx, self.project.meta.id, self.as_of).await?)
    }

    async fn changes<C: Changed + Dated>(&self, ctx: &Context<'_>) -> Result<Vec<C>> {
        let changes = ctx.loader::<ChangesOf<C>>().load_one(self.project.meta.id).await?.unwrap_or_default();
        Ok(dated::at_day(ctx, changes, self.as_of))
    }
}

#[ComplexObject]
impl ProjectFacts {
    /// Stable code of the project.
    async fn code(&self) -> ID {
        ID(self.project.code.clone())
    }

    /// Platform id of the row; mutations take it.
    async fn id(&self) -> ID {
        id(self.project.meta.id)
    }

    /// Owner.
    async fn organization(&self) -> Option<Organization> {
        self.project.owner_organization_code.as_deref().map(Organization::new)
    }

    /// Position that is accountable for the project; its holder depends on the date.
    async fn accountable(&self) -> Option<Position> {
        self.project.accountable_position_code.as_deref().map(Position::new)
    }

    /// Areas that the project concerns.
    async fn areas(&self) -> Option<Vec<Area>> {
        Some(self.project.area_codes.iter().map(|code| Area::new(code)).collect())
    }

    /// Programmes that the project belongs to.
    async fn programmes(&self) -> Option<Vec<Programme>> {
        Some(self.project.programme_codes.iter().map(|code| Programme::new(code)).collect())
    }

    /// Bottlenecks that the project addresses.
    async fn bottlenecks(&self) -> Option<Vec<Bottleneck>> {
        Some(self.project.bottleneck_codes.iter().map(|code| Bottleneck::new(code)).collect())
    }

    /// Indicators that the project serves.
    async fn indicators(&self) -> Option<Vec<Indicator>> {
        Some(self.project.indicator_codes.iter().map(|code| Indicator::new(code)).collect())
    }

    /// Day of the ground-breaking; the projects of one day are a cohort.
    async fn groundbreaking_on(&self) -> Option<Date> {
        date(self.project.groundbreaking_on)
    }

    /// End as first set.
    async fn baseline_end(&self) -> Option<Date> {
        date(self.project.baseline_end)
    }

    /// End as expected now.
    async fn forecast_end(&self) -> Option<Date> {
        date(self.project.forecast_end)
    }

    /// Day of the completion or cancellation; null before it.
    async fn ended_on(&self) -> Option<Date> {
        date(self.project.ended_on)
    }

    /// Forecasts of the end, the earliest first, each with its reason.
    async fn forecasts(&self, ctx: &Context<'_>) -> Result<Vec<ForecastChange>> {
        self.changes(ctx).await
    }

    /// Changes of the phase and of the suspension, the earliest first.
    async fn phases(&self, ctx: &Context<'_>) -> Result<Vec<PhaseChange>> {
        self.changes(ctx).await
    }

    /// Capital plans, the latest year first.
    async fn capital_plans(&self, ctx: &Context<'_>) -> Result<Vec<CapitalPlan>> {
        self.children(ctx).await
    }

    /// Payments of capital, the latest first.
    async fn disbursements(&self, ctx: &Context<'_>) -> Result<Vec<Disbursement>> {
        self.children(ctx).await
    }

    /// Contracts, the earliest first.
    async fn contracts(&self, ctx: &Context<'_>) -> Result<Vec<Contract>> {
        self.children(ctx).await
    }

    /// Judgements of reviewers, the latest first.
    async fn assessments(&self, ctx: &Context<'_>) -> Result<Vec<Assessment>> {
        self.children(ctx).await
    }

    /// Sites of land clearance.
    async fn sites(&self, ctx: &Context<'_>) -> Result<Vec<Site>> {
        Ok(ctx.loader::<ChildrenOf<Site>>().load_one(self.project.meta.id).await?.unwrap_or_default())
    }

    /// Measures of this project over a period, as of a date (default: today).
    async fn project_measures(
        &self,
        ctx: &Context<'_>,
        period: Period,
        as_of: Option<Date>,
    ) -> Result<Option<Measures<ProjectSet>>> {
        Ok(measures_of(ctx, project::SELF, &self.project.code, &period, as_of.as_ref()).await?)
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
        Ok(Some(lists::of::<ParcelFacts, _>(ctx, parcel::PROJECT, &self.project.code, args).await?))
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
        Ok(measures_of(ctx, parcel::PROJECT, &self.project.code, &period, as_of.as_ref()).await?)
    }
}

#[ComplexObject]
impl ForecastChange {
    /// End that was expected from then on.
    async fn forecast_end(&self) -> Option<Date> {
        date(self.forecast_end)
    }
}

#[ComplexObject]
impl CapitalPlan {
    /// Platform id of the row.
    async fn id(&self) -> ID {
        id(self.id)
    }

    /// Day of the decision; of several versions of a year and basis the latest is in force.
    async fn decided_on(&self) -> Date {
        self.decided_on.into()
    }

    /// Last day on which a payment counts, if a decision moves it; null: as the law says.
    async fn disburse_until(&self) -> Option<Date> {
        date(self.disburse_until)
    }
}

#[ComplexObject]
impl Disbursement {
    /// Platform id of the row.
    async fn id(&self) -> ID {
        id(self.id)
    }

    /// Day of the payment.
    async fn paid_on(&self) -> Date {
        self.paid_on.into()
    }
}

#[ComplexObject]
impl Contract {
    /// Platform id of the row.
    async fn id(&self) -> ID {
        id(self.id)
    }

    /// Day of the signature.
    async fn signed_on(&self) -> Date {
        self.signed_on.into()
    }

    /// First day of the work.
    async fn starts_on(&self) -> Option<Date> {
        date(self.starts_on)
    }

    /// Last day of the work as signed.
    async fn ends_on(&self) -> Option<Date> {
        date(self.ends_on)
    }

    /// Changes of the contract, the earliest first.
    async fn modifications(&self, ctx: &Context<'_>) -> Result<Vec<Modification>> {
        Ok(dated::children(ctx, self.id, self.as_of.unwrap_or_else(|| ctx.scope().today())).await?)
    }
}

#[ComplexObject]
impl Modification {
    /// Platform id of the row.
    async fn id(&self) -> ID {
        id(self.id)
    }

    /// Day of the decision.
    async fn decided_on(&self) -> Date {
        self.decided_on.into()
    }

    /// End before the change.
    async fn old_end(&self) -> Option<Date> {
        date(self.old_end)
    }

    /// End after the change.
    async fn new_end(&self) -> Option<Date> {
        date(self.new_end)
    }
}

#[ComplexObject]
impl Assessment {
    /// Platform id of the row.
    async fn id(&self) -> ID {
        id(self.id)
    }

    /// Day of the judgement.
    async fn assessed_on(&self) -> Date {
        self.assessed_on.into()
    }
}
