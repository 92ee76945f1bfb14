//! Compares types and directives of two schemas.

use apollo_compiler::{
    Schema,
    ast::OperationType,
    collections::IndexSet,
    schema::{ComponentName, DirectiveDefinition, EnumType, ExtendedType, InputObjectType, ScalarType, UnionType},
};

use super::{
    Changes,
    members::{arguments, deprecation, fields, input_fields},
};

pub(super) fn compare(old: &Schema, new: &Schema, changes: &mut Changes) {
    for operation in [OperationType::Query, OperationType::Mutation, OperationType::Subscription] {
        let (before, after) = (old.root_operation(operation), new.root_operation(operation));
        match (before, after) {
            (Some(before), None) => changes.breaking(before.as_str(), format!("no longer the {operation} type")),
            (None, Some(after)) => changes.safe(after.as_str(), format!("new {operation} type")),
            (Some(before), Some(after)) if before != after => {
                changes.dangerous(after.as_str(), format!("{operation} type instead of `{before}`"));
            }
            _ => {}
        }
    }
    for (name, before) in &old.types {
        match new.types.get(name) {
            _ if before.is_built_in() => {}
            None => changes.breaking(name.as_str(), format!("{} was removed", kind(before))),
            Some(after) => definition(before, after, changes),
        }
    }
    for (name, after) in &new.types {
        if !old.types.contains_key(name) && !after.is_built_in() {
            changes.safe(name.as_str(), format!("{} was added", kind(after)));
        }
    }
    directives(old, new, changes);
}

fn kind(definition: &ExtendedType) -> &'static str {
    match definition {
        ExtendedType::Scalar(_) => "scalar",
        ExtendedType::Object(_) => "object type",
        ExtendedType::Interface(_) => "interface",
        ExtendedType::Union(_) => "union",
        ExtendedType::Enum(_) => "enum",
        ExtendedType::InputObject(_) => "input object",
    }
}

fn definition(before: &ExtendedType, after: &ExtendedType, changes: &mut Changes) {
    match (before, after) {
        (ExtendedType::Scalar(before), ExtendedType::Scalar(after)) => scalar(before, after, changes),
        (ExtendedType::Object(before), ExtendedType::Object(after)) => {
            let (was, is) = (&before.implements_interfaces, &after.implements_interfaces);
            interfaces(&before.name, was, is, changes);
            fields(&before.name, &before.fields, &after.fields, changes);
        }
        (ExtendedType::Interface(before), ExtendedType::Interface(after)) => {
            let (was, is) = (&before.implements_interfaces, &after.implements_interfaces);
            interfaces(&before.name, was, is, changes);
            fields(&before.name, &before.fields, &after.fields, changes);
        }
        (ExtendedType::Union(before), ExtendedType::Union(after)) => union(before, after, changes),
        (ExtendedType::Enum(before), ExtendedType::Enum(after)) => enumeration(before, after, changes),
        (ExtendedType::InputObject(before), ExtendedType::InputObject(after)) => input_object(before, after, changes),
        _ => changes.breaking(before.name().as_str(), format!("{} became {}", kind(before), kind(after))),
    }
}

fn scalar(before: &ScalarType, after: &ScalarType, changes: &mut Changes) {
    let url = |scalar: &ScalarType| {
        let directive = scalar.directives.get("specifiedBy");
        directive.and_then(|directive| directive.specified_argument_by_name("url")?.as_str().map(str::to_owned))
    };
    if url(before) != url(after) {
        changes.dangerous(before.name.as_str(), "`@specifiedBy` changed: values may be written differently");
    }
}

fn interfaces(name: &str, before: &IndexSet<ComponentName>, after: &IndexSet<ComponentName>, changes: &mut Changes) {
    for interface in before.iter().filter(|interface| !after.contains(*interface)) {
        changes.breaking(name, format!("no longer implements `{}`", interface.name));
    }
    for interface in after.iter().filter(|interface| !before.contains(*interface)) {
        changes.dangerous(name, format!("implements `{}`: it may appear where that is returned", interface.name));
    }
}

fn union(before: &UnionType, after: &UnionType, changes: &mut Changes) {
    let name = before.name.as_str();
    for member in before.members.iter().filter(|member| !after.members.contains(*member)) {
        changes.breaking(name, format!("member `{}` was removed", member.name));
    }
    for member in after.members.iter().filter(|member| !before.members.contains(*member)) {
        changes.dangerous(name, format!("member `{}` was added", member.name));
    }
}

fn enumeration(before: &EnumType, after: &EnumType, changes: &mut Changes) {
    for (name, value) in &before.values {
        let coordinate = format!("{}.{name}", before.name);
        match after.values.get(name) {
            None => changes.breaking(coordinate, "enum value was removed"),
            Some(now) => deprecation(&coordinate, &value.directives, &now.directives, changes),
        }
    }
    for name in after.values.keys().filter(|name| !before.values.contains_key(*name)) {
        changes.dangerous(format!("{}.{name}", before.name), "enum value was added");
    }
}

fn input_object(before: &InputObjectType, after: &InputObjectType, changes: &mut Changes) {
    let name = before.name.as_str();
    match (before.directives.has("oneOf"), after.directives.has("oneOf")) {
        (false, true) => changes.breaking(name, "became `@oneOf`: exactly one field must be given"),
        (true, false) => changes.safe(name, "is no longer `@oneOf`"),
        _ => {}
    }
    input_fields(before, after, changes);
}

fn directives(old: &Schema, new: &Schema, changes: &mut Changes) {
    for (name, before) in &old.directive_definitions {
        let coordinate = format!("@{name}");
        match new.directive_definitions.get(name) {
            _ if before.is_built_in() => {}
            None => changes.breaking(coordinate, "directive was removed"),
            Some(after) => directive(&coordinate, before, after, changes),
        }
    }
    for name in new.directive_definitions.keys() {
        if !old.directive_definitions.contains_key(name) {
            changes.safe(format!("@{name}"), "directive was added");
        }
    }
}

fn directive(coordinate: &str, before: &DirectiveDefinition, after: &DirectiveDefinition, changes: &mut Changes) {
    arguments(coordinate, &before.arguments, &after.arguments, changes);
    if before.repeatable && !after.repeatable {
        changes.breaking(coordinate, "directive is no longer repeatable");
    }
    for location in before.locations.iter().filter(|location| !after.locations.contains(location)) {
        changes.breaking(coordinate, format!("directive may no longer stand on {}", location.name()));
    }
    for location in after.locations.iter().filter(|location| !before.locations.contains(location)) {
        changes.safe(coordinate, format!("directive may stand on {}", location.name()));
    }
}
