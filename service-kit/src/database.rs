//! Connection pool of a service: limits, timeouts, settings stored with the data.

use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use rustix::process::{Pid, setpriority_process};
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions, Connection, PgConnection, PgPool, Postgres};
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::estimates::Estimates;
use crate::problem::Problem;
use crate::push::engine::Pushing;

/// Options of the connection pool.
#[derive(Debug, Clone)]
pub struct DatabaseOptions {
    /// A `postgres://` address.
    pub url: String,
    /// Maximum number of connections of this process.
    pub max_connections: u32,
    /// Time that a statement waits for a free connection before it fails.
    pub acquire_timeout: Duration,
    /// A statement slower than this is logged as a warning.
    pub slow_statement: Duration,
    /// Role that each connection takes.
    pub role: Option<&'static str>,
    /// Whether the server runs on this machine for this platform alone, so that its processes may get another priority.
    pub is_private: bool,
}

/// Role of the connections of services. It has no right of its own; each transaction takes the role that it needs.
pub const SERVICE_ROLE: &str = "ioc_service";

impl DatabaseOptions {
    /// Defaults for an address: 20 connections, 5 s to get one, slow from 1 s.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            max_connections: 20,
            acquire_timeout: Duration::from_secs(5),
            slow_statement: Duration::from_secs(1),
            role: None,
            is_private: false,
        }
    }
}

/// A service's database. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Database {
    pool: PgPool,
    /// Connections of pushes, which are long and busy: they leave those of the others, and the processor, to who waits for an answer.
    pushes: PgPool,
    shared: Arc<Shared>,
    service: &'static str,
}

/// What all services of a process share.
#[derive(Debug)]
struct Shared {
    read_slots: Arc<Semaphore>,
    warm: Mutex<Vec<Warm>>,
    estimates: Estimates,
    pushing: Pushing,
    guests: Arc<Semaphore>,
}

/// Part of the connections that pushes have.
const FOR_PUSHES: u32 = 4;

/// Time that a push waits for a connection: others may be at their turn.
const PUSH_WAIT: Duration = Duration::from_mins(1);

/// Nice value of the server's processes that push: a third of the weight of one that answers.
const PUSH_PRIORITY: i32 = 5;

/// Connection that a read has left. The next read of its service takes it first: its prepared statements and their plans are those that
/// the service used last, while the pool gives each of its connections in turn.
#[derive(Debug)]
pub(crate) struct Warm {
    pub(crate) connection: PoolConnection<Postgres>,
    /// Since when the pool has not had it.
    pub(crate) since: Instant,
    service: &'static str,
}

/// Time after which a connection returns to the pool, which ends those that are too old.
const WARM: Duration = Duration::from_mins(5);

/// Number of connections that are kept warm: half of those that reads may take, in a process that has several for each service.
fn kept_warm(pool: &PgPool) -> usize {
    match slots(pool) {
        ..8 => 0,
        slots => slots / 2,
    }
}

/// Connections that reads leave to writes.
const KEPT_FOR_WRITES: usize = 2;

/// Number of connections that reads may take at a time.
fn slots(pool: &PgPool) -> usize {
    (pool.options().get_max_connections() as usize).saturating_sub(KEPT_FOR_WRITES).max(1)
}

/// Lowers the priority of the server's process behind a connection. It stays as it is where that is not allowed.
async fn lower_priority(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    let process: i32 = sqlx::query_scalar("SELECT pg_backend_pid()").fetch_one(connection).await?;
    if let Err(error) = setpriority_process(Pid::from_raw(process), PUSH_PRIORITY) {
        tracing::debug!(%error, process, "the priority of a process of PostgreSQL stays as it is");
    }
    Ok(())
}

impl Database {
    /// Connects to the database, so that a wrong address is an error before a port is bound.
    ///
    /// # Errors
    /// When the address is malformed or the server does not answer.
    pub async fn connect(options: &DatabaseOptions) -> Result<Self, sqlx::Error> {
        let connect: PgConnectOptions = options.url.parse()?;
        let connect = connect
            .application_name("ioc")
            // A statement ends when its connection is closed, also while the server only computes.
            //
            // Compiling a plan costs more than any of our statements runs: measured 2.4 s with and 0.6 s without over
            // the facts of 45,000 tasks.
            //
            // A chunk of a push fits into the buffers of its temporary tables.
            //
            // What is looked up for the rows of a page is looked up by the row. Remembered by all columns of a row that comes once, it
            // takes twice as long.
            .options([
                ("jit", "off"),
                ("enable_memoize", "off"),
                ("client_connection_check_interval", "250"),
                ("temp_buffers", "32MB"),
            ])
            .options(options.role.map(|role| ("role", role)))
            .log_slow_statements(tracing::log::LevelFilter::Warn, options.slow_statement);
        let for_pushes = (options.max_connections / FOR_PUSHES).max(2);
        let mut pushes = PgPoolOptions::new().max_connections(for_pushes).acquire_timeout(PUSH_WAIT);
        if options.is_private {
            pushes = pushes.after_connect(|connection, _| Box::pin(lower_priority(connection)));
        }
        let pushes = pushes.connect_lazy_with(connect.clone());
        let pool = PgPoolOptions::new()
            .max_connections(options.max_connections.saturating_sub(for_pushes).max(1))
            .acquire_timeout(options.acquire_timeout)
            .connect_with(connect)
            .await?;
        Ok(Self::new(pool, pushes, Estimates::read()))
    }

    /// Wraps a pool that a test opened. The number of rows in its tables is not estimated.
    pub fn from_pool(pool: PgPool) -> Self {
        Self::new(pool.clone(), pool, Estimates::default())
    }

    fn new(pool: PgPool, pushes: PgPool, estimates: Estimates) -> Self {
        let read_slots = Arc::new(Semaphore::new(slots(&pool)));
        // A guest waits for a connection while its push has one, so some are never a guest's.
        let guests = Arc::new(Semaphore::new(pushes.options().get_max_connections() as usize / 2));
        let pushing = Pushing::default();
        let shared = Shared { read_slots, warm: Mutex::default(), estimates, pushing, guests };
        Self { pool, pushes, shared: Arc::new(shared), service: "" }
    }

    /// The same database, read by a service.
    pub(crate) fn read_by(&self, service: &'static str) -> Self {
        Self { service, ..self.clone() }
    }

    /// A slot for each connection that reads may take at a time. They are given in the order of asking.
    pub(crate) fn read_slots(&self) -> &Arc<Semaphore> {
        &self.shared.read_slots
    }

    /// Whether more than half of the slots of reads are free: whoever takes a second one then makes nobody wait.
    pub(crate) fn is_idle(&self) -> bool {
        self.shared.read_slots.available_permits() * 2 > slots(&self.pool)
    }

    /// Connections of pushes.
    pub(crate) fn pushes(&self) -> &PgPool {
        &self.pushes
    }

    /// Leave for a push to take a second connection, if reads and other pushes do not need it.
    pub(crate) fn guest(&self) -> Option<SemaphorePermit<'_>> {
        if self.is_idle() { self.shared.guests.try_acquire().ok() } else { None }
    }

    /// The connection that a read of the same service left last. When only those are left that writes need, the one that any read
    /// left first.
    pub(crate) fn take_warm(&self) -> Option<Warm> {
        let mut warm = self.shared.warm.lock();
        if let Some(place) = warm.iter().rposition(|warm| warm.service == self.service) {
            return Some(warm.remove(place));
        }
        (self.free() <= KEPT_FOR_WRITES && !warm.is_empty()).then(|| warm.remove(0))
    }

    /// Number of connections that the pool can give at once.
    fn free(&self) -> usize {
        let unopened = self.pool.options().get_max_connections().saturating_sub(self.pool.size()) as usize;
        unopened + self.pool.num_idle()
    }

    /// Leaves a connection to the next read of the service, or to the pool when others may wait for it. The one that was left first
    /// returns when there are too many.
    pub(crate) fn leave(&self, connection: PoolConnection<Postgres>, since: Instant) {
        let mut warm = self.shared.warm.lock();
        // A pool that closes waits for each of its connections.
        if self.pool.is_closed() || since.elapsed() >= WARM || self.free() == 0 {
            return;
        }
        warm.push(Warm { connection, since, service: self.service });
        if warm.len() > kept_warm(&self.pool) {
            warm.remove(0);
        }
    }

    /// Estimated numbers of rows.
    pub(crate) fn estimates(&self) -> &Estimates {
        &self.shared.estimates
    }

    /// What the pushers of this database share.
    pub(crate) fn pushing(&self) -> &Pushing {
        &self.shared.pushing
    }

    /// The pool, for `store` modules.
    pub fn pool(&self) -> &PgPool {
        &self.pool
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// The problem that the database returns.
    pub async fn ping(&self) -> Result<(), Problem> {
        sqlx::query("SELECT 1").execute(&self.pool).await?;
        Ok(())
    }

    /// Returns a setting that the stored data depends on, from `platform.setting`. If it is not stored yet, this value
    /// is stored; later values do not replace it.
    ///
    /// # Errors
    /// When the database cannot be reached or was never migrated.
    pub async fn setting(&self, name: &str, first: &str) -> Result<String, sqlx::Error> {
        sqlx::query("INSERT INTO platform.setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING")
            .bind(name)
            .bind(first)
            .execute(&self.pool)
            .await?;
        sqlx::query_scalar("SELECT value FROM platform.setting WHERE name = $1").bind(name).fetch_one(&self.pool).await
    }

    /// Clears the prepared statements of every idle connection. After an outage they may be invalid: a connection
    /// pooler may have changed servers, or a migration may have changed their result.
    pub async fn forget_statements(&self) {
        let mut idle: Vec<_> =
            std::mem::take(&mut *self.shared.warm.lock()).into_iter().map(|warm| warm.connection).collect();
        while let Some(connection) = self.pool.try_acquire() {
            idle.push(connection);
        }
        for mut connection in idle {
            // The pool drops a broken connection when it is returned.
            if let Err(error) = connection.clear_cached_statements().await {
                tracing::debug!(%error, "a connection is broken");
            }
        }
    }

    /// Waits for running statements and closes the pools.
    pub async fn close(&self) {
        // It is closed from now on, so that no read leaves a connection here any more.
        let closing = self.pool.close();
        self.shared.warm.lock().clear();
        closing.await;
        self.pushes.close().await;
    }
}
