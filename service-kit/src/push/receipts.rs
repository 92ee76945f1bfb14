//! Verbs on receipts: rows that wait or were rejected are tried again or discarded. What they change is the receipt alone; the
//! service of the kind applies rows that are due. To withdraw what a push stated is a verb of that service
//! ([`Pusher::undo`](super::engine::Pusher::undo)).

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::source::source_of;
use crate::database::Database;
use crate::principal::{Principal, Role};
use crate::problem::Problem;
use crate::store::audit::{self, Entry};
use crate::store::push::receipt::{self, Receipt};
use crate::store::push::take_every_turn;
use crate::store::role;
use crate::vocabulary::AuditAction;

/// Number of receipts whose bodies are forgotten with one transaction.
const FORGOTTEN: i64 = 100;

/// Who acts on a receipt.
#[derive(Debug, Clone, Copy)]
pub struct By<'a> {
    pub subject: &'a str,
    pub request_id: Option<&'a str>,
}

/// The receipt with an id, if the caller pushes for its source.
///
/// # Errors
/// `UNAUTHENTICATED`, or `NOT_FOUND`: who may not see it does not learn that it exists.
pub async fn visible(database: &Database, principal: &Principal, id: &str) -> Result<Receipt, Problem> {
    principal.subject()?;
    let absent = || {
        let problem = Problem::not_found(format!("there is no receipt {id:?}"));
        problem.in_vietnamese(format!("không có biên nhận {id:?}")).at("receipt")
    };
    let parsed: Uuid = id.parse().map_err(|_| absent())?;
    let mut transaction = role::begin(database.pool()).await?;
    let found = receipt::find(&mut *transaction, parsed).await?.ok_or_else(absent)?;
    drop(transaction);
    source_of(database, principal, Some(&found.source), None).await.map_err(|_| absent())?;
    Ok(found)
}

/// The receipt with an id, if the caller pushes its kind for its source.
///
/// # Errors
/// As [`visible`], and `FORBIDDEN` when the credential pushes other kinds only.
pub async fn own(database: &Database, principal: &Principal, id: &str) -> Result<Receipt, Problem> {
    let found = visible(database, principal, id).await?;
    source_of(database, principal, Some(&found.source), Some(&found.kind)).await?;
    Ok(found)
}

/// What a receipt has of its rows: the body, or the rows that failed. Each reading goes into the audit trail before the answer. Of a
/// kind with personal data it is read by the source itself, a handler of the organization that answers for it or an administrator, for a
/// stated purpose.
///
/// # Errors
/// `FORBIDDEN`, or `VALIDATION` without a purpose.
pub async fn read_rows(
    database: &Database,
    principal: &Principal,
    (receipt, is_personal): (&Receipt, bool),
    purpose: Option<&str>,
    by: By<'_>,
) -> Result<(), Problem> {
    let rows = vec![("platform.receipt", receipt.id.to_string(), 1)];
    let entry =
        Entry { operation: "read push", subject: Some(by.subject), rows, reason: None, request_id: by.request_id };
    if !is_personal {
        return Ok(audit::add_alone(database.pool(), AuditAction::Export, &[entry]).await?);
    }
    let is_source = principal.source.as_deref() == Some(&*receipt.source);
    if !is_source && !principal.has(Role::Handler) && !principal.roles.contains(&Role::Admin) {
        let message =
            format!("rows of {} have personal data: it needs a key of the source, or the role HANDLER", receipt.kind);
        let entry = Entry { reason: Some(&message), ..entry };
        audit::add_alone(database.pool(), AuditAction::Refused, &[entry]).await?;
        return Err(Problem::forbidden(message).in_vietnamese(format!(
            "các dòng {} có dữ liệu cá nhân: cần khóa của nguồn, hoặc vai trò HANDLER",
            receipt.kind
        )));
    }
    let purpose = purpose.unwrap_or_default().trim();
    if !(5..=500).contains(&purpose.chars().count()) {
        let message =
            "the rows have personal data; accepted: ?purpose= with what they are needed for, in 5 to 500 characters";
        return Err(Problem::validation("purpose", message)
            .in_vietnamese("các dòng có dữ liệu cá nhân; cần: ?purpose= nêu mục đích, dài 5 đến 500 ký tự"));
    }
    let entry = Entry { reason: Some(purpose), ..entry };
    Ok(audit::add_alone(database.pool(), AuditAction::Read, &[entry]).await?)
}

/// Tries the rows again that wait or that the platform rejected. Rows that could not be read must be mended and sent again.
/// Returns how many are due now.
///
/// # Errors
/// `CONFLICT` when the push is not settled.
pub async fn retry(database: &Database, receipt: &Receipt, by: By<'_>) -> Result<u64, Problem> {
    change(database, receipt, "retry push", by, async |db| receipt::retry(db, receipt.id).await).await
}

/// Discards the rows that wait. Returns how many.
///
/// # Errors
/// `CONFLICT` when the push is not settled.
pub async fn discard(database: &Database, receipt: &Receipt, by: By<'_>) -> Result<u64, Problem> {
    change(database, receipt, "discard push", by, async |db| receipt::discard(db, receipt.id).await).await
}

async fn change(
    database: &Database,
    receipt: &Receipt,
    operation: &str,
    by: By<'_>,
    act: impl AsyncFnOnce(&mut PgConnection) -> Result<u64, sqlx::Error>,
) -> Result<u64, Problem> {
    let mut transaction = role::begin(database.pool()).await?;
    // Not while rows of the source are being resumed.
    take_every_turn(&mut transaction, &receipt.source).await?;
    must_be_settled(&mut transaction, receipt.id).await?;
    let rows = act(&mut transaction).await?;
    let entry = Entry {
        operation,
        subject: Some(by.subject),
        rows: vec![("platform.receipt", receipt.id.to_string(), 1)],
        reason: None,
        request_id: by.request_id,
    };
    audit::add(&mut transaction, AuditAction::Write, &entry).await?;
    transaction.commit().await?;
    Ok(rows)
}

/// Refuses what is done to a push that runs, or that left nothing.
pub(super) async fn must_be_settled(db: &mut PgConnection, receipt: Uuid) -> Result<(), Problem> {
    let found = receipt::find(db, receipt).await?;
    let state = found.as_ref().map_or("", |receipt| &*receipt.state);
    if matches!(state, "DONE" | "FAILED") {
        return Ok(());
    }
    let message = format!("the push is {state}; accepted: one that is DONE or FAILED");
    let vietnamese = format!("lần gửi đang ở trạng thái {state}; cần: DONE hoặc FAILED");
    Err(Problem::conflict(message).in_vietnamese(vietnamese).at("receipt"))
}

/// Forgets bodies, and cells of rows that failed, of receipts that are older than these days. Their hashes stay. Rows that
/// wait are kept whole. Returns the number of receipts.
///
/// # Errors
/// The problem of a statement.
pub async fn forget_bodies(database: &Database, now: DateTime<Utc>, days: u32) -> Result<u64, Problem> {
    let before = now - TimeDelta::days(days.into());
    let mut forgotten = 0;
    loop {
        let mut transaction = role::begin(database.pool()).await?;
        let receipts = receipt::forget_bodies(&mut transaction, before, now, FORGOTTEN).await?;
        if receipts.is_empty() {
            return Ok(forgotten);
        }
        let rows = receipts.iter().map(|receipt| ("platform.receipt", receipt.to_string(), 1)).collect();
        let entry = Entry { operation: "forget bodies of pushes", rows, ..Entry::default() };
        audit::add(&mut transaction, AuditAction::Write, &entry).await?;
        transaction.commit().await?;
        forgotten += receipts.len() as u64;
    }
}
