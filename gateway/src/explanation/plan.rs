//! A plan as a tree that can be serialized and printed.

use std::fmt;

use apollo_compiler::ast::Document;
use serde::Serialize;

use crate::planning::{Fetch, FetchTarget, Plan, PlanNode, path_text};

/// One step of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum PlanStep {
    /// One request to a subgraph.
    #[serde(rename_all = "camelCase")]
    Fetch {
        /// Index of the fetch in the plan.
        number: usize,
        /// The subgraph that is asked.
        subgraph: String,
        /// The operation that is sent.
        operation: String,
        /// The client's variables that are sent.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        variables: Vec<String>,
        /// The entities that are sent; empty for root fields.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        entities: Vec<EntitySource>,
    },
    /// Steps that run one after the other.
    Sequence {
        /// The steps.
        steps: Vec<PlanStep>,
    },
    /// Steps that run concurrently.
    Parallel {
        /// The steps.
        steps: Vec<PlanStep>,
    },
}

/// Where the entities of a fetch come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EntitySource {
    /// The variable of the fetch that contains them.
    pub variable: String,
    /// Paths to the entities in the answer; `@` means every element of a list, `|` a type condition.
    pub paths: Vec<String>,
}

pub(crate) fn explain_plan(plan: &Plan, variable_names: &[Box<str>]) -> Option<PlanStep> {
    let tree = Tree { plan, variable_names };
    plan.root.as_ref().map(|root| tree.node(root))
}

struct Tree<'a> {
    plan: &'a Plan,
    variable_names: &'a [Box<str>],
}

impl Tree<'_> {
    fn node(&self, node: &PlanNode) -> PlanStep {
        let steps = |nodes: &[PlanNode]| nodes.iter().map(|node| self.node(node)).collect();
        match node {
            PlanNode::Fetch(number) => self.fetch(*number, &self.plan.fetches[*number]),
            PlanNode::Sequence(nodes) => PlanStep::Sequence { steps: steps(nodes) },
            PlanNode::Parallel(nodes) => PlanStep::Parallel { steps: steps(nodes) },
        }
    }

    fn variable(&self, position: usize) -> String {
        self.variable_names.get(position).map(ToString::to_string).unwrap_or_default()
    }

    fn fetch(&self, number: usize, fetch: &Fetch) -> PlanStep {
        let entities = match &fetch.target {
            FetchTarget::Root { .. } => Vec::new(),
            FetchTarget::Entities { inputs, .. } => {
                let sources = inputs.iter().map(|input| EntitySource {
                    variable: input.variable.to_string(),
                    paths: input.paths.iter().map(path_text).collect(),
                });
                sources.collect()
            }
        };
        PlanStep::Fetch {
            number,
            subgraph: fetch.service.to_string(),
            operation: fetch.operation.text().to_owned(),
            variables: fetch.variables.iter().map(|&position| self.variable(position)).collect(),
            entities,
        }
    }
}

impl PlanStep {
    pub(super) fn requests(&self) -> usize {
        match self {
            Self::Fetch { .. } => 1,
            Self::Sequence { steps } | Self::Parallel { steps } => steps.iter().map(Self::requests).sum(),
        }
    }

    pub(super) fn write(&self, formatter: &mut fmt::Formatter<'_>, depth: usize) -> fmt::Result {
        let indent = "  ".repeat(depth);
        match self {
            Self::Fetch { number, subgraph, operation, variables, entities } => {
                writeln!(formatter, "{indent}fetch {number} from {subgraph}")?;
                for EntitySource { variable, paths } in entities {
                    writeln!(formatter, "{indent}  ${variable}: entities at {}", paths.join(", "))?;
                }
                for variable in variables {
                    writeln!(formatter, "{indent}  ${variable}: of the client")?;
                }
                for line in pretty(operation).lines() {
                    writeln!(formatter, "{indent}  | {line}")?;
                }
                Ok(())
            }
            Self::Sequence { steps } => Self::write_steps(formatter, "one after the other", steps, depth),
            Self::Parallel { steps } => Self::write_steps(formatter, "side by side", steps, depth),
        }
    }

    fn write_steps(formatter: &mut fmt::Formatter<'_>, title: &str, steps: &[Self], depth: usize) -> fmt::Result {
        writeln!(formatter, "{}{title}", "  ".repeat(depth))?;
        steps.iter().try_for_each(|step| step.write(formatter, depth + 1))
    }
}

/// The operation with a line for each field.
fn pretty(operation: &str) -> String {
    Document::parse(operation, "fetch").map_or_else(|_| operation.to_owned(), |document| document.to_string())
}
