//! `taskStats`: measures by dimension and time, compared, filtered and ordered.

use async_graphql::{Context, Object, Result, SimpleObject};
use service_kit::ScopeContext;
use service_kit::input::distinct;
use service_kit::lists::checked;
use service_kit::measures::{MeasureHaving, MeasureOrder, Measures};
use service_kit::scalar::{Date, Freshness, Period};
use service_kit::stats::{Group, Request, StatsArgs, StatsInput};
use service_kit::vocabulary::{Axis, Comparison, Grain, Level};

use super::entity::{Area, Bottleneck, Official, Organization, Programme, TaskGroup};
use crate::model::{TaskDimension, TaskFilter, TaskKind, TaskPriority, TaskStatus};
use crate::stats::TaskSet;

/// Measures of tasks, by row and altogether.
#[derive(SimpleObject)]
pub struct TaskStats {
    /// Rows, one for each group and bucket.
    rows: Vec<TaskStatsRow>,
    /// Measures over the distinct tasks of the whole period: a task in several rows counts once.
    totals: Measures<TaskSet>,
    /// Date of the answer, and what served it.
    freshness: Freshness,
}

/// Measures of a group. Keys that were not asked for in `groupBy` are null, as are those that its tasks lack.
#[derive(SimpleObject, Default)]
pub struct TaskStatsRow {
    /// Lead organization.
    organization: Option<Organization>,
    /// Area.
    area: Option<Area>,
    /// Programme.
    programme: Option<Programme>,
    /// Holder of the accountable position.
    official: Option<Official>,
    /// Task group.
    group: Option<TaskGroup>,
    /// Axis of the lead organization.
    axis: Option<Axis>,
    /// Level of the lead organization.
    level: Option<Level>,
    /// State.
    status: Option<TaskStatus>,
    /// Kind.
    kind: Option<TaskKind>,
    /// Priority.
    priority: Option<TaskPriority>,
    /// Bottleneck.
    bottleneck: Option<Bottleneck>,
    /// Part of the period, when a grain was asked for.
    bucket: Option<Period>,
    /// Measures of the group.
    measures: Measures<TaskSet>,
    /// Measures of the same group in the earlier period; null when not compared or when it had no task then.
    previous: Option<Measures<TaskSet>>,
}

#[derive(Default)]
pub struct StatsQuery;

#[Object]
impl StatsQuery {
    /// Measures of tasks over a period, grouped, cut by a grain, compared with an earlier period, as of a date.
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
        let group_by = distinct(group_by.unwrap_or_default());
        let input =
            StatsInput { period: &period, as_of: as_of.as_ref(), grain, compare_to, first, dimensions: group_by.len() };
        let args = StatsArgs::new(input, ctx.scope())?;
        let conditions = checked(ctx, filter).await?;
        let dimensions: Vec<_> = group_by.iter().map(|dimension| dimension.sql()).collect();
        let request = Request {
            args: &args,
            conditions: &conditions,
            dimensions: &dimensions,
            having: having.unwrap_or_default(),
            order_by: order_by.unwrap_or_default(),
        };
        let answer = request.answer(ctx).await?;
        Ok(Some(TaskStats {
            rows: answer.groups.into_iter().map(|group| row(&args, &group_by, group)).collect(),
            totals: answer.totals,
            freshness: answer.freshness,
        }))
    }
}

fn row(args: &StatsArgs, dimensions: &[TaskDimension], group: Group<Measures<TaskSet>>) -> TaskStatsRow {
    let mut row = TaskStatsRow {
        bucket: args.bucket(group.bucket),
        measures: group.measures,
        previous: group.previous,
        ..Default::default()
    };
    for (dimension, value) in dimensions.iter().zip(&group.key) {
        let Some(value) = value.as_deref() else { continue };
        match dimension {
            TaskDimension::Axis => row.axis = value.parse().ok(),
            TaskDimension::Level => row.level = value.parse().ok(),
            TaskDimension::Organization => row.organization = Some(Organization::new(value)),
            TaskDimension::Official => row.official = Some(Official::new(value)),
            TaskDimension::Programme => row.programme = Some(Programme::new(value)),
            TaskDimension::Group => row.group = Some(TaskGroup::new(value)),
            TaskDimension::Bottleneck => row.bottleneck = Some(Bottleneck::new(value)),
            TaskDimension::Area => row.area = Some(Area::new(value)),
            TaskDimension::Kind => row.kind = value.parse().ok(),
            TaskDimension::Priority => row.priority = value.parse().ok(),
            TaskDimension::Status => row.status = value.parse().ok(),
        }
    }
    row
}
