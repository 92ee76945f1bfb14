//! SQL of a push: applies the rows of a chunk to the records of a kind, within the caller's transaction.

mod catalog;
pub mod lag;
pub mod receipt;
pub mod replace;
mod statements;
mod turn;

use std::collections::{HashMap, HashSet};

use sqlx::postgres::PgRow;
use sqlx::types::Json;
use sqlx::{AssertSqlSafe, Connection, FromRow, PgConnection, Row};
use tabular::Words;
use uuid::Uuid;

use crate::problem::Problem;
use crate::push::kind::EXTERNAL_ID;
use crate::push::{Key, PushKind, PushStatus, RowError, RowResult, Staged};

pub use statements::Statements;
pub use turn::{Lane, run_deferred, share_turn, take_every_turn, take_turn};

/// Reads the catalog of a kind's table and makes its statements.
///
/// # Errors
/// The problem of the statement.
pub async fn prepare(db: &mut PgConnection, kind: &PushKind) -> Result<Statements, Problem> {
    let catalog = catalog::read(db, kind).await?;
    Ok(statements::statements(kind, &catalog))
}

/// The constraints of a kind's table that would be refused without words: none of the general forms, and no refusal of the kind.
///
/// # Errors
/// The problem of the statement.
#[cfg(feature = "testing")]
pub async fn wordless(db: &mut PgConnection, kind: &PushKind) -> Result<Vec<String>, Problem> {
    let checks = catalog::read(db, kind).await?.checks.into_iter();
    let is_refusal = |name: &str| kind.refusals.iter().any(|refusal| refusal.constraint == name);
    let wordless = checks.filter(|check| !is_refusal(&check.name) && check.words(kind).is_none());
    Ok(wordless.map(|check| format!("{}: {}", check.name, check.expression)).collect())
}

/// A push in its transaction.
#[derive(Debug, Clone, Copy)]
pub struct Chunk<'a> {
    /// The kind and its statements.
    pub kind: &'static PushKind,
    pub statements: &'a Statements,
    /// Statements of the parent's kind, if rows state something about it.
    pub parent: Option<&'a Statements>,
    /// Source of the rows.
    pub source: &'a str,
    /// Receipt of the rows.
    pub receipt: Uuid,
    /// Fields with the columns of the file that they are from, if it has columns of its own.
    pub columns: &'static [(&'static str, &'static str)],
    pub lane: Lane,
}

impl Chunk<'_> {
    /// Applies rows. A row that breaks a constraint that only the write finds is rejected alone.
    ///
    /// # Errors
    /// The problem of a statement; then the transaction must end.
    pub async fn apply(&self, db: &mut PgConnection, rows: &[Staged]) -> Result<Vec<RowResult>, Problem> {
        let mut results = Vec::with_capacity(rows.len());
        // Halves that are still to be tried, the first rows last.
        let mut open = vec![rows];
        while let Some(part) = open.pop() {
            if part.is_empty() {
                continue;
            }
            let mut attempt = db.begin().await?;
            match self.attempt(&mut attempt, part).await {
                Ok(applied) => {
                    attempt.commit().await?;
                    results.extend(applied);
                }
                Err(problem) => {
                    attempt.rollback().await?;
                    let Some(broken) = constraint(&problem) else { return Err(problem) };
                    if let [row] = part {
                        results.push(self.reject(db, row, &broken).await?);
                    } else {
                        let (first, second) = part.split_at(part.len() / 2);
                        open.extend([second, first]);
                    }
                }
            }
        }
        results.sort_by_key(|result| result.row);
        Ok(results)
    }

    /// Applies parked rows that are due, at most `first`. Returns false when the data refuse one of several; then nothing is
    /// done. A single one is rejected.
    ///
    /// # Errors
    /// The problem of a statement; then the transaction must end.
    pub async fn resume(&self, db: &mut PgConnection, first: i64) -> Result<bool, Problem> {
        let mut attempt = db.begin().await?;
        empty(&mut attempt).await?;
        let due = sqlx::query(AssertSqlSafe(self.statements.pull_due.clone()))
            .bind(self.source)
            .bind(first)
            .execute(&mut *attempt)
            .await?;
        match self.run_chunk(&mut attempt, Chunked { rows: &[], parked: due.rows_affected(), is_distinct: false }).await
        {
            Ok(_) => attempt.commit().await?,
            Err(problem) => {
                attempt.rollback().await?;
                let Some(broken) = constraint(&problem) else { return Err(problem) };
                if due.rows_affected() > 1 && first > 1 {
                    return Ok(false);
                }
                receipt::reject_due(db, self.kind.name, self.source, &self.refusal(&broken)).await?;
            }
        }
        Ok(true)
    }

    async fn attempt(&self, db: &mut PgConnection, rows: &[Staged]) -> Result<Vec<RowResult>, Problem> {
        empty(db).await?;
        let is_distinct = self.stage(db, rows).await?;
        let parked = self.run(db, &self.statements.pull_parked).await?;
        if let (Lane::Beside, Some(apart)) = (self.lane, &self.statements.apart) {
            self.run(db, apart).await?;
        }
        self.run_chunk(db, Chunked { rows, parked, is_distinct: is_distinct && parked == 0 }).await
    }

    /// Applies what is staged.
    async fn run_chunk(&self, db: &mut PgConnection, chunked: Chunked<'_>) -> Result<Vec<RowResult>, Problem> {
        let statements = self.statements;
        if chunked.rows.len() as u64 + chunked.parked > 1000 {
            sqlx::raw_sql("ANALYZE push_row (n, external_id, key, parent, status)").execute(&mut *db).await?;
        }
        let adopted = match &statements.adopt {
            Some(adopt) => self.run(db, adopt).await?,
            None => 0,
        };
        if adopted + chunked.parked > 0 {
            self.run(db, statements.agree).await?;
        }
        for statement in &statements.check_codes {
            self.run(db, statement).await?;
        }
        // Rows that name one code, or that were found by their values, may be of one record too.
        let is_distinct = chunked.is_distinct && adopted == 0 && self.kind.key == Key::Id;
        // A row may wait for another one of the chunk, in chains.
        while survey(db).await?.open && self.round(db, is_distinct).await? > 0 {
            if let Some(effects) = &statements.effects {
                self.run(db, effects).await?;
            }
            self.follow(db).await?;
        }
        self.park(db).await?;
        if chunked.parked > 0 {
            for statement in &statements.settle {
                self.run(db, statement).await?;
            }
        }
        let results = self.outcome(db, chunked.rows).await?;
        self.run(db, &statements.wake).await?;
        self.state_effects(db).await?;
        Ok(results)
    }

    /// What became of the rows. Those that failed are kept with their cells.
    async fn outcome(&self, db: &mut PgConnection, rows: &[Staged]) -> Result<Vec<RowResult>, Problem> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        self.name_columns(db).await?;
        let found = sqlx::query(
            "SELECT row, status, CASE WHEN status NOT IN ('PARKED', 'REJECTED') THEN key END AS key, nullif(errors, '[]') AS errors
             FROM push_row WHERE NOT was_parked",
        )
        .fetch_all(&mut *db)
        .await?;
        let places: HashMap<i64, &Staged> = rows.iter().map(|staged| (staged.row, staged)).collect();
        let (mut results, mut failed, mut cells) = (Vec::with_capacity(found.len()), Vec::new(), Vec::new());
        for row in &found {
            let Some(staged) = places.get(&row.try_get("row")?) else { continue };
            let result = result(staged, row)?;
            if matches!(result.status, PushStatus::Parked | PushStatus::Rejected) {
                failed.push(staged.row);
                cells.push(staged.raw.as_str());
            }
            results.push(result);
        }
        if !failed.is_empty() {
            sqlx::query(AssertSqlSafe(self.statements.keep_failed.clone()))
                .bind(self.source)
                .bind(failed)
                .bind(cells)
                .execute(db)
                .await?;
        }
        Ok(results)
    }

    /// Names the columns of the file in the errors of the rows.
    async fn name_columns(&self, db: &mut PgConnection) -> Result<(), sqlx::Error> {
        if self.columns.is_empty() {
            return Ok(());
        }
        let (fields, columns): (Vec<&str>, Vec<&str>) = self.columns.iter().copied().unzip();
        sqlx::query(
            "UPDATE push_row AS r SET errors = (
                 SELECT jsonb_agg(e.error || jsonb_build_object('path', coalesce(c.name, e.error ->> 'path')) ORDER BY e.place)
                 FROM jsonb_array_elements(r.errors) WITH ORDINALITY AS e(error, place)
                 LEFT JOIN unnest($1::text[], $2::text[]) AS c(field, name) ON c.field = e.error ->> 'path')
             WHERE r.errors <> '[]' AND NOT r.was_parked",
        )
        .bind(fields)
        .bind(columns)
        .execute(db)
        .await?;
        Ok(())
    }

    /// Stages rows. Returns whether each is of its own record.
    async fn stage(&self, db: &mut PgConnection, rows: &[Staged]) -> Result<bool, sqlx::Error> {
        let mut seen = HashSet::with_capacity(rows.len());
        let is_distinct = rows.iter().all(|row| seen.insert(row.external_id.as_str()));
        let stage = if is_distinct { &self.statements.stage_distinct } else { &self.statements.stage };
        let new_keys: Vec<String> = rows.iter().map(|row| schema::new_id(row.at).to_string()).collect();
        sqlx::query(AssertSqlSafe(stage.clone()))
            .bind(self.source)
            .bind(self.receipt)
            .bind(rows.iter().map(|row| row.row).collect::<Vec<_>>())
            .bind(rows.iter().map(|row| row.line).collect::<Vec<_>>())
            .bind(rows.iter().map(|row| row.external_id.as_str()).collect::<Vec<_>>())
            .bind(rows.iter().map(|row| row.rank).collect::<Vec<_>>())
            .bind(rows.iter().map(|row| row.at).collect::<Vec<_>>())
            .bind(rows.iter().map(|row| row.timed).collect::<Vec<_>>())
            .bind(rows.iter().map(|row| row.ordinal).collect::<Vec<_>>())
            .bind(rows.iter().map(|row| row.deleted).collect::<Vec<_>>())
            .bind(rows.iter().map(|row| row.parent.as_deref()).collect::<Vec<_>>())
            .bind(rows.iter().map(|row| Json(&row.content)).collect::<Vec<_>>())
            .bind(new_keys)
            .execute(db)
            .await?;
        Ok(is_distinct)
    }

    /// Runs what follows from the events in other tables of the service.
    async fn follow(&self, db: &mut PgConnection) -> Result<(), Problem> {
        set_folding(db, "on").await?;
        for statement in self.kind.after {
            self.run(db, statement).await?;
        }
        set_folding(db, "off").await?;
        Ok(())
    }

    /// Withdraws what a receipt stated. Returns the number of records that changed.
    ///
    /// # Errors
    /// `CONFLICT` when a later row needs what the receipt stated.
    pub async fn undo(&self, db: &mut PgConnection) -> Result<u64, Problem> {
        empty(db).await?;
        set_folding(db, "on").await?;
        let keys = replace::withdraw(db, self.kind, self.receipt).await?;
        set_folding(db, "off").await?;
        let (table, key, key_type) = (self.kind.table, self.kind.key.column(), self.kind.key.sql_type());
        let stage = format!(
            "INSERT INTO push_row (receipt_id, row, external_id, key, is_new, status)
             SELECT $2, 0, h.external_id, h.{key}::text, false, 'UNDONE' FROM {table} AS h
             WHERE h.source = $1 AND h.{key} = ANY (SELECT DISTINCT k::{key_type} FROM unnest($3::text[]) AS k)"
        );
        let staged = sqlx::query(AssertSqlSafe(stage))
            .bind(self.source)
            .bind(self.receipt)
            .bind(&keys)
            .execute(&mut *db)
            .await?;
        self.run(db, &self.statements.events).await?;
        let is_needed: bool = sqlx::query_scalar(
            "SELECT EXISTS (SELECT FROM push_event WHERE after ->> 'deleted_at' IS NULL AND (missing <> '{}' OR broken <> '{}'))",
        )
        .fetch_one(&mut *db)
        .await?;
        if is_needed {
            return Err(needed());
        }
        // Of some records only their end is left.
        sqlx::raw_sql("DELETE FROM push_event AS e USING push_event AS m WHERE m.missing <> '{}' AND e.key = m.key")
            .execute(&mut *db)
            .await?;
        set_folding(db, "on").await?;
        for statement in &self.statements.write {
            self.run(db, statement).await?;
        }
        // Nothing is left of a record that only this push stated.
        let gone = format!(
            "UPDATE {table} AS h SET deleted_at = now(), version = h.version + 1
             FROM push_row AS r WHERE h.{key} = r.key::{key_type} AND h.deleted_at IS NULL AND $1 IS NOT NULL
               AND NOT EXISTS (SELECT FROM push_event AS e WHERE e.key = r.key)"
        );
        self.run(db, &gone).await?;
        set_folding(db, "off").await?;
        self.follow(db).await?;
        let (Some(effects), Some(parent)) = (&self.statements.effects, &self.kind.parent) else {
            return Ok(staged.rows_affected());
        };
        self.run(db, effects).await?;
        let told = format!(
            "SELECT count(DISTINCT f.key) FROM push_effect AS f WHERE f.content IS NOT NULL OR EXISTS (
                 SELECT FROM {events} AS p WHERE p.{key} = f.key::{key_type} AND p.cause = f.cause AND p.withdrawn_at IS NULL)",
            events = parent.kind.events(),
            key = parent.kind.key.column(),
            key_type = parent.kind.key.sql_type(),
        );
        let parents: i64 = sqlx::query_scalar(AssertSqlSafe(told)).fetch_one(&mut *db).await?;
        match self.state_effects(db).await {
            Err(problem) if constraint(&problem).is_some() => Err(needed()),
            outcome => outcome.map(|()| staged.rows_affected() + parents.unsigned_abs()),
        }
    }

    /// Applies the rows that need not wait. Returns how many were applied.
    async fn round(&self, db: &mut PgConnection, is_distinct: bool) -> Result<u64, Problem> {
        for statement in &self.statements.wait {
            self.run(db, statement).await?;
        }
        self.place(db, self.statements).await?;
        self.drop_known(db, self.statements, is_distinct).await?;
        let arranged = self.settle_events(db, self.statements, true).await?;
        if arranged > 0 {
            self.run(db, self.statements.outcome).await?;
            self.run(db, self.statements.made).await?;
        }
        Ok(arranged)
    }

    /// Gives rows that state no time their place among the events of their records.
    async fn place(&self, db: &mut PgConnection, statements: &Statements) -> Result<(), Problem> {
        let survey = survey(db).await?;
        if survey.known {
            self.run(db, &statements.baseline).await?;
        }
        if survey.received {
            self.run(db, &statements.receive).await?;
            self.run(db, &statements.follow_first).await?;
        }
        Ok(())
    }

    /// Rows that are stored already, or stand twice in the chunk, say nothing new.
    async fn drop_known(
        &self,
        db: &mut PgConnection,
        statements: &Statements,
        is_distinct: bool,
    ) -> Result<(), Problem> {
        if survey(db).await?.known {
            self.run(db, &statements.known).await?;
        }
        if !is_distinct {
            self.run(db, statements.twice).await?;
        }
        Ok(())
    }

    /// Judges the events of the touched records until none is refused, and writes them.
    async fn settle_events(
        &self,
        db: &mut PgConnection,
        statements: &Statements,
        is_judged: bool,
    ) -> Result<u64, Problem> {
        let mut arranged;
        loop {
            sqlx::raw_sql("DELETE FROM push_event").execute(&mut *db).await?;
            arranged = self.run(db, if is_judged { &statements.events } else { &statements.unjudged }).await?;
            if arranged == 0 {
                return Ok(0);
            }
            if !is_judged {
                break;
            }
            let mut refused = 0;
            for statement in &statements.verdict {
                refused += self.run(db, statement).await?;
            }
            if refused == 0 {
                break;
            }
        }
        set_folding(db, "on").await?;
        for statement in &statements.write {
            self.run(db, statement).await?;
        }
        set_folding(db, "off").await?;
        Ok(arranged)
    }

    /// What is left waits. Of a code that is not known the record is named that the sender may have meant: one whose code has
    /// leading zeros or capitals.
    async fn park(&self, db: &mut PgConnection) -> Result<(), sqlx::Error> {
        let (mut fields, mut prefixes, mut columns) = (Vec::new(), Vec::new(), Vec::new());
        let mut named = |field: &str, prefix: String, column: &str| {
            fields.push(field.to_owned());
            prefixes.push(prefix);
            columns.push(column.to_owned());
        };
        for field in self.kind.fields {
            if let Some(entity) = field.names {
                named(field.field.name, format!("{entity}:"), field.column);
            }
        }
        if let Some(parent) = &self.kind.parent {
            named(parent.field, format!("{}:{}:", parent.kind.name, self.source), "");
        }
        let own = format!("{}:{}:", self.kind.name, self.source);
        named(EXTERNAL_ID, own.clone(), "");
        sqlx::query(
            // What a row that deletes does not state is not missing.
            "UPDATE push_row AS r SET status = 'PARKED', errors = CASE WHEN r.errors <> '[]' AND NOT r.deleted THEN r.errors ELSE (
                 SELECT jsonb_agg(jsonb_build_object('path', coalesce(f.field, ''), 'code', 'WAITS',
                     'en', format('waits for %s, which has not arrived; the row is applied when it does%s', w.what, '; did you mean ' || f.meant || '?'),
                     'vi', format('đang chờ %s chưa có; dòng sẽ được xử lý khi dữ liệu này đến%s', w.what, '; có phải ' || f.meant || '?'))
                     ORDER BY w.place, f.place)
                 FROM unnest(CASE WHEN r.waits = '{}' THEN ARRAY[$4 || r.external_id] ELSE r.waits END) WITH ORDINALITY AS w(what, place)
                 LEFT JOIN LATERAL (
                     SELECT n.field, n.place, (
                         SELECT m.code FROM unnest(ARRAY[lpad(c.code, 5, '0'), upper(c.code)]) AS m(code)
                         WHERE n.stated <> '' AND m.code <> c.code AND (m.code = upper(c.code) OR c.code ~ '^[0-9]{1,4}$')
                           AND directory.published_knows(rtrim(n.prefix, ':'), m.code) LIMIT 1) AS meant
                     FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS n(field, prefix, stated, place)
                     CROSS JOIN LATERAL (SELECT substr(w.what, length(n.prefix) + 1) AS code) AS c
                     WHERE starts_with(w.what, n.prefix) AND (n.stated = '' OR r.content -> n.stated ? c.code)) AS f ON true) END
             WHERE r.status IS NULL",
        )
        .bind(fields)
        .bind(prefixes)
        .bind(columns)
        .bind(own)
        .execute(db)
        .await?;
        Ok(())
    }

    /// Applies what the rows state about their parents.
    async fn state_effects(&self, db: &mut PgConnection) -> Result<(), Problem> {
        let (Some(statements), Some(parent)) = (self.parent, &self.kind.parent) else { return Ok(()) };
        sqlx::raw_sql("DELETE FROM push_row; DELETE FROM push_event").execute(&mut *db).await?;
        let (table, events, key, key_type) =
            (parent.kind.table, parent.kind.events(), parent.kind.key.column(), parent.kind.key.sql_type());
        let withdraw = format!(
            "UPDATE {events} AS p SET withdrawn_at = now() FROM push_effect AS f
             WHERE f.content IS NULL AND p.{key} = f.key::{key_type} AND p.cause = f.cause AND p.withdrawn_at IS NULL AND $1 IS NOT NULL"
        );
        set_folding(db, "on").await?;
        self.run(db, &withdraw).await?;
        set_folding(db, "off").await?;
        // The head keeps its own identity.
        let stage = format!(
            "INSERT INTO push_row (n, receipt_id, row, line, external_id, rank, at, timed, ordinal, deleted, content, key, is_new, status, cause)
             SELECT row_number() OVER (), f.receipt_id, 0, 0, h.external_id, 0, f.at, f.timed, f.ordinal, false, f.content, f.key, false,
                    CASE WHEN f.content IS NULL THEN 'UNDONE' END, f.cause
             FROM push_effect AS f JOIN {table} AS h ON h.{key} = f.key::{key_type}"
        );
        let staged = sqlx::raw_sql(AssertSqlSafe(stage)).execute(&mut *db).await?;
        if staged.rows_affected() == 0 {
            return Ok(());
        }
        sqlx::raw_sql("DELETE FROM push_effect").execute(&mut *db).await?;
        if staged.rows_affected() > 1000 {
            sqlx::raw_sql("ANALYZE push_row (n, external_id, key, parent, status)").execute(&mut *db).await?;
        }
        self.drop_known(db, statements, false).await?;
        self.place(db, statements).await?;
        // The rows of the children have been judged; what they state breaks no rule of its own.
        self.settle_events(db, statements, false).await?;
        Ok(())
    }

    async fn run(&self, db: &mut PgConnection, statement: &str) -> Result<u64, Problem> {
        let done = sqlx::query(AssertSqlSafe(statement.to_owned())).bind(self.source).execute(db).await?;
        Ok(done.rows_affected())
    }

    /// What the violation of a constraint means.
    fn refusal(&self, broken: &str) -> RowError {
        match self.kind.refusals.iter().find(|refusal| refusal.constraint == broken) {
            Some(refusal) => RowError::new(refusal.field, "CONFLICT", Words::new(refusal.message.0, refusal.message.1)),
            None => RowError::new(
                "",
                "CONFLICT",
                Words::new(
                    format!("the row contradicts a stored one (rule {broken})"),
                    format!("dòng mâu thuẫn với dữ liệu đã lưu (quy tắc {broken})"),
                ),
            ),
        }
    }

    /// Keeps a row that breaks a constraint.
    async fn reject(&self, db: &mut PgConnection, row: &Staged, broken: &str) -> Result<RowResult, Problem> {
        empty(db).await?;
        self.stage(db, std::slice::from_ref(row)).await?;
        sqlx::query("UPDATE push_row SET status = 'REJECTED', errors = $1")
            .bind(Json([self.refusal(broken)]))
            .execute(&mut *db)
            .await?;
        let results = self.outcome(db, std::slice::from_ref(row)).await?;
        results.into_iter().next().ok_or_else(|| Problem::internal(sqlx::Error::RowNotFound))
    }
}

/// Why a receipt cannot be undone.
fn needed() -> Problem {
    let message = "later rows change records that this push made; accepted: undo the later pushes first";
    Problem::conflict(message)
        .in_vietnamese("có dòng gửi sau thay đổi bản ghi do lần gửi này tạo; cần: hoàn tác các lần gửi sau trước")
        .at("receipt")
}

async fn empty(db: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::raw_sql("DELETE FROM push_row; DELETE FROM push_event; DELETE FROM push_effect").execute(db).await?;
    Ok(())
}

/// Whether triggers leave the writing of events to the push.
pub(crate) async fn set_folding(db: &mut PgConnection, state: &str) -> Result<(), sqlx::Error> {
    sqlx::query("SELECT set_config('platform.folding', $1, true)").bind(state).execute(db).await?;
    Ok(())
}

/// What is staged for a chunk.
#[derive(Clone, Copy)]
struct Chunked<'a> {
    rows: &'a [Staged],
    /// Number of parked rows beside them.
    parked: u64,
    /// Whether each row is of its own record.
    is_distinct: bool,
}

/// What is to be done with the staged rows.
#[derive(FromRow)]
struct Survey {
    /// Whether a row has no outcome yet.
    open: bool,
    /// Whether such a row is of a stored record.
    known: bool,
    /// Whether such a row is true from its receipt.
    received: bool,
}

async fn survey(db: &mut PgConnection) -> Result<Survey, sqlx::Error> {
    sqlx::query_as(
        "SELECT coalesce(bool_or(status IS NULL), false) AS open, coalesce(bool_or(status IS NULL AND NOT is_new), false) AS known,
                coalesce(bool_or(status IS NULL AND NOT timed AND rank = 0), false) AS received FROM push_row",
    )
    .fetch_one(db)
    .await
}

fn result(staged: &Staged, row: &PgRow) -> Result<RowResult, Problem> {
    let status: &str = row.try_get("status")?;
    let status = status.parse().unwrap_or(PushStatus::Rejected);
    let is_removal = status == PushStatus::Updated && staged.removes_absent();
    let errors: Option<Json<Vec<RowError>>> = row.try_get("errors")?;
    Ok(RowResult {
        row: staged.row,
        line: staged.line,
        external_id: staged.external_id.clone(),
        status: if is_removal { PushStatus::Removed } else { status },
        key: row.try_get("key")?,
        errors: errors.map(|errors| errors.0).unwrap_or_default(),
    })
}

/// The constraint that a statement has violated, if it is one of the data.
fn constraint(problem: &Problem) -> Option<String> {
    let error = problem.source.as_ref()?.downcast_ref::<sqlx::Error>()?;
    let error = error.as_database_error()?;
    let class = error.code()?;
    // A value that the table cannot hold, or a rule that the data break.
    (class.starts_with("22") || class.starts_with("23")).then(|| error.constraint().unwrap_or("").to_owned())
}
