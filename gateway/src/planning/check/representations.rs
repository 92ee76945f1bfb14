//! What of each entity a plan sends to a subgraph, and whether that is enough.

use apollo_compiler::ast::Selection;

use super::{
    Fault,
    fetches::DryRun,
    objects::{ObjectId, Value},
};
use crate::{
    planning::{EntityInput, RequiredItem, subgraph_types::KindThere},
    supergraph::TypeId,
};

/// The fields of one object that are sent, those inside them for each type that they can have.
pub(super) struct Sent {
    ty: TypeId,
    fields: Vec<(String, Vec<Self>)>,
}

/// An entity as its subgraph sees it.
pub(super) struct Entity {
    pub(super) object: ObjectId,
    /// The type of the entity in the subgraph.
    pub(super) ty: String,
    pub(super) sent: Sent,
}

impl DryRun<'_> {
    /// The entities of one input that a subgraph can find.
    pub(super) fn entities(&self, subgraph: &str, input: &EntityInput) -> Result<Vec<Entity>, Fault> {
        let mut found: Vec<Entity> = Vec::new();
        for path in &input.paths {
            for object in self.objects.at(path) {
                if !found.iter().any(|known| known.object == object) {
                    found.extend(self.entity(subgraph, input, object)?);
                }
            }
        }
        Ok(found)
    }

    fn entity(&self, subgraph: &str, input: &EntityInput, id: ObjectId) -> Result<Option<Entity>, Fault> {
        let object = self.objects.get(id);
        let requirement = &input.requirement;
        let name = match object.name {
            Some(known) => {
                let rewritten = requirement.typenames.iter().find(|(types, _)| types.contains(known));
                rewritten.map_or_else(|| self.knowledge.types.name(known), |(_, name)| name)
            }
            None => &*requirement.fallback_typename,
        };
        let sent = self.sent(&requirement.items, id);
        if sent.fields.is_empty() {
            return Ok(None);
        }
        let real = self.knowledge.types.name(object.ty);
        let Some(there) = self.knowledge.subgraphs.get(subgraph, name) else {
            return Err(Fault::Found(format!(
                "subgraph `{subgraph}` would be sent an entity of type `{name}`, which it does not know"
            )));
        };
        if there.kind == KindThere::Object && name != real {
            return Err(Fault::Found(format!(
                "subgraph `{subgraph}` would be sent an entity of type `{real}` as one of `{name}`"
            )));
        }
        let has_key = there.keys.is_empty() || there.keys.iter().any(|key| self.holds(&sent, key));
        if !has_key {
            return Err(Fault::Found(format!(
                "subgraph `{subgraph}` would not be sent a key of an entity of type `{name}`"
            )));
        }
        // An object that the subgraph does not count to the interface is none that it could find.
        let ty = self.knowledge.name_there(subgraph, name, object.ty);
        Ok(ty.map(|ty| Entity { object: id, ty: ty.to_owned(), sent }))
    }

    fn sent(&self, items: &[RequiredItem], id: ObjectId) -> Sent {
        let mut sent = Sent { ty: self.objects.get(id).ty, fields: Vec::new() };
        self.collect(items, id, &mut sent.fields);
        sent
    }

    fn collect(&self, items: &[RequiredItem], id: ObjectId, into: &mut Vec<(String, Vec<Sent>)>) {
        for item in items {
            match item {
                RequiredItem::Fragment { types, items } => {
                    if self.objects.get(id).name.is_none_or(|name| types.contains(name)) {
                        self.collect(items, id, into);
                    }
                }
                RequiredItem::Field { token, slots, inner } => {
                    let Some(value) = self.objects.first(id, slots.iter().copied()) else {
                        continue;
                    };
                    let inner = match value {
                        Value::Leaf => Vec::new(),
                        Value::Objects(objects) => objects.iter().map(|object| self.sent(inner, *object)).collect(),
                    };
                    let name = String::from_utf8_lossy(token);
                    into.push((name.trim_matches(['"', ':']).to_owned(), inner));
                }
            }
        }
    }

    /// Whether all fields of a field set are sent, of every type that objects inside can have.
    pub(super) fn holds(&self, sent: &Sent, field_set: &[Selection]) -> bool {
        field_set.iter().all(|selection| match selection {
            Selection::Field(field) if field.name == "__typename" => true,
            Selection::Field(field) => {
                let mut named = sent.fields.iter().filter(|(name, _)| *name == field.name.as_str()).peekable();
                named.peek().is_some()
                    && named.all(|(_, inner)| inner.iter().all(|inner| self.holds(inner, &field.selection_set)))
            }
            Selection::InlineFragment(fragment) => {
                let applies = fragment
                    .type_condition
                    .as_ref()
                    .is_none_or(|condition| self.knowledge.types.satisfying([condition.as_str()]).contains(sent.ty));
                !applies || self.holds(sent, &fragment.selection_set)
            }
            Selection::FragmentSpread(_) => false,
        })
    }
}
