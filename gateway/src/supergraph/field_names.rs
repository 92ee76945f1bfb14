//! The names of all fields, used to detect client aliases that could be confused with a field.

use std::collections::HashSet;

use apollo_compiler::{Schema, schema::ExtendedType};

/// Names of the fields of all types.
#[derive(Debug, Default)]
pub struct FieldNames(HashSet<Box<str>>);

impl FieldNames {
    pub(super) fn new(schema: &Schema) -> Self {
        let fields = schema.types.values().filter_map(|definition| match definition {
            ExtendedType::Object(object) => Some(&object.fields),
            ExtendedType::Interface(interface) => Some(&interface.fields),
            _ => None,
        });
        Self(fields.flat_map(|fields| fields.keys()).map(|name| name.as_str().into()).collect())
    }

    /// Whether any type has a field with this name.
    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        self.0.contains(name)
    }
}
