//! Calls the planning library. The library gets no further releases (decision 0011), so its types must not be used
//! outside this folder.

use std::{
    collections::HashMap,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::OnceLock,
};

use apollo_compiler::ast::{Definition, Document};
use hive_router_query_planner::{
    ast::{normalization::normalize_operation, operation::OperationDefinition},
    graph::PlannerOverrideContext,
    planner::{Planner as LibraryPlanner, QueryPlannerOptions, plan_nodes::PlanNode},
    utils::{
        cancellation::CancellationToken,
        parsing::{safe_parse_operation, safe_parse_schema},
    },
};

use super::{
    defined_fields::DefinedFields,
    made_up::MadeUpFields,
    required_fields,
    requirements_apart::RequirementsApart,
    split::split,
    subgraph_types::SubgraphTypes,
    uneven_unions::{Pins, UnevenUnions},
};

/// Longest that planning one operation may take, in all its forms. A plan is made once for each document, so this is
/// generous.
const PLANNING_TIMEOUT: std::time::Duration = std::time::Duration::from_secs(10);

/// Why there is no planner or no plan.
#[derive(Debug, thiserror::Error)]
pub enum PlannerError {
    /// The planner does not understand the supergraph.
    #[error("the planner cannot use this supergraph: {0}")]
    Supergraph(String),
    /// The operation cannot be planned.
    #[error("the operation cannot be planned: {0}")]
    Operation(String),
    /// The plan contains a step that the executor does not run.
    #[error("{0} are not supported")]
    Unsupported(&'static str),
}

/// The time that is left for planning one operation.
pub(super) struct PlanningTime(CancellationToken);

impl PlanningTime {
    pub(super) fn start() -> Self {
        Self(CancellationToken::with_timeout(PLANNING_TIMEOUT))
    }

    pub(super) fn is_over(&self) -> bool {
        self.0.bail_if_cancelled().is_err()
    }
}

/// Plans operations over one supergraph.
pub struct Planner {
    library: Library,
    /// Used when `library` finds no sound plan. Built at its first use.
    apart: OnceLock<Option<Library>>,
    supergraph: Document,
    made_up_fields: MadeUpFields,
    uneven_unions: UnevenUnions,
    subgraph_types: SubgraphTypes,
}

impl Planner {
    /// Reads a supergraph SDL and prepares the planning library.
    ///
    /// # Errors
    ///
    /// When the SDL does not parse, or when the library refuses it.
    pub fn new(supergraph_sdl: &str) -> Result<Self, PlannerError> {
        let mut supergraph = readable(supergraph_sdl)?;
        let subgraph_types = SubgraphTypes::of(&supergraph);
        let mut made_up_fields = MadeUpFields::beside(&mut supergraph);
        required_fields::make_up(&mut supergraph, &mut made_up_fields);
        let uneven_unions = UnevenUnions::make_up(&mut supergraph, &mut made_up_fields);
        Ok(Self {
            library: Library::new(&mut supergraph, HashMap::new())?,
            apart: OnceLock::new(),
            supergraph,
            made_up_fields,
            uneven_unions,
            subgraph_types,
        })
    }

    /// Plans the one operation of a valid document, without introspection.
    pub(super) fn plan(&self, document: &str, time: &PlanningTime) -> Result<Option<PlanNode>, PlannerError> {
        guarded(|| self.plan_unguarded(document, time)).unwrap_or_else(|| Err(failed("the planner gave up")))
    }

    /// Plans it over the supergraph in which requirements stand apart, for an operation whose first plan is refused.
    pub(super) fn plan_apart(&self, document: &str, time: &PlanningTime) -> Option<PlanNode> {
        guarded(|| self.plan_apart_unguarded(document, time)).flatten()
    }

    /// What each subgraph knows.
    pub(super) fn subgraph_types(&self) -> &SubgraphTypes {
        &self.subgraph_types
    }

    /// The made-up fields that plans may contain.
    pub(super) fn made_up_fields(&self) -> &MadeUpFields {
        &self.made_up_fields
    }

    fn plan_unguarded(&self, document: &str, time: &PlanningTime) -> Result<Option<PlanNode>, PlannerError> {
        let operation = self.normalized(document)?;
        let attempt = self.attempt(&operation, time);
        let mut planned = attempt.plan(&self.library);
        if !planned.as_ref().is_ok_and(|planned| planned.is_sound)
            && !time.is_over()
            && let Some(Ok(apart)) = self.apart().map(|apart| attempt.plan(apart))
            && apart.is_sound
        {
            planned = Ok(apart);
        }
        let mut root = planned?.root;
        if let Some(root) = &mut root {
            split(root, &self.made_up_fields)?;
        }
        Ok(root)
    }

    fn plan_apart_unguarded(&self, document: &str, time: &PlanningTime) -> Option<PlanNode> {
        let operation = self.normalized(document).ok()?;
        let planned = self.attempt(&operation, time).plan(self.apart()?).ok()?;
        let mut root = planned.root.filter(|_| planned.is_sound)?;
        split(&mut root, &self.made_up_fields).ok()?;
        Some(root)
    }

    fn normalized(&self, document: &str) -> Result<OperationDefinition, PlannerError> {
        let parsed = safe_parse_operation(document).map_err(failed)?;
        let normalized = normalize_operation(&self.library.planner.supergraph, &parsed, None).map_err(failed)?;
        Ok(normalized.operation)
    }

    fn attempt<'a>(&'a self, operation: &'a OperationDefinition, time: &'a PlanningTime) -> Attempt<'a> {
        Attempt { operation, uneven_unions: &self.uneven_unions, time: &time.0 }
    }

    fn apart(&self) -> Option<&Library> {
        let apart = || {
            let RequirementsApart { mut supergraph, real_names } = RequirementsApart::of(&self.supergraph)?;
            Library::new(&mut supergraph, real_names).ok()
        };
        self.apart.get_or_init(apart).as_ref()
    }
}

/// The planning library with one form of a supergraph.
struct Library {
    planner: LibraryPlanner,
    fields: DefinedFields,
    /// The real names of subgraphs that have other names in this form.
    real_names: HashMap<String, String>,
}

impl Library {
    fn new(supergraph: &mut Document, real_names: HashMap<String, String>) -> Result<Self, PlannerError> {
        let refused = |error: &dyn std::fmt::Display| PlannerError::Supergraph(error.to_string());
        let document = safe_parse_schema(&supergraph.to_string()).map_err(|error| refused(&error))?;
        let planner = guarded(|| LibraryPlanner::new_from_supergraph(&document, QueryPlannerOptions::default()));
        let planner = planner.ok_or_else(|| refused(&"the planner gave up"))?;
        let planner = planner.map_err(|error| refused(&error))?;
        Ok(Self { planner, fields: DefinedFields::of(supergraph), real_names })
    }

    fn plan(&self, operation: &OperationDefinition, time: &CancellationToken) -> Result<Planned, PlannerError> {
        let context = PlannerOverrideContext::default();
        let plan = guarded(|| self.planner.plan_from_normalized_operation(operation, context, time));
        let plan = plan.ok_or_else(|| failed("the planner gave up"))?;
        let mut root = plan.map_err(failed)?.node;
        let mut is_sound = true;
        if let Some(root) = &mut root {
            if !self.fields.identify(root) {
                return Err(failed("a subgraph would not be sent a key of an entity"));
            }
            is_sound = self.fields.suffice(root);
            self.call_by_real_names(root);
        }
        Ok(Planned { root, is_sound })
    }

    fn call_by_real_names(&self, node: &mut PlanNode) {
        let call = |service: &mut String| {
            if let Some(real) = self.real_names.get(service) {
                service.clone_from(real);
            }
        };
        match node {
            PlanNode::Sequence(sequence) => sequence.nodes.iter_mut().for_each(|node| self.call_by_real_names(node)),
            PlanNode::Parallel(parallel) => parallel.nodes.iter_mut().for_each(|node| self.call_by_real_names(node)),
            PlanNode::Flatten(flatten) => self.call_by_real_names(&mut flatten.node),
            PlanNode::Fetch(fetch) => call(&mut fetch.service_name),
            PlanNode::BatchFetch(batch) => call(&mut batch.service_name),
            _ => {}
        }
    }
}

/// A plan of the library.
struct Planned {
    root: Option<PlanNode>,
    /// Whether the subgraphs define all fields that the plan asks for. An unsound plan is still better than none: the
    /// subgraphs may resolve these fields although the supergraph does not say so, and otherwise they report an error.
    is_sound: bool,
}

/// The planning of one operation.
struct Attempt<'a> {
    operation: &'a OperationDefinition,
    uneven_unions: &'a UnevenUnions,
    time: &'a CancellationToken,
}

impl Attempt<'_> {
    /// Plans a second time when the first plan may miss members of unions.
    fn plan(&self, library: &Library) -> Result<Planned, PlannerError> {
        let pinned = |pins: &Pins| {
            let pinned = self.uneven_unions.pinned(self.operation, pins, &library.fields)?;
            library.plan(&pinned, self.time).ok().filter(|pinned| pinned.is_sound)
        };
        let first = library.plan(self.operation, self.time);
        let better = match &first {
            Ok(Planned { root: Some(plan), .. }) => pinned(&self.uneven_unions.pins(plan, &library.fields)),
            Ok(_) => None,
            Err(_) => self.uneven_unions.guesses(self.operation, &library.fields).iter().find_map(pinned),
        };
        better.map_or(first, Ok)
    }
}

fn failed(error: impl std::fmt::Display) -> PlannerError {
    PlannerError::Operation(error.to_string())
}

/// Parses the supergraph and removes the description of the schema. GraphQL allows it since October 2021, but the
/// library's parser does not know it.
fn readable(sdl: &str) -> Result<Document, PlannerError> {
    let mut document = Document::parse(sdl, "supergraph.graphql")
        .map_err(|error| PlannerError::Supergraph(error.errors.to_string()))?;
    for definition in &mut document.definitions {
        if let Definition::SchemaDefinition(schema) = definition {
            schema.make_mut().description = None;
        }
    }
    Ok(document)
}

/// Catches panics. The library asserts some of its assumptions, and a failed assertion must fail one operation, not the
/// process.
fn guarded<T>(work: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(work)).ok()
}
