//! What a resolver knows of the request it serves. The clock comes from here, never from the system.

use std::sync::Arc;

use async_graphql::Context;
use chrono::{DateTime, NaiveDate, Utc};
use schema::clock::{CityTime, Clock};

use crate::database::Database;
use crate::loader::{BatchSource, Loader};
use crate::principal::Principal;
use crate::problem::Problem;
use crate::scalar::Date;
use crate::store::condition::AsOf;

/// The facts of one request, put into the GraphQL context by [`crate::Subgraph`].
#[derive(Clone)]
pub struct RequestScope {
    /// The verified caller.
    pub principal: Principal,
    /// The instant at which the request arrived: one request has one "now".
    pub now: DateTime<Utc>,
    /// The city's time zone.
    pub city: CityTime,
}

impl RequestScope {
    /// A scope at the clock's present instant.
    pub fn new(principal: Principal, clock: &Arc<dyn Clock>, city: CityTime) -> Self {
        Self { principal, now: clock.now(), city }
    }

    /// The local date of the request.
    pub fn today(&self) -> NaiveDate {
        self.city.today(self.now)
    }

    /// A day with the city's time zone.
    pub fn at(&self, day: NaiveDate) -> AsOf {
        AsOf { day, zone: self.city.tz.name() }
    }

    /// The `asOf` argument, today when absent.
    ///
    /// # Errors
    /// `VALIDATION` when the text is no date, or lies in the future: what is not known yet cannot be measured.
    pub fn as_of(&self, argument: Option<&Date>) -> Result<NaiveDate, Problem> {
        let Some(argument) = argument else {
            return Ok(self.today());
        };
        let date = argument.checked("asOf")?;
        if date > self.today() {
            return Err(Problem::validation(
                "asOf",
                format!("asOf {date} is in the future; accepted: a date up to today, {}", self.today()),
            ));
        }
        Ok(date)
    }
}

/// Shorthand for resolvers.
pub trait ScopeContext {
    /// The scope of the running request.
    fn scope(&self) -> &RequestScope;

    /// The service's database.
    fn database(&self) -> &Database;

    /// A loader of this request. The service's `per_request` must have added it.
    fn loader<S: BatchSource>(&self) -> &Loader<S>;
}

impl ScopeContext for Context<'_> {
    fn scope(&self) -> &RequestScope {
        self.data_unchecked::<RequestScope>()
    }

    fn database(&self) -> &Database {
        self.data_unchecked::<Database>()
    }

    fn loader<S: BatchSource>(&self) -> &Loader<S> {
        self.data_unchecked::<Loader<S>>()
    }
}
