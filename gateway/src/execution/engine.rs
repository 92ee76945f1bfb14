//! Takes a request through all steps: document, operation, variables, plan, answer.

use std::{
    collections::BTreeMap,
    sync::{Arc, atomic::AtomicBool},
    time::Instant,
};

use apollo_compiler::{Node, executable::Operation};
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use parking_lot::Mutex;
use serde_json::value::RawValue;

use super::{
    failure::Failures,
    projector::Projector,
    runner::{Run, VariableValues},
    tree::Tree,
};
use crate::{
    GatewayConfig, GraphQlRequest, GraphQlResponse, Readiness,
    config::{ExplainAccess, LimitName},
    document::{
        Document, DocumentCache, Named, PersistedStore, PreparedOperation, coerce_variables, estimate_cost, introspect,
        measure, measured_tokens, parse,
    },
    error::{ErrorCode, GraphQlError},
    explanation::{CostReport, Explanation, LimitReport, Trace, append, explain_plan},
    planning::{Environment, Planner, PlannerError, compile},
    supergraph::Supergraph,
    transport::Transports,
};

/// Serves one supergraph with one configuration; everything in it is immutable or a cache.
pub struct Engine {
    shared: Arc<Shared>,
    documents: DocumentCache,
    persisted: PersistedStore,
}

/// What planning needs on another thread.
struct Shared {
    supergraph: Supergraph,
    planner: Planner,
    transports: Transports,
    config: GatewayConfig,
}

/// What the fetches of one request brought.
struct Fetched {
    tree: Tree,
    errors: Vec<GraphQlError>,
    trace: Option<Trace>,
}

/// A request with the value `1` asks for `extensions.explain`, which the configuration must allow.
const EXPLAIN_HEADER: &str = "x-graphql-explain";

/// Why a request was not executed.
struct Refusal {
    status: StatusCode,
    errors: Vec<GraphQlError>,
}

impl From<GraphQlError> for Refusal {
    fn from(error: GraphQlError) -> Self {
        let status = if error.code() == Some(ErrorCode::Internal.as_str()) {
            StatusCode::INTERNAL_SERVER_ERROR
        } else {
            StatusCode::BAD_REQUEST
        };
        Self {
            status,
            errors: vec![error],
        }
    }
}

impl From<Vec<GraphQlError>> for Refusal {
    fn from(errors: Vec<GraphQlError>) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            errors,
        }
    }
}

impl Engine {
    pub(crate) fn new(
        supergraph: Supergraph,
        transports: Transports,
        config: GatewayConfig,
    ) -> Result<Self, PlannerError> {
        let planner = Planner::new(&supergraph.sdl)?;
        let trusted = config.persisted.trusted.as_ref().map_or(0, |trusted| trusted.len());
        // Trusted documents have room of their own, so that they stay planned whatever else is asked.
        let documents = DocumentCache::new(config.document_cache_capacity + trusted as u64);
        let persisted = PersistedStore::new(&config.persisted);
        Ok(Self {
            shared: Arc::new(Shared {
                supergraph,
                planner,
                transports,
                config,
            }),
            documents,
            persisted,
        })
    }

    /// The supergraph that is served.
    #[must_use]
    pub fn supergraph(&self) -> &Supergraph {
        &self.shared.supergraph
    }

    pub(crate) async fn execute(&self, request: GraphQlRequest) -> GraphQlResponse {
        match self.answer(request).await {
            Ok(body) => GraphQlResponse {
                body,
                status: StatusCode::OK,
                executed: true,
            },
            Err(refusal) => GraphQlResponse::refused(refusal.status, &refusal.errors),
        }
    }

    async fn answer(&self, request: GraphQlRequest) -> Result<Bytes, Refusal> {
        let deadline = Instant::now() + self.shared.config.timeout;
        let Named { text, register } = self.persisted.find(&request).await?;
        let document = self.document(&text).await?;
        if let Some(hash) = register {
            self.persisted.register(hash, &text).await;
        }
        let prepared = document
            .operation(request.operation_name.as_deref(), |operation| {
                self.prepare(&document, operation)
            })
            .await?;
        if request.read_only && !prepared.operation.is_query() {
            let error = GraphQlError::new(ErrorCode::BadRequest, "only queries may be sent with GET");
            return Err(Refusal {
                status: StatusCode::METHOD_NOT_ALLOWED,
                errors: vec![error],
            });
        }
        let given = request.variables.as_deref().map(RawValue::get);
        let variables = coerce_variables(&self.shared.supergraph.api, &prepared.operation, given)?;
        self.check_cost(&document, &prepared, &variables)?;
        let introspection = prepared.plan.projection.introspects.then(|| {
            let api = &self.shared.supergraph.api;
            introspect(api, &document.executable, &prepared.operation, &variables)
        });
        let headers = self.forwarded(&request.headers);
        let trace = self.is_explained(&request.headers).then(Trace::start);
        let Fetched { tree, errors, trace } = self.fetch(&prepared, &variables, &headers, deadline, trace).await;
        let is_true = |position: usize| {
            variables
                .get(position)
                .is_some_and(|value| value.as_deref() == Some(b"true"))
        };
        let projector = Projector::new(
            &tree,
            &prepared.plan.projection,
            is_true,
            introspection.as_ref(),
            errors,
        );
        let mut body = projector.response();
        if let Some(trace) = trace {
            let mut explanation = self.explanation(&document, &prepared, &variables);
            explanation.fetches = Some(trace.finish());
            append(&mut body, &explanation);
        }
        Ok(body.into())
    }

    /// Whether the answer to this request shows how it came about.
    fn is_explained(&self, headers: &HeaderMap) -> bool {
        match self.shared.config.explain {
            ExplainAccess::Off => false,
            ExplainAccess::Always => true,
            ExplainAccess::OnRequest => headers.get(EXPLAIN_HEADER).is_some_and(|value| value == "1"),
        }
    }

    /// What becomes of a request, without executing it.
    ///
    /// # Errors
    ///
    /// When the document or its variables are not valid, or the operation cannot be planned. An operation that would be
    /// refused for its cost alone is explained.
    pub async fn explain_request(&self, request: &GraphQlRequest) -> Result<Explanation, Vec<GraphQlError>> {
        let Named { text, .. } = self.persisted.find(request).await.map_err(|error| vec![error])?;
        let document = self.document(&text).await.map_err(|refusal| refusal.errors)?;
        let prepared = document
            .operation(request.operation_name.as_deref(), |operation| {
                self.prepare(&document, operation)
            })
            .await
            .map_err(|error| vec![error])?;
        let given = request.variables.as_deref().map(RawValue::get);
        let variables = coerce_variables(&self.shared.supergraph.api, &prepared.operation, given)?;
        Ok(self.explanation(&document, &prepared, &variables))
    }

    fn explanation(
        &self,
        document: &Document,
        prepared: &PreparedOperation,
        variables: &VariableValues,
    ) -> Explanation {
        let Shared { supergraph, config, .. } = &*self.shared;
        let (executable, operation) = (&document.executable, &prepared.operation);
        let cost = estimate_cost(supergraph, executable, operation, variables, &config.limits.cost);
        let measured = measure(executable, operation, &config.limits);
        Explanation {
            operation_name: operation.name.as_ref().map(ToString::to_string),
            plan: explain_plan(&prepared.plan, &prepared.variable_names),
            cost: CostReport {
                estimate: cost.as_ref().ok().copied(),
                problem: cost.err().map(|error| error.message),
                maximum: config.limits.cost.max_cost,
            },
            limits: [measured_tokens(&document.text, &config.limits)]
                .into_iter()
                .chain(measured)
                .map(LimitReport::from)
                .collect(),
            fetches: None,
        }
    }

    /// Plans every trusted document; gives the ids and problems of those that this supergraph cannot serve.
    pub async fn warm_trusted_documents(&self) -> BTreeMap<String, Vec<GraphQlError>> {
        let mut refused = BTreeMap::new();
        let Some(trusted) = self.persisted.trusted() else {
            return refused;
        };
        for (id, text) in trusted.iter() {
            if let Err(errors) = self.warm(text).await {
                refused.insert(id.to_owned(), errors);
            }
        }
        refused
    }

    /// Plans every operation of a document.
    async fn warm(&self, text: &str) -> Result<(), Vec<GraphQlError>> {
        let document = self.document(text).await.map_err(|refusal| refusal.errors)?;
        for operation in document.executable.operations.iter() {
            let name = operation.name.as_ref().map(apollo_compiler::Name::as_str);
            let prepared = document.operation(name, |operation| self.prepare(&document, operation));
            prepared.await.map_err(|error| vec![error])?;
        }
        Ok(())
    }

    /// The plan of an operation as text.
    ///
    /// # Errors
    ///
    /// When the document is not valid or cannot be planned.
    pub async fn explain(&self, text: &str, operation_name: Option<&str>) -> Result<String, Vec<GraphQlError>> {
        let document = self.document(text).await.map_err(|refusal| refusal.errors)?;
        let prepared = document
            .operation(operation_name, |operation| self.prepare(&document, operation))
            .await
            .map_err(|error| vec![error])?;
        Ok(prepared.plan.to_string())
    }

    /// Refuses an operation that would cost too much with these variables.
    fn check_cost(
        &self,
        document: &Document,
        prepared: &PreparedOperation,
        variables: &VariableValues,
    ) -> Result<(), GraphQlError> {
        let Shared { supergraph, config, .. } = &*self.shared;
        let settings = &config.limits.cost;
        let Some(maximum) = settings.max_cost else {
            return Ok(());
        };
        let cost = estimate_cost(
            supergraph,
            &document.executable,
            &prepared.operation,
            variables,
            settings,
        )?;
        if cost > maximum {
            return Err(GraphQlError::limit_exceeded(LimitName::Cost, maximum, cost));
        }
        Ok(())
    }

    async fn document(&self, text: &str) -> Result<Arc<Document>, Refusal> {
        let shared = &self.shared;
        let parsed = self.documents.get(text, |text| {
            let executable = parse(&shared.supergraph, &shared.config, &text).map_err(Arc::new)?;
            Ok(Arc::new(Document::new(text, executable)))
        });
        parsed.await.map_err(|errors| Refusal::from(errors.to_vec()))
    }

    /// Plans an operation on a thread where it may take its time.
    async fn prepare(
        &self,
        document: &Arc<Document>,
        operation: Node<Operation>,
    ) -> Result<Arc<PreparedOperation>, GraphQlError> {
        if operation.is_subscription() {
            return Err(GraphQlError::new(
                ErrorCode::Validation,
                "subscriptions are not served by this endpoint",
            ));
        }
        let (shared, document) = (self.shared.clone(), document.clone());
        let planning = tokio::task::spawn_blocking(move || {
            let environment = Environment {
                supergraph: &shared.supergraph,
                planner: &shared.planner,
                transports: &shared.transports,
            };
            let plan = compile(environment, &document.text, &document.executable, &operation)?;
            let variable_names = operation
                .variables
                .iter()
                .map(|variable| variable.name.as_str().into())
                .collect();
            Ok::<_, PlannerError>(PreparedOperation {
                operation,
                plan,
                variable_names,
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
                Err(GraphQlError::new(
                    ErrorCode::Internal,
                    "the operation cannot be planned",
                ))
            }
        }
    }

    fn forwarded(&self, headers: &HeaderMap) -> HeaderMap {
        let mut forwarded = HeaderMap::new();
        for name in &self.shared.config.headers.forward {
            for value in headers.get_all(name) {
                forwarded.append(name.clone(), value.clone());
            }
        }
        forwarded
    }

    async fn fetch(
        &self,
        prepared: &PreparedOperation,
        variables: &VariableValues,
        headers: &HeaderMap,
        deadline: Instant,
        trace: Option<Trace>,
    ) -> Fetched {
        let run = Run {
            plan: &prepared.plan,
            types: &self.shared.supergraph.types,
            variable_names: &prepared.variable_names,
            variables,
            headers,
            deadline,
            failures: Failures {
                subgraph_errors: self.shared.config.subgraph_errors,
            },
            tree: Mutex::new(Tree::new(prepared.plan.root_len)),
            failed: AtomicBool::new(false),
            errors: Mutex::new(Vec::new()),
            trace,
        };
        run.run().await;
        let mut errors = run.errors.into_inner();
        errors.sort_by_key(|(fetch, _)| *fetch);
        Fetched {
            tree: run.tree.into_inner(),
            errors: errors.into_iter().map(|(_, error)| error).collect(),
            trace: run.trace,
        }
    }

    pub(crate) async fn readiness(&self) -> Readiness {
        let probes = self
            .shared
            .transports
            .iter()
            .map(|(name, transport)| async move { (name.clone(), transport.ready().await) });
        let subgraphs: BTreeMap<_, _> = futures::future::join_all(probes).await.into_iter().collect();
        Readiness { subgraphs }
    }
}
