//! Writing tasks and tying them together.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, Result};
use service_kit::Problem;
use service_kit::scalar::Date;
use service_kit::vocabulary::Bottleneck;

use super::{TaskPayload, payload, setting, target};
use crate::model::{RelationKind, TaskKind, TaskPriority};
use crate::workflow::{self, NewTask, Rewrite, parse_id};

/// A task to be written. It starts as a draft.
#[derive(InputObject)]
pub struct CreateTaskInput {
    /// The code under which people know it.
    code: ID,
    /// What it is called.
    title: String,
    /// The id in another system, if it has one.
    external_id: Option<String>,
    /// What is to be done.
    action: Option<String>,
    /// Task, scheme or directive.
    kind: Option<TaskKind>,
    /// The programmes that it belongs to.
    programmes: Option<Vec<ID>>,
    /// Its group.
    group: Option<ID>,
    /// Who gives it out.
    issuer_organization: Option<ID>,
    /// The lead, if it is known already.
    lead_organization: Option<ID>,
    /// What the lead's part is.
    lead_role: Option<String>,
    /// Who helps.
    coordinating: Option<Vec<ID>>,
    /// The position that answers for it.
    accountable_position: Option<ID>,
    /// The position that accepts it.
    approver_position: Option<ID>,
    /// By which document.
    legal_basis: Option<String>,
    /// What is handed in.
    deliverable: Option<String>,
    /// When it counts as good.
    acceptance_criteria: Option<String>,
    /// First day of the work.
    start_on: Option<Date>,
    /// The first due date, inclusive.
    due_on: Option<Date>,
    /// The bottlenecks that it works on.
    bottlenecks: Option<Vec<Bottleneck>>,
    /// The areas that it concerns.
    areas: Option<Vec<ID>>,
    /// How urgent it is.
    priority: Option<TaskPriority>,
    /// How often the lead reports, in days.
    reporting_cadence_days: Option<i32>,
}

/// A change to what a task says. An absent field is left alone; null empties one that may be empty.
#[derive(InputObject)]
pub struct UpdateTaskInput {
    /// The task.
    task: ID,
    /// The version that the caller saw.
    expected_version: i32,
    /// What it is called.
    title: Option<String>,
    /// What is to be done.
    action: MaybeUndefined<String>,
    /// Task, scheme or directive.
    kind: Option<TaskKind>,
    /// The programmes that it belongs to.
    programmes: Option<Vec<ID>>,
    /// Its group.
    group: MaybeUndefined<ID>,
    /// What the lead's part is.
    lead_role: MaybeUndefined<String>,
    /// Who helps.
    coordinating: Option<Vec<ID>>,
    /// The position that answers for it.
    accountable_position: MaybeUndefined<ID>,
    /// The position that accepts it.
    approver_position: MaybeUndefined<ID>,
    /// By which document.
    legal_basis: MaybeUndefined<String>,
    /// What is handed in.
    deliverable: MaybeUndefined<String>,
    /// When it counts as good.
    acceptance_criteria: MaybeUndefined<String>,
    /// First day of the work.
    start_on: Option<Date>,
    /// The bottlenecks that it works on.
    bottlenecks: Option<Vec<Bottleneck>>,
    /// The areas that it concerns.
    areas: Option<Vec<ID>>,
    /// How urgent it is.
    priority: Option<TaskPriority>,
    /// How often the lead reports, in days.
    reporting_cadence_days: Option<i32>,
}

/// A tie to another task; it reads `task KIND toTask`.
#[derive(InputObject)]
pub struct RelateTasksInput {
    /// The task.
    task: ID,
    /// The version that the caller saw.
    expected_version: i32,
    /// How.
    kind: RelationKind,
    /// The other task.
    to_task: ID,
}

/// A tie that ends.
#[derive(InputObject)]
pub struct UnrelateTasksInput {
    /// The task that the tie begins at.
    task: ID,
    /// The version that the caller saw.
    expected_version: i32,
    /// The tie.
    relation: ID,
}

fn code(id: ID) -> String {
    id.0
}

fn codes(ids: Option<Vec<ID>>) -> Option<Vec<String>> {
    ids.map(|ids| ids.into_iter().map(code).collect())
}

fn tags(tags: Option<Vec<Bottleneck>>) -> Option<Vec<schema::Bottleneck>> {
    tags.map(|tags| tags.into_iter().map(Into::into).collect())
}

fn day(date: Option<&Date>, path: &str) -> Result<Option<chrono::NaiveDate>, Problem> {
    date.map(|date| date.checked(path)).transpose()
}

/// Absent leaves, null empties, a value replaces.
fn change<T, U>(value: MaybeUndefined<T>, convert: impl Fn(T) -> U) -> workflow::Change<U> {
    match value {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(None),
        MaybeUndefined::Value(value) => Some(Some(convert(value))),
    }
}

impl CreateTaskInput {
    fn into_new(self) -> Result<NewTask, Problem> {
        Ok(NewTask {
            code: self.code.0,
            title: self.title,
            external_id: self.external_id,
            issuer_organization: self.issuer_organization.map(code),
            lead_organization: self.lead_organization.map(code),
            due_on: day(self.due_on.as_ref(), "input.dueOn")?,
            text: Rewrite {
                title: None,
                action: self.action.map(Some),
                kind: self.kind,
                programmes: codes(self.programmes),
                group: self.group.map(|id| Some(id.0)),
                lead_role: self.lead_role.map(Some),
                coordinating: codes(self.coordinating),
                accountable_position: self.accountable_position.map(|id| Some(id.0)),
                approver_position: self.approver_position.map(|id| Some(id.0)),
                legal_basis: self.legal_basis.map(Some),
                deliverable: self.deliverable.map(Some),
                acceptance_criteria: self.acceptance_criteria.map(Some),
                start_on: day(self.start_on.as_ref(), "input.startOn")?,
                bottlenecks: tags(self.bottlenecks),
                areas: codes(self.areas),
                priority: self.priority,
                reporting_cadence_days: self.reporting_cadence_days,
            },
        })
    }
}

impl UpdateTaskInput {
    fn into_rewrite(self) -> Result<Rewrite, Problem> {
        Ok(Rewrite {
            title: self.title,
            action: change(self.action, |text| text),
            kind: self.kind,
            programmes: codes(self.programmes),
            group: change(self.group, code),
            lead_role: change(self.lead_role, |text| text),
            coordinating: codes(self.coordinating),
            accountable_position: change(self.accountable_position, code),
            approver_position: change(self.approver_position, code),
            legal_basis: change(self.legal_basis, |text| text),
            deliverable: change(self.deliverable, |text| text),
            acceptance_criteria: change(self.acceptance_criteria, |text| text),
            start_on: day(self.start_on.as_ref(), "input.startOn")?,
            bottlenecks: tags(self.bottlenecks),
            areas: codes(self.areas),
            priority: self.priority,
            reporting_cadence_days: self.reporting_cadence_days,
        })
    }
}

#[derive(Default)]
pub struct WritingMutation;

#[Object]
impl WritingMutation {
    /// An issuer writes a draft. It is in no measure until it is assigned.
    async fn create_task(&self, ctx: &Context<'_>, input: CreateTaskInput) -> Result<TaskPayload> {
        let id = workflow::create(setting(ctx), input.into_new()?).await?;
        payload(ctx, id).await
    }

    /// An issuer changes what a task says: never its status, its lead or its due date.
    async fn update_task(&self, ctx: &Context<'_>, input: UpdateTaskInput) -> Result<TaskPayload> {
        let target = target(&input.task, input.expected_version)?;
        workflow::rewrite(setting(ctx), target, input.into_rewrite()?).await?;
        payload(ctx, target.id).await
    }

    /// An issuer ties a task to another. A tie that closes a cycle is refused.
    async fn relate_tasks(&self, ctx: &Context<'_>, input: RelateTasksInput) -> Result<TaskPayload> {
        let target = target(&input.task, input.expected_version)?;
        let other = parse_id(&input.to_task, "input.toTask")?;
        workflow::relate(setting(ctx), target, other, input.kind).await?;
        payload(ctx, target.id).await
    }

    /// An issuer ends a tie. It stays in the history.
    async fn unrelate_tasks(&self, ctx: &Context<'_>, input: UnrelateTasksInput) -> Result<TaskPayload> {
        let target = target(&input.task, input.expected_version)?;
        let relation = parse_id(&input.relation, "input.relation")?;
        workflow::unrelate(setting(ctx), target, relation).await?;
        payload(ctx, target.id).await
    }
}
