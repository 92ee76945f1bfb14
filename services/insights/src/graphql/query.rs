//! Root fields.

use std::sync::Arc;

use async_graphql::connection::{Connection, Edge, EmptyFields};
use async_graphql::{Context, Object, Result, SimpleObject};
use service_kit::scalar::{Date, Freshness, Period};
use service_kit::stats::Bucket;
use service_kit::store::page::{Page, PageArgs};
use service_kit::store::push::lag::lags;
use service_kit::store::reading::Span;
use service_kit::vocabulary::{Comparison, ServedBy};
use service_kit::{Problem, ScopeContext};

use super::asked::Asked;
use super::code::{check_classes, check_of};
use super::input::{ScorecardFilter, ScorecardOrder, order};
use super::scorecard::{Boards, Scorecard};
use crate::model::{SCORECARDS, ScorecardDimension};
use crate::scorecard::arrange;
use crate::store;

/// Total and freshness of a list of scorecards.
#[derive(SimpleObject)]
#[graphql(name = "ScorecardTotal")]
pub struct Total {
    /// Number of scorecards that match the filter, on all pages.
    total_count: usize,
    /// Date of the measures, and their sources.
    freshness: Freshness,
}

type ScorecardConnection = Connection<String, Scorecard, Total, EmptyFields>;

#[derive(Default)]
pub struct ScorecardQuery;

#[Object]
impl ScorecardQuery {
    /// Measures of all services side by side for each entity of a dimension, over a period and as of a date (default: today),
    /// filtered and ordered by any of them, by default by code. Everybody sees the city, areas, organizations, programmes and bottlenecks; the
    /// others need the right to all rows.
    ///
    /// Every area, organization, programme, project, bottleneck and indicator has a card, also without any row; an official only
    /// with one.
    #[allow(clippy::too_many_arguments, reason = "the arguments of the field")]
    async fn scorecards(
        &self,
        ctx: &Context<'_>,
        by: ScorecardDimension,
        period: Period,
        as_of: Option<Date>,
        #[graphql(default_with = "Comparison::Previous")] compare_to: Comparison,
        #[graphql(name = "where")] filter: Option<ScorecardFilter>,
        order_by: Option<Vec<ScorecardOrder>>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Option<ScorecardConnection>> {
        let look = ctx.look_ahead();
        let cards = [look.field("edges").field("node"), look.field("nodes")];
        let filter = filter.unwrap_or_default();
        let mut asked = Asked::of_cards(&cards);
        filter.add_to(&mut asked);
        for term in order_by.iter().flatten() {
            asked.compare(term.measure, term.asked.of);
        }
        let terms = order(order_by);
        let list = format!("scorecards {by} {terms:?} {period:?} {as_of:?} {compare_to:?}");
        let page = Page::of_codes(&list, &PageArgs { first, after })?;
        let bucket = bucket(ctx, &period, as_of.as_ref(), compare_to)?;
        permit(ctx, by)?;
        filter.check_bounds()?;
        check_of(ctx, by, filter.codes(), "where.code").await?;
        let boards = Arc::new(boards(ctx, by, bucket, asked).await?);
        check_classes(
            filter.classes(),
            boards.now.cards.iter().map(|card| card.subject.class.as_str()),
            "where.class",
        )?;
        let pairs = arrange(&boards.now, boards.before.as_deref(), &filter.selection(), &terms);
        let shown = page.cut(&pairs, |pair| &pair.card.subject.code)?;
        let limit = usize::try_from(page.limit).unwrap_or_default();
        let sources = if look.field("freshness").field("sources").exists() {
            let kinds: Vec<&str> = boards.now.fed_by.iter().map(String::as_str).collect();
            lags(&ctx.reader().whole(), &kinds).await?
        } else {
            Vec::new()
        };
        let total = Total {
            total_count: pairs.len(),
            freshness: Freshness {
                as_of: bucket.span.known_on.into(),
                observed_at: boards.now.observed_at,
                served_by: ServedBy::Rows,
                partial: bucket.period.is_partial(bucket.span.known_on),
                sources,
                rows_overlap: true,
                hidden_rows: i32::try_from(boards.now.hidden).unwrap_or(i32::MAX),
            },
        };
        let mut connection = Connection::with_additional_fields(page.is_continued(), shown.len() > limit, total);
        connection.edges.extend(shown.iter().take(limit).filter_map(|pair| {
            let code = &pair.card.subject.code;
            Some(Edge::new(page.cursor(std::slice::from_ref(code)), Scorecard::find(&boards, code)?))
        }));
        Ok(Some(connection))
    }
}

/// The days of a period and of the one before.
fn bucket(ctx: &Context<'_>, period: &Period, as_of: Option<&Date>, compare_to: Comparison) -> Result<Bucket, Problem> {
    let period = period.checked("period")?;
    Bucket::new(period, period, ctx.scope().as_of(as_of)?, Some(compare_to.into()))
}

/// Checks that the caller may see the aggregates of a dimension.
///
/// # Errors
/// `UNAUTHENTICATED` or `FORBIDDEN` at `by`.
pub fn permit(ctx: &Context<'_>, by: ScorecardDimension) -> Result<(), Problem> {
    SCORECARDS.permit_aggregate(&ctx.scope().principal, [], [by.field()]).map_err(|problem| problem.at("by"))
}

/// Loads the boards of a dimension, if the caller may see its aggregates.
async fn boards(ctx: &Context<'_>, by: ScorecardDimension, bucket: Bucket, asked: Asked) -> Result<Boards, Problem> {
    permit(ctx, by)?;
    let key = |span: Span| (store::Asked { by, codes: None, measures: asked.measures.clone() }, span);
    let loader = ctx.loader::<store::Boards>();
    let before = async {
        match bucket.previous.filter(|_| asked.before) {
            Some(span) => loader.load_one(key(span)).await,
            None => Ok(None),
        }
    };
    let (now, before) = futures::try_join!(loader.load_one(key(bucket.span)), before)?;
    let now = now.unwrap_or_default();
    Ok(Boards::new(by, now, before))
}

/// The scorecard of one entity; `None` when the dimension has no such entity on the day.
///
/// # Errors
/// `VALIDATION` at `period` or `asOf`; the refusal of the dimension.
pub async fn scorecard_of(
    ctx: &Context<'_>,
    by: ScorecardDimension,
    code: &str,
    period: &Period,
    as_of: Option<&Date>,
    compare_to: Comparison,
) -> Result<Option<Scorecard>, Problem> {
    let bucket = bucket(ctx, period, as_of, compare_to)?;
    let boards = boards(ctx, by, bucket, Asked::of_cards(&[ctx.look_ahead()])).await?;
    Ok(Scorecard::find(&Arc::new(boards), code))
}
