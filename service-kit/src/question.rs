//! A `…Stats` field from its arguments to its rows. A service names its dimensions and puts each key into its row.

use async_graphql::Context;

use crate::drill_down::{Origin, filter_fields};
use crate::input::distinct;
use crate::lists::{Filter, checked};
use crate::measures::{FactMeasures, MeasureHaving, MeasureOrder, Measures};
use crate::problem::Problem;
use crate::scalar::{Date, Freshness, Period};
use crate::scope::ScopeContext;
use crate::stats::{Keep, Request, StatsArgs, StatsInput};
use crate::store::measure::Dimension;
use crate::vocabulary::{Comparison, Grain};

/// Dimension of a service, as an enum of its schema.
pub trait Grouping: Copy + PartialEq + Send + Sync {
    /// The dimension as SQL.
    fn dimension(self) -> Dimension;

    /// Its name in the schema.
    fn name(self) -> &'static str;
}

/// Arguments of a `…Stats` field.
pub struct Question<F, D, S> {
    /// Period of the flows, and whose end stocks are taken at.
    pub period: Period,
    /// Filter of the records.
    pub filter: Option<F>,
    /// Dimensions of the groups.
    pub group_by: Option<Vec<D>>,
    /// Time buckets.
    pub grain: Option<Grain>,
    /// Bounds on the groups.
    pub having: Option<Vec<MeasureHaving<S>>>,
    /// Order of the groups.
    pub order_by: Option<Vec<MeasureOrder<S>>>,
    /// Earlier period to compare with.
    pub compare_to: Option<Comparison>,
    /// Date as of which everything is measured.
    pub as_of: Option<Date>,
    /// Number of rows; without it all.
    pub first: Option<i32>,
    /// Further condition on the rows.
    pub keep: Option<Keep<S>>,
}

/// Answer of a `…Stats` field.
pub struct Stats<D, S> {
    /// A row for each group and bucket.
    pub rows: Vec<StatsRow<D, S>>,
    /// Number of rows before `first` limited them.
    pub row_count: i32,
    /// Measures of all records; `None` when they are about too few persons for the caller.
    pub totals: Option<Measures<S>>,
    /// Date and source.
    pub freshness: Freshness,
    /// Filter and days of the totals.
    pub origin: Origin<S>,
}

/// Row of an answer.
pub struct StatsRow<D, S> {
    /// Values of the dimensions, of those that the records have.
    pub key: Vec<(D, String)>,
    /// Time bucket.
    pub bucket: Option<Period>,
    /// Measures of the group.
    pub measures: Measures<S>,
    /// Measures of the same group one comparison earlier.
    pub previous: Option<Measures<S>>,
    /// Filter and days of the group.
    pub origin: Origin<S>,
}

impl<F: Filter, D: Grouping, S: FactMeasures> Question<F, D, S> {
    /// Measures, and gives each row its key and its origin.
    ///
    /// # Errors
    /// `VALIDATION` at an argument, `UNAUTHENTICATED` or `FORBIDDEN` at a field that the caller may not use in an aggregate,
    /// and the problem of a statement.
    pub async fn answer(self, ctx: &Context<'_>) -> Result<Stats<D, S>, Problem> {
        let group_by = distinct(self.group_by.unwrap_or_default());
        let input = StatsInput {
            period: &self.period,
            as_of: self.as_of.as_ref(),
            grain: self.grain,
            compare_to: self.compare_to,
            first: self.first,
            dimensions: group_by.len(),
        };
        let args = StatsArgs::new(input, ctx.scope())?;
        let filter = filter_fields(self.filter.as_ref());
        let dimensions: Vec<Dimension> = group_by.iter().map(|dimension| dimension.dimension()).collect();
        let grouped = dimensions.iter().map(|dimension| dimension.field);
        S::KIND.permit_aggregate(&ctx.scope().principal, filter.keys().map(String::as_str), grouped)?;
        let conditions = checked(ctx, self.filter).await?;
        let request = Request {
            args: &args,
            conditions: &conditions,
            dimensions: &dimensions,
            having: self.having.unwrap_or_default(),
            order_by: self.order_by.unwrap_or_default(),
            keep: self.keep,
        };
        let answer = request.answer(ctx).await?;
        let rows = answer.groups.into_iter().map(|group| {
            let bucket = args.bucket(group.bucket);
            let named = group_by.iter().zip(&group.key);
            let key: Vec<_> = named
                .map(|(dimension, value)| (dimension.dimension().field, dimension.name(), value.as_deref()))
                .collect();
            StatsRow {
                origin: Origin::of_row(filter.clone(), bucket, &key),
                key: group_by.iter().copied().zip(group.key).filter_map(|(by, value)| Some((by, value?))).collect(),
                bucket: group.bucket.map(|_| bucket.period.into()),
                measures: group.measures,
                previous: group.previous,
            }
        });
        Ok(Stats {
            rows: rows.collect(),
            row_count: i32::try_from(answer.count).unwrap_or(i32::MAX),
            totals: answer.totals,
            freshness: answer.freshness,
            origin: Origin::of_totals(filter.clone(), &args.whole),
        })
    }
}
