//! Reads a supergraph SDL: the subgraphs, the schema that clients see (API schema), the type table and the costs.

mod api_schema;
mod costs;
mod features;
mod field_names;
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
    field_names::FieldNames,
    types::{TypeId, TypeSet, TypeTable},
};

/// Why an SDL is not a usable supergraph.
#[derive(Debug, thiserror::Error)]
pub enum SupergraphError {
    /// The SDL does not parse or is not valid.
    #[error("the supergraph SDL is not valid:\n{0}")]
    Sdl(String),
    /// There is no `join__Graph` enum, so this is not a composed supergraph.
    #[error(
        "the SDL has no enum `join__Graph` with `@join__graph(name:, url:)` values: it is not a composed supergraph"
    )]
    NoGraphs,
    /// The supergraph requires a feature that this gateway does not support.
    #[error(
        "the supergraph needs the feature `{url}` for {purpose}, which this gateway does not have; without it, it would \
         serve what it must not"
    )]
    Feature {
        /// The URL of the specification.
        url: String,
        /// `SECURITY` or `EXECUTION`.
        purpose: String,
    },
    /// The schema without `@inaccessible` elements is not valid.
    #[error("the schema without @inaccessible elements is not valid:\n{0}")]
    Api(String),
}

/// One subgraph of a supergraph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subgraph {
    /// The name of the subgraph.
    pub name: String,
    /// Its URL from the composition; may be empty.
    pub url: String,
}

/// All data that is read once from a supergraph SDL.
pub struct Supergraph {
    /// The original SDL.
    pub sdl: String,
    /// Subgraphs in the order of the SDL.
    pub subgraphs: Vec<Subgraph>,
    /// The schema that clients see, without federation types and directives and without `@inaccessible` elements.
    pub api: Valid<Schema>,
    /// The implementing types of each interface in the API schema.
    pub implementers: HashMap<apollo_compiler::Name, Implementers>,
    /// All composite types of the supergraph, including `@inaccessible` ones.
    pub types: TypeTable,
    /// Names of all fields.
    pub field_names: FieldNames,
    /// Interfaces that a subgraph declares as an object type (`@interfaceObject`): names of the subgraph and the
    /// interface.
    pub interface_objects: HashSet<(String, String)>,
    /// Interfaces and unions with possible types that are `@inaccessible`.
    pub partly_hidden: HashSet<apollo_compiler::Name>,
    /// Enum values that are `@inaccessible`.
    pub inaccessible_enum_values: HashMap<apollo_compiler::Name, Vec<apollo_compiler::Name>>,
    /// The `@cost` and `@listSize` directives.
    pub costs: Costs,
}

impl Supergraph {
    /// Parses a supergraph.
    ///
    /// # Errors
    ///
    /// When the SDL is not a valid composed supergraph, or needs an unsupported feature.
    pub fn parse(sdl: impl Into<String>) -> Result<Self, SupergraphError> {
        let sdl = sdl.into();
        let schema = Schema::parse(&sdl, "supergraph.graphql")
            .map_err(|error| SupergraphError::Sdl(error.errors.to_string()))?;
        let subgraphs = subgraphs(&schema);
        if subgraphs.is_empty() {
            return Err(SupergraphError::NoGraphs);
        }
        features::require_known(&schema)?;
        let types = TypeTable::new(&schema);
        let costs = Costs::new(&schema);
        let interface_objects = interface_objects(&schema);
        let field_names = FieldNames::new(&schema);
        let inaccessible_enum_values = inaccessible_enum_values(&schema);
        let api = api_schema::api_schema(schema)?;
        let implementers = api.implementers_map();
        let partly_hidden = partly_hidden(&api, &types);
        Ok(Self {
            sdl,
            subgraphs,
            api,
            implementers,
            types,
            field_names,
            interface_objects,
            partly_hidden,
            inaccessible_enum_values,
            costs,
        })
    }
}

fn interface_objects(schema: &Schema) -> HashSet<(String, String)> {
    let Some(ExtendedType::Enum(graphs)) = schema.types.get("join__Graph") else {
        return HashSet::new();
    };
    let subgraph = |graph: &str| -> Option<String> {
        let directive = graphs.values.get(graph)?.directives.get("join__graph")?;
        Some(directive.specified_argument_by_name("name")?.as_str()?.to_owned())
    };
    let mut found = HashSet::new();
    for (name, definition) in &schema.types {
        for directive in definition.directives().get_all("join__type") {
            let argument = |name: &str| directive.specified_argument_by_name(name);
            if argument("isInterfaceObject").and_then(|value| value.to_bool()) == Some(true)
                && let Some(graph) = argument("graph").and_then(|value| value.as_enum())
            {
                found.extend(subgraph(graph).map(|subgraph| (subgraph, name.to_string())));
            }
        }
    }
    found
}

fn inaccessible_enum_values(schema: &Schema) -> HashMap<apollo_compiler::Name, Vec<apollo_compiler::Name>> {
    let mut found = HashMap::default();
    for (name, definition) in &schema.types {
        if let ExtendedType::Enum(definition) = definition {
            let values = definition.values.iter();
            let hidden = values.filter(|(_, value)| value.directives.has("inaccessible"));
            let hidden: Vec<_> = hidden.map(|(value, _)| value.clone()).collect();
            if !hidden.is_empty() {
                found.insert(name.clone(), hidden);
            }
        }
    }
    found
}

fn partly_hidden(api: &Schema, types: &TypeTable) -> HashSet<apollo_compiler::Name> {
    let is_hidden = |name: &str| api.get_object(name).is_none();
    let abstract_types = api.types.iter().filter(|(_, definition)| definition.is_interface() || definition.is_union());
    abstract_types.filter(|(name, _)| types.objects_of(name).any(is_hidden)).map(|(name, _)| name.clone()).collect()
}

/// The API schema of a supergraph, a subgraph or a plain schema.
///
/// # Errors
///
/// When the SDL does not parse, or when the API schema is not valid.
pub fn read_api_schema(sdl: &str) -> Result<Valid<Schema>, SupergraphError> {
    let built = Schema::builder().adopt_orphan_extensions().parse(sdl, "schema.graphql").build();
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
            Some(Subgraph { name: text("name"), url: text("url") })
        })
        .filter(|subgraph| seen.insert(subgraph.name.clone()))
        .collect()
}
