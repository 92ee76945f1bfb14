//! Areas as locations. The directory publishes no centre of an area, so a location has no geometry.

use serde::Serialize;

use super::text::optional;

/// Location of a project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Location {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
}

/// The areas of a project.
pub fn locations(areas: &[(String, Option<String>)]) -> Vec<Location> {
    let location =
        |(code, name): &(String, Option<String>)| Location { id: code.clone(), description: optional(name.as_ref()) };
    areas.iter().map(location).collect()
}
