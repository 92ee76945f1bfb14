//! Reading programs: which key of a subgraph's response is stored in which slot.

use std::borrow::Cow;

use hive_router_query_planner::{
    ast::{fragment::FragmentDefinition, selection_item::SelectionItem, selection_set::SelectionSet},
    planner::plan_nodes::{FetchNodePathSegment, FetchRewrite},
};
use indexmap::IndexMap;

use super::{
    keys::PlanningKeys,
    layout::{LayoutId, Layouts, renamed},
    type_conditions::SubgraphView,
};
use crate::supergraph::TypeSet;

/// How one object of a response is read.
#[derive(Debug)]
pub(crate) struct ReadObject {
    /// Number of slots of the object.
    pub(crate) len: u32,
    /// Keys in the order in which a subgraph is expected to answer them.
    pub(crate) fields: Box<[ReadField]>,
    /// For each field, the types whose objects the subgraph was asked it of. `None`: all that are possible there. It is
    /// apart from the fields because only incomplete objects need it.
    pub(crate) types: Box<[Option<TypeSet>]>,
}

/// How one key is read.
#[derive(Debug)]
pub(crate) struct ReadField {
    /// `"key":` as it appears in compact JSON.
    pub(crate) token: Box<[u8]>,
    /// The key in the subgraph's response.
    pub(crate) key: Box<str>,
    /// The key in the client's answer. It differs where the planner renamed the field.
    pub(crate) client_key: Box<str>,
    pub(crate) slot: u32,
    pub(crate) value: ReadValue,
}

/// What kind of value a key has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ReadValue {
    /// Any JSON, stored unchanged.
    Leaf,
    /// The name of the object's type.
    Typename,
    /// Objects, or lists of objects, which are read with the program of this index.
    Object(usize),
}

/// A key that the planner made up, and the key that it replaces.
#[derive(Clone)]
pub(super) struct Rename<'a> {
    path: &'a [FetchNodePathSegment],
    to: &'a str,
}

/// The renames of a fetch. Type conditions are ignored, because a made-up key is unique at its position.
pub(super) fn renames(rewrites: Option<&[FetchRewrite]>) -> Vec<Rename<'_>> {
    let rewrites = rewrites.unwrap_or_default().iter();
    rewrites
        .filter_map(|rewrite| match rewrite {
            FetchRewrite::KeyRenamer(renamer) => Some(Rename { path: &renamer.path, to: &renamer.rename_key_to }),
            FetchRewrite::ValueSetter(_) => None,
        })
        .collect()
}

/// A selection set with its fragments and renames.
pub(super) struct Selection<'a> {
    pub(super) subgraph: SubgraphView<'a>,
    pub(super) fragments: &'a [FragmentDefinition],
    /// Each set with the name of the type that it selects from, if it is known.
    pub(super) sets: Vec<(Option<&'a str>, &'a SelectionSet)>,
    pub(super) renames: Vec<Rename<'a>>,
}

struct SelectedField<'a> {
    name: &'a str,
    key: &'a str,
    client_key: &'a str,
    types: Option<TypeSet>,
    inner: Selection<'a>,
}

impl SelectedField<'_> {
    /// The key of the field's slot.
    fn slot_key(&self) -> Cow<'_, str> {
        if self.name == "__typename" {
            "__typename".into()
        } else if self.key == self.client_key {
            self.key.into()
        } else {
            renamed(self.client_key).into()
        }
    }
}

impl<'a> Selection<'a> {
    /// All fields by response key, with fragments resolved, in the order of the response.
    fn fields(&self) -> IndexMap<&'a str, SelectedField<'a>> {
        let mut fields = IndexMap::new();
        let possible = self.possible();
        for (on, set) in &self.sets {
            self.collect((*on, set), None, &mut fields);
        }
        for field in fields.values_mut() {
            field.types.take_if(|types| possible.as_ref().is_some_and(|possible| possible.is_within(types)));
        }
        fields
    }

    /// The types that an object of the selection can have, if they are known.
    fn possible(&self) -> Option<TypeSet> {
        let mut possible = TypeSet::default();
        for (on, _) in &self.sets {
            possible.extend(&self.subgraph.possible((*on)?));
        }
        Some(possible)
    }

    /// Collects the fields of a set that applies to objects of some types.
    fn collect(
        &self,
        (on, set): (Option<&'a str>, &'a SelectionSet),
        types: Option<&TypeSet>,
        fields: &mut IndexMap<&'a str, SelectedField<'a>>,
    ) {
        let within = |condition: &str| {
            let possible = self.subgraph.possible(condition);
            types.map_or_else(|| possible.clone(), |types| types.intersection(&possible))
        };
        for item in &set.items {
            match item {
                SelectionItem::Field(field) => {
                    let key = field.alias.as_deref().unwrap_or(&field.name);
                    let entry = fields.entry(key).or_insert_with(|| {
                        let (client_key, renames) = self.renamed(key);
                        let inner = Selection { sets: Vec::new(), renames, ..*self };
                        SelectedField { name: &field.name, key, client_key, types: Some(TypeSet::default()), inner }
                    });
                    match (&mut entry.types, types) {
                        (Some(known), Some(types)) => known.extend(types),
                        (known, None) => *known = None,
                        (None, Some(_)) => {}
                    }
                    if !field.selections.items.is_empty() {
                        let ty = self.subgraph.field_type(on, &field.name);
                        entry.inner.sets.push((ty, &field.selections));
                    }
                }
                SelectionItem::InlineFragment(fragment) => {
                    let condition = fragment.type_condition.as_str();
                    self.collect((Some(condition), &fragment.selections), Some(&within(condition)), fields);
                }
                SelectionItem::FragmentSpread(name) => {
                    if let Some(fragment) = self.fragments.iter().find(|fragment| fragment.name == *name) {
                        let condition = fragment.type_condition.as_str();
                        self.collect((Some(condition), &fragment.selection_set), Some(&within(condition)), fields);
                    }
                }
            }
        }
    }

    /// The type conditions of the outermost fragments.
    pub(super) fn type_conditions(&self) -> impl Iterator<Item = &'a str> {
        let items = self.sets.iter().flat_map(|(_, set)| &set.items);
        items.filter_map(|item| match item {
            SelectionItem::InlineFragment(fragment) => Some(fragment.type_condition.as_str()),
            _ => None,
        })
    }

    fn renamed(&self, key: &'a str) -> (&'a str, Vec<Rename<'a>>) {
        let mut client_key = key;
        let mut inner = Vec::new();
        for rename in &self.renames {
            let skipped = rename.path.iter().take_while(|segment| !matches!(segment, FetchNodePathSegment::Key(_)));
            let path = &rename.path[skipped.count()..];
            if let Some((FetchNodePathSegment::Key(first), rest)) = path.split_first()
                && first == key
            {
                if rest.is_empty() {
                    client_key = rename.to;
                } else {
                    inner.push(Rename { path: rest, to: rename.to });
                }
            }
        }
        (client_key, inner)
    }

    /// First pass: assigns a slot to every key.
    pub(super) fn declare(&self, layouts: &mut Layouts, layout: LayoutId) {
        for field in self.fields().values() {
            let slot_key = field.slot_key();
            if field.inner.sets.is_empty() {
                layouts.declare(layout, &slot_key);
            } else {
                let inner = layouts.declare_objects(layout, &slot_key);
                if field.key != field.client_key {
                    // Paths use both slots, so the objects in them must have the same layout.
                    let plain = layouts.declare_objects(layout, field.client_key);
                    layouts.unite(inner, plain);
                }
                field.inner.declare(layouts, inner);
            }
        }
    }

    /// Second pass: compiles the program and returns its index.
    pub(super) fn compile(
        &self,
        layouts: &Layouts,
        keys: &PlanningKeys,
        layout: LayoutId,
        objects: &mut Vec<ReadObject>,
    ) -> usize {
        let (mut compiled, mut types) = (Vec::new(), Vec::new());
        for (key, field) in self.fields() {
            let is_typename = field.name == "__typename";
            let slot_key = field.slot_key();
            let Some(slot) = layouts.slot(layout, &slot_key) else {
                continue;
            };
            let value = match layouts.objects(layout, &slot_key) {
                _ if is_typename => ReadValue::Typename,
                Some(inner) if !field.inner.sets.is_empty() => {
                    ReadValue::Object(field.inner.compile(layouts, keys, inner, objects))
                }
                _ => ReadValue::Leaf,
            };
            types.push(field.types);
            compiled.push(ReadField {
                token: format!("\"{key}\":").into_bytes().into(),
                key: key.into(),
                client_key: keys.client(field.client_key).into(),
                slot,
                value,
            });
        }
        objects.push(ReadObject { len: layouts.len(layout), fields: compiled.into(), types: types.into() });
        objects.len() - 1
    }
}
