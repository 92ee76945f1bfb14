//! GraphQL of dated rules and the working-day calendar.

use async_graphql::{ComplexObject, Context, Object, Result};
use service_kit::scalar::Date;
use service_kit::store::codes::{CodeKind, KnownCodes, NamedCodes};
use service_kit::{Problem, ScopeContext};

use super::date;
use crate::model::{CalendarDay, LegalRule};
use crate::store::dated;

/// Maximum number of calendar days in one answer: the three years that the calendar covers.
const MAX_CALENDAR_DAYS: i64 = 1100;

#[ComplexObject]
impl LegalRule {
    /// First day on which the value is in force.
    async fn from(&self) -> Date {
        self.valid_from.into()
    }

    /// First day on which the value is no longer in force; null while it has no end.
    async fn to(&self) -> Option<Date> {
        date(self.valid_to)
    }
}

#[ComplexObject]
impl CalendarDay {
    /// Date of the calendar day.
    async fn day(&self) -> Date {
        self.day.into()
    }
}

#[derive(Default)]
pub struct ReferenceQuery;

#[Object]
impl ReferenceQuery {
    /// Dated rules in force on a date (default: today): all, or those with the given names.
    async fn legal_rules(
        &self,
        ctx: &Context<'_>,
        codes: Option<Vec<String>>,
        as_of: Option<Date>,
    ) -> Result<Option<Vec<LegalRule>>> {
        let mut named = NamedCodes::default();
        named.add_all(CodeKind::LEGAL_RULE, codes.iter().flatten().map(String::as_str), "codes");
        named.check_once(ctx.loader::<KnownCodes>()).await?;
        let as_of = as_of.map_or(Ok(ctx.scope().today()), |date| date.checked("asOf"))?;
        let found = dated::rules(&ctx.reader().whole(), codes.as_deref(), as_of).await?;
        Ok(Some(found))
    }

    /// Days of the working calendar from one day to another, both included.
    async fn calendar(&self, ctx: &Context<'_>, from: Date, to: Date) -> Result<Option<Vec<CalendarDay>>> {
        let (from, to) = (from.checked("from")?, to.checked("to")?);
        if from > to || (to - from).num_days() >= MAX_CALENDAR_DAYS {
            let accepted = format!("accepted: a day on or after `from`, at most {MAX_CALENDAR_DAYS} days in all");
            return Err(Problem::validation("to", accepted).into());
        }
        Ok(Some(dated::calendar(&ctx.reader().whole(), from, to).await?))
    }

    /// Number of working days from one day (included) to another (excluded); null when the calendar does not cover all
    /// of them.
    async fn working_days(&self, ctx: &Context<'_>, from: Date, until: Date) -> Result<Option<i64>> {
        let (from, until) = (from.checked("from")?, until.checked("until")?);
        if from > until {
            return Err(Problem::validation("until", "accepted: a day on or after `from`").into());
        }
        Ok(dated::working_days(&ctx.reader().whole(), from, until).await?)
    }
}
