//! The fields `projectStats` and `clearanceStats`: measures by dimension and time bucket, with filter, order and comparison.

use async_graphql::{Context, Object, Result, SimpleObject};
use chrono::NaiveDate;
use service_kit::drill_down::Origin;
use service_kit::measures::{MeasureHaving, MeasureOrder, MeasureSet, Measures, Wanted};
use service_kit::question::{Question, StatsRow};
use service_kit::scalar::{Date, Freshness, Period};
use service_kit::vocabulary::{Axis, Comparison, Grain, Level};
use service_kit::{Problem, ScopeContext};

use super::entity::{Area, Bottleneck, Indicator, Official, Organization, Programme};
use crate::filter::{ParcelCaseFilter, ProjectFilter};
use crate::model::{
    ClearanceDimension, ClearanceStage, LandType, ParcelBlocker, PartyKind, ProjectDimension, ProjectFacts,
    ProjectKind, ProjectPhase, Site,
};
use crate::stats::{ClearanceSet, ProjectSet};
use crate::store::party::ByCode;
use crate::store::project::ProjectByCode;

/// The period, by default the day as of which is measured. On one day hardly anything flows, and its 0 would be taken for the
/// figure of a longer time.
///
/// # Errors
/// `VALIDATION` at `period` when a flow is wanted without one.
pub fn period_or_day(
    ctx: &Context<'_>,
    period: Option<Period>,
    as_of: Option<&Date>,
    wanted: Wanted,
) -> Result<Period, Problem> {
    if let Some(period) = period {
        return Ok(period);
    }
    if let Some(flow) = wanted.flow(ClearanceSet::MEASURES) {
        let message = format!("`{flow}` is counted within a period; accepted: with `period`, such as 2026 or 2026-Q3");
        return Err(Problem::validation("period", message));
    }
    let day = measured_day(ctx, as_of)?;
    Ok(schema::Period::interval(day, day).map_err(|error| Problem::validation("asOf", error.to_string()))?.into())
}

/// The day as of which is measured, by default today: one that a period can have.
///
/// # Errors
/// `VALIDATION` at `asOf`.
pub fn measured_day(ctx: &Context<'_>, as_of: Option<&Date>) -> Result<NaiveDate, Problem> {
    let day = ctx.scope().as_of(as_of)?;
    schema::Period::interval(day, day).map_err(|error| Problem::validation("asOf", error.to_string()))?;
    Ok(day)
}

/// Measures of projects: one row for each group, and totals.
#[derive(SimpleObject)]
pub struct ProjectStats {
    /// Rows of measures, one for each group and bucket.
    rows: Vec<ProjectStatsRow>,
    /// Number of rows that satisfy `having`; `rows` has fewer when `first` is smaller. Without `first` all rows are given, and more
    /// than 10,000 are refused.
    row_count: i32,
    /// Measures of all projects of the period. A project in several rows counts once.
    totals: Measures<ProjectSet>,
    /// Date of the measures, and their source.
    freshness: Freshness,
    #[graphql(flatten)]
    origin: Origin<ProjectSet>,
}

/// Measures of a group of projects. A key is null when `groupBy` does not name it or when the projects have no such value.
#[derive(SimpleObject, Default)]
#[graphql(complex)]
pub struct ProjectStatsRow {
    /// Owner of the group.
    organization: Option<Organization>,
    /// Area of the group.
    area: Option<Area>,
    /// Programme of the group.
    programme: Option<Programme>,
    /// Bottleneck of the group.
    bottleneck: Option<Bottleneck>,
    /// Indicator of the group.
    indicator: Option<Indicator>,
    /// Holder of the accountable position of the group.
    official: Option<Official>,
    /// Axis of the owners of the group.
    axis: Option<Axis>,
    /// Level of the owners of the group.
    level: Option<Level>,
    /// Kind of the projects.
    kind: Option<ProjectKind>,
    /// Phase of the projects.
    phase: Option<ProjectPhase>,
    /// Day of the ground-breaking of the projects.
    cohort: Option<Date>,
    #[graphql(skip)]
    project_code: Option<String>,
    /// Time bucket of the row; null without `grain`. Only its days within the period are counted, and buckets that begin after
    /// `asOf` have no row.
    bucket: Option<Period>,
    /// Measures of the group.
    measures: Measures<ProjectSet>,
    /// Measures of the same group one comparison earlier; null without `compareTo`, or when the group had no project then. A
    /// bucket that is not over is compared with the same elapsed part.
    previous: Option<Measures<ProjectSet>>,
    #[graphql(flatten)]
    origin: Origin<ProjectSet>,
}

async fn project_of(ctx: &Context<'_>, code: Option<&String>) -> Result<Option<ProjectFacts>> {
    match code {
        Some(code) => Ok(ctx.loader::<ProjectByCode>().load_one((code.clone(), ctx.scope().today())).await?),
        None => Ok(None),
    }
}

#[async_graphql::ComplexObject]
impl ProjectStatsRow {
    /// Project of the group; null also when the caller may not see it.
    async fn project(&self, ctx: &Context<'_>) -> Result<Option<ProjectFacts>> {
        project_of(ctx, self.project_code.as_ref()).await
    }
}

/// Measures of land clearance: one row for each group, and totals.
#[derive(SimpleObject)]
pub struct ClearanceStats {
    /// Rows of measures, one for each group and bucket. A group with fewer than five parties is shown only to who sees all
    /// parcels.
    rows: Vec<ClearanceStatsRow>,
    /// Number of rows that satisfy `having`; `rows` has fewer when `first` is smaller. Without `first` all rows are given, and more
    /// than 10,000 are refused.
    row_count: i32,
    /// Measures of all parcels. A parcel with several rights and a party with several parcels count once. Null when they are about
    /// fewer than five parties and the caller does not see all parcels.
    totals: Option<Measures<ClearanceSet>>,
    /// Date of the measures, and their source.
    freshness: Freshness,
    #[graphql(flatten)]
    origin: Origin<ClearanceSet>,
}

/// Measures of a group of parcels. A key is null when `groupBy` does not name it or when the parcels have no such value.
#[derive(SimpleObject, Default)]
#[graphql(complex)]
pub struct ClearanceStatsRow {
    /// Furthest stage of the parcels.
    stage: Option<ClearanceStage>,
    /// Area of the sites.
    area: Option<Area>,
    /// Owner of the projects.
    organization: Option<Organization>,
    /// Programme of the projects.
    programme: Option<Programme>,
    /// Bottleneck of the projects.
    bottleneck: Option<Bottleneck>,
    /// Holder of the projects' accountable position.
    official: Option<Official>,
    /// Day of the ground-breaking of the projects.
    cohort: Option<Date>,
    /// Type of the land.
    land_type: Option<LandType>,
    /// What blocks the parcels.
    blocker: Option<ParcelBlocker>,
    /// Kind of the parties.
    party_kind: Option<PartyKind>,
    #[graphql(skip)]
    project_code: Option<String>,
    #[graphql(skip)]
    site_code: Option<String>,
    /// Time bucket of the row; null without `grain`. Only its days within the period are counted, and buckets that begin after
    /// `asOf` have no row.
    bucket: Option<Period>,
    /// Measures of the group.
    measures: Measures<ClearanceSet>,
    /// Measures of the same group one comparison earlier; null without `compareTo`, or when the group had no parcel then.
    previous: Option<Measures<ClearanceSet>>,
    #[graphql(flatten)]
    origin: Origin<ClearanceSet>,
}

#[async_graphql::ComplexObject]
impl ClearanceStatsRow {
    /// Project of the group; null also when the caller may not see it.
    async fn project(&self, ctx: &Context<'_>) -> Result<Option<ProjectFacts>> {
        project_of(ctx, self.project_code.as_ref()).await
    }

    /// Site of the group; null also when the caller may not see it.
    async fn site(&self, ctx: &Context<'_>) -> Result<Option<Site>> {
        match &self.site_code {
            Some(code) => Ok(ctx.loader::<ByCode<Site>>().load_one(code.clone()).await?),
            None => Ok(None),
        }
    }
}

#[derive(Default)]
pub struct StatsQuery;

#[Object]
impl StatsQuery {
    /// Measures of projects over a period, as of a date (default: today). `groupBy` makes a row for each group, `grain` for each
    /// time bucket; `compareTo` adds the measures of an earlier period.
    #[expect(
        clippy::too_many_arguments,
        reason = "they are the arguments of the GraphQL field, as async-graphql passes them"
    )]
    async fn project_stats(
        &self,
        ctx: &Context<'_>,
        period: Period,
        filter: Option<ProjectFilter>,
        group_by: Option<Vec<ProjectDimension>>,
        grain: Option<Grain>,
        having: Option<Vec<MeasureHaving<ProjectSet>>>,
        order_by: Option<Vec<MeasureOrder<ProjectSet>>>,
        compare_to: Option<Comparison>,
        as_of: Option<Date>,
        first: Option<i32>,
    ) -> Result<Option<ProjectStats>> {
        let question =
            Question { period, filter, group_by, grain, having, order_by, compare_to, as_of, first, keep: None };
        let stats = question.answer(ctx).await?;
        Ok(Some(ProjectStats {
            rows: stats.rows.into_iter().map(project_row).collect(),
            row_count: stats.row_count,
            totals: stats.totals.unwrap_or_default(),
            freshness: stats.freshness,
            origin: stats.origin,
        }))
    }

    /// Measures of land clearance as of a date (default: today). Flows are counted over the period and need one. Area and
    /// household rates stand side by side, and each says what it counts.
    #[expect(
        clippy::too_many_arguments,
        reason = "they are the arguments of the GraphQL field, as async-graphql passes them"
    )]
    async fn clearance_stats(
        &self,
        ctx: &Context<'_>,
        period: Option<Period>,
        filter: Option<ParcelCaseFilter>,
        group_by: Option<Vec<ClearanceDimension>>,
        grain: Option<Grain>,
        having: Option<Vec<MeasureHaving<ClearanceSet>>>,
        order_by: Option<Vec<MeasureOrder<ClearanceSet>>>,
        compare_to: Option<Comparison>,
        as_of: Option<Date>,
        first: Option<i32>,
    ) -> Result<Option<ClearanceStats>> {
        let look = ctx.look_ahead();
        let rows = look.field("rows");
        let mut wanted =
            Wanted::shown::<ClearanceSet>(&[rows.field("measures"), rows.field("previous"), look.field("totals")]);
        let compared = having.iter().flatten().map(|term| term.measure);
        for name in compared.chain(order_by.iter().flatten().map(|term| term.measure)) {
            wanted = wanted.and(name);
        }
        let period = period_or_day(ctx, period, as_of.as_ref(), wanted)?;
        let question =
            Question { period, filter, group_by, grain, having, order_by, compare_to, as_of, first, keep: None };
        let stats = question.answer(ctx).await?;
        Ok(Some(ClearanceStats {
            rows: stats.rows.into_iter().map(clearance_row).collect(),
            row_count: stats.row_count,
            totals: stats.totals,
            freshness: stats.freshness,
            origin: stats.origin,
        }))
    }
}

fn project_row(found: StatsRow<ProjectDimension, ProjectSet>) -> ProjectStatsRow {
    let mut row = ProjectStatsRow {
        bucket: found.bucket,
        origin: found.origin,
        measures: found.measures,
        previous: found.previous,
        ..Default::default()
    };
    for (dimension, value) in &found.key {
        let value = value.as_str();
        match dimension {
            ProjectDimension::Axis => row.axis = value.parse().ok(),
            ProjectDimension::Level => row.level = value.parse().ok(),
            ProjectDimension::Organization => row.organization = Some(Organization::new(value)),
            ProjectDimension::Official => row.official = Some(Official::new(value)),
            ProjectDimension::Programme => row.programme = Some(Programme::new(value)),
            ProjectDimension::Bottleneck => row.bottleneck = Some(Bottleneck::new(value)),
            ProjectDimension::Indicator => row.indicator = Some(Indicator::new(value)),
            ProjectDimension::Area => row.area = Some(Area::new(value)),
            ProjectDimension::Kind => row.kind = value.parse().ok(),
            ProjectDimension::Phase => row.phase = value.parse().ok(),
            ProjectDimension::Cohort => row.cohort = schema::parse_date(value).ok().map(Into::into),
            ProjectDimension::Project => row.project_code = Some(value.to_owned()),
        }
    }
    row
}

fn clearance_row(found: StatsRow<ClearanceDimension, ClearanceSet>) -> ClearanceStatsRow {
    let mut row = ClearanceStatsRow {
        bucket: found.bucket,
        origin: found.origin,
        measures: found.measures,
        previous: found.previous,
        ..Default::default()
    };
    for (dimension, value) in &found.key {
        let value = value.as_str();
        match dimension {
            ClearanceDimension::Stage => row.stage = value.parse().ok(),
            ClearanceDimension::Area => row.area = Some(Area::new(value)),
            ClearanceDimension::Project => row.project_code = Some(value.to_owned()),
            ClearanceDimension::Site => row.site_code = Some(value.to_owned()),
            ClearanceDimension::Organization => row.organization = Some(Organization::new(value)),
            ClearanceDimension::Programme => row.programme = Some(Programme::new(value)),
            ClearanceDimension::Bottleneck => row.bottleneck = Some(Bottleneck::new(value)),
            ClearanceDimension::Official => row.official = Some(Official::new(value)),
            ClearanceDimension::Cohort => row.cohort = schema::parse_date(value).ok().map(Into::into),
            ClearanceDimension::LandType => row.land_type = value.parse().ok(),
            ClearanceDimension::Blocker => row.blocker = value.parse().ok(),
            ClearanceDimension::PartyKind => row.party_kind = value.parse().ok(),
        }
    }
    row
}
