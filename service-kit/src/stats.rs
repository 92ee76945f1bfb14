//! Resolution of `…Stats` fields: arguments, time buckets, comparison with an earlier period, `having`, `orderBy`,
//! `first`.
//!
//! A service declares what to measure. This module is the same for all services: it measures the groups of each bucket,
//! joins each group with the same group of the earlier period, and then filters, orders and limits the rows.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::hash::Hash;

use async_graphql::Context;
use chrono::{DateTime, NaiveDate, Utc};

use crate::filter::NumberFilter;
use crate::measures::{FEWEST_PERSONS, FactMeasures, MeasureHaving, MeasureOrder, Measured, Measures, Wanted};
use crate::problem::Problem;
use crate::scalar::{Date, Freshness, Period};
use crate::scope::{RequestScope, ScopeContext};
use crate::store::condition::Conditions;
use crate::store::measure::{Dimension, GroupKey, GroupOfSpan, MeasuresOf, Parent, Spec, measure};
use crate::store::push::lag::lags;
use crate::store::reading::Span;
use crate::vocabulary::{Comparison, Direction, Grain, ServedBy};

/// Maximum number of rows in one answer. More are refused, and never left out without `first`.
pub const MAX_ROWS: usize = 10_000;
/// Maximum number of dimensions in one `groupBy`.
pub const MAX_DIMENSIONS: usize = 4;

/// Time bucket of the period, and the bucket that it is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bucket {
    /// The calendar unit; at the edges of the period only its days within the period are measured.
    pub period: schema::Period,
    /// Days that are measured.
    pub span: Span,
    /// Days of the earlier bucket; `None` without comparison.
    pub previous: Option<Span>,
}

/// The arguments that every `…Stats` field shares.
#[derive(Debug, Clone)]
pub struct StatsArgs {
    /// Date as of which everything is measured.
    pub as_of: NaiveDate,
    /// The whole period.
    pub whole: Bucket,
    /// Buckets of the period; `None` without `grain`.
    pub buckets: Option<Vec<Bucket>>,
    /// Number of rows that the client asks for; `None`: all.
    pub first: Option<usize>,
}

/// The shared arguments as the client sent them.
#[derive(Debug, Clone, Copy)]
pub struct StatsInput<'a> {
    /// `period`
    pub period: &'a Period,
    /// `asOf`
    pub as_of: Option<&'a Date>,
    /// `grain`
    pub grain: Option<Grain>,
    /// `compareTo`
    pub compare_to: Option<Comparison>,
    /// `first`
    pub first: Option<i32>,
    /// Number of dimensions in `groupBy`.
    pub dimensions: usize,
}

impl StatsArgs {
    /// Checks the shared arguments.
    ///
    /// # Errors
    /// `VALIDATION` at the argument that cannot be accepted.
    pub fn new(input: StatsInput<'_>, scope: &RequestScope) -> Result<Self, Problem> {
        let period = input.period.checked("period")?;
        let as_of = scope.as_of(input.as_of)?;
        let first = checked_first(input.first, MAX_ROWS)?;
        if input.dimensions > MAX_DIMENSIONS {
            return Err(Problem::validation(
                "groupBy",
                format!("groupBy names {} dimensions; accepted: up to {MAX_DIMENSIONS}", input.dimensions),
            ));
        }
        let comparison = input.compare_to.map(schema::Comparison::from);
        Ok(Self {
            as_of,
            whole: Bucket::new(period, period, as_of, comparison)?,
            buckets: input.grain.map(|grain| buckets(period, grain.into(), as_of, comparison)).transpose()?,
            first,
        })
    }

    /// Returns the bucket at a position; without buckets the whole period.
    pub fn bucket(&self, place: Option<usize>) -> &Bucket {
        let bucket = place.and_then(|place| self.buckets.as_ref()?.get(place));
        bucket.unwrap_or(&self.whole)
    }
}

impl Bucket {
    /// The days of a calendar unit that lie within the period: the first week of a month reaches back into the month before.
    ///
    /// Stocks are taken at the end of the unit, or at `as_of` if that comes first; flows as of `as_of`, however long ago
    /// their day is. The earlier unit is measured with the same distance: one that is not over is compared with the same
    /// elapsed part.
    ///
    /// # Errors
    /// `VALIDATION` at `compareTo` when the unit has no such earlier unit.
    pub fn new(
        unit: schema::Period,
        period: schema::Period,
        as_of: NaiveDate,
        comparison: Option<schema::Comparison>,
    ) -> Result<Self, Problem> {
        let span = |first: NaiveDate, end: NaiveDate, as_of: NaiveDate| Span {
            first,
            end,
            as_of: end.pred_opt().map_or(as_of, |last| last.min(as_of)),
            known_on: as_of,
        };
        let (first, end) = (unit.first_day().max(period.first_day()), unit.end().min(period.end()));
        let earlier = |comparison| -> Result<Span, schema::PeriodError> {
            let earlier = unit.compared(comparison)?;
            let moved = |day: NaiveDate| earlier.first_day() + (day - unit.first_day());
            let end = if end == unit.end() { earlier.end() } else { moved(end).min(earlier.end()) };
            Ok(span(moved(first).min(end), end, unit.compare_as_of(comparison, as_of)?))
        };
        let previous = comparison.map(earlier).transpose();
        Ok(Self {
            period: unit,
            span: span(first, end, as_of),
            previous: previous.map_err(|error| Problem::validation("compareTo", error.to_string()))?,
        })
    }
}

/// Divides the period into buckets. Buckets that begin after `as_of` are skipped, because they have no data yet.
///
/// # Errors
/// `VALIDATION` at `grain` or `compareTo`.
pub fn buckets(
    period: schema::Period,
    grain: schema::Grain,
    as_of: NaiveDate,
    comparison: Option<schema::Comparison>,
) -> Result<Vec<Bucket>, Problem> {
    let units = period.buckets(grain).map_err(|error| Problem::validation("grain", error.to_string()))?;
    let begun = units.into_iter().filter(|unit| unit.first_day() <= as_of);
    begun.map(|unit| Bucket::new(unit, period, as_of, comparison)).collect()
}

/// A group with its measures, before and after comparison.
#[derive(Debug, Clone, PartialEq)]
pub struct Group<M> {
    /// The values of the dimensions.
    pub key: GroupKey,
    /// Position of the bucket; `None` without `grain`.
    pub bucket: Option<usize>,
    /// Measures of the bucket.
    pub measures: M,
    /// Measures of the earlier bucket; `None` without comparison or when the group did not exist.
    pub previous: Option<M>,
}

/// Joins each group with the same group of the earlier bucket. A group that existed only earlier gets measures without
/// rows.
pub fn with_previous<M: Default>(current: Vec<Group<M>>, previous: Vec<Group<M>>) -> Vec<Group<M>> {
    let mut earlier: HashMap<(GroupKey, Option<usize>), M> =
        previous.into_iter().map(|group| ((group.key, group.bucket), group.measures)).collect();
    let mut joined: Vec<Group<M>> = current
        .into_iter()
        .map(|group| {
            let previous = earlier.remove(&(group.key.clone(), group.bucket));
            Group { previous, ..group }
        })
        .collect();
    joined.extend(earlier.into_iter().map(|((key, bucket), previous)| Group {
        key,
        bucket,
        measures: M::default(),
        previous: Some(previous),
    }));
    joined
}

/// One term of `having`: a measure and its bounds.
pub type Having<N> = (N, NumberFilter);

/// Filters the groups by every term of `having`, and orders them.
///
/// Groups without a value come last in both directions. Groups with equal values, and all groups without an order, are
/// ordered by bucket and then by key, so the order is deterministic.
pub fn arrange<M: Measured>(
    mut groups: Vec<Group<M>>,
    having: &[Having<M::Name>],
    order: &[(M::Name, Direction)],
) -> Vec<Group<M>> {
    groups.retain(|group| having.iter().all(|(name, bounds)| bounds.matches(group.measures.value(*name))));
    groups.sort_by(|left, right| {
        order
            .iter()
            .map(|(name, direction)| by_value(left.measures.value(*name), right.measures.value(*name), *direction))
            .find(|ordering| ordering.is_ne())
            .unwrap_or_else(|| (left.bucket, &left.key).cmp(&(right.bucket, &right.key)))
    });
    groups
}

/// The number of rows that a client asks for; `None`: all.
///
/// # Errors
/// `VALIDATION` at `first`, when it is outside of 1 to `max`.
pub fn checked_first(first: Option<i32>, max: usize) -> Result<Option<usize>, Problem> {
    let Some(asked) = first else { return Ok(None) };
    match usize::try_from(asked) {
        Ok(first) if (1..=max).contains(&first) => Ok(Some(first)),
        _ => Err(Problem::validation("first", format!("first is {asked}; accepted: 1 to {max}"))),
    }
}

/// Limits the rows to `first`. Without it all are meant, so too many are refused.
///
/// # Errors
/// `VALIDATION` at `first`.
pub fn limit<T>(rows: &mut Vec<T>, first: Option<usize>, max: usize, advice: &str) -> Result<(), Problem> {
    if first.is_none() && rows.len() > max {
        let message = format!("the answer has more than {max} rows; accepted: `first`, or {advice}");
        return Err(Problem::validation("first", message));
    }
    rows.truncate(first.unwrap_or(max));
    Ok(())
}

/// Compares two values in a direction; what has none comes last either way.
pub fn by_value(left: Option<f64>, right: Option<f64>, direction: Direction) -> std::cmp::Ordering {
    match (left, right) {
        (Some(left), Some(right)) if direction == Direction::Desc => right.total_cmp(&left),
        (Some(left), Some(right)) => left.total_cmp(&right),
        (left, right) => left.is_none().cmp(&right.is_none()),
    }
}

/// Request of a `…Stats` field.
pub struct Request<'a, S: FactMeasures> {
    /// Period, comparison, buckets.
    pub args: &'a StatsArgs,
    /// Filter of the rows.
    pub conditions: &'a Conditions,
    /// Dimensions of the groups.
    pub dimensions: &'a [Dimension],
    /// Bounds on the groups.
    pub having: Vec<MeasureHaving<S>>,
    /// Order of the groups.
    pub order_by: Vec<MeasureOrder<S>>,
    /// Further condition on the groups.
    pub keep: Option<Keep<S>>,
}

/// Condition on a group that no bound of a measure expresses.
pub type Keep<S> = fn(&Measures<S>, Option<&Measures<S>>) -> bool;

/// Result of a `…Stats` field: groups, totals over the distinct rows of the whole period, freshness.
pub struct Answer<S> {
    /// Groups, filtered and ordered.
    pub groups: Vec<Group<Measures<S>>>,
    /// Number of groups before `first` limited them.
    pub count: usize,
    /// Totals; a row in several groups counts once. `None` when they are about too few persons for the caller.
    pub totals: Option<Measures<S>>,
    /// Date and source of the measures.
    pub freshness: Freshness,
}

impl<S: FactMeasures> Request<'_, S> {
    /// Measures with one statement for the groups and one for the totals, or with one for both when the groups add up.
    /// Each is sent only when the query selects it.
    ///
    /// # Errors
    /// The problem that a statement met.
    pub async fn answer(&self, ctx: &Context<'_>) -> Result<Answer<S>, Problem> {
        self.conditions.check_measurable()?;
        let look = ctx.look_ahead();
        let rows = look.field("rows");
        let mut shown = Wanted::shown::<S>(&[rows.field("measures"), rows.field("previous")]);
        for name in self.having.iter().map(|term| term.measure).chain(self.order_by.iter().map(|term| term.measure)) {
            shown = shown.and(name);
        }
        let totals = Wanted::shown::<S>(&[look.field("totals")]);
        let adds_up = shown.union(totals).adds_up(S::MEASURES);
        let is_counted = rows.exists() || look.field("rowCount").exists();
        let added = rows.exists() && adds_up && S::PERSONS.is_none() && self.groups_are_distinct();
        let wanted = if added { shown.union(totals) } else { shown };
        let spans = self.spans();
        let groups = async {
            if is_counted { self.measure(ctx, self.dimensions, &spans.all, wanted).await } else { Ok(Vec::new()) }
        };
        let whole = [self.args.whole.span];
        // The latest observation of all rows is found with their totals.
        let is_asked = look.field("totals").exists() || look.field("freshness").field("observedAt").exists();
        let totals =
            async { if added || !is_asked { Ok(Vec::new()) } else { self.measure(ctx, &[], &whole, totals).await } };
        let (mut groups, totals) = futures::try_join!(groups, totals)?;
        let left_out = leave_out_small(&mut groups);
        let hidden = left_out.len();
        let mut totals = totals.into_iter().next();
        if !ctx.reader().sees_all(S::KIND) {
            hide_small_cells(&mut groups, &left_out, totals.as_mut().map(|total| &mut total.measures), &spans);
        }
        let Groups { joined: groups, sum, latest } = self.joined(groups, &spans);
        let (totals, observed_at) = match totals {
            _ if added => (Some(sum), latest),
            Some(total) if total.is_small() => (None, None),
            Some(total) => (Some(total.measures), total.observed_at),
            None => (Some(Measures::default()), None),
        };
        let having: Vec<_> = self.having.iter().map(|term| (term.measure, term.asked)).collect();
        let order: Vec<_> = self.order_by.iter().map(|term| (term.measure, term.asked.direction)).collect();
        let as_of = self.args.as_of;
        let sources = if look.field("freshness").field("sources").exists() {
            lags(&ctx.reader().whole(), S::FED_BY).await?
        } else {
            Vec::new()
        };
        let mut groups = arrange(groups, &having, &order);
        if let Some(keep) = self.keep {
            groups.retain(|group| keep(&group.measures, group.previous.as_ref()));
        }
        let count = groups.len();
        limit(&mut groups, self.args.first, MAX_ROWS, "fewer dimensions or buckets, a filter, `having`")?;
        Ok(Answer {
            groups,
            count,
            totals,
            freshness: Freshness {
                as_of: as_of.into(),
                observed_at,
                served_by: ServedBy::Rows,
                partial: self.args.whole.period.is_partial(as_of),
                sources,
                rows_overlap: !adds_up || !self.groups_are_distinct(),
                hidden_rows: i32::try_from(hidden).unwrap_or(i32::MAX),
            },
        })
    }

    async fn measure(
        &self,
        ctx: &Context<'_>,
        dimensions: &[Dimension],
        spans: &[Span],
        wanted: Wanted,
    ) -> Result<Vec<GroupOfSpan<S>>, Problem> {
        measure(ctx.reader(), Spec { conditions: self.conditions, dimensions, spans, wanted }).await
    }

    /// Whether each row of the whole period is in exactly one group, so that the totals are the sum of the groups.
    fn groups_are_distinct(&self) -> bool {
        self.args.buckets.is_none() && !self.dimensions.iter().any(|dimension| dimension.several)
    }

    /// The spans of every bucket and of every earlier bucket.
    fn spans(&self) -> Spans {
        let buckets = self.args.buckets.as_deref().unwrap_or(std::slice::from_ref(&self.args.whole));
        let mut all: Vec<Span> = buckets.iter().map(|bucket| bucket.span).collect();
        let mut earlier_of: Vec<usize> = Vec::new();
        for (index, span) in buckets.iter().enumerate().filter_map(|(index, bucket)| Some((index, bucket.previous?))) {
            all.push(span);
            earlier_of.push(index);
        }
        Spans { all, earlier_of, buckets: buckets.len() }
    }

    /// Joins the groups of every bucket with those of the earlier one.
    fn joined(&self, measured: Vec<GroupOfSpan<S>>, spans: &Spans) -> Groups<S> {
        let cut = self.args.buckets.is_some();
        let group = |index: usize, key: GroupKey, measures: Measures<S>| Group {
            key,
            bucket: cut.then_some(index),
            measures,
            previous: None,
        };
        let (mut current, mut earlier) = (Vec::new(), Vec::new());
        let (mut sum, mut latest) = (Measures::default(), None);
        for measured in measured {
            match measured.span.checked_sub(spans.buckets) {
                None => {
                    // Totals of measures of persons are never this sum, and a hidden value cannot be added.
                    if S::PERSONS.is_none() {
                        sum.add(&measured.measures);
                    }
                    latest = latest.max(measured.observed_at);
                    current.push(group(measured.span, measured.key, measured.measures));
                }
                Some(place) => earlier.push(group(spans.earlier_of[place], measured.key, measured.measures)),
            }
        }
        if self.dimensions.is_empty() {
            // A trend has a row for every bucket, also for an empty one.
            for index in 0..spans.buckets {
                if !current.iter().any(|group| group.bucket == cut.then_some(index)) {
                    current.push(group(index, Vec::new(), Measures::default()));
                }
            }
        }
        Groups { joined: with_previous(current, earlier), sum, latest }
    }
}

/// Spans of the buckets, and after them those of the earlier buckets.
struct Spans {
    all: Vec<Span>,
    /// The bucket of each earlier one.
    earlier_of: Vec<usize>,
    /// Number of buckets.
    buckets: usize,
}

/// Groups of every bucket, the sum of the current ones, and their latest observation.
struct Groups<S> {
    joined: Vec<Group<Measures<S>>>,
    sum: Measures<S>,
    latest: Option<DateTime<Utc>>,
}

/// Hides the small cells of the groups and of the totals, and what the totals would tell of them.
fn hide_small_cells<S: FactMeasures>(
    groups: &mut [GroupOfSpan<S>],
    left_out: &[GroupOfSpan<S>],
    total: Option<&mut Measures<S>>,
    spans: &Spans,
) {
    let mut hidden: Vec<BTreeSet<usize>> = groups.iter().map(|group| group.measures.few()).collect();
    if let Some(total) = total {
        let mut hidden_totals = total.few();
        for (place, measure) in S::MEASURES.iter().enumerate().filter(|(_, measure)| measure.is_of_persons()) {
            // Flows of all buckets add up to the total; a stock has the total of the last bucket.
            let first = if measure.is_flow() { 0 } else { spans.buckets.saturating_sub(1) };
            let adds = |group: &GroupOfSpan<S>| (first..spans.buckets).contains(&group.span);
            let rows = groups.iter().zip(&mut hidden).filter(|(group, _)| adds(group));
            let mut rows: Vec<_> = rows.map(|(group, hidden)| (&group.measures, hidden)).collect();
            let left_out: Vec<_> = left_out.iter().filter(|group| adds(group)).map(|group| &group.measures).collect();
            Measures::hide_differences(place, &mut rows, &left_out, (total, &mut hidden_totals));
        }
        total.hide(&hidden_totals);
    }
    // The earlier bucket of one is the bucket before it: the same cell must not be shown there.
    let days = |group: &GroupOfSpan<S>| (spans.all[group.span].first, spans.all[group.span].end);
    let mut by_days: HashMap<_, BTreeSet<usize>> = HashMap::new();
    for (group, hidden) in groups.iter().zip(&hidden) {
        by_days.entry((group.key.clone(), days(group))).or_default().extend(hidden);
    }
    for group in groups {
        if let Some(hidden) = by_days.get(&(group.key.clone(), days(group))) {
            group.measures.hide(hidden);
        }
    }
}

/// The groups that a caller must not see because they are about too few persons, each group with the number of its persons
/// (`None` for who sees all rows).
///
/// So that a total does not tell what such a group has, those that are hidden are about enough persons together: the next
/// smaller ones are hidden too.
pub fn hidden_groups<K: Ord + Hash>(groups: impl IntoIterator<Item = (K, Option<i64>)>) -> HashSet<K> {
    let mut groups: Vec<(i64, K)> =
        groups.into_iter().map(|(key, persons)| (persons.unwrap_or_default(), key)).collect();
    groups.retain(|(persons, _)| *persons > 0);
    groups.sort_unstable();
    let mut together = 0;
    // By the number of persons, so that all that follow a group that is shown are shown too.
    let hidden = groups.into_iter().take_while(|(persons, _)| {
        let hides = *persons < FEWEST_PERSONS || (1..FEWEST_PERSONS).contains(&together);
        together += persons;
        hides
    });
    hidden.map(|(_, key)| key).collect()
}

/// Takes out the groups of each span that are about too few persons, and returns them.
fn leave_out_small<S>(groups: &mut Vec<GroupOfSpan<S>>) -> Vec<GroupOfSpan<S>> {
    let spans: BTreeSet<usize> = groups.iter().map(|group| group.span).collect();
    let mut left_out = Vec::new();
    for span in spans {
        let of_span = groups.iter().filter(|group| group.span == span);
        let hidden = hidden_groups(of_span.map(|group| (group.key.clone(), group.persons)));
        left_out.extend(groups.extract_if(.., |group| group.span == span && hidden.contains(&group.key)));
    }
    left_out
}

/// Resolves the measures of one entity over a period; `None` when they are about too few persons for the caller. Many
/// entities of one request share one statement.
///
/// # Errors
/// `VALIDATION` at `period` or `asOf`.
pub async fn measures_of<S: FactMeasures>(
    ctx: &Context<'_>,
    parent: Parent,
    code: &str,
    period: &Period,
    as_of: Option<&Date>,
) -> Result<Option<Measures<S>>, Problem> {
    S::KIND.permit_aggregate(&ctx.scope().principal, [], [parent.dimension.field])?;
    let period = period.checked("period")?;
    let span = Bucket::new(period, period, ctx.scope().as_of(as_of)?, None)?.span;
    let key = (parent, code.to_owned(), span, Wanted::shown::<S>(&[ctx.look_ahead()]));
    Ok(ctx.loader::<MeasuresOf<S>>().load_one(key).await?.unwrap_or_else(|| Some(Measures::default())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Clone, Copy, PartialEq, Default)]
    struct Count(Option<f64>);

    impl Measured for Count {
        type Name = ();

        fn value(&self, (): ()) -> Option<f64> {
            self.0
        }
    }

    fn group(key: &str, value: Option<f64>) -> Group<Count> {
        Group { key: vec![Some(key.to_owned())], bucket: None, measures: Count(value), previous: None }
    }

    fn keys(groups: &[Group<Count>]) -> Vec<&str> {
        groups.iter().filter_map(|group| group.key[0].as_deref()).collect()
    }

    #[test]
    fn order_goes_both_ways_puts_missing_values_last_and_breaks_ties_by_key() {
        let groups = vec![group("c", Some(1.0)), group("a", None), group("b", Some(1.0)), group("d", Some(2.0))];
        assert_eq!(keys(&arrange(groups.clone(), &[], &[((), Direction::Asc)])), ["b", "c", "d", "a"]);
        assert_eq!(keys(&arrange(groups.clone(), &[], &[((), Direction::Desc)])), ["d", "b", "c", "a"]);
        assert_eq!(keys(&arrange(groups, &[], &[])), ["a", "b", "c", "d"]);
    }

    #[test]
    fn rows_are_left_out_only_when_the_client_says_how_many_it_wants() {
        let limited = |count: usize, first: Option<usize>| {
            let mut rows = vec![(); count];
            limit(&mut rows, first, 9, "less").map(|()| rows.len()).map_err(|problem| problem.path)
        };
        assert_eq!(limited(3, Some(2)), Ok(2));
        assert_eq!(limited(3, Some(3)), Ok(3));
        assert_eq!(limited(9, None), Ok(9));
        assert_eq!(limited(10, None), Err(Some("first".to_owned())));
        assert_eq!(limited(10, Some(9)), Ok(9));
    }

    #[test]
    fn having_drops_groups_outside_its_bounds_and_those_without_a_value() {
        let groups = vec![group("a", Some(0.0)), group("b", Some(1.0)), group("c", None)];
        let positive = NumberFilter { gt: Some(0.0), ..Default::default() };
        assert_eq!(keys(&arrange(groups, &[((), positive)], &[])), ["b"]);
    }

    #[test]
    fn a_group_meets_its_earlier_self_and_a_vanished_one_is_shown() {
        let joined = with_previous(
            vec![group("a", Some(2.0)), group("new", Some(1.0))],
            vec![group("a", Some(1.0)), group("gone", Some(5.0))],
        );
        assert_eq!(joined[0].previous, Some(Count(Some(1.0))));
        assert_eq!(joined[1].previous, None);
        let gone = &joined[2];
        assert_eq!(
            (keys(&joined[2..])[0], gone.measures, gone.previous),
            ("gone", Count(None), Some(Count(Some(5.0))))
        );
    }
}
