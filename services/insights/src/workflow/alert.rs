//! Verbs on alerts. An alert itself is derived; a verb adds to it.

use std::sync::Arc;

use async_graphql::{ID, InputObject};
use chrono::{DateTime, Utc};
use service_kit::input::{LONG_TEXT_CHARS, optional_text};
use service_kit::record::{Meta, Record};
use service_kit::store::codes::{CodeKind, NamedCodes};
use service_kit::store::record;
use service_kit::write::{Write, Written};
use service_kit::{Principal, Problem, RequestScope, Role};
use sqlx::PgConnection;
use uuid::Uuid;

use super::OWN_SOURCE;
use crate::alert::Alert;
use crate::model::AlertHandling;
use crate::store::alert::{answers_for, save};

/// The alert of a verb as its caller sees it.
#[derive(Debug, Clone)]
pub struct Found {
    /// The open alert.
    pub alert: Arc<Alert>,
    /// What was added to it already.
    pub handling: Option<AlertHandling>,
}

/// The alert that a mutation changes.
#[derive(InputObject)]
pub struct AlertTarget {
    /// Id of the alert.
    pub id: ID,
    /// Version that the caller read (`Alert.version`); 0 when nobody has added anything.
    pub expected_version: i32,
    /// Note, which replaces the earlier one; absent or null leaves it.
    pub note: Option<String>,
    /// Idempotency key that the caller chooses, at most 200 characters. Repeating the request with the same key changes nothing more.
    pub idempotency_key: Option<String>,
    /// The alert, when the caller sees it and it is open.
    #[graphql(skip)]
    pub found: Option<Found>,
}

/// Input of a verb on an alert.
pub trait Handles {
    /// The alert.
    fn target(&self) -> &AlertTarget;
    /// The alert, to tell what was found of it.
    fn target_mut(&mut self) -> &mut AlertTarget;
}

/// Acknowledgement of an alert.
#[derive(InputObject)]
pub struct AcknowledgeAlertInput {
    #[graphql(flatten)]
    target: AlertTarget,
}

/// Assignment of an alert.
#[derive(InputObject)]
pub struct AssignAlertInput {
    /// Code of the official who takes care of the alert; null: nobody.
    official: Option<ID>,
    #[graphql(flatten)]
    target: AlertTarget,
}

impl AcknowledgeAlertInput {
    #[expect(clippy::unused_async, reason = "the verbs have one form")]
    async fn apply(
        &self,
        _: &mut PgConnection,
        row: &mut AlertHandling,
        by: &str,
        now: DateTime<Utc>,
    ) -> Result<(), Problem> {
        if let Some(earlier) = &row.acknowledged_by {
            return Err(Problem::conflict(format!("{earlier} has acknowledged this alert already")).at("input.id"));
        }
        row.acknowledged_by = Some(by.to_owned());
        row.acknowledged_at = Some(now);
        Ok(())
    }
}

impl AssignAlertInput {
    async fn apply(
        &self,
        db: &mut PgConnection,
        row: &mut AlertHandling,
        by: &str,
        now: DateTime<Utc>,
    ) -> Result<(), Problem> {
        let mut named = NamedCodes::default();
        named.add(CodeKind::OFFICIAL, self.official.as_ref(), "input.official");
        named.check(db).await?;
        row.assignee_code = self.official.as_ref().map(|code| code.0.clone());
        row.assigned_by = Some(by.to_owned());
        row.assigned_at = Some(now);
        Ok(())
    }
}

/// Declares verbs on alerts: open, permit, lock, apply, save.
macro_rules! verbs {
    ($($input:ident = $verb:literal),+ $(,)?) => {$(
        impl Handles for $input {
            fn target(&self) -> &AlertTarget {
                &self.target
            }

            fn target_mut(&mut self) -> &mut AlertTarget {
                &mut self.target
            }
        }

        impl Write for $input {
            const VERB: &'static str = $verb;
            const TABLE: &'static str = AlertHandling::TABLE;

            fn next_version(&self) -> i32 {
                self.target.expected_version.saturating_add(1)
            }

            fn idempotency_key(&self) -> Option<&str> {
                self.target.idempotency_key.as_deref()
            }

            fn row_id(&self, now: DateTime<Utc>) -> Result<Uuid, Problem> {
                let handling = self.target.found.as_ref().and_then(|found| found.handling.as_ref());
                Ok(handling.map_or_else(|| schema::new_id(now), |handling| handling.meta.id))
            }

            async fn write(&self, db: &mut PgConnection, id: Uuid, scope: &RequestScope) -> Result<Written, Problem> {
                let by = scope.principal.subject()?;
                let mut row = open(&self.target, db, id, scope).await?;
                self.apply(db, &mut row, by, scope.now).await?;
                if let Some(note) = optional_text(self.target.note.as_deref(), "input.note", LONG_TEXT_CHARS)? {
                    row.note = Some(note);
                }
                save(db, &row).await?;
                Ok(Written::Version)
            }
        }
    )+};
}

verbs! { AcknowledgeAlertInput = "acknowledgeAlert", AssignAlertInput = "assignAlert" }

/// Locks what was added to an alert, in the version that the caller read, as its next version.
async fn open(
    target: &AlertTarget,
    db: &mut PgConnection,
    id: Uuid,
    scope: &RequestScope,
) -> Result<AlertHandling, Problem> {
    let absent = || Problem::not_found(format!("there is no open alert {}", target.id.0)).at("input.id");
    let found = target.found.as_ref().ok_or_else(absent)?;
    permit(db, &scope.principal, &found.alert).await?;
    let by = scope.principal.subject()?;
    let stored: Option<AlertHandling> = record::lock(db, id).await?;
    let version = stored.as_ref().map_or(0, |row| row.meta.version);
    if version != target.expected_version {
        return Err(Problem::stale_version(target.expected_version, version).at("input.expectedVersion"));
    }
    Ok(stored.map_or_else(
        || AlertHandling {
            meta: Meta::first(id, OWN_SOURCE, found.alert.id(), by, scope.now),
            ..AlertHandling::default()
        },
        |mut row| {
            row.meta.advance(by, scope.now);
            row
        },
    ))
}

/// The operations center, and who acts for the organization or the position that must act.
async fn permit(db: &mut PgConnection, principal: &Principal, alert: &Alert) -> Result<(), Problem> {
    if principal.has(Role::Ioc) {
        return Ok(());
    }
    let acts = [Role::Department, Role::Lead, Role::Ward].into_iter().any(|role| principal.has(role));
    let holds = principal.position.is_some() && principal.position == alert.position;
    if acts && holds {
        return Ok(());
    }
    if let (true, Some(own), Some(acting)) = (acts, &principal.organization, &alert.organization)
        && answers_for(db, own, acting).await?
    {
        return Ok(());
    }
    let acting = alert.organization.as_deref().unwrap_or("nobody");
    Err(Problem::forbidden(format!(
        "this is for the operations center (role IOC), or for the organization that must act ({acting}) and those above it, with one of the roles DEPARTMENT, LEAD, WARD"
    )))
}
