//! Compiles the client's simplified operation into projection programs, collecting fields as the GraphQL specification
//! says.

use std::collections::HashMap;

use apollo_compiler::{
    Name, Schema,
    ast::Type,
    executable::{Field, Operation, Selection, SelectionSet},
    schema::ExtendedType,
};
use indexmap::IndexMap;

use super::{
    keys::PlanningKeys,
    layout::{LayoutId, Layouts, Slots},
    projection::{
        BuiltIn, Composite, EnumValues, FieldOutput, FieldProjection, Leaf, ObjectProjection, OutputKind, OutputType,
        Projection,
    },
};
use crate::{
    json::write_string,
    supergraph::{Supergraph, TypeSet},
};

/// Identifies a program: the type, the layout and the selection sets.
type ObjectKey = (Name, Option<LayoutId>, Vec<*const SelectionSet>);

pub(super) struct ProjectionCompiler<'a> {
    supergraph: &'a Supergraph,
    operation: &'a Operation,
    layouts: &'a Layouts,
    keys: &'a PlanningKeys,
    objects: Vec<ObjectProjection>,
    composites: Vec<Composite>,
    enums: Vec<EnumValues>,
    enum_numbers: HashMap<Name, usize>,
    introspects: bool,
    done: HashMap<ObjectKey, usize>,
    /// For each slot of each layout: the types for which the client sees the slot.
    shown: HashMap<(LayoutId, u32), TypeSet>,
}

impl<'a> ProjectionCompiler<'a> {
    pub(super) fn new(
        supergraph: &'a Supergraph,
        operation: &'a Operation,
        layouts: &'a Layouts,
        keys: &'a PlanningKeys,
    ) -> Self {
        Self {
            supergraph,
            operation,
            layouts,
            keys,
            objects: Vec::new(),
            composites: Vec::new(),
            enums: Vec::new(),
            enum_numbers: HashMap::new(),
            introspects: false,
            done: HashMap::new(),
            shown: HashMap::new(),
        }
    }

    /// Compiles the whole operation and returns the index of the root object's program.
    pub(super) fn operation(&mut self) -> usize {
        let operation = self.operation;
        self.object(operation.object_type(), Some(self.layouts.root()), &[&operation.selection_set])
    }

    /// Whether the client sees a slot of a layout.
    pub(super) fn shows(&self, layout: LayoutId, slot: u32) -> bool {
        self.shown.contains_key(&(self.layouts.find(layout), slot))
    }

    /// The types for which the client sees at least one of these slots.
    pub(super) fn types_showing(&self, layout: LayoutId, slots: impl Iterator<Item = u32>) -> TypeSet {
        let layout = self.layouts.find(layout);
        let mut types = TypeSet::default();
        for shown in slots.filter_map(|slot| self.shown.get(&(layout, slot))) {
            types.extend(shown);
        }
        types
    }

    pub(super) fn finish(self, root: usize) -> Projection {
        Projection {
            root,
            objects: self.objects,
            composites: self.composites,
            enums: self.enums,
            introspects: self.introspects,
        }
    }

    fn schema(&self) -> &'a Schema {
        &self.supergraph.api
    }

    fn object(&mut self, type_name: &Name, layout: Option<LayoutId>, sets: &[&'a SelectionSet]) -> usize {
        let pointers = sets.iter().map(|set| std::ptr::from_ref(*set)).collect();
        let key = (type_name.clone(), layout, pointers);
        if let Some(&done) = self.done.get(&key) {
            return done;
        }
        let mut collected: IndexMap<&Name, Vec<&'a Field>> = IndexMap::new();
        for set in sets {
            self.collect(type_name, set, &mut collected);
        }
        let mut fields = Vec::with_capacity(collected.len());
        for (response_key, occurrences) in collected {
            fields.extend(self.field(type_name, layout, response_key, &occurrences));
        }
        let mut name_text = Vec::new();
        write_string(&mut name_text, type_name);
        self.objects.push(ObjectProjection { typename: name_text.into(), fields: fields.into() });
        let number = self.objects.len() - 1;
        self.done.insert(key, number);
        number
    }

    fn collect(&self, type_name: &Name, set: &'a SelectionSet, collected: &mut IndexMap<&'a Name, Vec<&'a Field>>) {
        for selection in &set.selections {
            match selection {
                Selection::Field(field) => collected.entry(field.response_key()).or_default().push(field),
                Selection::InlineFragment(fragment) => {
                    let wanted = fragment.type_condition.as_ref();
                    if wanted.is_none_or(|wanted| self.applies(wanted, type_name)) {
                        self.collect(type_name, &fragment.selection_set, collected);
                    }
                }
                // A simplified operation has no fragment spreads.
                Selection::FragmentSpread(_) => {}
            }
        }
    }

    fn applies(&self, condition: &Name, type_name: &Name) -> bool {
        condition == type_name || self.schema().is_subtype(condition, type_name)
    }

    fn field(
        &mut self,
        type_name: &Name,
        layout: Option<LayoutId>,
        response_key: &Name,
        occurrences: &[&'a Field],
    ) -> Option<FieldProjection> {
        let first = occurrences.first()?;
        let output = match first.name.as_str() {
            "__typename" => FieldOutput::Typename { known: self.schema().get_object(type_name).is_some() },
            "__schema" | "__type" => {
                self.introspects = true;
                FieldOutput::Introspection
            }
            name => {
                // The concrete type's own definition is used, because it may be stricter than that of the interface.
                let definition = self.schema().type_field(type_name, name).ok()?;
                let sets: Vec<_> = occurrences.iter().map(|field| &field.selection_set).collect();
                let key = self.keys.of(first);
                let nowhere = Slots { first: None, second: None };
                let slots = layout.map_or(nowhere, |layout| self.layouts.client_slots(layout, &key));
                if let Some(layout) = layout {
                    let layout = self.layouts.find(layout);
                    let id = self.supergraph.types.id(type_name);
                    for slot in slots.first.into_iter().chain(slots.second) {
                        self.shown.entry((layout, slot)).or_default().insert(id);
                    }
                }
                if slots == nowhere {
                    FieldOutput::Unfetched { non_null: definition.ty.is_non_null() }
                } else {
                    let inner = layout.and_then(|layout| self.layouts.objects(layout, &key));
                    FieldOutput::Slot { slots, output: self.output(&definition.ty.clone(), inner, &sets) }
                }
            }
        };
        Some(FieldProjection {
            token: format!("\"{response_key}\":").into_bytes().into(),
            key: response_key.as_str().into(),
            coordinate: format!("{type_name}.{}", first.name).into(),
            output,
        })
    }

    fn output(&mut self, ty: &Type, layout: Option<LayoutId>, sets: &[&'a SelectionSet]) -> OutputType {
        let non_null = ty.is_non_null();
        let kind = match ty {
            Type::List(inner) | Type::NonNullList(inner) => {
                OutputKind::List(Box::new(self.output(inner, layout, sets)))
            }
            Type::Named(name) | Type::NonNullNamed(name) => match self.schema().types.get(name) {
                Some(ExtendedType::Enum(_)) => OutputKind::Leaf(Leaf::Enum(self.enum_number(name))),
                Some(ExtendedType::Object(_) | ExtendedType::Interface(_) | ExtendedType::Union(_)) => {
                    OutputKind::Composite(self.composite(name, layout, sets))
                }
                _ => OutputKind::Leaf(BuiltIn::named(name).map_or(Leaf::Scalar, Leaf::BuiltIn)),
            },
        };
        OutputType { non_null, kind }
    }

    fn composite(&mut self, name: &Name, layout: Option<LayoutId>, sets: &[&'a SelectionSet]) -> usize {
        let possible: Vec<Name> = match self.schema().types.get(name) {
            Some(ExtendedType::Union(union)) => union.members.iter().map(|member| member.name.clone()).collect(),
            Some(ExtendedType::Interface(_)) => self
                .supergraph
                .implementers
                .get(name)
                .map(|implementers| implementers.objects.iter().cloned().collect())
                .unwrap_or_default(),
            _ => {
                let only = Some(self.object(name, layout, sets));
                self.composites.push(Composite { only, unknown: None, by_type: Box::default() });
                return self.composites.len() - 1;
            }
        };
        let mut by_type: Vec<_> = possible
            .iter()
            .map(|object| (self.supergraph.types.id(object), self.object(object, layout, sets)))
            .collect();
        by_type.sort_unstable();
        let is_interface = self.schema().get_interface(name).is_some();
        let unknown = is_interface.then(|| self.object(name, layout, sets));
        self.composites.push(Composite { only: None, unknown, by_type: by_type.into() });
        self.composites.len() - 1
    }

    fn enum_number(&mut self, name: &Name) -> usize {
        if let Some(&number) = self.enum_numbers.get(name) {
            return number;
        }
        let visible = match self.schema().types.get(name) {
            Some(ExtendedType::Enum(definition)) => sorted_texts(definition.values.keys()),
            _ => Box::default(),
        };
        let inaccessible = self.supergraph.inaccessible_enum_values.get(name);
        self.enums.push(EnumValues { visible, inaccessible: sorted_texts(inaccessible.into_iter().flatten()) });
        self.enum_numbers.insert(name.clone(), self.enums.len() - 1);
        self.enums.len() - 1
    }
}

/// Names as JSON texts, sorted.
fn sorted_texts<'n>(names: impl Iterator<Item = &'n Name>) -> Box<[Box<[u8]>]> {
    let mut texts: Vec<Box<[u8]>> = names.map(|name| format!("\"{name}\"").into_bytes().into()).collect();
    texts.sort_unstable();
    texts.into()
}
