//! When PostgreSQL plans a statement: planning one of a list takes longer than reading its page.

use chrono::NaiveDate;
use sqlx::{Postgres, QueryBuilder};

use super::condition::DaySql;

/// When a statement that reads is planned.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Plan {
    /// Each time, for its values: filters and scopes of which one leaves a row and another all.
    #[default]
    ForValues,
    /// Once, and kept with the prepared statement. Days and limits are in its text, so that the planner knows what they leave. A
    /// value is planned for as an average one, so there must be none that are rare and frequent in turns.
    Kept,
}

impl Plan {
    /// A day in a statement with this plan.
    pub fn day(self, day: NaiveDate) -> DaySql {
        match self {
            Self::ForValues => DaySql::Bound(day),
            Self::Kept => DaySql::Written(day),
        }
    }

    /// Pushes a number.
    pub(super) fn push_number(self, sql: &mut QueryBuilder<Postgres>, number: i64) {
        match self {
            Self::ForValues => sql.push_bind(number),
            Self::Kept => sql.push(number),
        };
    }

    /// Value of the setting `plan_cache_mode`.
    pub(super) fn mode(self) -> &'static str {
        match self {
            // Not `auto`: that takes a plan for all values as soon as it believes it to be cheaper.
            Self::ForValues => "force_custom_plan",
            Self::Kept => "force_generic_plan",
        }
    }
}
