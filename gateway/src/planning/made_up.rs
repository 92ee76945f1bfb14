//! Made-up fields: fields that exist only for the planning library, and the real fields that they represent.
//!
//! Where the library would confuse several uses of a field, it gets a supergraph in which the field also exists under
//! made-up names, one for each use. [`required_fields`](super::required_fields) and
//! [`uneven_unions`](super::uneven_unions) create them. In the plan, a made-up field becomes an alias of the real field
//! again. In a representation the value has the real name, which is the name that subgraphs expect.

use std::collections::{BTreeMap, HashMap, HashSet};

use apollo_compiler::{Name, ast::Document};
use hive_router_query_planner::ast::{
    selection_item::SelectionItem, selection_set::SelectionSet, value::Value as PlannedValue,
};

use super::join::each_field;

/// Which made-up field is required where: maps a path of real names to the made-up name.
pub(super) type Choices = BTreeMap<Vec<String>, String>;

/// Subgraph, type and field.
type Coordinate = (String, String, String);

struct Original {
    name: String,
    arguments: Vec<(String, PlannedValue)>,
}

/// All made-up fields of a supergraph.
#[derive(Default)]
pub(super) struct MadeUpFields {
    originals: HashMap<String, Original>,
    /// The made-up fields that each field with `@requires` needs.
    choices: HashMap<Coordinate, Choices>,
    /// Field names that are in use.
    taken: HashSet<String>,
}

impl MadeUpFields {
    /// An empty collection that does not reuse the field names of a supergraph.
    pub(super) fn beside(supergraph: &mut Document) -> Self {
        let mut all = Self::default();
        each_field(supergraph, &mut |_, field| {
            all.taken.insert(field.name.to_string());
        });
        all
    }

    /// Creates a made-up name. The real field gets these arguments; if there are none, it keeps the client's arguments.
    pub(super) fn add(&mut self, real: &str, suffix: &str, arguments: Vec<(String, PlannedValue)>) -> Option<Name> {
        let mut text = format!("{real}_{suffix}");
        while self.taken.contains(&text) {
            text.push('_');
        }
        let made_up = Name::new(&text).ok()?;
        let name = real.to_owned();
        self.taken.insert(text.clone());
        self.originals.insert(text, Original { name, arguments });
        Some(made_up)
    }

    /// Records which made-up fields a field of a subgraph requires.
    pub(super) fn require(&mut self, subgraph: &str, type_name: &str, field: &str, choices: Choices) {
        let coordinate = (subgraph.to_owned(), type_name.to_owned(), field.to_owned());
        self.choices.insert(coordinate, choices);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.originals.is_empty()
    }

    /// Whether a name is made up.
    pub(super) fn has(&self, name: &str) -> bool {
        self.originals.contains_key(name)
    }

    /// The name that the subgraph knows.
    pub(super) fn real<'n>(&'n self, name: &'n str) -> &'n str {
        self.originals.get(name).map_or(name, |original| &original.name)
    }

    /// The made-up fields that a field of a subgraph requires.
    pub(super) fn choices(&self, subgraph: &str, type_name: &str, field: &str) -> Option<&Choices> {
        let coordinate = (subgraph.to_owned(), type_name.to_owned(), field.to_owned());
        self.choices.get(&coordinate)
    }

    /// Replaces made-up fields in a selection with the real fields. A field without an alias gets the made-up name as
    /// its alias. Returns whether it replaced anything.
    pub(super) fn restore(&self, set: &mut SelectionSet) -> bool {
        let mut restored = false;
        for item in &mut set.items {
            match item {
                SelectionItem::Field(field) => {
                    if let Some(original) = self.originals.get(&field.name) {
                        let made_up = std::mem::replace(&mut field.name, original.name.clone());
                        let alias = field.alias.take().unwrap_or(made_up);
                        field.alias = (alias != field.name).then_some(alias);
                        if !original.arguments.is_empty() {
                            field.arguments = Some(original.arguments.clone().into());
                        }
                        restored = true;
                    }
                    restored |= self.restore(&mut field.selections);
                }
                SelectionItem::InlineFragment(fragment) => restored |= self.restore(&mut fragment.selections),
                SelectionItem::FragmentSpread(_) => {}
            }
        }
        restored
    }
}
