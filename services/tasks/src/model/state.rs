//! The state machine as a table: for each verb the states before, the state after and the required role.

use service_kit::Problem;

use super::actor::Actor;
use super::vocabulary::TaskStatus;

schema::string_enum! {
    /// Transition verb, by the name of its mutation.
    pub enum Verb {
        /// The issuer assigns a draft to a lead.
        Assign = "assignTask",
        /// The issuer assigns the task again: to another lead, or after the lead returned it.
        Reassign = "reassignTask",
        /// The lead returns the task, with a reason.
        Return = "returnTask",
        /// The lead starts the work.
        Start = "startTask",
        /// The lead stops the work because of a blocker.
        Block = "blockTask",
        /// The lead continues the work.
        Unblock = "unblockTask",
        /// The lead submits the work, with evidence.
        Submit = "submitTask",
        /// The approver accepts the submission.
        Accept = "acceptTask",
        /// The approver rejects the submission, with a reason.
        RejectSubmission = "rejectSubmission",
        /// The issuer cancels the task, with a document.
        Cancel = "cancelTask",
        /// The issuer replaces the task, with a document.
        Supersede = "supersedeTask",
        /// The inspector reopens a completed task.
        Reopen = "reopenTask",
    }
}

/// One row of the table.
pub type Transition = service_kit::state::Transition<Verb, TaskStatus, Actor>;

const OPEN: &[TaskStatus] =
    &[TaskStatus::Assigned, TaskStatus::Returned, TaskStatus::InProgress, TaskStatus::Blocked, TaskStatus::Submitted];

/// The whole state machine.
pub const TRANSITIONS: &[Transition] = &[
    row(Verb::Assign, &[TaskStatus::Draft], TaskStatus::Assigned, Actor::Issuer),
    row(
        Verb::Reassign,
        &[TaskStatus::Assigned, TaskStatus::Returned, TaskStatus::InProgress, TaskStatus::Blocked],
        TaskStatus::Assigned,
        Actor::Issuer,
    ),
    row(Verb::Return, &[TaskStatus::Assigned], TaskStatus::Returned, Actor::Lead),
    row(Verb::Start, &[TaskStatus::Assigned], TaskStatus::InProgress, Actor::Lead),
    row(Verb::Block, &[TaskStatus::InProgress], TaskStatus::Blocked, Actor::Lead),
    row(Verb::Unblock, &[TaskStatus::Blocked], TaskStatus::InProgress, Actor::Lead),
    row(Verb::Submit, &[TaskStatus::InProgress], TaskStatus::Submitted, Actor::Lead),
    row(Verb::Accept, &[TaskStatus::Submitted], TaskStatus::Completed, Actor::Approver),
    row(Verb::RejectSubmission, &[TaskStatus::Submitted], TaskStatus::InProgress, Actor::Approver),
    row(Verb::Cancel, OPEN, TaskStatus::Cancelled, Actor::Issuer),
    row(Verb::Supersede, OPEN, TaskStatus::Superseded, Actor::Issuer),
    row(Verb::Reopen, &[TaskStatus::Completed], TaskStatus::InProgress, Actor::Inspector),
];

const fn row(verb: Verb, from: &'static [TaskStatus], to: TaskStatus, actor: Actor) -> Transition {
    Transition { verb, from, to, actor }
}

impl Verb {
    /// The verb's row of the table.
    pub fn transition(self) -> &'static Transition {
        TRANSITIONS
            .iter()
            .find(|transition| transition.verb == self)
            .expect("each verb has its row; a test holds the two together")
    }

    /// Returns the state after the verb, starting from `status`.
    ///
    /// # Errors
    /// `CONFLICT` with the task's state, the states that the verb allows, and the verbs that are allowed now.
    pub fn target(self, status: TaskStatus) -> Result<TaskStatus, Problem> {
        self.transition().target(TRANSITIONS, status, "task")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_verb_stands_in_the_table_once() {
        for verb in Verb::ALL {
            let rows = TRANSITIONS.iter().filter(|transition| transition.verb == *verb).count();
            assert_eq!(rows, 1, "{verb}");
        }
    }

    #[test]
    fn a_refusal_names_the_state_the_way_and_what_is_allowed() {
        let problem = Verb::Submit.target(TaskStatus::Draft).expect_err("refused");
        assert_eq!(
            problem.message,
            "the task is DRAFT; submitTask leads from IN_PROGRESS to SUBMITTED; allowed now: assignTask"
        );
        let problem = Verb::Start.target(TaskStatus::Cancelled).expect_err("refused");
        assert!(problem.message.ends_with("allowed now: nothing"));
    }

    #[test]
    fn no_verb_leads_out_of_a_final_state_except_the_inspectors() {
        for transition in TRANSITIONS {
            if transition.from.iter().any(|status| status.is_closed()) {
                assert_eq!((transition.verb, transition.actor), (Verb::Reopen, Actor::Inspector));
            }
        }
    }
}
