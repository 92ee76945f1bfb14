//! Takes a request through all steps: document, operation, variables, plan, answer.

use std::{
    collections::BTreeMap,
    sync::{Arc, atomic::AtomicBool},
    time::Instant as StdInstant,
};

use apollo_compiler::{Node, executable::Operation};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use parking_lot::Mutex;
use serde_json::value::RawValue;
use tokio::time::Instant;

use super::{
    failure::Failures,
    projector::Projector,
    runner::{Run, VariableValues},
    sizes::Sizes,
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
    headers::{ForwardRules, ForwardedHeaders, ResponseHeaders, ReturnRules},
    planning::{Conditions, Environment, Planner, PlannerError, compile},
    reload::{Blueprint, UsedDocument},
    supergraph::Supergraph,
    telemetry::{Metrics, Outcome, RequestTimer, record_operation},
    traffic::{GatewayTraffic, Guarded, SharedRequests, SubgraphLayers, TrafficSnapshot, Turn},
    transport::Transports,
};

/// Serves one supergraph with one configuration; everything in it is immutable or a cache.
pub struct Engine {
    shared: Arc<Shared>,
    documents: DocumentCache,
    persisted: PersistedStore,
    same_requests: Option<SharedRequests<PreparedOperation, GraphQlResponse>>,
    subgraph_layers: SubgraphLayers,
}

/// What planning needs on another thread.
struct Shared {
    supergraph: Supergraph,
    planner: Planner,
    transports: Transports,
    forward_rules: ForwardRules,
    return_rules: ReturnRules,
    config: GatewayConfig,
    metrics: Arc<Metrics>,
    traffic: Arc<GatewayTraffic>,
}

/// What the fetches of one request brought.
struct Fetched<'a> {
    tree: Tree,
    errors: Vec<GraphQlError>,
    headers: ResponseHeaders<'a>,
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

/// How soon a client that was refused for lack of room may come again.
const RETRY_AFTER_SECONDS: u64 = 1;

fn overloaded() -> GraphQlResponse {
    let error = GraphQlError::new(
        ErrorCode::RateLimited,
        "too many requests are in flight; try again soon",
    );
    let mut refusal = GraphQlResponse::refused(StatusCode::SERVICE_UNAVAILABLE, &[error]);
    refusal.headers.insert(header::RETRY_AFTER, RETRY_AFTER_SECONDS.into());
    refusal
}

impl Engine {
    pub(crate) fn new(
        supergraph: Supergraph,
        guarded: BTreeMap<String, Guarded>,
        blueprint: &Blueprint,
    ) -> Result<Self, PlannerError> {
        let (config, metrics, traffic) = (
            blueprint.config.clone(),
            blueprint.metrics.clone(),
            blueprint.traffic.clone(),
        );
        let planner = Planner::new(&supergraph.sdl)?;
        let trusted = config.persisted.trusted.as_ref().map_or(0, |trusted| trusted.len());
        // Trusted documents have room of their own, so that they stay planned whatever else is asked.
        let documents = DocumentCache::new(
            config.document_cache_capacity + trusted as u64,
            config.document_cache_bytes,
            metrics.documents(),
        );
        let persisted = PersistedStore::new(&config.persisted);
        let subgraphs = supergraph.subgraphs.iter().map(|subgraph| subgraph.name.as_str());
        let forward_rules = ForwardRules::new(&config.headers.request, subgraphs);
        let return_rules = ReturnRules::new(&config.headers);
        let same_requests = (config.dedupe.requests).then(|| SharedRequests::new(&config.dedupe, traffic.writes()));
        let subgraph_layers = SubgraphLayers::of(&guarded);
        let transports = guarded
            .into_iter()
            .map(|(name, guarded)| (name, guarded.transport()))
            .collect();
        Ok(Self {
            shared: Arc::new(Shared {
                supergraph,
                planner,
                transports,
                forward_rules,
                return_rules,
                config,
                metrics,
                traffic,
            }),
            documents,
            persisted,
            same_requests,
            subgraph_layers,
        })
    }

    /// The supergraph that is served.
    #[must_use]
    pub fn supergraph(&self) -> &Supergraph {
        &self.shared.supergraph
    }

    pub(crate) async fn execute(&self, request: GraphQlRequest) -> GraphQlResponse {
        let now = Instant::now();
        let (started, deadline) = (now.into_std(), now + self.shared.config.timeout);
        let mut timer = self.shared.metrics.request_started(started);
        let request_id = request.headers.get("x-request-id").cloned();
        let Ok(_place) = self.shared.traffic.enter().await else {
            if let Some(timer) = &mut timer {
                timer.outcome(Outcome::Refused);
            }
            return overloaded();
        };
        let answer = self.answer(&request, started, deadline, &mut timer).await;
        match answer {
            Ok(response) => response,
            Err(mut refusal) => {
                if let Some(timer) = &mut timer {
                    timer.outcome(if refusal.status.is_server_error() {
                        Outcome::Failed
                    } else {
                        Outcome::Refused
                    });
                }
                name_request(&mut refusal.errors, request_id.as_ref());
                GraphQlResponse::refused(refusal.status, &refusal.errors)
            }
        }
    }

    async fn answer(
        &self,
        request: &GraphQlRequest,
        started: StdInstant,
        deadline: Instant,
        timer: &mut Option<RequestTimer>,
    ) -> Result<GraphQlResponse, Refusal> {
        let Named { text, register } = self.persisted.find(request).await?;
        let document = self.document(&text, started).await?;
        if let Some(hash) = register {
            self.persisted.register(hash, &text).await;
        }
        let given = request.variables.as_deref().map(RawValue::get);
        let prepared = self
            .prepared(&document, request.operation_name.as_deref(), given)
            .await?;
        if let Some(timer) = timer {
            timer.operation(&prepared.metrics);
        }
        record_operation(&prepared, &document.text, &self.shared.config.telemetry);
        if request.read_only && !prepared.operation.is_query() {
            let error = GraphQlError::new(ErrorCode::BadRequest, "only queries may be sent with GET");
            return Err(Refusal {
                status: StatusCode::METHOD_NOT_ALLOWED,
                errors: vec![error],
            });
        }
        let answer = self.share(request, &document, &prepared, deadline).await;
        if let (Some(timer), Ok(response)) = (timer, &answer) {
            timer.outcome(if response.has_errors {
                Outcome::Partial
            } else {
                Outcome::Success
            });
        }
        answer
    }

    /// Runs an operation, or takes the answer of an identical query that runs already.
    async fn share(
        &self,
        request: &GraphQlRequest,
        document: &Document,
        prepared: &Arc<PreparedOperation>,
        deadline: Instant,
    ) -> Result<GraphQlResponse, Refusal> {
        let forwarded = self.shared.forward_rules.apply(&request.headers);
        let execute = self.run(request, document, prepared, &forwarded, deadline);
        let Some(same) = &self.same_requests else {
            return execute.await;
        };
        if self.is_explained(&request.headers) {
            return execute.await;
        }
        if !prepared.operation.is_query() {
            let _write = self.shared.traffic.begin_write();
            return execute.await;
        }
        match same.turn(prepared, request, forwarded.all(), deadline).await {
            Turn::Answered(response) => Ok(response),
            Turn::OutOfTime => execute.await,
            Turn::Lead(lead) => {
                let answer = execute.await;
                lead.finish(&answer, deadline);
                answer
            }
        }
    }

    async fn run(
        &self,
        request: &GraphQlRequest,
        document: &Document,
        prepared: &PreparedOperation,
        forwarded: &ForwardedHeaders<'_>,
        deadline: Instant,
    ) -> Result<GraphQlResponse, Refusal> {
        let given = request.variables.as_deref().map(RawValue::get);
        let variables = coerce_variables(&self.shared.supergraph.api, &prepared.operation, given)?;
        self.check_cost(document, prepared, &variables)?;
        let introspection = prepared.plan.projection.introspects.then(|| {
            let api = &self.shared.supergraph.api;
            introspect(api, &document.executable, &prepared.operation, &variables)
        });
        let trace = self.is_explained(&request.headers).then(Trace::start);
        let fetched = self.fetch(prepared, &variables, forwarded, deadline, trace).await;
        let Fetched {
            tree,
            errors,
            headers,
            trace,
        } = fetched;
        let projector = Projector::new(
            &tree,
            &self.shared.supergraph.types,
            &prepared.plan.projection,
            introspection.as_ref(),
            errors,
            prepared.sizes.answer.or_at_least(512),
        );
        let (mut body, has_errors) =
            tracing::info_span!("project").in_scope(|| projector.response(request.headers.get("x-request-id")));
        prepared.sizes.answer.learn(body.len());
        if let Some(trace) = trace {
            let mut explanation = self.explanation(document, prepared, &variables);
            explanation.fetches = Some(trace.finish());
            append(&mut body, &explanation);
        }
        if has_errors {
            tracing::Span::current().record("otel.status_code", "ERROR");
        }
        let cacheable = !has_errors && prepared.operation.is_query();
        Ok(GraphQlResponse {
            body: body.into(),
            status: StatusCode::OK,
            executed: true,
            has_errors,
            code: None,
            headers: headers.finish(cacheable),
        })
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
        let document = self
            .document(&text, StdInstant::now())
            .await
            .map_err(|refusal| refusal.errors)?;
        let given = request.variables.as_deref().map(RawValue::get);
        let prepared = self
            .prepared(&document, request.operation_name.as_deref(), given)
            .await
            .map_err(|error| vec![error])?;
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
            if let Err(errors) = self.plan_all(text).await {
                refused.insert(id.to_owned(), errors);
            }
        }
        refused
    }

    /// Plans every operation of a document, under the conditions that hold without variables.
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

    /// The plan of an operation as text, for a request without variables.
    ///
    /// # Errors
    ///
    /// When the document is not valid or cannot be planned.
    pub async fn explain(&self, text: &str, operation_name: Option<&str>) -> Result<String, Vec<GraphQlError>> {
        let document = self
            .document(text, StdInstant::now())
            .await
            .map_err(|refusal| refusal.errors)?;
        let prepared = self
            .prepared(&document, operation_name, None)
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

    async fn document(&self, text: &str, now: StdInstant) -> Result<Arc<Document>, Refusal> {
        let parsed = self.documents.get(text, now, |text| self.parse(text));
        parsed.await.map_err(|errors| Refusal::from(errors.to_vec()))
    }

    fn parse(&self, text: String) -> Result<Arc<Document>, Arc<Vec<GraphQlError>>> {
        let executable = parse(&self.shared.supergraph, &self.shared.config, &text).map_err(Arc::new)?;
        Ok(Arc::new(Document::new(text, executable)))
    }

    /// The documents that are used most lately.
    pub(crate) fn most_used(&self, limit: usize) -> Vec<UsedDocument> {
        self.documents.most_used(limit)
    }

    /// How many documents are kept.
    pub(crate) fn documents_kept(&self) -> u64 {
        self.documents.len()
    }

    /// Prepares a document that another engine had prepared; gives the number of operations that this one can plan.
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

    /// The operation that a request means, planned for its conditions.
    async fn prepared(
        &self,
        document: &Arc<Document>,
        name: Option<&str>,
        given: Option<&str>,
    ) -> Result<Arc<PreparedOperation>, GraphQlError> {
        let entry = document.operation(name)?;
        let prepare = |conditions| self.prepare(document, &entry.operation, conditions);
        entry.prepared(entry.conditions(given), prepare).await
    }

    /// Plans an operation on a thread where it may take its time.
    async fn prepare(
        &self,
        document: &Arc<Document>,
        operation: &Node<Operation>,
        conditions: Conditions,
    ) -> Result<Arc<PreparedOperation>, GraphQlError> {
        if operation.is_subscription() {
            return Err(GraphQlError::new(
                ErrorCode::Validation,
                "subscriptions are not served by this endpoint",
            ));
        }
        let (shared, document, operation) = (self.shared.clone(), document.clone(), operation.clone());
        let span = tracing::info_span!("plan");
        let planning = tokio::task::spawn_blocking(move || {
            let _entered = span.entered();
            let environment = Environment {
                supergraph: &shared.supergraph,
                planner: &shared.planner,
                transports: &shared.transports,
            };
            let plan = compile(environment, &document.executable, &operation, &conditions)?;
            let variable_names = operation
                .variables
                .iter()
                .map(|variable| variable.name.as_str().into())
                .collect();
            let metrics = shared
                .metrics
                .operation(operation.name.as_ref().map(apollo_compiler::Name::as_str));
            let subgraph_metrics = plan
                .fetches
                .iter()
                .map(|fetch| shared.metrics.subgraph(&fetch.service))
                .collect();
            Ok::<_, PlannerError>(PreparedOperation {
                sizes: Sizes::new(plan.fetches.len()),
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
                Err(GraphQlError::new(
                    ErrorCode::Internal,
                    "the operation cannot be planned",
                ))
            }
        }
    }

    async fn fetch(
        &self,
        prepared: &PreparedOperation,
        variables: &VariableValues,
        headers: &ForwardedHeaders<'_>,
        deadline: Instant,
        trace: Option<Trace>,
    ) -> Fetched<'_> {
        let run = Run {
            plan: &prepared.plan,
            types: &self.shared.supergraph.types,
            variable_names: &prepared.variable_names,
            subgraph_metrics: &prepared.subgraph_metrics,
            sizes: &prepared.sizes,
            measured: self.shared.metrics.recorded(),
            variables,
            headers,
            response_headers: self.shared.return_rules.collect(),
            deadline: deadline.into_std(),
            failures: Failures {
                subgraph_errors: self.shared.config.subgraph_errors,
            },
            tree: Mutex::new(Tree::new(prepared.plan.root_len, prepared.sizes.tree.or_at_least(64))),
            failed: AtomicBool::new(false),
            errors: Mutex::new(Vec::new()),
            trace,
        };
        run.run().await;
        let mut errors = run.errors.into_inner();
        errors.sort_by_key(|(fetch, _)| *fetch);
        let tree = run.tree.into_inner();
        prepared.sizes.tree.learn(tree.len());
        Fetched {
            tree,
            errors: errors.into_iter().map(|(_, error)| error).collect(),
            headers: run.response_headers,
            trace: run.trace,
        }
    }

    pub(crate) fn traffic(&self) -> TrafficSnapshot {
        TrafficSnapshot {
            requests: self.shared.traffic.occupancy(),
            shared_requests: self.same_requests.as_ref().map_or(0, SharedRequests::shared),
            subgraphs: self.subgraph_layers.snapshot(),
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

/// Errors that the client cannot mend bear the id of the request, under which the log says more.
pub(super) fn name_request(errors: &mut [GraphQlError], request_id: Option<&HeaderValue>) {
    let Some(id) = request_id.and_then(|id| id.to_str().ok()) else {
        return;
    };
    for error in errors {
        if error.code() == Some(ErrorCode::Internal.as_str()) {
            error.extensions.insert("requestId".to_owned(), id.into());
        }
    }
}
