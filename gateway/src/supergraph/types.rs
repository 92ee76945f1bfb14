//! Type table: composite types as small numbers and sets of types as bits, so that execution never compares type names.

use ahash::AHashMap;
use apollo_compiler::{Schema, schema::ExtendedType};

/// A composite type of the supergraph. Zero means any unknown type name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TypeId(pub u32);

impl TypeId {
    /// A type that the supergraph does not define.
    pub const UNKNOWN: Self = Self(0);
}

/// A set of types.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct TypeSet {
    words: Box<[u64]>,
}

impl TypeSet {
    /// Whether the type is in the set.
    #[inline]
    #[must_use]
    pub fn contains(&self, id: TypeId) -> bool {
        let word = self.words.get(id.0 as usize / 64).copied().unwrap_or(0);
        word >> (id.0 % 64) & 1 == 1
    }

    /// Whether the set is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|word| *word == 0)
    }

    /// Whether this set is a subset of another one.
    #[must_use]
    pub fn is_within(&self, other: &Self) -> bool {
        let others = other.words.iter().copied().chain(std::iter::repeat(0));
        self.words.iter().zip(others).all(|(own, other)| own & !other == 0)
    }

    /// The intersection of both sets.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        let words = self.words.iter().zip(&other.words).map(|(own, other)| own & other);
        Self { words: words.collect() }
    }

    /// Adds the types of another set.
    pub fn extend(&mut self, other: &Self) {
        if self.words.len() < other.words.len() {
            let mut words = std::mem::take(&mut self.words).into_vec();
            words.resize(other.words.len(), 0);
            self.words = words.into_boxed_slice();
        }
        for (own, other) in self.words.iter_mut().zip(&other.words) {
            *own |= other;
        }
    }

    pub(crate) fn insert(&mut self, id: TypeId) {
        let index = id.0 as usize / 64;
        if index >= self.words.len() {
            let mut words = std::mem::take(&mut self.words).into_vec();
            words.resize(index + 1, 0);
            self.words = words.into_boxed_slice();
        }
        self.words[index] |= 1 << (id.0 % 64);
    }
}

struct TypeEntry {
    name: Box<str>,
    is_object: bool,
    is_interface: bool,
    is_inaccessible: bool,
    /// The type itself and all its subtypes.
    subtypes: TypeSet,
}

/// All composite types of a supergraph.
pub struct TypeTable {
    entries: Vec<TypeEntry>,
    ids: AHashMap<Box<str>, TypeId>,
}

impl TypeTable {
    pub(super) fn new(schema: &Schema) -> Self {
        let mut table = Self {
            entries: vec![TypeEntry {
                name: "".into(),
                is_object: false,
                is_interface: false,
                is_inaccessible: false,
                subtypes: TypeSet::default(),
            }],
            ids: AHashMap::new(),
        };
        for (name, definition) in &schema.types {
            if definition.is_object() || definition.is_interface() || definition.is_union() {
                let id = TypeId(u32::try_from(table.entries.len()).unwrap_or(u32::MAX));
                table.ids.insert(name.as_str().into(), id);
                let mut subtypes = TypeSet::default();
                subtypes.insert(id);
                table.entries.push(TypeEntry {
                    name: name.as_str().into(),
                    is_object: definition.is_object(),
                    is_interface: definition.is_interface(),
                    is_inaccessible: definition.directives().has("inaccessible"),
                    subtypes,
                });
            }
        }
        for (name, definition) in &schema.types {
            let own = table.id(name);
            let supertypes = match definition {
                ExtendedType::Object(object) => &object.implements_interfaces,
                ExtendedType::Interface(interface) => &interface.implements_interfaces,
                ExtendedType::Union(union) => {
                    for member in &union.members {
                        let member = table.id(member);
                        table.entries[own.0 as usize].subtypes.insert(member);
                    }
                    continue;
                }
                _ => continue,
            };
            for supertype in supertypes {
                let supertype = table.id(supertype);
                table.entries[supertype.0 as usize].subtypes.insert(own);
            }
        }
        table
    }

    /// The id of a type name.
    #[inline]
    #[must_use]
    pub fn id(&self, name: &str) -> TypeId {
        self.ids.get(name).copied().unwrap_or(TypeId::UNKNOWN)
    }

    /// The name of a type.
    #[inline]
    #[must_use]
    pub fn name(&self, id: TypeId) -> &str {
        self.entries.get(id.0 as usize).map_or("", |entry| &entry.name)
    }

    /// Whether this is an object type, which objects have at run time.
    #[inline]
    #[must_use]
    pub fn is_object(&self, id: TypeId) -> bool {
        self.entries.get(id.0 as usize).is_some_and(|entry| entry.is_object)
    }

    /// Whether this is an interface.
    #[inline]
    #[must_use]
    pub fn is_interface(&self, id: TypeId) -> bool {
        self.entries.get(id.0 as usize).is_some_and(|entry| entry.is_interface)
    }

    /// Whether this type is `@inaccessible`.
    #[must_use]
    pub fn is_inaccessible(&self, id: TypeId) -> bool {
        self.entries.get(id.0 as usize).is_some_and(|entry| entry.is_inaccessible)
    }

    /// The names of the object types that satisfy a type condition.
    pub(crate) fn objects_of(&self, condition: &str) -> impl Iterator<Item = &str> {
        let subtypes = &self.entries[self.id(condition).0 as usize].subtypes;
        (0_u32..).zip(&self.entries).filter_map(|(number, entry)| {
            (entry.is_object && subtypes.contains(TypeId(number))).then_some(&*entry.name)
        })
    }

    /// The types that satisfy any of these type conditions.
    #[must_use]
    pub fn satisfying<'a>(&self, conditions: impl IntoIterator<Item = &'a str>) -> TypeSet {
        let mut set = TypeSet::default();
        for condition in conditions {
            let id = self.id(condition);
            for number in 1..self.entries.len() {
                let candidate = TypeId(u32::try_from(number).unwrap_or(u32::MAX));
                if self.entries[id.0 as usize].subtypes.contains(candidate) {
                    set.insert(candidate);
                }
            }
        }
        set
    }

    /// The types that satisfy a type condition, and the types whose objects may satisfy it.
    ///
    /// A subgraph with an `@interfaceObject` reports the interface as the type name where other subgraphs report the
    /// object type.
    #[must_use]
    pub fn related(&self, condition: &str) -> TypeSet {
        let mut set = self.satisfying([condition]);
        let own = self.id(condition);
        for number in 1..self.entries.len() {
            if self.entries[number].subtypes.contains(own) {
                set.insert(TypeId(u32::try_from(number).unwrap_or(u32::MAX)));
            }
        }
        set
    }
}
