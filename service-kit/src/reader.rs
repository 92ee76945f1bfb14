//! Reads of one request: they see one instant, as the caller may see it, take connections in turn with other requests,
//! end when the request ends, and charge its budget.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use futures::future::BoxFuture;
use futures::stream::{self, BoxStream};
use futures::{FutureExt, StreamExt, TryFutureExt, TryStreamExt};
use schema::clock::CityTime;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgQueryResult, PgRow, PgStatement, PgTypeInfo};
use sqlx::{Describe, Either, Error, Execute, Executor, Postgres, SqlStr};
use tokio::sync::Mutex;

use crate::access::{Kind, Scope, Sight};
use crate::budget::Budget;
use crate::database::Database;
use crate::principal::Principal;
use crate::problem::Problem;
use crate::store::plan::Plan;
use crate::store::session::{Session, Settings};

/// Executes the reads of one request. Cheap to clone.
///
/// The first statement opens a transaction, so all figures of a request are of one instant. Requests wait for a connection
/// in the order in which they come, and each has one; a second one for long statements only while others need none. When the
/// request is dropped (its client hangs up, its deadline passes), PostgreSQL cancels a statement that is still running: the
/// connection is closed, and the server checks for that while it works.
#[derive(Debug, Clone)]
pub struct Reader {
    database: Database,
    budget: Budget,
    principal: Arc<Principal>,
    session: Arc<Mutex<Option<Session>>>,
    sight: Arc<Sight>,
    plan: Plan,
    /// Present time of the request and the city's days; without it the time is the database's.
    present: Option<(DateTime<Utc>, CityTime)>,
}

impl Reader {
    /// Creates the reader of a request. It reads public data.
    pub fn new(database: Database, budget: Budget, principal: Principal) -> Self {
        Self {
            database,
            budget,
            principal: Arc::new(principal),
            session: Arc::default(),
            sight: Arc::new(Sight::Scope(Scope::default())),
            plan: Plan::ForValues,
            present: None,
        }
    }

    /// The same reader at a present time: statements compare instants with it (`platform.moment`).
    #[must_use]
    pub fn at(self, now: DateTime<Utc>, city: CityTime) -> Self {
        Self { present: Some((now, city)), ..self }
    }

    /// The instant of a day as of which is measured: its end, or the present time; `None` without one.
    pub fn moment(&self, day: NaiveDate) -> Option<DateTime<Utc>> {
        let (now, city) = self.present?;
        Some(day.succ_opt().map_or(now, |next| city.start_of_day(next).min(now)))
    }

    /// The same reader for the rows of a kind that the caller sees.
    #[must_use]
    pub fn rows(&self, kind: &Kind) -> Self {
        Self { sight: Arc::new(kind.sight(&self.principal)), ..self.clone() }
    }

    /// Whether the caller sees all rows of a kind.
    pub fn sees_all(&self, kind: &Kind) -> bool {
        kind.sight(&self.principal) == Sight::All
    }

    /// The same reader for all rows: for aggregates that [`Kind::permit_aggregate`] has permitted, and for codes.
    #[must_use]
    pub fn whole(&self) -> Self {
        Self { sight: Arc::new(Sight::All), ..self.clone() }
    }

    /// When to plan a statement of this reader, if one plan serves all of its values. What a scope leaves of the rows differs between
    /// callers, so that statements with one are always planned for it.
    pub fn plan(&self, serves_all_values: bool) -> Plan {
        if serves_all_values && *self.sight == Sight::All { Plan::Kept } else { Plan::ForValues }
    }

    /// The same reader for statements that are planned so.
    #[must_use]
    pub fn planned(&self, plan: Plan) -> Self {
        Self { plan, ..self.clone() }
    }

    /// Charges the budget for reading the rows of a table several times.
    ///
    /// # Errors
    /// `BUDGET_LIMIT_EXCEEDED` when the request would cause more work than it may.
    pub fn charge(&self, table: &'static str, times: usize) -> Result<(), Problem> {
        let rows = self.database.estimates().rows(table, self.database.pool());
        self.budget.charge(rows.max(1).saturating_mul(times as u64))
    }

    /// Charges the budget with the reading of so many rows.
    ///
    /// # Errors
    /// The problem that the budget is used up.
    pub fn charge_rows(&self, rows: u64) -> Result<(), Problem> {
        self.budget.charge(rows.max(1))
    }

    /// Another reader of the same instant, whose statements run beside those of this one; `None` when it would make others wait. It is to
    /// be ended ([`Reader::end`]).
    ///
    /// # Errors
    /// The error of the database.
    pub async fn beside(&self) -> Result<Option<Self>, Error> {
        let mut slot = self.session.lock().await;
        let now = self.present.map(|(now, _)| now);
        let mut session = match slot.take() {
            Some(session) => session,
            None => Session::begin(&self.database, self.settings(), now).await?,
        };
        let other = session.beside(&self.database, now).await?;
        *slot = Some(session);
        Ok(other.map(|other| Self { session: Arc::new(Mutex::new(Some(other))), ..self.clone() }))
    }

    /// Ends the transaction, if there is one. A later statement opens another, which sees what was written meanwhile.
    pub async fn end(&self) {
        if let Some(session) = self.session.lock().await.take() {
            session.end().await;
        }
    }

    fn settings(&self) -> Settings {
        Settings { sight: self.sight.clone(), plan: self.plan }
    }

    /// Executes a statement in the transaction. After an error the transaction is of no use and is ended.
    async fn execute<T>(
        &self,
        statement: impl AsyncFnOnce(&mut PoolConnection<Postgres>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let mut slot = self.session.lock().await;
        // The session is not in its slot while it works: when this future is dropped, its connection is closed.
        let mut session = match slot.take() {
            Some(session) => session,
            None => Session::begin(&self.database, self.settings(), self.present.map(|(now, _)| now)).await?,
        };
        let outcome = async {
            session.set(self.settings()).await?;
            statement(session.connection()?).await
        };
        let outcome = outcome.await;
        if outcome.is_ok() {
            *slot = Some(session);
        } else {
            session.end().await;
        }
        outcome
    }
}

impl<'c> Executor<'c> for &'c Reader {
    type Database = Postgres;

    /// Reads all rows before it gives the first.
    fn fetch_many<'e, 'q: 'e, E>(self, query: E) -> BoxStream<'e, Result<Either<PgQueryResult, PgRow>, Error>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Postgres>,
    {
        let rows = async move {
            let rows: Vec<_> = self.execute(async |db| db.fetch_many(query).try_collect().await).await?;
            Ok(stream::iter(rows.into_iter().map(Ok)))
        };
        rows.try_flatten_stream().boxed()
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Result<Option<PgRow>, Error>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Postgres>,
    {
        self.execute(async |db| db.fetch_optional(query).await).boxed()
    }

    fn prepare_with<'e>(self, sql: SqlStr, parameters: &'e [PgTypeInfo]) -> BoxFuture<'e, Result<PgStatement, Error>>
    where
        'c: 'e,
    {
        self.database.pool().prepare_with(sql, parameters)
    }

    fn describe<'e>(self, sql: SqlStr) -> BoxFuture<'e, Result<Describe<Postgres>, Error>>
    where
        'c: 'e,
    {
        self.database.pool().describe(sql)
    }
}
