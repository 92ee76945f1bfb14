//! Visits every place of a document where a directive may be applied.

use apollo_compiler::{
    Node,
    ast::{Definition, Directive, DirectiveList, Document, FieldDefinition, InputValueDefinition},
};

pub(super) fn for_each_directive(document: &mut Document, visit: &mut impl FnMut(&mut Node<Directive>)) {
    fn all(list: &mut DirectiveList, visit: &mut impl FnMut(&mut Node<Directive>)) {
        list.0.iter_mut().for_each(visit);
    }
    fn inputs(list: &mut [Node<InputValueDefinition>], visit: &mut impl FnMut(&mut Node<Directive>)) {
        for input in list {
            all(&mut input.make_mut().directives, visit);
        }
    }
    fn fields(list: &mut [Node<FieldDefinition>], visit: &mut impl FnMut(&mut Node<Directive>)) {
        for field in list {
            let field = field.make_mut();
            all(&mut field.directives, visit);
            inputs(&mut field.arguments, visit);
        }
    }
    macro_rules! members {
        ($definition:expr, $members:ident) => {{
            let definition = $definition.make_mut();
            all(&mut definition.directives, visit);
            $members(&mut definition.fields, visit);
        }};
    }
    macro_rules! values {
        ($definition:expr) => {{
            let definition = $definition.make_mut();
            all(&mut definition.directives, visit);
            for value in &mut definition.values {
                all(&mut value.make_mut().directives, visit);
            }
        }};
    }
    for definition in &mut document.definitions {
        match definition {
            Definition::ScalarTypeDefinition(scalar) => all(&mut scalar.make_mut().directives, visit),
            Definition::ScalarTypeExtension(scalar) => all(&mut scalar.make_mut().directives, visit),
            Definition::EnumTypeDefinition(definition) => values!(definition),
            Definition::EnumTypeExtension(definition) => values!(definition),
            Definition::UnionTypeDefinition(union) => all(&mut union.make_mut().directives, visit),
            Definition::UnionTypeExtension(union) => all(&mut union.make_mut().directives, visit),
            Definition::ObjectTypeDefinition(object) => members!(object, fields),
            Definition::ObjectTypeExtension(object) => members!(object, fields),
            Definition::InterfaceTypeDefinition(interface) => members!(interface, fields),
            Definition::InterfaceTypeExtension(interface) => members!(interface, fields),
            Definition::InputObjectTypeDefinition(input) => members!(input, inputs),
            Definition::InputObjectTypeExtension(input) => members!(input, inputs),
            Definition::SchemaDefinition(_)
            | Definition::SchemaExtension(_)
            | Definition::DirectiveDefinition(_)
            | Definition::OperationDefinition(_)
            | Definition::FragmentDefinition(_) => {}
        }
    }
}
