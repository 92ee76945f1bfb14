//! Explanations of operations: the plan, the subgraph requests, the cost and the limits, and for an executed operation
//! the timing of each fetch.
//!
//! - [`plan`] converts a plan to a tree, for programs and for people;
//! - [`trace`] records the fetches of one request.

mod plan;
mod trace;

use std::fmt;

use serde::Serialize;

pub(crate) use self::{plan::explain_plan, trace::Trace};
pub use self::{
    plan::{EntitySource, PlanStep},
    trace::FetchTrace,
};
use crate::document::Measured;

/// How the gateway executes an operation.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Explanation {
    /// The operation's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operation_name: Option<String>,
    /// The plan; `None` when no subgraph needs to be asked.
    pub plan: Option<PlanStep>,
    /// The estimated cost.
    pub cost: CostReport,
    /// Every limit, with the actual value of the operation.
    pub limits: Vec<LimitReport>,
    /// The fetches in the order in which they ended; absent when the operation was not executed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fetches: Option<Vec<FetchTrace>>,
}

/// The estimated cost of an operation.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CostReport {
    /// The estimate, with the variables of this request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub estimate: Option<u64>,
    /// Why there is no estimate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    /// The highest cost that is allowed; `None` when there is no limit.
    pub maximum: Option<u64>,
}

/// One limit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LimitReport {
    /// Its name, as in `extensions.limit.name`.
    pub name: &'static str,
    /// The highest value that is allowed.
    pub maximum: usize,
    /// The value of the operation.
    pub actual: usize,
}

impl From<Measured> for LimitReport {
    fn from(measured: Measured) -> Self {
        Self { name: measured.name.as_str(), maximum: measured.maximum, actual: measured.actual }
    }
}

impl Explanation {
    /// The number of subgraph requests if every step of the plan runs.
    #[must_use]
    pub fn requests(&self) -> usize {
        self.plan.as_ref().map_or(0, PlanStep::requests)
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.operation_name.as_deref().unwrap_or("(anonymous)");
        writeln!(formatter, "operation  {name}")?;
        writeln!(formatter, "requests   {}", self.requests())?;
        write!(formatter, "cost       ")?;
        match (&self.cost.estimate, &self.cost.problem) {
            (Some(estimate), _) => write!(formatter, "{estimate}")?,
            (None, problem) => write!(formatter, "unknown: {}", problem.as_deref().unwrap_or_default())?,
        }
        match self.cost.maximum {
            Some(maximum) => writeln!(formatter, " of {maximum}")?,
            None => writeln!(formatter, " (no limit)")?,
        }
        writeln!(formatter, "limits")?;
        for limit in &self.limits {
            let LimitReport { name, maximum, actual } = limit;
            writeln!(formatter, "  {name:<18} {actual:>6} of {maximum}")?;
        }
        writeln!(formatter, "plan")?;
        match &self.plan {
            Some(plan) => plan.write(formatter, 1),
            None => writeln!(formatter, "  no subgraph is asked"),
        }
    }
}
