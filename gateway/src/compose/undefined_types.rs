//! Finds fields and arguments of types that no subgraph defines, which the composition library only asserts.

use std::collections::HashSet;

use apollo_compiler::ast::{Definition, Document, Type};

use super::{SubgraphSdl, problem::ComposeProblem};

const BUILT_IN: [&str; 5] = ["Int", "Float", "String", "Boolean", "ID"];

pub(super) fn find(subgraphs: &[&SubgraphSdl], documents: &[Document]) -> Vec<ComposeProblem> {
    let definitions = documents.iter().flat_map(|document| &document.definitions);
    let is_type = |definition: &&Definition| !matches!(definition, Definition::DirectiveDefinition(_));
    let names = definitions.filter(is_type).filter_map(|definition| definition.name());
    let defined: HashSet<&str> = names.map(apollo_compiler::Name::as_str).chain(BUILT_IN).collect();
    let mut problems = Vec::new();
    for (subgraph, document) in subgraphs.iter().zip(documents) {
        each_type(document, &mut |place, ty| {
            let name = ty.inner_named_type().as_str();
            // Types of the federation machinery are brought along by the library.
            if defined.contains(name) || name.starts_with('_') || name.contains("__") {
                return;
            }
            let message = format!("{place} has the type `{name}`, which no subgraph defines");
            let mut problem = ComposeProblem::of(&subgraph.name, message, "define the type, or correct its name");
            problem.coordinate = Some(place);
            problems.push(problem);
        });
    }
    problems
}

/// Calls a function with the type of every field, argument and input field, and its coordinate.
fn each_type(document: &Document, found: &mut impl FnMut(String, &Type)) {
    for definition in &document.definitions {
        let Some(owner) = definition.name() else { continue };
        let (fields, inputs) = match definition {
            Definition::ObjectTypeDefinition(object) => (&*object.fields, &[][..]),
            Definition::ObjectTypeExtension(object) => (&*object.fields, &[][..]),
            Definition::InterfaceTypeDefinition(interface) => (&*interface.fields, &[][..]),
            Definition::InterfaceTypeExtension(interface) => (&*interface.fields, &[][..]),
            Definition::InputObjectTypeDefinition(input) => (&[][..], &*input.fields),
            Definition::InputObjectTypeExtension(input) => (&[][..], &*input.fields),
            _ => continue,
        };
        for field in fields {
            found(format!("{owner}.{}", field.name), &field.ty);
            for argument in &field.arguments {
                found(format!("{owner}.{}({}:)", field.name, argument.name), &argument.ty);
            }
        }
        for input in inputs {
            found(format!("{owner}.{}", input.name), &input.ty);
        }
    }
}
