//! Estimated numbers of rows in tables, from the statistics of PostgreSQL.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sqlx::PgPool;
use tokio::time::Instant;

/// Age from which an estimate is read again.
const STALE: Duration = Duration::from_mins(1);

/// Estimates of one process. Nothing waits for them: the first request for a table gets 0, and an old estimate is used
/// until the next one is read.
#[derive(Debug, Clone, Default)]
pub(crate) struct Estimates(Option<Arc<Mutex<Known>>>);

/// The time of reading and the number of rows of each table.
type Known = HashMap<&'static str, (Instant, u64)>;

impl Estimates {
    /// Estimates that are read from the database; by default there are none.
    pub(crate) fn read() -> Self {
        Self(Some(Arc::default()))
    }

    /// The number of rows of a table or of its partitions.
    pub(crate) fn rows(&self, table: &'static str, pool: &PgPool) -> u64 {
        let Some(known) = &self.0 else { return 0 };
        let mut tables = known.lock().unwrap_or_else(PoisonError::into_inner);
        let (read_at, rows) = tables.get(table).copied().map_or((None, 0), |(at, rows)| (Some(at), rows));
        let now = Instant::now();
        if read_at.is_none_or(|read_at| now - read_at > STALE) {
            tables.insert(table, (now, rows));
            let (known, pool) = (known.clone(), pool.clone());
            tokio::spawn(async move {
                match crate::store::estimate::rows(&pool, table).await {
                    Ok(rows) => _ = known.lock().unwrap_or_else(PoisonError::into_inner).insert(table, (now, rows)),
                    Err(error) => tracing::warn!(%error, table, "without an estimate the budget limits nothing"),
                }
            });
        }
        rows
    }
}
