//! The field `feedbackStats`: measures by dimension and time bucket, with filter, order and comparison.

use async_graphql::{ComplexObject, Context, Object, Result, SimpleObject};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use service_kit::drill_down::Origin;
use service_kit::measures::{MeasureHaving, MeasureOrder, Measures};
use service_kit::question::{Question, StatsRow};
use service_kit::scalar::{Date, Freshness, Period};
use service_kit::statistics::{change, is_falling};
use service_kit::stats::Keep;
use service_kit::vocabulary::{Axis, Comparison, Grain};
use service_kit::{Problem, ScopeContext};

use super::entity::{Area, Bottleneck, Official, Organization, Programme, Project};
use crate::filter::FeedbackFilter;
use crate::model::{
    Category, FeedbackChannel, FeedbackDimension, FeedbackKind, FeedbackLevel, FeedbackStatus, SenderKind,
};
use crate::stats::FeedbackSet;
use crate::store::category::CategoryByCode;

/// Measures of feedback: one row for each group, and totals.
#[derive(SimpleObject)]
pub struct FeedbackStats {
    /// Rows of measures, one for each group and bucket. A group about fewer than five cases is shown only to who sees all feedback.
    rows: Vec<FeedbackStatsRow>,
    /// Number of rows that satisfy `having`; `rows` has fewer when `first` is smaller. Without `first` all rows are given, and more
    /// than 10,000 are refused.
    row_count: i32,
    /// Measures of all cases. A case in several rows counts once. Null when they are about fewer than five cases and the caller does
    /// not see all feedback.
    totals: Option<Measures<FeedbackSet>>,
    /// Date of the measures, and their source.
    freshness: Freshness,
    #[graphql(flatten)]
    origin: Origin<FeedbackSet>,
}

/// Measures of a group of cases. A key is null when `groupBy` does not name it or when the cases have no such value.
#[derive(SimpleObject, Default)]
#[graphql(complex)]
pub struct FeedbackStatsRow {
    /// Kind of the cases.
    kind: Option<FeedbackKind>,
    /// Kind of the senders.
    sender: Option<SenderKind>,
    /// Channel of the cases.
    channel: Option<FeedbackChannel>,
    /// Level of the cases.
    level: Option<FeedbackLevel>,
    /// State of the cases.
    status: Option<FeedbackStatus>,
    /// Area of the cases.
    area: Option<Area>,
    /// Organization that has the cases.
    organization: Option<Organization>,
    /// Axis of the organizations.
    axis: Option<Axis>,
    /// Project that the cases are about.
    project: Option<Project>,
    /// Programme of the cases.
    programme: Option<Programme>,
    /// Bottleneck of the cases.
    bottleneck: Option<Bottleneck>,
    /// Holder of the accountable position.
    official: Option<Official>,
    #[graphql(skip)]
    category_code: Option<String>,
    /// Time bucket of the row; null without `grain`. Only its days within the period are counted, and buckets that begin after
    /// `asOf` have no row.
    bucket: Option<Period>,
    /// Measures of the group.
    measures: Measures<FeedbackSet>,
    /// Measures of the same group one comparison earlier; null without `compareTo`, or when the group had no case then. A bucket
    /// that is not over is compared with the same elapsed part.
    previous: Option<Measures<FeedbackSet>>,
    #[graphql(flatten)]
    origin: Origin<FeedbackSet>,
}

/// Change of the satisfaction from the earlier period, by the pooled test of two proportions.
#[derive(SimpleObject)]
pub struct SatisfactionChange {
    /// Value of the test; negative when the satisfaction went down.
    z: f64,
    /// Whether it falls: the value is below −1.645.
    is_falling: bool,
}

#[ComplexObject]
impl FeedbackStatsRow {
    /// Category of the group.
    async fn category(&self, ctx: &Context<'_>) -> Result<Option<Category>> {
        match &self.category_code {
            Some(code) => Ok(ctx.loader::<CategoryByCode>().load_one(code.clone()).await?),
            None => Ok(None),
        }
    }

    /// Change of the satisfaction. Null without `compareTo`, without the measure `satisfaction` in `measures` and `previous`, with
    /// fewer than 30 ratings on either side, and when all ratings are alike.
    async fn satisfaction_change(&self) -> Option<SatisfactionChange> {
        change_of(&self.measures, self.previous.as_ref())
    }
}

fn change_of(measures: &Measures<FeedbackSet>, previous: Option<&Measures<FeedbackSet>>) -> Option<SatisfactionChange> {
    let parts = |measures: &Measures<FeedbackSet>| {
        let number = |name| measures.terms_of(&["satisfaction", name]).first().and_then(Decimal::to_f64);
        Some((number("satisfied")?, number("rated")?))
    };
    let z = change(parts(previous?)?, parts(measures)?)?;
    Some(SatisfactionChange { z, is_falling: is_falling(z) })
}

fn falls(measures: &Measures<FeedbackSet>, previous: Option<&Measures<FeedbackSet>>) -> bool {
    change_of(measures, previous).is_some_and(|change| change.is_falling)
}

fn does_not_fall(measures: &Measures<FeedbackSet>, previous: Option<&Measures<FeedbackSet>>) -> bool {
    !falls(measures, previous)
}

#[derive(Default)]
pub struct StatsQuery;

#[Object]
impl StatsQuery {
    /// Measures of feedback over a period, as of a date (default: now). `groupBy` makes a row for each group, `grain` for each time
    /// bucket; `compareTo` adds the measures of an earlier period. `falling: true` keeps the rows whose satisfaction falls; it needs
    /// `compareTo`, and `satisfaction` in `measures`.
    #[expect(
        clippy::too_many_arguments,
        reason = "they are the arguments of the GraphQL field, as async-graphql passes them"
    )]
    async fn feedback_stats(
        &self,
        ctx: &Context<'_>,
        period: Period,
        filter: Option<FeedbackFilter>,
        group_by: Option<Vec<FeedbackDimension>>,
        grain: Option<Grain>,
        having: Option<Vec<MeasureHaving<FeedbackSet>>>,
        order_by: Option<Vec<MeasureOrder<FeedbackSet>>>,
        compare_to: Option<Comparison>,
        as_of: Option<Date>,
        first: Option<i32>,
        falling: Option<bool>,
    ) -> Result<Option<FeedbackStats>> {
        let rows = ctx.look_ahead().field("rows");
        if falling.is_some() && (compare_to.is_none() || !rows.field("measures").field("satisfaction").exists()) {
            let message = "accepted: with compareTo, and with satisfaction among the measures of the rows";
            return Err(Problem::validation("falling", message).into());
        }
        let keep: Option<Keep<FeedbackSet>> =
            falling.map(|wanted| if wanted { falls } else { does_not_fall } as Keep<_>);
        let question = Question { period, filter, group_by, grain, having, order_by, compare_to, as_of, first, keep };
        let stats = question.answer(ctx).await?;
        Ok(Some(FeedbackStats {
            rows: stats.rows.into_iter().map(row).collect::<Result<Vec<_>, Problem>>()?,
            row_count: stats.row_count,
            totals: stats.totals,
            freshness: stats.freshness,
            origin: stats.origin,
        }))
    }
}

fn row(row: StatsRow<FeedbackDimension, FeedbackSet>) -> Result<FeedbackStatsRow, Problem> {
    let mut made = FeedbackStatsRow {
        bucket: row.bucket,
        measures: row.measures,
        previous: row.previous,
        origin: row.origin,
        ..FeedbackStatsRow::default()
    };
    for (by, key) in row.key {
        match by {
            FeedbackDimension::Kind => made.kind = Some(key.parse().map_err(Problem::internal)?),
            FeedbackDimension::Sender => made.sender = Some(key.parse().map_err(Problem::internal)?),
            FeedbackDimension::Channel => made.channel = Some(key.parse().map_err(Problem::internal)?),
            FeedbackDimension::Level => made.level = Some(key.parse().map_err(Problem::internal)?),
            FeedbackDimension::Status => made.status = Some(key.parse().map_err(Problem::internal)?),
            FeedbackDimension::Axis => made.axis = Some(key.parse().map_err(Problem::internal)?),
            FeedbackDimension::Area => made.area = Some(Area::new(&key)),
            FeedbackDimension::Organization => made.organization = Some(Organization::new(&key)),
            FeedbackDimension::Project => made.project = Some(Project::new(&key)),
            FeedbackDimension::Programme => made.programme = Some(Programme::new(&key)),
            FeedbackDimension::Bottleneck => made.bottleneck = Some(Bottleneck::new(&key)),
            FeedbackDimension::Official => made.official = Some(Official::new(&key)),
            FeedbackDimension::Category => made.category_code = Some(key),
        }
    }
    Ok(made)
}
