//! Mutations of observations.

use async_graphql::{ID, InputObject, MaybeUndefined};
use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use service_kit::input::{LONG_TEXT_CHARS, Target, distinct, optional_text, text};
use service_kit::record::{Meta, Record};
use service_kit::scalar::summable;
use service_kit::store::codes::{CodeKind, NamedCodes};
use service_kit::write::{Change, Edit, Write, Written};
use service_kit::{Principal, Problem, RequestScope, Role};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{DOCUMENT_CHARS, OWN_SOURCE, RECORDED, permit, refused};
use crate::model::{Actor, Observation, ObservationFlag, ObservationStatus, Verb};
use crate::store::filter::written;
use crate::store::workflow::{Revisions, add_observation, owner, revisions};

/// Refuses a caller who is not the owner of the indicator and not of the scope, or who is not the statistics office.
async fn permit_verb(
    db: &mut PgConnection,
    principal: &Principal,
    actor: Actor,
    row: &Observation,
) -> Result<(), Problem> {
    let by = principal.subject()?;
    match actor {
        Actor::Owner if principal.roles.contains(&Role::Admin) => Ok(()),
        Actor::Owner => permit_owner(db, principal, row).await,
        // An administrator has the role too, and judges its own as little as any other approver.
        Actor::Statistics => {
            permit(principal, &[Role::Approver])?;
            if row.submitted_by.as_deref() == Some(by) {
                return Err(Problem::forbidden(
                    "who submitted an observation does not judge it; another approver must",
                ));
            }
            Ok(())
        }
    }
}

async fn permit_owner(db: &mut PgConnection, principal: &Principal, row: &Observation) -> Result<(), Problem> {
    let is = |held: Option<&String>, named: Option<&String>| named.is_some() && held == named;
    let found = owner(db, &row.indicator_code).await?;
    let owns = found.as_ref().is_some_and(|owner| {
        is(principal.organization.as_ref(), owner.organization.as_ref())
            || is(principal.position.as_ref(), owner.position.as_ref())
    });
    let lead =
        principal.has(Role::Lead) && (owns || is(principal.organization.as_ref(), row.organization_code.as_ref()));
    let ward = principal.has(Role::Ward) && row.area_code.as_ref().is_some_and(|area| principal.areas.contains(area));
    if lead || ward {
        return Ok(());
    }
    Err(Problem::forbidden(format!(
        "this is for the owner of the indicator ({}), with the role LEAD, or for the scope itself: LEAD of the organization or WARD of the area",
        found.and_then(|owner| owner.organization).as_deref().unwrap_or("none is named")
    )))
}

/// Value of an observation, and what is said about it.
#[derive(InputObject)]
pub struct ObservedValue {
    /// Value. Of a rate, numerator and denominator are better: only these add up. Beside them it is the value that they give, or
    /// absent. Of a `BINARY` indicator 1 or 0.
    value: MaybeUndefined<Decimal>,
    /// Numerator of a rate; of a growth the level.
    numerator: MaybeUndefined<Decimal>,
    /// Denominator of a rate; of a growth the level of the same period a year before.
    denominator: MaybeUndefined<Decimal>,
    /// What is said about the value (default: NORMAL).
    flags: Option<Vec<ObservationFlag>>,
    /// Remark.
    note: MaybeUndefined<String>,
    /// Document.
    document: MaybeUndefined<String>,
}

impl ObservedValue {
    fn apply(&self, row: &mut Observation) -> Result<(), Problem> {
        for (field, change, path) in [
            (&mut row.value, &self.value, "input.value"),
            (&mut row.numerator, &self.numerator, "input.numerator"),
            (&mut row.denominator, &self.denominator, "input.denominator"),
        ] {
            if let Some(value) = change.as_opt_ref() {
                *field = value.map(|value| summable(*value, path)).transpose()?;
            }
        }
        if let Some(flags) = &self.flags {
            row.flags = distinct(flags.clone());
            if row.flags.is_empty() {
                return Err(Problem::validation(
                    "input.flags",
                    "the list is empty; accepted: NORMAL, or what is said about the value",
                ));
            }
        }
        for (field, change, path, max_chars) in [
            (&mut row.note, &self.note, "input.note", LONG_TEXT_CHARS),
            (&mut row.document, &self.document, "input.document", DOCUMENT_CHARS),
        ] {
            if let Some(value) = change.as_opt_ref() {
                *field = optional_text(value.map(String::as_str), path, max_chars)?;
            }
        }
        Ok(())
    }
}

/// New observation as a draft. After a withdrawal it is the next revision of the period.
#[derive(InputObject)]
pub struct RecordObservationInput {
    /// Code of the indicator.
    indicator: ID,
    /// Code of the area that it is about; the city's for the city.
    area: Option<ID>,
    /// Code of the organization that it is about.
    organization: Option<ID>,
    /// Period: a year (`2026`), a quarter (`2026-Q1`) or a month (`2026-03`), as the indicator is observed. It has begun.
    period: String,
    /// Id of the observation in another system, if any.
    external_id: Option<String>,
    /// Idempotency key that the caller chooses, at most 200 characters. Repeating the request with the same key creates no second
    /// observation.
    idempotency_key: Option<String>,
    #[graphql(flatten)]
    observed: ObservedValue,
}

impl Write for RecordObservationInput {
    const VERB: &'static str = "recordObservation";
    const TABLE: &'static str = Observation::TABLE;

    fn next_version(&self) -> i32 {
        1
    }

    fn idempotency_key(&self) -> Option<&str> {
        self.idempotency_key.as_deref()
    }

    fn row_id(&self, now: DateTime<Utc>) -> Result<Uuid, Problem> {
        Ok(schema::new_id(now))
    }

    async fn write(&self, db: &mut PgConnection, id: Uuid, scope: &RequestScope) -> Result<Written, Problem> {
        let by = scope.principal.subject()?;
        if self.area.is_some() == self.organization.is_some() {
            return Err(Problem::validation(
                "input.area",
                "name one scope: an area (the city's code for the city) or an organization",
            ));
        }
        let mut named = NamedCodes::default();
        named.add(CodeKind::INDICATOR, Some(&self.indicator), "input.indicator");
        named.add(CodeKind::AREA, self.area.as_ref(), "input.area");
        named.add(CodeKind::ORGANIZATION, self.organization.as_ref(), "input.organization");
        named.check(&mut *db).await?;
        let external_id = optional_text(self.external_id.as_deref(), "input.externalId", 200)?;
        let mut row = Observation {
            meta: Meta::first(id, OWN_SOURCE, external_id.unwrap_or_else(|| id.to_string()), by, scope.now),
            indicator_code: self.indicator.0.clone(),
            area_code: self.area.as_ref().map(|code| code.0.clone()),
            organization_code: self.organization.as_ref().map(|code| code.0.clone()),
            period: written(&self.period, "input.period")?.to_string(),
            revision: 1,
            value: None,
            numerator: None,
            denominator: None,
            flags: vec![ObservationFlag::Normal],
            status: ObservationStatus::Draft,
            reason: None,
            return_reason: None,
            withdrawal_reason: None,
            note: None,
            document: None,
            submitted_by: None,
            verified_by: None,
            shown: None,
        };
        permit_verb(db, &scope.principal, Actor::Owner, &row).await?;
        let Revisions { last, standing } = revisions(db, &row).await?;
        if standing.is_some() {
            return Err(Problem::validation("input.period", RECORDED));
        }
        row.revision = last + 1;
        self.observed.apply(&mut row)?;
        add_observation(db, &row).await.map_err(refused)?;
        Ok(Written::Version)
    }
}

/// Change of a draft. An absent field is left alone.
#[derive(InputObject)]
pub struct UpdateObservationInput {
    #[graphql(flatten)]
    pub(super) target: Target,
    #[graphql(flatten)]
    observed: ObservedValue,
}

impl Change for UpdateObservationInput {
    const REWRITES: bool = true;

    async fn apply(&self, edit: &mut Edit<'_, Observation>) -> Result<(), Problem> {
        permit_verb(edit.db, edit.principal, Actor::Owner, &edit.row).await?;
        Verb::Update.checked(edit.row.status)?;
        self.observed.apply(&mut edit.row)
    }

    fn refused(error: sqlx::Error) -> Problem {
        refused(error)
    }
}

async fn advance(edit: &mut Edit<'_, Observation>, verb: Verb) -> Result<(), Problem> {
    let transition = verb.checked(edit.row.status);
    // Who may not use the verb does not learn the state from it.
    let actor = if matches!(verb, Verb::Update | Verb::Submit) { Actor::Owner } else { Actor::Statistics };
    permit_verb(edit.db, edit.principal, actor, &edit.row).await?;
    edit.row.status = transition?.to;
    Ok(())
}

/// Declares verbs that change the state: description, input, verb, and what else they set from who acts.
macro_rules! steps {
    ($($(#[$attribute:meta])* $input:ident: $verb:ident, $set:expr;)+) => {$(
        $(#[$attribute])*
        #[derive(InputObject)]
        pub struct $input {
            #[graphql(flatten)]
            pub(super) target: Target,
        }

        impl Change for $input {
            async fn apply(&self, edit: &mut Edit<'_, Observation>) -> Result<(), Problem> {
                advance(edit, Verb::$verb).await?;
                let set: fn(&mut Observation, &str) = $set;
                set(&mut edit.row, edit.by);
                Ok(())
            }

            fn refused(error: sqlx::Error) -> Problem {
                refused(error)
            }
        }
    )+};
}

steps! {
    /// Submission of a draft to the statistics office.
    SubmitObservationInput: Submit, |row, by| row.submitted_by = Some(by.to_owned());
    /// Verification of a submitted observation.
    VerifyObservationInput: Verify, |row, by| row.verified_by = Some(by.to_owned());
    /// Publication of a verified observation.
    PublishObservationInput: Publish, |_, _| {};
}

/// Declares verbs that need a reason: description, input, verb, and the field that keeps the reason. Each has its own, so that the reason
/// of a correction outlasts its return and its withdrawal.
macro_rules! reasoned {
    ($($(#[$attribute:meta])* $input:ident: $verb:ident, $field:ident;)+) => {$(
        $(#[$attribute])*
        #[derive(InputObject)]
        pub struct $input {
            #[graphql(flatten)]
            pub(super) target: Target,
            /// Reason.
            reason: String,
        }

        impl Change for $input {
            async fn apply(&self, edit: &mut Edit<'_, Observation>) -> Result<(), Problem> {
                let reason = text(&self.reason, "input.reason", LONG_TEXT_CHARS)?;
                advance(edit, Verb::$verb).await?;
                edit.row.$field = Some(reason);
                Ok(())
            }

            fn refused(error: sqlx::Error) -> Problem {
                refused(error)
            }
        }
    )+};
}

reasoned! {
    /// Return of an observation to its owner.
    ReturnObservationInput: Return, return_reason;
    /// Withdrawal of an observation.
    WithdrawObservationInput: Withdraw, withdrawal_reason;
}

/// Correction of a published observation.
#[derive(InputObject)]
pub struct CorrectObservationInput {
    #[graphql(flatten)]
    target: Target,
    /// Why the published value is wrong or old.
    reason: String,
    #[graphql(flatten)]
    observed: ObservedValue,
}

impl Write for CorrectObservationInput {
    const VERB: &'static str = "correctObservation";
    const TABLE: &'static str = Observation::TABLE;

    fn next_version(&self) -> i32 {
        1
    }

    fn idempotency_key(&self) -> Option<&str> {
        self.target.idempotency_key.as_deref()
    }

    fn row_id(&self, now: DateTime<Utc>) -> Result<Uuid, Problem> {
        Ok(schema::new_id(now))
    }

    async fn write(&self, db: &mut PgConnection, id: Uuid, scope: &RequestScope) -> Result<Written, Problem> {
        let edit = Edit::<Observation>::open(db, self.target.uuid()?, self.target.expected_version, scope).await?;
        let Edit { db, row, by, .. } = edit;
        permit_verb(db, &scope.principal, Actor::Owner, &row).await?;
        if row.status != ObservationStatus::Published {
            return Err(Problem::conflict(format!(
                "the observation is {}; only a published one is corrected, others are changed",
                row.status
            )));
        }
        let Revisions { last, standing } = revisions(db, &row).await?;
        if let Some((revision, status)) = standing.filter(|(revision, _)| *revision != row.revision) {
            let verb = if status == ObservationStatus::Published { "correct" } else { "change" };
            return Err(Problem::conflict(format!(
                "revision {revision} of this observation is {status}; {verb} that one"
            )));
        }
        let stated = |row: &Observation| {
            (row.value, row.numerator, row.denominator, row.flags.clone(), row.note.clone(), row.document.clone())
        };
        let published = stated(&row);
        let mut correction = Observation {
            meta: Meta::first(id, OWN_SOURCE, id.to_string(), by, scope.now),
            revision: last + 1,
            status: ObservationStatus::Draft,
            reason: Some(text(&self.reason, "input.reason", LONG_TEXT_CHARS)?),
            return_reason: None,
            withdrawal_reason: None,
            submitted_by: None,
            verified_by: None,
            ..row
        };
        self.observed.apply(&mut correction)?;
        if stated(&correction) == published {
            let message = "this is what is published already; accepted: another value, other flags, note or document";
            return Err(Problem::validation("input.value", message));
        }
        add_observation(db, &correction).await.map_err(refused)?;
        Ok(Written::Version)
    }
}
