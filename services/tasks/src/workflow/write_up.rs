//! Creation of a task, and changes of its text. Status, lead and dates change by other mutations.

use async_graphql::{ID, InputObject, MaybeUndefined};
use chrono::{DateTime, Utc};
use service_kit::input::{LONG_TEXT_CHARS, TITLE_CHARS, Target, distinct, optional_text, text};
use service_kit::record::{Meta, Record};
use service_kit::scalar::Date;
use service_kit::store::codes::{CodeKind, NamedCodes};
use service_kit::store::{child, record};
use service_kit::write::{Change, Targeted, Write, Written};
use service_kit::{Problem, RequestScope};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Edit, Move, TaskEdit, logged, refused};
use crate::model::{Actor, Task, TaskKind, TaskPriority, TaskStatus};
use crate::store::conclusion;

/// Source of tasks that are created on the platform and not sent by another system.
pub(super) const OWN_SOURCE: &str = "ioc";

/// Text and codes of a task. An absent field is left alone. Null empties a field that may be empty, a list too; it leaves
/// kind, priority and cadence as they are.
#[derive(InputObject)]
pub struct TaskText {
    /// Action to be taken, as a verb.
    action: MaybeUndefined<String>,
    /// Kind of the task: task, scheme or directive.
    kind: Option<TaskKind>,
    /// Codes of the programmes that the task belongs to.
    programmes: MaybeUndefined<Vec<ID>>,
    /// Code of the task group.
    group: MaybeUndefined<ID>,
    /// Role of the lead organization.
    lead_role: MaybeUndefined<String>,
    /// Codes of the coordinating organizations.
    coordinating: MaybeUndefined<Vec<ID>>,
    /// Code of the accountable position.
    accountable_position: MaybeUndefined<ID>,
    /// Code of the position that accepts the work.
    approver_position: MaybeUndefined<ID>,
    /// Document that is the legal basis of the task.
    legal_basis: MaybeUndefined<String>,
    /// Product of the task.
    deliverable: MaybeUndefined<String>,
    /// Conditions under which the product is accepted.
    acceptance_criteria: MaybeUndefined<String>,
    /// Codes of the bottlenecks that the task addresses.
    bottlenecks: MaybeUndefined<Vec<ID>>,
    /// Codes of the projects that the task serves.
    projects: MaybeUndefined<Vec<ID>>,
    /// Codes of the indicators that the task serves.
    indicators: MaybeUndefined<Vec<ID>>,
    /// Codes of the areas that the task concerns.
    areas: MaybeUndefined<Vec<ID>>,
    /// Id of the conclusion of a briefing that the task came from.
    conclusion: MaybeUndefined<ID>,
    /// Urgency of the task.
    priority: Option<TaskPriority>,
    /// Interval between two reports of the lead, in days, 1 to 366.
    reporting_cadence_days: Option<i32>,
}

impl TaskText {
    async fn apply(&self, db: &mut PgConnection, task: &mut Task) -> Result<(), Problem> {
        for (field, change, path, max_chars) in [
            (&mut task.action, &self.action, "input.action", LONG_TEXT_CHARS),
            (&mut task.lead_role, &self.lead_role, "input.leadRole", 200),
            (&mut task.legal_basis, &self.legal_basis, "input.legalBasis", 1000),
            (&mut task.deliverable, &self.deliverable, "input.deliverable", 2000),
            (&mut task.acceptance_criteria, &self.acceptance_criteria, "input.acceptanceCriteria", LONG_TEXT_CHARS),
        ] {
            if let Some(value) = change.as_opt_ref() {
                *field = optional_text(value.map(String::as_str), path, max_chars)?;
            }
        }
        let mut named = NamedCodes::default();
        for (field, change, kind, path) in [
            (&mut task.group_code, &self.group, CodeKind::TASK_GROUP, "input.group"),
            (
                &mut task.accountable_position_code,
                &self.accountable_position,
                CodeKind::POSITION,
                "input.accountablePosition",
            ),
            (&mut task.approver_position_code, &self.approver_position, CodeKind::POSITION, "input.approverPosition"),
            (&mut task.conclusion_code, &self.conclusion, CodeKind::CONCLUSION, "input.conclusion"),
        ] {
            if let Some(value) = change.as_opt_ref() {
                named.add(kind, value, path);
                *field = value.map(|code| code.0.clone());
            }
        }
        for (field, change, kind, path) in [
            (&mut task.programme_codes, &self.programmes, CodeKind::PROGRAMME, "input.programmes"),
            (
                &mut task.coordinating_organization_codes,
                &self.coordinating,
                CodeKind::ORGANIZATION,
                "input.coordinating",
            ),
            (&mut task.bottleneck_codes, &self.bottlenecks, CodeKind::BOTTLENECK, "input.bottlenecks"),
            (&mut task.project_codes, &self.projects, CodeKind::PROJECT, "input.projects"),
            (&mut task.indicator_codes, &self.indicators, CodeKind::INDICATOR, "input.indicators"),
            (&mut task.area_codes, &self.areas, CodeKind::AREA, "input.areas"),
        ] {
            if let Some(codes) = change.as_opt_ref() {
                let codes = codes.map(Vec::as_slice).unwrap_or_default();
                named.add_all(kind, codes.iter().map(|code| code.as_str()), path);
                *field = distinct(codes.iter().map(|code| code.0.clone()).collect());
            }
        }
        named.check(db).await?;
        task.kind = self.kind.unwrap_or(task.kind);
        task.priority = self.priority.unwrap_or(task.priority);
        if let Some(days) = self.reporting_cadence_days {
            let accepted = i16::try_from(days).ok().filter(|days| (1..=366).contains(days));
            task.reporting_cadence_days = accepted.ok_or_else(|| {
                let message = format!("a cadence of {days} days; accepted: 1 to 366");
                Problem::validation("input.reportingCadenceDays", message)
            })?;
        }
        Ok(())
    }
}

/// New task in the state DRAFT.
#[derive(InputObject)]
pub struct CreateTaskInput {
    /// Code of the task, as people use it.
    code: ID,
    /// Title of the task.
    title: String,
    /// Id of the task in another system, if any.
    external_id: Option<String>,
    /// Code of the organization that issues the task.
    issuer_organization: Option<ID>,
    /// Code of the lead organization, if known; by default that of the conclusion.
    lead_organization: Option<ID>,
    /// First day of the work.
    start_on: Option<Date>,
    /// First due date, inclusive; by default that of the conclusion.
    due_on: Option<Date>,
    /// Idempotency key that the caller chooses, at most 200 characters. Repeating the request with the same key creates
    /// no second task.
    idempotency_key: Option<String>,
    #[graphql(flatten)]
    text: TaskText,
}

impl Write for CreateTaskInput {
    const VERB: &'static str = "createTask";
    const TABLE: &'static str = Task::TABLE;

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
        let date = |date: &Option<Date>, path: &str| date.as_ref().map(|date| date.of_work(path)).transpose();
        let external_id = optional_text(self.external_id.as_deref(), "input.externalId", 200)?;
        let code = schema::check_code(&self.code)
            .map_err(|fault| Problem::validation("input.code", format!("task code {fault}")))?;
        let title = text(&self.title, "input.title", TITLE_CHARS)?;
        let meta = Meta::first(id, OWN_SOURCE, external_id.unwrap_or_else(|| id.to_string()), by, scope.now);
        let mut task = Task::draft(meta, code, title);
        Actor::Issuer.permit(&scope.principal, &task)?;
        let mut named = NamedCodes::default();
        for (field, code, path) in [
            (&mut task.issuer_organization_code, &self.issuer_organization, "input.issuerOrganization"),
            (&mut task.lead_organization_code, &self.lead_organization, "input.leadOrganization"),
        ] {
            named.add(CodeKind::ORGANIZATION, code.as_ref(), path);
            *field = code.as_ref().map(|code| code.0.clone());
        }
        named.check(&mut *db).await?;
        task.start_on = date(&self.start_on, "input.startOn")?;
        task.baseline_due = date(&self.due_on, "input.dueOn")?;
        task.current_due = task.baseline_due;
        self.text.apply(db, &mut task).await?;
        if let Some(conclusion) = &task.conclusion_code {
            let decided = conclusion::by_id(db, conclusion).await?.unwrap_or_default();
            task.lead_organization_code = task.lead_organization_code.or(decided.lead);
            task.baseline_due = task.baseline_due.or(decided.due_on);
            task.current_due = task.baseline_due;
        }
        record::insert(db, std::slice::from_ref(&task)).await.map_err(refused)?;
        let created = Move { verb: <Self as Write>::VERB, from_status: None, from_lead: None };
        child::add(db, &[logged(created, &task, by, scope.now, None, None)]).await?;
        Ok(Written::Version)
    }
}

/// Change of the text of a task that is not closed.
#[derive(InputObject)]
pub struct UpdateTaskInput {
    #[graphql(flatten)]
    pub(super) target: Target,
    /// Title of the task.
    title: Option<String>,
    #[graphql(flatten)]
    text: TaskText,
}

impl Change for UpdateTaskInput {
    const REWRITES: bool = true;

    async fn apply(&self, edit: &mut Edit<'_>) -> Result<(), Problem> {
        edit.permit(Actor::Issuer)?;
        if edit.row.status.is_closed() {
            let message = format!("the task is {}; what it says changes no more", edit.row.status);
            return Err(Problem::conflict(message));
        }
        if let Some(title) = &self.title {
            edit.row.title = text(title, "input.title", TITLE_CHARS)?;
        }
        self.text.apply(edit.db, &mut edit.row).await
    }

    fn refused(error: sqlx::Error) -> Problem {
        refused(error)
    }
}

/// New first day of the work. After the start of the work it must not be in the future.
#[derive(InputObject)]
pub struct MoveStartInput {
    #[graphql(flatten)]
    pub(super) target: Target,
    /// First day of the work.
    start_on: Date,
    /// Reason for the change, stored in the task's transitions.
    reason: String,
}

impl Change for MoveStartInput {
    async fn apply(&self, edit: &mut Edit<'_>) -> Result<(), Problem> {
        let start_on = self.start_on.of_work("input.startOn")?;
        let reason = text(&self.reason, "input.reason", LONG_TEXT_CHARS)?;
        edit.permit(Actor::Issuer)?;
        let status = edit.row.status;
        if status != TaskStatus::Draft {
            edit.require_open(<Self as Targeted>::VERB)?;
        }
        let begun = matches!(status, TaskStatus::InProgress | TaskStatus::Blocked | TaskStatus::Submitted);
        if begun && start_on > edit.today {
            let message = format!("the work has begun; accepted: a day up to today, {}", edit.today);
            return Err(Problem::validation("input.startOn", message));
        }
        if edit.row.start_on == Some(start_on) {
            let message = format!("the start is {start_on} already; name another day");
            return Err(Problem::validation("input.startOn", message));
        }
        edit.row.start_on = Some(start_on);
        let made = Move::from(&edit.row, <Self as Targeted>::VERB);
        made.log(edit, Some(reason), None).await
    }

    fn refused(error: sqlx::Error) -> Problem {
        refused(error)
    }
}

/// Withdrawal of a draft. The task is hidden and in no measure; its code can be used again.
#[derive(InputObject)]
pub struct WithdrawTaskInput {
    #[graphql(flatten)]
    pub(super) target: Target,
}

impl Change for WithdrawTaskInput {
    async fn apply(&self, edit: &mut Edit<'_>) -> Result<(), Problem> {
        edit.permit(Actor::Issuer)?;
        if edit.row.status != TaskStatus::Draft {
            let message = format!("the task is {}; only a DRAFT is withdrawn, others are cancelled", edit.row.status);
            return Err(Problem::conflict(message));
        }
        edit.row.meta.deleted_at = Some(edit.now);
        Ok(())
    }
}
