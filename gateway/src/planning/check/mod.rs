//! Checks a finished plan before it runs: a plan that drops a field, a type or a requirement is refused.
//!
//! The plan is executed without data. An object stands here for all objects of one type at one place of the answer; a
//! subgraph gives one for each type that it knows to be possible there. So it shows, for every possible type:
//!
//! - whether every fetch asks a subgraph for what its own schema has ([`fetches`]), without conflicts ([`overlaps`]);
//! - whether a key and every requirement stand in each representation ([`representations`]);
//! - whether everything that the client asks for is fetched, and the types on which it depends ([`answer`]).

mod answer;
mod fetches;
mod knowledge;
mod objects;
mod overlaps;
mod representations;

use apollo_compiler::ast::OperationType;

use self::{fetches::DryRun, knowledge::Knowledge, objects::Objects};
use super::{plan::Plan, planner::PlannerError, subgraph_types::SubgraphTypes};
use crate::supergraph::TypeTable;

/// Most objects of one plan. Where several abstract types are nested, each further one multiplies them.
const MAX_OBJECTS: usize = 100_000;

/// What a plan does wrong.
#[derive(Debug)]
enum Fault {
    /// Something is not fetched, or cannot be answered.
    Found(String),
    /// The plan has too many objects to be checked.
    TooLarge,
}

/// Checks a plan for one kind of operation.
///
/// # Errors
///
/// With the first fault that is found.
pub(super) fn check(
    plan: &Plan,
    kind: OperationType,
    types: &TypeTable,
    subgraphs: &SubgraphTypes,
) -> Result<(), PlannerError> {
    let root = types.id(subgraphs.root(kind));
    let mut run = DryRun { plan, knowledge: Knowledge { types, subgraphs }, objects: Objects::new(root) };
    let checked = run.follow().and_then(|()| answer::check(&run.objects, types, &plan.projection));
    match checked {
        Ok(()) => Ok(()),
        Err(Fault::Found(fault)) => Err(PlannerError::Operation(fault)),
        Err(Fault::TooLarge) => Err(PlannerError::Operation(format!(
            "more than {MAX_OBJECTS} combinations of types are possible in its answer; ask for fewer abstract types inside \
             each other"
        ))),
    }
}
