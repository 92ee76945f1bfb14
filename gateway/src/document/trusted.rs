//! Trusted documents: reads the manifest that the build of a client creates, with every document that the client will
//! send.
//!
//! Three formats are supported: `{ "<id>": "<document>" }`, which Relay's compiler also writes; the same map under
//! `"documents"`; and Apollo's `{ "format": "apollo-persisted-query-manifest", "version": 1, "operations": [{ "id",
//! "body", … }] }`.

use std::{collections::BTreeMap, sync::Arc};

use ahash::AHashSet;
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

/// Documents by id, and by text.
#[derive(Clone, Debug, Default)]
pub struct TrustedDocuments {
    by_id: BTreeMap<String, Arc<str>>,
    texts: AHashSet<Arc<str>>,
}

/// Why a manifest cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    /// It is not JSON.
    #[error("the manifest is not JSON")]
    Json(#[source] serde_json::Error),
    /// It is JSON, but not in a supported format.
    #[error(
        "the manifest has none of the known forms: `{{\"<id>\": \"<document>\"}}`, or Apollo's \
         `\"format\": \"apollo-persisted-query-manifest\"` in version 1"
    )]
    Form,
    /// Two entries have the same id and different texts.
    #[error("the manifest has two different documents with the id `{id}`")]
    Ambiguous {
        /// The id.
        id: String,
    },
    /// An id claims to be the SHA-256 hash of the text, but the text has another hash.
    #[error("the manifest has a document with the id `{id}`, and its text has another hash: `sha256:{actual}`")]
    Hash {
        /// The id.
        id: String,
        /// The actual hash.
        actual: String,
    },
}

#[derive(Deserialize)]
struct ApolloManifest {
    format: String,
    version: u64,
    operations: Vec<ApolloOperation>,
}

#[derive(Deserialize)]
struct ApolloOperation {
    id: String,
    body: String,
}

/// The SHA-256 hash of a text, in lower-case hexadecimal.
pub(super) fn sha256_hex(text: &str) -> String {
    use std::fmt::Write;
    let digest = Sha256::digest(text.as_bytes());
    digest.iter().fold(String::with_capacity(64), |mut hex, byte| {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

impl TrustedDocuments {
    /// Reads a manifest in any supported format.
    ///
    /// # Errors
    ///
    /// When the text is not JSON in a supported format, or when entries contradict each other.
    pub fn from_manifest(json: &str) -> Result<Self, ManifestError> {
        let value: Value = serde_json::from_str(json).map_err(ManifestError::Json)?;
        let mut documents = Self::default();
        if value.get("format").is_some() || value.get("operations").is_some_and(Value::is_array) {
            let manifest: ApolloManifest = serde_json::from_value(value).map_err(|_| ManifestError::Form)?;
            if manifest.format != "apollo-persisted-query-manifest" || manifest.version != 1 {
                return Err(ManifestError::Form);
            }
            for operation in manifest.operations {
                documents.insert(operation.id, operation.body)?;
            }
            return Ok(documents);
        }
        let Value::Object(map) = value else {
            return Err(ManifestError::Form);
        };
        let map = match map.get("documents") {
            Some(Value::Object(documents)) => documents.clone(),
            _ => map,
        };
        for (id, text) in map {
            let Value::String(text) = text else {
                return Err(ManifestError::Form);
            };
            documents.insert(id, text)?;
        }
        Ok(documents)
    }

    /// Adds a document. An id with the prefix `sha256:` must be the hash of the text. Other ids are not verified,
    /// because each build tool has its own ids.
    ///
    /// # Errors
    ///
    /// When the id already has another text, or when its hash does not match the text.
    pub fn insert(&mut self, id: impl Into<String>, text: impl Into<Arc<str>>) -> Result<(), ManifestError> {
        let (id, text) = (id.into(), text.into());
        let key = match id.strip_prefix("sha256:") {
            Some(claimed) => {
                let actual = sha256_hex(&text);
                if claimed != actual {
                    return Err(ManifestError::Hash { id, actual });
                }
                actual
            }
            None => id,
        };
        if self.by_id.get(&key).is_some_and(|known| *known != text) {
            return Err(ManifestError::Ambiguous { id: key });
        }
        let text = self.texts.get(&text).cloned().unwrap_or(text);
        self.texts.insert(text.clone());
        self.by_id.insert(key, text);
        Ok(())
    }

    /// Adds a document under an id and under the SHA-256 hash of its text.
    ///
    /// # Errors
    ///
    /// When the id already has another text.
    pub fn insert_with_hash(&mut self, id: impl Into<String>, text: impl Into<Arc<str>>) -> Result<(), ManifestError> {
        let text = text.into();
        self.insert(sha256_hex(&text), text.clone())?;
        self.insert(id, text)
    }

    /// The text for an id, with or without the prefix `sha256:`.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Arc<str>> {
        self.by_id.get(id.strip_prefix("sha256:").unwrap_or(id))
    }

    /// Whether this exact text is a trusted document.
    #[must_use]
    pub fn contains_text(&self, text: &str) -> bool {
        self.texts.contains(text)
    }

    /// Ids and texts, in the order of the ids.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Arc<str>)> {
        self.by_id.iter().map(|(id, text)| (id.as_str(), text))
    }

    /// The number of ids.
    #[must_use]
    pub fn len(&self) -> usize {
        self.by_id.len()
    }

    /// Whether there are no documents.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the appendix "Persisted Documents" of GraphQL over HTTP.
    const TEXT: &str = "query($id:ID!){user(id:$id){name}}";
    const HASH: &str = "71f7dc5758652baac68e4a10c50be732b741c892ade2883a99358f52b555286b";

    #[test]
    fn the_known_forms_are_read() {
        let plain = serde_json::json!({ HASH: TEXT, "md5": "{ a }" });
        let apollo = serde_json::json!({
            "format": "apollo-persisted-query-manifest",
            "version": 1,
            "operations": [
                { "id": HASH, "name": "Q", "type": "query", "body": TEXT },
                { "id": "md5", "name": "A", "type": "query", "body": "{ a }" },
            ],
        });
        let nested = serde_json::json!({ "documents": plain });
        for manifest in [plain, apollo, nested] {
            let documents = TrustedDocuments::from_manifest(&manifest.to_string()).unwrap();
            assert_eq!(documents.len(), 2, "{manifest}");
            assert_eq!(&**documents.get(HASH).unwrap(), TEXT);
            assert_eq!(&**documents.get(&format!("sha256:{HASH}")).unwrap(), TEXT);
            assert!(documents.contains_text("{ a }") && !documents.contains_text("{a}"));
            assert!(documents.get("other").is_none());
        }
    }

    #[test]
    fn other_forms_are_refused() {
        for manifest in [
            "[]",
            "{\"a\": 1}",
            "{\"format\": \"other\", \"version\": 1, \"operations\": []}",
            "{\"format\": \"apollo-persisted-query-manifest\", \"version\": 2, \"operations\": []}",
        ] {
            let refused = TrustedDocuments::from_manifest(manifest);
            assert!(matches!(refused, Err(ManifestError::Form)), "{manifest}");
        }
        assert!(matches!(TrustedDocuments::from_manifest("{"), Err(ManifestError::Json(_))));
    }

    #[test]
    fn a_claimed_hash_is_verified() {
        let mut documents = TrustedDocuments::default();
        documents.insert(format!("sha256:{HASH}"), TEXT).unwrap();
        let refused = documents.insert(format!("sha256:{HASH}"), "{ a }");
        assert!(matches!(refused, Err(ManifestError::Hash { .. })));
        documents.insert("x", "{ a }").unwrap();
        let refused = documents.insert("x", "{ b }");
        assert!(matches!(refused, Err(ManifestError::Ambiguous { .. })));
    }
}
