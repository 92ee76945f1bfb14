//! Mutations of cases. A mutation of a stored case takes the version that the caller read. It returns the case as it is now, or an
//! error with one of these codes in `extensions.code`: `VALIDATION` (with the field in `extensions.path`), `UNAUTHENTICATED`,
//! `FORBIDDEN`, `NOT_FOUND`, `STALE_VERSION`, `CONFLICT`.

use std::slice;

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use service_kit::store::facts::read_current;
use service_kit::store::list;
use service_kit::write::{Write, write};
use service_kit::{Problem, ScopeContext};
use uuid::Uuid;

use super::id;
use crate::model::{FEEDBACK, FeedbackFacts};
use crate::store::FACTS;
use crate::workflow;

/// Result of a mutation of a case.
#[derive(SimpleObject)]
pub struct FeedbackPayload {
    /// Case after the mutation.
    feedback: FeedbackFacts,
}

/// Result of the intake of a case.
#[derive(SimpleObject)]
pub struct CreateFeedbackPayload {
    /// Platform id of the case.
    id: ID,
    /// Case; null when the caller takes in what it may not read.
    feedback: Option<FeedbackFacts>,
}

/// The case as it is after a write.
async fn read(ctx: &Context<'_>, id: Uuid) -> Result<Option<FeedbackFacts>, Problem> {
    // The transaction of an earlier field would not see the write.
    ctx.reader().end().await;
    let reader = ctx.reader().rows(&FEEDBACK);
    let read = || list::by_ids::<FeedbackFacts>(&reader, slice::from_ref(&id), ctx.scope().today());
    Ok(read_current(ctx.database().pool(), FACTS, read).await?.into_iter().next())
}

async fn run<W: Write>(ctx: &Context<'_>, input: W) -> Result<FeedbackPayload> {
    let id = write(ctx.database(), ctx.scope(), &input).await?;
    let feedback = read(ctx, id).await?.ok_or_else(|| Problem::not_found(format!("there is no case {id}")))?;
    Ok(FeedbackPayload { feedback })
}

#[derive(Default)]
pub struct FeedbackMutation;

/// Declares the mutations: description, name and input of each.
macro_rules! mutations {
    ($($(#[$attribute:meta])* $name:ident($input:ident);)+) => {
        #[Object]
        impl FeedbackMutation {
            $(
                $(#[$attribute])*
                async fn $name(&self, ctx: &Context<'_>, input: workflow::$input) -> Result<FeedbackPayload> {
                    run(ctx, input).await
                }
            )+

            /// Intake of a new case.
            async fn create_feedback(&self, ctx: &Context<'_>, input: workflow::CreateFeedbackInput) -> Result<CreateFeedbackPayload> {
                let made = write(ctx.database(), ctx.scope(), &input).await?;
                Ok(CreateFeedbackPayload { id: id(made), feedback: read(ctx, made).await? })
            }
        }
    };
}

mutations! {
    /// Acceptance of a case by the intake.
    accept_feedback(AcceptFeedbackInput);
    /// Refusal of a case by the intake, with a reason.
    reject_feedback(RejectFeedbackInput);
    /// Merger of a case into another by the intake. Chains are allowed, loops are not.
    merge_feedback(MergeFeedbackInput);
    /// Assignment of a case to an organization by the intake.
    assign_feedback(AssignFeedbackInput);
    /// Passing on of a case by its organization. The deadline stays.
    transfer_feedback(TransferFeedbackInput);
    /// Start of the work by the organization.
    start_feedback(StartFeedbackInput);
    /// Question to the sender; the clock stands still until the answer.
    ask_sender(AskSenderInput);
    /// Answer of the sender; the clock runs again.
    answer_question(AnswerQuestionInput);
    /// Answer to the sender by the organization, with evidence.
    resolve_feedback(ResolveFeedbackInput);
    /// Agreement of the sender, as the intake records it. Without it a case counts as closed after the days of the rule.
    close_feedback(CloseFeedbackInput);
    /// Reopening of an answered case, by its sender or an inspector. A new term begins; a broken deadline stays broken. The
    /// reopening of a merged case is one of the case that it was merged into.
    reopen_feedback(ReopenFeedbackInput);
    /// Rating of the answer by the sender, as the intake records it.
    rate_feedback(RateFeedbackInput);
    /// Change of the level of an open case by the intake. The deadline is computed anew.
    change_feedback_level(ChangeFeedbackLevelInput);
    /// Change of what is shown of a case by the intake. The original text is kept.
    moderate_feedback(ModerateFeedbackInput);
    /// Note to a case.
    note_feedback(NoteFeedbackInput);
}
