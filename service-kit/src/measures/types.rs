//! GraphQL object types, built from the declarations.

use async_graphql::indexmap::IndexMap;
use async_graphql::registry::{Deprecation, MetaField, MetaType, Registry};
use async_graphql::{CacheControl, OutputType};
use rust_decimal::Decimal;

use super::persons::WHEN_HIDDEN;
use super::{Measure, Shape};
use crate::scalar::Rate;

pub(crate) fn field(name: &str, description: &str, ty: String) -> MetaField {
    MetaField {
        name: name.to_owned(),
        description: Some(description.to_owned()),
        args: IndexMap::default(),
        ty,
        deprecation: Deprecation::default(),
        cache_control: CacheControl::default(),
        external: false,
        requires: None,
        provides: None,
        visible: None,
        shareable: false,
        inaccessible: false,
        tags: Vec::new(),
        override_from: None,
        compute_complexity: None,
        directive_invocations: Vec::new(),
        requires_scopes: Vec::new(),
    }
}

/// Builds the object type with a field for each measure.
pub(super) fn object(registry: &mut Registry, name: &str, description: &str, measures: &[Measure]) -> MetaType {
    let fields = measures
        .iter()
        .map(|measure| {
            let ty = register(measure.shape, registry);
            let field = if measure.is_of_persons() {
                let description = format!("{} {WHEN_HIDDEN}", measure.description);
                field(measure.name, &description, ty.trim_end_matches('!').to_owned())
            } else {
                field(measure.name, measure.description, ty)
            };
            (measure.name.to_owned(), field)
        })
        .collect();
    MetaType::Object {
        name: name.to_owned(),
        description: Some(description.to_owned()),
        fields,
        cache_control: CacheControl::default(),
        extends: false,
        shareable: false,
        resolvable: true,
        keys: None,
        visible: None,
        inaccessible: false,
        interface_object: false,
        tags: Vec::new(),
        is_subscription: false,
        rust_typename: None,
        directive_invocations: Vec::new(),
        requires_scopes: Vec::new(),
    }
}

/// Registers the type of a shape and returns its name.
fn register(shape: Shape, registry: &mut Registry) -> String {
    match shape {
        Shape::Int(_) => "Int!".to_owned(),
        Shape::Rate(..) => Rate::create_type_info(registry),
        Shape::Amount(_) => Decimal::create_type_info(registry),
        Shape::Mean(..) | Shape::OfRows(..) | Shape::Statistic(..) => "Float".to_owned(),
        Shape::Sample(_) => "Int".to_owned(),
        Shape::Group(name, description, measures) | Shape::Dataset(name, description, measures) => {
            let kind = object(registry, name, description, measures);
            registry.types.insert(name.to_owned(), kind);
            if matches!(shape, Shape::Dataset(..)) { name.to_owned() } else { format!("{name}!") }
        }
        Shape::Breakdown(breakdown) => {
            let (name, description) = breakdown.entry;
            let mut kind = object(registry, name, description, &[]);
            if let MetaType::Object { fields, .. } = &mut kind {
                let (key, key_type) = breakdown.key;
                let count = breakdown.count;
                fields.insert(key.to_owned(), field(key, "Value counted.", format!("{key_type}!")));
                fields.insert(count.to_owned(), field(count, "Rows that have it.", "Int!".to_owned()));
            }
            registry.types.insert(name.to_owned(), kind);
            format!("[{name}!]!")
        }
    }
}
