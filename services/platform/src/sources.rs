//! Registration of sources.

use async_graphql::ID;
use service_kit::Problem;
use service_kit::push::is_source;
use service_kit::store::audit::{self, Entry};
use service_kit::store::codes::{CodeKind, NamedCodes};
use service_kit::store::role;
use service_kit::vocabulary::AuditAction;
use sqlx::PgPool;

use crate::keys::By;
use crate::store::source as store;

/// Longest expected time between two pushes: a year, in hours.
const MAX_CADENCE_HOURS: i32 = 8784;

/// What is known of a source.
#[derive(Debug, Clone)]
pub struct NewSource<'a> {
    pub code: &'a str,
    pub name: Option<&'a str>,
    pub organization: Option<&'a str>,
    pub cadence_hours: Option<i32>,
    pub working_days: bool,
    pub open_to_verbs: bool,
}

/// Whether a source is known, by a registration or a push.
///
/// # Errors
/// The problem of the statement.
pub async fn is_registered(pool: &PgPool, code: &str) -> Result<bool, Problem> {
    let mut transaction = role::begin(pool).await?;
    Ok(store::is_registered(&mut transaction, code).await?)
}

/// Registers a source, or replaces what is known of it.
///
/// # Errors
/// `VALIDATION` at the field that cannot be accepted.
pub async fn register(pool: &PgPool, new: &NewSource<'_>, by: By<'_>) -> Result<(), Problem> {
    if !is_source(new.code) {
        let message =
            format!("{:?}; accepted: 1 to 64 lower-case letters, digits, dots, dashes and underscores", new.code);
        return Err(Problem::validation("input.code", message));
    }
    if new.name.is_some_and(|name| name.trim().is_empty() || name.chars().count() > 200) {
        return Err(Problem::validation(
            "input.name",
            "the name has no or more than 200 characters; accepted: 1 to 200",
        ));
    }
    if let Some(hours) = new.cadence_hours
        && !(1..=MAX_CADENCE_HOURS).contains(&hours)
    {
        return Err(Problem::validation("input.cadenceHours", format!("{hours}; accepted: 1 to {MAX_CADENCE_HOURS}")));
    }
    let mut transaction = role::begin(pool).await?;
    let mut named = NamedCodes::default();
    named.add(CodeKind::ORGANIZATION, new.organization.map(|code| ID(code.to_owned())).as_ref(), "input.organization");
    named.check(&mut *transaction).await?;
    store::register(&mut transaction, new, by.subject).await?;
    let entry = Entry {
        operation: "registerSource",
        subject: Some(by.subject),
        rows: vec![("platform.source", new.code.to_owned(), 1)],
        reason: None,
        request_id: by.request_id,
    };
    audit::add(&mut transaction, AuditAction::Write, &entry).await?;
    Ok(transaction.commit().await?)
}
