//! Entity paths and representations: where entities are in the response tree, and which of their fields are sent to a
//! subgraph.

use std::collections::BTreeSet;

use hive_router_query_planner::{
    ast::{selection_item::SelectionItem, selection_set::SelectionSet},
    planner::plan_nodes::{FetchNodePathSegment, FetchRewrite, FlattenNodePath, FlattenNodePathSegment},
};

use super::{
    keys::PlanningKeys,
    layout::{LayoutId, Layouts, Slots, TYPENAME_SLOT, renamed},
    made_up::MadeUpFields,
    planner::PlannerError,
};
use crate::supergraph::{TypeSet, TypeTable};

/// One step from an object towards entities.
#[derive(Debug)]
pub(crate) enum PathStep {
    /// Go to the value of a slot. The key is for error paths.
    Field { slots: Slots, key: Box<str> },
    /// Go to every element of a list.
    List,
    /// Keep only objects of these types.
    Types(TypeSet),
}

/// What is sent for an entity.
#[derive(Debug)]
pub(crate) struct Requirement {
    pub(crate) items: Box<[RequiredItem]>,
    /// Type names to send instead of the entity's own, for subgraphs that know only an interface of it.
    pub(crate) typenames: Vec<(TypeSet, Box<str>)>,
    /// Type name to send when the response tree does not know the object's type.
    pub(crate) fallback_typename: Box<str>,
}

impl Requirement {
    /// The slots that are sent, without those of objects inside.
    pub(crate) fn slots(&self) -> Vec<u32> {
        fn collect(items: &[RequiredItem], found: &mut Vec<u32>) {
            for item in items {
                match item {
                    RequiredItem::Field { slots, .. } => found.extend(slots.iter()),
                    RequiredItem::Fragment { items, .. } => collect(items, found),
                }
            }
        }
        let mut found = vec![TYPENAME_SLOT];
        collect(&self.items, &mut found);
        found
    }

    /// Sends the interface name for entities of these types, unless the planner did so itself.
    pub(super) fn call(&mut self, types: TypeSet, name: &str) {
        if !self.typenames.iter().any(|(_, known)| **known == *name) {
            self.typenames.push((types, name.into()));
        }
    }

    /// Also sends entities of more types, for a subgraph that knows only an interface of them.
    ///
    /// The planner fetches the fields of an `@interfaceObject` for each object type separately. When it combines these
    /// fetches, it keeps the type condition of only one type.
    pub(super) fn widen(&mut self, more: &TypeSet) {
        if self.typenames.is_empty() {
            return;
        }
        for item in &mut self.items {
            if let RequiredItem::Fragment { types, .. } = item
                && let Some((rewritten, _)) = self.typenames.iter().find(|(rewritten, _)| types.is_within(rewritten))
            {
                types.extend(&more.intersection(rewritten));
            }
        }
    }
}

/// One part of a representation.
#[derive(Debug)]
pub(crate) enum RequiredItem {
    /// A field: `"key":` and the slots that may contain its value. The first filled slot is used.
    Field { token: Box<[u8]>, slots: Box<[u32]>, inner: Box<[RequiredItem]> },
    /// Parts that are sent only for objects of these types.
    Fragment { types: TypeSet, items: Box<[RequiredItem]> },
}

/// Assigns a slot to every key on a path, and returns the layout at its end.
pub(super) fn declare_path(layouts: &mut Layouts, path: &FlattenNodePath) -> LayoutId {
    let mut layout = layouts.root();
    for segment in path.as_slice() {
        if let FlattenNodePathSegment::Field(key) = segment {
            layout = layouts.declare_objects(layout, key);
        }
    }
    layout
}

/// The layout at the end of a path, and the path in slots.
pub(super) fn compile_path(
    layouts: &Layouts,
    keys: &PlanningKeys,
    types: &TypeTable,
    path: &FlattenNodePath,
) -> Result<(LayoutId, Box<[PathStep]>), PlannerError> {
    let mut layout = layouts.root();
    let mut steps = Vec::new();
    for segment in path.as_slice() {
        steps.push(match segment {
            FlattenNodePathSegment::Field(key) => {
                let Some(inner) = layouts.objects(layout, key) else {
                    return Err(PlannerError::Operation(format!("the plan visits `{path}`, which nothing fetches")));
                };
                let slots = layouts.client_slots(layout, key);
                layout = inner;
                PathStep::Field { slots, key: keys.client(key).into() }
            }
            FlattenNodePathSegment::List => PathStep::List,
            FlattenNodePathSegment::TypeCondition(names) => PathStep::Types(satisfying(types, names)),
        });
    }
    Ok((layout, steps.into()))
}

fn satisfying(types: &TypeTable, names: &BTreeSet<String>) -> TypeSet {
    types.satisfying(names.iter().map(String::as_str))
}

/// Compiles the representations for the entities of one layout.
pub(super) fn compile_requirement(
    layouts: &Layouts,
    types: &TypeTable,
    layout: LayoutId,
    fields: &MadeUpFields,
    selection: &SelectionSet,
    rewrites: Option<&[FetchRewrite]>,
) -> Result<Requirement, PlannerError> {
    let mut typenames = Vec::new();
    for rewrite in rewrites.unwrap_or_default() {
        match rewrite {
            FetchRewrite::ValueSetter(setter) => match setter.path.as_slice() {
                [FetchNodePathSegment::TypenameEquals(names), FetchNodePathSegment::Key(key)]
                    if key == "__typename" =>
                {
                    typenames.push((satisfying(types, names), setter.set_value_to.as_str().into()));
                }
                _ => return Err(PlannerError::Unsupported("rewrites inside representations")),
            },
            FetchRewrite::KeyRenamer(_) => return Err(PlannerError::Unsupported("renames inside representations")),
        }
    }
    let fallback_typename = selection
        .items
        .iter()
        .find_map(|item| match item {
            SelectionItem::InlineFragment(fragment) => Some(fragment.type_condition.as_str().into()),
            _ => None,
        })
        .unwrap_or_default();
    Ok(Requirement { items: compile_items(layouts, types, layout, fields, selection), typenames, fallback_typename })
}

fn compile_items(
    layouts: &Layouts,
    types: &TypeTable,
    layout: LayoutId,
    fields: &MadeUpFields,
    selection: &SelectionSet,
) -> Box<[RequiredItem]> {
    let items = selection.items.iter().filter_map(|item| match item {
        SelectionItem::Field(field) if field.name == "__typename" => None,
        SelectionItem::Field(field) => {
            // An alias is the name that the subgraph expects. The data is stored under the planner's own name.
            let key = field.alias.as_deref().unwrap_or(&field.name);
            let inner = layouts.objects(layout, &field.name).or_else(|| layouts.objects(layout, key));
            let candidates = [field.name.clone(), key.to_owned(), renamed(&field.name)];
            let mut slots: Vec<u32> = candidates.iter().filter_map(|key| layouts.slot(layout, key)).collect();
            slots.dedup();
            Some(RequiredItem::Field {
                token: format!("\"{}\":", fields.real(key)).into_bytes().into(),
                slots: slots.into(),
                inner: inner
                    .map(|inner| compile_items(layouts, types, inner, fields, &field.selections))
                    .unwrap_or_default(),
            })
        }
        SelectionItem::InlineFragment(fragment) => Some(RequiredItem::Fragment {
            types: types.related(&fragment.type_condition),
            items: compile_items(layouts, types, layout, fields, &fragment.selections),
        }),
        SelectionItem::FragmentSpread(_) => None,
    });
    items.collect()
}
