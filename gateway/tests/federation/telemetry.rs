//! What an operator sees: metrics, spans, traces across processes, request ids.

use std::{
    collections::BTreeMap,
    fmt::Debug,
    sync::{Arc, Mutex},
};

use axum::{
    Json, Router,
    body::{Body, to_bytes},
    routing::post,
};
use gateway::{
    Gateway, GatewayConfig, GraphQlRequest,
    config::TelemetryOptions,
    server::{ServerOptions, router},
    telemetry::BreakerState,
};
use http::{HeaderMap, Request, StatusCode};
use opentelemetry::trace::TracerProvider;
use opentelemetry_sdk::{propagation::TraceContextPropagator, trace::SdkTracerProvider};
use serde_json::{Value, json};
use tower::ServiceExt;
use tracing::{
    Subscriber,
    field::{Field, Visit},
    span::{Attributes, Id, Record},
};
use tracing_subscriber::{
    Layer,
    layer::{Context, SubscriberExt},
    registry::LookupSpan,
};

use crate::fixture::{Down, local, local_with, serve, subgraphs, supergraph_sdl};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const CALLER: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

async fn post_to(gateway: Arc<Gateway>, query: &str, headers: &[(&str, &str)]) -> Value {
    let mut request = Request::post("/graphql").header("content-type", "application/json");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let body = json!({ "query": query }).to_string();
    let app = router(gateway, ServerOptions::default());
    let response = app.oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
    let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

async fn scrape(gateway: Arc<Gateway>, options: ServerOptions) -> (StatusCode, String) {
    let request = Request::get("/metrics").body(Body::empty()).unwrap();
    let response = router(gateway, options).oneshot(request).await.unwrap();
    let status = response.status();
    let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    (status, String::from_utf8(bytes.to_vec()).unwrap())
}

#[tokio::test]
async fn metrics_tell_requests_fetches_and_caches() {
    let gateway = Arc::new(local_with(GatewayConfig::default(), &["inventory"]));
    for query in ["query Mine { me { id } }", "query Mine { me { id } }", "{ topProducts { inStock } }", "{ nothing }"]
    {
        gateway.execute(GraphQlRequest::new(query)).await;
    }
    gateway.metrics().subgraph("reviews").breaker(BreakerState::Open);
    let (status, text) = scrape(gateway, ServerOptions::default()).await;
    assert_eq!(status, 200);
    for line in [
        "gateway_requests_total{operation=\"Mine\",outcome=\"success\"} 2",
        "gateway_requests_total{operation=\"anonymous\",outcome=\"partial\"} 1",
        "gateway_requests_total{operation=\"invalid\",outcome=\"refused\"} 1",
        "gateway_request_duration_seconds_count{operation=\"Mine\"} 2",
        "gateway_requests_in_flight 0",
        "gateway_subgraph_fetch_duration_seconds_count{subgraph=\"accounts\"} 2",
        "gateway_subgraph_fetch_errors_total{subgraph=\"inventory\",kind=\"connect\"} 1",
        "gateway_subgraph_fetches_in_flight{subgraph=\"accounts\"} 0",
        "gateway_subgraph_breaker_state{subgraph=\"reviews\"} 2",
        "gateway_document_cache_hits_total 1",
        "gateway_document_cache_misses_total 3",
        "gateway_supergraph_generation 1",
        "# EOF",
    ] {
        assert!(text.lines().any(|have| have == line), "{line} is missing in\n{text}");
    }
}

#[tokio::test]
async fn requests_that_never_become_operations_are_counted_by_status() {
    let gateway = Arc::new(local());
    let post = || Request::post("/graphql").header("content-type", "application/json");
    for request in [
        post().body(Body::from("{")),
        post().body(Body::from("[]")),
        post().header("x-large", "x".repeat(100_000)).body(Body::from("{}")),
        Request::post("/graphql").header("content-type", "text/plain").body(Body::empty()),
        Request::get("/nothing").body(Body::empty()),
        post().body(Body::from(r#"{"query":"{ me { id } }"}"#)),
    ] {
        let app = router(gateway.clone(), ServerOptions::default());
        app.oneshot(request.unwrap()).await.unwrap();
    }
    let (_, text) = scrape(gateway, ServerOptions::default()).await;
    let mut counted: Vec<_> =
        text.lines().filter_map(|line| line.strip_prefix("gateway_http_requests_refused_total")).collect();
    counted.sort_unstable();
    let expected = ["{status=\"400\"} 2", "{status=\"404\"} 1", "{status=\"415\"} 1", "{status=\"431\"} 1"];
    assert_eq!(counted, expected);
}

#[tokio::test]
async fn metrics_can_be_switched_off() {
    let options = ServerOptions { metrics: false, ..ServerOptions::default() };
    assert_eq!(scrape(Arc::new(local()), options).await.0, 404);
    let config = GatewayConfig {
        telemetry: TelemetryOptions { metrics: false, ..TelemetryOptions::default() },
        ..GatewayConfig::default()
    };
    let gateway = local_with(config, &[]);
    gateway.execute(GraphQlRequest::new("{ me { id } }")).await;
    assert!(!gateway.metrics_text().contains("outcome="));
}

#[tokio::test]
async fn an_internal_error_names_the_request_and_others_do_not() {
    let gateway = Arc::new(local());
    let id = ("x-request-id", "abc");
    let answer = post_to(gateway.clone(), "{ topProducts { rating } }", &[id]).await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "INTERNAL");
    assert_eq!(answer["errors"][0]["extensions"]["requestId"], "abc");
    let answer = post_to(gateway, "{ forbidden { id } }", &[id]).await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "FORBIDDEN");
    assert_eq!(answer["errors"][0]["extensions"].get("requestId"), None);
}

type Fields = BTreeMap<String, String>;

/// Id, name and fields.
type Span = (u64, &'static str, Fields);

/// Keeps every span with its fields.
#[derive(Clone, Default)]
struct Spans(Arc<Mutex<Vec<Span>>>);

struct Collected<'a>(&'a mut Fields);

impl Visit for Collected<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name().to_owned(), format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name().to_owned(), value.to_owned());
    }
}

impl<S: Subscriber + for<'l> LookupSpan<'l>> Layer<S> for Spans {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, _context: Context<'_, S>) {
        let mut fields = Fields::new();
        attributes.record(&mut Collected(&mut fields));
        let span = (id.into_u64(), attributes.metadata().name(), fields);
        self.0.lock().unwrap().push(span);
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, _context: Context<'_, S>) {
        let mut spans = self.0.lock().unwrap();
        // Ids are used again, so the last span with the id is meant.
        if let Some((_, _, fields)) = spans.iter_mut().rev().find(|(known, ..)| *known == id.into_u64()) {
            values.record(&mut Collected(fields));
        }
    }
}

impl Spans {
    /// Whether a span is wanted is decided when its line is first reached, which another test without a subscriber may
    /// do at the same moment. So every line is reached once, and then all are decided anew.
    async fn ready(&self) {
        post_to(Arc::new(local()), "query Ready { topProducts { reviews { id } } }", &[]).await;
        tracing::callsite::rebuild_interest_cache();
        self.0.lock().unwrap().clear();
    }

    fn named(&self, name: &str) -> Vec<Fields> {
        let spans = self.0.lock().unwrap();
        let named = spans.iter().filter(|(_, own, _)| *own == name);
        named.map(|(.., fields)| fields.clone()).collect()
    }
}

#[tokio::test]
async fn every_step_has_a_span_and_the_document_is_not_told() {
    let spans = Spans::default();
    let _guard = tracing::subscriber::set_default(tracing_subscriber::registry().with(spans.clone()));
    spans.ready().await;
    let query = "query Top { topProducts(first: 2) { name reviews { id } } }";
    let gateway = Arc::new(local());
    for _ in 0..2 {
        post_to(gateway.clone(), query, &[("x-request-id", "abc"), ("traceparent", CALLER)]).await;
    }
    let requests = spans.named("graphql");
    assert_eq!(requests.len(), 2);
    for (field, value) in [
        ("request_id", "abc"),
        ("trace_id", TRACE),
        ("graphql.operation.type", "query"),
        ("graphql.operation.name", "Top"),
    ] {
        assert_eq!(requests[0][field], value, "{requests:?}");
    }
    assert_eq!(requests[0].get("otel.name"), None, "there is no tracer");
    assert_eq!(requests[0].get("graphql.document"), None);
    for step in ["parse", "validate", "plan"] {
        assert_eq!(spans.named(step).len(), 1, "{step} happens once for each document");
    }
    assert_eq!(spans.named("project").len(), 2);
    let fetches = spans.named("fetch");
    let to = |subgraph: &str| fetches.iter().find(|fetch| fetch["subgraph"] == subgraph).unwrap();
    assert_eq!(to("products").get("entities"), None);
    assert_eq!(to("reviews")["entities"], "2");
}

#[tokio::test]
async fn the_document_is_told_when_that_was_asked_for() {
    let spans = Spans::default();
    let _guard = tracing::subscriber::set_default(tracing_subscriber::registry().with(spans.clone()));
    spans.ready().await;
    let config = GatewayConfig {
        telemetry: TelemetryOptions { document_in_spans: true, ..TelemetryOptions::default() },
        ..GatewayConfig::default()
    };
    post_to(Arc::new(local_with(config, &[])), "{ me { id } }", &[]).await;
    assert_eq!(spans.named("graphql")[0]["graphql.document"], "{ me { id } }");
}

/// A gateway whose accounts are asked over HTTP, and the headers that they saw.
async fn over_http() -> (Arc<Gateway>, Arc<Mutex<Vec<HeaderMap>>>) {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = seen.clone();
    let accounts = Router::new().route(
        "/graphql",
        post(move |headers: HeaderMap| {
            log.lock().unwrap().push(headers);
            futures::future::ready(Json(json!({ "data": { "me": { "id": "1" } } })))
        }),
    );
    let url = format!("{}/graphql", serve(accounts).await);
    let others = subgraphs().into_keys().filter(|name| *name != "accounts");
    let gateway = others
        .fold(Gateway::builder(supergraph_sdl()), |builder, name| builder.transport(name, Arc::new(Down)))
        .url("accounts", url)
        .build()
        .unwrap();
    (Arc::new(gateway), seen)
}

#[tokio::test]
async fn without_a_tracer_the_trace_of_the_caller_passes_through() {
    let (gateway, seen) = over_http().await;
    post_to(gateway.clone(), "{ me { id } }", &[("traceparent", CALLER)]).await;
    post_to(gateway, "{ me { id } }", &[]).await;
    let seen = seen.lock().unwrap();
    assert_eq!(seen[0]["traceparent"], CALLER);
    assert_eq!(seen[1].get("traceparent"), None);
}

#[tokio::test]
async fn with_a_tracer_subgraphs_continue_the_trace_of_the_caller() {
    opentelemetry::global::set_text_map_propagator(TraceContextPropagator::new());
    let provider = SdkTracerProvider::builder().build();
    let spans = Spans::default();
    let tracer = tracing_opentelemetry::layer().with_tracer(provider.tracer("test"));
    let _guard = tracing::subscriber::set_default(tracing_subscriber::registry().with(tracer).with(spans.clone()));
    spans.ready().await;
    let (gateway, seen) = over_http().await;
    let caller = [("traceparent", CALLER), ("tracestate", "vendor=1")];
    post_to(gateway.clone(), "{ me { id } }", &caller).await;
    post_to(gateway, "{ me { id } }", &[]).await;

    let seen = seen.lock().unwrap();
    let told = |index: usize| {
        let text = seen[index]["traceparent"].to_str().unwrap();
        let parts: Vec<_> = text.split('-').map(str::to_owned).collect();
        (parts[1].clone(), parts[2].clone())
    };
    let (trace, parent) = told(0);
    assert_eq!(trace, TRACE);
    assert_ne!(parent, "00f067aa0ba902b7", "the parent is the span of the fetch");
    assert_eq!(seen[0]["tracestate"], "vendor=1");
    let (own_trace, _) = told(1);
    assert_ne!(own_trace, TRACE);
    assert_eq!(spans.named("graphql")[1]["trace_id"], own_trace);

    let fetch = &spans.named("fetch")[0];
    assert_eq!(fetch["http.response.status_code"], "200");
    assert!(fetch.contains_key("http.request.body.size") && fetch.contains_key("http.response.body.size"));
}
