//! Verbs on API keys, for the subgraph and for the command line; and the look-up of a key that a caller sent.

use async_graphql::ID;
use chrono::{DateTime, Days, Utc};
use service_kit::principal::Role;
use service_kit::push::is_source;
use service_kit::store::audit::{self, Entry};
use service_kit::store::codes::{CodeKind, NamedCodes};
use service_kit::store::role;
use service_kit::vocabulary::AuditAction;
use service_kit::{Principal, Problem};
use sqlx::{PgConnection, PgPool};

use crate::key::{Key, PREFIX};
use crate::model::ApiKey;
use crate::store::key as store;

/// Maximum lifetime of a key, in days.
pub const MAX_DAYS: i32 = 366;

/// What a new key gives.
#[derive(Debug, Clone)]
pub struct NewKey {
    /// Subject, roles and codes of the system.
    pub principal: Principal,
    /// Lifetime in days.
    pub valid_days: i32,
}

/// Whose act it is, for the key and for the audit trail.
#[derive(Debug, Clone, Copy)]
pub struct By<'a> {
    /// Who acts.
    pub subject: &'a str,
    /// The instant.
    pub now: DateTime<Utc>,
    /// The request.
    pub request_id: Option<&'a str>,
}

/// A key that was made, and its text, which is shown once.
#[derive(Debug)]
pub struct Made {
    /// The key.
    pub key: ApiKey,
    /// Its text.
    pub text: String,
}

/// The public part of a key that a caller sent, for the audit trail; it may be none of ours.
pub fn id(credential: &str) -> Option<String> {
    Key::read(credential).map(|key| key.id)
}

/// Whether a credential has the form of a key.
pub fn is_key(credential: &str) -> bool {
    credential.starts_with(PREFIX)
}

/// The principal of a key that a caller sent; `None` when there is none in force. An error is one of the database.
///
/// # Errors
/// The problem of the statement.
pub async fn principal(pool: &PgPool, credential: &str, now: DateTime<Utc>) -> Result<Option<Principal>, Problem> {
    let Some(key) = Key::read(credential) else { return Ok(None) };
    let found = store::in_force(pool, &key.id, &key.hash(), now).await?;
    Ok(found.map(|key| Principal {
        subject: Some(key.subject),
        roles: key.roles.iter().filter_map(|role| role.parse().ok()).collect(),
        organization: key.organization,
        position: key.position,
        areas: key.areas,
        source: key.source,
        kinds: key.kinds,
    }))
}

/// Makes a key.
///
/// # Errors
/// `VALIDATION` at the field that cannot be accepted.
pub async fn create(pool: &PgPool, new: &NewKey, by: By<'_>) -> Result<Made, Problem> {
    let mut transaction = role::begin(pool).await?;
    let made = insert(&mut transaction, new, by).await?;
    note(&mut transaction, "createApiKey", &[&made.key.id], by).await?;
    transaction.commit().await?;
    Ok(made)
}

/// Revokes a key. Every gateway refuses it within a second.
///
/// # Errors
/// `NOT_FOUND`; `CONFLICT` when it was revoked before.
pub async fn revoke(pool: &PgPool, id: &str, by: By<'_>) -> Result<ApiKey, Problem> {
    let mut transaction = role::begin(pool).await?;
    let key = revoked(&mut transaction, id, by).await?;
    note(&mut transaction, "revokeApiKey", &[id], by).await?;
    transaction.commit().await?;
    Ok(key)
}

/// Replaces a key by a new one with the same rights and the same lifetime.
///
/// # Errors
/// As [`revoke`].
pub async fn rotate(pool: &PgPool, id: &str, by: By<'_>) -> Result<Made, Problem> {
    let mut transaction = role::begin(pool).await?;
    let old = revoked(&mut transaction, id, by).await?;
    let days = (old.expires_at - old.created_at).num_days();
    let principal = Principal {
        subject: Some(old.subject),
        roles: old.roles.iter().filter_map(|role| role.parse().ok()).collect(),
        organization: old.organization,
        position: old.position,
        areas: old.areas,
        source: old.source,
        kinds: old.kinds,
    };
    let new = NewKey { principal, valid_days: i32::try_from(days).unwrap_or(MAX_DAYS).clamp(1, MAX_DAYS) };
    let made = insert(&mut transaction, &new, by).await?;
    note(&mut transaction, "rotateApiKey", &[id, &made.key.id], by).await?;
    transaction.commit().await?;
    Ok(made)
}

/// Every key, the newest first.
///
/// # Errors
/// The problem of the statement.
pub async fn all(pool: &PgPool) -> Result<Vec<ApiKey>, Problem> {
    let mut transaction = role::begin(pool).await?;
    Ok(store::all(&mut transaction).await?)
}

async fn insert(db: &mut PgConnection, new: &NewKey, by: By<'_>) -> Result<Made, Problem> {
    let principal = &new.principal;
    check(principal)?;
    check_codes(db, principal).await?;
    let days = u64::try_from(new.valid_days).ok().filter(|days| (1..=MAX_DAYS.unsigned_abs().into()).contains(days));
    let expires_at = days.and_then(|days| by.now.checked_add_days(Days::new(days))).ok_or_else(|| {
        Problem::validation("input.validDays", format!("{}; accepted: 1 to {MAX_DAYS}", new.valid_days))
    })?;
    let text = Key::new().map_err(Problem::internal)?;
    let key = ApiKey {
        id: text.id.clone(),
        subject: principal.subject()?.to_owned(),
        roles: principal.roles.iter().map(|role| role.as_str().to_owned()).collect(),
        organization: principal.organization.clone(),
        position: principal.position.clone(),
        areas: principal.areas.clone(),
        source: principal.source.clone(),
        kinds: principal.kinds.clone(),
        created_by: by.subject.to_owned(),
        created_at: by.now,
        expires_at,
        revoked_by: None,
        revoked_at: None,
        last_used_at: None,
    };
    store::insert(db, &key, &text.hash()).await?;
    Ok(Made { key, text: text.text })
}

/// Refuses a principal who acts for an organization, a position or an area that does not exist: it would see nothing, and take
/// that for the truth.
///
/// # Errors
/// `VALIDATION` at the first one that the directory does not know.
pub async fn check_scope(pool: &PgPool, principal: &Principal) -> Result<(), Problem> {
    let mut transaction = role::begin(pool).await?;
    check_codes(&mut transaction, principal).await
}

async fn check_codes(db: &mut PgConnection, principal: &Principal) -> Result<(), Problem> {
    let mut named = NamedCodes::default();
    let id = |code: &String| ID(code.clone());
    named.add(CodeKind::ORGANIZATION, principal.organization.as_ref().map(id).as_ref(), "input.organization");
    named.add(CodeKind::POSITION, principal.position.as_ref().map(id).as_ref(), "input.position");
    named.add_all(CodeKind::AREA, principal.areas.iter().map(String::as_str), "input.areas");
    named.check(db).await
}

/// Refuses subjects that cannot be read and roles that would show or permit nothing.
fn check(principal: &Principal) -> Result<(), Problem> {
    principal.check().map_err(|fault| Problem::validation("input.subject", fault))?;
    if principal
        .subject
        .as_deref()
        .is_some_and(|subject| matches!(subject, "developer" | "ioc") || subject.starts_with("ioc "))
    {
        let message = "this name stands for the platform's own tools in the audit trail; accepted: another name";
        return Err(Problem::validation("input.subject", message));
    }
    let has = |roles: &[Role]| roles.iter().any(|role| principal.roles.contains(role));
    if principal.source.as_deref().is_some_and(|source| !is_source(source)) {
        return Err(Problem::validation(
            "input.source",
            "a source is 1 to 64 lower-case letters, digits, dots, dashes and underscores",
        ));
    }
    if !principal.kinds.is_empty() && principal.source.is_none() {
        return Err(Problem::validation(
            "input.kinds",
            "kinds without a source permit nothing; accepted: kinds with a source",
        ));
    }
    if principal.roles.is_empty() && principal.source.is_none() {
        return Err(Problem::validation(
            "input.roles",
            "a key without a role shows no more than none; accepted: at least one role, or a source to push for",
        ));
    }
    if has(&[Role::Ward]) && principal.areas.is_empty() {
        return Err(Problem::validation("input.areas", "the role WARD needs its areas; accepted: at least one code"));
    }
    let of_organization = [Role::Department, Role::Lead, Role::Handler];
    if has(&of_organization) && principal.organization.is_none() && principal.position.is_none() {
        let message = "the roles DEPARTMENT, LEAD and HANDLER need an organization or a position";
        return Err(Problem::validation("input.organization", message));
    }
    Ok(())
}

async fn revoked(db: &mut PgConnection, id: &str, by: By<'_>) -> Result<ApiKey, Problem> {
    let absent = || Problem::not_found(format!("there is no API key {id}")).at("input.id");
    let mut key = store::lock(db, id).await?.ok_or_else(absent)?;
    if let Some(at) = key.revoked_at {
        return Err(Problem::conflict(format!("the key was revoked at {at}")).at("input.id"));
    }
    store::revoke(db, id, by.subject, by.now).await?;
    (key.revoked_by, key.revoked_at) = (Some(by.subject.to_owned()), Some(by.now));
    Ok(key)
}

async fn note(db: &mut PgConnection, operation: &str, ids: &[&str], by: By<'_>) -> Result<(), Problem> {
    let rows = ids.iter().map(|id| ("platform.api_key", (*id).to_owned(), 1)).collect();
    let entry = Entry { operation, subject: Some(by.subject), rows, reason: None, request_id: by.request_id };
    Ok(audit::add(db, AuditAction::Key, &entry).await?)
}
