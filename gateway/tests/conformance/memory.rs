//! A subgraph that runs over a [`World`]: apollo-compiler validates and executes, values are plain JSON.
//!
//! It is as strict as a subgraph can be: an operation must be valid in its schema, a representation must have a whole key
//! without nulls, and a resolver that reads an `@external` field gets only what the representation brought.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
    sync::{Arc, Mutex},
};

use apollo_compiler::{
    ExecutableDocument, Name, Schema,
    ast::{Definition, Document, Type},
    resolvers::{Execution, FieldError, ObjectValue, ResolveInfo, ResolvedValue},
    response::{JsonMap, JsonValue},
    schema::ExtendedType,
    validation::Valid,
};
use futures::future::{BoxFuture, FutureExt};
use gateway::transport::{SubgraphRequest, SubgraphResponse, Transport, TransportError};
use serde_json::{Map, Value as Json, json};

use crate::world::{FieldTree, Row, World};

const FEDERATION: &str = "
    scalar _Any
    scalar FieldSet
    scalar link__Import
    directive @link(url: String!, import: [link__Import], as: String, for: String) repeatable on SCHEMA
    directive @key(fields: String!, resolvable: Boolean) repeatable on OBJECT | INTERFACE
    directive @requires(fields: String!) on FIELD_DEFINITION
    directive @provides(fields: String!) on FIELD_DEFINITION
    directive @external on OBJECT | FIELD_DEFINITION
    directive @extends on OBJECT | INTERFACE
    directive @shareable repeatable on OBJECT | FIELD_DEFINITION
    directive @override(from: String!, label: String) on FIELD_DEFINITION
    directive @interfaceObject on OBJECT
    directive @inaccessible on FIELD_DEFINITION | OBJECT | INTERFACE | UNION | ARGUMENT_DEFINITION | SCALAR | ENUM | ENUM_VALUE | INPUT_OBJECT | INPUT_FIELD_DEFINITION
    directive @tag(name: String!) repeatable on FIELD_DEFINITION | OBJECT | INTERFACE | UNION | ARGUMENT_DEFINITION | SCALAR | ENUM | ENUM_VALUE | INPUT_OBJECT | INPUT_FIELD_DEFINITION
";

/// A schema over the world: a subgraph, or everything at once.
pub struct View {
    world: Arc<World>,
    pub schema: Valid<Schema>,
    /// `Type.field` where the subgraph relies on others.
    externals: BTreeSet<String>,
    /// Keys by which this subgraph finds entities.
    keys: BTreeMap<String, Vec<FieldTree>>,
}

/// Keys of all types in an SDL, extensions included.
pub fn keys(sdl: &str) -> BTreeMap<String, Vec<FieldTree>> {
    let document = Document::parse(sdl, "subgraph").unwrap();
    let mut keys: BTreeMap<String, Vec<FieldTree>> = BTreeMap::new();
    for definition in &document.definitions {
        let Some(name) = definition.name() else { continue };
        for key in definition.directives().get_all("key") {
            let fields = key.specified_argument_by_name("fields").and_then(|fields| fields.as_str());
            let tree = FieldTree::parse(fields.unwrap());
            keys.entry(name.to_string()).or_default().push(tree);
        }
    }
    keys
}

/// Parses a subgraph's SDL together with what federation adds to it.
pub fn subgraph_schema(sdl: &str) -> Valid<Schema> {
    let document = Document::parse(sdl, "subgraph").unwrap();
    let mut query = "Query".to_owned();
    for definition in &document.definitions {
        let operations = match definition {
            Definition::SchemaDefinition(schema) => &schema.root_operations,
            Definition::SchemaExtension(schema) => &schema.root_operations,
            _ => continue,
        };
        for operation in operations {
            if operation.0.name() == "query" {
                query = operation.1.to_string();
            }
        }
    }
    let entities: BTreeSet<String> = document
        .definitions
        .iter()
        .filter(|definition| {
            matches!(definition, Definition::ObjectTypeDefinition(_) | Definition::ObjectTypeExtension(_))
                && definition.directives().has("key")
        })
        .filter_map(|definition| definition.name().map(ToString::to_string))
        .collect();
    let mut text = format!("{FEDERATION}\n{sdl}\n");
    if !entities.is_empty() {
        let members: Vec<_> = entities.into_iter().collect();
        write!(
            text,
            "union _Entity = {}\nextend type {query} {{ _entities(representations: [_Any!]!): [_Entity]! }}",
            members.join(" | ")
        )
        .unwrap();
    }
    let schema = Schema::builder()
        .adopt_orphan_extensions()
        .parse(text, "subgraph.graphql")
        .build()
        .unwrap_or_else(|error| panic!("{}", error.errors));
    schema.validate().unwrap_or_else(|error| panic!("{}", error.errors))
}

impl View {
    /// Everything at once: no field is external, nothing must be sent.
    pub fn whole(world: Arc<World>, schema: Valid<Schema>) -> Self {
        Self { world, schema, externals: BTreeSet::new(), keys: BTreeMap::new() }
    }

    pub fn subgraph(world: Arc<World>, sdl: &str) -> Self {
        let schema = subgraph_schema(sdl);
        let mut externals = BTreeSet::new();
        for (type_name, definition) in &schema.types {
            let ExtendedType::Object(object) = definition else {
                continue;
            };
            for (field, definition) in &object.fields {
                if definition.directives.has("external") || object.directives.has("external") {
                    externals.insert(format!("{type_name}.{field}"));
                }
            }
        }
        Self { world, schema, externals, keys: keys(sdl) }
    }

    /// Executes one operation as a server would.
    pub fn execute(&self, text: &str, variables: &Map<String, Json>) -> Json {
        let document = match ExecutableDocument::parse_and_validate(&self.schema, text, "operation.graphql") {
            Ok(document) => document,
            Err(error) => return json!({ "errors": [{ "message": format!("INVALID: {text}\n{}", error.errors) }] }),
        };
        let Ok(operation) = document.operations.get(None) else {
            return json!({ "errors": [{ "message": "INVALID: which operation?" }] });
        };
        let variables: JsonMap = serde_json::from_value(Json::Object(variables.clone())).unwrap();
        let table = operation.operation_type.default_type_name().to_string();
        let root = Object {
            view: self,
            type_name: operation.object_type().to_string(),
            table: table.clone(),
            sent: Row::new(),
            row: self.world.tables.get(&table).and_then(|rows| rows.first()),
        };
        match Execution::new(&self.schema, &document)
            .operation(operation)
            .raw_variable_values(&variables)
            .execute_sync(&root)
        {
            Ok(response) => serde_json::to_value(response).unwrap(),
            Err(error) => json!({ "errors": [{ "message": format!("INVALID: {text}\n{error:?}") }] }),
        }
    }

    /// The object for a value where a type is expected.
    fn object(&self, value: Row, expected: &Name) -> Object<'_> {
        let named = value.get("__typename").and_then(Json::as_str);
        let table = named.unwrap_or(expected).to_owned();
        let row = self.world.row(&table, &value);
        // What the subgraph knows only as an `@interfaceObject` has the name of the interface there.
        let concrete = row.and_then(|row| row["__typename"].as_str()).unwrap_or(&table);
        let type_name = if self.schema.get_object(expected).is_some() { expected.as_str() } else { concrete };
        Object { view: self, type_name: type_name.to_owned(), table: concrete.to_owned(), sent: value, row }
    }

    fn entity(&self, representation: Json) -> Result<Option<Object<'_>>, String> {
        let Json::Object(sent) = representation else {
            return Err("a representation is an object".to_owned());
        };
        let type_name = sent.get("__typename").and_then(Json::as_str).unwrap_or_default().to_owned();
        let Some(keys) = self.keys.get(&type_name) else {
            return Err(format!("INVALID: `{type_name}` is no entity here"));
        };
        if !keys.iter().any(|key| key.is_in(&sent)) {
            return Err(format!("INVALID: no whole key in {}", Json::Object(sent)));
        }
        let has_rows = self.world.tables.contains_key(&type_name) || self.world.implementers.contains_key(&type_name);
        let expected = Name::new(&type_name).unwrap();
        let mut object = self.object(sent, &expected);
        if object.row.is_none() && has_rows {
            return Ok(None);
        }
        if self.schema.get_object(&type_name).is_none() {
            object.type_name.clone_from(&object.table);
        }
        Ok(Some(object))
    }

    fn resolved<'a>(&'a self, value: Json, ty: &'a Type) -> Result<ResolvedValue<'a>, FieldError> {
        match value {
            Json::Object(mut object) => {
                if let Some(Json::String(message)) = object.remove("$error") {
                    return Err(FieldError { message });
                }
                let name = ty.inner_named_type();
                let is_composite = self.schema.types.get(name).is_some_and(|definition| {
                    definition.is_object() || definition.is_interface() || definition.is_union()
                });
                Ok(if is_composite {
                    ResolvedValue::object(self.object(object, name))
                } else {
                    ResolvedValue::leaf(json_value(&Json::Object(object)))
                })
            }
            Json::Array(elements) if ty.is_list() => {
                let item = ty.item_type();
                Ok(ResolvedValue::List(Box::new(elements.into_iter().map(move |element| self.resolved(element, item)))))
            }
            leaf => Ok(ResolvedValue::leaf(json_value(&leaf))),
        }
    }
}

fn json_value(value: &Json) -> JsonValue {
    serde_json::from_value(value.clone()).unwrap()
}

/// One object during execution.
struct Object<'w> {
    view: &'w View,
    /// The type in the schema that executes.
    type_name: String,
    /// The type in the world.
    table: String,
    /// What a representation or the value itself brought.
    sent: Row,
    row: Option<&'w Row>,
}

impl ObjectValue for Object<'_> {
    fn type_name(&self) -> &str {
        &self.type_name
    }

    fn resolve_field<'a>(&'a self, info: &'a ResolveInfo<'a>) -> Result<ResolvedValue<'a>, FieldError> {
        let field = info.field_name();
        let arguments = serde_json::to_value(info.arguments()).unwrap();
        if field == "_entities" {
            let Json::Array(representations) = arguments["representations"].clone() else {
                return Err(FieldError { message: "INVALID: no representations".to_owned() });
            };
            let entities = representations.into_iter().map(|representation| {
                let entity = self.view.entity(representation);
                entity.map(ResolvedValue::nullable_object).map_err(|message| FieldError { message })
            });
            return Ok(ResolvedValue::List(Box::new(entities)));
        }
        let source = Source { object: self };
        let value = source.call(field, &arguments).map_err(|message| FieldError { message })?;
        self.view.resolved(value, &info.field_definition().ty)
    }
}

/// What a resolver sees of the object whose field it resolves.
pub struct Source<'a> {
    object: &'a Object<'a>,
}

impl Source<'_> {
    /// The value of a field, from its resolver or the data.
    fn call(&self, field: &str, arguments: &Json) -> Result<Json, String> {
        let object = self.object;
        if let Some(resolve) = object.view.world.resolver(&object.table, field) {
            return resolve(self, arguments);
        }
        let value = object.sent.get(field).or_else(|| object.row?.get(field));
        Ok(value.cloned().unwrap_or_default())
    }

    /// A field of the object, which must have been sent when another subgraph owns it. With arguments it is resolved
    /// only where nothing needs to be sent.
    pub fn with(&self, field: &str, arguments: &Json) -> Result<Json, String> {
        let object = self.object;
        if let Some(sent) = object.sent.get(field) {
            return Ok(sent.clone());
        }
        let coordinate = format!("{}.{field}", object.type_name);
        if object.view.externals.contains(&coordinate) {
            return Err(format!("INVALID: `{coordinate}` is required and was not sent"));
        }
        self.call(field, arguments)
    }

    /// The value at a path of fields, through references and lists.
    pub fn get(&self, path: &str) -> Result<Json, String> {
        let (first, rest) = path.split_once('.').unwrap_or((path, ""));
        let value = self.with(first, &json!({}))?;
        self.descend(value, rest)
    }

    fn descend(&self, value: Json, path: &str) -> Result<Json, String> {
        match value {
            _ if path.is_empty() => Ok(value),
            Json::Array(elements) => elements.into_iter().map(|element| self.descend(element, path)).collect(),
            Json::Object(object) => {
                let (first, rest) = path.split_once('.').unwrap_or((path, ""));
                let view = self.object.view;
                let known = object.get(first).cloned().or_else(|| {
                    let is_whole = view.keys.is_empty();
                    let name = object.get("__typename")?.as_str()?;
                    is_whole.then(|| view.world.row(name, &object))??.get(first).cloned()
                });
                let known = known.ok_or_else(|| format!("INVALID: `{first}` is required and was not sent"))?;
                self.descend(known, rest)
            }
            other => Ok(other),
        }
    }
}

/// What was asked: subgraph, operation, variables.
pub type Log = Arc<Mutex<Vec<(String, String, Json)>>>;

/// A subgraph as a transport. It gives bytes, as one behind HTTP does.
pub struct MemorySubgraph {
    pub name: String,
    pub view: Arc<View>,
    pub log: Log,
}

impl Transport for MemorySubgraph {
    fn fetch<'a>(&'a self, request: SubgraphRequest<'a>) -> BoxFuture<'a, Result<SubgraphResponse, TransportError>> {
        let mut variables = Map::new();
        for variable in request.variables {
            variables.insert(variable.name.to_owned(), serde_json::from_slice(variable.json).unwrap());
        }
        let text = request.operation.text();
        let entry = (self.name.clone(), text.to_owned(), Json::Object(variables.clone()));
        self.log.lock().unwrap().push(entry);
        let answer = self.view.execute(text, &variables);
        futures::future::ready(Ok(SubgraphResponse::json(serde_json::to_vec(&answer).unwrap().into()))).boxed()
    }

    fn ready(&self) -> BoxFuture<'_, Result<(), String>> {
        futures::future::ready(Ok(())).boxed()
    }
}
