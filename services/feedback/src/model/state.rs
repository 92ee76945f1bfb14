//! The state machine as a table: for each verb the states before, the state after and who may.

use service_kit::Problem;

use super::actor::Actor;
use super::vocabulary::FeedbackStatus::{
    self, Accepted, Assigned, Closed, InProgress, Merged, Received, Rejected, Reopened, Resolved, Transferred,
    WaitingCitizen,
};

schema::string_enum! {
    /// Transition verb, by the name of its mutation.
    pub enum Verb {
        /// The intake accepts a case.
        Accept = "acceptFeedback",
        /// The intake refuses a case, with a reason.
        Reject = "rejectFeedback",
        /// The intake merges a case into another.
        Merge = "mergeFeedback",
        /// The intake assigns a case to an organization.
        Assign = "assignFeedback",
        /// The organization passes a case on, with a reason.
        Transfer = "transferFeedback",
        /// The organization starts the work.
        Start = "startFeedback",
        /// The organization asks the sender; the clock stops.
        Ask = "askSender",
        /// The sender has answered; the clock runs.
        Answer = "answerQuestion",
        /// The organization answers, with evidence.
        Resolve = "resolveFeedback",
        /// The sender agrees.
        Close = "closeFeedback",
        /// The sender or an inspector opens a case again.
        Reopen = "reopenFeedback",
    }
}

/// One row of the table.
pub type Transition = service_kit::state::Transition<Verb, FeedbackStatus, Actor>;

/// The whole state machine.
pub const TRANSITIONS: &[Transition] = &[
    row(Verb::Accept, &[Received], Accepted, Actor::Intake),
    row(Verb::Reject, &[Received, Accepted], Rejected, Actor::Intake),
    row(
        Verb::Merge,
        &[Received, Accepted, Assigned, InProgress, WaitingCitizen, Transferred, Reopened],
        Merged,
        Actor::Intake,
    ),
    row(Verb::Assign, &[Accepted, Transferred, Reopened], Assigned, Actor::Intake),
    row(Verb::Transfer, &[Assigned, InProgress], Transferred, Actor::Organization),
    row(Verb::Start, &[Assigned], InProgress, Actor::Organization),
    row(Verb::Ask, &[InProgress], WaitingCitizen, Actor::Organization),
    row(Verb::Answer, &[WaitingCitizen], InProgress, Actor::Desk),
    row(Verb::Resolve, &[InProgress], Resolved, Actor::Organization),
    row(Verb::Close, &[Resolved], Closed, Actor::Intake),
    row(Verb::Reopen, &[Resolved, Closed], Reopened, Actor::Reviewer),
];

const fn row(verb: Verb, from: &'static [FeedbackStatus], to: FeedbackStatus, actor: Actor) -> Transition {
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
    /// `CONFLICT` with the case's state, the states that the verb allows, and the verbs that are allowed now.
    pub fn target(self, status: FeedbackStatus) -> Result<FeedbackStatus, Problem> {
        self.transition().target(TRANSITIONS, status, "case")
    }
}

/// The table in Markdown, for the guide.
pub fn transition_table() -> String {
    let rows = TRANSITIONS.iter().map(|transition| {
        let from: Vec<&str> = transition.from.iter().map(|status| status.as_str()).collect();
        let (verb, to, who) = (transition.verb, transition.to, transition.actor.described());
        format!("| `{verb}` | {} | {to} | {who} |\n", from.join(", "))
    });
    "| verb | from | to | who |\n|---|---|---|---|\n".to_owned() + &rows.collect::<String>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_verb_stands_in_the_table_once() {
        for verb in Verb::ALL {
            assert_eq!(TRANSITIONS.iter().filter(|transition| transition.verb == *verb).count(), 1, "{verb}");
        }
    }

    #[test]
    fn a_refusal_names_the_state_the_way_and_what_is_allowed() {
        let problem = Verb::Resolve.target(Received).expect_err("refused");
        assert_eq!(
            problem.message,
            "the case is RECEIVED; resolveFeedback leads from IN_PROGRESS to RESOLVED; \
             allowed now: acceptFeedback, rejectFeedback, mergeFeedback"
        );
    }

    #[test]
    fn the_only_way_out_of_an_answer_is_to_close_or_to_reopen() {
        for transition in TRANSITIONS {
            for status in transition.from.iter().filter(|status| !status.is_open()) {
                assert!(matches!(transition.verb, Verb::Close | Verb::Reopen), "{status}");
            }
        }
    }
}
