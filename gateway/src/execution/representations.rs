//! Collects the entities of a fetch from the tree, and writes each distinct representation once.

use std::hash::{BuildHasher, Hasher};

use ahash::RandomState;
use hashbrown::HashTable;

use super::tree::{ROOT, Tree, Value};
use crate::{
    error::PathSegment,
    json::write_string,
    planning::{PathStep, RequiredItem, Requirement, TYPENAME_SLOT},
    supergraph::{TypeId, TypeTable},
};

/// An object that waits for the entity of a representation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Target {
    pub(crate) base: u32,
    /// Index of the input's path that leads to the object.
    pub(crate) path: u32,
    next: u32,
}

const END: u32 = u32::MAX;

/// Representations as a JSON list, and the target objects of each.
pub(crate) struct Representations {
    json: Vec<u8>,
    /// For each representation: the position of its text, and its first and last target.
    entries: Vec<Entry>,
    targets: Vec<Target>,
    /// Objects that are not sent because a subgraph left out what is required of them, each with the fetch that asked.
    pub(crate) lacking: Vec<(u32, u32)>,
}

struct Entry {
    start: usize,
    end: usize,
    first: u32,
    last: u32,
}

impl Representations {
    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// The list as JSON text.
    pub(crate) fn json(&self) -> &[u8] {
        &self.json
    }

    /// The target objects of a representation.
    pub(crate) fn targets(&self, representation: usize) -> impl Iterator<Item = Target> + '_ {
        let mut next = self.entries.get(representation).map_or(END, |entry| entry.first);
        std::iter::from_fn(move || {
            let target = *self.targets.get(next as usize)?;
            next = target.next;
            Some(target)
        })
    }
}

/// Collects representations.
pub(crate) struct Collector<'a> {
    pub(crate) tree: &'a Tree,
    pub(crate) types: &'a TypeTable,
    pub(crate) requirement: &'a Requirement,
    /// Whether an entity with an unfetched value is skipped. This is the case once a fetch has failed.
    pub(crate) strict: bool,
}

impl Collector<'_> {
    /// Collects the entities at the paths, in this order. `capacity` is the expected size of the JSON in bytes.
    pub(crate) fn collect(&self, paths: &[Box<[PathStep]>], capacity: usize) -> Representations {
        let mut json = Vec::with_capacity(capacity);
        json.push(b'[');
        let mut found = Representations { json, entries: Vec::new(), targets: Vec::new(), lacking: Vec::new() };
        let mut known: HashTable<u32> = HashTable::new();
        let hasher = RandomState::new();
        for (path, steps) in (0_u32..).zip(paths) {
            self.walk(Value::Object { base: ROOT }, steps, &mut |base| {
                self.add(&mut found, &mut known, &hasher, base, path);
            });
        }
        found.json.push(b']');
        found
    }

    fn walk(&self, value: Value, steps: &[PathStep], visit: &mut dyn FnMut(u32)) {
        walk(self.tree, value, steps, visit);
    }

    fn add(&self, found: &mut Representations, known: &mut HashTable<u32>, hasher: &RandomState, base: u32, path: u32) {
        let before = found.json.len();
        if !found.entries.is_empty() {
            found.json.push(b',');
        }
        let start = found.json.len();
        let written = self.write_entity(&mut found.json, base);
        if let Some(fetch) = written.absent {
            found.lacking.push((base, fetch));
        }
        if !written.useful || written.absent.is_some() || (self.strict && written.missing) {
            found.json.truncate(before);
            return;
        }
        let Representations { json, entries, targets, .. } = found;
        let text = &json[start..];
        let hash = hash(hasher, text);
        let target = u32::try_from(targets.len()).unwrap_or(END);
        let number = known
            .find(hash, |&candidate| {
                let entry = &entries[candidate as usize];
                json[entry.start..entry.end] == *text
            })
            .copied();
        if let Some(number) = number {
            json.truncate(before);
            let entry = &mut entries[number as usize];
            let last = &mut targets[entry.last as usize];
            if last.base == base {
                return;
            }
            last.next = target;
            entry.last = target;
        } else {
            let number = u32::try_from(entries.len()).unwrap_or(END);
            entries.push(Entry { start, end: json.len(), first: target, last: target });
            known.insert_unique(hash, number, |&other| {
                let entry = &entries[other as usize];
                self::hash(hasher, &json[entry.start..entry.end])
            });
        }
        targets.push(Target { base, path, next: END });
    }

    fn write_entity(&self, out: &mut Vec<u8>, base: u32) -> Written {
        let mut written = Written::default();
        let (id, name) = match self.tree.get(base, TYPENAME_SLOT) {
            Value::Type(id) if id != TypeId::UNKNOWN => {
                let rewritten = self.requirement.typenames.iter().find(|(types, _)| types.contains(id));
                (Some(id), rewritten.map_or_else(|| self.types.name(id), |(_, name)| name))
            }
            Value::Type(_) => return written,
            _ => (None, &*self.requirement.fallback_typename),
        };
        out.extend_from_slice(b"{\"__typename\":");
        write_string(out, name);
        self.write_items(out, &self.requirement.items, base, id, &mut written);
        out.push(b'}');
        written
    }

    fn write_items(
        &self,
        out: &mut Vec<u8>,
        items: &[RequiredItem],
        base: u32,
        id: Option<TypeId>,
        written: &mut Written,
    ) {
        for item in items {
            match item {
                RequiredItem::Fragment { types, items } => {
                    if id.is_none_or(|id| types.contains(id)) {
                        self.write_items(out, items, base, id, written);
                    }
                }
                RequiredItem::Field { token, slots, inner } => {
                    let mut values = slots.iter().map(|&slot| self.tree.get(base, slot));
                    let absent = |slot: &u32| match self.tree.get(base, *slot) {
                        Value::Absent { fetch } => Some(fetch),
                        _ => None,
                    };
                    match values.find(|value| value.is_answered()) {
                        None => {
                            written.missing = true;
                            written.absent = written.absent.or_else(|| slots.iter().find_map(absent));
                        }
                        Some(value) => {
                            out.push(b',');
                            out.extend_from_slice(token);
                            written.useful |= value != Value::Null;
                            self.write_value(out, value, inner, written);
                        }
                    }
                }
            }
        }
    }

    fn write_value(&self, out: &mut Vec<u8>, value: Value, inner: &[RequiredItem], written: &mut Written) {
        match value {
            Value::Leaf(span) => out.extend_from_slice(self.tree.text(span)),
            Value::Null | Value::Missing | Value::Absent { .. } => out.extend_from_slice(b"null"),
            Value::Type(id) => write_string(out, self.types.name(id)),
            Value::List { start, len } => {
                out.push(b'[');
                for index in 0..len {
                    if index > 0 {
                        out.push(b',');
                    }
                    self.write_value(out, self.tree.get(start, index), inner, written);
                }
                out.push(b']');
            }
            Value::Object { base } => {
                out.push(b'{');
                let start = out.len();
                let id = match self.tree.get(base, TYPENAME_SLOT) {
                    Value::Type(id) => {
                        out.extend_from_slice(b",\"__typename\":");
                        write_string(out, self.types.name(id));
                        Some(id)
                    }
                    _ => None,
                };
                self.write_items(out, inner, base, id, written);
                if out.len() > start {
                    out.remove(start);
                }
                out.push(b'}');
            }
        }
    }
}

#[derive(Default)]
struct Written {
    /// Whether a value other than null was written.
    useful: bool,
    /// Whether a required value was not fetched.
    missing: bool,
    /// The fetch whose subgraph left out a required value.
    absent: Option<u32>,
}

fn hash(hasher: &RandomState, text: &[u8]) -> u64 {
    let mut state = hasher.build_hasher();
    state.write(text);
    state.finish()
}

/// Visits every object at a path.
pub(crate) fn walk(tree: &Tree, value: Value, steps: &[PathStep], visit: &mut dyn FnMut(u32)) {
    match value {
        Value::List { start, len } => {
            let rest = if let Some((PathStep::List, rest)) = steps.split_first() { rest } else { steps };
            for index in 0..len {
                walk(tree, tree.get(start, index), rest, visit);
            }
        }
        Value::Object { base } => match steps.split_first() {
            None => visit(base),
            Some((PathStep::Field { slots, .. }, rest)) => walk(tree, tree.first(base, *slots), rest, visit),
            Some((PathStep::Types(types), rest)) => {
                if has_type(tree, base, types) {
                    walk(tree, value, rest, visit);
                }
            }
            Some((PathStep::List, _)) => {}
        },
        _ => {}
    }
}

fn has_type(tree: &Tree, base: u32, types: &crate::supergraph::TypeSet) -> bool {
    match tree.get(base, TYPENAME_SLOT) {
        Value::Type(id) => types.contains(id),
        _ => true,
    }
}

/// Visits every object at a path, together with the client's path. Only errors need this.
pub(crate) fn locate(
    tree: &Tree,
    value: Value,
    steps: &[PathStep],
    place: &mut Vec<PathSegment>,
    visit: &mut dyn FnMut(u32, &[PathSegment]),
) {
    match value {
        Value::List { start, len } => {
            let rest = if let Some((PathStep::List, rest)) = steps.split_first() { rest } else { steps };
            for index in 0..len {
                place.push(PathSegment::Index(u64::from(index)));
                locate(tree, tree.get(start, index), rest, place, visit);
                place.pop();
            }
        }
        Value::Object { base } => match steps.split_first() {
            None => visit(base, place),
            Some((PathStep::Field { slots, key }, rest)) => {
                place.push(PathSegment::Key(key.to_string()));
                locate(tree, tree.first(base, *slots), rest, place, visit);
                place.pop();
            }
            Some((PathStep::Types(types), rest)) => {
                if has_type(tree, base, types) {
                    locate(tree, value, rest, place, visit);
                }
            }
            Some((PathStep::List, _)) => {}
        },
        _ => {}
    }
}
