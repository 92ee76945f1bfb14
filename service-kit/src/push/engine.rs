//! Pushes: chunks of rows with their receipt. Each chunk is one transaction, so an acknowledged row is stored, and an
//! interrupted push leaves complete chunks; under `atomic` the push is one transaction.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use parking_lot::Mutex;
use schema::clock::Clock;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use sqlx::{PgConnection, Postgres, Transaction};
use tabular::Words;
use uuid::Uuid;

use super::kind::PushKind;
use super::replace::{Replace, Scope};
use super::row::{Counts, PushStatus, RowError, RowResult, Staged};
use crate::database::Database;
use crate::problem::Problem;
use crate::store::audit::{self, Entry};
use crate::store::push::receipt::{self, End, NewReceipt, Parts, Receipt};
use crate::store::push::{self as store, Chunk, Statements};
use crate::store::role;
use crate::vocabulary::AuditAction;

/// Number of rows that are applied with one transaction.
pub const CHUNK_ROWS: usize = 10_000;

/// Maximum number of rows of a batch in GraphQL.
pub const MAX_BATCH_ROWS: usize = 1000;

/// Maximum number of rows of a push that is applied whole or not at all.
pub const MAX_ATOMIC_ROWS: usize = 100_000;

/// Maximum number of attempts of a transaction that ends with a deadlock or a serialization failure.
const ATTEMPTS: usize = 6;

/// Time between two looks for parked rows whose wait has ended.
const SWEEP: Duration = Duration::from_secs(1);

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
pub type ReadRow = Result<Staged, (RowResult, Value)>;

/// How a push ended.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// DONE, FAILED, ROLLED_BACK or DRY_RUN.
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

/// Applies pushes of the kinds of a service. Cheap to clone.
#[derive(Clone)]
pub struct Pusher {
    database: Database,
    clock: Arc<dyn Clock>,
    kinds: &'static [&'static PushKind],
    prepared: Arc<Mutex<HashMap<&'static str, Arc<Statements>>>>,
}

impl std::fmt::Debug for Pusher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pusher").field("kinds", &self.kinds.len()).finish_non_exhaustive()
    }
}

impl Pusher {
    /// A pusher of kinds.
    pub fn new(database: Database, clock: Arc<dyn Clock>, kinds: &'static [&'static PushKind]) -> Self {
        Self { database, clock, kinds, prepared: Arc::default() }
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

    /// The present time.
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// The statements of a kind, made when it is first pushed.
    async fn statements(&self, db: &mut PgConnection, kind: &'static PushKind) -> Result<Arc<Statements>, Problem> {
        if let Some(found) = self.prepared.lock().get(kind.name) {
            return Ok(found.clone());
        }
        let made = Arc::new(store::prepare(db, kind).await?);
        self.prepared.lock().insert(kind.name, made.clone());
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
            idempotency_key: begin.idempotency_key,
            received_at: now,
            request_id: begin.request_id,
            file_name: begin.file_name,
        };
        let mut transaction = role::begin(self.database.pool()).await?;
        let id = match receipt::begin(&mut transaction, &new).await? {
            None => id,
            Some(earlier) => {
                if (&*earlier.kind, &*earlier.source, earlier.atomic, &*earlier.mode)
                    != (begin.kind.name, begin.source, begin.options.atomic, new.mode)
                {
                    let message =
                        "this Idempotency-Key was used for another push; accepted: a new key, or the very same push";
                    return Err(Problem::conflict(message).at("idempotencyKey"));
                }
                if matches!(&*earlier.state, "RUNNING" | "FAILED") {
                    receipt::restart(&mut transaction, earlier.id).await?;
                    earlier.id
                } else {
                    return Ok(Begun::Earlier(Box::new(earlier)));
                }
            }
        };
        // A dry run leaves nothing, not even a receipt.
        let whole = if begin.options.dry_run {
            Some(transaction)
        } else {
            transaction.commit().await?;
            match begin.options.atomic {
                true => Some(role::begin(self.database.pool()).await?),
                false => None,
            }
        };
        let is_replacing = begin.options.replace.is_some();
        Ok(Begun::New(Box::new(Session {
            pusher: self.clone(),
            kind: begin.kind,
            source: begin.source.to_owned(),
            subject: begin.subject.to_owned(),
            request_id: begin.request_id.map(str::to_owned),
            receipt: id,
            options: begin.options,
            whole,
            kept: Kept::default(),
            counts: Counts::default(),
            digest: Sha256::new(),
            bytes: 0,
            unsaved: Vec::new(),
            parts: (0, 0),
            is_replacing,
        })))
    }

    /// Applies parked rows whose wait has ended, until none is left. Returns how many chunks had one.
    ///
    /// # Errors
    /// The problem of a statement.
    pub async fn resume(&self) -> Result<usize, Problem> {
        let names: Vec<&str> = self.kinds.iter().map(|kind| kind.name).collect();
        let mut resumed = 0;
        // Rows may wait for rows that waited; a bound ends what would go on for ever.
        for _ in 0..10_000 {
            let mut transaction = role::begin(self.database.pool()).await?;
            let due = receipt::due(&mut transaction, &names, RESUMED).await?;
            drop(transaction);
            let Some((kind, source)) = due.into_iter().next() else { break };
            let Some(kind) = self.kind(&kind) else { break };
            self.resume_some(kind, &source).await?;
            resumed += 1;
        }
        Ok(resumed)
    }

    async fn resume_some(&self, kind: &'static PushKind, source: &str) -> Result<(), Problem> {
        let mut first = RESUMED;
        loop {
            let mut transaction = role::begin(self.database.pool()).await?;
            store::take_turn(&mut transaction, source).await?;
            let statements = self.statements(&mut transaction, kind).await?;
            let parent = self.of_parent(&mut transaction, kind).await?;
            let chunk =
                Chunk { kind, statements: &statements, parent: parent.as_deref(), source, receipt: Uuid::nil() };
            match chunk.resume(&mut transaction, first).await {
                Ok(true) => return Ok(transaction.commit().await?),
                // One of several rows breaks a rule: each by itself.
                Ok(false) => first = 1,
                Err(problem) if problem.is_serialization_failure() => {}
                Err(problem) => return Err(problem),
            }
        }
    }

    async fn of_parent(&self, db: &mut PgConnection, kind: &PushKind) -> Result<Option<Arc<Statements>>, Problem> {
        match (&kind.effect, &kind.parent) {
            (Some(_), Some(parent)) => Ok(Some(self.statements(db, parent.kind).await?)),
            _ => Ok(None),
        }
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
        let mut transaction = role::begin(self.database.pool()).await?;
        let mut results = Vec::new();
        for part in 0.. {
            let Some(bytes) = receipt::part(&mut transaction, Parts::Results, receipt.id, part).await? else { break };
            let lines = zstd::stream::decode_all(&bytes[..]).map_err(Problem::internal)?;
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
    pub async fn undo(&self, kind: &'static PushKind, receipt: &Receipt, by: &str) -> Result<u64, Problem> {
        if receipt.state != "DONE" {
            let message = format!("the push is {}; accepted: one that is DONE", receipt.state);
            return Err(Problem::conflict(message).at("receipt"));
        }
        let mut transaction = role::begin(self.database.pool()).await?;
        store::take_turn(&mut transaction, &receipt.source).await?;
        let statements = self.statements(&mut transaction, kind).await?;
        let of_parent = self.of_parent(&mut transaction, kind).await?;
        let chunk = Chunk { kind, statements: &statements, parent: None, source: &receipt.source, receipt: receipt.id };
        let mut records = chunk.undo(&mut transaction).await?;
        if let (Some(statements), Some(parent)) = (of_parent, &kind.parent) {
            let chunk = Chunk {
                kind: parent.kind,
                statements: &statements,
                parent: None,
                source: &receipt.source,
                receipt: receipt.id,
            };
            records += chunk.undo(&mut transaction).await?;
        }
        receipt::discard(&mut transaction, receipt.id).await?;
        receipt::undone(&mut transaction, receipt.id, by, self.now()).await?;
        let entry = Entry {
            operation: "undo push",
            subject: Some(by),
            rows: vec![("platform.receipt", receipt.id.to_string(), 1)],
            ..Entry::default()
        };
        audit::add(&mut transaction, AuditAction::Write, &entry).await?;
        transaction.commit().await?;
        Ok(records)
    }

    /// Resumes parked rows for ever, also those that wait for records of other services.
    pub async fn keep_resuming(self) {
        loop {
            if let Err(problem) = self.resume().await {
                tracing::warn!(?problem, "parked rows cannot be resumed");
            }
            tokio::time::sleep(SWEEP).await;
        }
    }
}

/// What an atomic push keeps until it ends.
#[derive(Default)]
struct Kept {
    results: Vec<RowResult>,
    rejected: Vec<(RowResult, Value)>,
    payload: Vec<Vec<u8>>,
}

/// A push that takes rows.
pub struct Session {
    pusher: Pusher,
    kind: &'static PushKind,
    source: String,
    subject: String,
    request_id: Option<String>,
    receipt: Uuid,
    options: Options,
    /// The transaction of a push that is atomic or a dry run.
    whole: Option<Transaction<'static, Postgres>>,
    kept: Kept,
    counts: Counts,
    digest: Sha256,
    bytes: i64,
    /// Part of the body that no transaction has stored yet.
    unsaved: Vec<u8>,
    /// Numbers of stored parts of the body and of the results.
    parts: (i32, i32),
    is_replacing: bool,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").field("receipt", &self.receipt).finish_non_exhaustive()
    }
}

impl Session {
    /// Its receipt.
    pub fn receipt(&self) -> Uuid {
        self.receipt
    }

    /// The source of its rows.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The kind of its rows.
    pub fn kind(&self) -> &'static PushKind {
        self.kind
    }

    /// Whether results are final when a chunk is applied. Those of an atomic push are final at its end.
    pub fn is_final(&self) -> bool {
        !self.options.atomic
    }

    /// Adds a part of the body as it was received.
    pub fn received(&mut self, bytes: &[u8]) {
        self.digest.update(bytes);
        self.bytes += i64::try_from(bytes.len()).unwrap_or(i64::MAX);
        if !self.options.dry_run {
            self.unsaved.extend_from_slice(bytes);
        }
    }

    /// Applies a chunk. Results are in the order of the rows.
    ///
    /// # Errors
    /// The problem of a statement; `VALIDATION` when an atomic push is too long.
    pub async fn apply(&mut self, rows: Vec<ReadRow>) -> Result<Vec<RowResult>, Problem> {
        let mut ready = Vec::with_capacity(rows.len());
        let mut rejected = Vec::new();
        for row in rows {
            match row {
                Ok(staged) => ready.push(staged),
                Err(faulty) => rejected.push(faulty),
            }
        }
        let payload = compress(&std::mem::take(&mut self.unsaved))?;
        if let Some(mut whole) = self.whole.take() {
            let applied = self.chunk(&mut whole, &ready, &rejected).await;
            self.whole = Some(whole);
            let results = applied?;
            if self.options.atomic {
                self.kept.payload.extend(payload);
                self.kept.rejected.extend(rejected);
                self.kept.results.extend(results.iter().cloned());
                if self.kept.results.len() > MAX_ATOMIC_ROWS {
                    let message = format!(
                        "an atomic push has at most {MAX_ATOMIC_ROWS} rows; split it, or push it without atomic"
                    );
                    return Err(Problem::validation("atomic", message));
                }
            }
            self.add(&results);
            return Ok(results);
        }
        let mut attempts = 1;
        let results = loop {
            match self.attempt(&ready, &rejected, payload.as_deref()).await {
                Ok(results) => break results,
                Err(problem) if attempts < ATTEMPTS && problem.is_serialization_failure() => attempts += 1,
                Err(problem) => return Err(problem),
            }
        };
        self.parts.0 += i32::from(payload.is_some());
        self.parts.1 += 1;
        self.add(&results);
        // Rows of the service's own kinds that waited for these need not wait for the sweep.
        self.pusher.resume().await?;
        Ok(results)
    }

    fn add(&mut self, results: &[RowResult]) {
        for result in results {
            self.counts.add(result.status);
        }
    }

    /// Applies a chunk with its part of the receipt in one transaction.
    async fn attempt(
        &self,
        ready: &[Staged],
        rejected: &[(RowResult, Value)],
        payload: Option<&[u8]>,
    ) -> Result<Vec<RowResult>, Problem> {
        let mut transaction = role::begin(self.pusher.database.pool()).await?;
        let results = self.chunk(&mut transaction, ready, rejected).await?;
        if let Some(payload) = payload {
            receipt::add_part(&mut transaction, Parts::Payload, self.receipt, self.parts.0, payload).await?;
        }
        self.store_results(&mut transaction, &results, self.parts.1).await?;
        self.note(&mut transaction).await?;
        transaction.commit().await?;
        Ok(results)
    }

    async fn store_results(&self, db: &mut PgConnection, results: &[RowResult], part: i32) -> Result<(), Problem> {
        let mut counts = Counts::default();
        for result in results {
            counts.add(result.status);
        }
        receipt::count(db, self.receipt, &counts).await?;
        if let Some(lines) = compress(&lines(results))? {
            receipt::add_part(db, Parts::Results, self.receipt, part, &lines).await?;
        }
        Ok(())
    }

    async fn note(&self, db: &mut PgConnection) -> Result<(), Problem> {
        let operation = format!("push {}", self.kind.name);
        let entry = Entry {
            operation: &operation,
            subject: Some(&self.subject),
            rows: vec![("platform.receipt", self.receipt.to_string(), self.parts.1 + 1)],
            reason: None,
            request_id: self.request_id.as_deref(),
        };
        Ok(audit::add(db, AuditAction::Write, &entry).await?)
    }

    /// Applies the rows, and keeps those that could not be read.
    async fn chunk(
        &self,
        db: &mut PgConnection,
        ready: &[Staged],
        rejected: &[(RowResult, Value)],
    ) -> Result<Vec<RowResult>, Problem> {
        store::take_turn(db, &self.source).await?;
        let statements = self.pusher.statements(db, self.kind).await?;
        let parent = self.pusher.of_parent(db, self.kind).await?;
        let chunk = Chunk {
            kind: self.kind,
            statements: &statements,
            parent: parent.as_deref(),
            source: &self.source,
            receipt: self.receipt,
        };
        let mut results = chunk.apply(db, ready).await?;
        receipt::keep_rejected(db, self.receipt, &self.source, self.kind.name, rejected).await?;
        if self.is_replacing {
            let seen =
                ready.iter().map(|row| &*row.external_id).chain(rejected.iter().map(|(row, _)| &*row.external_id));
            store::replace::seen(db, self.receipt, &seen.collect::<Vec<_>>()).await?;
        }
        results.extend(rejected.iter().map(|(result, _)| result.clone()));
        results.sort_by_key(|result| result.row);
        Ok(results)
    }

    /// Ends the push. Returns its summary, and the results that only the end made final.
    ///
    /// # Errors
    /// The problem of a statement.
    pub async fn finish(mut self, reading: Reading) -> Result<(Summary, Vec<RowResult>), Problem> {
        let mut error = reading.fault.clone();
        let mut last = Vec::new();
        if error.is_none()
            && let Some(replace) = self.options.replace.clone()
        {
            match self.remove_absent(&replace).await? {
                Ok(removed) => last = removed,
                Err(refused) => error = Some(refused),
            }
        }
        if self.options.dry_run {
            let state = if error.is_some() { "FAILED" } else { "DRY_RUN" };
            return Ok((Summary { state, counts: self.counts, error }, last));
        }
        let now = self.pusher.now();
        let mut transaction;
        let mut state = if error.is_some() { "FAILED" } else { "DONE" };
        if self.options.atomic {
            let whole = self.whole.take();
            let has_failed = error.is_some() || self.counts.rejected > 0;
            if has_failed {
                if let Some(whole) = whole {
                    whole.rollback().await?;
                }
                state = "ROLLED_BACK";
                self.roll_back_results();
                transaction = role::begin(self.pusher.database.pool()).await?;
                receipt::keep_rejected(
                    &mut transaction,
                    self.receipt,
                    &self.source,
                    self.kind.name,
                    &self.kept.rejected,
                )
                .await?;
            } else if let Some(whole) = whole {
                transaction = whole;
            } else {
                transaction = role::begin(self.pusher.database.pool()).await?;
            }
            for (part, bytes) in (0..).zip(&self.kept.payload) {
                receipt::add_part(&mut transaction, Parts::Payload, self.receipt, part, bytes).await?;
            }
            self.parts.0 = i32::try_from(self.kept.payload.len()).unwrap_or(i32::MAX);
            last = std::mem::take(&mut self.kept.results);
            for (part, results) in (0..).zip(last.chunks(CHUNK_ROWS)) {
                self.store_results(&mut transaction, results, part).await?;
            }
            self.note(&mut transaction).await?;
        } else {
            transaction = role::begin(self.pusher.database.pool()).await?;
        }
        if let Some(payload) = compress(&std::mem::take(&mut self.unsaved))? {
            receipt::add_part(&mut transaction, Parts::Payload, self.receipt, self.parts.0, &payload).await?;
        }
        let notes = reading.notes.iter().map(|note| json!({ "en": note.en, "vi": note.vi })).collect();
        let end = End {
            state,
            encoding: reading.encoding.as_deref(),
            digest: &self.digest.finalize(),
            bytes: self.bytes,
            notes: Value::Array(notes),
            error: error.as_ref(),
            at: now,
        };
        receipt::finish(&mut transaction, self.receipt, &end).await?;
        transaction.commit().await?;
        self.pusher.resume().await?;
        Ok((Summary { state, counts: self.counts, error }, last))
    }

    /// Says of every row that could have been accepted that nothing was stored.
    fn roll_back_results(&mut self) {
        self.counts = Counts::default();
        for result in &mut self.kept.results {
            if result.status != PushStatus::Rejected {
                result.status = PushStatus::Rejected;
                result.key = None;
                result.errors = vec![RowError::new(
                    "",
                    "ROLLED_BACK",
                    Words::new(
                        "nothing was stored, because other rows of this atomic push failed",
                        "không lưu dòng nào vì có dòng khác bị lỗi trong lần gửi trọn gói này",
                    ),
                )];
            }
            self.counts.add(result.status);
        }
    }

    /// Removes the records that the push did not name.
    async fn remove_absent(&mut self, replace: &Replace) -> Result<Result<Vec<RowResult>, RowError>, Problem> {
        let mut own;
        let db: &mut PgConnection = match &mut self.whole {
            Some(whole) => whole,
            None => {
                own = role::begin(self.pusher.database.pool()).await?;
                &mut own
            }
        };
        let scope = replace.scope.as_ref().map(|Scope { column, value, .. }| (*column, value.as_str()));
        let (absent, total) = store::replace::absent(db, self.kind, &self.source, self.receipt, scope).await?;
        if let Some(refused) = replace.refuses(absent.len(), total) {
            return Ok(Err(refused));
        }
        let now = self.pusher.now();
        let mut removed = Vec::new();
        for ids in absent.chunks(CHUNK_ROWS) {
            let first = self.counts.rows + 1;
            let tombstones = (first..).zip(ids).map(|(row, id)| Ok(Staged::tombstone(row, id, now))).collect();
            removed.extend(Box::pin(self.apply(tombstones)).await?);
        }
        Ok(Ok(removed))
    }
}

/// The results as NDJSON with the messages of both languages.
fn lines(results: &[RowResult]) -> Vec<u8> {
    let mut lines = Vec::with_capacity(results.len() * 96);
    for result in results {
        // A result is plain data, which always has a text.
        if serde_json::to_writer(&mut lines, result).is_ok() {
            lines.push(b'\n');
        }
    }
    lines
}

/// Compresses a part; `None` when there is nothing.
fn compress(bytes: &[u8]) -> Result<Option<Vec<u8>>, Problem> {
    if bytes.is_empty() {
        return Ok(None);
    }
    zstd::bulk::compress(bytes, 1).map(Some).map_err(Problem::internal)
}
