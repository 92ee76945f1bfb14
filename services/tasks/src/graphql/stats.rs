//! The field `taskStats`: measures by dimension and time bucket, with filter, order and comparison.

use async_graphql::{Context, Object, Result, SimpleObject};
use service_kit::drill_down::Origin;
use service_kit::measures::{MeasureHaving, MeasureOrder, Measures};
use service_kit::question::{Question, StatsRow};
use service_kit::scalar::{Date, Freshness, Period};
use service_kit::vocabulary::{Axis, Comparison, Grain, Level};

use super::entity::{Area, Bottleneck, Indicator, Official, Organization, Programme, Project, TaskGroup};
use crate::filter::TaskFilter;
use crate::model::{TaskDimension, TaskKind, TaskPriority, TaskStatus};
use crate::stats::TaskSet;

/// Measures of tasks: one row for each group, and totals.
#[derive(SimpleObject)]
pub struct TaskStats {
    /// Rows of measures, one for each group and bucket.
    rows: Vec<TaskStatsRow>,
    /// Number of rows that satisfy `having`; `rows` has fewer when `first` is smaller. Without `first` all rows are given, and more
    /// than 10,000 are refused.
    row_count: i32,
    /// Measures of all tasks of the period. A task in several rows counts once.
    totals: Measures<TaskSet>,
    /// Date of the measures, and their source.
    freshness: Freshness,
    #[graphql(flatten)]
    origin: Origin<TaskSet>,
}

/// Measures of a group. A key is null when `groupBy` does not name it or when the tasks have no such value.
#[derive(SimpleObject, Default)]
pub struct TaskStatsRow {
    /// Lead organization of the group.
    organization: Option<Organization>,
    /// Area of the group.
    area: Option<Area>,
    /// Programme of the group.
    programme: Option<Programme>,
    /// Holder of the accountable position of the group.
    official: Option<Official>,
    /// Task group of the group.
    group: Option<TaskGroup>,
    /// Axis of the lead organizations of the group.
    axis: Option<Axis>,
    /// Level of the lead organizations of the group.
    level: Option<Level>,
    /// State of the tasks.
    status: Option<TaskStatus>,
    /// Kind of the tasks.
    kind: Option<TaskKind>,
    /// Priority of the tasks.
    priority: Option<TaskPriority>,
    /// Bottleneck of the group.
    bottleneck: Option<Bottleneck>,
    /// Project of the group.
    project: Option<Project>,
    /// Indicator of the group.
    indicator: Option<Indicator>,
    /// Organization that passed the tasks on.
    former_lead: Option<Organization>,
    /// Time bucket of the row; null without `grain`. Only its days within the period are counted, and buckets that begin
    /// after `asOf` have no row.
    bucket: Option<Period>,
    /// Measures of the group.
    measures: Measures<TaskSet>,
    /// Measures of the same group one comparison earlier; null without `compareTo`, or when the group had no task then. A
    /// bucket that is not over is compared with the same elapsed part.
    previous: Option<Measures<TaskSet>>,
    #[graphql(flatten)]
    origin: Origin<TaskSet>,
}

#[derive(Default)]
pub struct StatsQuery;

#[Object]
impl StatsQuery {
    /// Measures of tasks over a period, as of a date (default: today). `groupBy` makes a row for each group, `grain`
    /// for each time bucket; `compareTo` adds the measures of an earlier period.
    #[expect(
        clippy::too_many_arguments,
        reason = "they are the arguments of the GraphQL field, as async-graphql passes them"
    )]
    async fn task_stats(
        &self,
        ctx: &Context<'_>,
        period: Period,
        filter: Option<TaskFilter>,
        group_by: Option<Vec<TaskDimension>>,
        grain: Option<Grain>,
        having: Option<Vec<MeasureHaving<TaskSet>>>,
        order_by: Option<Vec<MeasureOrder<TaskSet>>>,
        compare_to: Option<Comparison>,
        as_of: Option<Date>,
        first: Option<i32>,
    ) -> Result<Option<TaskStats>> {
        let question =
            Question { period, filter, group_by, grain, having, order_by, compare_to, as_of, first, keep: None };
        let stats = question.answer(ctx).await?;
        Ok(Some(TaskStats {
            rows: stats.rows.into_iter().map(row).collect(),
            row_count: stats.row_count,
            totals: stats.totals.unwrap_or_default(),
            freshness: stats.freshness,
            origin: stats.origin,
        }))
    }
}

fn row(found: StatsRow<TaskDimension, TaskSet>) -> TaskStatsRow {
    let mut row = TaskStatsRow {
        bucket: found.bucket,
        origin: found.origin,
        measures: found.measures,
        previous: found.previous,
        ..Default::default()
    };
    for (dimension, value) in &found.key {
        let value = value.as_str();
        match dimension {
            TaskDimension::Axis => row.axis = value.parse().ok(),
            TaskDimension::Level => row.level = value.parse().ok(),
            TaskDimension::Organization => row.organization = Some(Organization::new(value)),
            TaskDimension::Official => row.official = Some(Official::new(value)),
            TaskDimension::Programme => row.programme = Some(Programme::new(value)),
            TaskDimension::Group => row.group = Some(TaskGroup::new(value)),
            TaskDimension::Project => row.project = Some(Project::new(value)),
            TaskDimension::Indicator => row.indicator = Some(Indicator::new(value)),
            TaskDimension::Bottleneck => row.bottleneck = Some(Bottleneck::new(value)),
            TaskDimension::Area => row.area = Some(Area::new(value)),
            TaskDimension::FormerLead => row.former_lead = Some(Organization::new(value)),
            TaskDimension::Kind => row.kind = value.parse().ok(),
            TaskDimension::Priority => row.priority = value.parse().ok(),
            TaskDimension::Status => row.status = value.parse().ok(),
        }
    }
    row
}
