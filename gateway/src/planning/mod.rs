//! Turns operations into plans.

/// Why the planner refuses.
#[derive(Debug, thiserror::Error)]
pub enum PlannerError {
    /// The planner does not understand the supergraph.
    #[error("the planner cannot use this supergraph: {0}")]
    Supergraph(String),
}
