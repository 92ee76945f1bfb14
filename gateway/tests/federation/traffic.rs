//! Traffic rules as a client meets them: deadlines, overload, response caps, sharing, open breakers.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_graphql::ErrorExtensions;
use futures::future::{BoxFuture, FutureExt, join_all};
use gateway::{
    Gateway, GatewayConfig, GraphQlRequest,
    config::{Breaker, Concurrency, Dedupe, HttpOptions, Retry, SubgraphTraffic, Traffic},
    server::{ConnectionOptions, ServerOptions, router},
    traffic::BreakerState,
    transport::{
        Budget, LocalContext, LocalSubgraph, LocalTransport, SubgraphRequest, SubgraphResponse, Transport,
        TransportError,
    },
};
use http::{HeaderMap, HeaderValue, Request, header};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::Notify,
};
use tower::ServiceExt;

use crate::fixture::{Down, ask, pass_through, serve, subgraphs, supergraph_sdl};

/// A subgraph that takes its time and counts how often it is asked.
struct Slow {
    inner: LocalTransport,
    time: Duration,
    calls: Arc<AtomicUsize>,
}

impl Transport for Slow {
    fn fetch<'a>(&'a self, request: SubgraphRequest<'a>) -> BoxFuture<'a, Result<SubgraphResponse, TransportError>> {
        async move {
            self.calls.fetch_add(1, Ordering::Relaxed);
            tokio::time::sleep(self.time).await;
            self.inner.fetch(request).await
        }
        .boxed()
    }

    fn ready(&self) -> BoxFuture<'_, Result<(), String>> {
        self.inner.ready()
    }
}

/// The federation with one slow subgraph; the counter tells how often it was asked.
fn slow(name: &str, time: Duration, config: GatewayConfig) -> (Arc<Gateway>, Arc<AtomicUsize>) {
    let calls = Arc::new(AtomicUsize::new(0));
    let mut builder = Gateway::builder(supergraph_sdl()).config(config);
    for (subgraph, (_, schema)) in subgraphs() {
        let inner = LocalTransport::new(schema);
        builder = if subgraph == name {
            let calls = calls.clone();
            builder.transport(subgraph, Arc::new(Slow { inner, time, calls }))
        } else {
            builder.transport(subgraph, Arc::new(inner))
        };
    }
    (Arc::new(builder.build().unwrap()), calls)
}

fn problems(answer: &Value) -> Vec<(Value, Value)> {
    let errors = answer["errors"].as_array().cloned().unwrap_or_default();
    errors.iter().map(|error| (error["extensions"]["code"].clone(), error["path"].clone())).collect()
}

const STOCK: &str = "{ topProducts(first: 1) { upc stock: inStock } me { id } }";

#[tokio::test(start_paused = true)]
async fn a_subgraph_that_is_too_slow_nulls_its_fields_with_timeout() {
    let mut by_subgraph = pass_through();
    by_subgraph.traffic.subgraphs.insert(
        "inventory".to_owned(),
        SubgraphTraffic { timeout: Some(Duration::from_millis(200)), ..SubgraphTraffic::default() },
    );
    let by_request = GatewayConfig { timeout: Duration::from_millis(200), ..pass_through() };
    for config in [by_subgraph, by_request] {
        let (gateway, _) = slow("inventory", Duration::from_secs(5), config);
        let began = tokio::time::Instant::now();
        let answer = ask(&gateway, STOCK).await;
        assert_eq!(answer["data"], json!({ "topProducts": [{ "upc": "1", "stock": null }], "me": { "id": "1" } }));
        assert_eq!(problems(&answer), [(json!("TIMEOUT"), json!(["topProducts", 0, "stock"]))]);
        assert_eq!(answer["errors"][0]["extensions"]["service"], "inventory");
        assert!(began.elapsed() < Duration::from_millis(210), "{:?}", began.elapsed());
    }
}

#[tokio::test(start_paused = true)]
async fn an_overloaded_gateway_refuses_at_once_with_503() {
    let config = GatewayConfig {
        traffic: Traffic {
            requests: Some(Concurrency { max_in_flight: 1, max_queued: 0, ..Concurrency::default() }),
            ..Traffic::default()
        },
        ..GatewayConfig::default()
    };
    let (gateway, _) = slow("accounts", Duration::from_secs(1), config);
    let send = || {
        let body = json!({ "query": "{ me { id } }" }).to_string();
        let request = Request::post("/graphql")
            .header(header::CONTENT_TYPE, "application/json")
            .body(axum::body::Body::from(body))
            .unwrap();
        router(gateway.clone(), ServerOptions::default()).oneshot(request)
    };
    let (first, second) = tokio::join!(send(), send());
    assert_eq!(first.unwrap().status(), 200);
    let second = second.unwrap();
    assert_eq!(second.status(), 503);
    assert_eq!(second.headers()[header::RETRY_AFTER], "1");
    let body = axum::body::to_bytes(second.into_body(), usize::MAX).await.unwrap();
    let answer: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(answer["errors"][0]["extensions"]["code"], "RATE_LIMITED");
    let occupancy = gateway.traffic().requests.unwrap();
    assert_eq!((occupancy.in_flight, occupancy.refused), (0, 1));
    assert_eq!(send().await.unwrap().status(), 200);
}

#[tokio::test(start_paused = true)]
async fn an_open_breaker_answers_at_once_at_the_right_path() {
    let config = GatewayConfig {
        traffic: Traffic {
            every_subgraph: SubgraphTraffic {
                retry: None,
                breaker: Some(Breaker { min_attempts: 2, ..Breaker::default() }),
                ..SubgraphTraffic::default()
            },
            ..Traffic::default()
        },
        ..pass_through()
    };
    let builder = subgraphs()
        .into_iter()
        .filter(|(name, _)| *name != "inventory")
        .fold(Gateway::builder(supergraph_sdl()).config(config), |builder, (name, (_, schema))| {
            builder.local(name, schema)
        });
    let gateway = builder.transport("inventory", Arc::new(Down)).build().unwrap();
    for _ in 0..3 {
        let answer = ask(&gateway, STOCK).await;
        assert_eq!(problems(&answer), [(json!("SUBGRAPH_UNAVAILABLE"), json!(["topProducts", 0, "stock"]))]);
    }
    let traffic = gateway.traffic();
    assert_eq!(traffic.subgraphs["inventory"].breaker, Some((BreakerState::Open, 1)));
    assert_eq!(traffic.subgraphs["accounts"].breaker, Some((BreakerState::Closed, 0)));
    let metrics = gateway.metrics_text();
    assert!(metrics.contains(r#"gateway_subgraph_breaker_state{subgraph="inventory"} 2"#), "{metrics}");
    let readiness = gateway.readiness().await;
    assert_eq!(readiness.subgraphs["inventory"], Err("the circuit breaker of the subgraph is open".to_owned()));
}

#[tokio::test]
async fn reads_are_retried_and_the_count_is_told() {
    let config = GatewayConfig {
        traffic: Traffic {
            every_subgraph: SubgraphTraffic {
                retry: Some(Retry { base_delay: Duration::ZERO, ..Retry::default() }),
                ..SubgraphTraffic::default()
            },
            ..Traffic::default()
        },
        ..pass_through()
    };
    let gateway = crate::fixture::local_with(config, &["inventory"]);
    let answer = ask(&gateway, STOCK).await;
    assert_eq!(problems(&answer).len(), 1);
    assert_eq!(gateway.traffic().subgraphs["inventory"].retries, 2);
    let metrics = gateway.metrics_text();
    assert!(metrics.contains(r#"gateway_subgraph_fetch_retries_total{subgraph="inventory"} 2"#), "{metrics}");
}

#[tokio::test]
async fn a_response_beyond_the_cap_is_refused_while_it_is_read() {
    let big = axum::Router::new().route(
        "/graphql",
        axum::routing::post(|| async {
            let body = json!({ "data": { "me": { "id": "x".repeat(10_000) } } }).to_string();
            ([(header::CONTENT_TYPE, "application/json")], body)
        }),
    );
    let url = format!("{}/graphql", serve(big).await);
    for (max_response_bytes, fits) in [(9_000, false), (20_000, true)] {
        let config =
            GatewayConfig { http: HttpOptions { max_response_bytes, ..HttpOptions::default() }, ..pass_through() };
        let builder = Gateway::builder(supergraph_sdl()).config(config);
        let gateway = builder.url("accounts", &url).build().unwrap();
        let answer = ask(&gateway, "{ me { id } }").await;
        assert_eq!(answer["data"]["me"].is_object(), fits);
        if !fits {
            assert_eq!(problems(&answer), [(json!("SUBGRAPH_UNAVAILABLE"), json!(["me"]))]);
        }
    }
}

#[tokio::test]
async fn nobody_listening_and_no_such_host_are_unavailable() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let refused = format!("http://{}/graphql", listener.local_addr().unwrap());
    drop(listener);
    for url in [refused.as_str(), "http://no-such-host.invalid/graphql"] {
        let builder = Gateway::builder(supergraph_sdl()).config(pass_through());
        let gateway = builder.url("accounts", url).build().unwrap();
        let answer = ask(&gateway, "{ who: me { id } }").await;
        assert_eq!(answer["data"], json!({ "who": null }));
        assert_eq!(problems(&answer), [(json!("SUBGRAPH_UNAVAILABLE"), json!(["who"]))]);
    }
}

#[test]
fn a_rule_for_an_unknown_subgraph_is_refused() {
    let mut config = GatewayConfig::default();
    config.traffic.subgraphs.insert("acounts".to_owned(), SubgraphTraffic::default());
    let error = Gateway::builder(supergraph_sdl()).config(config).build().err().unwrap();
    assert!(error.to_string().contains("`acounts`"), "{error}");
}

const SOON: Duration = Duration::from_millis(20);

fn sharing(subgraph_reads: bool, requests: bool) -> GatewayConfig {
    GatewayConfig { dedupe: Dedupe { subgraph_reads, requests, ..Dedupe::default() }, ..pass_through() }
}

async fn bodies(gateway: &Gateway, requests: impl IntoIterator<Item = GraphQlRequest>) -> Vec<String> {
    let answers = join_all(requests.into_iter().map(|request| gateway.execute(request))).await;
    answers.into_iter().map(|answer| String::from_utf8(answer.body.to_vec()).unwrap()).collect()
}

fn by(principal: &'static str, id: &'static str, query: &str) -> GraphQlRequest {
    let mut headers = HeaderMap::new();
    headers.insert("authorization", HeaderValue::from_static(principal));
    headers.insert("x-request-id", HeaderValue::from_static(id));
    GraphQlRequest::new(query).with_headers(headers)
}

#[tokio::test(start_paused = true)]
async fn identical_requests_are_executed_once_and_answered_with_the_same_bytes() {
    for (subgraph_reads, requests, calls) in [(false, false, 5), (true, false, 1), (false, true, 1), (true, true, 1)] {
        let (gateway, asked) = slow("accounts", SOON, sharing(subgraph_reads, requests));
        let ids = ["1", "2", "3", "4", "5"];
        let bodies = bodies(&gateway, ids.map(|id| by("anna", id, "{ me { id } }"))).await;
        assert!(bodies.iter().all(|body| body == r#"{"data":{"me":{"id":"1"}}}"#), "{bodies:?}");
        assert_eq!(asked.load(Ordering::Relaxed), calls, "{subgraph_reads} {requests}");
        let traffic = gateway.traffic();
        assert_eq!(traffic.shared_requests, if requests { 4 } else { 0 });
        let shared_reads = traffic.subgraphs["accounts"].shared_reads;
        assert_eq!(shared_reads, if subgraph_reads && !requests { 4 } else { 0 });
    }
}

#[tokio::test(start_paused = true)]
async fn subgraph_reads_are_shared_between_different_documents() {
    let (gateway, asked) = slow("accounts", SOON, sharing(true, true));
    let texts = ["{ me { id } }", "query Other { me { id } } # another text"];
    bodies(&gateway, texts.map(|text| by("anna", "1", text))).await;
    assert_eq!(asked.load(Ordering::Relaxed), 1);
}

#[tokio::test(start_paused = true)]
async fn callers_that_may_see_the_same_share_whatever_their_credentials() {
    let calls = Arc::new(AtomicUsize::new(0));
    let mut builder = Gateway::builder(supergraph_sdl()).config(sharing(false, true));
    for (subgraph, (_, schema)) in subgraphs() {
        let slow = Slow { inner: LocalTransport::new(schema), time: SOON, calls: calls.clone() };
        builder = builder.transport(subgraph, Arc::new(slow));
    }
    // `bert:reader` may see what a reader may see. Who has no name has no valid credential.
    let gateway = builder.visibility(|headers| {
        let credential = headers.get("authorization")?.to_str().ok()?;
        credential.split_once(':').map(|(_, role)| role.to_owned())
    });
    let gateway = Arc::new(gateway.build().unwrap());
    let me = |credential| by(credential, "1", "{ me { id } }");
    bodies(&gateway, ["anna:reader", "bert:reader", "carl:reader", "anna:editor", "dora:editor"].map(me)).await;
    assert_eq!((calls.swap(0, Ordering::Relaxed), gateway.traffic().shared_requests), (2, 3));
    bodies(&gateway, ["anna:reader", "false", "false"].map(me)).await;
    assert_eq!((calls.swap(0, Ordering::Relaxed), gateway.traffic().shared_requests), (3, 3));
    // Cookies are credentials too.
    let with = |name: &'static str, value| {
        let mut request = me("anna:reader");
        request.headers.insert(name, HeaderValue::from_static(value));
        request
    };
    bodies(&gateway, [with("cookie", "a"), with("cookie", "b")]).await;
    assert_eq!((calls.swap(0, Ordering::Relaxed), gateway.traffic().shared_requests), (1, 4));
    bodies(&gateway, ["mutation { count }"; 2].map(|text| by("anna:reader", "1", text))).await;
    assert_eq!((calls.swap(0, Ordering::Relaxed), gateway.traffic().shared_requests), (2, 4));
}

#[tokio::test(start_paused = true)]
async fn principals_variables_and_operations_are_not_mixed() {
    let (gateway, asked) = slow("accounts", SOON, sharing(true, true));
    let several = "query A($id: ID!) { user(id: $id) { username } } query B { me { username } }";
    let user = |id: &str| {
        let request = by("anna", "1", several).with_operation_name("A");
        request.with_variables(&json!({ "id": id })).unwrap()
    };
    let requests = [
        user("1"),
        user("2"),
        user("2"),
        by("anna", "1", several).with_operation_name("B"),
        by("bert", "1", several).with_operation_name("B"),
    ];
    let bodies = bodies(&gateway, requests).await;
    assert_eq!(bodies[1], bodies[2]);
    assert_ne!(bodies[0], bodies[1]);
    assert_eq!(asked.load(Ordering::Relaxed), 4);
    assert_eq!(gateway.traffic().shared_requests, 1);
}

#[tokio::test(start_paused = true)]
async fn mutations_are_executed_each() {
    let (gateway, asked) = slow("accounts", SOON, sharing(true, true));
    let request = || by("anna", "1", "mutation { a: count b: count }");
    let text = gateway.engine().explain("mutation { a: count b: count }", None).await;
    assert!(text.is_ok(), "{text:?}");
    let bodies = bodies(&gateway, [request(), request(), request()]).await;
    let distinct: std::collections::BTreeSet<_> = bodies.iter().collect();
    assert_eq!(distinct.len(), 3, "{bodies:?}");
    assert!(asked.load(Ordering::Relaxed) >= 3);
}

#[tokio::test(start_paused = true)]
async fn a_first_client_that_leaves_takes_no_other_along() {
    for (subgraph_reads, requests) in [(true, false), (false, true), (true, true)] {
        let (gateway, asked) = slow("accounts", SOON, sharing(subgraph_reads, requests));
        let request = || gateway.execute(by("anna", "1", "{ me { id } }"));
        let leaving = tokio::time::timeout(SOON / 2, request());
        let (left, second, third) = tokio::join!(leaving, request(), request());
        assert!(left.is_err());
        assert_eq!(second.body, third.body);
        assert_eq!(second.body, r#"{"data":{"me":{"id":"1"}}}"#);
        assert_eq!(asked.load(Ordering::Relaxed), 2);
    }
}

#[tokio::test(start_paused = true)]
async fn a_waiting_request_keeps_its_own_deadline() {
    let config = GatewayConfig { timeout: Duration::from_secs(1), ..sharing(true, true) };
    let (gateway, _) = slow("accounts", Duration::from_secs(5), config);
    let began = tokio::time::Instant::now();
    let request = || gateway.execute(by("anna", "1", "{ me { id } }"));
    let leaving = tokio::time::timeout(Duration::from_millis(500), request());
    let (_, second, third) = tokio::join!(leaving, request(), request());
    for answer in [second, third] {
        let answer: Value = serde_json::from_slice(&answer.body).unwrap();
        assert_eq!(problems(&answer), [(json!("TIMEOUT"), json!(["me"]))]);
    }
    assert!(began.elapsed() < Duration::from_millis(1_010), "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_read_after_a_write_does_not_join_one_from_before() {
    let (gateway, asked) = slow("accounts", SOON, sharing(true, true));
    let read = || gateway.execute(by("anna", "1", "{ me { id } }"));
    let early = read();
    let write_then_read = async {
        let other = gateway.execute(by("anna", "1", "mutation { count }"));
        // The write is abandoned half-way, which may still have changed something.
        assert!(tokio::time::timeout(SOON / 4, other).await.is_err());
        read().await
    };
    tokio::join!(early, write_then_read);
    assert_eq!(asked.load(Ordering::Relaxed), 3);
    assert_eq!(gateway.traffic().shared_requests, 0);
}

/// A subgraph that never answers, and says when its execution begins and when it is dropped.
struct Hanging {
    begun: Notify,
    dropped: Arc<Notify>,
    context: parking_lot::Mutex<Option<(std::time::Instant, Option<Budget>)>>,
}

struct OnDrop(Arc<Notify>);

impl Drop for OnDrop {
    fn drop(&mut self) {
        self.0.notify_one();
    }
}

impl Hanging {
    fn shared() -> Arc<Self> {
        Arc::new(Self { begun: Notify::new(), dropped: Arc::default(), context: parking_lot::Mutex::default() })
    }
}

impl LocalSubgraph for Hanging {
    fn execute<'a>(
        &'a self,
        context: LocalContext<'a>,
        _: async_graphql::Request,
    ) -> BoxFuture<'a, async_graphql::Response> {
        let dropped = OnDrop(self.dropped.clone());
        *self.context.lock() = Some((context.deadline, context.budget.cloned()));
        self.begun.notify_one();
        async move {
            let _dropped = dropped;
            std::future::pending().await
        }
        .boxed()
    }
}

/// The federation with `accounts` in this process or behind HTTP.
fn with_accounts(config: GatewayConfig, accounts: Result<Arc<dyn LocalSubgraph>, String>) -> Arc<Gateway> {
    let builder = Gateway::builder(supergraph_sdl()).config(config);
    let others = subgraphs().into_iter().filter(|(name, _)| *name != "accounts");
    let builder = others.fold(builder, |builder, (name, (_, schema))| builder.local(name, schema));
    let builder = match accounts {
        Ok(subgraph) => builder.local("accounts", subgraph),
        Err(url) => builder.url("accounts", url),
    };
    Arc::new(builder.build().unwrap())
}

/// Sends a request over TCP; gives the connection, which must be closed to hang up.
async fn send(gateway: Arc<Gateway>) -> TcpStream {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut connection = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
    let router = router(gateway, ServerOptions::default());
    tokio::spawn(gateway::server::serve(listener, router, std::future::pending(), ConnectionOptions::default()));
    let body = r#"{"query":"{ me { id } }"}"#;
    let head = "POST /graphql HTTP/1.1\r\nhost: gateway\r\ncontent-type: application/json\r\n";
    let request = format!("{head}content-length: {}\r\n\r\n{body}", body.len());
    connection.write_all(request.as_bytes()).await.unwrap();
    connection
}

#[tokio::test]
async fn an_execution_in_process_is_dropped_when_the_client_hangs_up() {
    for requests in [false, true] {
        let subgraph = Hanging::shared();
        let connection = send(with_accounts(sharing(false, requests), Ok(subgraph.clone()))).await;
        subgraph.begun.notified().await;
        drop(connection);
        subgraph.dropped.notified().await;
    }
}

#[tokio::test(start_paused = true)]
async fn an_execution_in_process_is_dropped_at_its_deadline_and_knows_it() {
    let mut config = GatewayConfig { timeout: Duration::from_secs(1), ..pass_through() };
    config.limits.budget = Some(70);
    let subgraph = Hanging::shared();
    let gateway = with_accounts(config, Ok(subgraph.clone()));
    let began = tokio::time::Instant::now();
    let answer = ask(&gateway, "{ me { id } }").await;
    assert_eq!(problems(&answer), [(json!("TIMEOUT"), json!(["me"]))]);
    subgraph.dropped.notified().await;
    let (deadline, budget) = subgraph.context.lock().take().unwrap();
    assert_eq!(deadline, (began + Duration::from_secs(1)).into_std());
    assert_eq!(budget.unwrap().units, 70);
}

#[tokio::test]
async fn a_fetch_over_http_says_what_is_left_and_is_closed_when_the_client_hangs_up() {
    for budget in [Some(70), None] {
        let subgraph = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/graphql", subgraph.local_addr().unwrap());
        let mut config = GatewayConfig { timeout: Duration::from_secs(40), ..pass_through() };
        config.limits.budget = budget;
        let client = send(with_accounts(config, Err(url))).await;
        let (mut fetch, _) = subgraph.accept().await.unwrap();
        let mut received = Vec::new();
        while !received.ends_with(b"}") {
            assert_ne!(fetch.read_buf(&mut received).await.unwrap(), 0);
        }
        let text = String::from_utf8(received).unwrap();
        let header = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)?.trim().parse::<u64>().ok());
        let left_ms = header("x-request-timeout-ms:").unwrap();
        assert!((1..=40_000).contains(&left_ms), "{text}");
        assert_eq!(header("x-request-budget:"), budget, "{text}");
        drop(client);
        assert_eq!(fetch.read(&mut [0; 16]).await.unwrap(), 0, "the connection is closed");
    }
}

/// A subgraph that refuses every request with a code.
struct Refusing(&'static str);

impl LocalSubgraph for Refusing {
    fn execute<'a>(&'a self, _: LocalContext<'a>, _: async_graphql::Request) -> BoxFuture<'a, async_graphql::Response> {
        let error = async_graphql::Error::new("refused").extend_with(|_, extensions| extensions.set("code", self.0));
        let error = error.into_server_error(async_graphql::Pos::default());
        async move { async_graphql::Response::from_errors(vec![error]) }.boxed()
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_beyond_its_budget_is_refused_after_a_pause_and_equal_ones_share_it() {
    let asked = |code, timeout, copies| async move {
        let config = GatewayConfig { timeout: Duration::from_millis(timeout), ..sharing(false, true) };
        let gateway = with_accounts(config, Ok(Arc::new(Refusing(code))));
        let began = tokio::time::Instant::now();
        let answers = join_all((0..copies).map(|_| ask(&gateway, "{ me { id } }"))).await;
        assert!(answers.iter().all(|answer| answer["errors"][0]["extensions"]["code"] == code), "{answers:?}");
        (began.elapsed().as_millis(), gateway.traffic().shared_requests)
    };
    assert_eq!(asked("BUDGET_LIMIT_EXCEEDED", 1_000, 1).await, (50, 0));
    assert_eq!(asked("BUDGET_LIMIT_EXCEEDED", 1_000, 20).await, (50, 19));
    assert_eq!(asked("BUDGET_LIMIT_EXCEEDED", 30, 1).await, (30, 0));
    assert_eq!(asked("VALIDATION", 1_000, 1).await, (0, 0));
}
