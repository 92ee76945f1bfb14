//! Context of a request for its resolvers: principal, time, time zone, deadline, budget. Resolvers take the time from
//! here, never from the system.

use std::sync::Arc;

use async_graphql::Context;
use chrono::{DateTime, NaiveDate, Utc};
use schema::clock::{CityTime, Clock};

use crate::budget::Budget;
use crate::database::Database;
use crate::deadline::Deadline;
use crate::loader::{BatchSource, Loader};
use crate::principal::Principal;
use crate::problem::Problem;
use crate::reader::Reader;
use crate::scalar::Date;

/// Context of one request. [`crate::Subgraph`] puts it into the GraphQL context.
#[derive(Clone)]
pub struct RequestScope {
    /// The verified caller.
    pub principal: Principal,
    /// Time when the request arrived. One request has one "now".
    pub now: DateTime<Utc>,
    /// The city's time zone.
    pub city: CityTime,
    /// When the caller no longer waits.
    pub deadline: Deadline,
    /// The work that the request may cause.
    pub budget: Budget,
    /// Id of the request, which the gateway gave.
    pub request_id: Option<String>,
}

impl RequestScope {
    /// Creates a scope with the current time of the clock.
    pub fn new(
        principal: Principal,
        clock: &Arc<dyn Clock>,
        city: CityTime,
        deadline: Deadline,
        budget: Budget,
    ) -> Self {
        Self { principal, now: clock.now(), city, deadline, budget, request_id: None }
    }

    /// Returns the local date of the request.
    pub fn today(&self) -> NaiveDate {
        self.city.today(self.now)
    }

    /// Parses the argument `asOf` (default: today).
    ///
    /// # Errors
    /// `VALIDATION` when the text is not a date or the date is in the future.
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

/// Access to the context for resolvers.
pub trait ScopeContext {
    /// Returns the scope of the request.
    fn scope(&self) -> &RequestScope;

    /// Returns the service's database.
    fn database(&self) -> &Database;

    /// Returns the reader of this request.
    fn reader(&self) -> &Reader;

    /// Returns a loader of this request. The service's `per_request` must have added it.
    fn loader<S: BatchSource>(&self) -> &Loader<S>;
}

impl ScopeContext for Context<'_> {
    fn scope(&self) -> &RequestScope {
        self.data_unchecked::<RequestScope>()
    }

    fn database(&self) -> &Database {
        self.data_unchecked::<Database>()
    }

    fn reader(&self) -> &Reader {
        self.data_unchecked::<Reader>()
    }

    fn loader<S: BatchSource>(&self) -> &Loader<S> {
        self.data_unchecked::<Loader<S>>()
    }
}
