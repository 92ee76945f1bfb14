//! Prepares documents and operations and plans those that have no plan yet: for requests, for trusted documents, and
//! for documents that were in use before a reload.

use std::{collections::BTreeMap, sync::Arc, time::Instant};

use apollo_compiler::{Node, executable::Operation};

use super::{Engine, Refusal};
use crate::{
    document::{Document, PreparedOperation, parse},
    error::{ErrorCode, GraphQlError},
    execution::Sizes,
    planning::{Conditions, Environment, PlannerError, compile, simplify},
    reload::UsedDocument,
};

impl Engine {
    pub(super) async fn document(&self, text: &str, now: Instant) -> Result<Arc<Document>, Refusal> {
        let parsed = self.documents.get(text, now, |text| self.parse(text));
        parsed.await.map_err(|errors| Refusal::from(errors.to_vec()))
    }

    fn parse(&self, text: String) -> Result<Arc<Document>, Arc<Vec<GraphQlError>>> {
        let executable = parse(&self.shared.supergraph, &self.shared.config, &text).map_err(Arc::new)?;
        Ok(Arc::new(Document::new(text, executable)))
    }

    /// The documents that were used most in recent time.
    pub(crate) fn most_used(&self, limit: usize) -> Vec<UsedDocument> {
        self.documents.most_used(limit)
    }

    /// The number of documents in the cache.
    pub(crate) fn documents_kept(&self) -> u64 {
        self.documents.len()
    }

    /// Prepares a document that another engine has used. Returns the number of operations that this engine can plan.
    pub(crate) async fn prepare_again(&self, used: &UsedDocument) -> usize {
        let Ok(document) = self.documents.load(&used.text, |text| self.parse(text)).await else {
            return 0;
        };
        self.documents.note_uses(&document, used.uses);
        let mut planned = 0;
        for (name, combinations) in &used.operations {
            let Ok(entry) = document.operation(name.as_deref()) else {
                continue;
            };
            for conditions in combinations {
                let prepare = |conditions| self.prepare(&document, &entry.operation, conditions);
                let prepared = entry.prepared(conditions.clone(), prepare).await;
                planned += usize::from(prepared.is_ok());
            }
        }
        planned
    }

    /// The operation of a request, planned for the values of its conditions.
    pub(super) async fn prepared(
        &self,
        document: &Arc<Document>,
        name: Option<&str>,
        given: Option<&str>,
    ) -> Result<Arc<PreparedOperation>, GraphQlError> {
        let entry = document.operation(name)?;
        let prepare = |conditions| self.prepare(document, &entry.operation, conditions);
        entry.prepared(entry.conditions(given), prepare).await
    }

    /// Plans an operation on a blocking thread.
    async fn prepare(
        &self,
        document: &Arc<Document>,
        written: &Node<Operation>,
        conditions: Conditions,
    ) -> Result<Arc<PreparedOperation>, GraphQlError> {
        if written.is_subscription() {
            return Err(GraphQlError::new(ErrorCode::Validation, "subscriptions are not served by this endpoint"));
        }
        let (shared, document, written) = (self.shared.clone(), document.clone(), written.clone());
        let span = tracing::info_span!("plan");
        let planning = tokio::task::spawn_blocking(move || {
            let _entered = span.entered();
            let environment = Environment {
                supergraph: &shared.supergraph,
                planner: &shared.planner,
                transports: &shared.transports,
            };
            let operation = simplify(&document.executable, &written, &conditions, &shared.supergraph);
            let plan = compile(environment, &operation)?;
            let variable_names = operation.variables.iter().map(|variable| variable.name.as_str().into()).collect();
            let metrics = shared.metrics.operation(operation.name.as_ref().map(apollo_compiler::Name::as_str));
            let subgraph_metrics = plan.fetches.iter().map(|fetch| shared.metrics.subgraph(&fetch.service)).collect();
            Ok::<_, PlannerError>(PreparedOperation {
                sizes: Sizes::new(plan.fetches.len()),
                written,
                operation,
                plan,
                variable_names,
                metrics,
                subgraph_metrics,
            })
        });
        match planning.await {
            Ok(Ok(prepared)) => Ok(Arc::new(prepared)),
            Ok(Err(error)) => {
                tracing::error!(%error, "an operation cannot be planned");
                Err(GraphQlError::new(ErrorCode::Internal, error.to_string()))
            }
            Err(error) => {
                tracing::error!(%error, "planning broke off");
                Err(GraphQlError::new(ErrorCode::Internal, "the operation cannot be planned"))
            }
        }
    }

    /// Plans every trusted document. Returns the ids and errors of the documents that this supergraph cannot serve.
    pub async fn warm_trusted_documents(&self) -> BTreeMap<String, Vec<GraphQlError>> {
        let mut refused = BTreeMap::new();
        let Some(trusted) = self.persisted.trusted() else {
            return refused;
        };
        for (id, text) in trusted.iter() {
            if let Err(errors) = self.plan_all(text).await {
                refused.insert(id.to_owned(), errors);
            }
        }
        refused
    }

    /// Plans every operation of a document, with the conditions of a request without variables.
    async fn plan_all(&self, text: &str) -> Result<(), Vec<GraphQlError>> {
        let loaded = self.documents.load(text, |text| self.parse(text)).await;
        let document = loaded.map_err(|errors| errors.to_vec())?;
        for operation in document.executable.operations.iter() {
            let name = operation.name.as_ref().map(apollo_compiler::Name::as_str);
            let prepared = self.prepared(&document, name, None).await;
            prepared.map_err(|error| vec![error])?;
        }
        Ok(())
    }
}
