//! The document cache. The key is the whole text and not its hash, so a hash collision can never return another
//! document's plan.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use apollo_compiler::{ExecutableDocument, validation::Valid};
use moka::future::Cache;

use super::operations::OperationEntry;
use crate::{
    error::{ErrorCode, GraphQlError},
    reload::{Popularity, UsedDocument},
    telemetry::CacheMetrics,
};

/// A valid document and its prepared operations.
pub(crate) struct Document {
    pub(crate) text: String,
    pub(crate) executable: Valid<ExecutableDocument>,
    operations: Vec<OperationEntry>,
    popularity: Popularity,
}

impl Document {
    pub(crate) fn new(text: String, executable: Valid<ExecutableDocument>) -> Self {
        let operations = executable.operations.iter();
        let operations = operations.map(|operation| OperationEntry::new(&executable, operation)).collect();
        Self { text, executable, operations, popularity: Popularity::default() }
    }

    /// The operation that a request selects.
    pub(crate) fn operation(&self, name: Option<&str>) -> Result<&OperationEntry, GraphQlError> {
        let operation = self.executable.operations.get(name);
        let operation = operation.map_err(|_| self.no_operation(name))?;
        let own_name = operation.name.as_ref().map(apollo_compiler::Name::as_str);
        let mut entries = self.operations.iter();
        entries.find(|entry| entry.name() == own_name).ok_or_else(|| self.no_operation(name))
    }

    /// What a reload needs to prepare this document again; `None` if no operation of it could be planned.
    fn used(&self, now: Duration) -> Option<UsedDocument> {
        let operations: Vec<_> = self
            .operations
            .iter()
            .map(|entry| (entry.name().map(str::to_owned), entry.planned()))
            .filter(|(_, planned)| !planned.is_empty())
            .collect();
        (!operations.is_empty()).then(|| UsedDocument {
            text: self.text.clone(),
            operations,
            uses: self.popularity.uses(now),
        })
    }

    /// The largest number of plans that one operation of this document can have.
    fn max_plans(&self) -> u64 {
        let plans = self.operations.iter().map(OperationEntry::max_plans);
        plans.max().unwrap_or(1) as u64
    }

    fn no_operation(&self, name: Option<&str>) -> GraphQlError {
        let message = match name {
            Some(name) => format!("the document has no operation `{name}`"),
            None if self.operations.is_empty() => "the document has no operation".to_owned(),
            None => "the document has several operations: `operationName` must say which one is meant".to_owned(),
        };
        GraphQlError::new(ErrorCode::BadRequest, message)
    }
}

type Parsed = Result<Arc<Document>, Arc<Vec<GraphQlError>>>;

/// Caches documents by text, including those that are not valid.
pub(crate) struct DocumentCache {
    cache: Cache<String, Parsed, ahash::RandomState>,
    began: Instant,
    metrics: CacheMetrics,
}

/// Estimated memory of a prepared document for each byte of its text (syntax tree, plan and projection). It only needs
/// the right order of magnitude. A document needs this memory for each of its plans.
const BYTES_PER_TEXT_BYTE: u64 = 64;
/// Minimum memory of a document, in bytes.
const BYTES_PER_DOCUMENT: u64 = 8 * 1024;

impl DocumentCache {
    /// Creates a cache with two limits: the number of documents, and their estimated size in bytes.
    ///
    /// The cache library has only one weight. The weight of a document is its size, but at least `max_bytes` divided by
    /// `max_documents`. So the limit on the total weight enforces both limits.
    pub(crate) fn new(max_documents: u64, max_bytes: u64, metrics: CacheMetrics) -> Self {
        let share = max_bytes / max_documents.max(1);
        let weigh = move |text: &String, parsed: &Parsed| -> u32 {
            let length = text.len() as u64;
            let bytes = match parsed {
                // The text is stored twice: as the key and in the document.
                Ok(document) => (length * BYTES_PER_TEXT_BYTE + BYTES_PER_DOCUMENT) * document.max_plans() + 2 * length,
                Err(errors) => length + 512 * errors.len() as u64,
            };
            u32::try_from(bytes.max(share)).unwrap_or(u32::MAX)
        };
        Self {
            cache: Cache::builder().max_capacity(max_bytes).weigher(weigh).build_with_hasher(ahash::RandomState::new()),
            began: Instant::now(),
            metrics,
        }
    }

    /// The document for a text. Of several concurrent requests with a new text, only one parses it.
    pub(crate) async fn get(&self, text: &str, now: Instant, parse: impl FnOnce(String) -> Parsed) -> Parsed {
        if let Some(known) = self.cache.get(text).await {
            self.metrics.hits.inc();
            if let Ok(document) = &known {
                document.popularity.count(self.age(now));
            }
            return known;
        }
        self.metrics.misses.inc();
        self.load(text, parse).await
    }

    /// The document for a text, without counting a use.
    pub(crate) async fn load(&self, text: &str, parse: impl FnOnce(String) -> Parsed) -> Parsed {
        let owned = text.to_owned();
        self.cache.get_with(owned.clone(), async move { parse(owned) }).await
    }

    /// The approximate number of cached documents: the cache does its housekeeping with a delay.
    pub(crate) fn len(&self) -> u64 {
        self.cache.entry_count()
    }

    /// The documents that were used most in recent time, the most used first.
    pub(crate) fn most_used(&self, limit: usize) -> Vec<UsedDocument> {
        let now = self.age(Instant::now());
        let documents = self.cache.iter().filter_map(|(_, parsed)| parsed.ok());
        let mut used: Vec<_> = documents.filter_map(|document| document.used(now)).collect();
        used.sort_by(|one, other| other.uses.cmp(&one.uses).then_with(|| one.text.cmp(&other.text)));
        used.truncate(limit);
        used
    }

    /// Sets how much a document was used, as recorded by another cache.
    pub(crate) fn note_uses(&self, document: &Document, uses: u32) {
        document.popularity.set(self.age(Instant::now()), uses);
    }

    fn age(&self, now: Instant) -> Duration {
        now.saturating_duration_since(self.began)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(_: String) -> Parsed {
        Err(Arc::new(Vec::new()))
    }

    async fn kept(cache: &DocumentCache, texts: impl Iterator<Item = String>) -> u64 {
        for text in texts {
            let _ = cache.load(&text, refused).await;
        }
        cache.cache.run_pending_tasks().await;
        cache.cache.entry_count()
    }

    #[tokio::test]
    async fn the_number_of_documents_is_bounded() {
        let cache = DocumentCache::new(10, 1_000_000, CacheMetrics::default());
        let kept = kept(&cache, (0..100).map(|number| format!("{{ a{number} }}"))).await;
        assert!((1..=10).contains(&kept), "{kept}");
    }

    #[tokio::test]
    async fn their_bytes_are_bounded() {
        let cache = DocumentCache::new(1_000, 1_000_000, CacheMetrics::default());
        let texts = (0..100).map(|number| format!("{number}{}", " ".repeat(100_000)));
        let kept = kept(&cache, texts).await;
        assert!((1..=10).contains(&kept), "{kept}");
    }
}
