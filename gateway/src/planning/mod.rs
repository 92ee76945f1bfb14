//! Query planning: turns an operation into an immutable plan in which every name is replaced by a number.
//!
//! A library decides which subgraph resolves which field. Only [`planner`] calls it. This module compiles the library's
//! plan, once for each operation, into programs that the executor runs without comparing names:
//!
//! - [`conditions`] and [`simplify`] apply `@skip` and `@include`, so that the operation has no conditions left;
//! - [`keys`] renames response keys that would collide in the planner;
//! - [`made_up`] stores fields that exist only for the planner: [`required_fields`] creates one for each `@requires`
//!   with arguments, and [`uneven_unions`] one for each union whose members differ between subgraphs;
//! - [`split`] splits a fetch whose requirements exclude each other;
//! - [`join`] reads the join directives of the SDL;
//! - [`defined_fields`] recognizes plans that the subgraphs cannot execute;
//! - [`requirements_apart`] builds a second supergraph, for operations that the library cannot plan over the real one;
//! - [`layout`] assigns a slot to every response key at every object position;
//! - [`read`] compiles how a subgraph's response fills the slots;
//! - [`entities`] compiles where entities are and what is sent for them;
//! - [`projection`] compiles how the slots become the client's answer.
//! - [`projection`] says how the slots become the client's answer.

mod compile;
mod conditions;
mod defined_fields;
mod entities;
mod explain;
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
