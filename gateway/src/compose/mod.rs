//! Makes a supergraph SDL out of subgraph SDLs. The composition library is known only to [`library`].

mod cost_names;
mod directives;
mod library;
mod linked_features;
mod problem;
mod root_types;
mod specified_by;
mod undefined_types;

use apollo_compiler::ast::Document;

pub use self::problem::ComposeProblem;

/// One subgraph to compose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubgraphSdl {
    /// Name of the subgraph, unique in the supergraph.
    pub name: String,
    /// URL of the subgraph; may be empty for a subgraph that only runs in process.
    pub url: String,
    /// Federated SDL of the subgraph.
    pub sdl: String,
}

/// Why subgraphs do not compose.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the subgraphs do not compose:\n{}", .problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
pub struct ComposeError {
    /// All problems that were found, each with its subgraphs, its position and a remedy.
    pub problems: Vec<ComposeProblem>,
}

impl From<ComposeProblem> for ComposeError {
    fn from(problem: ComposeProblem) -> Self {
        Self { problems: vec![problem] }
    }
}

/// Composes subgraphs. The result does not depend on their order.
///
/// # Errors
///
/// When a subgraph does not parse or the subgraphs contradict each other.
pub fn compose(subgraphs: &[SubgraphSdl]) -> Result<String, ComposeError> {
    let mut sorted: Vec<&SubgraphSdl> = subgraphs.iter().collect();
    sorted.sort_by(|left, right| left.name.cmp(&right.name));
    if let Some(pair) = sorted.windows(2).find(|pair| pair[0].name == pair[1].name) {
        let problem = ComposeProblem::of(&pair[0].name, "two subgraphs have this name", "rename one of them");
        return Err(problem.into());
    }
    let documents = parse(&sorted)?;
    let names: Vec<&str> = sorted.iter().map(|subgraph| subgraph.name.as_str()).collect();
    let sdl = library::compose(&sorted, &documents)?;
    let mut supergraph = Document::parse(sdl, "supergraph").map_err(|error| unwritable(&error.errors))?;
    root_types::join_root_types(&mut supergraph, &names, &documents);
    specified_by::carry_specified_by(&mut supergraph, &documents);
    linked_features::carry(&mut supergraph, &documents);
    Ok(supergraph.to_string())
}

fn unwritable(error: &dyn std::fmt::Display) -> ComposeProblem {
    ComposeProblem::general(format!("the supergraph cannot be written: {error}"))
}

/// Parses every subgraph; all that do not parse are told at once, each with its places.
fn parse(subgraphs: &[&SubgraphSdl]) -> Result<Vec<Document>, ComposeError> {
    let mut problems = Vec::new();
    let mut documents = Vec::new();
    for subgraph in subgraphs {
        match Document::parse(subgraph.sdl.as_str(), &subgraph.name) {
            Ok(document) => documents.push(document),
            Err(error) => problems.extend(error.errors.iter().map(|diagnostic| {
                let error = diagnostic.to_json();
                let place = error.locations.first().map(|place| format!(" at {}:{}", place.line, place.column));
                let message = format!("the SDL does not parse{}: {}", place.unwrap_or_default(), error.message);
                ComposeProblem::of(&subgraph.name, message, "correct the syntax there")
            })),
        }
    }
    if problems.is_empty() { Ok(documents) } else { Err(ComposeError { problems }) }
}
