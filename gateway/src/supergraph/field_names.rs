//! The names of all fields, to know which names of a client could be taken for one.

use std::collections::HashSet;

use apollo_compiler::{Schema, schema::ExtendedType};

/// Names of fields, whatever the type.
#[derive(Debug, Default)]
pub struct FieldNames {
    all: HashSet<Box<str>>,
    required_with_arguments: HashSet<Box<str>>,
}

impl FieldNames {
    pub(super) fn new(schema: &Schema) -> Self {
        let mut names = Self::default();
        for definition in schema.types.values() {
            let fields = match definition {
                ExtendedType::Object(object) => &object.fields,
                ExtendedType::Interface(interface) => &interface.fields,
                _ => continue,
            };
            for (name, field) in fields {
                names.all.insert(name.as_str().into());
                for directive in field.directives.get_all("join__field") {
                    let requires = directive.specified_argument_by_name("requires");
                    if let Some(requires) = requires.and_then(|value| value.as_str()) {
                        names.add_required(requires);
                    }
                }
            }
        }
        names
    }

    /// Takes the names before parentheses: `price(currency: "USD") weight` has `price`.
    fn add_required(&mut self, field_set: &str) {
        for (position, _) in field_set.match_indices('(') {
            let name = field_set[..position]
                .trim_end()
                .rsplit(|character: char| !(character == '_' || character.is_ascii_alphanumeric()))
                .next();
            self.required_with_arguments
                .extend(name.filter(|name| !name.is_empty()).map(Box::from));
        }
    }

    /// Whether any type has a field of this name.
    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        self.all.contains(name)
    }

    /// Whether any `@requires` wants a field of this name with arguments.
    #[must_use]
    pub fn is_required_with_arguments(&self, name: &str) -> bool {
        self.required_with_arguments.contains(name)
    }
}
