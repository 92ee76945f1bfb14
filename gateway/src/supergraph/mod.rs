//! A supergraph as read from its SDL: the subgraphs, the schema that clients see, and the table of types.

mod api_schema;
mod costs;
mod types;

use std::collections::HashSet;

use apollo_compiler::{
    Schema,
    collections::HashMap,
    schema::{ExtendedType, Implementers},
    validation::Valid,
};

pub use self::{
    costs::{Costs, FieldCosts, ListSize},
    types::{TypeId, TypeSet, TypeTable},
};

/// Why an SDL is no supergraph.
#[derive(Debug, thiserror::Error)]
pub enum SupergraphError {
    /// The SDL does not parse or is not valid.
    #[error("the supergraph SDL is not valid:\n{0}")]
    Sdl(String),
    /// There is no `join__Graph`, so this is no composed supergraph.
    #[error(
        "the SDL has no enum `join__Graph` with `@join__graph(name:, url:)` values: it is not a composed supergraph"
    )]
    NoGraphs,
    /// What is left after hiding `@inaccessible` elements is no schema.
    #[error("the schema without @inaccessible elements is not valid:\n{0}")]
    Api(String),
}

/// One subgraph of a supergraph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subgraph {
    /// The name that the author gave it.
    pub name: String,
    /// Where it answers, as composed; may be empty.
    pub url: String,
}

/// Everything that is read from a supergraph SDL once.
pub struct Supergraph {
    /// The SDL as given.
    pub sdl: String,
    /// Subgraphs in the order of the SDL.
    pub subgraphs: Vec<Subgraph>,
    /// The schema that clients see: without federation machinery and without inaccessible elements.
    pub api: Valid<Schema>,
    /// Who implements which interface in the API schema.
    pub implementers: HashMap<apollo_compiler::Name, Implementers>,
    /// All composite types of the supergraph, inaccessible ones included.
    pub types: TypeTable,
    /// What `@cost` and `@listSize` say.
    pub costs: Costs,
}

impl Supergraph {
    /// Reads a supergraph.
    ///
    /// # Errors
    ///
    /// When the SDL is not a valid composed supergraph.
    pub fn parse(sdl: impl Into<String>) -> Result<Self, SupergraphError> {
        let sdl = sdl.into();
        let schema = Schema::parse(&sdl, "supergraph.graphql")
            .map_err(|error| SupergraphError::Sdl(error.errors.to_string()))?;
        let subgraphs = subgraphs(&schema);
        if subgraphs.is_empty() {
            return Err(SupergraphError::NoGraphs);
        }
        let types = TypeTable::new(&schema);
        let costs = Costs::new(&schema);
        let api = api_schema::api_schema(schema)?;
        let implementers = api.implementers_map();
        Ok(Self {
            sdl,
            subgraphs,
            api,
            implementers,
            types,
            costs,
        })
    }
}

/// Reads a supergraph, a subgraph or a plain schema as clients see it.
///
/// # Errors
///
/// When the SDL does not parse, or what clients see of it is no valid schema.
pub fn read_api_schema(sdl: &str) -> Result<Valid<Schema>, SupergraphError> {
    let built = Schema::builder()
        .adopt_orphan_extensions()
        .parse(sdl, "schema.graphql")
        .build();
    let schema = built.map_err(|error| SupergraphError::Sdl(error.errors.to_string()))?;
    api_schema::api_schema(schema)
}

fn subgraphs(schema: &Schema) -> Vec<Subgraph> {
    let Some(ExtendedType::Enum(graphs)) = schema.types.get("join__Graph") else {
        return Vec::new();
    };
    let mut seen = HashSet::new();
    graphs
        .values
        .values()
        .filter_map(|value| {
            let directive = value.directives.get("join__graph")?;
            let text = |name: &str| {
                directive
                    .specified_argument_by_name(name)
                    .and_then(|value| value.as_str())
                    .unwrap_or_default()
                    .to_owned()
            };
            Some(Subgraph {
                name: text("name"),
                url: text("url"),
            })
        })
        .filter(|subgraph| seen.insert(subgraph.name.clone()))
        .collect()
}
