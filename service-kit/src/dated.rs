//! Children of a record at a past day: a list below an entity as of a day does not show what came later.

use async_graphql::Context;
use chrono::{DateTime, NaiveDate, Utc};
use schema::CityTime;
use uuid::Uuid;

use crate::problem::Problem;
use crate::scope::ScopeContext;
use crate::store::child::{Child, ChildrenOf};

/// The end of a day in the city.
#[derive(Debug, Clone, Copy)]
pub struct DayEnd {
    /// The day.
    pub day: NaiveDate,
    city: CityTime,
}

impl DayEnd {
    /// Whether the instant is not after the day.
    pub fn has(self, instant: DateTime<Utc>) -> bool {
        self.city.today(instant) <= self.day
    }
}

/// Child that can be read as of a past day.
pub trait Dated: Sized {
    /// The child as it was at the end of a day: without what came later; `None` when it did not exist yet.
    fn at(self, end: DayEnd) -> Option<Self>;
}

/// The children as they were at the end of a day. Today means now, and what is stored is known.
pub fn at_day<C: Dated>(ctx: &Context<'_>, children: Vec<C>, day: NaiveDate) -> Vec<C> {
    let scope = ctx.scope();
    if day >= scope.today() {
        return children;
    }
    let end = DayEnd { day, city: scope.city };
    children.into_iter().filter_map(|child| child.at(end)).collect()
}

/// Loads the children of a record as they were at the end of a day.
///
/// # Errors
/// The problem of the statement.
pub async fn children<C: Child + Dated>(ctx: &Context<'_>, parent: Uuid, day: NaiveDate) -> Result<Vec<C>, Problem> {
    let children = ctx.loader::<ChildrenOf<C>>().load_one(parent).await?.unwrap_or_default();
    Ok(at_day(ctx, children, day))
}
