//! Takes introspection out of what the planning library sees: no subgraph answers it, and the library does not
//! normalize every selection in it.

use std::borrow::Cow;

use apollo_compiler::{
    ExecutableDocument,
    ast::{Definition, Document, Selection},
    name,
    validation::Valid,
};

/// The text with `__typename` in the place of every `__schema` and `__type`, which only stand at the root of a query.
pub(super) fn without_introspection<'a>(text: &'a str, document: &Valid<ExecutableDocument>) -> Cow<'a, str> {
    let mut roots = document
        .operations
        .iter()
        .flat_map(|operation| operation.root_fields(document));
    if !roots.any(|field| is_introspection(&field.name)) {
        return Cow::Borrowed(text);
    }
    let Ok(mut ast) = Document::parse(text, "document") else {
        return Cow::Borrowed(text);
    };
    ast.definitions.retain_mut(|definition| match definition {
        Definition::OperationDefinition(operation) => {
            replace(&mut operation.make_mut().selection_set);
            true
        }
        // A fragment on a type of introspection is spread nowhere else.
        Definition::FragmentDefinition(fragment) if fragment.type_condition.starts_with("__") => false,
        Definition::FragmentDefinition(fragment) => {
            replace(&mut fragment.make_mut().selection_set);
            true
        }
        _ => true,
    });
    Cow::Owned(ast.to_string())
}

fn is_introspection(field: &str) -> bool {
    matches!(field, "__schema" | "__type")
}

fn replace(selections: &mut [Selection]) {
    for selection in selections {
        match selection {
            Selection::Field(field) if is_introspection(&field.name) => {
                let field = field.make_mut();
                field.name = name!("__typename");
                field.alias = None;
                field.arguments.clear();
                field.selection_set.clear();
            }
            Selection::InlineFragment(fragment) => replace(&mut fragment.make_mut().selection_set),
            Selection::Field(_) | Selection::FragmentSpread(_) => {}
        }
    }
}
