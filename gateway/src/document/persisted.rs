//! Finds the document of a request that sends an id or a hash instead of a text. The id is in `documentId` (GraphQL
//! over HTTP, appendix "Persisted Documents"). The hash is in `extensions.persistedQuery` (automatic persisted
//! queries).
//!
//! The result is a document text, and all later steps use the whole text. An id is never the key of a plan.

use std::{borrow::Cow, sync::Arc};

use moka::future::Cache;

use super::{TrustedDocuments, trusted::sha256_hex};
use crate::{
    GraphQlRequest,
    config::PersistedDocuments,
    error::{ErrorCode, GraphQlError},
};

/// The text of a request.
pub(crate) struct Named<'a> {
    pub(crate) text: Cow<'a, str>,
    /// The hash under which the text is stored, once the document is known to be valid.
    pub(crate) register: Option<String>,
}

impl<'a> From<&'a str> for Named<'a> {
    fn from(text: &'a str) -> Self {
        Self { text: Cow::Borrowed(text), register: None }
    }
}

/// Documents that clients can refer to by id or hash.
pub(crate) struct PersistedStore {
    trusted: Option<Arc<TrustedDocuments>>,
    only_trusted: bool,
    automatic: Option<Cache<String, Arc<str>>>,
}

impl PersistedStore {
    pub(crate) fn new(settings: &PersistedDocuments) -> Self {
        let automatic = &settings.automatic;
        let cache = || {
            Cache::builder()
                .max_capacity(automatic.capacity_bytes)
                .weigher(|hash: &String, text: &Arc<str>| u32::try_from(hash.len() + text.len()).unwrap_or(u32::MAX))
                .build()
        };
        Self {
            trusted: settings.trusted.clone(),
            only_trusted: settings.only_trusted,
            // With `only_trusted`, documents that clients register are refused, so storing them would be useless.
            automatic: (automatic.enabled && !settings.only_trusted).then(cache),
        }
    }

    pub(crate) fn trusted(&self) -> Option<&Arc<TrustedDocuments>> {
        self.trusted.as_ref()
    }

    /// The document text of a request.
    pub(crate) async fn find<'a>(&'a self, request: &'a GraphQlRequest) -> Result<Named<'a>, GraphQlError> {
        match (&request.document_id, &request.persisted_query) {
            (Some(_), _) if !request.query.is_empty() => {
                Err(GraphQlError::new(ErrorCode::BadRequest, "a request has either `query` or `documentId`, not both"))
            }
            (Some(id), _) => self.trusted_by_id(id).map(Named::from).ok_or_else(|| {
                GraphQlError::new(ErrorCode::DocumentNotFound, "no document with this `documentId` is known")
            }),
            (None, Some(hash)) => self.by_hash(hash, &request.query).await,
            (None, None) => self.by_text(&request.query),
        }
    }

    /// Stores a text that a client registered.
    pub(crate) async fn register(&self, hash: String, text: &str) {
        if let Some(automatic) = &self.automatic {
            automatic.insert(hash, text.into()).await;
            // Registrations are rare, so the memory limit can be enforced immediately.
            automatic.run_pending_tasks().await;
        }
    }

    fn trusted_by_id(&self, id: &str) -> Option<&str> {
        self.trusted.as_ref()?.get(id).map(|text| &**text)
    }

    fn by_text<'a>(&self, text: &'a str) -> Result<Named<'a>, GraphQlError> {
        let is_trusted = || self.trusted.as_ref().is_some_and(|trusted| trusted.contains_text(text));
        if self.only_trusted && !is_trusted() {
            return Err(GraphQlError::new(ErrorCode::DocumentNotTrusted, "only trusted documents are executed here"));
        }
        Ok(text.into())
    }

    /// Finds a document by hash. Clients with a manifest also send its ids in this field, so trusted documents are
    /// searched first.
    async fn by_hash<'a>(&'a self, hash: &str, text: &'a str) -> Result<Named<'a>, GraphQlError> {
        if text.is_empty() {
            if let Some(trusted) = self.trusted_by_id(hash) {
                return Ok(trusted.into());
            }
            let Some(automatic) = &self.automatic else {
                return Err(self.not_supported());
            };
            // Apollo's clients check the message and other clients check the code, before they send the text.
            return automatic
                .get(hash)
                .await
                .map(|text| Named { text: Cow::Owned(text.to_string()), register: None })
                .ok_or_else(|| GraphQlError::new(ErrorCode::PersistedQueryNotFound, "PersistedQueryNotFound"));
        }
        let Some(automatic) = &self.automatic else {
            return self.by_text(text);
        };
        if automatic.get(hash).await.is_some_and(|known| *known == *text) {
            return Ok(text.into());
        }
        if sha256_hex(text) != hash {
            return Err(GraphQlError::new(
                ErrorCode::PersistedQueryHashMismatch,
                "`extensions.persistedQuery.sha256Hash` is not the hash of `query`",
            ));
        }
        Ok(Named { text: Cow::Borrowed(text), register: Some(hash.to_owned()) })
    }

    fn not_supported(&self) -> GraphQlError {
        if self.only_trusted {
            return GraphQlError::new(ErrorCode::DocumentNotTrusted, "only trusted documents are executed here");
        }
        GraphQlError::new(ErrorCode::PersistedQueryNotSupported, "PersistedQueryNotSupported")
    }
}
