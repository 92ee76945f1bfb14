//! The field `kpiStats`: measures by dimension and time bucket, with filter, order and comparison.

use async_graphql::{Context, Object, Result, SimpleObject};
use service_kit::drill_down::Origin;
use service_kit::measures::{MeasureHaving, MeasureOrder, Measures};
use service_kit::question::{Question, StatsRow};
use service_kit::scalar::{Date, Freshness, Period};
use service_kit::vocabulary::{Axis, Comparison, Grain, Level};

use super::entity::{Area, Bottleneck, Official, Organization, Programme};
use super::named;
use crate::filter::KpiFilter;
use crate::model::{Indicator, IndicatorNature, KpiDimension, KpiRag, KpiScope};
use crate::stats::KpiSet;

/// Measures of targets: one row for each group, and totals.
#[derive(SimpleObject)]
pub struct KpiStats {
    /// Rows of measures, one for each group and bucket.
    rows: Vec<KpiStatsRow>,
    /// Number of rows that satisfy `having`; `rows` has fewer when `first` is smaller. Without `first` all rows are given, and more
    /// than 10,000 are refused.
    row_count: i32,
    /// Measures of all targets. A target in several rows counts once.
    totals: Measures<KpiSet>,
    /// Date of the measures, and their source.
    freshness: Freshness,
    #[graphql(flatten)]
    origin: Origin<KpiSet>,
}

/// Measures of a group of targets. A key is null when `groupBy` does not name it or when the targets have no such value.
#[derive(SimpleObject, Default)]
#[graphql(complex)]
pub struct KpiStatsRow {
    #[graphql(skip)]
    indicator_code: Option<String>,
    /// Kind of the scopes.
    scope: Option<KpiScope>,
    /// Area of the scopes.
    area: Option<Area>,
    /// Organization of the scopes, else the owner of the indicators.
    organization: Option<Organization>,
    /// Axis of these organizations.
    axis: Option<Axis>,
    /// Level of these organizations.
    level: Option<Level>,
    /// Holder of the accountable position of the indicators.
    official: Option<Official>,
    /// Programme of the indicators.
    programme: Option<Programme>,
    /// Bottleneck of the indicators.
    bottleneck: Option<Bottleneck>,
    /// Nature of the indicators.
    nature: Option<IndicatorNature>,
    /// Judgement of the targets.
    rag: Option<KpiRag>,
    /// Time bucket of the row; null without `grain`. It has the targets whose period has a day of it, judged by what is known on `asOf`; buckets that
    /// begin after `asOf` have no row.
    bucket: Option<Period>,
    /// Measures of the group.
    measures: Measures<KpiSet>,
    /// Measures of the same group one comparison earlier; null without `compareTo`, or when the group had no target then.
    previous: Option<Measures<KpiSet>>,
    #[graphql(flatten)]
    origin: Origin<KpiSet>,
}

#[async_graphql::ComplexObject]
impl KpiStatsRow {
    /// Indicator of the group.
    async fn indicator(&self, ctx: &Context<'_>) -> Result<Option<Indicator>> {
        match &self.indicator_code {
            Some(code) => named(ctx, code).await,
            None => Ok(None),
        }
    }
}

#[derive(Default)]
pub struct StatsQuery;

#[Object]
impl StatsQuery {
    /// Measures of the targets whose period has a day of the asked one, as of a date (default: today). `groupBy` makes a row for each group,
    /// `grain` for each time bucket; `compareTo` adds the measures of an earlier period.
    #[expect(
        clippy::too_many_arguments,
        reason = "they are the arguments of the GraphQL field, as async-graphql passes them"
    )]
    async fn kpi_stats(
        &self,
        ctx: &Context<'_>,
        period: Period,
        filter: Option<KpiFilter>,
        group_by: Option<Vec<KpiDimension>>,
        grain: Option<Grain>,
        having: Option<Vec<MeasureHaving<KpiSet>>>,
        order_by: Option<Vec<MeasureOrder<KpiSet>>>,
        compare_to: Option<Comparison>,
        as_of: Option<Date>,
        first: Option<i32>,
    ) -> Result<Option<KpiStats>> {
        let question =
            Question { period, filter, group_by, grain, having, order_by, compare_to, as_of, first, keep: None };
        let stats = question.answer(ctx).await?;
        Ok(Some(KpiStats {
            rows: stats.rows.into_iter().map(row).collect(),
            row_count: stats.row_count,
            totals: stats.totals.unwrap_or_default(),
            freshness: stats.freshness,
            origin: stats.origin,
        }))
    }
}

fn row(found: StatsRow<KpiDimension, KpiSet>) -> KpiStatsRow {
    let mut row = KpiStatsRow {
        bucket: found.bucket,
        origin: found.origin,
        measures: found.measures,
        previous: found.previous,
        ..Default::default()
    };
    for (dimension, value) in &found.key {
        let value = value.as_str();
        match dimension {
            KpiDimension::Indicator => row.indicator_code = Some(value.to_owned()),
            KpiDimension::Scope => row.scope = value.parse().ok(),
            KpiDimension::Area => row.area = Some(Area::new(value)),
            KpiDimension::Organization => row.organization = Some(Organization::new(value)),
            KpiDimension::Axis => row.axis = value.parse().ok(),
            KpiDimension::Level => row.level = value.parse().ok(),
            KpiDimension::Official => row.official = Some(Official::new(value)),
            KpiDimension::Programme => row.programme = Some(Programme::new(value)),
            KpiDimension::Bottleneck => row.bottleneck = Some(Bottleneck::new(value)),
            KpiDimension::Nature => row.nature = value.parse().ok(),
            KpiDimension::Rag => row.rag = value.parse().ok(),
        }
    }
    row
}
