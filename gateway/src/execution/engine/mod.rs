//! The engine: takes a request through all steps, from the document to the answer.
//!
//! - [`prepare`] finds documents and operations, and plans those that have no plan yet;
//! - [`explain`] describes how a request is executed;
//! - [`extensions`] writes the `extensions` of an answer.

mod explain;
mod extensions;
mod prepare;

use std::{
    collections::BTreeMap,
    sync::{Arc, atomic::AtomicBool},
    time::{Duration, Instant as StdInstant},
};

use http::{HeaderValue, StatusCode, header};
use parking_lot::Mutex;
use serde_json::value::RawValue;
use tokio::time::{Instant, sleep_until};

use self::extensions::Extensions;
use super::{
    failure::Failures,
    projector::{Projected, Projector},
    runner::{Run, VariableValues},
    tree::Tree,
};
use crate::{
    GatewayConfig, GraphQlRequest, GraphQlResponse, Readiness,
    config::LimitName,
    document::{
        Document, DocumentCache, Named, PersistedStore, PreparedOperation, coerce_variables, estimate_cost, introspect,
    },
    error::{ErrorCode, GraphQlError},
    explanation::{Explanation, Trace},
    headers::{ForwardRules, ForwardedHeaders, ResponseHeaders, ReturnRules},
    planning::{Planner, PlannerError},
    reload::Blueprint,
    supergraph::Supergraph,
    telemetry::{Metrics, Outcome, RequestTimer, record_operation},
    traffic::{GatewayTraffic, Guarded, SharedRequests, SubgraphLayers, TrafficSnapshot, Turn},
    transport::{Budget, Transports},
};

/// Code of a subgraph that refuses a request because it would cause more work than its budget allows.
const BEYOND_BUDGET: &str = "BUDGET_LIMIT_EXCEEDED";

/// Time that a client waits for such a refusal, which says nothing new when it asks again. Planning the request and charging it takes a
/// millisecond of a core: repeated without pause, it would keep others waiting.
const PAUSE: Duration = Duration::from_millis(50);

/// Serves one supergraph with one configuration. Everything in it is immutable or a cache.
pub struct Engine {
    shared: Arc<Shared>,
    documents: DocumentCache,
    persisted: PersistedStore,
    same_requests: Option<SharedRequests<PreparedOperation, GraphQlResponse>>,
    subgraph_layers: SubgraphLayers,
}

/// Shared with the threads that plan.
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

/// The results of all fetches of one request.
struct Fetched<'a> {
    tree: Tree,
    errors: Vec<GraphQlError>,
    headers: ResponseHeaders<'a>,
    trace: Option<Trace>,
}

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
        Self { status, errors: vec![error] }
    }
}

impl From<Vec<GraphQlError>> for Refusal {
    fn from(errors: Vec<GraphQlError>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, errors }
    }
}

/// `Retry-After` for a client that is refused because too many requests are in flight.
const RETRY_AFTER_SECONDS: u64 = 1;

fn overloaded() -> GraphQlResponse {
    let error = GraphQlError::new(ErrorCode::RateLimited, "too many requests are in flight; try again soon");
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
        let (config, metrics, traffic) =
            (blueprint.config.clone(), blueprint.metrics.clone(), blueprint.traffic.clone());
        let planner = Planner::new(&supergraph.sdl)?;
        let trusted = config.persisted.trusted.as_ref().map_or(0, |trusted| trusted.len());
        // Trusted documents get additional capacity, so that other documents do not evict them.
        let documents = DocumentCache::new(
            config.document_cache_capacity + trusted as u64,
            config.document_cache_bytes,
            metrics.documents(),
        );
        let persisted = PersistedStore::new(&config.persisted);
        let subgraphs = supergraph.subgraphs.iter().map(|subgraph| subgraph.name.as_str());
        let forward_rules = ForwardRules::new(&config.headers.request, subgraphs);
        let return_rules = ReturnRules::new(&config.headers);
        let same_requests = (config.dedupe.requests)
            .then(|| SharedRequests::new(&config.dedupe, blueprint.visibility.clone(), traffic.writes()));
        let subgraph_layers = SubgraphLayers::of(&guarded);
        let transports = guarded.into_iter().map(|(name, guarded)| (name, guarded.transport())).collect();
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

    /// The supergraph that this engine serves.
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
                    timer.outcome(if refusal.status.is_server_error() { Outcome::Failed } else { Outcome::Refused });
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
        let prepared = self.prepared(&document, request.operation_name.as_deref(), given).await?;
        if let Some(timer) = timer {
            timer.operation(&prepared.metrics);
        }
        record_operation(&prepared, &document.text, &self.shared.config.telemetry);
        if request.read_only && !prepared.operation.is_query() {
            let error = GraphQlError::new(ErrorCode::BadRequest, "only queries may be sent with GET");
            return Err(Refusal { status: StatusCode::METHOD_NOT_ALLOWED, errors: vec![error] });
        }
        let answer = self.share(request, &document, &prepared, deadline).await;
        if let (Some(timer), Ok(response)) = (timer, &answer) {
            timer.outcome(if response.has_errors { Outcome::Partial } else { Outcome::Success });
        }
        answer
    }

    /// Runs an operation, or waits for the answer of an identical query that is already running.
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
            Turn::Alone => execute.await,
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
        let cost = self.check_cost(prepared, &variables)?;
        let introspection = prepared.plan.projection.introspects.then(|| {
            let api = &self.shared.supergraph.api;
            introspect(api, &prepared.operation, &variables)
        });
        let trace = self.is_explained(&request.headers).then(Trace::start);
        let fetched = self.fetch(prepared, &variables, forwarded, deadline, trace).await;
        let Fetched { tree, errors, headers, trace } = fetched;
        if errors.iter().any(|error| error.code() == Some(BEYOND_BUDGET)) {
            sleep_until(deadline.min(Instant::now() + PAUSE)).await;
        }
        let projector = Projector::new(
            &tree,
            &self.shared.supergraph.types,
            &prepared.plan,
            introspection.as_ref(),
            errors,
            prepared.sizes.answer.or_at_least(512),
        );
        let Projected { mut body, has_errors, completions } =
            tracing::info_span!("project").in_scope(|| projector.response(request.headers.get("x-request-id")));
        let explain = trace.map(|trace| Explanation {
            fetches: Some(trace.finish()),
            ..self.explanation(document, prepared, &variables)
        });
        let value_completion = completions;
        Extensions { explain, value_completion }.end(&mut body);
        prepared.sizes.answer.learn(body.len());
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
            cost,
        })
    }

    /// Estimates the cost of an operation with these variables, if there is a limit, and refuses one that exceeds it.
    fn check_cost(
        &self,
        prepared: &PreparedOperation,
        variables: &VariableValues,
    ) -> Result<Option<u64>, GraphQlError> {
        let Shared { supergraph, config, .. } = &*self.shared;
        let settings = &config.limits.cost;
        let Some(maximum) = settings.max_cost else {
            return Ok(None);
        };
        let cost = estimate_cost(supergraph, &prepared.operation, variables, settings)?;
        if cost > maximum {
            return Err(GraphQlError::limit_exceeded(LimitName::Cost, maximum, cost));
        }
        Ok(Some(cost))
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
            budget: self.shared.config.limits.budget.map(Budget::new),
            failures: Failures { subgraph_errors: self.shared.config.subgraph_errors },
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

/// Adds the request id to internal errors, so that the operator can find the request in the log.
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
