//! The frame of a package: what stands before and after its projects.

use serde::Serialize;
use service_kit::Problem;
use uuid::Uuid;

/// Version of the standard, as packages state it.
const VERSION: &str = "0.9";

/// What stands after the projects.
pub const TAIL: &[u8] = b"\n]}\n";

/// What a package says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Head {
    pub uri: String,
    pub publisher: Publisher,
    pub published_date: String,
    version: &'static str,
}

/// Who publishes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Publisher {
    pub name: String,
}

impl Head {
    /// The head of a package.
    pub fn new(uri: String, publisher: String, published_date: String) -> Self {
        Self { uri, publisher: Publisher { name: publisher }, published_date, version: VERSION }
    }

    /// The beginning of the package, up to its first project.
    pub fn begin(&self) -> Result<Vec<u8>, Problem> {
        let mut text = serde_json::to_vec(self).map_err(Problem::internal)?;
        // The object stays open for its last field.
        text.pop();
        text.extend_from_slice(br#","projects":["#);
        Ok(text)
    }
}

/// A URN for a package that has no address. What makes packages differ makes their URNs differ.
pub fn urn(parts: &[&str]) -> String {
    Uuid::new_v5(&Uuid::NAMESPACE_OID, parts.join("\n").as_bytes()).urn().to_string()
}
