//! Pushes: chunks of rows with their receipt. Each chunk is one transaction, so an acknowledged row is stored, and an
//! interrupted push leaves complete chunks; under `atomic` the push is one transaction.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use parking_lot::Mutex;
use schema::clock::Clock;
use sha2::{Digest, Sha256};
use sqlx::PgConnection;
use tabular::Words;
use uuid::Uuid;

use super::kind::PushKind;
use super::layout::Layout;
use super::receipts::{self, By};
use super::replace::Replace;
use super::row::{Counts, RowError, RowResult, Staged};
pub use super::session::Session;
use crate::database::Database;
use crate::problem::Problem;
use crate::store::audit::{self, Entry};
use crate::store::push::receipt::{self, NewReceipt, Parts, Receipt};
use crate::store::push::{self as store, Chunk, Lane, Statements};
use crate::store::role;
use crate::vocabulary::AuditAction;

/// Number of rows that are applied with one transaction.
pub const CHUNK_ROWS: usize = 10_000;

/// Maximum number of rows of a batch in GraphQL.
pub const MAX_BATCH_ROWS: usize = 1000;

/// Maximum number of rows of a push that is applied whole or not at all.
pub const MAX_ATOMIC_ROWS: usize = 100_000;

/// Maximum number of attempts of a transaction that ends with a deadlock or a serialization failure.
pub(super) const ATTEMPTS: usize = 6;

/// Time between two looks for parked rows whose wait has ended.
const SWEEP: Duration = Duration::from_secs(1);

/// Time between two looks for parked rows that nothing has woken.
const LOOK: Duration = Duration::from_secs(10);

/// Number of parked rows that are resumed with one transaction.
const RESUMED: i64 = 1000;

/// What a caller wants of a push.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Nothing is stored.
    pub dry_run: bool,
    /// All rows or none.
    pub atomic: bool,
    /// Records that the push does not name are removed.
    pub replace: Option<Replace>,
}

/// Push that begins.
#[derive(Debug, Clone)]
pub struct Begin<'a> {
    pub kind: &'static PushKind,
    /// Layout of the table, if it is not that of the kind's fields.
    pub layout: Option<&'static Layout>,
    pub source: &'a str,
    pub subject: &'a str,
    pub format: &'static str,
    pub options: Options,
    pub idempotency_key: Option<&'a str>,
    pub request_id: Option<&'a str>,
    pub file_name: Option<&'a str>,
}

/// A push that began, or one that had the same idempotency key.
#[derive(Debug)]
pub enum Begun {
    /// To be fed with rows.
    New(Box<Session>),
    /// It ended earlier: its results are stored.
    Earlier(Box<Receipt>),
}

/// Row that was read: applicable, or faulty.
pub type ReadRow = Result<Staged, Faulty>;

/// Row that cannot be applied.
#[derive(Debug, Clone)]
pub struct Faulty {
    /// Why.
    pub result: RowResult,
    /// Its cells as they were sent, as JSON.
    pub raw: String,
}

/// How a push ended.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// `DONE`, `FAILED`, `ROLLED_BACK` or `DRY_RUN`.
    pub state: &'static str,
    pub counts: Counts,
    pub error: Option<RowError>,
}

/// What the reader of a file reports at its end.
#[derive(Debug, Clone, Default)]
pub struct Reading {
    pub encoding: Option<String>,
    pub notes: Vec<Words>,
    /// Why the file could not be read to its end.
    pub fault: Option<RowError>,
}

/// What all pushers of a database share: the statements of each kind, and the receipts of the pushes that run.
#[derive(Debug, Clone, Default)]
pub struct Pushing {
    prepared: Arc<Mutex<HashMap<&'static str, Arc<Statements>>>>,
    running: Arc<Mutex<HashSet<Uuid>>>,
    turns: Arc<Mutex<HashMap<(String, &'static str), Turn>>>,
}

/// The turn of a source at a service, in this process: who waits for it has no connection.
type Turn = Arc<tokio::sync::Mutex<()>>;

/// Applies pushes of the kinds of a service. Cheap to clone. Pushers of one database are one: a push that runs over HTTP is
/// known to GraphQL too.
#[derive(Clone)]
pub struct Pusher {
    database: Database,
    clock: Arc<dyn Clock>,
    kinds: &'static [&'static PushKind],
}

/// Notes that a push runs until it is dropped.
#[derive(Debug)]
pub(super) struct Running {
    all: Arc<Mutex<HashSet<Uuid>>>,
    pub(super) receipt: Uuid,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.all.lock().remove(&self.receipt);
    }
}

impl std::fmt::Debug for Pusher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pusher").field("kinds", &self.kinds.len()).finish_non_exhaustive()
    }
}

impl Pusher {
    /// A pusher of kinds.
    pub fn new(database: Database, clock: Arc<dyn Clock>, kinds: &'static [&'static PushKind]) -> Self {
        Self { database, clock, kinds }
    }

    /// The kinds.
    pub fn kinds(&self) -> &'static [&'static PushKind] {
        self.kinds
    }

    /// The database.
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// The kind with a name.
    pub fn kind(&self, name: &str) -> Option<&'static PushKind> {
        self.kinds.iter().copied().find(|kind| kind.name == name)
    }

    /// The names of the kinds.
    fn names(&self) -> Vec<&'static str> {
        self.kinds.iter().map(|kind| kind.name).collect()
    }

    /// The present time.
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Notes that a push runs, unless it does.
    fn running(&self, receipt: Uuid) -> Option<Running> {
        let all = self.database.pushing().running.clone();
        let is_new = all.lock().insert(receipt);
        is_new.then_some(Running { all, receipt })
    }

    /// The turn of a source at the service of a kind.
    pub(super) fn turn(&self, source: &str, kind: &PushKind) -> Turn {
        let mut turns = self.database.pushing().turns.lock();
        turns.retain(|_, turn| Arc::strong_count(turn) > 1);
        turns.entry((source.to_owned(), kind.service())).or_default().clone()
    }

    /// The statements of a kind, made when it is first pushed.
    pub(super) async fn statements(
        &self,
        db: &mut PgConnection,
        kind: &'static PushKind,
    ) -> Result<Arc<Statements>, Problem> {
        let prepared = &self.database.pushing().prepared;
        if let Some(found) = prepared.lock().get(kind.name) {
            return Ok(found.clone());
        }
        let made = Arc::new(store::prepare(db, kind).await?);
        prepared.lock().insert(kind.name, made.clone());
        Ok(made)
    }

    /// Begins a push.
    ///
    /// # Errors
    /// `CONFLICT` when a push with the same idempotency key is of another kind or source.
    pub async fn begin(&self, begin: Begin<'_>) -> Result<Begun, Problem> {
        let now = self.now();
        let id = schema::new_id(now);
        let new = NewReceipt {
            id,
            source: begin.source,
            kind: begin.kind.name,
            subject: begin.subject,
            format: begin.format,
            mode: if begin.options.replace.is_some() { "REPLACE" } else { "UPSERT" },
            atomic: begin.options.atomic,
            // A dry run stores nothing, so there is nothing to replay.
            idempotency_key: begin.idempotency_key.filter(|_| !begin.options.dry_run),
            received_at: now,
            request_id: begin.request_id,
            file_name: begin.file_name,
        };
        let mut transaction = role::begin(self.database.pool()).await?;
        let running = match receipt::begin(&mut transaction, &new).await? {
            None => self.running(id),
            Some(earlier) => {
                if (&*earlier.kind, &*earlier.source, earlier.atomic, &*earlier.mode)
                    != (begin.kind.name, begin.source, begin.options.atomic, new.mode)
                {
                    let message =
                        "this Idempotency-Key was used for another push; accepted: a new key, or the very same push";
                    return Err(Problem::conflict(message)
                        .in_vietnamese(
                            "Idempotency-Key này đã dùng cho lần gửi khác; cần: khóa mới, hoặc đúng lần gửi đó",
                        )
                        .at("idempotencyKey"));
                }
                if !matches!(&*earlier.state, "RUNNING" | "FAILED") {
                    return Ok(Begun::Earlier(Box::new(earlier)));
                }
                let running = self.running(earlier.id);
                if running.is_some() {
                    receipt::restart(&mut transaction, earlier.id).await?;
                }
                running
            }
        };
        let Some(running) = running else {
            let message =
                "the push with this Idempotency-Key is still running; accepted: the same push when it has ended";
            return Err(Problem::conflict(message)
                .in_vietnamese("lần gửi với Idempotency-Key này đang chạy; hãy gửi lại khi nó kết thúc")
                .at("idempotencyKey"));
        };
        // Each would remove what only the other one names.
        if begin.options.replace.is_some()
            && receipt::is_replaced_elsewhere(&mut transaction, begin.source, begin.kind.name, running.receipt).await?
        {
            let message = "another push of this source is replacing the same records; accepted: this push when that one has ended";
            return Err(Problem::conflict(message)
                .in_vietnamese(
                    "nguồn này đang có lần gửi khác thay thế cùng loại bản ghi; hãy gửi lại khi lần đó kết thúc",
                )
                .at("mode"));
        }
        // A dry run leaves nothing, not even a receipt.
        let whole = if begin.options.dry_run {
            Some(transaction)
        } else {
            transaction.commit().await?;
            if begin.options.atomic { Some(role::begin(self.database.pool()).await?) } else { None }
        };
        Ok(Begun::New(Box::new(Session::new(self.clone(), &begin, running, whole))))
    }

    /// Applies parked rows whose wait has ended, until none is left.
    ///
    /// # Errors
    /// The problem of a statement.
    pub async fn resume(&self) -> Result<(), Problem> {
        // Rows may wait for rows that waited; a bound ends what would go on for ever.
        for _ in 0..10_000 {
            let mut transaction = role::begin(self.database.pool()).await?;
            let due = receipt::due(&mut transaction, &self.names(), RESUMED).await?;
            drop(transaction);
            let Some((kind, source)) = due.into_iter().next() else { break };
            let Some(kind) = self.kind(&kind) else { break };
            self.resume_some(kind, &source).await?;
        }
        Ok(())
    }

    /// Looks for parked rows whose codes have arrived without a push that woke them. The next [`Self::resume`] applies them. Returns how
    /// many there are.
    ///
    /// # Errors
    /// The problem of a statement.
    pub async fn look_again(&self) -> Result<u64, Problem> {
        let mut transaction = role::begin(self.database.pool()).await?;
        let found = receipt::look_again(&mut transaction, &self.names()).await?;
        transaction.commit().await?;
        Ok(found)
    }

    async fn resume_some(&self, kind: &'static PushKind, source: &str) -> Result<(), Problem> {
        let mut first = RESUMED;
        loop {
            let turn = self.turn(source, kind);
            let _turn = turn.lock().await;
            let mut transaction = role::begin(self.database.pushes()).await?;
            store::take_turn(&mut transaction, source, kind).await?;
            let statements = self.statements(&mut transaction, kind).await?;
            let parent = self.of_parent(&mut transaction, kind).await?;
            let chunk = Chunk {
                kind,
                statements: &statements,
                parent: parent.as_deref(),
                source,
                receipt: Uuid::nil(),
                columns: &[],
                lane: Lane::Alone,
            };
            match chunk.resume(&mut transaction, first).await {
                Ok(true) => return Ok(transaction.commit().await?),
                // One of several rows breaks a rule: each by itself.
                Ok(false) => first = 1,
                Err(problem) if problem.is_serialization_failure() => {}
                Err(problem) => return Err(problem),
            }
        }
    }

    pub(super) async fn of_parent(
        &self,
        db: &mut PgConnection,
        kind: &PushKind,
    ) -> Result<Option<Arc<Statements>>, Problem> {
        match (&kind.effect, &kind.parent) {
            (Some(_), Some(parent)) => Ok(Some(self.statements(db, parent.kind).await?)),
            _ => Ok(None),
        }
    }

    /// A stored part of a receipt, decompressed; `None` behind the last.
    ///
    /// # Errors
    /// The problem of the statement.
    pub async fn stored_part(&self, receipt: Uuid, parts: Parts, part: i32) -> Result<Option<Vec<u8>>, Problem> {
        let mut transaction = role::begin(self.database.pool()).await?;
        let Some(bytes) = receipt::part(&mut transaction, parts, receipt, part).await? else { return Ok(None) };
        zstd::stream::decode_all(&bytes[..]).map(Some).map_err(Problem::internal)
    }

    /// The results of a push that had the same idempotency key and body.
    ///
    /// # Errors
    /// `CONFLICT` when the body is another one.
    pub async fn stored_results(&self, receipt: &Receipt, body: &[u8]) -> Result<Vec<RowResult>, Problem> {
        if receipt.digest.as_deref() != Some(&*Sha256::digest(body)) {
            let message =
                "this key was used for other rows; accepted: a new key, or the very rows that were sent with it";
            return Err(Problem::conflict(message).at("options.idempotencyKey"));
        }
        let mut results = Vec::new();
        for part in 0.. {
            let Some(lines) = self.stored_part(receipt.id, Parts::Results, part).await? else { break };
            for line in lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
                results.push(serde_json::from_slice(line).map_err(Problem::internal)?);
            }
        }
        Ok(results)
    }

    /// Withdraws what a receipt stated. Returns the number of records that changed.
    ///
    /// # Errors
    /// `CONFLICT` when it was withdrawn before, or when later rows need it.
    pub async fn undo(&self, kind: &'static PushKind, receipt: &Receipt, by: By<'_>) -> Result<u64, Problem> {
        let mut transaction = role::begin(self.database.pool()).await?;
        store::take_turn(&mut transaction, &receipt.source, kind).await?;
        receipts::must_be_settled(&mut transaction, receipt.id).await?;
        let statements = self.statements(&mut transaction, kind).await?;
        let parent = self.of_parent(&mut transaction, kind).await?;
        let chunk = Chunk {
            kind,
            statements: &statements,
            parent: parent.as_deref(),
            source: &receipt.source,
            receipt: receipt.id,
            columns: &[],
            lane: Lane::Alone,
        };
        let records = chunk.undo(&mut transaction).await?;
        receipt::discard(&mut transaction, receipt.id).await?;
        receipt::undone(&mut transaction, receipt.id, by.subject, self.now()).await?;
        let entry = Entry {
            operation: "undo push",
            subject: Some(by.subject),
            rows: vec![("platform.receipt", receipt.id.to_string(), 1)],
            reason: None,
            request_id: by.request_id,
        };
        audit::add(&mut transaction, AuditAction::Write, &entry).await?;
        transaction.commit().await?;
        Ok(records)
    }

    /// Ends the pushes that were running when the platform stopped. Their rows that were acknowledged are stored.
    async fn end_interrupted(&self) -> Result<(), Problem> {
        let mut transaction = role::begin(self.database.pool()).await?;
        let error = RowError::new(
            "",
            "INTERRUPTED",
            Words::new(
                "the platform stopped during the push; send the file again, rows that are stored say nothing new",
                "hệ thống dừng trong khi nhận; hãy gửi lại tệp, các dòng đã lưu sẽ không bị ghi lặp",
            ),
        );
        receipt::fail_running(&mut transaction, &self.names(), &error, self.now()).await?;
        Ok(transaction.commit().await?)
    }

    /// Resumes parked rows for ever, also those that wait for records of other services.
    pub async fn keep_resuming(self) {
        if let Err(problem) = self.end_interrupted().await {
            tracing::warn!(?problem, "interrupted pushes cannot be ended");
        }
        let mut next_look = Instant::now();
        loop {
            let began = Instant::now();
            if next_look <= began {
                if let Err(problem) = self.look_again().await {
                    tracing::warn!(?problem, "parked rows cannot be looked through");
                }
                // However many rows wait, this takes a small part of the time.
                next_look = Instant::now() + LOOK.max(began.elapsed() * 50);
            }
            if let Err(problem) = self.resume().await {
                tracing::warn!(?problem, "parked rows cannot be resumed");
            }
            tokio::time::sleep(SWEEP).await;
        }
    }
}
