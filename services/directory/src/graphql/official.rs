//! Resolvers of `Position`, `Official` and `Appointment` fields that are not plain columns.

use async_graphql::{ComplexObject, Context, Object, Result};
use service_kit::ScopeContext;
use service_kit::scalar::Date;

use super::{by_code, date, rows_by};
use crate::model::{Appointment, Official, Organization, Position};
use crate::store::dated::HolderOn;
use crate::store::table;

#[ComplexObject]
impl Official {
    /// Appointments of the official, the oldest first; with `asOf` only those in force on that date.
    async fn appointments(&self, ctx: &Context<'_>, as_of: Option<Date>) -> Result<Vec<Appointment>> {
        let as_of = as_of.map(|date| ctx.scope().as_of(Some(&date))).transpose()?;
        let mut found: Vec<Appointment> = rows_by(ctx, table::OFFICIAL, &self.code).await?;
        found.retain(|appointment| as_of.is_none_or(|day| appointment.runs_on(day)));
        Ok(found)
    }
}

#[ComplexObject]
impl Position {
    /// Organization that the position belongs to.
    async fn organization(&self, ctx: &Context<'_>) -> Result<Option<Organization>> {
        by_code(ctx, &self.organization_code).await
    }

    /// Official who holds the position on a date (default: today); null while it is vacant.
    async fn holder(&self, ctx: &Context<'_>, as_of: Option<Date>) -> Result<Option<Official>> {
        let key = (self.code.to_string(), ctx.scope().as_of(as_of.as_ref())?);
        Ok(ctx.loader::<HolderOn>().load_one(key).await?)
    }
}

/// Term of an official in a position, from a day (included) to another (excluded).
#[Object]
impl Appointment {
    /// Official who is appointed.
    async fn official(&self, ctx: &Context<'_>) -> Result<Option<Official>> {
        by_code(ctx, &self.official_code).await
    }

    /// Position that the official holds.
    async fn position(&self, ctx: &Context<'_>) -> Result<Option<Position>> {
        by_code(ctx, &self.position_code).await
    }

    /// First day in office.
    async fn from(&self) -> Date {
        self.from_on.into()
    }

    /// First day after the term; null while the term has no end.
    async fn to(&self) -> Option<Date> {
        date(self.to_on)
    }
}
