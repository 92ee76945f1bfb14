//! The plan: what is fetched from where, in which order, and what becomes of it. Immutable and shared by all requests.

use std::sync::Arc;

use crate::{
    planning::{PathStep, Projection, ReadObject, Requirement},
    transport::{SubgraphOperation, Transport},
};

/// An operation, compiled for one combination of its conditions.
pub(crate) struct Plan {
    /// `None` when no subgraph is asked.
    pub(crate) root: Option<PlanNode>,
    pub(crate) fetches: Vec<Fetch>,
    /// Reading programs, addressed by number.
    pub(crate) objects: Vec<ReadObject>,
    /// Slots of the root object.
    pub(crate) root_len: u32,
    pub(crate) projection: Projection,
}

/// Order of the fetches.
#[derive(Debug)]
pub(crate) enum PlanNode {
    /// One fetch, by number.
    Fetch(usize),
    /// One after the other.
    Sequence(Vec<PlanNode>),
    /// All at once.
    Parallel(Vec<PlanNode>),
}

/// One request to one subgraph.
pub(crate) struct Fetch {
    pub(crate) service: Arc<str>,
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) operation: SubgraphOperation,
    /// Variables of the client that the operation uses, by position in the client's operation.
    pub(crate) variables: Vec<usize>,
    pub(crate) target: FetchTarget,
}

/// Where the response of a fetch goes.
pub(crate) enum FetchTarget {
    /// Root fields, written into the root object, or into every object at a path that is a root type again.
    Root {
        path: Option<EntityPath>,
        output: RootOutput,
    },
    /// Entities.
    Entities {
        inputs: Vec<EntityInput>,
        outputs: Vec<EntityOutput>,
    },
}

/// What root fields are read with.
pub(crate) struct RootOutput {
    pub(crate) object: usize,
    /// Response keys that the client sees; an error of the whole fetch is reported at each.
    pub(crate) visible: Vec<Box<str>>,
}

/// A way from the root to objects, with the response keys for error paths.
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
    /// Which input it answers.
    pub(crate) input: usize,
    pub(crate) object: usize,
    /// Response keys that the client sees; an error of the whole fetch is reported at each.
    pub(crate) visible: Vec<Box<str>>,
}
