//! The transaction in which a request reads.

use std::sync::Arc;

use chrono::{DateTime, SecondsFormat, Utc};
use sqlx::pool::PoolConnection;
use sqlx::{AssertSqlSafe, Error, Postgres};
use tokio::sync::OwnedSemaphorePermit;

use super::role;
use crate::access::Sight;
use crate::database::Database;

/// The open transaction of a request.
#[derive(Debug)]
pub(crate) struct Session {
    connection: Option<PoolConnection<Postgres>>,
    /// What the transaction reads at present.
    sight: Arc<Sight>,
    _slot: OwnedSemaphorePermit,
}

impl Session {
    /// Begins it. `now` is the present time of its statements (`platform.moment`).
    pub(crate) async fn begin(
        database: &Database,
        sight: Arc<Sight>,
        now: Option<DateTime<Utc>>,
    ) -> Result<Self, Error> {
        let slot = database.read_slots().clone().acquire_owned().await.map_err(|_| Error::PoolClosed)?;
        Self::open(database, slot, sight, now, "").await
    }

    /// Begins another one of the same instant, if that makes nobody wait.
    pub(crate) async fn beside(
        &mut self,
        database: &Database,
        now: Option<DateTime<Utc>>,
    ) -> Result<Option<Self>, Error> {
        if !database.is_idle() {
            return Ok(None);
        }
        let Ok(slot) = database.read_slots().clone().try_acquire_owned() else { return Ok(None) };
        let snapshot: String =
            sqlx::query_scalar("SELECT pg_export_snapshot()").fetch_one(&mut **self.connection()?).await?;
        let of = format!("SET TRANSACTION SNAPSHOT '{snapshot}'; ");
        Self::open(database, slot, self.sight.clone(), now, &of).await.map(Some)
    }

    async fn open(
        database: &Database,
        slot: OwnedSemaphorePermit,
        sight: Arc<Sight>,
        now: Option<DateTime<Utc>>,
        snapshot: &str,
    ) -> Result<Self, Error> {
        let connection = database.pool().acquire().await?;
        let mut session = Self { connection: Some(connection), sight: sight.clone(), _slot: slot };
        let now =
            now.map(|now| format!("SET LOCAL ioc.now = '{}'; ", now.to_rfc3339_opts(SecondsFormat::Micros, true)));
        let begin = format!(
            "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; {snapshot}{}{}",
            now.unwrap_or_default(),
            role::reading(&sight)
        );
        sqlx::raw_sql(AssertSqlSafe(begin)).execute(&mut **session.connection()?).await?;
        Ok(session)
    }

    /// Changes what the transaction reads.
    pub(crate) async fn see(&mut self, sight: &Arc<Sight>) -> Result<(), Error> {
        if self.sight != *sight {
            sqlx::raw_sql(AssertSqlSafe(role::reading(sight))).execute(&mut **self.connection()?).await?;
            self.sight = sight.clone();
        }
        Ok(())
    }

    pub(crate) fn connection(&mut self) -> Result<&mut PoolConnection<Postgres>, Error> {
        self.connection.as_mut().ok_or(Error::PoolClosed)
    }

    /// Returns the connection to the pool.
    pub(crate) async fn end(mut self) {
        let Some(mut connection) = self.connection.take() else { return };
        if sqlx::raw_sql("ROLLBACK").execute(&mut *connection).await.is_err() {
            connection.close_on_drop();
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        if let Some(connection) = &mut self.connection {
            connection.close_on_drop();
        }
    }
}
