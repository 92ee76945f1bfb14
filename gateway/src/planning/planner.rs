//! The only place that knows the planning library. Its line is closed, so nothing of it may leak past this folder.

use std::{
    borrow::Cow,
    panic::{AssertUnwindSafe, catch_unwind},
};

use apollo_compiler::ast::{Definition, Document};
use hive_router_query_planner::{
    ast::normalization::normalize_operation,
    graph::PlannerOverrideContext,
    planner::{Planner as Library, QueryPlannerOptions, plan_nodes::PlanNode},
    utils::{
        cancellation::CancellationToken,
        parsing::{safe_parse_operation, safe_parse_schema},
    },
};

/// Longest that planning one operation may take. A plan is made once for each document, so this is generous.
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

/// Plans operations over one supergraph.
pub struct Planner {
    library: Library,
}

impl Planner {
    /// Reads a supergraph SDL.
    ///
    /// # Errors
    ///
    /// When the library refuses it.
    pub fn new(supergraph_sdl: &str) -> Result<Self, PlannerError> {
        let sdl = without_schema_description(supergraph_sdl);
        let document = safe_parse_schema(&sdl).map_err(|error| PlannerError::Supergraph(error.to_string()))?;
        guarded(|| Library::new_from_supergraph(&document, QueryPlannerOptions::default()))
            .ok_or_else(|| PlannerError::Supergraph("the planner gave up".to_owned()))?
            .map(|library| Self { library })
            .map_err(|error| PlannerError::Supergraph(error.to_string()))
    }

    /// Plans the one operation of a valid document, without introspection.
    pub(super) fn plan(&self, document: &str) -> Result<Option<PlanNode>, PlannerError> {
        guarded(|| self.plan_unguarded(document))
            .unwrap_or_else(|| Err(PlannerError::Operation("the planner gave up".to_owned())))
    }

    fn plan_unguarded(&self, document: &str) -> Result<Option<PlanNode>, PlannerError> {
        let failed = |error: &dyn std::fmt::Display| PlannerError::Operation(error.to_string());
        let parsed = safe_parse_operation(document).map_err(|error| failed(&error))?;
        let normalized =
            normalize_operation(&self.library.supergraph, &parsed, None).map_err(|error| failed(&error))?;
        self.library
            .plan_from_normalized_operation(
                &normalized.operation,
                PlannerOverrideContext::default(),
                &CancellationToken::with_timeout(PLANNING_TIMEOUT),
            )
            .map(|plan| plan.node)
            .map_err(|error| failed(&error))
    }
}

/// The library's parser does not know descriptions of the schema itself, which the language has since October 2021.
fn without_schema_description(sdl: &str) -> Cow<'_, str> {
    let Ok(mut document) = Document::parse(sdl, "supergraph.graphql") else {
        return Cow::Borrowed(sdl);
    };
    let mut described = false;
    for definition in &mut document.definitions {
        if let Definition::SchemaDefinition(schema) = definition
            && schema.description.is_some()
        {
            schema.make_mut().description = None;
            described = true;
        }
    }
    if described {
        Cow::Owned(document.to_string())
    } else {
        Cow::Borrowed(sdl)
    }
}

/// The library asserts some of its assumptions; a violated one must cost one operation, not the process.
fn guarded<T>(work: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(work)).ok()
}
