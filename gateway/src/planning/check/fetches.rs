//! Executes the fetches of a plan without data, against what each subgraph knows.

use std::rc::Rc;

use apollo_compiler::{
    Node,
    ast::{Definition, Document, Field, FragmentDefinition, OperationType, Selection},
};

use super::{
    Fault,
    knowledge::{Knowledge, selected},
    objects::{ObjectId, Objects, ROOT, Value},
    overlaps::Overlaps,
    representations::Sent,
};
use crate::planning::{
    EntityInput, EntityOutput, Fetch, FetchTarget, PlanNode, ReadValue, plan::Plan, subgraph_types::FieldThere,
};

/// A plan in execution.
pub(super) struct DryRun<'a> {
    pub(super) plan: &'a Plan,
    pub(super) knowledge: Knowledge<'a>,
    pub(super) objects: Objects,
}

/// The operation of a fetch.
struct Text {
    kind: OperationType,
    set: Vec<Selection>,
    fragments: Vec<Node<FragmentDefinition>>,
}

/// Where a selection set is applied.
#[derive(Clone, Copy)]
struct Place<'s> {
    subgraph: &'s str,
    fragments: &'s [Node<FragmentDefinition>],
    /// The type of the object in the subgraph.
    ty: &'s str,
    /// The type that the set is selected on; none for what stands directly under `_entities`.
    parent: Option<&'s str>,
    /// The program that reads the object.
    program: usize,
    /// What of the object a representation brought.
    sent: Option<&'s Sent>,
    /// What the field that leads to the object provides.
    provided: &'s [Selection],
}

impl DryRun<'_> {
    pub(super) fn follow(&mut self) -> Result<(), Fault> {
        match &self.plan.root {
            Some(root) => self.node(root),
            None => Ok(()),
        }
    }

    fn node(&mut self, node: &PlanNode) -> Result<(), Fault> {
        match node {
            PlanNode::Fetch(number) => self.fetch(&self.plan.fetches[*number]),
            PlanNode::Sequence(nodes) | PlanNode::Parallel(nodes) => nodes.iter().try_for_each(|node| self.node(node)),
        }
    }

    fn fetch(&mut self, fetch: &Fetch) -> Result<(), Fault> {
        let text = Text::read(fetch)?;
        let overlaps = Overlaps { knowledge: self.knowledge, subgraph: &fetch.service, fragments: &text.fragments };
        match &fetch.target {
            FetchTarget::Root { path, output } => {
                let ty = self.knowledge.subgraphs.root(text.kind);
                overlaps.check(&[(ty, &text.set)])?;
                let place = Place {
                    subgraph: &fetch.service,
                    fragments: &text.fragments,
                    ty,
                    parent: Some(ty),
                    program: output.object,
                    sent: None,
                    provided: &[],
                };
                let objects = path.as_ref().map_or_else(|| vec![ROOT], |path| self.objects.at(path));
                let mut objects = objects.into_iter();
                objects.try_for_each(|object| self.select(object, place, &text.set))
            }
            FetchTarget::Entities { inputs, outputs } => {
                for selection in &text.set {
                    if let Selection::Field(entities) = selection {
                        overlaps.check(&[("", &entities.selection_set)])?;
                    }
                }
                self.entity_fetch(fetch, &text, inputs, outputs)
            }
        }
    }

    fn entity_fetch(
        &mut self,
        fetch: &Fetch,
        text: &Text,
        inputs: &[EntityInput],
        outputs: &[EntityOutput],
    ) -> Result<(), Fault> {
        let entities = inputs.iter().map(|input| self.entities(&fetch.service, input));
        let entities: Vec<_> = entities.collect::<Result<_, _>>()?;
        for output in outputs {
            let set = text.set.iter().find_map(|selection| match selection {
                Selection::Field(field) if field.response_name() == &*output.alias => Some(&field.selection_set),
                _ => None,
            });
            for entity in &entities[output.input] {
                let place = Place {
                    subgraph: &fetch.service,
                    fragments: &text.fragments,
                    ty: &entity.ty,
                    parent: None,
                    program: output.object,
                    sent: Some(&entity.sent),
                    provided: &[],
                };
                self.select(entity.object, place, set.map_or(&[], Vec::as_slice))?;
            }
        }
        Ok(())
    }

    /// What the subgraph answers for one object.
    fn select(&mut self, object: ObjectId, place: Place<'_>, set: &[Selection]) -> Result<(), Fault> {
        for selection in set {
            let (condition, inner) = match selection {
                Selection::Field(field) if field.name == "__typename" => {
                    self.objects.name(object, self.knowledge.types.id(place.ty), self.knowledge.types);
                    continue;
                }
                Selection::Field(field) => {
                    self.field(object, place, field)?;
                    continue;
                }
                Selection::InlineFragment(fragment) => (fragment.type_condition.as_ref(), &fragment.selection_set),
                Selection::FragmentSpread(spread) => {
                    let named = |fragment: &&Node<FragmentDefinition>| fragment.name == spread.fragment_name;
                    let Some(fragment) = place.fragments.iter().find(named) else {
                        continue;
                    };
                    (Some(&fragment.type_condition), &fragment.selection_set)
                }
            };
            let Some(condition) = condition else {
                self.select(object, place, inner)?;
                continue;
            };
            let there = self.knowledge.known(place.subgraph, condition)?;
            let parent = place.parent.map(|parent| self.knowledge.known(place.subgraph, parent)).transpose()?;
            if parent.is_some_and(|parent| parent.possible.is_disjoint(&there.possible)) {
                return Err(Fault::Found(format!(
                    "subgraph `{}` would be asked for `{condition}` in `{}`, which is never one there",
                    place.subgraph,
                    place.parent.unwrap_or_default(),
                )));
            }
            if there.possible.contains(place.ty) {
                let narrowed = Place { parent: Some(condition), ..place };
                self.select(object, narrowed, inner)?;
            }
        }
        Ok(())
    }

    fn field(&mut self, object: ObjectId, place: Place<'_>, field: &Field) -> Result<(), Fault> {
        let declared = self.knowledge.field_there(place.subgraph, place.parent.unwrap_or(place.ty), &field.name)?;
        let own = self.knowledge.field_there(place.subgraph, place.ty, &field.name)?;
        self.require(&place, &field.name, own)?;
        let programs = &self.plan.objects[place.program];
        let key = field.response_name().as_str();
        let Some(read) = programs.fields.iter().find(|read| *read.key == *key) else {
            return Ok(());
        };
        let ReadValue::Object(program) = read.value else {
            self.objects.set(object, read.slot, Value::Leaf);
            return Ok(());
        };
        let present = self.objects.get(object).slots.get(&read.slot).cloned();
        let inner = if let Some(Value::Objects(inner)) = present {
            inner
        } else {
            let types = self.knowledge.possible(place.subgraph, &own.ty);
            let inner = types.into_iter().map(|ty| self.objects.add(ty));
            let inner: Rc<[ObjectId]> = inner.collect::<Result<_, _>>()?;
            self.objects.set(object, read.slot, Value::Objects(inner.clone()));
            inner
        };
        let mut provided = own.provides.clone();
        provided.extend(selected(place.provided, &field.name));
        for &inner in &*inner {
            let object_type = self.objects.get(inner).ty;
            // What the subgraph cannot give there, it does not answer either.
            let Some(ty) = self.knowledge.name_there(place.subgraph, &own.ty, object_type) else {
                continue;
            };
            let place = Place { ty, parent: Some(&declared.ty), program, sent: None, provided: &provided, ..place };
            self.select(inner, place, &field.selection_set)?;
        }
        Ok(())
    }

    /// Whether the subgraph has what it needs for a field: from a representation, or from itself.
    fn require(&self, place: &Place<'_>, name: &str, field: &FieldThere) -> Result<(), Fault> {
        let is_sent = place.sent.is_some_and(|sent| self.holds(sent, &field.requires));
        if is_sent || self.knowledge.is_at_home(place.subgraph, place.ty, &field.requires, place.provided) {
            return Ok(());
        }
        Err(Fault::Found(format!(
            "subgraph `{}` would be asked for `{}.{name}` without what the field requires",
            place.subgraph, place.ty,
        )))
    }
}

impl Text {
    fn read(fetch: &Fetch) -> Result<Self, Fault> {
        let unreadable = || Fault::Found(format!("the fetch for subgraph `{}` cannot be read", fetch.service));
        let document = Document::parse(fetch.operation.text(), "fetch").map_err(|_| unreadable())?;
        let (mut operation, mut fragments) = (None, Vec::new());
        for definition in document.definitions {
            match definition {
                Definition::OperationDefinition(found) => operation = Some(found),
                Definition::FragmentDefinition(fragment) => fragments.push(fragment),
                _ => {}
            }
        }
        let operation = operation.ok_or_else(unreadable)?;
        Ok(Self { kind: operation.operation_type, set: operation.selection_set.clone(), fragments })
    }
}
