//! An operation in other forms that mean the same, for when the plan of the usual form is refused.
//!
//! The planning library overlooks what single object types require behind an interface: `{ ps { tax } }` is planned as if
//! `tax` required nothing, though `{ ps { ... on X { tax } } }` is planned rightly. And behind an `@interfaceObject` it
//! forgets fields in a fragment on another abstract type of the same objects: `{ media { ... on U { id } } }` is planned
//! rightly as `{ media { id } }`. The forms are longer, and what is fetched for them may be, too.

use apollo_compiler::{
    Name, Node,
    ast::DirectiveList,
    executable::{Field, InlineFragment, Operation, Selection, SelectionSet},
    name,
};
use indexmap::IndexMap;

use crate::supergraph::Supergraph;

/// Most fields that are written. Abstract types inside each other multiply them.
const MAX_FIELDS: usize = 10_000;

/// How selections on an interface or a union are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// What applies to all objects stands on the abstract type itself, the rest on single object types.
    Hoisted,
    /// Everything stands on single object types.
    SpelledOut,
}

/// The operation in a form; `None` when there would be too much to write.
pub(super) fn written_as(form: Form, operation: &Operation, supergraph: &Supergraph) -> Option<Operation> {
    let mut writer = Writer { form, supergraph, fields: 0 };
    let mut written = operation.clone();
    written.selection_set = writer.set(&operation.selection_set, &operation.selection_set.ty)?;
    Some(written)
}

struct Writer<'a> {
    form: Form,
    supergraph: &'a Supergraph,
    fields: usize,
}

/// The selections of one abstract type.
struct ByType {
    ty: Name,
    /// The object types that are possible there.
    possible: Vec<Name>,
    on_all: SelectionSet,
    on_each: IndexMap<Name, SelectionSet>,
}

impl Writer<'_> {
    /// A selection set on a type that may be narrower than the one that it was written for.
    fn set(&mut self, set: &SelectionSet, ty: &Name) -> Option<SelectionSet> {
        let possible = self.objects(ty);
        let mut sorted = ByType {
            ty: ty.clone(),
            on_all: SelectionSet::new(ty.clone()),
            on_each: IndexMap::new(),
            possible: possible.clone(),
        };
        self.sort(set, &possible, &mut sorted)?;
        let mut written = sorted.on_all;
        let depends_on_type = !sorted.on_each.is_empty()
            || set.selections.iter().any(|selection| matches!(selection, Selection::InlineFragment(_)));
        let is_object = self.supergraph.api.get_object(ty).is_some();
        if depends_on_type && !is_object && !selects_typename(&written) {
            // Where only an interface object is known, the library does not always ask for the type that decides.
            let typename = written.new_field(&self.supergraph.api, name!("__typename")).ok()?;
            written.push(Selection::Field(Node::new(typename)));
        }
        for (object, selection_set) in sorted.on_each {
            written.push(Selection::InlineFragment(Node::new(InlineFragment {
                type_condition: Some(object),
                directives: DirectiveList::default(),
                selection_set,
            })));
        }
        Some(written)
    }

    /// Sorts the fields of a set that applies to some of the possible types.
    fn sort(&mut self, set: &SelectionSet, meant: &[Name], into: &mut ByType) -> Option<()> {
        for selection in &set.selections {
            match selection {
                Selection::Field(field) => self.field(field, meant, into)?,
                Selection::InlineFragment(fragment) => {
                    let narrowed = match &fragment.type_condition {
                        Some(condition) => {
                            meant.iter().filter(|object| self.applies(condition, object)).cloned().collect()
                        }
                        None => meant.to_vec(),
                    };
                    self.sort(&fragment.selection_set, &narrowed, into)?;
                }
                // A simplified operation has none.
                Selection::FragmentSpread(_) => {}
            }
        }
        Some(())
    }

    fn field(&mut self, field: &Node<Field>, meant: &[Name], into: &mut ByType) -> Option<()> {
        let applies_to_all = meant.len() == into.possible.len();
        let is_object = self.supergraph.api.get_object(&into.ty).is_some();
        if applies_to_all && (is_object || self.form == Form::Hoisted || field.name == "__typename") {
            let is_known =
                field.name.starts_with("__") || self.supergraph.api.type_field(&into.ty, &field.name).is_ok();
            if is_known {
                let ty = into.ty.clone();
                into.on_all.push(Selection::Field(self.on(field, &ty)?));
                return Some(());
            }
        }
        for object in meant {
            let written = self.on(field, object)?;
            let own = into.on_each.entry(object.clone());
            own.or_insert_with(|| SelectionSet::new(object.clone())).push(Selection::Field(written));
        }
        Some(())
    }

    /// A field as it is selected on a type.
    fn on(&mut self, field: &Node<Field>, ty: &Name) -> Option<Node<Field>> {
        self.fields += 1;
        let mut field = field.clone();
        if !field.selection_set.is_empty() {
            let own = self.supergraph.api.type_field(ty, &field.name).ok()?;
            let inner = self.set(&field.selection_set, own.ty.inner_named_type())?;
            field.make_mut().selection_set = inner;
        }
        (self.fields <= MAX_FIELDS).then_some(field)
    }

    fn applies(&self, condition: &Name, object: &Name) -> bool {
        condition == object || self.supergraph.api.is_subtype(condition, object)
    }

    fn objects(&self, ty: &Name) -> Vec<Name> {
        let objects = self.supergraph.types.objects_of(ty);
        let visible = objects.filter_map(|object| self.supergraph.api.types.get_key_value(object));
        visible.map(|(name, _)| name.clone()).collect()
    }
}

fn selects_typename(set: &SelectionSet) -> bool {
    let mut fields = set.selections.iter();
    fields.any(|selection| matches!(selection, Selection::Field(field) if field.name == "__typename"))
}
