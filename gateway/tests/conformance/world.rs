//! One set of data behind all subgraphs of a test, so that one schema over the same data says what the federation must
//! answer.
//!
//! Rows stand in tables by type name. A value that is an object may be a mere reference: `{"__typename": "User", "id":
//! "1"}` finds its other fields in the table. `{"$error": "text"}` fails the field. Root fields are members of the tables
//! `Query` and `Mutation`, which are one object each.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::{Map, Value as Json, json};

use crate::memory::Source;

pub type Row = Map<String, Json>;
type Resolve = dyn Fn(&Source<'_>, &Json) -> Result<Json, String> + Send + Sync;

/// Field names of a key, with what is selected inside each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldTree(pub Vec<(String, FieldTree)>);

impl FieldTree {
    /// Reads the text of `@key(fields:)`.
    pub fn parse(text: &str) -> Self {
        let spaced = text.replace('{', " { ").replace('}', " } ");
        Self::read(&mut spaced.split_whitespace())
    }

    fn read<'a>(words: &mut impl Iterator<Item = &'a str>) -> Self {
        let mut fields: Vec<(String, Self)> = Vec::new();
        while let Some(word) = words.next() {
            match word {
                "}" => break,
                "{" => fields.last_mut().expect("a field before the brace").1 = Self::read(words),
                name => fields.push((name.to_owned(), Self::default())),
            }
        }
        Self(fields)
    }

    /// Whether both have all fields and agree on them.
    pub fn agree(&self, left: &Row, right: &Row) -> bool {
        self.0.iter().all(|(name, inner)| match (left.get(name), right.get(name)) {
            (Some(Json::Null) | None, _) | (_, Some(Json::Null) | None) => false,
            (Some(Json::Object(left)), Some(Json::Object(right))) => inner.agree(left, right),
            (Some(left), Some(right)) => text(left) == text(right),
        })
    }

    /// Whether all fields have values.
    pub fn is_in(&self, row: &Row) -> bool {
        self.agree(row, row)
    }
}

/// An `ID` may be written as a number.
fn text(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Data, behaviour and identity of everything in a test.
#[derive(Default)]
pub struct World {
    pub tables: BTreeMap<String, Vec<Row>>,
    resolvers: BTreeMap<String, Arc<Resolve>>,
    /// Keys of each type, over all subgraphs.
    pub keys: BTreeMap<String, Vec<FieldTree>>,
    /// Object types of each interface, over all subgraphs.
    pub implementers: BTreeMap<String, Vec<String>>,
}

impl World {
    /// Takes `{"Type": [rows], "Query": {fields}}`.
    pub fn new(data: Json) -> Self {
        let Json::Object(tables) = data else { panic!("the data are tables by type name") };
        let row = |type_name: &str, row: Json| match row {
            Json::Object(mut row) => {
                row.insert("__typename".to_owned(), json!(type_name));
                row
            }
            other => panic!("{other} is no row"),
        };
        let tables = tables
            .into_iter()
            .map(|(name, rows)| {
                let rows = match rows {
                    Json::Array(rows) => rows.into_iter().map(|given| row(&name, given)).collect(),
                    single => vec![row(&name, single)],
                };
                (name, rows)
            })
            .collect();
        Self { tables, ..Self::default() }
    }

    pub fn resolve(
        &mut self,
        field: &str,
        resolve: impl Fn(&Source<'_>, &Json) -> Result<Json, String> + Send + Sync + 'static,
    ) {
        self.resolvers.insert(field.to_owned(), Arc::new(resolve));
    }

    pub fn resolver(&self, type_name: &str, field: &str) -> Option<&Resolve> {
        let implemented = self.implementers.iter().filter(|(_, objects)| objects.iter().any(|name| name == type_name));
        std::iter::once(type_name)
            .chain(implemented.map(|(interface, _)| interface.as_str()))
            .find_map(|name| self.resolvers.get(&format!("{name}.{field}")))
            .map(|resolve| &**resolve)
    }

    /// The row that an object refers to.
    pub fn row(&self, type_name: &str, object: &Row) -> Option<&Row> {
        let only = [type_name.to_owned()];
        let tables = self.implementers.get(type_name).map_or(&only[..], |tables| tables);
        let keys = self.keys.get(type_name)?;
        tables
            .iter()
            .filter_map(|table| self.tables.get(table))
            .flatten()
            .find(|row| keys.iter().any(|key| key.agree(object, row)))
    }
}
