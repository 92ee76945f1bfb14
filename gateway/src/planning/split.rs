//! Splits a fetch whose representations would need two values under one name.
//!
//! The planner combines all fields of an entity from one subgraph into one fetch, whatever these fields require. When
//! one field requires `price(currency: "USD")` and another `price(currency: "EUR")`, a representation can contain only
//! one of them as `price`. So each field gets its own fetch, and the fetches run concurrently.

use std::collections::{BTreeMap, BTreeSet};

use hive_router_query_planner::{
    ast::{
        document::Document,
        operation::SubgraphFetchOperation,
        selection_item::SelectionItem,
        selection_set::{FieldSelection, SelectionSet},
    },
    planner::plan_nodes::{BatchFetchNode, FetchNode, ParallelNode, PlanNode},
};

use super::{
    made_up::{Choices, MadeUpFields},
    planner::PlannerError,
};

/// Splits the fetches of a plan where necessary, and replaces made-up fields with the real ones.
pub(super) fn split(node: &mut PlanNode, fields: &MadeUpFields) -> Result<(), PlannerError> {
    if fields.is_empty() {
        return Ok(());
    }
    match node {
        PlanNode::Sequence(sequence) => sequence.nodes.iter_mut().try_for_each(|node| split(node, fields)),
        PlanNode::Parallel(parallel) => parallel.nodes.iter_mut().try_for_each(|node| split(node, fields)),
        PlanNode::Flatten(flatten) => split(&mut flatten.node, fields),
        PlanNode::Fetch(fetch) => {
            if let Some(parts) = parts_of_fetch(fetch, fields)? {
                let nodes = parts.into_iter().map(PlanNode::Fetch).collect();
                *node = PlanNode::Parallel(ParallelNode { nodes });
                return split(node, fields);
            }
            restore(&mut fetch.operation, fields);
            Ok(())
        }
        PlanNode::BatchFetch(batch) => {
            if let Some(parts) = parts_of_batch(batch, fields)? {
                let nodes = parts.into_iter().map(PlanNode::BatchFetch).collect();
                *node = PlanNode::Parallel(ParallelNode { nodes });
                return split(node, fields);
            }
            restore(&mut batch.operation, fields);
            Ok(())
        }
        _ => Ok(()),
    }
}

fn restore(operation: &mut SubgraphFetchOperation, fields: &MadeUpFields) {
    let document = &mut operation.document;
    let mut restored = fields.restore(&mut document.operation.selection_set);
    for fragment in &mut document.fragments {
        restored |= fields.restore(&mut fragment.selection_set);
    }
    if restored {
        *operation = SubgraphFetchOperation::from_anonymous_operation(document.clone());
    }
}

fn parts_of_fetch(fetch: &FetchNode, fields: &MadeUpFields) -> Result<Option<Vec<FetchNode>>, PlannerError> {
    let Some(requires) = &fetch.requires else {
        return Ok(None);
    };
    let Some(parts) = parts(&fetch.service_name, &fetch.operation, "_entities", requires, fields)? else {
        return Ok(None);
    };
    let parts = parts.into_iter().map(|part| {
        let operation = with_entities(&fetch.operation, "_entities", &part.selections, true)?;
        let mut fetch = fetch.clone();
        fetch.variable_usages = used_variables(&operation);
        fetch.operation = operation;
        fetch.requires = Some(part.requires);
        Ok(fetch)
    });
    parts.collect::<Result<_, PlannerError>>().map(Some)
}

/// Splits a batch fetch. The first part keeps the other entities of the batch.
fn parts_of_batch(batch: &BatchFetchNode, fields: &MadeUpFields) -> Result<Option<Vec<BatchFetchNode>>, PlannerError> {
    for (position, alias) in batch.entity_batch.aliases.iter().enumerate() {
        let (service, operation) = (&batch.service_name, &batch.operation);
        let Some(parts) = parts(service, operation, &alias.alias, &alias.requires, fields)? else {
            continue;
        };
        let parts = parts.into_iter().enumerate().map(|(number, part)| {
            let alone = number > 0;
            let operation = with_entities(operation, &alias.alias, &part.selections, alone)?;
            let mut batch = batch.clone();
            batch.variable_usages = used_variables(&operation);
            batch.operation = operation;
            let aliases = &mut batch.entity_batch.aliases;
            aliases[position].requires = part.requires;
            if alone {
                *aliases = vec![aliases.swap_remove(position)];
            }
            Ok(batch)
        });
        return parts.collect::<Result<_, PlannerError>>().map(Some);
    }
    Ok(None)
}

struct Part {
    selections: SelectionSet,
    requires: SelectionSet,
}

/// Splits the selection under one `_entities` field; `None` when no split is necessary.
fn parts(
    service: &str,
    operation: &SubgraphFetchOperation,
    alias: &str,
    requires: &SelectionSet,
    fields: &MadeUpFields,
) -> Result<Option<Vec<Part>>, PlannerError> {
    let conflicts = conflicts(requires, fields);
    if conflicts.is_empty() {
        return Ok(None);
    }
    let impossible = || PlannerError::Operation("the requirements of a field exclude each other".to_owned());
    let set = expanded(&operation.document)?;
    let entities = set.items.iter().find_map(|item| match item {
        SelectionItem::Field(field) if field.selection_identifier() == alias => Some(&field.selections),
        _ => None,
    });
    let entities = entities.ok_or_else(impossible)?;
    let mut chosen: Vec<Choices> = Vec::new();
    each_field(entities, "", &mut |type_name, field| {
        let Some(choices) = fields.choices(service, type_name, fields.real(&field.name)) else {
            return;
        };
        let agrees =
            |known: &Choices| choices.iter().all(|(path, name)| known.get(path).is_none_or(|known| known == name));
        match chosen.iter_mut().find(|known| agrees(known)) {
            Some(known) => known.extend(choices.clone()),
            None => chosen.push(choices.clone()),
        }
    });
    if chosen.len() < 2 {
        return Err(impossible());
    }
    let mut parts = Vec::new();
    for (number, choice) in chosen.iter().enumerate() {
        // A field belongs to the first part that agrees with it. A field without requirements on made-up fields belongs
        // to the first part.
        let belongs = |type_name: &str, field: &FieldSelection| {
            let choices = fields.choices(service, type_name, fields.real(&field.name));
            let agrees = |known: &Choices| {
                choices.is_none_or(|choices| choices.iter().all(|(path, name)| known.get(path) == Some(name)))
            };
            field.name == "__typename" || chosen.iter().position(agrees) == Some(number)
        };
        let requires = kept(requires, &mut Vec::new(), &conflicts, choice, fields);
        if !self::conflicts(&requires, fields).is_empty() {
            return Err(impossible());
        }
        parts.push(Part { selections: filtered(entities, "", &belongs), requires });
    }
    Ok(Some(parts))
}

/// Paths of real names at which different values are required.
fn conflicts(requires: &SelectionSet, fields: &MadeUpFields) -> BTreeSet<Vec<String>> {
    fn collect(
        set: &SelectionSet,
        path: &mut Vec<String>,
        fields: &MadeUpFields,
        found: &mut BTreeMap<Vec<String>, BTreeSet<String>>,
    ) {
        for item in &set.items {
            match item {
                SelectionItem::Field(field) => {
                    path.push(fields.real(&field.name).to_owned());
                    found.entry(path.clone()).or_default().insert(field.name.clone());
                    collect(&field.selections, path, fields, found);
                    path.pop();
                }
                SelectionItem::InlineFragment(fragment) => collect(&fragment.selections, path, fields, found),
                SelectionItem::FragmentSpread(_) => {}
            }
        }
    }
    let mut found = BTreeMap::new();
    collect(requires, &mut Vec::new(), fields, &mut found);
    let several = found.into_iter().filter(|(_, names)| names.len() > 1);
    several.map(|(path, _)| path).collect()
}

/// A requirement that keeps only the chosen ones of the conflicting fields.
fn kept(
    requires: &SelectionSet,
    path: &mut Vec<String>,
    conflicts: &BTreeSet<Vec<String>>,
    choice: &Choices,
    fields: &MadeUpFields,
) -> SelectionSet {
    let items = requires.items.iter().filter_map(|item| match item {
        SelectionItem::Field(field) => {
            path.push(fields.real(&field.name).to_owned());
            let is_kept = !conflicts.contains(path) || choice.get(path) == Some(&field.name);
            let inner = kept(&field.selections, path, conflicts, choice, fields);
            path.pop();
            let is_empty = inner.items.is_empty() && !field.selections.items.is_empty();
            (is_kept && !is_empty).then(|| SelectionItem::Field(field.with_new_selections(inner)))
        }
        SelectionItem::InlineFragment(fragment) => {
            let mut fragment = fragment.clone();
            fragment.selections = kept(&fragment.selections, path, conflicts, choice, fields);
            (!fragment.selections.items.is_empty()).then_some(SelectionItem::InlineFragment(fragment))
        }
        SelectionItem::FragmentSpread(_) => None,
    });
    SelectionSet { items: items.collect() }
}

/// The outermost fields of entities, with their types.
fn each_field(set: &SelectionSet, type_name: &str, found: &mut impl FnMut(&str, &FieldSelection)) {
    for item in &set.items {
        match item {
            SelectionItem::Field(field) => found(type_name, field),
            SelectionItem::InlineFragment(fragment) => {
                each_field(&fragment.selections, &fragment.type_condition, found);
            }
            SelectionItem::FragmentSpread(_) => {}
        }
    }
}

fn filtered(set: &SelectionSet, type_name: &str, belongs: &impl Fn(&str, &FieldSelection) -> bool) -> SelectionSet {
    let items = set.items.iter().filter_map(|item| match item {
        SelectionItem::Field(field) => belongs(type_name, field).then(|| item.clone()),
        SelectionItem::InlineFragment(fragment) => {
            let mut fragment = fragment.clone();
            fragment.selections = filtered(&fragment.selections, &fragment.type_condition, belongs);
            (!fragment.selections.items.is_empty()).then_some(SelectionItem::InlineFragment(fragment))
        }
        SelectionItem::FragmentSpread(_) => None,
    });
    SelectionSet { items: items.collect() }
}

fn expanded(document: &Document) -> Result<SelectionSet, PlannerError> {
    let set = &document.operation.selection_set;
    set.inline_fragment_spreads(&document.fragments).map_err(|error| PlannerError::Operation(error.to_string()))
}

/// The operation with another selection under one `_entities` field. With `alone`, all other fields are removed.
/// Variables that are no longer used are removed.
fn with_entities(
    operation: &SubgraphFetchOperation,
    alias: &str,
    selections: &SelectionSet,
    alone: bool,
) -> Result<SubgraphFetchOperation, PlannerError> {
    let mut document = operation.document.clone();
    let mut set = expanded(&document)?;
    set.items.retain_mut(|item| match item {
        SelectionItem::Field(field) if field.selection_identifier() == alias => {
            *field = field.with_new_selections(selections.clone());
            true
        }
        _ => !alone,
    });
    let used = set.variable_usages();
    document.fragments.clear();
    document.operation.selection_set = set;
    if let Some(variables) = &mut document.operation.variable_definitions {
        variables.retain(|variable| used.contains(&variable.name));
    }
    Ok(SubgraphFetchOperation::from_anonymous_operation(document))
}

fn used_variables(operation: &SubgraphFetchOperation) -> Option<BTreeSet<String>> {
    let used = operation.document.operation.selection_set.variable_usages();
    (!used.is_empty()).then_some(used)
}
