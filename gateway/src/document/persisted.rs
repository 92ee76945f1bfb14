//! Finds the text of a request that names its document: `documentId` (GraphQL over HTTP, appendix "Persisted
//! Documents") and automatic persisted queries (`extensions.persistedQuery`).
//!
//! What is found is a text, and everything after that works with the whole text: a name is never the key of a plan.

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
    /// The hash to keep the text under, once the document has proved valid.
    pub(crate) register: Option<String>,
}

impl<'a> From<&'a str> for Named<'a> {
    fn from(text: &'a str) -> Self {
        Self {
            text: Cow::Borrowed(text),
            register: None,
        }
    }
}

/// Documents that can be named.
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
            // What clients register is not trusted, so there is no use in keeping it then.
            automatic: (automatic.enabled && !settings.only_trusted).then(cache),
        }
    }

    pub(crate) fn trusted(&self) -> Option<&Arc<TrustedDocuments>> {
        self.trusted.as_ref()
    }

    /// The text that a request means.
    pub(crate) async fn find<'a>(&'a self, request: &'a GraphQlRequest) -> Result<Named<'a>, GraphQlError> {
        match (&request.document_id, &request.persisted_query) {
            (Some(_), _) if !request.query.is_empty() => Err(GraphQlError::new(
                ErrorCode::BadRequest,
                "a request has either `query` or `documentId`, not both",
            )),
            (Some(id), _) => self.trusted_by_id(id).map(Named::from).ok_or_else(|| {
                GraphQlError::new(
                    ErrorCode::DocumentNotFound,
                    "no document with this `documentId` is known",
                )
            }),
            (None, Some(hash)) => self.by_hash(hash, &request.query).await,
            (None, None) => self.by_text(&request.query),
        }
    }

    /// Keeps a text that a client registered.
    pub(crate) async fn register(&self, hash: String, text: &str) {
        if let Some(automatic) = &self.automatic {
            automatic.insert(hash, text.into()).await;
            // Registrations are rare, so the bound may as well hold at once.
            automatic.run_pending_tasks().await;
        }
    }

    fn trusted_by_id(&self, id: &str) -> Option<&str> {
        self.trusted.as_ref()?.get(id).map(|text| &**text)
    }

    fn by_text<'a>(&self, text: &'a str) -> Result<Named<'a>, GraphQlError> {
        let is_trusted = || self.trusted.as_ref().is_some_and(|trusted| trusted.contains_text(text));
        if self.only_trusted && !is_trusted() {
            return Err(GraphQlError::new(
                ErrorCode::DocumentNotTrusted,
                "only trusted documents are executed here",
            ));
        }
        Ok(text.into())
    }

    /// Clients with a manifest send its ids in this way too, so trusted documents are looked up first.
    async fn by_hash<'a>(&'a self, hash: &str, text: &'a str) -> Result<Named<'a>, GraphQlError> {
        if text.is_empty() {
            if let Some(trusted) = self.trusted_by_id(hash) {
                return Ok(trusted.into());
            }
            let Some(automatic) = &self.automatic else {
                return Err(self.not_supported());
            };
            // Apollo's clients look at the message, others at the code; only then do they send the text.
            return automatic
                .get(hash)
                .await
                .map(|text| Named {
                    text: Cow::Owned(text.to_string()),
                    register: None,
                })
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
        Ok(Named {
            text: Cow::Borrowed(text),
            register: Some(hash.to_owned()),
        })
    }

    fn not_supported(&self) -> GraphQlError {
        if self.only_trusted {
            return GraphQlError::new(
                ErrorCode::DocumentNotTrusted,
                "only trusted documents are executed here",
            );
        }
        GraphQlError::new(ErrorCode::PersistedQueryNotSupported, "PersistedQueryNotSupported")
    }
}
