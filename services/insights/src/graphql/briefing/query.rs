//! Root fields of briefings and changes.

use async_graphql::connection::Edge;
use async_graphql::{Context, ID, Object, Result};
use chrono::{DateTime, TimeDelta, Utc};
use service_kit::connection::RowConnection;
use service_kit::input::{distinct, parse_id};
use service_kit::lists::{ListArgs, check_codes};
use service_kit::store::codes::CodeKind;
use service_kit::store::page::{Page, PageArgs};
use service_kit::{Problem, ScopeContext, lists};

use super::change::{Change, ChangeConnection, ChangeFilter, Summary, codes};
use crate::filter::BriefingFilter;
use crate::model::{BRIEFINGS, Briefing, ChangeDataset, Conclusion};
use crate::store::briefing::{ConclusionById, latest_first};
use crate::store::{briefing, change};

/// Longest time over which changes are listed.
const MAX_DAYS: i64 = 366;

#[derive(Default)]
pub struct BriefingQuery;

#[Object]
impl BriefingQuery {
    /// Page of briefings, the latest first.
    async fn briefings(
        &self,
        ctx: &Context<'_>,
        filter: Option<BriefingFilter>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Option<RowConnection<Briefing>>> {
        let args = ListArgs { filter, terms: latest_first(), page: PageArgs { first, after }, as_of: None };
        Ok(Some(lists::all::<Briefing, _>(ctx, "briefings", args).await?))
    }

    #[graphql(entity)]
    async fn conclusion_entity(&self, ctx: &Context<'_>, id: ID) -> Result<Option<Conclusion>> {
        Ok(ctx.loader::<ConclusionById>().load_one(parse_id(&id, "id")?).await?)
    }

    /// The briefing with an id, if the caller sees it.
    async fn briefing(&self, ctx: &Context<'_>, id: ID) -> Result<Option<Briefing>> {
        Ok(briefing::by_id(ctx.reader(), parse_id(&id, "id")?).await?)
    }

    /// Page of the changes since an instant or since a briefing was held (default: the latest briefing), on records that the caller
    /// sees, the latest first. What happened exactly at the instant is not since.
    #[allow(clippy::too_many_arguments, reason = "the arguments of the field")]
    async fn changes_since(
        &self,
        ctx: &Context<'_>,
        instant: Option<DateTime<Utc>>,
        briefing: Option<ID>,
        datasets: Option<Vec<ChangeDataset>>,
        filter: Option<ChangeFilter>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Option<ChangeConnection>> {
        let (since, briefing) = begin(ctx, instant, briefing.as_ref()).await?;
        let datasets = permitted(ctx, datasets)?;
        let filter = filter.unwrap_or_default();
        let named = [
            (CodeKind::ORGANIZATION, filter.organization.as_deref(), "filter.organization"),
            (CodeKind::AREA, filter.area.as_deref(), "filter.area"),
            (CodeKind::PROGRAMME, filter.programme.as_deref(), "filter.programme"),
        ];
        check_codes(ctx, &named).await?;
        let list = format!("changes {since} {datasets:?} {filter:?}");
        let page = Page::of_codes(&list, &PageArgs { first, after })?;
        let until = ctx.scope().now;
        let asked = change::Asked {
            since,
            until,
            datasets: datasets.clone(),
            organizations: codes(filter.organization),
            areas: codes(filter.area),
            programmes: codes(filter.programme),
        };
        let rows = change::changes(ctx.reader(), &asked).await?;
        let found: Vec<(String, change::Changed)> = rows.into_iter().map(|row| (row.key(), row)).collect();
        let shown = page.cut(&found, |(key, _)| key)?;
        let limit = usize::try_from(page.limit).unwrap_or_default();
        let counts = Summary::new(&found, datasets, (since, until), briefing);
        let mut connection = ChangeConnection::with_additional_fields(page.is_continued(), shown.len() > limit, counts);
        connection.edges.extend(
            shown
                .iter()
                .take(limit)
                .map(|(key, row)| Edge::new(page.cursor(std::slice::from_ref(key)), Change(row.clone()))),
        );
        Ok(Some(connection))
    }
}

/// The instant after which changes are asked for, and the briefing that was held then.
async fn begin(
    ctx: &Context<'_>,
    instant: Option<DateTime<Utc>>,
    id: Option<&ID>,
) -> Result<(DateTime<Utc>, Option<Briefing>), Problem> {
    let now = ctx.scope().now;
    let (since, briefing, path) = match (instant, id) {
        (Some(_), Some(_)) => {
            let message =
                "both `instant` and `briefing` are given; accepted: one of them, or none for the latest briefing";
            return Err(Problem::validation("briefing", message));
        }
        (Some(instant), None) => (instant, None, "instant"),
        (None, Some(id)) => {
            BRIEFINGS.permit_list(&ctx.scope().principal).map_err(|problem| problem.at("briefing"))?;
            let absent = || Problem::not_found(format!("there is no briefing {}", id.0)).at("briefing");
            let found = briefing::by_id(ctx.reader(), parse_id(id, "briefing")?).await?.ok_or_else(absent)?;
            (found.held_at, Some(found), "briefing")
        }
        (None, None) => {
            BRIEFINGS.permit_list(&ctx.scope().principal).map_err(|problem| problem.at("briefing"))?;
            let message = "no briefing was held yet; accepted: `instant`";
            let absent = || Problem::validation("instant", message);
            let found = briefing::latest(ctx.reader(), now).await?.ok_or_else(absent)?;
            (found.held_at, Some(found), "briefing")
        }
    };
    if since > now {
        let message = format!("{since} is in the future; accepted: an instant up to now, {now}");
        return Err(Problem::validation(path, message));
    }
    if now - since > TimeDelta::days(MAX_DAYS) {
        let message = format!("{since} is more than {MAX_DAYS} days ago; accepted: a later instant");
        return Err(Problem::validation(path, message));
    }
    Ok((since, briefing))
}

/// The datasets whose changes the caller may see. A list without any would look like the truth.
fn permitted(ctx: &Context<'_>, asked: Option<Vec<ChangeDataset>>) -> Result<Vec<ChangeDataset>, Problem> {
    let principal = &ctx.scope().principal;
    let mut asked = distinct(asked.unwrap_or_else(|| ChangeDataset::ALL.to_vec()));
    asked.sort_unstable();
    let first = asked.first().copied();
    let seen: Vec<ChangeDataset> =
        asked.into_iter().filter(|dataset| dataset.kind().permit_list(principal).is_ok()).collect();
    match first {
        Some(dataset) if seen.is_empty() => dataset.kind().permit_list(principal).map(|()| Vec::new()),
        _ => Ok(seen),
    }
}
