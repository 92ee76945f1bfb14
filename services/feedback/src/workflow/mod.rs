//! The mutations of cases: for each its input, the required role and state, and the change.
//!
//! Every mutation of a stored case is a locked edit in one transaction (`service_kit::write`). A step of the state machine adds
//! an event to the case.

mod create;
mod handle;
mod intake;
mod sender;

use service_kit::Problem;
use service_kit::record::Meta;
use service_kit::store::child::{self, Child};

pub use create::{CreateFeedbackInput, SenderInput};
pub use handle::{
    AnswerQuestionInput, AskSenderInput, ResolveFeedbackInput, StartFeedbackInput, TransferFeedbackInput,
};
pub use intake::{
    AcceptFeedbackInput, AssignFeedbackInput, ChangeFeedbackLevelInput, MergeFeedbackInput, ModerateFeedbackInput,
    RejectFeedbackInput,
};
pub use sender::{CloseFeedbackInput, NoteFeedbackInput, RateFeedbackInput, ReopenFeedbackInput, Update};

use crate::model::{Actor, Feedback, FeedbackStatus, Step, Verb};
use crate::store::workflow::constraint;

/// Source of rows that are created on the platform.
const OWN_SOURCE: &str = "ioc";

service_kit::verbs! {
    Feedback:
    AcceptFeedbackInput = "acceptFeedback",
    RejectFeedbackInput = "rejectFeedback",
    MergeFeedbackInput = "mergeFeedback",
    AssignFeedbackInput = "assignFeedback",
    TransferFeedbackInput = "transferFeedback",
    StartFeedbackInput = "startFeedback",
    AskSenderInput = "askSender",
    AnswerQuestionInput = "answerQuestion",
    ResolveFeedbackInput = "resolveFeedback",
    CloseFeedbackInput = "closeFeedback",
    RateFeedbackInput = "rateFeedback",
    ChangeFeedbackLevelInput = "changeFeedbackLevel",
    ModerateFeedbackInput = "moderateFeedback",
    NoteFeedbackInput = "noteFeedback",
}

/// A case that is being changed.
type Edit<'a> = service_kit::write::Edit<'a, Feedback>;

/// Steps that several verbs share.
trait FeedbackEdit {
    /// Refuses a caller without the role.
    fn permit(&self, actor: Actor) -> Result<(), Problem>;

    /// Moves the case to the next state of the state machine. Record the returned step when the change is complete.
    fn advance(&mut self, verb: Verb) -> Result<Step, Problem>;

    /// A step that changes no state.
    fn remark(&self) -> Step;

    /// Adds a child.
    async fn add<C: Child>(&mut self, row: C) -> Result<(), Problem>;
}

impl FeedbackEdit for Edit<'_> {
    fn permit(&self, actor: Actor) -> Result<(), Problem> {
        actor.permit(self.principal, &self.row)
    }

    fn advance(&mut self, verb: Verb) -> Result<Step, Problem> {
        self.permit(verb.transition().actor)?;
        self.row.status = verb.target(self.row.status)?;
        Ok(Step { status: Some(self.row.status), ..self.remark() })
    }

    fn remark(&self) -> Step {
        Step { meta: own(self), feedback_id: self.row.meta.id, is_public: true, ..Step::default() }
    }

    async fn add<C: Child>(&mut self, row: C) -> Result<(), Problem> {
        Ok(child::add(self.db, &[row]).await?)
    }
}

/// Identity and times of a child that the platform makes.
fn own(edit: &Edit<'_>) -> Meta {
    let id = schema::new_id(edit.now);
    // Two steps of one version of the clock stay in their order.
    let at = edit.now.max(edit.row.meta.observed_at + chrono::TimeDelta::microseconds(1));
    Meta::first(id, OWN_SOURCE, id.to_string(), edit.by, at)
}

/// Refuses a case that has ended.
fn require_open(status: FeedbackStatus, doing: &str) -> Result<(), Problem> {
    if status.is_open() {
        return Ok(());
    }
    Err(Problem::conflict(format!("the case is {status}; {doing} needs a case that waits for an answer")))
}

/// Converts the violation of a constraint to a problem for the caller. It converts only those that a caller can cause.
fn refused(error: sqlx::Error) -> Problem {
    match constraint(&error) {
        Some("feedback_code_key") => Problem::validation("input.code", "the code is taken by another case"),
        Some("feedback_source_external_id_key") => {
            Problem::validation("input.externalId", "the platform already has a case with this external id")
        }
        Some("feedback_acyclic") => Problem::validation(
            "input.primary",
            "that case was merged into this one; accepted: a case whose chain of merges does not end here",
        ),
        Some("feedback_not_into_itself") => Problem::validation("input.primary", "a case is not merged into itself"),
        _ => error.into(),
    }
}
