//! The only place that knows the planning library. Its line is closed, so nothing of it may leak past this folder.

use std::panic::{AssertUnwindSafe, catch_unwind};

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

use super::{required_fields::RequiredFields, split::split};

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
    required_fields: RequiredFields,
}

impl Planner {
    /// Reads a supergraph SDL.
    ///
    /// # Errors
    ///
    /// When the library refuses it.
    pub fn new(supergraph_sdl: &str) -> Result<Self, PlannerError> {
        let (sdl, required_fields) = prepared(supergraph_sdl)?;
        let document = safe_parse_schema(&sdl).map_err(|error| PlannerError::Supergraph(error.to_string()))?;
        guarded(|| Library::new_from_supergraph(&document, QueryPlannerOptions::default()))
            .ok_or_else(|| PlannerError::Supergraph("the planner gave up".to_owned()))?
            .map(|library| Self {
                library,
                required_fields,
            })
            .map_err(|error| PlannerError::Supergraph(error.to_string()))
    }

    /// Plans the one operation of a valid document, without introspection.
    pub(super) fn plan(&self, document: &str) -> Result<Option<PlanNode>, PlannerError> {
        guarded(|| self.plan_unguarded(document))
            .unwrap_or_else(|| Err(PlannerError::Operation("the planner gave up".to_owned())))
    }

    /// The made-up fields in what is planned.
    pub(super) fn required_fields(&self) -> &RequiredFields {
        &self.required_fields
    }

    fn plan_unguarded(&self, document: &str) -> Result<Option<PlanNode>, PlannerError> {
        let failed = |error: &dyn std::fmt::Display| PlannerError::Operation(error.to_string());
        let parsed = safe_parse_operation(document).map_err(|error| failed(&error))?;
        let normalized =
            normalize_operation(&self.library.supergraph, &parsed, None).map_err(|error| failed(&error))?;
        let plan = self
            .library
            .plan_from_normalized_operation(
                &normalized.operation,
                PlannerOverrideContext::default(),
                &CancellationToken::with_timeout(PLANNING_TIMEOUT),
            )
            .map_err(|error| failed(&error))?;
        let mut root = plan.node;
        if let Some(root) = &mut root {
            split(root, &self.required_fields)?;
        }
        Ok(root)
    }
}

/// The supergraph as the library gets it: with made-up fields, and without a description of the schema itself, which the
/// language has since October 2021 and the library's parser does not know.
fn prepared(sdl: &str) -> Result<(String, RequiredFields), PlannerError> {
    let mut document = Document::parse(sdl, "supergraph.graphql")
        .map_err(|error| PlannerError::Supergraph(error.errors.to_string()))?;
    for definition in &mut document.definitions {
        if let Definition::SchemaDefinition(schema) = definition {
            schema.make_mut().description = None;
        }
    }
    let required_fields = RequiredFields::make_up(&mut document);
    Ok((document.to_string(), required_fields))
}

/// The library asserts some of its assumptions; a violated one must cost one operation, not the process.
fn guarded<T>(work: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(work)).ok()
}
