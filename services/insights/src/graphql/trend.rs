//! Measures of all services over time.

use std::sync::Arc;

use async_graphql::{Context, ID, Lookahead, Object, Result, SimpleObject};
use futures::future::try_join_all;
use service_kit::input::distinct;
use service_kit::measures::Measures;
use service_kit::scalar::{Date, Period};
use service_kit::stats::{Bucket, buckets};
use service_kit::store::reading::Span;
use service_kit::vocabulary::{Comparison, Grain};
use service_kit::{Problem, ScopeContext};

use super::asked::Asked;
use super::code::check_of;
use super::query::permit;
use crate::model::ScorecardDimension;
use crate::scorecard::{Board, Card, ScorecardSet};
use crate::store;

/// Maximum number of entities in one answer.
const MAX_ENTITIES: usize = 20;
/// Maximum number of buckets in one answer.
const MAX_BUCKETS: usize = 60;

/// The measures of one entity over time.
#[derive(SimpleObject)]
pub struct Trend {
    /// What it is about.
    by: ScorecardDimension,
    /// Code of the entity.
    code: ID,
    /// Name of the entity.
    name: String,
    /// The buckets that have begun, the earliest first.
    points: Vec<TrendPoint>,
}

/// The measures of one bucket.
#[derive(SimpleObject)]
pub struct TrendPoint {
    /// The calendar unit; at the edges of the period only its days within the period are measured.
    bucket: Period,
    /// Whether the bucket is not over on the date.
    partial: bool,
    /// Measures of the bucket; null when the entity does not exist then.
    measures: Option<Measures<ScorecardSet>>,
    /// Measures of the unit before.
    previous: Option<Measures<ScorecardSet>>,
    /// Measures of the same unit of the year before.
    year_before: Option<Measures<ScorecardSet>>,
}

#[derive(Default)]
pub struct TrendQuery;

#[Object]
impl TrendQuery {
    /// Measures of several services for some entities by week, month or quarter of a period, each with the unit before and the same unit
    /// of the year before. A unit that is not over is compared with the same elapsed part. Of 1 to 20 entities; at most 60 buckets.
    /// `by: CITY` with `code: ["CITY"]` is the city as a whole.
    #[allow(clippy::too_many_arguments, reason = "the arguments of the field")]
    async fn trend(
        &self,
        ctx: &Context<'_>,
        by: ScorecardDimension,
        code: Vec<ID>,
        period: Period,
        grain: Grain,
        as_of: Option<Date>,
    ) -> Result<Option<Vec<Trend>>> {
        permit(ctx, by)?;
        check_of(ctx, by, Some(&code), "code").await?;
        let mut codes: Vec<String> = distinct(code).into_iter().map(|code| code.0).collect();
        codes.sort_unstable();
        if codes.is_empty() || codes.len() > MAX_ENTITIES {
            let message = format!("code names {} entities; accepted: 1 to {MAX_ENTITIES}", codes.len());
            return Err(Problem::validation("code", message).into());
        }
        let (period, day) = (period.checked("period")?, ctx.scope().as_of(as_of.as_ref())?);
        let of = |comparison: Comparison| buckets(period, grain.into(), day, Some(comparison.into()));
        let (units, a_year_before) = (of(Comparison::Previous)?, of(Comparison::SameLastYear)?);
        if units.len() > MAX_BUCKETS {
            let message = format!("the period has {} buckets; accepted: up to {MAX_BUCKETS}", units.len());
            return Err(Problem::validation("grain", message).into());
        }
        let points = ctx.look_ahead().field("points");
        let fields = ["measures", "previous", "yearBefore"].map(|name| points.field(name));
        let [_, shows_previous, shows_year] = fields.each_ref().map(Lookahead::exists);
        let asked = store::Asked { by, codes: Some(codes.clone()), measures: Asked::of_measures(&fields).measures };
        let loader = ctx.loader::<store::Boards>();
        let load = |span: Option<Span>, asked: store::Asked| async move {
            match span {
                Some(span) => loader.load_one((asked, span)).await,
                None => Ok(None),
            }
        };
        let boards = units.iter().zip(&a_year_before).map(|(unit, year)| {
            let spans =
                [Some(unit.span), unit.previous.filter(|_| shows_previous), year.previous.filter(|_| shows_year)];
            try_join_all(spans.map(|span| load(span, asked.clone())))
        });
        let boards: Vec<Vec<Option<Arc<Board>>>> = try_join_all(boards).await?;
        let trends = codes.into_iter().filter_map(|code| {
            let card = |board: &Option<Arc<Board>>| -> Option<Card> { board.as_ref()?.card(&code).cloned() };
            let measures = |board: &Option<Arc<Board>>| card(board).map(|card| card.measures);
            let name = boards.iter().rev().find_map(|boards| card(&boards[0]))?.subject.name;
            let points = units.iter().zip(&boards).map(|(unit, boards)| point(unit, day, boards, measures)).collect();
            Some(Trend { by, code: ID(code.clone()), name, points })
        });
        Ok(Some(trends.collect()))
    }
}

fn point(
    unit: &Bucket,
    day: chrono::NaiveDate,
    boards: &[Option<Arc<Board>>],
    measures: impl Fn(&Option<Arc<Board>>) -> Option<Measures<ScorecardSet>>,
) -> TrendPoint {
    TrendPoint {
        bucket: unit.period.into(),
        partial: unit.period.is_partial(day),
        measures: measures(&boards[0]),
        previous: measures(&boards[1]),
        year_before: measures(&boards[2]),
    }
}
