//! The transaction in which a request reads.

use std::sync::Arc;
use std::time::Instant;

use chrono::{DateTime, SecondsFormat, Utc};
use sqlx::pool::PoolConnection;
use sqlx::{AssertSqlSafe, Error, Postgres};
use tokio::sync::OwnedSemaphorePermit;

use super::plan::Plan;
use super::role;
use crate::access::Sight;
use crate::database::Database;

/// What the statements of a transaction read, and when they are planned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Settings {
    pub(crate) sight: Arc<Sight>,
    pub(crate) plan: Plan,
}

impl Settings {
    /// The statements that change to it.
    fn sql(&self, before: Option<&Self>) -> String {
        let plan = before
            .is_none_or(|before| before.plan != self.plan)
            .then(|| format!("SET LOCAL plan_cache_mode = {}; ", self.plan.mode()));
        let sight = before.is_none_or(|before| before.sight != self.sight).then(|| role::reading(&self.sight));
        plan.into_iter().chain(sight).collect()
    }
}

/// The open transaction of a request.
#[derive(Debug)]
pub(crate) struct Session {
    database: Database,
    connection: Option<PoolConnection<Postgres>>,
    /// Since when the pool has not had the connection.
    since: Instant,
    /// How the transaction reads at present.
    settings: Settings,
    _slot: OwnedSemaphorePermit,
}

impl Session {
    /// Begins it. `now` is the present time of its statements (`platform.moment`).
    pub(crate) async fn begin(
        database: &Database,
        settings: Settings,
        now: Option<DateTime<Utc>>,
    ) -> Result<Self, Error> {
        let slot = database.read_slots().clone().acquire_owned().await.map_err(|_| Error::PoolClosed)?;
        Self::open(database, slot, settings, now, "").await
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
        Self::open(database, slot, self.settings.clone(), now, &of).await.map(Some)
    }

    async fn open(
        database: &Database,
        slot: OwnedSemaphorePermit,
        settings: Settings,
        now: Option<DateTime<Utc>>,
        snapshot: &str,
    ) -> Result<Self, Error> {
        let (warm, database) = (database.take_warm(), database.clone());
        let (is_warm, connection, since) = match warm {
            Some(warm) => (true, warm.connection, warm.since),
            None => (false, database.pool().acquire().await?, Instant::now()),
        };
        let mut session = Self { database, connection: Some(connection), since, settings, _slot: slot };
        let now =
            now.map(|now| format!("SET LOCAL ioc.now = '{}'; ", now.to_rfc3339_opts(SecondsFormat::Micros, true)));
        let begin = format!(
            "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; {snapshot}{}{}",
            now.unwrap_or_default(),
            session.settings.sql(None)
        );
        let outcome = sqlx::raw_sql(AssertSqlSafe(begin.clone())).execute(&mut **session.connection()?).await;
        if is_warm && outcome.is_err() {
            // It was broken since: the pool tests those that it gives.
            session.renew().await?;
            sqlx::raw_sql(AssertSqlSafe(begin)).execute(&mut **session.connection()?).await?;
        } else {
            outcome?;
        }
        Ok(session)
    }

    /// Changes how the transaction reads.
    pub(crate) async fn set(&mut self, settings: Settings) -> Result<(), Error> {
        if self.settings != settings {
            let change = settings.sql(Some(&self.settings));
            sqlx::raw_sql(AssertSqlSafe(change)).execute(&mut **self.connection()?).await?;
            self.settings = settings;
        }
        Ok(())
    }

    pub(crate) fn connection(&mut self) -> Result<&mut PoolConnection<Postgres>, Error> {
        self.connection.as_mut().ok_or(Error::PoolClosed)
    }

    /// Takes another connection instead of one that is broken.
    async fn renew(&mut self) -> Result<(), Error> {
        if let Some(mut broken) = self.connection.take() {
            broken.close_on_drop();
        }
        (self.connection, self.since) = (Some(self.database.pool().acquire().await?), Instant::now());
        Ok(())
    }

    /// Leaves the connection to others.
    pub(crate) async fn end(mut self) {
        let Some(connection) = &mut self.connection else { return };
        // Without an end it stays here, and is closed.
        if sqlx::raw_sql("ROLLBACK").execute(&mut **connection).await.is_ok()
            && let Some(connection) = self.connection.take()
        {
            self.database.leave(connection, self.since);
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
