//! Settings for trusted documents and automatic persisted queries.

use std::sync::Arc;

use serde::Deserialize;

use super::written;
use crate::document::TrustedDocuments;

/// Documents that clients refer to by id or hash.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table")]
pub struct PersistedDocuments {
    /// Documents that are known in advance. They are planned when the gateway starts.
    #[serde(deserialize_with = "written::manifest")]
    pub trusted: Option<Arc<TrustedDocuments>>,
    /// Whether only trusted documents are executed. Without a manifest, this refuses all requests.
    pub only_trusted: bool,
    /// Documents that clients register by their hash.
    pub automatic: AutomaticPersistedQueries,
}

/// Automatic persisted queries: a client sends only the hash, and sends the text once if the hash is not known.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table")]
pub struct AutomaticPersistedQueries {
    /// Whether clients may register documents.
    pub enabled: bool,
    /// Memory for the stored texts, in bytes. The least used documents are evicted first.
    pub capacity_bytes: u64,
}

impl Default for AutomaticPersistedQueries {
    fn default() -> Self {
        Self { enabled: true, capacity_bytes: 16 * 1024 * 1024 }
    }
}
