//! The states of an observation as a table: for each verb the states before, the state after and who may.

use service_kit::Problem;

use super::vocabulary::ObservationStatus;

schema::string_enum! {
    /// Verb on an observation, by the name of its mutation.
    pub enum Verb {
        /// The owner changes a draft.
        Update = "updateObservation",
        /// The owner submits it to the statistics office.
        Submit = "submitObservation",
        /// The statistics office verifies it.
        Verify = "verifyObservation",
        /// The statistics office returns it, with a reason.
        Return = "returnObservation",
        /// The statistics office publishes it.
        Publish = "publishObservation",
        /// The statistics office withdraws it, with a reason.
        Withdraw = "withdrawObservation",
    }
}

schema::string_enum! {
    /// Who uses a verb.
    pub enum Actor {
        /// The owner of the indicator, or the organization or area that the observation is about.
        Owner = "owner",
        /// The statistics office: an approver who did not submit the observation.
        Statistics = "statistics office",
    }
}

/// One row of the table.
pub type Transition = service_kit::state::Transition<Verb, ObservationStatus, Actor>;

/// The whole state machine. `recordObservation` makes a draft, and `correctObservation` makes a draft with the next revision of a
/// published one, which stays until the correction is published.
pub const TRANSITIONS: &[Transition] = &[
    row(Verb::Update, &[ObservationStatus::Draft], ObservationStatus::Draft, Actor::Owner),
    row(Verb::Submit, &[ObservationStatus::Draft], ObservationStatus::Submitted, Actor::Owner),
    row(Verb::Verify, &[ObservationStatus::Submitted], ObservationStatus::Verified, Actor::Statistics),
    row(
        Verb::Return,
        &[ObservationStatus::Submitted, ObservationStatus::Verified],
        ObservationStatus::Draft,
        Actor::Statistics,
    ),
    row(Verb::Publish, &[ObservationStatus::Verified], ObservationStatus::Published, Actor::Statistics),
    row(
        Verb::Withdraw,
        &[
            ObservationStatus::Draft,
            ObservationStatus::Submitted,
            ObservationStatus::Verified,
            ObservationStatus::Published,
        ],
        ObservationStatus::Withdrawn,
        Actor::Statistics,
    ),
];

const fn row(verb: Verb, from: &'static [ObservationStatus], to: ObservationStatus, actor: Actor) -> Transition {
    Transition { verb, from, to, actor }
}

impl Verb {
    /// Returns the verb's row, when it leads from `status`.
    ///
    /// # Errors
    /// `CONFLICT` with the state, the states that the verb allows, and the verbs that are allowed now.
    pub fn checked(self, status: ObservationStatus) -> Result<&'static Transition, Problem> {
        let transition = TRANSITIONS
            .iter()
            .find(|transition| transition.verb == self)
            .expect("each verb has its row; a test holds the two together");
        transition.target(TRANSITIONS, status, "observation")?;
        Ok(transition)
    }
}

/// The table in Markdown, for the documentation.
pub fn transition_table() -> String {
    let rows = TRANSITIONS.iter().map(|row| {
        let from: Vec<&str> = row.from.iter().map(|status| status.as_str()).collect();
        format!("| `{}` | {} | {} | {} |\n", row.verb, from.join(", "), row.to, row.actor)
    });
    format!("| verb | from | to | who |\n|---|---|---|---|\n{}", rows.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_verb_is_in_the_table_once() {
        for verb in Verb::ALL {
            assert_eq!(TRANSITIONS.iter().filter(|row| row.verb == *verb).count(), 1, "{verb}");
        }
    }

    #[test]
    fn a_published_value_changes_only_by_a_correction_or_a_withdrawal() {
        let leaving: Vec<Verb> = TRANSITIONS
            .iter()
            .filter(|row| row.from.contains(&ObservationStatus::Published))
            .map(|row| row.verb)
            .collect();
        assert_eq!(leaving, [Verb::Withdraw]);
    }
}
