//! The query plan: fetches, their order, and how their responses are used. Immutable and shared by all requests.

use std::sync::Arc;

use crate::{
    planning::{PathStep, Projection, ReadObject, Requirement},
    transport::{SubgraphOperation, Transport},
};

/// An operation that is compiled for one combination of its conditions.
pub(crate) struct Plan {
    /// `None` when no subgraph needs to be asked.
    pub(crate) root: Option<PlanNode>,
    pub(crate) fetches: Vec<Fetch>,
    /// Reading programs, referred to by index.
    pub(crate) objects: Vec<ReadObject>,
    /// Number of slots of the root object.
    pub(crate) root_len: u32,
    pub(crate) projection: Projection,
}

/// Order of the fetches.
#[derive(Debug)]
pub(crate) enum PlanNode {
    /// One fetch, by index.
    Fetch(usize),
    /// Steps that run one after the other.
    Sequence(Vec<PlanNode>),
    /// Steps that run concurrently.
    Parallel(Vec<PlanNode>),
}

/// One request to one subgraph.
pub(crate) struct Fetch {
    pub(crate) service: Arc<str>,
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) operation: SubgraphOperation,
    /// The client's variables that the operation uses, by position in the client's operation.
    pub(crate) variables: Vec<usize>,
    pub(crate) target: FetchTarget,
}

/// Where the response of a fetch is written.
pub(crate) enum FetchTarget {
    /// Root fields. They are written into the root object, or into every object at a path that has a root type.
    Root { path: Option<EntityPath>, output: RootOutput },
    /// Entities.
    Entities { inputs: Vec<EntityInput>, outputs: Vec<EntityOutput> },
}

/// How root fields are read.
pub(crate) struct RootOutput {
    pub(crate) object: usize,
    /// Response keys that the client sees. If the whole fetch fails, the error is reported at each of them.
    pub(crate) visible: Vec<Box<str>>,
}

/// A path from the root to objects, with the response keys for error paths.
pub(crate) type EntityPath = Box<[PathStep]>;

/// One `representations` variable.
pub(crate) struct EntityInput {
    pub(crate) variable: Box<str>,
    pub(crate) paths: Vec<EntityPath>,
    pub(crate) requirement: Requirement,
}

/// One `_entities` field, under its response key.
pub(crate) struct EntityOutput {
    pub(crate) alias: Box<str>,
    /// Index of the input whose entities it returns.
    pub(crate) input: usize,
    pub(crate) object: usize,
    /// Response keys that the client sees. If the whole fetch fails, the error is reported at each of them.
    pub(crate) visible: Vec<Box<str>>,
}
