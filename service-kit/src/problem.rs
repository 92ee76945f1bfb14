//! The error type of services, and its only conversion to a GraphQL error.
//!
//! The message of a [`Problem`] says what the caller can do. Its source (such as the error of the database) is logged
//! under the request's span and never sent to a client.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::sync::Arc;

use async_graphql::{Error, ErrorExtensionValues, ServerError, value};
use schema::problem::ProblemCode;
use sqlx::error::DatabaseError;

/// A limit, the most that it allows, and what the request needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// Name of the limit.
    pub name: &'static str,
    /// The most that it allows.
    pub maximum: u64,
    /// What the request needs.
    pub actual: u64,
}

/// Error with a code, a message for the caller, and the input field.
#[derive(Debug, Clone)]
pub struct Problem {
    /// Code for programs, sent as `extensions.code`.
    pub code: ProblemCode,
    /// Message: what was wrong and what is accepted.
    pub message: String,
    /// The message in Vietnamese, where departments read it.
    pub vietnamese: Option<Box<str>>,
    /// Input field as a dotted path from the arguments (`input.dueOn`), sent as `extensions.path`.
    pub path: Option<String>,
    /// The limit that the request passes, sent as `extensions.limit`.
    pub limit: Option<Limit>,
    /// Cause; logged, never sent.
    pub source: Option<Arc<dyn StdError + Send + Sync>>,
}

impl Problem {
    /// A problem without a field.
    pub fn new(code: ProblemCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), vietnamese: None, path: None, limit: None, source: None }
    }

    /// An argument or an input field that cannot be accepted.
    pub fn validation(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(ProblemCode::Validation, message).at(path)
    }

    /// Something named by the caller does not exist.
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(ProblemCode::NotFound, message)
    }

    /// The request is well-formed but the state of the data refuses it.
    pub fn conflict(message: impl Into<String>) -> Self {
        Self::new(ProblemCode::Conflict, message)
    }

    /// The caller read an older version of the row than the stored one.
    pub fn stale_version(expected: i32, actual: i32) -> Self {
        Self::new(
            ProblemCode::StaleVersion,
            format!("expectedVersion is {expected}, but the stored version is {actual}; read it again and decide anew"),
        )
        .at("expectedVersion")
    }

    /// The caller is known, and may not do this.
    pub fn forbidden(message: impl Into<String>) -> Self {
        Self::new(ProblemCode::Forbidden, message)
    }

    /// The request has no credential, or no valid one.
    pub fn unauthenticated(message: impl Into<String>) -> Self {
        Self::new(ProblemCode::Unauthenticated, message)
    }

    /// The deadline of the request has passed.
    pub(crate) fn timeout() -> Self {
        Self::new(ProblemCode::Timeout, "the request was not finished in time; ask for less, or try again")
    }

    /// The request would cause more work than one request may.
    pub(crate) fn beyond_budget(maximum: u64, actual: u64) -> Self {
        let message = format!(
            "the request is beyond the limit `budget`: it needs {actual} units of work, the maximum is {maximum}; ask for \
             a shorter period, longer time buckets or fewer groups"
        );
        let limit = Some(Limit { name: "budget", maximum, actual });
        Self { limit, ..Self::new(ProblemCode::BudgetLimitExceeded, message) }
    }

    /// Whether stored values must be brought up to date first (see [`crate::Subgraph::refreshing`]).
    pub fn is_outdated(&self) -> bool {
        let error = self.source.as_ref().and_then(|source| source.downcast_ref::<sqlx::Error>());
        error.and_then(sql_state).as_deref() == Some(OUTDATED)
    }

    /// An internal error. The message is fixed; the source is logged.
    pub fn internal(source: impl StdError + Send + Sync + 'static) -> Self {
        let mut problem =
            Self::new(ProblemCode::Internal, "something went wrong on our side; it is logged under the request id")
                .in_vietnamese("hệ thống gặp lỗi; lỗi đã được ghi lại theo mã yêu cầu");
        problem.source = Some(Arc::new(source));
        problem
    }

    /// Whether PostgreSQL ended the transaction as a deadlock or a serialization failure, so that it may run again.
    pub fn is_serialization_failure(&self) -> bool {
        let error = self.source.as_ref().and_then(|source| source.downcast_ref::<sqlx::Error>());
        error.is_some_and(is_serialization_failure)
    }

    /// The same problem, with its message in Vietnamese.
    #[must_use]
    pub fn in_vietnamese(mut self, message: impl Into<String>) -> Self {
        self.vietnamese = Some(message.into().into_boxed_str());
        self
    }

    /// The same problem, bound to an input field.
    #[must_use]
    pub fn at(mut self, path: impl Into<String>) -> Self {
        self.path = Some(path.into());
        self
    }
}

impl From<sqlx::Error> for Problem {
    fn from(error: sqlx::Error) -> Self {
        let Some((code, message)) = expected(&error) else {
            return Self::internal(error);
        };
        let mut problem = Self::new(code, message);
        problem.source = Some(Arc::new(error));
        problem
    }
}

/// Database errors that the caller can handle, with a message for each.
fn expected(error: &sqlx::Error) -> Option<(ProblemCode, &'static str)> {
    if is_outage(error) {
        return Some((ProblemCode::SubgraphUnavailable, "the service cannot reach its database; try again shortly"));
    }
    if is_serialization_failure(error) {
        return Some((
            ProblemCode::Conflict,
            "the same data was changed at the same time, and nothing of this was stored; read again and try again",
        ));
    }
    match sql_state(error)?.as_ref() {
        OUTDATED => Some((
            ProblemCode::SubgraphUnavailable,
            "the figures are being computed anew after a change of a rule; try again shortly",
        )),
        "57014" => Some((ProblemCode::Timeout, "the database did not finish in time; ask for less, or try again")),
        // The text was not checked by `storable`, for example because it was inside a cursor.
        "22021" | "22P05" => Some((
            ProblemCode::Validation,
            "a text holds a character that cannot be stored; accepted: any text without U+0000 (NUL)",
        )),
        _ => None,
    }
}

/// Whether the transaction was rolled back because of another one (SQLSTATE 40001 serialization failure, 40P01
/// deadlock). The whole transaction can be retried.
pub fn is_serialization_failure(error: &sqlx::Error) -> bool {
    matches!(sql_state(error).as_deref(), Some("40001" | "40P01"))
}

/// Whether the database is unreachable, starting, stopping or out of connections, or has lost the state of the
/// connection. A read can be retried; a write cannot, because it may have been committed.
pub fn is_outage(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed
        | sqlx::Error::Io(_)
        | sqlx::Error::Tls(_) => true,
        sqlx::Error::Database(failure) => match failure.code().as_deref() {
            // A prepared statement from before a migration.
            Some("0A000") => failure.message() == "cached plan must not change result type",
            Some(state) => state.starts_with(CONNECTION_EXCEPTION) || OUTAGES.contains(&state),
            None => false,
        },
        _ => false,
    }
}

/// SQLSTATE of a statement that refuses to read stored values because an input of them has changed. The service brings
/// them up to date ([`crate::Subgraph::refreshing`]) and the read is repeated.
const OUTDATED: &str = "IOC01";

/// Class of the SQLSTATEs for connection failures.
const CONNECTION_EXCEPTION: &str = "08";

/// Other SQLSTATEs of a server that is unavailable.
const OUTAGES: [&str; 9] = [
    "57P01", // stopped by an administrator
    "57P02", // stopped after the crash of another connection
    "57P03", // not yet started
    "57P04", // the database was dropped
    "57P05", // the connection was idle for too long
    "25P03", // its transaction was idle for too long
    "53300", // too many connections
    "25006", // the server has become a standby, which only reads
    "26000", // the prepared statement is gone
];

fn sql_state(error: &sqlx::Error) -> Option<Cow<'_, str>> {
    error.as_database_error().and_then(DatabaseError::code)
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        if problem.is_outdated() {
            tracing::info!("figures are computed anew before they are read");
        } else if let Some(source) = &problem.source {
            tracing::error!(code = problem.code.as_str(), error = %Chain(source.as_ref()), "problem with a hidden cause");
        }
        let mut extensions = ErrorExtensionValues::default();
        extensions.set("code", problem.code.as_str());
        if let Some(path) = problem.path {
            extensions.set("path", path);
        }
        if let Some(Limit { name, maximum, actual }) = problem.limit {
            extensions.set("limit", value!({ "name": name, "maximum": maximum, "actual": actual }));
        }
        Self { message: problem.message, source: None, extensions: Some(extensions) }
    }
}

/// Adds a code to an error of async-graphql itself. An error of a resolver always has a code (only [`Problem`]
/// converts), so the others come from a document or a value that the schema rejects.
pub(crate) fn complete(error: &mut ServerError) {
    let extensions = error.extensions.get_or_insert_default();
    if extensions.get("code").is_none() {
        extensions.set("code", ProblemCode::Validation.as_str());
    }
}

/// Whether an error says that the caller may not do or see something.
pub(crate) fn is_refused_access(error: &ServerError) -> bool {
    let code = error.extensions.as_ref().and_then(|extensions| extensions.get("code"));
    [ProblemCode::Forbidden, ProblemCode::Unauthenticated].iter().any(|refused| code == Some(&refused.as_str().into()))
}

/// An error and all its sources in one line.
struct Chain<'a>(&'a (dyn StdError + 'static));

impl std::fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)?;
        let mut next = self.0.source();
        while let Some(source) = next {
            write!(f, ": {source}")?;
            next = source.source();
        }
        Ok(())
    }
}
