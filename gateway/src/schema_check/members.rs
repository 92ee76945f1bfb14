//! Compares fields, arguments and input fields of two schemas.

use apollo_compiler::{
    Name, Node,
    ast::{DirectiveList, FieldDefinition, InputValueDefinition, Type},
    collections::IndexMap,
    schema::{Component, InputObjectType},
};

use super::Changes;

type Fields = IndexMap<Name, Component<FieldDefinition>>;

pub(super) fn fields(parent: &str, before: &Fields, after: &Fields, changes: &mut Changes) {
    for (name, was) in before {
        let coordinate = format!("{parent}.{name}");
        let Some(is) = after.get(name) else {
            let deprecated = was.directives.has("deprecated");
            changes.breaking(coordinate, if deprecated { "deprecated field was removed" } else { "field was removed" });
            continue;
        };
        if was.ty != is.ty {
            let message = format!("type changed from `{}` to `{}`", was.ty, is.ty);
            if is_safe_output(&was.ty, &is.ty) {
                changes.safe(&coordinate, message);
            } else {
                changes.breaking(&coordinate, message);
            }
        }
        deprecation(&coordinate, &was.directives, &is.directives, changes);
        arguments(&coordinate, &was.arguments, &is.arguments, changes);
    }
    for name in after.keys().filter(|name| !before.contains_key(*name)) {
        changes.safe(format!("{parent}.{name}"), "field was added");
    }
}

pub(super) fn arguments(
    owner: &str,
    before: &[Node<InputValueDefinition>],
    after: &[Node<InputValueDefinition>],
    changes: &mut Changes,
) {
    let find =
        |list: &[Node<InputValueDefinition>], name: &Name| list.iter().find(|argument| argument.name == *name).cloned();
    for was in before {
        let coordinate = format!("{owner}({}:)", was.name);
        match find(after, &was.name) {
            None => changes.breaking(coordinate, "argument was removed"),
            Some(is) => input(&coordinate, was, &is, changes),
        }
    }
    for is in after.iter().filter(|is| find(before, &is.name).is_none()) {
        let coordinate = format!("{owner}({}:)", is.name);
        if is.is_required() {
            changes.breaking(coordinate, format!("required argument of type `{}` was added", is.ty));
        } else {
            changes.dangerous(coordinate, "optional argument was added: its absence may mean something else now");
        }
    }
}

pub(super) fn input_fields(before: &InputObjectType, after: &InputObjectType, changes: &mut Changes) {
    for (name, was) in &before.fields {
        let coordinate = format!("{}.{name}", before.name);
        match after.fields.get(name) {
            None => changes.breaking(coordinate, "input field was removed"),
            Some(is) => input(&coordinate, was, is, changes),
        }
    }
    for (name, is) in after.fields.iter().filter(|(name, _)| !before.fields.contains_key(*name)) {
        let coordinate = format!("{}.{name}", before.name);
        if is.is_required() {
            changes.breaking(coordinate, format!("required input field of type `{}` was added", is.ty));
        } else {
            changes.dangerous(coordinate, "optional input field was added: its absence may mean something else now");
        }
    }
}

fn input(coordinate: &str, was: &InputValueDefinition, is: &InputValueDefinition, changes: &mut Changes) {
    if was.ty != is.ty {
        let message = format!("type changed from `{}` to `{}`", was.ty, is.ty);
        if is_safe_input(&was.ty, &is.ty) {
            changes.safe(coordinate, message);
        } else {
            changes.breaking(coordinate, message);
        }
    }
    if was.default_value != is.default_value {
        let text = |value: &InputValueDefinition| {
            let default = value.default_value.as_ref();
            default.map_or_else(|| "none".to_owned(), |default| format!("`{}`", default.serialize().no_indent()))
        };
        let message = format!("default changed from {} to {}", text(was), text(is));
        if is.is_required() && !was.is_required() {
            changes.breaking(coordinate, format!("{message}: a value is required now"));
        } else {
            changes.dangerous(coordinate, message);
        }
    }
    deprecation(coordinate, &was.directives, &is.directives, changes);
}

pub(super) fn deprecation(coordinate: &str, before: &DirectiveList, after: &DirectiveList, changes: &mut Changes) {
    match (before.has("deprecated"), after.has("deprecated")) {
        (false, true) => changes.safe(coordinate, "was deprecated"),
        (true, false) => changes.safe(coordinate, "is no longer deprecated"),
        _ => {}
    }
}

/// Whether every value of the new type is a value of the old type. Then a client that reads the old type can read the
/// new one.
fn is_safe_output(old: &Type, new: &Type) -> bool {
    match (old, new) {
        (Type::Named(old), Type::Named(new) | Type::NonNullNamed(new))
        | (Type::NonNullNamed(old), Type::NonNullNamed(new)) => old == new,
        (Type::List(old), Type::List(new) | Type::NonNullList(new))
        | (Type::NonNullList(old), Type::NonNullList(new)) => is_safe_output(old, new),
        _ => false,
    }
}

/// Whether every value of the old type is a value of the new type. Then variables of the old type remain valid.
fn is_safe_input(old: &Type, new: &Type) -> bool {
    is_safe_output(new, old)
}
