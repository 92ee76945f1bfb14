//! Says what the gateway makes of an operation: the plan, the requests to subgraphs, the cost, the limits; and for an
//! operation that was executed, what each fetch took.
//!
//! - [`plan`] writes a plan as a tree, for programs and for people;
//! - [`trace`] keeps what each fetch of one request took.

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

/// What the gateway makes of an operation.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Explanation {
    /// The operation's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operation_name: Option<String>,
    /// How it is executed; `None` when no subgraph is asked.
    pub plan: Option<PlanStep>,
    /// What it costs, as far as that is known before it is executed.
    pub cost: CostReport,
    /// Every limit with what the operation has of it.
    pub limits: Vec<LimitReport>,
    /// What each fetch took, in the order in which they ended; absent when nothing was executed.
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
    /// The most that is allowed; `None` when nothing is refused for its cost.
    pub maximum: Option<u64>,
}

/// One limit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LimitReport {
    /// Its name, as in `extensions.limit.name`.
    pub name: &'static str,
    /// The most that is allowed.
    pub maximum: usize,
    /// What the operation has.
    pub actual: usize,
}

impl From<Measured> for LimitReport {
    fn from(measured: Measured) -> Self {
        Self {
            name: measured.name.as_str(),
            maximum: measured.maximum,
            actual: measured.actual,
        }
    }
}

impl Explanation {
    /// The number of requests that the plan sends when every step of it runs.
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
