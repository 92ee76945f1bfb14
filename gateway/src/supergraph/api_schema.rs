//! The API schema, which clients see: the supergraph without federation types and directives and without
//! `@inaccessible` elements.

use apollo_compiler::{
    Name, Node, Schema,
    ast::{DirectiveDefinition, DirectiveLocation, FieldDefinition, InputValueDefinition},
    collections::{HashSet, IndexSet},
    name,
    schema::{Component, ComponentName, DirectiveList, ExtendedType},
    ty,
    validation::Valid,
};

use super::SupergraphError;

/// Name prefixes of linked specifications. These types and directives are not meant for clients.
const MACHINERY: [&str; 6] = ["join__", "link__", "core__", "federation__", "connect__", "cacheTag__"];
/// Directives of linked specifications that are imported without a prefix.
const MACHINERY_DIRECTIVES: [&str; 16] = [
    "core",
    "link",
    "inaccessible",
    "tag",
    "authenticated",
    "requiresScopes",
    "policy",
    "cost",
    "listSize",
    "composeDirective",
    "interfaceObject",
    "context",
    "fromContext",
    "connect",
    "source",
    "cacheTag",
];
/// Directives on definitions that introspection exposes.
const VISIBLE_DIRECTIVES: [&str; 3] = ["deprecated", "specifiedBy", "oneOf"];

fn is_machinery(name: &str) -> bool {
    MACHINERY.iter().any(|prefix| name.starts_with(prefix))
}

pub(super) fn api_schema(mut schema: Schema) -> Result<Valid<Schema>, SupergraphError> {
    let hidden: HashSet<Name> = schema
        .types
        .iter()
        .filter(|(name, definition)| is_machinery(name) || definition.directives().has("inaccessible"))
        .map(|(name, _)| name.clone())
        .collect();
    schema.types.retain(|name, _| !hidden.contains(name));
    schema.directive_definitions.retain(|name, definition| {
        definition.is_built_in()
            || name == "oneOf"
            || !(is_machinery(name)
                || MACHINERY_DIRECTIVES.contains(&name.as_str())
                || !definition.locations.iter().any(|location| is_executable(*location)))
    });
    for definition in schema.types.values_mut() {
        if !definition.is_built_in() {
            strip_type(definition, &hidden);
        }
    }
    let root = schema.schema_definition.make_mut();
    root.directives = DirectiveList::default();
    for operation in [&mut root.query, &mut root.mutation, &mut root.subscription] {
        operation.take_if(|name| hidden.contains(&name.name));
    }
    for definition in schema.directive_definitions.values_mut() {
        if definition.is_built_in() {
            continue;
        }
        strip_arguments(&mut definition.make_mut().arguments);
    }
    add_one_of(&mut schema);
    schema.validate().map_err(|error| SupergraphError::Api(error.errors.to_string()))
}

/// Adds `@oneOf` and `__Type.isOneOf` of the September 2025 edition, because the schema library does not have them.
fn add_one_of(schema: &mut Schema) {
    let definition = DirectiveDefinition {
        description: Some("Exactly one field of the input object is given, and it is not null.".into()),
        name: name!("oneOf"),
        arguments: Vec::new(),
        repeatable: false,
        locations: vec![DirectiveLocation::InputObject],
    };
    schema.directive_definitions.insert(name!("oneOf"), Node::new(definition));
    if let Some(ExtendedType::Object(meta)) = schema.types.get_mut("__Type") {
        let field = FieldDefinition {
            description: Some("For input objects, whether exactly one field is given.".into()),
            name: name!("isOneOf"),
            arguments: Vec::new(),
            ty: ty!(Boolean),
            directives: apollo_compiler::ast::DirectiveList::default(),
        };
        meta.make_mut().fields.insert(name!("isOneOf"), Component::new(field));
    }
}

fn strip_type(definition: &mut ExtendedType, hidden: &HashSet<Name>) {
    match definition {
        ExtendedType::Scalar(scalar) => strip_directives(&mut scalar.make_mut().directives),
        ExtendedType::Object(object) => {
            let object = object.make_mut();
            strip_directives(&mut object.directives);
            strip_names(&mut object.implements_interfaces, hidden);
            object.fields.retain(|_, field| !field.directives.has("inaccessible"));
            object.fields.values_mut().for_each(strip_field);
        }
        ExtendedType::Interface(interface) => {
            let interface = interface.make_mut();
            strip_directives(&mut interface.directives);
            strip_names(&mut interface.implements_interfaces, hidden);
            interface.fields.retain(|_, field| !field.directives.has("inaccessible"));
            interface.fields.values_mut().for_each(strip_field);
        }
        ExtendedType::Union(union) => {
            let union = union.make_mut();
            strip_directives(&mut union.directives);
            strip_names(&mut union.members, hidden);
        }
        ExtendedType::Enum(definition) => {
            let definition = definition.make_mut();
            strip_directives(&mut definition.directives);
            definition.values.retain(|_, value| !value.directives.has("inaccessible"));
            for value in definition.values.values_mut() {
                strip_ast_directives(&mut value.make_mut().directives);
            }
        }
        ExtendedType::InputObject(input) => {
            let input = input.make_mut();
            strip_directives(&mut input.directives);
            input.fields.retain(|_, field| !field.directives.has("inaccessible"));
            for field in input.fields.values_mut() {
                strip_ast_directives(&mut field.make_mut().directives);
            }
        }
    }
}

fn strip_field(field: &mut Component<FieldDefinition>) {
    let field = field.make_mut();
    strip_ast_directives(&mut field.directives);
    strip_arguments(&mut field.arguments);
}

fn strip_arguments(arguments: &mut Vec<Node<InputValueDefinition>>) {
    arguments.retain(|argument| !argument.directives.has("inaccessible"));
    for argument in arguments {
        strip_ast_directives(&mut argument.make_mut().directives);
    }
}

fn strip_names(names: &mut IndexSet<ComponentName>, hidden: &HashSet<Name>) {
    names.retain(|name| !hidden.contains(&name.name));
}

fn strip_directives(directives: &mut DirectiveList) {
    directives.0.retain(|directive| VISIBLE_DIRECTIVES.contains(&directive.name.as_str()));
}

fn strip_ast_directives(directives: &mut apollo_compiler::ast::DirectiveList) {
    directives.0.retain(|directive| VISIBLE_DIRECTIVES.contains(&directive.name.as_str()));
}

fn is_executable(location: DirectiveLocation) -> bool {
    use DirectiveLocation::{
        Field, FragmentDefinition, FragmentSpread, InlineFragment, Mutation, Query, Subscription, VariableDefinition,
    };
    matches!(
        location,
        Query
            | Mutation
            | Subscription
            | Field
            | FragmentDefinition
            | FragmentSpread
            | InlineFragment
            | VariableDefinition
    )
}
