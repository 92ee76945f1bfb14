//! Subgraph: executes GraphQL requests of the gateway, in process or over HTTP.

use std::any::TypeId;
use std::fmt;
use std::sync::Arc;

use async_graphql::{
    ObjectType, PathSegment, Request, Response, SDLExportOptions, Schema, ServerError, SubscriptionType,
};
use axum::Json;
use axum::Router;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::response::IntoResponse;
use axum::routing::{get, post};
use futures::future::BoxFuture;
use http::{HeaderMap, StatusCode};
use opentelemetry::propagation::Extractor;
use schema::clock::{CityTime, Clock};
use sqlx::PgPool;
use tokio::time::timeout;
use tracing::Instrument;
use tracing_opentelemetry::OpenTelemetrySpanExt;

use crate::budget::Budget;
use crate::database::Database;
use crate::deadline::Deadline;
use crate::loader::Loader;
use crate::outage;
use crate::principal::Authenticator;
use crate::problem::{self, Problem};
use crate::reader::Reader;
use crate::scope::RequestScope;
use crate::storable;
use crate::store::audit::{self, Entry};
use crate::store::codes::KnownCodes;
use crate::vocabulary::AuditAction;

/// Dependencies of a service.
#[derive(Clone)]
pub struct ServiceContext {
    /// Its database.
    pub database: Database,
    /// Verifies credentials.
    pub authenticator: Authenticator,
    /// Clock for the time of each request.
    pub clock: Arc<dyn Clock>,
    /// The city's time zone.
    pub city: CityTime,
}

/// Header with the id of the request.
const REQUEST_ID: &str = "x-request-id";

/// Maximum number of refused accesses of one request that the audit trail names.
const MAX_REFUSED: usize = 50;

/// Schema without its type parameters: a function from a request to a response.
type Execute = dyn Fn(Request, RequestScope) -> BoxFuture<'static, Response> + Send + Sync;

/// Brings stored values up to date that a statement has refused to read.
type Refresh = fn(PgPool) -> BoxFuture<'static, Result<(), Problem>>;

/// A running service. Cheap to clone.
#[derive(Clone)]
pub struct Subgraph {
    name: &'static str,
    context: ServiceContext,
    execute: Arc<Execute>,
    refresh: Option<Refresh>,
}

impl fmt::Debug for Subgraph {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subgraph").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Subgraph {
    /// Creates a subgraph over a schema. `per_request` adds the loaders to each request.
    pub fn new<Q, M, S>(
        name: &'static str,
        schema: Schema<Q, M, S>,
        context: ServiceContext,
        per_request: impl Fn(Request, &Reader) -> Request + Send + Sync + 'static,
    ) -> Self
    where
        Q: ObjectType + 'static,
        M: ObjectType + 'static,
        S: SubscriptionType + 'static,
    {
        let database = context.database.read_by(name);
        let execute = move |request: Request, scope: RequestScope| -> BoxFuture<'static, Response> {
            let reader =
                Reader::new(database.clone(), scope.budget.clone(), scope.principal.clone()).at(scope.now, scope.city);
            let request = per_request(request, &reader)
                .data(Loader::new(KnownCodes(reader.whole())))
                .data(database.clone())
                .data(reader.clone())
                .data(scope);
            let schema = schema.clone();
            Box::pin(async move {
                let response = schema.execute(request).await;
                reader.end().await;
                response
            })
        };
        Self { name, context, execute: Arc::new(execute), refresh: None }
    }

    /// Adds the function that brings stored values up to date after a change of their inputs. It runs before a read is
    /// repeated that refused to use them.
    #[must_use]
    pub fn refreshing(self, refresh: Refresh) -> Self {
        Self { refresh: Some(refresh), ..self }
    }

    /// Returns the subgraph's name in the supergraph.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Executes a request for the caller whose credential is in the headers. Every error of the response has a code.
    ///
    /// A read is retried for a short time during an outage of the database. A caller in this process may have put a
    /// [`Deadline`] and a [`Budget`] into the request's data; a caller over HTTP gives them in headers.
    pub async fn execute(&self, headers: &HeaderMap, mut request: Request) -> Response {
        let mut response = match self.admit(headers, &mut request) {
            Ok(scope) => {
                let time_left = scope.deadline.time_left();
                // Dropping the execution cancels its statements.
                let response = timeout(time_left, self.execute_through_outages(request, scope.clone())).await;
                match response {
                    Ok(response) => self.audited(response, &scope).await,
                    Err(_) => refusal(Problem::timeout()),
                }
            }
            Err(problem) => refusal(problem),
        };
        response.errors.iter_mut().for_each(problem::complete);
        response
    }

    /// Puts refused access into the audit trail before the answer is sent.
    async fn audited(&self, response: Response, scope: &RequestScope) -> Response {
        let refused = response.errors.iter().filter(|error| problem::is_refused_access(error));
        let refused: Vec<(String, &str)> =
            refused.take(MAX_REFUSED).map(|error| (path(error), &*error.message)).collect();
        if refused.is_empty() {
            return response;
        }
        let entries: Vec<Entry<'_>> =
            refused.iter().map(|(path, message)| Entry { reason: Some(message), ..Entry::of(scope, path) }).collect();
        match audit::add_alone(self.context.database.pool(), AuditAction::Refused, &entries).await {
            Ok(()) => response,
            Err(error) => refusal(Problem::from(error)),
        }
    }

    /// Retries use the same scope: one request has one "now".
    async fn execute_through_outages(&self, request: Request, scope: RequestScope) -> Response {
        let attempt = |request| (self.execute)(request, scope.clone());
        let recover = || -> BoxFuture<'static, ()> {
            let (database, refresh) = (self.context.database.clone(), self.refresh);
            Box::pin(async move {
                database.forget_statements().await;
                if let Some(refresh) = refresh
                    && let Err(problem) = refresh(database.pool().clone()).await
                {
                    tracing::warn!(?problem, "stored values cannot be brought up to date");
                }
            })
        };
        outage::execute(request, attempt, recover).await
    }

    /// Checks credential and text of a request.
    fn admit(&self, headers: &HeaderMap, request: &mut Request) -> Result<RequestScope, Problem> {
        let principal = self.context.authenticator.authenticate(headers)?;
        storable::check(request)?;
        let deadline = given(request).unwrap_or_else(|| Deadline::of(headers));
        let budget = given(request).unwrap_or_else(|| Budget::of(headers));
        let request_id = headers.get(REQUEST_ID).and_then(|id| Some(id.to_str().ok()?.to_owned()));
        let scope = RequestScope::new(principal, &self.context.clock, self.context.city, deadline, budget);
        Ok(RequestScope { request_id, ..scope })
    }

    /// Whether the service can answer.
    ///
    /// # Errors
    /// A message that says why it cannot.
    pub async fn ready(&self) -> Result<(), String> {
        self.context.database.ping().await.map_err(|problem| problem.message)
    }

    /// Returns the HTTP routes: `POST /graphql`, `GET /health/live`, `GET /health/ready`.
    pub fn router(self) -> Router {
        Router::new()
            .route("/graphql", post(graphql))
            .route("/health/live", get(|| async { "live" }))
            .route("/health/ready", get(ready))
            .with_state(self)
    }
}

/// Returns the SDL of a schema as a federated subgraph, without a database.
pub fn sdl<Q, M, S>(schema: &Schema<Q, M, S>) -> String
where
    Q: ObjectType + 'static,
    M: ObjectType + 'static,
    S: SubscriptionType + 'static,
{
    schema.sdl_with_options(SDLExportOptions::new().federation().compose_directive().include_specified_by())
}

/// What the caller put into the data of the request.
fn given<T: Clone + 'static>(request: &Request) -> Option<T> {
    request.data.get(&TypeId::of::<T>())?.downcast_ref().cloned()
}

/// The path of an error, dotted.
fn path(error: &ServerError) -> String {
    let name = |segment: &PathSegment| match segment {
        PathSegment::Field(name) => name.clone(),
        PathSegment::Index(index) => index.to_string(),
    };
    error.path.iter().map(name).collect::<Vec<_>>().join(".")
}

fn refusal(problem: Problem) -> Response {
    let error: async_graphql::Error = problem.into();
    let mut refused = ServerError::new(error.message, None);
    refused.extensions = error.extensions;
    Response::from_errors(vec![refused])
}

async fn graphql(
    State(subgraph): State<Subgraph>,
    headers: HeaderMap,
    body: Result<Json<Request>, JsonRejection>,
) -> axum::response::Response {
    let request_id = headers.get(REQUEST_ID).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let span = tracing::info_span!("subgraph", name = subgraph.name, request_id);
    let parent = opentelemetry::global::get_text_map_propagator(|propagator| propagator.extract(&Carrier(&headers)));
    // This fails when no traces are collected; then there is no trace to continue.
    let _ = span.set_parent(parent);
    match body {
        Ok(Json(request)) => Json(subgraph.execute(&headers, request).instrument(span).await).into_response(),
        Err(rejection) => {
            let problem = Problem::validation("body", format!("the body is not a GraphQL request: {rejection}"));
            (rejection.status(), Json(refusal(problem))).into_response()
        }
    }
}

/// Adapter through which OpenTelemetry reads the W3C trace context (`traceparent`) from the headers.
struct Carrier<'a>(&'a HeaderMap);

impl Extractor for Carrier<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key)?.to_str().ok()
    }

    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(http::HeaderName::as_str).collect()
    }
}

async fn ready(State(subgraph): State<Subgraph>) -> (StatusCode, String) {
    match subgraph.ready().await {
        Ok(()) => (StatusCode::OK, "ready".to_owned()),
        Err(reason) => (StatusCode::SERVICE_UNAVAILABLE, reason),
    }
}
