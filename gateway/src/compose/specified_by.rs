//! Copies `@specifiedBy` of custom scalars into the supergraph, because the composition library drops it.

use std::collections::BTreeMap;

use apollo_compiler::{
    Name, Node,
    ast::{Definition, Directive, Document},
};

/// Copies the directive of each scalar if all subgraphs that have it agree. Subgraphs may omit it.
pub(super) fn carry_specified_by(supergraph: &mut Document, subgraphs: &[Document]) {
    let mut said: BTreeMap<Name, Vec<Node<Directive>>> = BTreeMap::new();
    for definition in subgraphs.iter().flat_map(|subgraph| &subgraph.definitions) {
        let (name, directives) = match definition {
            Definition::ScalarTypeDefinition(scalar) => (&scalar.name, &scalar.directives),
            Definition::ScalarTypeExtension(scalar) => (&scalar.name, &scalar.directives),
            _ => continue,
        };
        let urls = directives.get_all("specifiedBy").cloned();
        said.entry(name.clone()).or_default().extend(urls);
    }
    for definition in &mut supergraph.definitions {
        let Definition::ScalarTypeDefinition(scalar) = definition else {
            continue;
        };
        let Some((first, others)) = said.get(&scalar.name).and_then(|said| said.split_first()) else {
            continue;
        };
        if others.iter().all(|other| other == first) && !scalar.directives.has("specifiedBy") {
            scalar.make_mut().directives.0.push(first.clone());
        }
    }
}
