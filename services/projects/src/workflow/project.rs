//! Mutations of projects.

use async_graphql::{ID, InputObject, MaybeUndefined};
use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use service_kit::input::{LONG_TEXT_CHARS, TITLE_CHARS, Target, distinct, optional_text, text};
use service_kit::record::{Meta, Record};
use service_kit::scalar::{Date, summable};
use service_kit::store::codes::{CodeKind, NamedCodes};
use service_kit::store::{child, record};
use service_kit::write::{Change, Edit, Write, Written};
use service_kit::{Principal, Problem, RequestScope, Role};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{DOCUMENT_CHARS, OWN_SOURCE, permit};
use crate::model::{Assessment, Project, ProjectKind, ProjectPhase, Rag};
use crate::store::workflow::constraint;

/// Refuses a caller who does not act for the owner and does not hold the accountable position.
fn permit_owner(principal: &Principal, project: &Project) -> Result<(), Problem> {
    principal.subject()?;
    let is = |held: Option<&String>, named: Option<&String>| named.is_some() && held == named;
    let own = is(principal.organization.as_ref(), project.owner_organization_code.as_ref())
        || is(principal.position.as_ref(), project.accountable_position_code.as_ref());
    if principal.roles.contains(&Role::Admin) || principal.has(Role::Issuer) || principal.has(Role::Lead) && own {
        return Ok(());
    }
    Err(Problem::forbidden(format!(
        "this is for the owner or an issuer: it needs the role LEAD and the organization {} or the accountable position {}, or the role ISSUER",
        project.owner_organization_code.as_deref().unwrap_or("(none yet)"),
        project.accountable_position_code.as_deref().unwrap_or("(none named)")
    )))
}

fn refused(error: sqlx::Error) -> Problem {
    match constraint(&error) {
        Some("project_code_key") => Problem::validation("input.code", "the code is taken by another project"),
        Some("project_source_external_id_key") => {
            Problem::validation("input.externalId", "the platform already has a project with this external id")
        }
        Some("project_owner_from_preparation") => {
            Problem::validation("input.organization", "a project has an owner from its preparation on; name it")
        }
        Some("project_forecast_reasoned") => {
            Problem::validation("input.reason", "a forecast that differs from the baseline needs its reason")
        }
        _ => error.into(),
    }
}

/// Text, codes and days of a project. An absent field is left alone; null empties a field that may be empty, a list too.
#[derive(InputObject)]
pub struct ProjectText {
    /// Kind of the catalogue item.
    kind: Option<ProjectKind>,
    /// Whether it is on the city's list of key projects.
    key_list: Option<bool>,
    /// Code of the owner.
    organization: MaybeUndefined<ID>,
    /// Code of the accountable position.
    accountable_position: MaybeUndefined<ID>,
    /// Codes of the areas that it concerns.
    areas: MaybeUndefined<Vec<ID>>,
    /// Codes of the programmes that it belongs to.
    programmes: MaybeUndefined<Vec<ID>>,
    /// Codes of the bottlenecks that it addresses.
    bottlenecks: MaybeUndefined<Vec<ID>>,
    /// Codes of the indicators that it serves.
    indicators: MaybeUndefined<Vec<ID>>,
    /// Day of the ground-breaking.
    groundbreaking_on: MaybeUndefined<Date>,
    /// Total investment in VND.
    total_investment: MaybeUndefined<Decimal>,
    /// Document of the special mechanism.
    special_mechanism: MaybeUndefined<String>,
    /// What it is for.
    objective: MaybeUndefined<String>,
    /// Document that is its legal basis.
    legal_basis: MaybeUndefined<String>,
}

impl ProjectText {
    async fn apply(&self, db: &mut PgConnection, project: &mut Project) -> Result<(), Problem> {
        for (field, change, path, max_chars) in [
            (&mut project.special_mechanism, &self.special_mechanism, "input.specialMechanism", DOCUMENT_CHARS),
            (&mut project.objective, &self.objective, "input.objective", LONG_TEXT_CHARS),
            (&mut project.legal_basis, &self.legal_basis, "input.legalBasis", 1000),
        ] {
            if let Some(value) = change.as_opt_ref() {
                *field = optional_text(value.map(String::as_str), path, max_chars)?;
            }
        }
        let mut named = NamedCodes::default();
        for (field, change, kind, path) in [
            (&mut project.owner_organization_code, &self.organization, CodeKind::ORGANIZATION, "input.organization"),
            (
                &mut project.accountable_position_code,
                &self.accountable_position,
                CodeKind::POSITION,
                "input.accountablePosition",
            ),
        ] {
            if let Some(value) = change.as_opt_ref() {
                named.add(kind, value, path);
                *field = value.map(|code| code.0.clone());
            }
        }
        for (field, change, kind, path) in [
            (&mut project.area_codes, &self.areas, CodeKind::AREA, "input.areas"),
            (&mut project.programme_codes, &self.programmes, CodeKind::PROGRAMME, "input.programmes"),
            (&mut project.bottleneck_codes, &self.bottlenecks, CodeKind::BOTTLENECK, "input.bottlenecks"),
            (&mut project.indicator_codes, &self.indicators, CodeKind::INDICATOR, "input.indicators"),
        ] {
            if let Some(codes) = change.as_opt_ref() {
                let codes = codes.map(Vec::as_slice).unwrap_or_default();
                named.add_all(kind, codes.iter().map(|code| code.as_str()), path);
                *field = distinct(codes.iter().map(|code| code.0.clone()).collect());
            }
        }
        named.check(db).await?;
        project.kind = self.kind.unwrap_or(project.kind);
        project.key_list = self.key_list.unwrap_or(project.key_list);
        if let Some(day) = self.groundbreaking_on.as_opt_ref() {
            project.groundbreaking_on = day.map(|day| day.of_work("input.groundbreakingOn")).transpose()?;
        }
        if let Some(amount) = self.total_investment.as_opt_ref() {
            if amount.is_some_and(Decimal::is_sign_negative) {
                return Err(Problem::validation(
                    "input.totalInvestment",
                    "an investment is not negative; accepted: 0 or more",
                ));
            }
            project.total_investment = amount.map(|amount| summable(*amount, "input.totalInvestment")).transpose()?;
        }
        Ok(())
    }
}

/// New project in the phase IDENTIFICATION.
#[derive(InputObject)]
pub struct CreateProjectInput {
    /// Code of the project, as people use it.
    code: ID,
    /// Name of the project.
    name: String,
    /// Id of the project in another system, if any.
    external_id: Option<String>,
    /// Baseline end.
    baseline_end: Option<Date>,
    /// Idempotency key that the caller chooses, at most 200 characters. Repeating the request with the same key creates no
    /// second project.
    idempotency_key: Option<String>,
    #[graphql(flatten)]
    text: ProjectText,
}

impl Write for CreateProjectInput {
    const VERB: &'static str = "createProject";
    const TABLE: &'static str = Project::TABLE;

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
        permit(&scope.principal, &[Role::Issuer])?;
        let by = scope.principal.subject()?;
        let external_id = optional_text(self.external_id.as_deref(), "input.externalId", 200)?;
        let code = schema::check_code(&self.code)
            .map_err(|fault| Problem::validation("input.code", format!("project code {fault}")))?;
        let baseline_end = self.baseline_end.as_ref().map(|day| day.of_work("input.baselineEnd")).transpose()?;
        let mut project = Project {
            meta: Meta::first(id, OWN_SOURCE, external_id.unwrap_or_else(|| id.to_string()), by, scope.now),
            code,
            name: text(&self.name, "input.name", TITLE_CHARS)?,
            baseline_end,
            forecast_end: baseline_end,
            ..Project::default()
        };
        self.text.apply(db, &mut project).await?;
        record::insert(db, std::slice::from_ref(&project)).await.map_err(refused)?;
        Ok(Written::Version)
    }
}

/// Change of the text of a project that has not ended.
#[derive(InputObject)]
pub struct UpdateProjectInput {
    #[graphql(flatten)]
    pub(super) target: Target,
    /// Name of the project.
    name: Option<String>,
    #[graphql(flatten)]
    text: ProjectText,
}

impl Change for UpdateProjectInput {
    const REWRITES: bool = true;

    async fn apply(&self, edit: &mut Edit<'_, Project>) -> Result<(), Problem> {
        permit(edit.principal, &[Role::Issuer])?;
        require_open(&edit.row)?;
        if let Some(name) = &self.name {
            edit.row.name = text(name, "input.name", TITLE_CHARS)?;
        }
        self.text.apply(edit.db, &mut edit.row).await
    }

    fn refused(error: sqlx::Error) -> Problem {
        refused(error)
    }
}

fn require_open(project: &Project) -> Result<(), Problem> {
    if project.phase.is_final() {
        return Err(Problem::conflict(format!("the project is {}; it changes no more", project.phase)));
    }
    Ok(())
}

/// Step to the next phase: IDENTIFICATION → PREPARATION → IMPLEMENTATION → COMPLETION → COMPLETED.
#[derive(InputObject)]
pub struct AdvancePhaseInput {
    #[graphql(flatten)]
    pub(super) target: Target,
    /// Document of the step.
    document: Option<String>,
    /// Remark.
    note: Option<String>,
}

impl Change for AdvancePhaseInput {
    async fn apply(&self, edit: &mut Edit<'_, Project>) -> Result<(), Problem> {
        permit_owner(edit.principal, &edit.row)?;
        let document = optional_text(self.document.as_deref(), "input.document", DOCUMENT_CHARS)?;
        let note = optional_text(self.note.as_deref(), "input.note", LONG_TEXT_CHARS)?;
        let project = &mut edit.row;
        let Some(next) = project.phase.next() else {
            return Err(Problem::conflict(format!("the project is {}; no phase follows", project.phase)));
        };
        if project.suspended {
            return Err(Problem::conflict("the project is suspended; resume it first (resumeProject)"));
        }
        project.phase = next;
        (project.phase_document, project.phase_reason) = (document, note);
        if next == ProjectPhase::Completed {
            project.ended_on = Some(edit.today);
            project.forecast_end = Some(edit.today);
            project.forecast_reason.get_or_insert_with(|| "completed".to_owned());
        }
        Ok(())
    }

    fn refused(error: sqlx::Error) -> Problem {
        refused(error)
    }
}

/// Cancellation by a document, from any phase that is not final.
#[derive(InputObject)]
pub struct CancelProjectInput {
    #[graphql(flatten)]
    pub(super) target: Target,
    /// Document of the cancellation.
    document: String,
    /// Reason of the cancellation.
    reason: String,
}

impl Change for CancelProjectInput {
    async fn apply(&self, edit: &mut Edit<'_, Project>) -> Result<(), Problem> {
        permit(edit.principal, &[Role::Issuer])?;
        let document = text(&self.document, "input.document", DOCUMENT_CHARS)?;
        let reason = text(&self.reason, "input.reason", LONG_TEXT_CHARS)?;
        require_open(&edit.row)?;
        let project = &mut edit.row;
        (project.phase, project.suspended, project.ended_on) = (ProjectPhase::Cancelled, false, Some(edit.today));
        (project.phase_document, project.phase_reason) = (Some(document), Some(reason));
        Ok(())
    }
}

/// Declares the verbs that suspend a project and resume it.
macro_rules! suspension {
    ($($(#[$attribute:meta])* $input:ident: $to:literal, $refusal:literal;)+) => {$(
        $(#[$attribute])*
        #[derive(InputObject)]
        pub struct $input {
            #[graphql(flatten)]
            pub(super) target: Target,
            /// Reason.
            reason: String,
            /// Document.
            document: Option<String>,
        }

        impl Change for $input {
            async fn apply(&self, edit: &mut Edit<'_, Project>) -> Result<(), Problem> {
                permit(edit.principal, &[Role::Issuer])?;
                let reason = text(&self.reason, "input.reason", LONG_TEXT_CHARS)?;
                let document = optional_text(self.document.as_deref(), "input.document", DOCUMENT_CHARS)?;
                require_open(&edit.row)?;
                let project = &mut edit.row;
                if project.suspended == $to {
                    return Err(Problem::conflict($refusal));
                }
                project.suspended = $to;
                (project.phase_document, project.phase_reason) = (document, Some(reason));
                Ok(())
            }
        }
    )+};
}

suspension! {
    /// Suspension of a project. Its phase stays.
    SuspendProjectInput: true, "the project is suspended already";
    /// End of a suspension.
    ResumeProjectInput: false, "the project is not suspended";
}

/// New forecast of the end. The history keeps each forecast with its reason.
#[derive(InputObject)]
pub struct ReviseForecastInput {
    #[graphql(flatten)]
    pub(super) target: Target,
    /// Day on which the project is expected to end.
    forecast_end: Date,
    /// Reason of the change.
    reason: String,
}

impl Change for ReviseForecastInput {
    async fn apply(&self, edit: &mut Edit<'_, Project>) -> Result<(), Problem> {
        permit_owner(edit.principal, &edit.row)?;
        let forecast = self.forecast_end.of_work("input.forecastEnd")?;
        let reason = text(&self.reason, "input.reason", LONG_TEXT_CHARS)?;
        require_open(&edit.row)?;
        if edit.row.forecast_end == Some(forecast) {
            return Err(Problem::validation(
                "input.forecastEnd",
                format!("the forecast is {forecast} already; name another day"),
            ));
        }
        // The first forecast is the baseline.
        edit.row.baseline_end.get_or_insert(forecast);
        edit.row.forecast_end = Some(forecast);
        edit.row.forecast_reason = Some(reason);
        Ok(())
    }
}

/// Judgement of a reviewer, who is not of the owner.
#[derive(InputObject)]
pub struct AssessProjectInput {
    #[graphql(flatten)]
    pub(super) target: Target,
    /// Judgement.
    rag: Rag,
    /// Grounds of the judgement.
    note: String,
}

impl Change for AssessProjectInput {
    async fn apply(&self, edit: &mut Edit<'_, Project>) -> Result<(), Problem> {
        permit(edit.principal, &[Role::Inspector])?;
        let note = text(&self.note, "input.note", LONG_TEXT_CHARS)?;
        if edit.principal.organization.is_some() && edit.principal.organization == edit.row.owner_organization_code {
            return Err(Problem::forbidden("a project is judged by a reviewer of another organization than its owner"));
        }
        let id = schema::new_id(edit.now);
        let row = Assessment {
            id,
            source: OWN_SOURCE.to_owned(),
            external_id: id.to_string(),
            project_code: edit.row.code.clone(),
            assessed_on: edit.today,
            rag: self.rag,
            note,
            recorded_by: edit.by.to_owned(),
            observed_at: edit.now,
        };
        Ok(child::add(edit.db, &[row]).await?)
    }
}
