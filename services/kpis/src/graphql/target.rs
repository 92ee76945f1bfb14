//! Resolvers of `KpiTarget` fields that are not plain columns.

use async_graphql::{ComplexObject, Context, ID, Result};
use service_kit::scalar::{Date, Period, Rate};

use super::entity::{Area, Organization};
use super::{date, id, named};
use crate::model::{Indicator, Target, TrajectoryPoint};

#[ComplexObject]
impl Target {
    /// Platform id of the version of the target; mutations take it.
    async fn id(&self) -> ID {
        id(self.meta.id)
    }

    /// Indicator.
    async fn indicator(&self, ctx: &Context<'_>) -> Result<Option<Indicator>> {
        named(ctx, &self.indicator_code).await
    }

    /// Area of the scope; the city's for a target of the city.
    async fn area(&self) -> Option<Area> {
        self.area_code.as_deref().map(Area::new)
    }

    /// Organization of the scope.
    async fn organization(&self) -> Option<Organization> {
        self.organization_code.as_deref().map(Organization::new)
    }

    /// Period of the target.
    async fn period(&self) -> Period {
        Period::stored(&self.period)
    }

    /// Day of the decision, from which this version is in force.
    async fn decided_on(&self) -> Date {
        self.decided_on.into()
    }

    /// First day on which it is withdrawn and no longer in force; null when it is not.
    async fn withdrawn_on(&self) -> Option<Date> {
        date(self.withdrawn_on)
    }

    /// Values that are to be reached on the way, by day.
    #[graphql(name = "trajectory")]
    async fn planned(&self) -> Vec<TrajectoryPoint> {
        self.trajectory_points.iter().filter_map(|point| TrajectoryPoint::read(point)).collect()
    }

    /// Last day that was observed; null before anything was.
    async fn observed_until(&self) -> Option<Date> {
        date(self.ends.last().and_then(chrono::NaiveDate::pred_opt))
    }

    /// Observations published, of those that the period has when it is over.
    async fn coverage(&self) -> Rate {
        schema::Rate::new(self.ends.len(), self.expected).into()
    }

    /// First day on which an observation of the period is overdue; null when all are published.
    async fn late_from(&self) -> Option<Date> {
        date(self.late_from)
    }
}
