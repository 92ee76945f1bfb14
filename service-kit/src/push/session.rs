//! A push that takes rows: chunks with their part of the receipt, each in one transaction.

use std::collections::HashMap;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use sqlx::{PgConnection, Postgres, Transaction};
use tabular::Words;
use tokio::sync::Mutex;
use tokio::task::spawn_blocking;
use uuid::Uuid;

use super::engine::{
    ATTEMPTS, Begin, CHUNK_ROWS, Faulty, MAX_ATOMIC_ROWS, Options, Pusher, ReadRow, Reading, Running, Summary,
};
use super::kind::PushKind;
use super::lanes;
use super::layout::Layout;
use super::replace::Replace;
use super::row::{Counts, PushStatus, RowError, RowResult, Staged, ndjson};
use crate::problem::Problem;
use crate::store::audit::{self, Entry};
use crate::store::push::receipt::{self, End, Parts};
use crate::store::push::{self as store, Chunk, Lane};
use crate::store::role;
use crate::vocabulary::AuditAction;

/// What an atomic push keeps until it ends.
#[derive(Default)]
struct Kept {
    results: Vec<RowResult>,
    rejected: Vec<Faulty>,
    payload: Vec<Vec<u8>>,
}

/// What one transaction applies of a chunk.
#[derive(Clone, Copy)]
struct Portion<'a> {
    ready: &'a [Staged],
    /// Rows that could not be read.
    rejected: &'a [Faulty],
    /// Compressed part of the body.
    payload: Option<&'a [u8]>,
}

/// A push that takes rows.
pub struct Session {
    pusher: Pusher,
    kind: &'static PushKind,
    layout: Option<&'static Layout>,
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
    _running: Running,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").field("receipt", &self.receipt).finish_non_exhaustive()
    }
}

impl Session {
    pub(super) fn new(
        pusher: Pusher,
        begin: &Begin<'_>,
        running: Running,
        whole: Option<Transaction<'static, Postgres>>,
    ) -> Self {
        Self {
            kind: begin.kind,
            layout: begin.layout,
            source: begin.source.to_owned(),
            subject: begin.subject.to_owned(),
            request_id: begin.request_id.map(str::to_owned),
            receipt: running.receipt,
            options: begin.options.clone(),
            whole,
            kept: Kept::default(),
            counts: Counts::default(),
            digest: Sha256::new(),
            bytes: 0,
            unsaved: Vec::new(),
            parts: (0, 0),
            is_replacing: begin.options.replace.is_some(),
            _running: running,
            pusher,
        }
    }

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

    /// The layout of its table, if it is not that of the kind's fields.
    pub fn layout(&self) -> Option<&'static Layout> {
        self.layout
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
        let unsaved = std::mem::take(&mut self.unsaved);
        let payload = spawn_blocking(move || compress(&unsaved)).await.map_err(Problem::internal)??;
        if let Some(mut whole) = self.whole.take() {
            let rows = Portion { ready: &ready, rejected: &rejected, payload: None };
            let applied = self.apply_in(&mut whole, rows).await;
            self.whole = Some(whole);
            let results = applied?;
            if self.options.atomic {
                self.kept.payload.extend(payload);
                self.kept.rejected.extend(rejected);
                self.kept.rejected.extend(failed(ready, &results));
                self.kept.results.extend(results.iter().cloned());
                if self.kept.results.len() > MAX_ATOMIC_ROWS {
                    let message = format!(
                        "an atomic push has at most {MAX_ATOMIC_ROWS} rows; split it, or push it without atomic"
                    );
                    return Err(Problem::validation("atomic", message).in_vietnamese(format!(
                        "lần gửi trọn gói có tối đa {MAX_ATOMIC_ROWS} dòng; hãy chia nhỏ, hoặc gửi không kèm atomic"
                    )));
                }
            }
            self.counts += Counts::of(&results);
            return Ok(results);
        }
        let turn = self.pusher.turn(&self.source, self.kind);
        let turn = turn.lock().await;
        let guest = self.pusher.database().guest();
        let [first, second] = if guest.is_some() { lanes::split(self.kind, ready) } else { [ready, Vec::new()] };
        let first = Portion { ready: &first, rejected: &rejected, payload: payload.as_deref() };
        let second = Portion { ready: &second, rejected: &[], payload: None };
        let stored = Mutex::default();
        let left = if second.ready.is_empty() { vec![first] } else { self.together([first, second], &stored).await? };
        drop(guest);
        for portion in left {
            self.alone(portion, &stored).await?;
        }
        drop(turn);
        let results = stored.into_inner();
        self.parts.0 += i32::from(payload.is_some());
        self.parts.1 += 1;
        self.counts += Counts::of(&results);
        // Rows of the service's own kinds that waited for these need not wait for the sweep.
        self.pusher.resume().await?;
        Ok(results)
    }

    /// Applies a portion while no other of the source is applied.
    async fn alone(&self, portion: Portion<'_>, stored: &Mutex<Vec<RowResult>>) -> Result<(), Problem> {
        let mut attempts = 1;
        loop {
            let mut transaction = role::begin(self.pusher.database().pushes()).await?;
            store::take_turn(&mut transaction, &self.source, self.kind).await?;
            match self.store(transaction, portion, Lane::Alone, stored).await {
                Err(problem) if attempts < ATTEMPTS && problem.is_serialization_failure() => attempts += 1,
                outcome => return outcome,
            }
        }
    }

    /// Applies two portions at the same time. Returns those that are to be applied alone.
    async fn together<'a>(
        &self,
        [first, second]: [Portion<'a>; 2],
        stored: &Mutex<Vec<RowResult>>,
    ) -> Result<Vec<Portion<'a>>, Problem> {
        let pool = self.pusher.database().pushes();
        let (mut turn, mut guest) = (role::begin(pool).await?, role::begin(pool).await?);
        store::take_turn(&mut turn, &self.source, self.kind).await?;
        if !store::share_turn(&mut guest, &self.source, self.kind).await? {
            return Ok(vec![first, second]);
        }
        let outcomes = tokio::join!(
            self.store(turn, first, Lane::Beside, stored),
            self.store(guest, second, Lane::Beside, stored)
        );
        let mut left = Vec::new();
        for (portion, outcome) in [(first, outcomes.0), (second, outcomes.1)] {
            match outcome {
                Err(problem) if problem.is_serialization_failure() => left.push(portion),
                outcome => outcome?,
            }
        }
        Ok(left)
    }

    /// Applies a portion with its part of the receipt in one transaction, and adds its results to those that are stored.
    async fn store(
        &self,
        mut transaction: Transaction<'static, Postgres>,
        portion: Portion<'_>,
        lane: Lane,
        stored: &Mutex<Vec<RowResult>>,
    ) -> Result<(), Problem> {
        let own = self.chunk(&mut transaction, portion, lane).await?;
        if let Some(payload) = portion.payload {
            receipt::add_part(&mut transaction, Parts::Payload, self.receipt, self.parts.0, payload).await?;
        }
        // What is deferred may wait for the other lane, which must not wait for this one then.
        store::run_deferred(&mut transaction).await?;
        let mut stored = stored.lock().await;
        let mut all = stored.clone();
        let counts = Counts::of(&own);
        let written = spawn_blocking(move || {
            all.extend(own);
            all.sort_by_key(|result| result.row);
            compress(&ndjson(all.iter())).map(|part| (all, part))
        });
        let (all, part) = written.await.map_err(Problem::internal)??;
        self.store_results(&mut transaction, &counts, part.as_deref(), self.parts.1).await?;
        self.note(&mut transaction).await?;
        transaction.commit().await?;
        *stored = all;
        Ok(())
    }

    /// Stores the results of a part of the receipt, to which some rows came now.
    async fn store_results(
        &self,
        db: &mut PgConnection,
        came: &Counts,
        results: Option<&[u8]>,
        part: i32,
    ) -> Result<(), Problem> {
        receipt::count(db, self.receipt, came).await?;
        if let Some(results) = results {
            receipt::add_part(db, Parts::Results, self.receipt, part, results).await?;
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

    /// Applies the rows in a transaction that goes on.
    async fn apply_in(&self, db: &mut PgConnection, rows: Portion<'_>) -> Result<Vec<RowResult>, Problem> {
        store::take_turn(db, &self.source, self.kind).await?;
        self.chunk(db, rows, Lane::Alone).await
    }

    /// Applies the rows, and keeps those that could not be read.
    async fn chunk(
        &self,
        db: &mut PgConnection,
        Portion { ready, rejected, .. }: Portion<'_>,
        lane: Lane,
    ) -> Result<Vec<RowResult>, Problem> {
        let statements = self.pusher.statements(db, self.kind).await?;
        let parent = self.pusher.of_parent(db, self.kind).await?;
        let chunk = Chunk {
            kind: self.kind,
            statements: &statements,
            parent: parent.as_deref(),
            source: &self.source,
            receipt: self.receipt,
            columns: self.layout.map_or(&[], |layout| layout.fields),
            lane,
        };
        let mut results = chunk.apply(db, ready).await?;
        receipt::keep_rejected(db, self.receipt, &self.source, self.kind.name, rejected).await?;
        if self.is_replacing {
            let stated = ready.iter().map(|row| (&*row.external_id, !row.deleted));
            // A row that failed does not remove its record.
            let failed = rejected.iter().map(|faulty| (&*faulty.result.external_id, false));
            store::replace::seen(db, self.receipt, &stated.chain(failed).collect::<Vec<_>>()).await?;
        }
        results.extend(rejected.iter().map(|faulty| faulty.result.clone()));
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
            // Those of an atomic push have not been told before its end, what it removes among them.
            let last = if self.options.atomic { self.kept.results } else { last };
            return Ok((Summary { state, counts: self.counts, error }, last));
        }
        let now = self.pusher.now();
        let mut transaction;
        let mut state = if error.is_some() { "FAILED" } else { "DONE" };
        if self.options.atomic {
            let whole = self.whole.take();
            let has_failed = error.is_some() || self.counts.rejected > 0 || self.counts.parked > 0;
            if has_failed {
                if let Some(whole) = whole {
                    whole.rollback().await?;
                }
                state = "ROLLED_BACK";
                self.roll_back_results();
                transaction = role::begin(self.pusher.database().pool()).await?;
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
                transaction = role::begin(self.pusher.database().pool()).await?;
            }
            for (part, bytes) in (0..).zip(&self.kept.payload) {
                receipt::add_part(&mut transaction, Parts::Payload, self.receipt, part, bytes).await?;
            }
            self.parts.0 = i32::try_from(self.kept.payload.len()).unwrap_or(i32::MAX);
            last = std::mem::take(&mut self.kept.results);
            for (part, results) in (0..).zip(last.chunks(CHUNK_ROWS)) {
                let stored = compress(&ndjson(results.iter()))?;
                self.store_results(&mut transaction, &Counts::of(results), stored.as_deref(), part).await?;
            }
            self.note(&mut transaction).await?;
        } else {
            transaction = role::begin(self.pusher.database().pool()).await?;
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

    /// Ends a push that met a problem: what its chunks have stored stays, and the receipt says so.
    pub async fn fail(mut self, problem: &Problem) {
        if self.options.dry_run {
            return;
        }
        // An atomic push has stored nothing. Dropping its transaction rolls it back.
        self.whole = None;
        let error = RowError::new(
            "",
            problem.code.as_str(),
            Words::new(&problem.message, problem.vietnamese.as_deref().unwrap_or(&problem.message)),
        );
        let end = End {
            state: "FAILED",
            encoding: None,
            digest: &self.digest.finalize(),
            bytes: self.bytes,
            notes: json!([]),
            error: Some(&error),
            at: self.pusher.now(),
        };
        let ended = async {
            let mut transaction = role::begin(self.pusher.database().pool()).await?;
            receipt::finish(&mut transaction, self.receipt, &end).await?;
            transaction.commit().await
        };
        if let Err(error) = ended.await {
            tracing::warn!(%error, receipt = %self.receipt, "the end of a failed push is not stored; the next start stores it");
        }
    }

    /// Says of every row that could have been accepted that nothing was stored.
    fn roll_back_results(&mut self) {
        for result in &mut self.kept.results {
            // Rows that failed or wait keep their reasons.
            if !matches!(result.status, PushStatus::Parked | PushStatus::Rejected) {
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
            result.status = PushStatus::Rejected;
        }
        self.counts = Counts::of(&self.kept.results);
    }

    /// Removes the records that the push did not name, and brings those back that it states although they were removed.
    async fn remove_absent(&mut self, replace: &Replace) -> Result<Result<Vec<RowResult>, RowError>, Problem> {
        let mut own;
        let db: &mut PgConnection = if let Some(whole) = &mut self.whole {
            whole
        } else {
            own = role::begin(self.pusher.database().pool()).await?;
            &mut own
        };
        let scope = replace.scope.as_ref();
        let scoped = store::replace::scoped(db, self.kind, &self.source, self.receipt, scope).await?;
        let refused = replace.refuses_scope(scoped.ever);
        if let Some(refused) = refused.or_else(|| replace.refuses(scoped.absent.len(), scoped.present)) {
            return Ok(Err(refused));
        }
        // The file is the state of now: what it states is there again.
        let hidden = store::replace::hidden(db, self.kind, &self.source, self.receipt).await?;
        let now = self.pusher.now();
        self.is_replacing = false;
        let mut removed = Vec::new();
        for (ids, deleted) in [(scoped.absent, true), (hidden, false)] {
            for ids in ids.chunks(CHUNK_ROWS) {
                let first = self.counts.rows + 1;
                let rows = (first..).zip(ids).map(|(row, id)| Ok(Staged::presence(row, id, deleted, now))).collect();
                removed.extend(Box::pin(self.apply(rows)).await?);
            }
        }
        Ok(Ok(removed))
    }
}

/// The rows that an atomic push fails for, with their cells. What a row removes that no file states is none.
fn failed(ready: Vec<Staged>, results: &[RowResult]) -> impl Iterator<Item = Faulty> {
    let failed: HashMap<i64, &RowResult> = results
        .iter()
        .filter(|result| matches!(result.status, PushStatus::Parked | PushStatus::Rejected))
        .map(|result| (result.row, result))
        .collect();
    let faulty = move |row: Staged| Some(Faulty { result: (*failed.get(&row.row)?).clone(), raw: row.raw });
    ready.into_iter().filter_map(faulty)
}

/// Compresses a part; `None` when there is nothing.
fn compress(bytes: &[u8]) -> Result<Option<Vec<u8>>, Problem> {
    if bytes.is_empty() {
        return Ok(None);
    }
    zstd::bulk::compress(bytes, 1).map(Some).map_err(Problem::internal)
}
