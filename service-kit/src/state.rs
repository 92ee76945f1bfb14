//! State machines as tables of transitions.

use std::fmt::Display;

use crate::problem::Problem;

/// Row of the table: a verb, the states before, the state after, and the required role.
#[derive(Debug, Clone, Copy)]
pub struct Transition<V: 'static, S: 'static, A: 'static> {
    /// Name of the mutation.
    pub verb: V,
    /// States in which the verb is allowed.
    pub from: &'static [S],
    /// State after the verb.
    pub to: S,
    /// Role that the verb requires.
    pub actor: A,
}

impl<V: Display + Copy + PartialEq, S: Display + Copy + PartialEq, A> Transition<V, S, A> {
    /// Returns the state after the verb, starting from `status`. `noun` is the name of the row in the error.
    ///
    /// # Errors
    /// `CONFLICT` with the row's state, the states that the verb allows, and the verbs that are allowed now.
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
