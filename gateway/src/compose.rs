//! Makes a supergraph SDL out of subgraph SDLs. The composition library is known only here.

mod root_types;

pub use self::root_types::RootTypesError;

/// One subgraph to compose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubgraphSdl {
    /// Its name, unique in the supergraph.
    pub name: String,
    /// Where it answers; may be empty for a subgraph that only runs in process.
    pub url: String,
    /// Its federated SDL.
    pub sdl: String,
}

/// Why subgraphs do not compose.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the subgraphs do not compose:\n{}", .problems.join("\n"))]
pub struct ComposeError {
    /// One text for each problem; it names the subgraph and the place in it.
    pub problems: Vec<String>,
}

impl ComposeError {
    fn one(problem: String) -> Self {
        Self {
            problems: vec![problem],
        }
    }
}

/// Composes subgraphs. The output depends on the set of subgraphs only, not on their order.
///
/// # Errors
///
/// When a subgraph does not parse or the subgraphs contradict each other.
pub fn compose(subgraphs: &[SubgraphSdl]) -> Result<String, ComposeError> {
    let mut sorted: Vec<&SubgraphSdl> = subgraphs.iter().collect();
    sorted.sort_by(|left, right| left.name.cmp(&right.name));
    if let Some(pair) = sorted.windows(2).find(|pair| pair[0].name == pair[1].name) {
        return Err(ComposeError::one(format!(
            "[{}] two subgraphs have this name: rename one",
            pair[0].name
        )));
    }
    let mut ingested = graphql_composition::Subgraphs::default();
    let mut problems = Vec::new();
    for subgraph in &sorted {
        let url = Some(subgraph.url.as_str()).filter(|url| !url.is_empty());
        if let Err(error) = ingested.ingest_str(&subgraph.sdl, &subgraph.name, url) {
            problems.push(format!("[{}] the SDL does not parse: {error:#}", subgraph.name));
        }
    }
    if !problems.is_empty() {
        return Err(ComposeError { problems });
    }
    let graph = graphql_composition::compose(&mut ingested)
        .into_result()
        .map_err(|diagnostics| ComposeError {
            problems: diagnostics.iter_errors().map(str::to_owned).collect(),
        })?;
    let sdl = graphql_composition::render_federated_sdl(&graph)
        .map_err(|error| ComposeError::one(format!("the supergraph cannot be written: {error}")))?;
    root_types::join_root_types(&sdl, &sorted).map_err(|error| ComposeError::one(error.to_string()))
}
