//! Introspection: answers `__schema` and `__type` from the schema that clients see, as the September 2025 edition
//! defines them.

use apollo_compiler::{
    Name, Node, Schema,
    ast::{Directive, InputValueDefinition, Type, Value as Literal},
    collections::IndexMap,
    executable::{Field, Operation, Selection, SelectionSet},
    schema::{DirectiveDefinition, EnumValueDefinition, ExtendedType, FieldDefinition},
};
use serde_json::{Map, Value};

use crate::execution::VariableValues;

/// The values of the `__schema` and `__type` fields of a simplified operation, by response key.
pub(crate) fn introspect(schema: &Schema, operation: &Operation, values: &VariableValues) -> Map<String, Value> {
    let names = operation.variables.iter().map(|variable| &variable.name);
    let values = values.iter().map(|value| serde_json::from_slice(value.as_deref()?).ok());
    let answer = Introspection {
        schema,
        variables: names.zip(values).filter_map(|(name, value)| Some((name, value?))).collect(),
    };
    let mut roots = collect(&[&operation.selection_set]);
    roots.retain(|_, fields| matches!(fields[0].name.as_str(), "__schema" | "__type"));
    let root = roots.into_iter().map(|(key, fields)| {
        let value = if fields[0].name == "__schema" {
            answer.object(Meta::Schema, &fields)
        } else {
            let name = answer.argument(fields[0], "name");
            let found = name.as_ref().and_then(Value::as_str).and_then(|name| schema.types.get(name));
            found.map_or(Value::Null, |definition| answer.object(Meta::Type(definition), &fields))
        };
        (key.to_string(), value)
    });
    root.collect()
}

/// An object of the introspection schema.
#[derive(Clone, Copy)]
enum Meta<'a> {
    Schema,
    Type(&'a ExtendedType),
    /// A list or non-null type. The flag says whether the outer non-null is already unwrapped.
    Wrapper(&'a Type, bool),
    Field(&'a FieldDefinition),
    Input(&'a InputValueDefinition),
    EnumValue(&'a EnumValueDefinition),
    Directive(&'a DirectiveDefinition),
}

struct Introspection<'a> {
    schema: &'a Schema,
    variables: IndexMap<&'a Name, Value>,
}

type Fields<'a> = [&'a Field];

impl<'a> Introspection<'a> {
    /// A literal argument. Arguments of introspection fields are strings and Booleans.
    fn value(&self, literal: &Literal) -> Option<Value> {
        match literal {
            Literal::Variable(name) => self.variables.get(name).cloned(),
            Literal::Boolean(value) => Some(Value::Bool(*value)),
            Literal::String(text) => Some(Value::from(text.as_str())),
            _ => None,
        }
    }

    fn argument(&self, field: &Field, name: &str) -> Option<Value> {
        self.value(field.specified_argument_by_name(name)?)
    }

    /// Whether an element is included. Deprecated elements need `includeDeprecated: true`.
    fn shown(&self, field: &Field, deprecated: bool) -> bool {
        !deprecated || self.argument(field, "includeDeprecated") == Some(Value::Bool(true))
    }

    fn object(&self, meta: Meta<'a>, fields: &Fields<'a>) -> Value {
        let sets: Vec<_> = fields.iter().map(|field| &field.selection_set).collect();
        let members = collect(&sets).into_iter();
        let members = members.map(|(key, fields)| (key.to_string(), self.member(meta, &fields)));
        Value::Object(members.collect())
    }

    fn list(&self, metas: impl Iterator<Item = Meta<'a>>, fields: &Fields<'a>) -> Value {
        metas.map(|meta| self.object(meta, fields)).collect()
    }

    fn named(&self, name: &str, fields: &Fields<'a>) -> Value {
        let found = self.schema.types.get(name);
        found.map_or(Value::Null, |definition| self.object(Meta::Type(definition), fields))
    }

    fn ty(&self, ty: &'a Type, fields: &Fields<'a>) -> Value {
        match ty {
            Type::Named(name) => self.named(name, fields),
            _ => self.object(Meta::Wrapper(ty, false), fields),
        }
    }

    fn inputs(&self, definitions: &'a [Node<InputValueDefinition>], fields: &Fields<'a>) -> Value {
        let shown = definitions.iter().filter(|input| self.shown(fields[0], input.directives.has("deprecated")));
        self.list(shown.map(|input| Meta::Input(input)), fields)
    }

    fn member(&self, meta: Meta<'a>, fields: &Fields<'a>) -> Value {
        let name = fields[0].name.as_str();
        match meta {
            Meta::Schema => self.schema_member(name, fields),
            Meta::Type(definition) => self.type_member(definition, name, fields),
            Meta::Wrapper(ty, non_null_taken) => self.wrapper_member(ty, non_null_taken, name, fields),
            Meta::Field(field) => match name {
                "__typename" => Value::from("__Field"),
                "name" => Value::from(field.name.as_str()),
                "description" => optional(field.description.as_deref()),
                "args" => self.inputs(&field.arguments, fields),
                "type" => self.ty(&field.ty, fields),
                _ => deprecation(field.directives.get("deprecated").map(|directive| &**directive), name),
            },
            Meta::Input(input) => match name {
                "__typename" => Value::from("__InputValue"),
                "name" => Value::from(input.name.as_str()),
                "description" => optional(input.description.as_deref()),
                "type" => self.ty(&input.ty, fields),
                "defaultValue" => {
                    let text = input.default_value.as_ref().map(|value| value.serialize().no_indent().to_string());
                    text.map_or(Value::Null, Value::from)
                }
                _ => deprecation(input.directives.get("deprecated").map(|directive| &**directive), name),
            },
            Meta::EnumValue(value) => match name {
                "__typename" => Value::from("__EnumValue"),
                "name" => Value::from(value.value.as_str()),
                "description" => optional(value.description.as_deref()),
                _ => deprecation(value.directives.get("deprecated").map(|directive| &**directive), name),
            },
            Meta::Directive(directive) => match name {
                "__typename" => Value::from("__Directive"),
                "name" => Value::from(directive.name.as_str()),
                "description" => optional(directive.description.as_deref()),
                "isRepeatable" => Value::Bool(directive.repeatable),
                "locations" => directive.locations.iter().map(|location| location.name()).collect(),
                "args" => self.inputs(&directive.arguments, fields),
                _ => Value::Null,
            },
        }
    }

    fn schema_member(&self, name: &str, fields: &Fields<'a>) -> Value {
        let definition = &self.schema.schema_definition;
        let root = |root: &Option<apollo_compiler::schema::ComponentName>| {
            root.as_ref().map_or(Value::Null, |root| self.named(&root.name, fields))
        };
        match name {
            "__typename" => Value::from("__Schema"),
            "description" => optional(definition.description.as_deref()),
            "types" => self.list(self.schema.types.values().map(Meta::Type), fields),
            "queryType" => root(&definition.query),
            "mutationType" => root(&definition.mutation),
            "subscriptionType" => root(&definition.subscription),
            "directives" => {
                let directives = self.schema.directive_definitions.values();
                self.list(directives.map(|directive| Meta::Directive(directive)), fields)
            }
            _ => Value::Null,
        }
    }

    fn type_member(&self, definition: &'a ExtendedType, name: &str, fields: &Fields<'a>) -> Value {
        let shown = |deprecated| self.shown(fields[0], deprecated);
        match (name, definition) {
            ("__typename", _) => Value::from("__Type"),
            ("name", _) => Value::from(definition.name().as_str()),
            ("description", _) => optional(definition.description().map(|text| &**text)),
            ("kind", _) => Value::from(kind(definition)),
            ("fields", ExtendedType::Object(object)) => {
                self.fields(object.fields.values().map(|field| &***field), fields)
            }
            ("fields", ExtendedType::Interface(interface)) => {
                self.fields(interface.fields.values().map(|field| &***field), fields)
            }
            ("interfaces", ExtendedType::Object(object)) => self.names(object.implements_interfaces.iter(), fields),
            ("interfaces", ExtendedType::Interface(interface)) => {
                self.names(interface.implements_interfaces.iter(), fields)
            }
            ("possibleTypes", ExtendedType::Union(union)) => self.names(union.members.iter(), fields),
            ("possibleTypes", ExtendedType::Interface(interface)) => {
                let objects = self.schema.types.values().filter(|candidate| {
                    candidate.is_object() && self.schema.is_subtype(&interface.name, candidate.name())
                });
                self.list(objects.map(Meta::Type), fields)
            }
            ("enumValues", ExtendedType::Enum(definition)) => {
                let values = definition.values.values().filter(|value| shown(value.directives.has("deprecated")));
                self.list(values.map(|value| Meta::EnumValue(value)), fields)
            }
            ("inputFields", ExtendedType::InputObject(input)) => {
                let inputs = input.fields.values().filter(|input| shown(input.directives.has("deprecated")));
                self.list(inputs.map(|input| Meta::Input(input)), fields)
            }
            ("specifiedByURL", ExtendedType::Scalar(scalar)) => {
                let directive = scalar.directives.get("specifiedBy");
                optional(directive.and_then(|directive| directive.specified_argument_by_name("url")?.as_str()))
            }
            ("isOneOf", ExtendedType::InputObject(input)) => Value::Bool(input.directives.has("oneOf")),
            _ => Value::Null,
        }
    }

    fn fields(&self, definitions: impl Iterator<Item = &'a FieldDefinition>, fields: &Fields<'a>) -> Value {
        let shown = definitions.filter(|field| self.shown(fields[0], field.directives.has("deprecated")));
        self.list(shown.map(Meta::Field), fields)
    }

    fn names<'n>(
        &self,
        names: impl Iterator<Item = &'n apollo_compiler::schema::ComponentName>,
        fields: &Fields<'a>,
    ) -> Value {
        names.map(|name| self.named(&name.name, fields)).collect()
    }

    fn wrapper_member(&self, ty: &'a Type, non_null_taken: bool, name: &str, fields: &Fields<'a>) -> Value {
        let is_non_null = ty.is_non_null() && !non_null_taken;
        match name {
            "__typename" => Value::from("__Type"),
            "kind" => Value::from(if is_non_null { "NON_NULL" } else { "LIST" }),
            "ofType" => match ty {
                Type::NonNullNamed(name) => self.named(name, fields),
                Type::NonNullList(_) if is_non_null => self.object(Meta::Wrapper(ty, true), fields),
                Type::NonNullList(inner) | Type::List(inner) => self.ty(inner, fields),
                Type::Named(_) => Value::Null,
            },
            _ => Value::Null,
        }
    }
}

fn collect<'a>(sets: &[&'a SelectionSet]) -> IndexMap<&'a Name, Vec<&'a Field>> {
    let mut merged = IndexMap::default();
    for set in sets {
        collect_into(set, &mut merged);
    }
    merged
}

/// Every type of the introspection schema is an object type, so a valid type condition always applies.
fn collect_into<'a>(set: &'a SelectionSet, merged: &mut IndexMap<&'a Name, Vec<&'a Field>>) {
    for selection in &set.selections {
        match selection {
            Selection::Field(field) => merged.entry(field.response_key()).or_default().push(field),
            Selection::InlineFragment(fragment) => collect_into(&fragment.selection_set, merged),
            Selection::FragmentSpread(_) => {}
        }
    }
}

fn optional(text: Option<&str>) -> Value {
    text.map_or(Value::Null, Value::from)
}

fn kind(definition: &ExtendedType) -> &'static str {
    match definition {
        ExtendedType::Scalar(_) => "SCALAR",
        ExtendedType::Object(_) => "OBJECT",
        ExtendedType::Interface(_) => "INTERFACE",
        ExtendedType::Union(_) => "UNION",
        ExtendedType::Enum(_) => "ENUM",
        ExtendedType::InputObject(_) => "INPUT_OBJECT",
    }
}

fn deprecation(directive: Option<&Directive>, name: &str) -> Value {
    match (name, directive) {
        ("isDeprecated", _) => Value::Bool(directive.is_some()),
        ("deprecationReason", Some(directive)) => {
            let reason = directive.specified_argument_by_name("reason");
            // The default value of the argument, according to the specification.
            Value::from(reason.and_then(|reason| reason.as_str()).unwrap_or("No longer supported"))
        }
        _ => Value::Null,
    }
}
