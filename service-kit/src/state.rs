//! State machines as data: a table of transitions, and what it says about a verb in a state.

use std::fmt::Display;

use crate::problem::Problem;

/// A row of the table: a verb, the states it starts from, the state it leads to, and the part that its caller plays.
#[derive(Debug, Clone, Copy)]
pub struct Transition<V: 'static, S: 'static, A: 'static> {
    /// The verb, by the name of its mutation.
    pub verb: V,
    /// The states in which it is possible.
    pub from: &'static [S],
    /// The state after it.
    pub to: S,
    /// Who may do it.
    pub actor: A,
}

impl<V: Display + Copy + PartialEq, S: Display + Copy + PartialEq, A> Transition<V, S, A> {
    /// The state to which the verb leads from `status`. `noun` names the row in the error.
    ///
    /// # Errors
    /// `CONFLICT` that says the row's state, the states of the verb, and the verbs that are allowed now.
    pub fn target(&self, table: &[Self], status: S, noun: &str) -> Result<S, Problem> {
        if self.from.contains(&status) {
            return Ok(self.to);
        }
        let allowed = table.iter().filter(|row| row.from.contains(&status)).map(|row| row.verb);
        let allowed = match list(allowed) {
            none if none.is_empty() => "nothing".to_owned(),
            some => some,
        };
        let (verb, from, to) = (self.verb, list(self.from.iter().copied()), self.to);
        Err(Problem::conflict(format!(
            "the {noun} is {status}; {verb} leads from {from} to {to}; allowed now: {allowed}"
        )))
    }
}

fn list<T: Display>(values: impl Iterator<Item = T>) -> String {
    values.map(|value| value.to_string()).collect::<Vec<_>>().join(", ")
}
