//! Settings for documents that clients name instead of sending them.

use std::sync::Arc;

use serde::Deserialize;

use super::written;
use crate::document::TrustedDocuments;

/// Documents that clients name.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table")]
pub struct PersistedDocuments {
    /// Documents known before any request, planned when the gateway starts.
    #[serde(deserialize_with = "written::manifest")]
    pub trusted: Option<Arc<TrustedDocuments>>,
    /// Whether nothing but trusted documents is executed. Without a manifest, then, nothing is.
    pub only_trusted: bool,
    /// Documents that clients register by their hash.
    pub automatic: AutomaticPersistedQueries,
}

/// Automatic persisted queries: a client sends the hash alone, and the text once when the hash is not known.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table")]
pub struct AutomaticPersistedQueries {
    /// Whether clients may register documents.
    pub enabled: bool,
    /// Text that is kept, in bytes; the least used documents go first.
    pub capacity_bytes: u64,
}

impl Default for AutomaticPersistedQueries {
    fn default() -> Self {
        Self {
            enabled: true,
            capacity_bytes: 16 * 1024 * 1024,
        }
    }
}
