//! Keeps prepared documents. The key is the whole text, compared in full, so no collision can serve another's plan.

use std::sync::Arc;

use apollo_compiler::{ExecutableDocument, Node, executable::Operation, validation::Valid};
use moka::future::Cache;
use tokio::sync::OnceCell;

use crate::{
    error::{ErrorCode, GraphQlError},
    planning::Plan,
};

/// A valid document and what was made of its operations so far.
pub(crate) struct Document {
    pub(crate) text: String,
    pub(crate) executable: Valid<ExecutableDocument>,
    operations: Vec<OperationEntry>,
}

struct OperationEntry {
    name: Option<String>,
    prepared: OnceCell<Result<Arc<PreparedOperation>, GraphQlError>>,
}

/// One operation, ready to run.
pub(crate) struct PreparedOperation {
    pub(crate) operation: Node<Operation>,
    pub(crate) plan: Plan,
    pub(crate) variable_names: Vec<Box<str>>,
}

impl Document {
    pub(crate) fn new(text: String, executable: Valid<ExecutableDocument>) -> Self {
        let operations = executable
            .operations
            .iter()
            .map(|operation| OperationEntry {
                name: operation.name.as_ref().map(ToString::to_string),
                prepared: OnceCell::new(),
            })
            .collect();
        Self {
            text,
            executable,
            operations,
        }
    }

    /// The operation that a request means; prepared by `prepare` the first time.
    pub(crate) async fn operation<F>(
        &self,
        name: Option<&str>,
        prepare: impl FnOnce(Node<Operation>) -> F,
    ) -> Result<Arc<PreparedOperation>, GraphQlError>
    where
        F: Future<Output = Result<Arc<PreparedOperation>, GraphQlError>>,
    {
        let operation = self
            .executable
            .operations
            .get(name)
            .map_err(|_| self.no_operation(name))?;
        let own_name = operation.name.as_ref().map(apollo_compiler::Name::as_str);
        let entry = self
            .operations
            .iter()
            .find(|entry| entry.name.as_deref() == own_name)
            .ok_or_else(|| self.no_operation(name))?;
        entry.prepared.get_or_init(|| prepare(operation.clone())).await.clone()
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

/// Documents by text, refused ones included.
pub(crate) struct DocumentCache {
    cache: Cache<String, Parsed>,
}

impl DocumentCache {
    pub(crate) fn new(capacity: u64) -> Self {
        Self {
            cache: Cache::new(capacity),
        }
    }

    /// The document for a text; of several requests that bring a new text at once, one parses it.
    pub(crate) async fn get(&self, text: &str, parse: impl FnOnce(String) -> Parsed) -> Parsed {
        if let Some(known) = self.cache.get(text).await {
            return known;
        }
        let owned = text.to_owned();
        self.cache.get_with(owned.clone(), async move { parse(owned) }).await
    }
}
