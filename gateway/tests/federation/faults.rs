//! One of four subgraphs is killed under load and comes back: every answer is either whole, or lacks exactly what that
//! subgraph owns and says so; none outlasts the deadline; and soon after the return all are whole again.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use axum::{Json, Router, extract::State, routing::post};
use bytes::Bytes;
use futures::future::join_all;
use gateway::{
    Gateway, GatewayConfig,
    server::{ServerOptions, router},
    transport::LocalSubgraph,
};
use http::{Request, header};
use http_body_util::{BodyExt, Full};
use hyper_util::{
    client::legacy::Client,
    rt::{TokioExecutor, TokioIo},
    service::TowerToHyperService,
};
use serde_json::{Value, json};
use tokio::{
    net::TcpSocket,
    sync::Semaphore,
    task::{JoinHandle, JoinSet},
};

use crate::fixture::{of_http, pass_through, serve, subgraphs, supergraph_sdl};

const QUERY: &str = "{ topProducts { upc name inStock reviews(first: 1) { id author { id username } } } me { id } }";

fn subgraph_router(schema: Arc<dyn LocalSubgraph>) -> Router {
    async fn answer(
        State(schema): State<Arc<dyn LocalSubgraph>>,
        headers: http::HeaderMap,
        Json(request): Json<async_graphql::Request>,
    ) -> Json<async_graphql::Response> {
        Json(schema.execute(of_http(&headers), request).await)
    }
    Router::new().route("/graphql", post(answer)).with_state(schema)
}

/// A server that can be killed with all its connections, as the death of its process would.
struct Mortal {
    /// Keeps the port while nobody listens on it: it would be given to any other socket of the tests meanwhile.
    place: TcpSocket,
    router: Router,
    serving: JoinHandle<()>,
}

impl Mortal {
    fn start(router: Router) -> Self {
        let place = bound(SocketAddr::from(([127, 0, 0, 1], 0)));
        let serving = Self::serve(&place, router.clone());
        Self { place, router, serving }
    }

    fn address(&self) -> SocketAddr {
        self.place.local_addr().unwrap()
    }

    fn serve(place: &TcpSocket, router: Router) -> JoinHandle<()> {
        let listener = bound(place.local_addr().unwrap()).listen(1024).unwrap();
        let service = TowerToHyperService::new(router);
        tokio::spawn(async move {
            // Dropped with this task, and the connections with it.
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let service = service.clone();
                connections.spawn(async move {
                    let connection = hyper::server::conn::http1::Builder::new();
                    connection.serve_connection(TokioIo::new(stream), service).await
                });
                while connections.try_join_next().is_some() {}
            }
        })
    }

    async fn kill(&mut self) {
        self.serving.abort();
        assert!((&mut self.serving).await.unwrap_err().is_cancelled());
    }

    fn restart(&mut self) {
        self.serving = Self::serve(&self.place, self.router.clone());
    }
}

/// A socket that has its address and does nothing yet; several may have one, of which one may listen.
fn bound(address: SocketAddr) -> TcpSocket {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_reuseaddr(true).unwrap();
    socket.bind(address).unwrap();
    socket
}

/// What became of one request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Outcome {
    Whole,
    Partial,
}

/// Accepts the whole answer, or the one without stock that names the lost subgraph at each place; nothing else.
fn judge(answer: &Value, whole: &Value) -> Outcome {
    if answer == whole {
        return Outcome::Whole;
    }
    let mut expected = whole["data"].clone();
    let products = expected["topProducts"].as_array_mut().unwrap();
    let paths: Vec<Value> = (0..products.len()).map(|index| json!(["topProducts", index, "inStock"])).collect();
    for product in products {
        product["inStock"] = Value::Null;
    }
    assert_eq!(answer["data"], expected, "{answer}");
    let errors = answer["errors"].as_array().unwrap();
    let told: Vec<Value> = errors.iter().map(|error| error["path"].clone()).collect();
    assert_eq!(told, paths, "{answer}");
    for error in errors {
        assert_eq!(error["extensions"], json!({ "code": "SUBGRAPH_UNAVAILABLE", "service": "inventory" }));
    }
    Outcome::Partial
}

struct Load {
    requests: usize,
    connections: usize,
    timeout: Duration,
    /// How soon after its return a subgraph's data must be there again.
    max_recovery: Duration,
}

/// Few enough for every run of the tests, with times that a busy machine keeps.
const FEW: Load =
    Load { requests: 600, connections: 20, timeout: Duration::from_secs(20), max_recovery: Duration::from_secs(10) };

const MANY: Load =
    Load { requests: 10_000, connections: 200, timeout: Duration::from_secs(5), max_recovery: Duration::from_secs(2) };

struct Figures {
    whole: usize,
    partial: usize,
    slowest: Duration,
    recovery: Duration,
    total: Duration,
}

impl std::fmt::Display for Figures {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { whole, partial, slowest, recovery, total } = self;
        write!(
            formatter,
            "{whole} whole, {partial} partial, slowest {slowest:?}, whole again after {recovery:?}, all in {total:?}"
        )
    }
}

struct Caller {
    client: Client<hyper_util::client::legacy::connect::HttpConnector, Full<Bytes>>,
    url: String,
}

impl Caller {
    async fn ask(&self) -> Value {
        let request = Request::post(&self.url)
            .header(header::CONTENT_TYPE, "application/json")
            .body(Full::from(json!({ "query": QUERY }).to_string()))
            .unwrap();
        let response = self.client.request(request).await.unwrap();
        assert_eq!(response.status(), 200);
        let body = response.into_body().collect().await.unwrap().to_bytes();
        serde_json::from_slice(&body).unwrap()
    }
}

async fn killed_and_restarted(load: &'static Load, config: GatewayConfig) -> Figures {
    let config = GatewayConfig { timeout: load.timeout, ..config };
    let mut builder = Gateway::builder(supergraph_sdl()).config(config);
    let mut inventory = None;
    for (name, (_, schema)) in subgraphs() {
        let server = Mortal::start(subgraph_router(schema));
        builder = builder.url(name, format!("http://{}/graphql", server.address()));
        if name == "inventory" {
            inventory = Some(server);
        }
    }
    let mut inventory = inventory.unwrap();
    let gateway = Arc::new(builder.build().unwrap());
    let caller = Arc::new(Caller {
        client: Client::builder(TokioExecutor::new()).build_http(),
        url: format!("{}/graphql", serve(router(gateway, ServerOptions::default())).await),
    });
    let whole = Arc::new(caller.ask().await);
    assert_eq!(whole.get("errors"), None, "{whole}");

    let (asked, done) = (Arc::new(AtomicUsize::new(0)), Arc::new(Semaphore::new(0)));
    let start = Instant::now();
    let callers: Vec<_> = (0..load.connections)
        .map(|_| {
            let (caller, whole, asked, done) = (caller.clone(), whole.clone(), asked.clone(), done.clone());
            tokio::spawn(async move {
                let mut outcomes = Vec::new();
                while asked.fetch_add(1, Ordering::Relaxed) < load.requests {
                    let began = Instant::now();
                    let outcome = judge(&caller.ask().await, &whole);
                    outcomes.push((outcome, began.elapsed()));
                    done.add_permits(1);
                }
                outcomes
            })
        })
        .collect();

    let share = |percent: usize| u32::try_from(load.requests * percent / 100).unwrap();
    done.acquire_many(share(30)).await.unwrap().forget();
    inventory.kill().await;
    done.acquire_many(share(30)).await.unwrap().forget();
    inventory.restart();
    let returned = Instant::now();
    while judge(&caller.ask().await, &whole) != Outcome::Whole {
        assert!(returned.elapsed() < load.max_recovery, "no whole answer in time");
    }
    let recovery = returned.elapsed();

    let outcomes: Vec<_> = join_all(callers).await.into_iter().flat_map(Result::unwrap).collect();
    let total = start.elapsed();
    // Back for good: nothing is refused any more.
    for _ in 0..50 {
        assert_eq!(judge(&caller.ask().await, &whole), Outcome::Whole);
    }
    let count = |wanted| outcomes.iter().filter(|(outcome, _)| *outcome == wanted).count();
    let figures = Figures {
        whole: count(Outcome::Whole),
        partial: count(Outcome::Partial),
        slowest: outcomes.iter().map(|(_, time)| *time).max().unwrap(),
        recovery,
        total,
    };
    assert_eq!(figures.whole + figures.partial, load.requests);
    assert!(figures.partial > 0, "{figures}");
    assert!(figures.slowest < load.timeout + Duration::from_millis(500), "{figures}");
    figures
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_subgraph_that_dies_and_returns_spoils_no_answer() {
    killed_and_restarted(&FEW, pass_through()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sharing_spoils_no_answer_either() {
    let mut config = pass_through();
    config.dedupe.subgraph_reads = true;
    config.dedupe.requests = true;
    killed_and_restarted(&FEW, config).await;
}

/// Run by hand: `cargo test --release -p gateway --test federation -- --ignored --nocapture ten_thousand`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes some time; for the machine that measures"]
async fn ten_thousand_requests_at_two_hundred_connections() {
    for (name, subgraph_reads, requests) in [("full", false, false), ("reads", true, false), ("requests", false, true)]
    {
        let mut config = pass_through();
        config.dedupe.subgraph_reads = subgraph_reads;
        config.dedupe.requests = requests;
        let figures = killed_and_restarted(&MANY, config).await;
        println!("{name}: {figures}");
    }
}
