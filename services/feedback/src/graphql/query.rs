//! Root fields on cases and categories.

use async_graphql::{Context, ID, Object, Result};
use service_kit::connection::RowConnection;
use service_kit::input::parse_id;
use service_kit::lists::{self, ListArgs};
use service_kit::scalar::Date;
use service_kit::store::list::ById;
use service_kit::{PageArgs, ScopeContext};

use crate::filter::{FeedbackFilter, FeedbackOrder};
use crate::model::{Category, FeedbackFacts};
use crate::store::category;
use crate::store::filter::feedback_order;

#[derive(Default)]
pub struct FeedbackQuery;

#[Object]
impl FeedbackQuery {
    /// Case with an id; null when there is none.
    async fn feedback(&self, ctx: &Context<'_>, id: ID) -> Result<Option<FeedbackFacts>> {
        Ok(ctx.loader::<ById<FeedbackFacts>>().load_one((parse_id(&id, "id")?, ctx.scope().today())).await?)
    }

    /// Page of cases as of the end of a day (default: now), by default the newest first.
    async fn feedbacks(
        &self,
        ctx: &Context<'_>,
        filter: Option<FeedbackFilter>,
        order_by: Option<Vec<FeedbackOrder>>,
        as_of: Option<Date>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Option<RowConnection<FeedbackFacts>>> {
        let page = PageArgs { first, after };
        let args = ListArgs { filter, terms: feedback_order(order_by), page, as_of };
        Ok(Some(lists::all::<FeedbackFacts, _>(ctx, "feedbacks", args).await?))
    }

    /// Categories of feedback, by default those that new cases may name.
    async fn feedback_categories(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = true)] active: bool,
    ) -> Result<Option<Vec<Category>>> {
        Ok(Some(category::all(&ctx.reader().whole(), active).await?))
    }
}
