//! `Official`, `Position` and `Appointment`: responsibility binds to a position and resolves to its holder on a date.

use async_graphql::{Context, ID, Object, Result};
use service_kit::ScopeContext;
use service_kit::scalar::Date;

use super::loaders::{AppointmentsOfOfficial, HolderOfPosition, OfficialByCode, OrganizationByCode, PositionByCode};
use super::organization::Organization;
use crate::model;

/// A person in office, shown by display name or by position title.
pub struct Official(pub model::Official);

#[Object]
impl Official {
    /// The stable code.
    async fn code(&self) -> ID {
        ID(self.0.code.clone())
    }

    /// A display name or, where no name may be shown, the title of the position held.
    async fn display_name(&self) -> &str {
        &self.0.display_name
    }

    /// Appointments, oldest first; with `asOf` only those that run on that date.
    async fn appointments(&self, ctx: &Context<'_>, as_of: Option<Date>) -> Result<Vec<Appointment>> {
        let as_of = as_of.map(|date| ctx.scope().as_of(Some(&date))).transpose()?;
        let found = ctx
            .loader::<AppointmentsOfOfficial>()
            .load_one(self.0.code.clone())
            .await?
            .unwrap_or_default();
        let runs = |appointment: &model::Appointment| {
            as_of.is_none_or(|day| appointment.from_on <= day && appointment.to_on.is_none_or(|to| day < to))
        };
        Ok(found.into_iter().filter(runs).map(Appointment).collect())
    }
}

/// A post that carries responsibility, whoever holds it.
pub struct Position(pub model::Position);

#[Object]
impl Position {
    /// The stable code.
    async fn code(&self) -> ID {
        ID(self.0.code.clone())
    }

    /// The title, for example "Giám đốc Sở Xây dựng".
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// The organization that the position belongs to.
    async fn organization(&self, ctx: &Context<'_>) -> Result<Option<Organization>> {
        let code = self.0.organization_code.clone();
        Ok(ctx
            .loader::<OrganizationByCode>()
            .load_one(code)
            .await?
            .map(Organization))
    }

    /// Who holds it on a date (default: today); null while it is vacant.
    async fn holder(&self, ctx: &Context<'_>, as_of: Option<Date>) -> Result<Option<Official>> {
        let as_of = ctx.scope().as_of(as_of.as_ref())?;
        let key = (self.0.code.clone(), as_of);
        Ok(ctx.loader::<HolderOfPosition>().load_one(key).await?.map(Official))
    }
}

/// An official in a position, from a day until (not including) another.
pub struct Appointment(pub model::Appointment);

#[Object]
impl Appointment {
    /// Who is appointed.
    async fn official(&self, ctx: &Context<'_>) -> Result<Option<Official>> {
        let code = self.0.official_code.clone();
        Ok(ctx.loader::<OfficialByCode>().load_one(code).await?.map(Official))
    }

    /// To what.
    async fn position(&self, ctx: &Context<'_>) -> Result<Option<Position>> {
        let code = self.0.position_code.clone();
        Ok(ctx.loader::<PositionByCode>().load_one(code).await?.map(Position))
    }

    /// The first day in office.
    async fn from(&self) -> Date {
        self.0.from_on.into()
    }

    /// The first day no longer in office; null while it runs.
    async fn to(&self) -> Option<Date> {
        self.0.to_on.map(Into::into)
    }
}
