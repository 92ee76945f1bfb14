//! Layouts: assigns slots to response keys.
//!
//! Every object position of the answer has a layout. A position is a client path without type conditions. The layout
//! has a slot for each response key that any fetch writes there. One batch of entities can fill several positions.
//! These positions must use the same slots, so their layouts are united, and so are the layouts of their nested
//! objects.

use indexmap::IndexMap;

/// Id of a layout. Layouts can be united later, so call [`Layouts::find`] before comparing ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct LayoutId(usize);

/// The slot key for a value that the planner fetches under an internal alias and that the client knows as `key`.
///
/// It has its own slot, because the planner uses internal aliases exactly where the client's key would collide with
/// another value in the same object. No GraphQL name starts with `~`.
pub(super) fn renamed(key: &str) -> String {
    format!("~{key}")
}

/// The slot that always contains `__typename`.
pub(crate) const TYPENAME_SLOT: u32 = 0;

/// Slots for one value. The first filled slot is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Slots {
    pub(crate) first: Option<u32>,
    pub(crate) second: Option<u32>,
}

#[derive(Default)]
struct Layout {
    /// Response keys, each with the layout of its objects, if it has any. The slot is the position plus one.
    keys: IndexMap<Box<str>, Option<LayoutId>>,
}

/// All layouts of one plan.
pub(super) struct Layouts {
    layouts: Vec<Layout>,
    parents: Vec<usize>,
}

impl Layouts {
    pub(super) fn new() -> Self {
        Self { layouts: vec![Layout::default()], parents: vec![0] }
    }

    pub(super) fn root(&self) -> LayoutId {
        self.find(LayoutId(0))
    }

    pub(super) fn find(&self, id: LayoutId) -> LayoutId {
        let mut current = id.0;
        while self.parents[current] != current {
            current = self.parents[current];
        }
        LayoutId(current)
    }

    /// Assigns a slot to a key, unless it has one.
    pub(super) fn declare(&mut self, id: LayoutId, key: &str) {
        let id = self.find(id);
        if key != "__typename" && !self.layouts[id.0].keys.contains_key(key) {
            self.layouts[id.0].keys.insert(key.into(), None);
        }
    }

    /// Assigns a slot for objects to a key, and returns their layout.
    pub(super) fn declare_objects(&mut self, id: LayoutId, key: &str) -> LayoutId {
        self.declare(id, key);
        let id = self.find(id);
        if let Some(Some(child)) = self.layouts[id.0].keys.get(key) {
            return self.find(*child);
        }
        let child = LayoutId(self.layouts.len());
        self.parents.push(child.0);
        self.layouts.push(Layout::default());
        self.layouts[id.0].keys.insert(key.into(), Some(child));
        child
    }

    /// Unites two layouts, and recursively the layouts of nested objects under equal keys.
    pub(super) fn unite(&mut self, left: LayoutId, right: LayoutId) {
        let mut pending = vec![(left, right)];
        while let Some((left, right)) = pending.pop() {
            let (left, right) = (self.find(left), self.find(right));
            if left == right {
                continue;
            }
            let keys = std::mem::take(&mut self.layouts[right.0].keys);
            self.parents[right.0] = left.0;
            for (key, child) in keys {
                match (self.layouts[left.0].keys.get(&key).copied(), child) {
                    (Some(Some(ours)), Some(theirs)) => pending.push((ours, theirs)),
                    (Some(Some(_)), None) => {}
                    _ => {
                        self.layouts[left.0].keys.insert(key, child);
                    }
                }
            }
        }
    }

    /// The slot of a key. Slots are final only after the last declaration and the last union.
    pub(super) fn slot(&self, id: LayoutId, key: &str) -> Option<u32> {
        if key == "__typename" {
            return Some(TYPENAME_SLOT);
        }
        let position = self.layouts[self.find(id).0].keys.get_index_of(key)?;
        u32::try_from(position + 1).ok()
    }

    /// The slots that may contain the client's value of a key, the renamed one first.
    pub(super) fn client_slots(&self, id: LayoutId, key: &str) -> Slots {
        let plain = self.slot(id, key);
        match self.slot(id, &renamed(key)) {
            Some(slot) => Slots { first: Some(slot), second: plain },
            None => Slots { first: plain, second: None },
        }
    }

    /// The layout of the objects under a key.
    pub(super) fn objects(&self, id: LayoutId, key: &str) -> Option<LayoutId> {
        let child = *self.layouts[self.find(id).0].keys.get(key)?;
        child.map(|child| self.find(child))
    }

    /// How many slots an object of this layout has.
    pub(super) fn len(&self, id: LayoutId) -> u32 {
        u32::try_from(self.layouts[self.find(id).0].keys.len() + 1).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn united_layouts_agree_on_every_slot_at_every_depth() {
        let mut layouts = Layouts::new();
        let root = layouts.root();
        let left = layouts.declare_objects(root, "a");
        let right = layouts.declare_objects(root, "b");
        layouts.declare(left, "x");
        layouts.declare(right, "y");
        layouts.declare(right, "x");
        let left_inner = layouts.declare_objects(left, "inner");
        let right_inner = layouts.declare_objects(right, "inner");
        layouts.declare(left_inner, "p");
        layouts.declare(right_inner, "q");
        layouts.unite(left, right);
        for key in ["x", "y", "inner"] {
            assert!(layouts.slot(left, key).is_some());
            assert_eq!(layouts.slot(left, key), layouts.slot(right, key));
        }
        assert_eq!(layouts.slot(left_inner, "q"), layouts.slot(right_inner, "q"));
        assert_eq!(layouts.len(left_inner), 3);
    }

    #[test]
    fn a_layout_can_be_united_with_one_inside_it() {
        let mut layouts = Layouts::new();
        let root = layouts.root();
        let outer = layouts.declare_objects(root, "product");
        let reviews = layouts.declare_objects(outer, "reviews");
        let inner = layouts.declare_objects(reviews, "product");
        layouts.declare(inner, "price");
        layouts.unite(outer, inner);
        assert_eq!(layouts.slot(outer, "price"), layouts.slot(inner, "price"));
        assert_eq!(layouts.objects(inner, "reviews"), layouts.objects(outer, "reviews"));
    }
}
