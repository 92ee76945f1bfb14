//! What is reported and asked between two moves.

use async_graphql::{Context, ID, InputObject, Object, Result};
use service_kit::scalar::Date;

use super::{TaskPayload, payload, setting, target};
use crate::model::{BlockerKind, BlockerLevel, SelfDeclaredRisk};
use crate::workflow::{self, NewBlocker, NewEvidence, Report, parse_id};

/// An obstacle.
#[derive(InputObject)]
pub struct BlockerInput {
    /// What kind it is.
    kind: BlockerKind,
    /// The level that can lift it.
    needs_level: BlockerLevel,
    /// What it is.
    description: String,
}

impl From<BlockerInput> for NewBlocker {
    fn from(input: BlockerInput) -> Self {
        Self {
            kind: input.kind,
            needs_level: input.needs_level,
            description: input.description,
        }
    }
}

/// A piece of evidence.
#[derive(InputObject)]
pub struct EvidenceInput {
    /// What it is.
    title: String,
    /// Where it is.
    uri: String,
}

impl From<EvidenceInput> for NewEvidence {
    fn from(input: EvidenceInput) -> Self {
        Self {
            title: input.title,
            uri: input.uri,
        }
    }
}

/// A report of the lead.
#[derive(InputObject)]
pub struct ReportProgressInput {
    /// The task.
    task: ID,
    /// The version that the caller saw.
    expected_version: i32,
    /// Percent, 0 to 100.
    progress: i32,
    /// The risk that the lead sees; unchanged when absent.
    self_declared_risk: Option<SelfDeclaredRisk>,
    /// What there is to say.
    note: Option<String>,
}

/// An intermediate goal.
#[derive(InputObject)]
pub struct AddMilestoneInput {
    /// The task.
    task: ID,
    /// The version that the caller saw.
    expected_version: i32,
    /// What is reached.
    title: String,
    /// By when.
    due_on: Date,
}

/// An intermediate goal that was reached.
#[derive(InputObject)]
pub struct CompleteMilestoneInput {
    /// The task.
    task: ID,
    /// The version that the caller saw.
    expected_version: i32,
    /// The milestone.
    milestone: ID,
    /// When; today unless said otherwise.
    completed_on: Option<Date>,
}

/// A piece of evidence for a task.
#[derive(InputObject)]
pub struct AddEvidenceInput {
    /// The task.
    task: ID,
    /// The version that the caller saw.
    expected_version: i32,
    /// What it is.
    title: String,
    /// Where it is.
    uri: String,
}

/// An obstacle that does not stop the work.
#[derive(InputObject)]
pub struct OpenBlockerInput {
    /// The task.
    task: ID,
    /// The version that the caller saw.
    expected_version: i32,
    /// What kind it is.
    kind: BlockerKind,
    /// The level that can lift it.
    needs_level: BlockerLevel,
    /// What it is.
    description: String,
}

/// An obstacle that is gone.
#[derive(InputObject)]
pub struct ResolveBlockerInput {
    /// The task.
    task: ID,
    /// The version that the caller saw.
    expected_version: i32,
    /// The blocker.
    blocker: ID,
    /// How it was lifted.
    resolution: String,
}

/// A wish for more time.
#[derive(InputObject)]
pub struct RequestExtensionInput {
    /// The task.
    task: ID,
    /// The version that the caller saw.
    expected_version: i32,
    /// Until when.
    due_on: Date,
    /// Why.
    reason: String,
}

/// A decision on more time.
#[derive(InputObject)]
pub struct DecideExtensionInput {
    /// The task.
    task: ID,
    /// The version that the caller saw.
    expected_version: i32,
    /// The request.
    request: ID,
    /// Whether it is granted.
    approve: bool,
    /// With which words.
    decision: Option<String>,
}

#[derive(Default)]
pub struct ReportingMutation;

#[Object]
impl ReportingMutation {
    /// The lead reports progress on an open task. Progress 100 is not completion.
    async fn report_progress(&self, ctx: &Context<'_>, input: ReportProgressInput) -> Result<TaskPayload> {
        let target = target(&input.task, input.expected_version)?;
        let report = Report {
            progress: input.progress,
            risk: input.self_declared_risk,
            note: input.note,
        };
        workflow::report_progress(setting(ctx), target, report).await?;
        payload(ctx, target.id).await
    }

    /// The lead sets an intermediate goal.
    async fn add_milestone(&self, ctx: &Context<'_>, input: AddMilestoneInput) -> Result<TaskPayload> {
        let target = target(&input.task, input.expected_version)?;
        let due_on = input.due_on.checked("input.dueOn")?;
        workflow::add_milestone(setting(ctx), target, &input.title, due_on).await?;
        payload(ctx, target.id).await
    }

    /// The lead reaches an intermediate goal.
    async fn complete_milestone(&self, ctx: &Context<'_>, input: CompleteMilestoneInput) -> Result<TaskPayload> {
        let target = target(&input.task, input.expected_version)?;
        let milestone = parse_id(&input.milestone, "input.milestone")?;
        let on = input
            .completed_on
            .as_ref()
            .map(|date| date.checked("input.completedOn"))
            .transpose()?;
        workflow::complete_milestone(setting(ctx), target, milestone, on).await?;
        payload(ctx, target.id).await
    }

    /// The lead adds a piece of evidence.
    async fn add_evidence(&self, ctx: &Context<'_>, input: AddEvidenceInput) -> Result<TaskPayload> {
        let target = target(&input.task, input.expected_version)?;
        let evidence = NewEvidence {
            title: input.title,
            uri: input.uri,
        };
        workflow::add_evidence(setting(ctx), target, evidence).await?;
        payload(ctx, target.id).await
    }

    /// The lead notes an obstacle; the work goes on, at risk.
    async fn open_blocker(&self, ctx: &Context<'_>, input: OpenBlockerInput) -> Result<TaskPayload> {
        let target = target(&input.task, input.expected_version)?;
        let blocker = NewBlocker {
            kind: input.kind,
            needs_level: input.needs_level,
            description: input.description,
        };
        workflow::open_blocker(setting(ctx), target, blocker).await?;
        payload(ctx, target.id).await
    }

    /// The lead notes that an obstacle is gone.
    async fn resolve_blocker(&self, ctx: &Context<'_>, input: ResolveBlockerInput) -> Result<TaskPayload> {
        let target = target(&input.task, input.expected_version)?;
        let blocker = parse_id(&input.blocker, "input.blocker")?;
        workflow::resolve_blocker(setting(ctx), target, blocker, &input.resolution).await?;
        payload(ctx, target.id).await
    }

    /// The lead asks for more time. One request waits at a time.
    async fn request_extension(&self, ctx: &Context<'_>, input: RequestExtensionInput) -> Result<TaskPayload> {
        let target = target(&input.task, input.expected_version)?;
        let due_on = input.due_on.checked("input.dueOn")?;
        workflow::request_extension(setting(ctx), target, due_on, &input.reason).await?;
        payload(ctx, target.id).await
    }

    /// The approver decides on more time; never who asked for it.
    async fn decide_extension(&self, ctx: &Context<'_>, input: DecideExtensionInput) -> Result<TaskPayload> {
        let target = target(&input.task, input.expected_version)?;
        let request = parse_id(&input.request, "input.request")?;
        workflow::decide_extension(setting(ctx), target, request, input.approve, input.decision).await?;
        payload(ctx, target.id).await
    }
}
