//! Mutations: one transaction each, with idempotency keys, and retries after deadlocks and serialization failures.
//!
//! A verb on a stored row implements [`Change`] and runs as a locked edit: lock the row, refuse a stale version, call
//! the verb (which checks the caller and the state and changes the row), save the row as its next version, commit. A
//! problem at any step rolls the transaction back.

use async_graphql::InputType;
use chrono::{DateTime, NaiveDate, Utc};
use schema::problem::ProblemCode;
use sha2::{Digest, Sha256};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::database::Database;
use crate::input::{Target, idempotency_key};
use crate::principal::Principal;
use crate::problem::Problem;
use crate::record::Record;
use crate::scope::RequestScope;
use crate::store::audit::{self, Entry};
use crate::store::idempotency::{self, Attempt};
use crate::store::push::receipt;
use crate::store::{record, role};
use crate::vocabulary::AuditAction;

/// Maximum number of attempts of a transaction that ends with a deadlock or a serialization failure.
const ATTEMPTS: usize = 4;

/// What a mutation did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// The next version of the row, or its first.
    Version,
    /// Nothing: the row says already what the input states.
    Nothing,
}

/// Input of a mutation that writes one row.
pub trait Write: InputType {
    /// The name of the mutation.
    const VERB: &'static str;

    /// Name of the table with its schema.
    const TABLE: &'static str;

    /// Version of the row after the write.
    fn next_version(&self) -> i32;

    /// The caller's idempotency key.
    fn idempotency_key(&self) -> Option<&str>;

    /// Returns the id of the row to change, or a new one.
    ///
    /// # Errors
    /// `VALIDATION` when the caller's id is not a UUID.
    fn row_id(&self, now: DateTime<Utc>) -> Result<Uuid, Problem>;

    /// Writes within the transaction.
    fn write(
        &self,
        db: &mut PgConnection,
        id: Uuid,
        scope: &RequestScope,
    ) -> impl Future<Output = Result<Written, Problem>> + Send;
}

/// Runs a write. Returns the id of the written row, also when an earlier request with the same key wrote it.
///
/// # Errors
/// `UNAUTHENTICATED` without a credential, and the problems of the verb.
pub async fn write<W: Write>(database: &Database, scope: &RequestScope, input: &W) -> Result<Uuid, Problem> {
    let subject = scope.principal.subject()?;
    let key = idempotency_key(input.idempotency_key())?;
    let digest = Sha256::digest(format!("{} {}", W::VERB, input.to_value()));
    let mut attempts = 1;
    loop {
        let id = input.row_id(scope.now)?;
        let claim = key.as_deref().map(|key| Attempt { subject, key, digest: &digest, row_id: id });
        match attempt(database, scope, input, claim, id).await {
            Err(problem) if attempts < ATTEMPTS && problem.is_serialization_failure() => attempts += 1,
            // Who tries the ids of rows that it does not see leaves a trace.
            Err(problem) if problem.code == ProblemCode::NotFound && problem.path.as_deref() == Some("input.id") => {
                let entry = Entry::of(scope, W::VERB).about(W::TABLE, id, input.next_version() - 1);
                let entry = Entry { reason: Some(&problem.message), ..entry };
                audit::add_alone(database.pool(), AuditAction::Refused, &[entry]).await?;
                return Err(problem);
            }
            outcome => return outcome,
        }
    }
}

async fn attempt<W: Write>(
    database: &Database,
    scope: &RequestScope,
    input: &W,
    claim: Option<Attempt<'_>>,
    id: Uuid,
) -> Result<Uuid, Problem> {
    let mut transaction = role::begin(database.pool()).await?;
    if let Some(claim) = claim
        && let Some(earlier) = idempotency::claim(&mut transaction, claim).await?
    {
        return Ok(earlier);
    }
    if input.write(&mut transaction, id, scope).await? == Written::Version {
        let entry = Entry::of(scope, W::VERB).about(W::TABLE, id, input.next_version());
        audit::add(&mut transaction, AuditAction::Write, &entry).await?;
    }
    transaction.commit().await?;
    Ok(id)
}

/// Input of a verb on a stored row. Implement it with [`verbs!`](crate::verbs).
pub trait Targeted: InputType {
    /// The row.
    type Row: Record;
    /// The name of the mutation.
    const VERB: &'static str;

    /// Returns the target row and its expected version.
    fn target(&self) -> &Target;
}

/// Declares which input belongs to which verb on a kind of row. Each input has a field `target: Target`.
///
/// # Example
/// ```ignore
/// verbs! { Task: StartTaskInput = "startTask", SubmitTaskInput = "submitTask" }
/// ```
#[macro_export]
macro_rules! verbs {
    ($row:ty: $($input:ty = $verb:literal),+ $(,)?) => {$(
        impl $crate::write::Targeted for $input {
            type Row = $row;
            const VERB: &'static str = $verb;

            fn target(&self) -> &$crate::input::Target {
                &self.target
            }
        }
    )+};
}

/// A verb on a stored row.
pub trait Change: Targeted {
    /// Whether the verb does nothing but change what the row says, so that without a change there is no next version. Every
    /// other verb is an event of its own, also when the row says the same after it.
    const REWRITES: bool = false;

    /// Checks the caller and the state, and changes the row. Children are written through `edit.db`.
    fn apply(&self, edit: &mut Edit<'_, Self::Row>) -> impl Future<Output = Result<(), Problem>> + Send;

    /// Converts the violation of a constraint to a problem for the caller.
    fn refused(error: sqlx::Error) -> Problem {
        error.into()
    }
}

/// Row that is being changed.
#[derive(Debug)]
pub struct Edit<'a, R> {
    /// The connection of the transaction.
    pub db: &'a mut PgConnection,
    /// The row, locked, to be changed in place.
    pub row: R,
    /// Caller.
    pub principal: &'a Principal,
    /// The caller's name.
    pub by: &'a str,
    /// The instant of the request.
    pub now: DateTime<Utc>,
    /// The local date of the request.
    pub today: NaiveDate,
}

impl<C: Change> Write for C {
    const VERB: &'static str = <C as Targeted>::VERB;
    const TABLE: &'static str = C::Row::TABLE;

    fn next_version(&self) -> i32 {
        self.target().expected_version + 1
    }

    fn idempotency_key(&self) -> Option<&str> {
        self.target().idempotency_key.as_deref()
    }

    fn row_id(&self, _: DateTime<Utc>) -> Result<Uuid, Problem> {
        self.target().uuid()
    }

    async fn write(&self, db: &mut PgConnection, id: Uuid, scope: &RequestScope) -> Result<Written, Problem> {
        let expected = self.target().expected_version;
        let mut edit = Edit::<C::Row>::open(db, id, expected, scope).await?;
        let before = C::REWRITES.then(|| columns(&edit.row)).transpose()?;
        self.apply(&mut edit).await?;
        if before.is_some_and(|before| columns(&edit.row).is_ok_and(|after| after == before)) {
            return Ok(Written::Nothing);
        }
        edit.save(C::refused).await?;
        Ok(Written::Version)
    }
}

/// The columns of a row with their values.
fn columns(row: &impl Record) -> Result<serde_json::Value, Problem> {
    serde_json::to_value(row).map_err(|error| sqlx::Error::Encode(error.into()).into())
}

impl<'a, R: Record> Edit<'a, R> {
    /// Saves the row as its next version. `refused` converts the violation of a constraint.
    ///
    /// # Errors
    /// The problem of the statement.
    pub async fn save(&mut self, refused: impl FnOnce(sqlx::Error) -> Problem) -> Result<(), Problem> {
        let (by, now) = (self.by, self.now);
        self.row.meta_mut().advance(by, now);
        match record::save(self.db, std::slice::from_ref(&self.row)).await {
            Ok(1) => Ok(()),
            // The lock makes this impossible. The condition in the statement is a second protection.
            Ok(_) => Err(Problem::conflict("the row was changed at the same time; read it again and decide anew")),
            Err(error) => Err(refused(error)),
        }
    }

    /// Locks a row that the caller sees, in the version that it read, of a source that is open to verbs.
    ///
    /// # Errors
    /// `NOT_FOUND` when there is no such row or the caller does not see it, `STALE_VERSION`, `CONFLICT` when its source is its
    /// only master.
    pub async fn open(
        db: &'a mut PgConnection,
        id: Uuid,
        expected_version: i32,
        scope: &'a RequestScope,
    ) -> Result<Self, Problem> {
        let by = scope.principal.subject()?;
        let noun = R::NOUN;
        let absent = || Problem::not_found(format!("there is no {noun} {id}")).at("input.id");
        if !role::sees::<R>(db, &scope.principal, id).await? {
            return Err(absent());
        }
        let row: R = record::lock(db, id).await?.ok_or_else(absent)?;
        let source = &row.meta().source;
        if receipt::is_closed_to_verbs(db, source).await? {
            let message = format!(
                "the source {source} is the master of this {noun}; change it there, or register the source as open to verbs"
            );
            return Err(Problem::conflict(message).at("input.id"));
        }
        let stored = row.meta().version;
        if stored != expected_version {
            return Err(Problem::stale_version(expected_version, stored).at("input.expectedVersion"));
        }
        let (principal, now, today) = (&scope.principal, scope.now, scope.today());
        Ok(Self { db, row, principal, by, now, today })
    }
}
