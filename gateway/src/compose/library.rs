//! Calls the composition library, which asserts some of its assumptions with panics and reads field sets recursively.

use std::panic::{AssertUnwindSafe, catch_unwind};

use apollo_compiler::ast::{Document, Value};

use super::{
    ComposeError, SubgraphSdl, cost_names, directives::for_each_directive, linked_features, problem::ComposeProblem,
    undefined_types, unwritable,
};

/// Deepest nesting of a field set (`@key`, `@requires`, `@provides`). The library reads them recursively, and a thread
/// that has no stack left ends the process.
const MAX_FIELD_SET_DEPTH: usize = 64;

/// Composes subgraphs that parse; `documents` stand in the same order.
///
/// # Errors
///
/// What the library reports, and one problem where it panics.
pub(super) fn compose(subgraphs: &[&SubgraphSdl], documents: &[Document]) -> Result<String, ComposeError> {
    let too_deep =
        subgraphs.iter().zip(documents).filter_map(|(subgraph, document)| too_deep(&subgraph.name, document));
    let mut problems: Vec<_> = too_deep.collect();
    problems.extend(undefined_types::find(subgraphs, documents));
    if !problems.is_empty() {
        return Err(ComposeError { problems });
    }
    let composed = catch_unwind(AssertUnwindSafe(|| composed(subgraphs, documents)));
    composed.unwrap_or_else(|panic| Err(gave_up(subgraphs, documents, &*panic)))
}

fn composed(subgraphs: &[&SubgraphSdl], documents: &[Document]) -> Result<String, ComposeError> {
    let mut ingested = graphql_composition::Subgraphs::default();
    let mut problems = Vec::new();
    for (subgraph, document) in subgraphs.iter().zip(documents) {
        problems.extend(ingest(&mut ingested, subgraph, document).err());
    }
    if !problems.is_empty() {
        return Err(ComposeError { problems });
    }
    let names: Vec<&str> = subgraphs.iter().map(|subgraph| subgraph.name.as_str()).collect();
    let graph = graphql_composition::compose(&mut ingested).into_result().map_err(|diagnostics| ComposeError {
        problems: diagnostics.iter_errors().map(|report| ComposeProblem::reported(report, &names)).collect(),
    })?;
    let sdl = graphql_composition::render_federated_sdl(&graph).map_err(|error| unwritable(&error))?;
    Ok(sdl)
}

fn ingest(
    ingested: &mut graphql_composition::Subgraphs,
    subgraph: &SubgraphSdl,
    document: &Document,
) -> Result<(), ComposeProblem> {
    let url = Some(subgraph.url.as_str()).filter(|url| !url.is_empty());
    let mut renamed = document.clone();
    let has_purposes = linked_features::drop_purposes(&mut renamed);
    let changed = (cost_names::normalize(&mut renamed) || has_purposes).then(|| renamed.to_string());
    let sdl = changed.as_deref().unwrap_or(&subgraph.sdl);
    ingested.ingest_str(sdl, &subgraph.name, url).map_err(|error| {
        let message = format!("the SDL does not parse: {error:#}");
        ComposeProblem::of(&subgraph.name, message, "correct the syntax there")
    })
}

/// The problem for a panic of the library, with the subgraphs that it cannot even read by themselves.
fn gave_up(subgraphs: &[&SubgraphSdl], documents: &[Document], panic: &(dyn std::any::Any + Send)) -> ComposeError {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no reason given");
    let is_unreadable = |subgraph: &SubgraphSdl, document: &Document| {
        let alone = || ingest(&mut graphql_composition::Subgraphs::default(), subgraph, document);
        catch_unwind(AssertUnwindSafe(alone)).is_err()
    };
    let unreadable = subgraphs.iter().zip(documents).filter(|(subgraph, document)| is_unreadable(subgraph, document));
    let names: Vec<_> = unreadable.map(|(subgraph, _)| subgraph.name.clone()).collect();
    let mut problem =
        ComposeProblem::general(format!("the composition library gave up on a schema that it does not expect: {text}"));
    problem.subgraphs = names;
    problem.into()
}

/// The first field set of a subgraph that is nested too deeply.
fn too_deep(subgraph: &str, document: &Document) -> Option<ComposeProblem> {
    let mut found = None;
    for_each_directive(&mut document.clone(), &mut |directive| {
        for argument in &directive.arguments {
            if let Value::String(text) = &*argument.value
                && nesting(text) > MAX_FIELD_SET_DEPTH
            {
                found.get_or_insert_with(|| format!("@{}({}:)", directive.name, argument.name));
            }
        }
    });
    found.map(|place| {
        let message = format!("{place} is nested more than {MAX_FIELD_SET_DEPTH} levels deep");
        ComposeProblem::of(subgraph, message, "select fewer levels there")
    })
}

fn nesting(text: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    for byte in text.bytes() {
        match byte {
            b'{' | b'[' | b'(' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' | b')' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}
