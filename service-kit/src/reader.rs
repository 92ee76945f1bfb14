//! Reads of one request: they take connections in turn with those of other requests, end when the request ends, and
//! charge its budget.

use std::sync::Arc;

use futures::future::BoxFuture;
use futures::stream::{self, BoxStream};
use futures::{FutureExt, StreamExt, TryFutureExt, TryStreamExt};
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgQueryResult, PgRow, PgStatement, PgTypeInfo};
use sqlx::{Describe, Either, Error, Execute, Executor, Postgres, SqlStr};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::budget::Budget;
use crate::database::Database;
use crate::problem::Problem;

/// Maximum number of statements of one request at a time, so that one request cannot take all connections.
const STATEMENTS_AT_ONCE: usize = 4;

/// Executes the reads of one request. Cheap to clone.
///
/// Statements wait for a connection in the order in which they come. When the request is dropped (its client hangs up,
/// its deadline passes), PostgreSQL cancels a statement that is still running: the connection is closed, and the server
/// checks for that while it works.
#[derive(Debug, Clone)]
pub struct Reader {
    database: Database,
    budget: Budget,
    own: Arc<Semaphore>,
}

impl Reader {
    /// Creates the reader of a request.
    pub fn new(database: Database, budget: Budget) -> Self {
        Self { database, budget, own: Arc::new(Semaphore::new(STATEMENTS_AT_ONCE)) }
    }

    /// Charges the budget for reading the rows of a table several times.
    ///
    /// # Errors
    /// `BUDGET_LIMIT_EXCEEDED` when the request would cause more work than it may.
    pub fn charge(&self, table: &'static str, times: usize) -> Result<(), Problem> {
        let rows = self.database.estimates().rows(table, self.database.pool());
        self.budget.charge(rows.max(1).saturating_mul(times as u64))
    }

    async fn checkout(&self) -> Result<Checkout, Error> {
        let slot = async |slots: &Arc<Semaphore>| slots.clone().acquire_owned().await.map_err(|_| Error::PoolClosed);
        let slots = [slot(&self.own).await?, slot(self.database.read_slots()).await?];
        let connection = self.database.pool().acquire().await?;
        Ok(Checkout { connection, finished: false, _slots: slots })
    }
}

/// Connection for one statement.
struct Checkout {
    connection: PoolConnection<Postgres>,
    finished: bool,
    _slots: [OwnedSemaphorePermit; 2],
}

impl Drop for Checkout {
    fn drop(&mut self) {
        if !self.finished {
            self.connection.close_on_drop();
        }
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
            let mut checkout = self.checkout().await?;
            let rows: Result<Vec<_>, Error> = checkout.connection.fetch_many(query).try_collect().await;
            checkout.finished = true;
            Ok(stream::iter(rows?.into_iter().map(Ok)))
        };
        rows.try_flatten_stream().boxed()
    }

    fn fetch_optional<'e, 'q: 'e, E>(self, query: E) -> BoxFuture<'e, Result<Option<PgRow>, Error>>
    where
        'c: 'e,
        E: 'q + Execute<'q, Postgres>,
    {
        let row = async move {
            let mut checkout = self.checkout().await?;
            let row = checkout.connection.fetch_optional(query).await;
            checkout.finished = true;
            row
        };
        row.boxed()
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
