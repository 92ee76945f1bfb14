//! Reads `@cost` and `@listSize` from a supergraph, in every form that composition writes.
//!
//! Composition keeps them as plain directives, under the names that a `@link` of the cost specification gives them, or
//! wraps them as `@join__directive(graphs:, name:, args:)`. Their meaning follows Apollo's demand control, which is
//! based on IBM's GraphQL Cost Directive specification. When subgraphs disagree, the higher cost is used.

use ahash::AHashMap;
use apollo_compiler::{
    Name, Node, Schema,
    ast::{Directive, FieldDefinition, Value},
    schema::ExtendedType,
};

/// Weights and list sizes, by type and field.
#[derive(Clone, Debug, Default)]
pub struct Costs {
    types: AHashMap<Name, u64>,
    fields: AHashMap<Name, AHashMap<Name, FieldCosts>>,
    input_fields: AHashMap<Name, AHashMap<Name, u64>>,
}

/// The cost directives of one field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldCosts {
    /// `@cost(weight:)` of the field.
    pub weight: Option<u64>,
    /// `@cost(weight:)` of its arguments.
    pub arguments: AHashMap<Name, u64>,
    /// `@listSize` of the field.
    pub list_size: Option<ListSize>,
}

/// The arguments of `@listSize`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListSize {
    /// Number of elements when no slicing argument gives it.
    pub assumed_size: Option<u64>,
    /// Arguments that give the number of elements. A dot leads to a field of an input object.
    pub slicing_arguments: Vec<String>,
    /// Fields of the returned object that have this size, instead of the field itself.
    pub sized_fields: Vec<String>,
    /// Whether exactly one slicing argument must be given.
    pub require_one_slicing_argument: bool,
}

impl Costs {
    pub(super) fn new(schema: &Schema) -> Self {
        let names = Names::of(schema);
        let mut costs = Self::default();
        for (name, definition) in &schema.types {
            let directives = definition.directives();
            if let Some(weight) = names.weight(directives.iter().map(|directive| &***directive)) {
                costs.types.insert(name.clone(), weight);
            }
            match definition {
                ExtendedType::Object(object) => {
                    costs.fields(&names, name, object.fields.values().map(|field| &***field));
                }
                ExtendedType::Interface(interface) => {
                    costs.fields(&names, name, interface.fields.values().map(|field| &***field));
                }
                ExtendedType::InputObject(input) => {
                    let weights = input.fields.values().filter_map(|field| {
                        let weight = names.weight(field.directives.iter().map(|directive| &**directive))?;
                        Some((field.name.clone(), weight))
                    });
                    let weights: AHashMap<_, _> = weights.collect();
                    if !weights.is_empty() {
                        costs.input_fields.insert(name.clone(), weights);
                    }
                }
                _ => {}
            }
        }
        costs.inherit(schema);
        costs
    }

    fn fields<'a>(&mut self, names: &Names, parent: &Name, fields: impl Iterator<Item = &'a FieldDefinition>) {
        for field in fields {
            let directives = || field.directives.iter().map(|directive| &**directive);
            let arguments = field.arguments.iter().filter_map(|argument| {
                let weight = names.weight(argument.directives.iter().map(|directive| &**directive))?;
                Some((argument.name.clone(), weight))
            });
            let costs = FieldCosts {
                weight: names.weight(directives()),
                arguments: arguments.collect(),
                list_size: names.list_size(directives()),
            };
            if costs != FieldCosts::default() {
                self.fields.entry(parent.clone()).or_default().insert(field.name.clone(), costs);
            }
        }
    }

    /// Adds inherited costs: an interface or union has the highest weight of its object types, and a field of an
    /// interface the highest cost of that field in its object types.
    fn inherit(&mut self, schema: &Schema) {
        for (name, definition) in &schema.types {
            if !(definition.is_interface() || definition.is_union()) {
                continue;
            }
            let objects = || {
                let is_member = |object: &&Name| schema.is_subtype(name, object);
                let objects = schema.types.iter().filter(|(_, definition)| definition.is_object());
                objects.map(|(name, _)| name).filter(is_member)
            };
            let weight = objects().filter_map(|object| self.types.get(object)).max().copied();
            if let Some(weight) = weight {
                self.types.entry(name.clone()).or_insert(weight);
            }
            let inherited: Vec<(Name, FieldCosts)> = objects()
                .filter_map(|object| self.fields.get(object))
                .flatten()
                .filter(|(field, _)| {
                    definition.as_interface().is_some_and(|interface| interface.fields.contains_key(*field))
                })
                .map(|(field, costs)| (field.clone(), costs.clone()))
                .collect();
            for (field, costs) in inherited {
                let own = self.fields.entry(name.clone()).or_default().entry(field).or_default();
                own.weight = own.weight.max(costs.weight);
                own.list_size = own.list_size.take().or(costs.list_size);
                for (argument, weight) in costs.arguments {
                    let own = own.arguments.entry(argument).or_default();
                    *own = (*own).max(weight);
                }
            }
        }
    }

    /// The weight of a type.
    #[must_use]
    pub fn of_type(&self, name: &str) -> Option<u64> {
        self.types.get(name).copied()
    }

    /// The cost directives of a field.
    #[must_use]
    pub fn of_field(&self, parent: &str, field: &str) -> Option<&FieldCosts> {
        self.fields.get(parent)?.get(field)
    }

    /// The weight of a field of an input object.
    #[must_use]
    pub fn of_input_field(&self, parent: &str, field: &str) -> Option<u64> {
        self.input_fields.get(parent)?.get(field).copied()
    }
}

/// The names of the two directives in this supergraph.
struct Names {
    cost: Vec<String>,
    list_size: Vec<String>,
}

impl Names {
    fn of(schema: &Schema) -> Self {
        let names = |plain: &str| vec![plain.to_owned(), format!("federation__{plain}"), format!("cost__{plain}")];
        let (mut cost, mut list_size) = (names("cost"), names("listSize"));
        for link in schema.schema_definition.directives.get_all("link") {
            let url = text(link, "url").unwrap_or_default();
            if !url.contains("specs.apollo.dev/cost/") && !url.contains("specs.apollo.dev/federation/") {
                continue;
            }
            if let Some(prefix) = text(link, "as") {
                cost.push(format!("{prefix}__cost"));
                list_size.push(format!("{prefix}__listSize"));
            }
            let imports = link.specified_argument_by_name("import").and_then(|imports| imports.as_list());
            for import in imports.into_iter().flatten().filter_map(|import| import.as_object()) {
                let member =
                    |key: &str| import.iter().find(|(name, _)| name == key).and_then(|(_, value)| value.as_str());
                let alias = member("as").map(|alias| alias.trim_start_matches('@').to_owned());
                match member("name") {
                    Some("@cost") => cost.extend(alias),
                    Some("@listSize") => list_size.extend(alias),
                    _ => {}
                }
            }
        }
        Self { cost, list_size }
    }

    fn weight<'a>(&self, directives: impl Iterator<Item = &'a Directive>) -> Option<u64> {
        let weights = directives.filter_map(|directive| integer(Arguments::of(directive, &self.cost)?.get("weight")?));
        weights.max()
    }

    fn list_size<'a>(&self, directives: impl Iterator<Item = &'a Directive>) -> Option<ListSize> {
        let sizes = directives.filter_map(|directive| {
            let arguments = Arguments::of(directive, &self.list_size)?;
            let strings = |name: &str| {
                let list = arguments.get(name).and_then(|value| value.as_list()).unwrap_or_default();
                list.iter().filter_map(|value| value.as_str().map(str::to_owned)).collect::<Vec<_>>()
            };
            let require_one = arguments.get("requireOneSlicingArgument").and_then(Value::to_bool);
            Some(ListSize {
                assumed_size: arguments.get("assumedSize").and_then(integer),
                slicing_arguments: strings("slicingArguments"),
                sized_fields: strings("sizedFields"),
                require_one_slicing_argument: require_one.unwrap_or(true),
            })
        });
        sizes.reduce(|mut left, right| {
            left.assumed_size = left.assumed_size.max(right.assumed_size);
            for (names, more) in
                [(&mut left.slicing_arguments, right.slicing_arguments), (&mut left.sized_fields, right.sized_fields)]
            {
                for name in more {
                    if !names.contains(&name) {
                        names.push(name);
                    }
                }
            }
            left.require_one_slicing_argument &= right.require_one_slicing_argument;
            left
        })
    }
}

/// Arguments of a directive, plain or wrapped.
enum Arguments<'a> {
    Plain(&'a Directive),
    Wrapped(&'a [(Name, Node<Value>)]),
}

impl<'a> Arguments<'a> {
    fn of(directive: &'a Directive, names: &[String]) -> Option<Self> {
        let is_meant = |name: &str| names.iter().any(|known| known == name);
        if is_meant(&directive.name) {
            return Some(Self::Plain(directive));
        }
        let wrapped = directive.name == "join__directive" && is_meant(text(directive, "name")?);
        let arguments = || directive.specified_argument_by_name("args")?.as_object();
        wrapped.then(|| Self::Wrapped(arguments().unwrap_or_default()))
    }

    fn get(&self, name: &str) -> Option<&'a Value> {
        match self {
            Self::Plain(directive) => directive.specified_argument_by_name(name).map(|value| &**value),
            Self::Wrapped(members) => members.iter().find(|(member, _)| member == name).map(|(_, value)| &**value),
        }
    }
}

fn text<'a>(directive: &'a Directive, argument: &str) -> Option<&'a str> {
    directive.specified_argument_by_name(argument)?.as_str()
}

/// Reads a weight. IBM's specification writes weights as strings with fractions, Apollo's as integers. Fractions are
/// rounded up.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the cast saturates, and a negative weight counts as nothing"
)]
fn integer(value: &Value) -> Option<u64> {
    let number: f64 = match value {
        Value::Int(number) => number.as_str().parse().ok()?,
        Value::Float(number) => number.as_str().parse().ok()?,
        Value::String(text) => text.parse().ok()?,
        _ => return None,
    };
    Some(number.ceil() as u64)
}
