//! Estimates the cost of an operation before anything is fetched.
//!
//! - An object costs its weight, or 1. A leaf costs its weight, or nothing.
//! - A list costs its size times the cost of one element. If `@listSize` or the configuration names an argument that
//!   gives the size, its value in this request is used. Otherwise a size is assumed.
//! - The costs of selections for different types of one union or interface are added. So the estimate is never too low
//!   because the types are unknown.

use apollo_compiler::{
    Name, Schema,
    ast::{InputValueDefinition, Type, Value as Literal},
    collections::IndexMap,
    executable::{Field, Operation, Selection, SelectionSet},
    schema::ExtendedType,
};
use serde_json::Value;

use crate::{
    config::CostLimits,
    error::{ErrorCode, GraphQlError},
    execution::VariableValues,
    supergraph::{Costs, FieldCosts, ListSize, Supergraph},
};

/// Estimates the cost of a simplified operation with these variables.
///
/// # Errors
///
/// When a field requires exactly one of its slicing arguments and the request does not give exactly one.
pub(crate) fn estimate_cost(
    supergraph: &Supergraph,
    operation: &Operation,
    variables: &VariableValues,
    settings: &CostLimits,
) -> Result<u64, GraphQlError> {
    let names = operation.variables.iter().map(|variable| &variable.name);
    let values = variables.iter().map(|value| serde_json::from_slice(value.as_deref()?).ok());
    let mut estimate = Estimate {
        schema: &supergraph.api,
        costs: &supergraph.costs,
        settings,
        variables: names.zip(values).filter_map(|(name, value)| Some((name, value?))).collect(),
        unsized_field: None,
    };
    let fields = estimate.selections(&[&operation.selection_set], None);
    if let Some(error) = estimate.unsized_field {
        return Err(error);
    }
    let base = if operation.is_mutation() { settings.mutation_cost } else { 0 };
    Ok(base.saturating_add(fields))
}

struct Estimate<'a> {
    schema: &'a Schema,
    costs: &'a Costs,
    settings: &'a CostLimits,
    variables: IndexMap<&'a Name, Value>,
    unsized_field: Option<GraphQlError>,
}

/// The size that a field sets for list fields of the object that it returns.
#[derive(Clone, Copy)]
struct Sized<'a> {
    size: u64,
    fields: &'a [String],
}

/// Fields with the same response key on the same type. Execution merges them, so they cost once.
type Merged<'a> = IndexMap<(&'a Name, &'a Name), Vec<&'a Field>>;

impl<'a> Estimate<'a> {
    fn selections(&mut self, sets: &[&'a SelectionSet], sized: Option<Sized<'_>>) -> u64 {
        let mut merged = Merged::default();
        for set in sets {
            collect(set, &mut merged);
        }
        let costs = merged.into_iter().map(|((parent, _), fields)| self.field(parent, &fields, sized));
        costs.fold(0, u64::saturating_add)
    }

    fn field(&mut self, parent: &str, fields: &[&'a Field], sized: Option<Sized<'_>>) -> u64 {
        let Some(&field) = fields.first() else { return 0 };
        let (costs, settings) = (self.costs, self.settings);
        let said = costs.of_field(parent, &field.name);
        let list_size = said.and_then(|said| said.list_size.as_ref());
        let size = match list_size {
            Some(list_size) => Some(self.directed_size(field, list_size)),
            None => self.requested_size(field, &settings.size_arguments).map(|(size, _)| size),
        };
        let is_list = field.ty().is_list();
        let sized_fields = match list_size {
            Some(list_size) => list_size.sized_fields.as_slice(),
            None if is_list => &[],
            None => settings.connection_lists.as_slice(),
        };
        let count = if !is_list {
            1
        } else if let Some(sized) = sized.filter(|sized| sized.fields.iter().any(|name| *name == field.name.as_str())) {
            sized.size
        } else {
            size.filter(|_| list_size.is_none_or(|list_size| list_size.sized_fields.is_empty()))
                .unwrap_or(settings.assumed_list_size)
        };
        let weight =
            said.and_then(|said| said.weight).unwrap_or_else(|| self.type_weight(field.ty().inner_named_type()));
        let below = size.map(|size| Sized { size, fields: sized_fields });
        let sets: Vec<_> = fields.iter().map(|field| &field.selection_set).collect();
        let element = weight.saturating_add(self.selections(&sets, below));
        element.saturating_mul(count).saturating_add(self.arguments(field, said))
    }

    fn type_weight(&self, name: &str) -> u64 {
        let is_composite = self.schema.types.get(name).is_some_and(|definition| !definition.is_leaf());
        self.costs.of_type(name).unwrap_or(u64::from(is_composite))
    }

    /// The size of a field with `@listSize`.
    fn directed_size(&mut self, field: &Field, list_size: &ListSize) -> u64 {
        let requested = self.requested_size(field, &list_size.slicing_arguments);
        let given = requested.map_or(0, |(_, given)| given);
        if list_size.require_one_slicing_argument && !list_size.slicing_arguments.is_empty() && given != 1 {
            let names = list_size.slicing_arguments.join("`, `");
            let message = format!("the field `{}` takes exactly one of `{names}`, and {given} are given", field.name);
            let error = GraphQlError::new(ErrorCode::GraphqlValidationFailed, message);
            self.unsized_field.get_or_insert(error);
        }
        let size = requested.map(|(size, _)| size).or(list_size.assumed_size);
        size.unwrap_or(self.settings.assumed_list_size)
    }

    /// The largest size that these arguments request, and how many of them are given. Defaults of the schema count only
    /// if the request gives none.
    fn requested_size(&self, field: &Field, names: &[String]) -> Option<(u64, usize)> {
        let given = names.iter().filter_map(|name| self.size_argument(field, name));
        let defaults = || names.iter().filter_map(|name| default_size(field, name));
        largest(given).or_else(|| largest(defaults()))
    }

    /// The value of an argument, or with a dotted path, of an input field in it.
    fn size_argument(&self, field: &Field, path: &str) -> Option<u64> {
        let mut steps = path.split('.');
        let argument = field.specified_argument_by_name(steps.next()?)?;
        let value = self.value(argument)?;
        let value = steps.try_fold(&value, |value, step| value.get(step))?;
        // The subgraph must refuse a negative number. For the estimate it counts as 0.
        value.as_u64().or_else(|| value.as_i64().map(|_| 0))
    }

    fn arguments(&self, field: &Field, said: Option<&FieldCosts>) -> u64 {
        let costs = field.arguments.iter().map(|argument| {
            let definition = field.definition.argument_by_name(&argument.name);
            let weight = said.and_then(|said| said.arguments.get(&argument.name)).copied();
            match (definition, self.value(&argument.value)) {
                (Some(definition), Some(value)) => self.input(&definition.ty, weight, &value),
                _ => 0,
            }
        });
        costs.fold(0, u64::saturating_add)
    }

    /// An input object costs its weight, or 1, plus the cost of its fields. In a list, each element costs separately.
    fn input(&self, ty: &Type, weight: Option<u64>, value: &Value) -> u64 {
        if let Value::Array(elements) = value {
            let costs = elements.iter().map(|element| self.input(ty.item_type(), weight, element));
            return costs.fold(0, u64::saturating_add);
        }
        let name = ty.inner_named_type();
        let own = weight.unwrap_or_else(|| self.type_weight(name));
        match (self.schema.types.get(name), value) {
            (Some(ExtendedType::InputObject(definition)), Value::Object(members)) => {
                let fields = members.iter().filter_map(|(key, value)| {
                    let field = definition.fields.get(key.as_str())?;
                    Some(self.input(&field.ty, self.costs.of_input_field(name, key), value))
                });
                fields.fold(own, u64::saturating_add)
            }
            (_, Value::Null) => 0,
            _ => own,
        }
    }

    /// A literal with its variables replaced; `None` for a variable without a value.
    fn value(&self, literal: &Literal) -> Option<Value> {
        Some(match literal {
            Literal::Variable(name) => self.variables.get(name)?.clone(),
            Literal::Null => Value::Null,
            Literal::Boolean(value) => Value::Bool(*value),
            Literal::Enum(name) => Value::from(name.as_str()),
            Literal::String(text) => Value::from(text.as_str()),
            Literal::Int(number) => serde_json::from_str(number.as_str()).ok()?,
            Literal::Float(number) => serde_json::from_str(number.as_str()).ok()?,
            Literal::List(elements) => elements.iter().filter_map(|element| self.value(element)).collect(),
            Literal::Object(members) => {
                let members = members.iter().filter_map(|(key, value)| Some((key.to_string(), self.value(value)?)));
                Value::Object(members.collect())
            }
        })
    }
}

fn collect<'a>(set: &'a SelectionSet, merged: &mut Merged<'a>) {
    for selection in &set.selections {
        match selection {
            // The gateway answers introspection itself, and it has a limit of its own.
            Selection::Field(field) if field.name.starts_with("__") => {}
            Selection::Field(field) => merged.entry((&set.ty, field.response_key())).or_default().push(field),
            Selection::InlineFragment(fragment) => collect(&fragment.selection_set, merged),
            Selection::FragmentSpread(_) => {}
        }
    }
}

fn largest(sizes: impl Iterator<Item = u64>) -> Option<(u64, usize)> {
    sizes.fold(None, |found: Option<(u64, usize)>, size| {
        Some(found.map_or((size, 1), |(largest, count)| (largest.max(size), count + 1)))
    })
}

fn default_size(field: &Field, name: &str) -> Option<u64> {
    let argument: &InputValueDefinition = field.definition.argument_by_name(name)?;
    let default = argument.default_value.as_ref()?;
    default.to_i32().and_then(|size| u64::try_from(size).ok())
}
