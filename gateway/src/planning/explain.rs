//! Formats plans as text for people.

use std::fmt;

use super::{
    PathStep,
    plan::{EntityPath, Fetch, FetchTarget, Plan, PlanNode},
};

impl fmt::Display for Plan {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.root {
            Some(root) => self.node(formatter, root, 0),
            None => writeln!(formatter, "no fetch"),
        }
    }
}

impl Plan {
    fn node(&self, formatter: &mut fmt::Formatter<'_>, node: &PlanNode, depth: usize) -> fmt::Result {
        let indent = "  ".repeat(depth);
        match node {
            PlanNode::Fetch(number) => Self::fetch(formatter, &self.fetches[*number], &indent),
            PlanNode::Sequence(nodes) => self.nodes(formatter, "sequence", nodes, depth),
            PlanNode::Parallel(nodes) => self.nodes(formatter, "parallel", nodes, depth),
        }
    }

    fn nodes(&self, formatter: &mut fmt::Formatter<'_>, word: &str, nodes: &[PlanNode], depth: usize) -> fmt::Result {
        writeln!(formatter, "{}{word}", "  ".repeat(depth))?;
        nodes.iter().try_for_each(|node| self.node(formatter, node, depth + 1))
    }

    fn fetch(formatter: &mut fmt::Formatter<'_>, fetch: &Fetch, indent: &str) -> fmt::Result {
        writeln!(formatter, "{indent}fetch from {}", fetch.service)?;
        match &fetch.target {
            FetchTarget::Root { path: None, .. } => {}
            FetchTarget::Root { path: Some(path), .. } => {
                writeln!(formatter, "{indent}  into {}", path_text(path))?;
            }
            FetchTarget::Entities { inputs, .. } => {
                for input in inputs {
                    let paths: Vec<_> = input.paths.iter().map(path_text).collect();
                    writeln!(formatter, "{indent}  ${} from {}", input.variable, paths.join(", "))?;
                }
            }
        }
        writeln!(formatter, "{indent}  {}", fetch.operation.text())
    }
}

/// A path as text: `@` means every element of a list, `|` means a type condition.
pub(crate) fn path_text(path: &EntityPath) -> String {
    let steps = path.iter().map(|step| match step {
        PathStep::Field { key, .. } => key.to_string(),
        PathStep::List => "@".to_owned(),
        PathStep::Types(_) => "|".to_owned(),
    });
    steps.collect::<Vec<_>>().join(".")
}
