//! Root fields of the directory. They are nullable, so that a client gets the rest of its answer when this service is
//! down.

use async_graphql::{Context, ID, Object, Result};
use service_kit::connection::RowConnection;
use service_kit::lists::{self, ListArgs};
use service_kit::scalar::Date;
use service_kit::store::codes::{CodeKind, KnownCodes, NamedCodes};
use service_kit::store::reference;
use service_kit::{PageArgs, ScopeContext};

use super::{rows_by, shown};
use crate::model::{
    Area, AreaFilter, AreaOrder, Bottleneck, Official, OfficialFilter, Organization, OrganizationFilter,
    OrganizationOrder, Position, Programme, ProgrammeFilter, Succession, TaskGroup,
};
use crate::store::filter::{code_order, order};
use crate::store::table;

#[derive(Default)]
pub struct ListQuery;

#[Object]
impl ListQuery {
    /// Page of organizations, by default ordered by code.
    async fn organizations(
        &self,
        ctx: &Context<'_>,
        filter: Option<OrganizationFilter>,
        order_by: Option<Vec<OrganizationOrder>>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Option<RowConnection<Organization>>> {
        let page = PageArgs { first, after };
        let terms = order(order_by);
        let args = ListArgs { filter, terms, page, as_of: None };
        Ok(Some(lists::all::<Organization, _>(ctx, "organizations", args).await?))
    }

    /// Organization with a code; null when there is none.
    async fn organization(&self, ctx: &Context<'_>, code: ID) -> Result<Option<Organization>> {
        shown(ctx, &code).await
    }

    /// Page of the areas that exist on a day (default: today), by default ordered by code. Those that `filter.codes` names are shown
    /// whenever they existed.
    async fn areas(
        &self,
        ctx: &Context<'_>,
        filter: Option<AreaFilter>,
        order_by: Option<Vec<AreaOrder>>,
        as_of: Option<Date>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Option<RowConnection<Area>>> {
        let page = PageArgs { first, after };
        let terms = order(order_by);
        let args = ListArgs { filter, terms, page, as_of };
        Ok(Some(lists::all::<Area, _>(ctx, "areas", args).await?))
    }

    /// Area with a code; null when there is none.
    async fn area(&self, ctx: &Context<'_>, code: ID) -> Result<Option<Area>> {
        shown(ctx, &code).await
    }

    /// Areas that an old area was merged into.
    async fn area_successors(&self, ctx: &Context<'_>, code: ID) -> Result<Option<Vec<Succession>>> {
        let found: Vec<Succession> = rows_by(ctx, table::FROM, &code).await?;
        if found.is_empty() {
            // An old area is known by its succession alone; an area without one is known by itself.
            let mut named = NamedCodes::default();
            named.add(CodeKind::AREA, Some(&code), "code");
            named.check_once(ctx.loader::<KnownCodes>()).await?;
        }
        Ok(Some(found))
    }

    /// Page of programmes, by code.
    async fn programmes(
        &self,
        ctx: &Context<'_>,
        filter: Option<ProgrammeFilter>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Option<RowConnection<Programme>>> {
        let page = PageArgs { first, after };
        let terms = code_order();
        let args = ListArgs { filter, terms, page, as_of: None };
        Ok(Some(lists::all::<Programme, _>(ctx, "programmes", args).await?))
    }

    /// Programme with a code; null when there is none.
    async fn programme(&self, ctx: &Context<'_>, code: ID) -> Result<Option<Programme>> {
        shown(ctx, &code).await
    }

    /// Page of officials, by code.
    async fn officials(
        &self,
        ctx: &Context<'_>,
        filter: Option<OfficialFilter>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Option<RowConnection<Official>>> {
        let page = PageArgs { first, after };
        let terms = code_order();
        let args = ListArgs { filter, terms, page, as_of: None };
        Ok(Some(lists::all::<Official, _>(ctx, "officials", args).await?))
    }

    /// Official with a code; null when there is none.
    async fn official(&self, ctx: &Context<'_>, code: ID) -> Result<Option<Official>> {
        shown(ctx, &code).await
    }

    /// Position with a code; null when there is none.
    async fn position(&self, ctx: &Context<'_>, code: ID) -> Result<Option<Position>> {
        shown(ctx, &code).await
    }

    /// Task groups of the yearly programme, in the order of the programme.
    async fn task_groups(&self, ctx: &Context<'_>) -> Result<Option<Vec<TaskGroup>>> {
        Ok(Some(reference::all(&ctx.reader().whole()).await?))
    }

    /// All bottlenecks, by code.
    async fn bottlenecks(&self, ctx: &Context<'_>) -> Result<Option<Vec<Bottleneck>>> {
        Ok(Some(reference::all(&ctx.reader().whole()).await?))
    }

    /// Bottleneck with a code; null when there is none.
    async fn bottleneck(&self, ctx: &Context<'_>, code: ID) -> Result<Option<Bottleneck>> {
        shown(ctx, &code).await
    }
}
