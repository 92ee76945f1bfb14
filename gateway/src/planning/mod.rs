//! Query planning: turns an operation into an immutable plan in which every name is replaced by a number.
//!
//! A library decides which subgraph resolves which field. Only [`planner`] calls it. This module compiles the library's
//! plan, once for each operation, into programs that the executor runs without comparing names:
//!
//! - [`conditions`] and [`simplify`] leave of the operation what one request means;
//! - [`keys`] keeps the client's names out of the planner's way;
//! - [`made_up`] holds fields that only the planner knows: [`required_fields`] makes them of what `@requires` wants with
//!   arguments, which [`split`] keeps apart, and [`uneven_unions`] of unions that differ between subgraphs;
//! - [`join`] reads what the SDL says of subgraphs, for these and for [`defined_fields`];
//! - [`requirements_apart`] is the supergraph for what the planner refuses over the real one, or plans in a way that
//!   [`defined_fields`] shows to be impossible;
//! - [`forms`] are other ways to write an operation, for when the plan of the usual one is refused;
//! - [`layout`] gives every response key of every object position a slot;
//! - [`read`] says how a subgraph's response fills the slots;
//! - [`type_conditions`] says which objects of a subgraph a selection applies to;
//! - [`entities`] says where entities stand and what to send of them;
//! - [`projection`] says how the slots become the client's answer;
//! - [`check`] refuses a finished plan that would answer wrongly, by what [`subgraph_types`] read of the supergraph.

mod check;
mod compile;
mod conditions;
mod defined_fields;
mod entities;
mod explain;
mod forms;
mod join;
mod keys;
mod layout;
mod made_up;
mod plan;
mod planner;
mod projection;
mod projection_compiler;
mod read;
mod required_fields;
mod requirements_apart;
mod simplify;
mod split;
mod subgraph_types;
mod type_conditions;
mod uneven_unions;

pub use self::planner::{Planner, PlannerError};
pub(crate) use self::{
    compile::{Environment, compile},
    conditions::{Conditions, deciding_variables},
    entities::{PathStep, RequiredItem, Requirement},
    explain::path_text,
    layout::{Slots, TYPENAME_SLOT},
    plan::{EntityInput, EntityOutput, Fetch, FetchTarget, Plan, PlanNode},
    projection::{FieldOutput, FieldProjection, Leaf, OutputKind, OutputType, Projection},
    read::{ReadObject, ReadValue},
    simplify::simplify,
};
