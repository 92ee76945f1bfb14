//! Resolvers of `Observation` and of what is read of series, that are not plain columns.

use async_graphql::{ComplexObject, Context, ID, Result};
use rust_decimal::Decimal;
use service_kit::ScopeContext;
use service_kit::scalar::{Date, Period, Rate};
use service_kit::store::child::ChildrenOf;

use super::entity::{Area, Organization};
use super::{date, id, named};
use crate::model::{Aggregate, Indicator, KPIS, Observation, Point, Revision, Vintage};

#[ComplexObject]
impl Observation {
    /// Platform id of the row; mutations take it.
    async fn id(&self) -> ID {
        id(self.meta.id)
    }

    /// Indicator.
    async fn indicator(&self, ctx: &Context<'_>) -> Result<Option<Indicator>> {
        named(ctx, &self.indicator_code).await
    }

    /// Area of the scope; the city's for an observation of the city.
    async fn area(&self) -> Option<Area> {
        self.area_code.as_deref().map(Area::new)
    }

    /// Organization of the scope.
    async fn organization(&self) -> Option<Organization> {
        self.organization_code.as_deref().map(Organization::new)
    }

    /// Period.
    async fn period(&self) -> Period {
        Period::stored(&self.period)
    }

    /// Value: the stated one, or what numerator and denominator give, as in series and exports; null when it is missing or
    /// confidential.
    async fn value(&self) -> Option<Decimal> {
        self.shown
    }

    /// Numerator of a rate; of a growth the level. Null when the value is confidential.
    async fn numerator(&self) -> Option<Decimal> {
        self.numerator.filter(|_| !self.is_suppressed())
    }

    /// Denominator of a rate; of a growth the level of the same period a year before. Null when the value is confidential.
    async fn denominator(&self) -> Option<Decimal> {
        self.denominator.filter(|_| !self.is_suppressed())
    }

    /// Values that were published of the period, of all revisions, the earliest first.
    async fn vintages(&self, ctx: &Context<'_>) -> Result<Vec<Vintage>> {
        Ok(ctx.loader::<ChildrenOf<Vintage>>().load_one(self.meta.id).await?.unwrap_or_default())
    }
}

#[ComplexObject]
impl Vintage {
    /// First day on which it was the latest.
    async fn from(&self) -> Date {
        self.from_day.into()
    }

    /// First day on which it was no longer the latest; null while it is.
    #[graphql(name = "until")]
    async fn replaced_on(&self) -> Option<Date> {
        date(self.until)
    }

    /// Id of the observation that states it.
    async fn observation(&self) -> ID {
        id(self.observation_id)
    }
}

#[ComplexObject]
impl Point {
    /// Period.
    async fn period(&self) -> Period {
        Period::stored(&self.period)
    }
}

#[ComplexObject]
impl Aggregate {
    /// Places that reported in the whole period, of those that are to report.
    #[graphql(name = "coverage")]
    async fn shown_coverage(&self) -> Rate {
        self.coverage()
    }

    /// Codes of the places that did not; null when the caller may not see observations.
    async fn missing(&self, ctx: &Context<'_>) -> Option<Vec<ID>> {
        KPIS.permit_list(&ctx.scope().principal).ok()?;
        Some(self.missing.iter().map(|code| ID(code.clone())).collect())
    }
}

#[ComplexObject]
impl Revision {
    /// Indicator; its tasks and projects are what the change is about.
    async fn indicator(&self, ctx: &Context<'_>) -> Result<Option<Indicator>> {
        named(ctx, &self.indicator_code).await
    }

    /// Area of the scope.
    async fn area(&self) -> Option<Area> {
        self.area_code.as_deref().map(Area::new)
    }

    /// Organization of the scope.
    async fn organization(&self) -> Option<Organization> {
        self.organization_code.as_deref().map(Organization::new)
    }

    /// Period of the value.
    async fn period(&self) -> Period {
        Period::stored(&self.period)
    }

    /// Day on which the value was replaced or withdrawn.
    async fn revised_on(&self) -> Date {
        self.revised_on.into()
    }

    /// Period of the target that is judged; null without one.
    async fn target_period(&self) -> Option<Period> {
        self.target_period.as_deref().map(Period::stored)
    }
}
