//! `taskStats`: measures by dimension and time, compared, filtered and ordered.

use async_graphql::{Context, InputObject, Object, Result, SimpleObject};
use service_kit::filter::NumberFilter;
use service_kit::scalar::{Date, Freshness, Period};
use service_kit::stats::{Bucket, Group, Having, StatsArgs, StatsInput, Window, arrange, with_previous};
use service_kit::vocabulary::{Axis, Bottleneck, Comparison, Direction, Grain, Level, ServedBy};
use service_kit::{Problem, ScopeContext};

use super::entity::{Area, Official, Organization, Programme, TaskGroup};
use super::filter::TaskFilter;
use super::measures::TaskMeasures;
use crate::model::{TaskKind, TaskPriority, TaskStatus};
use crate::stats::{TaskCounts, TaskMeasure};
use crate::store::filter::Filter;
use crate::store::measures::{self, MeasureSpec, Measured, Span, TaskDimension};

/// Bounds on the measures of a row. All must hold; a measure without a value matches none.
#[derive(InputObject, Debug, Clone, Copy, Default)]
pub struct TaskHaving {
    total: Option<NumberFilter>,
    open: Option<NumberFilter>,
    completed: Option<NumberFilter>,
    overdue: Option<NumberFilter>,
    at_risk: Option<NumberFilter>,
    due_this_period: Option<NumberFilter>,
    awaiting_approval: Option<NumberFilter>,
    /// By its value, 0 to 1.
    on_time: Option<NumberFilter>,
    /// By its value, 0 to 1.
    on_time_baseline: Option<NumberFilter>,
    /// By its mean, 0 to 6.
    clarity: Option<NumberFilter>,
    /// Tasks with all six clarities.
    clarity_complete: Option<NumberFilter>,
    /// By its value, 0 to 1.
    continuity: Option<NumberFilter>,
    extensions: Option<NumberFilter>,
    transfers: Option<NumberFilter>,
    average_days_late: Option<NumberFilter>,
}

impl TaskHaving {
    fn terms(self) -> Vec<Having<TaskMeasure>> {
        [
            (TaskMeasure::Total, self.total),
            (TaskMeasure::Open, self.open),
            (TaskMeasure::Completed, self.completed),
            (TaskMeasure::Overdue, self.overdue),
            (TaskMeasure::AtRisk, self.at_risk),
            (TaskMeasure::DueThisPeriod, self.due_this_period),
            (TaskMeasure::AwaitingApproval, self.awaiting_approval),
            (TaskMeasure::OnTime, self.on_time),
            (TaskMeasure::OnTimeBaseline, self.on_time_baseline),
            (TaskMeasure::Clarity, self.clarity),
            (TaskMeasure::ClarityComplete, self.clarity_complete),
            (TaskMeasure::Continuity, self.continuity),
            (TaskMeasure::Extensions, self.extensions),
            (TaskMeasure::Transfers, self.transfers),
            (TaskMeasure::AverageDaysLate, self.average_days_late),
        ]
        .into_iter()
        .filter_map(|(measure, bounds)| Some((measure, bounds?)))
        .collect()
    }
}

/// One term of an order of rows. Rows without a value come last either way; ties go by bucket and key.
#[derive(InputObject, Debug, Clone, Copy)]
pub struct TaskStatsOrder {
    /// By which measure; a rate by its value.
    measure: TaskMeasure,
    /// Which way.
    #[graphql(default)]
    direction: Direction,
}

/// Measures of tasks, by row and altogether.
#[derive(SimpleObject)]
pub struct TaskStats {
    /// One row for each group and bucket.
    rows: Vec<TaskStatsRow>,
    /// Over the distinct tasks of the whole period: a task in several rows counts once.
    totals: TaskMeasures,
    /// How fresh it is, and what served it.
    freshness: Freshness,
}

/// The measures of a group. Keys that were not asked for in `groupBy` are null, as are those that its tasks lack.
#[derive(SimpleObject, Default)]
pub struct TaskStatsRow {
    organization: Option<Organization>,
    area: Option<Area>,
    programme: Option<Programme>,
    official: Option<Official>,
    group: Option<TaskGroup>,
    axis: Option<Axis>,
    level: Option<Level>,
    status: Option<TaskStatus>,
    kind: Option<TaskKind>,
    priority: Option<TaskPriority>,
    bottleneck: Option<Bottleneck>,
    /// The part of the period, when a grain was asked for.
    bucket: Option<Period>,
    measures: TaskMeasures,
    /// The same group in the earlier period; null when not compared or when it had no task then.
    previous: Option<TaskMeasures>,
}

#[derive(Default)]
pub struct StatsQuery;

#[Object]
impl StatsQuery {
    /// Measures of tasks over a period, grouped, cut by a grain, compared with an earlier period, as of a date.
    #[expect(
        clippy::too_many_arguments,
        clippy::large_types_passed_by_value,
        reason = "they are the arguments of the GraphQL field, as async-graphql passes them"
    )]
    async fn task_stats(
        &self,
        ctx: &Context<'_>,
        period: Period,
        filter: Option<TaskFilter>,
        group_by: Option<Vec<TaskDimension>>,
        grain: Option<Grain>,
        having: Option<TaskHaving>,
        order_by: Option<Vec<TaskStatsOrder>>,
        compare_to: Option<Comparison>,
        as_of: Option<Date>,
        first: Option<i32>,
    ) -> Result<Option<TaskStats>> {
        let dimensions = distinct(group_by.unwrap_or_default());
        let input = StatsInput {
            period: &period,
            as_of: as_of.as_ref(),
            grain,
            compare_to,
            first,
            dimensions: dimensions.len(),
        };
        let args = StatsArgs::new(input, ctx.scope())?;
        let filter = match filter {
            Some(filter) => filter.checked(ctx).await?,
            None => Filter::default(),
        };
        let request = Request {
            ctx,
            args: &args,
            filter: &filter,
            dimensions: &dimensions,
        };
        // Both statements are sent only when the answer shows what they give.
        let look = ctx.look_ahead();
        let groups = async {
            if look.field("rows").exists() {
                request.groups().await
            } else {
                Ok(Vec::new())
            }
        };
        let (groups, (totals, observed_at)) = futures::try_join!(groups, request.totals())?;
        let order: Vec<_> = order_by
            .unwrap_or_default()
            .iter()
            .map(|term| (term.measure, term.direction))
            .collect();
        let rows = arrange(groups, &having.unwrap_or_default().terms(), &order, args.first);
        Ok(Some(TaskStats {
            rows: rows.into_iter().map(|group| request.row(group)).collect(),
            totals: TaskMeasures(totals),
            freshness: Freshness {
                as_of: args.window.as_of.into(),
                observed_at,
                served_by: ServedBy::Rows,
                partial: args.window.period.is_partial(args.window.as_of),
            },
        }))
    }
}

/// A checked request for statistics.
struct Request<'a> {
    ctx: &'a Context<'a>,
    args: &'a StatsArgs,
    filter: &'a Filter,
    dimensions: &'a [TaskDimension],
}

/// The days of a window that lie within the whole period: the first week of a month reaches back into the month before.
fn span(window: Window, whole: Window) -> Span {
    Span {
        first: window.period.first_day().max(whole.period.first_day()),
        end: window.period.end().min(whole.period.end()),
        as_of: window.as_of,
    }
}

impl Request<'_> {
    /// The groups of every bucket with their earlier selves, by one statement.
    async fn groups(&self) -> Result<Vec<Group<TaskCounts>>, Problem> {
        let whole = Bucket {
            window: self.args.window,
            previous: self.args.previous,
        };
        let buckets = self.args.buckets.as_deref().unwrap_or(std::slice::from_ref(&whole));
        let mut spans: Vec<Span> = buckets.iter().map(|bucket| span(bucket.window, whole.window)).collect();
        // Where the earlier period has fewer days, a bucket may have no counterpart within it.
        let mut earlier_of: Vec<usize> = Vec::new();
        for (index, bucket) in buckets.iter().enumerate() {
            if let (Some(window), Some(whole)) = (bucket.previous, whole.previous) {
                let span = span(window, whole);
                if span.first < span.end {
                    spans.push(span);
                    earlier_of.push(index);
                }
            }
        }
        let measured = self.measure(self.dimensions, &spans).await?;
        let cut = self.args.buckets.is_some();
        let group = |index: usize, measured: Measured| Group {
            key: measured.key,
            bucket: cut.then_some(index),
            measures: measured.counts,
            previous: None,
        };
        let (current, earlier): (Vec<_>, Vec<_>) = measured.into_iter().partition(|group| group.span < buckets.len());
        let mut current: Vec<_> = current
            .into_iter()
            .map(|measured| group(measured.span, measured))
            .collect();
        if self.dimensions.is_empty() {
            // A trend has a point for every bucket, also where there was nothing to count.
            for index in 0..buckets.len() {
                let bucket = cut.then_some(index);
                if !current.iter().any(|group| group.bucket == bucket) {
                    current.push(Group {
                        key: Vec::new(),
                        bucket,
                        measures: TaskCounts::default(),
                        previous: None,
                    });
                }
            }
        }
        let earlier = earlier
            .into_iter()
            .filter_map(|measured| Some(group(*earlier_of.get(measured.span - buckets.len())?, measured)))
            .collect();
        Ok(with_previous(current, earlier))
    }

    /// The distinct tasks of the whole period, and the latest observation among them.
    async fn totals(&self) -> Result<(TaskCounts, Option<chrono::DateTime<chrono::Utc>>), Problem> {
        let measured = self.measure(&[], &[span(self.args.window, self.args.window)]).await?;
        let total = measured.into_iter().next();
        Ok(total.map(|total| (total.counts, total.observed_at)).unwrap_or_default())
    }

    async fn measure(&self, dimensions: &[TaskDimension], spans: &[Span]) -> Result<Vec<Measured>, Problem> {
        let spec = MeasureSpec {
            filter: self.filter,
            dimensions,
            spans,
            zone: super::zone(self.ctx.scope()),
        };
        measures::measure(self.ctx.database().pool(), &spec).await
    }

    fn row(&self, group: Group<TaskCounts>) -> TaskStatsRow {
        let buckets = self.args.buckets.as_deref().unwrap_or_default();
        let bucket = group.bucket.and_then(|index| buckets.get(index));
        let mut row = TaskStatsRow {
            bucket: bucket.map(|bucket| bucket.window.period.into()),
            measures: TaskMeasures(group.measures),
            previous: group.previous.map(TaskMeasures),
            ..Default::default()
        };
        for (dimension, value) in self.dimensions.iter().zip(&group.key) {
            let Some(value) = value.as_deref() else { continue };
            match dimension {
                TaskDimension::Axis => row.axis = value.parse::<schema::Axis>().ok().map(Into::into),
                TaskDimension::Level => row.level = value.parse::<schema::Level>().ok().map(Into::into),
                TaskDimension::Organization => row.organization = Some(Organization::new(value)),
                TaskDimension::Official => row.official = Some(Official::new(value)),
                TaskDimension::Programme => row.programme = Some(Programme::new(value)),
                TaskDimension::Group => row.group = Some(TaskGroup::new(value)),
                TaskDimension::Bottleneck => row.bottleneck = value.parse::<schema::Bottleneck>().ok().map(Into::into),
                TaskDimension::Area => row.area = Some(Area::new(value)),
                TaskDimension::Kind => row.kind = value.parse().ok(),
                TaskDimension::Priority => row.priority = value.parse().ok(),
                TaskDimension::Status => row.status = value.parse().ok(),
            }
        }
        row
    }
}

/// The dimensions in the order asked for; one named twice groups as if named once.
fn distinct(dimensions: Vec<TaskDimension>) -> Vec<TaskDimension> {
    let mut kept: Vec<TaskDimension> = Vec::with_capacity(dimensions.len());
    for dimension in dimensions {
        if !kept.contains(&dimension) {
            kept.push(dimension);
        }
    }
    kept
}
