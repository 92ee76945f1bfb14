//! Another supergraph takes the place of the present one: nothing is lost, nothing is cold, nothing is left behind.

use std::{
    collections::BTreeSet,
    net::SocketAddr,
    sync::{Arc, Mutex, Weak},
    time::Duration,
};

use axum::{Json, Router, extract::ConnectInfo, routing::post};
use futures::future::{BoxFuture, FutureExt, join_all};
use gateway::{
    Gateway, GatewayBuilder, GatewayConfig, GraphQlRequest,
    config::ReloadOptions,
    execution::Engine,
    reload::{FileWatch, Look, Reload, Urgency},
    server::{ServerOptions, router},
    transport::{LocalTransport, SubgraphRequest, SubgraphResponse, Transport, TransportError},
};
use http::Request;
use serde_json::{Value, json};
use tokio::sync::Notify;
use tower::ServiceExt;

use crate::fixture::{ask, local, subgraphs, supergraph_sdl};

/// A supergraph that differs from the fixture's in one description.
fn version(number: usize) -> String {
    let sdl = supergraph_sdl();
    let described = sdl.replacen("type User", &format!("\"version {number}\"\ntype User"), 1);
    assert_ne!(sdl, described);
    described
}

async fn served_version(gateway: &Gateway) -> Value {
    ask(gateway, "{ __type(name: \"User\") { description } }").await["data"]["__type"]["description"].take()
}

fn local_builder() -> GatewayBuilder {
    subgraphs()
        .into_iter()
        .fold(Gateway::builder(supergraph_sdl()), |builder, (name, (_, schema))| builder.local(name, schema))
}

/// The value of a metric without labels.
fn metric(gateway: &Gateway, name: &str) -> u64 {
    let text = gateway.metrics_text();
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.unwrap_or_else(|| panic!("{name} is missing in\n{text}")).parse().unwrap()
}

/// A local transport that waits until it is let go.
struct Gated {
    inner: LocalTransport,
    reached: Arc<Notify>,
    go: Arc<Notify>,
}

impl Transport for Gated {
    fn fetch<'a>(&'a self, request: SubgraphRequest<'a>) -> BoxFuture<'a, Result<SubgraphResponse, TransportError>> {
        async move {
            self.reached.notify_one();
            self.go.notified().await;
            self.inner.fetch(request).await
        }
        .boxed()
    }

    fn ready(&self) -> BoxFuture<'_, Result<(), String>> {
        self.inner.ready()
    }
}

#[tokio::test]
async fn a_running_request_finishes_on_the_engine_it_began_with() {
    let (reached, go) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let reviews = subgraphs().remove("reviews").unwrap().1;
    let gated = Gated { inner: LocalTransport::new(reviews), reached: reached.clone(), go: go.clone() };
    let gateway = Arc::new(local_builder().transport("reviews", Arc::new(gated)).build().unwrap());
    let before = Arc::downgrade(&gateway.engine());

    let running = tokio::spawn({
        let gateway = gateway.clone();
        async move { ask(&gateway, "{ me { id reviews { id } } }").await }
    });
    reached.notified().await;
    assert!(matches!(gateway.reload(version(2)).await, Ok(Reload::Applied(_))));
    assert_eq!(served_version(&gateway).await, "version 2");
    assert!(before.upgrade().is_some(), "the running request holds its engine");

    go.notify_one();
    let answer = running.await.unwrap();
    assert_eq!(answer.get("errors"), None, "{answer}");
    assert!(answer["data"]["me"]["reviews"].is_array(), "{answer}");
    assert!(before.upgrade().is_none(), "nothing else does");
}

#[tokio::test]
async fn requests_during_many_reloads_are_all_answered_in_full() {
    let gateway = Arc::new(local());
    let expected = ask(&gateway, "{ users { id reviews { id product { name } } } }").await;
    assert_eq!(expected.get("errors"), None);
    let clients = (0..8).map(|_| {
        let (gateway, expected) = (gateway.clone(), expected.clone());
        tokio::spawn(async move {
            for _ in 0..50 {
                let answer = ask(&gateway, "{ users { id reviews { id product { name } } } }").await;
                assert_eq!(answer, expected);
                tokio::task::yield_now().await;
            }
        })
    });
    let clients: Vec<_> = clients.collect();
    for number in 2..12 {
        assert!(matches!(gateway.reload(version(number)).await, Ok(Reload::Applied(_))));
    }
    for client in join_all(clients).await {
        client.unwrap();
    }
    assert_eq!(gateway.supergraph_status().generation, 11);
}

#[tokio::test]
async fn a_broken_supergraph_is_refused_and_the_present_one_stays() {
    let gateway = Arc::new(local());
    for broken in ["type Query {", "type Query { a: Int }", ""] {
        assert!(gateway.reload(broken).await.is_err(), "{broken}");
        assert_eq!(ask(&gateway, "{ me { id } }").await["data"], json!({ "me": { "id": "1" } }));
    }
    let status = gateway.supergraph_status();
    assert_eq!((status.generation, status.refused), (1, true));
    assert_eq!(metric(&gateway, "gateway_supergraph_refused"), 1);

    let ready = || Request::get("/health/ready").body(axum::body::Body::empty()).unwrap();
    let response = router(gateway.clone(), ServerOptions::default()).oneshot(ready()).await.unwrap();
    assert_eq!(response.status(), 200, "what is served is ready");
    let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
    let body: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(body["supergraph"], json!({ "generation": 1, "newestRefused": true }));

    assert!(matches!(gateway.reload(version(2)).await, Ok(Reload::Applied(_))));
    assert!(!gateway.supergraph_status().refused);
    assert_eq!(metric(&gateway, "gateway_supergraph_refused"), 0);
    assert_eq!(metric(&gateway, "gateway_supergraph_generation"), 2);
    assert_eq!(gateway.reload(version(2)).await.unwrap(), Reload::Unchanged);
}

#[tokio::test]
async fn the_most_used_plans_are_warm_before_the_switch() {
    let config = GatewayConfig {
        reload: ReloadOptions { warm_documents: 1, ..ReloadOptions::default() },
        ..GatewayConfig::default()
    };
    let gateway = local_builder().config(config).build().unwrap();
    ask(&gateway, "{ me { id } }").await;
    for _ in 0..3 {
        ask(&gateway, "{ me { name } }").await;
    }
    ask(&gateway, "{ nothing }").await;
    let misses = || metric(&gateway, "gateway_document_cache_misses_total");
    assert_eq!(misses(), 3);

    let Ok(Reload::Applied(warmed)) = gateway.reload(version(2)).await else {
        panic!("the supergraph is served");
    };
    assert_eq!(warmed.operations, 1);
    ask(&gateway, "{ me { name } }").await;
    assert_eq!(misses(), 3, "the most used document is warm");
    ask(&gateway, "{ me { id } }").await;
    assert_eq!(misses(), 4, "the other one is beyond the bound");

    let Ok(Reload::Applied(warmed)) = gateway.reload(version(3)).await else {
        panic!("the supergraph is served");
    };
    assert_eq!(warmed.operations, 1);
    ask(&gateway, "{ me { name } }").await;
    assert_eq!(misses(), 4, "its uses were carried over");
}

#[tokio::test]
async fn no_time_to_warm_leaves_the_plans_to_the_requests() {
    let config = GatewayConfig {
        reload: ReloadOptions { warm_time: Duration::ZERO, ..ReloadOptions::default() },
        ..GatewayConfig::default()
    };
    let gateway = local_builder().config(config).build().unwrap();
    ask(&gateway, "{ me { id } }").await;
    let Ok(Reload::Applied(warmed)) = gateway.reload(version(2)).await else {
        panic!("the supergraph is served");
    };
    assert_eq!(warmed.operations, 0);
    assert_eq!(ask(&gateway, "{ me { id } }").await["data"], json!({ "me": { "id": "1" } }));
}

/// Serves `{ me { id } }` and notes from which ports it was asked.
async fn accounts_server(peers: Arc<Mutex<BTreeSet<SocketAddr>>>) -> String {
    let app = Router::new().route(
        "/graphql",
        post(move |ConnectInfo(peer): ConnectInfo<SocketAddr>| {
            peers.lock().unwrap().insert(peer);
            futures::future::ready(Json(json!({ "data": { "me": { "id": "1" } } })))
        }),
    );
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let service = app.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await });
    format!("http://{address}/graphql")
}

#[tokio::test]
async fn a_subgraph_whose_url_stays_keeps_its_connections() {
    let (first, second) = (Arc::default(), Arc::default());
    let (first_url, second_url) =
        (accounts_server(Arc::clone(&first)).await, accounts_server(Arc::clone(&second)).await);
    let at = |url: &str, number| version(number).replace("http://accounts.test/graphql", url);
    let gateway = subgraphs()
        .into_iter()
        .filter(|(name, _)| *name != "accounts")
        .fold(Gateway::builder(at(&first_url, 1)), |builder, (name, (_, schema))| builder.local(name, schema))
        .build()
        .unwrap();
    for number in 2..6 {
        assert_eq!(ask(&gateway, "{ me { id } }").await["data"], json!({ "me": { "id": "1" } }));
        assert!(matches!(gateway.reload(at(&first_url, number)).await, Ok(Reload::Applied(_))));
    }
    ask(&gateway, "{ me { id } }").await;
    assert_eq!(first.lock().unwrap().len(), 1, "one connection through all reloads");

    assert!(matches!(gateway.reload(at(&second_url, 6)).await, Ok(Reload::Applied(_))));
    ask(&gateway, "{ me { id } }").await;
    assert_eq!((first.lock().unwrap().len(), second.lock().unwrap().len()), (1, 1));
}

#[tokio::test]
async fn a_hundred_reloads_leave_one_engine() {
    let gateway = local();
    let mut engines: Vec<Weak<Engine>> = vec![Arc::downgrade(&gateway.engine())];
    for number in 2..102 {
        ask(&gateway, "{ users { id reviews { id } } }").await;
        assert!(matches!(gateway.reload(version(number)).await, Ok(Reload::Applied(_))));
        engines.push(Arc::downgrade(&gateway.engine()));
    }
    let alive = engines.iter().filter(|engine| engine.upgrade().is_some()).count();
    assert_eq!(alive, 1);
    assert_eq!(metric(&gateway, "gateway_supergraph_generation"), 101);
}

/// Resident memory of this process, in kilobytes.
fn resident_kb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

/// A measurement, to be run alone: `cargo test -p gateway --test federation -- --ignored --nocapture resident`.
#[tokio::test]
#[ignore = "measures the whole process"]
async fn resident_memory_returns_to_its_level_after_a_hundred_reloads() {
    let gateway = local();
    let mut number = 1;
    let mut figures = Vec::new();
    for _ in 0..5 {
        for _ in 0..100 {
            number += 1;
            for page in 0..10 {
                let query = format!("{{ topProducts(first: {}) {{ name reviews {{ id }} }} }}", page % 3 + 1);
                gateway.execute(GraphQlRequest::new(query)).await;
            }
            gateway.reload(version(number)).await.unwrap();
        }
        figures.push(resident_kb());
    }
    println!("resident kB after each hundred reloads: {figures:?}");
    let (first, last) = (figures[0], figures[4]);
    assert!(last < first + first / 10, "{figures:?}");
}

#[tokio::test]
async fn a_file_is_taken_when_it_stands_still_and_refused_once_when_it_is_broken() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("supergraph.graphql");
    let gateway = Arc::new(local());
    let mut watch = FileWatch::new(gateway.clone(), &path);
    assert_eq!(watch.look(Urgency::Settled).await, Look::Unreadable);

    std::fs::write(&path, supergraph_sdl()).unwrap();
    assert_eq!(watch.look(Urgency::Settled).await, Look::Known);

    // Half written, then complete: the half is never tried.
    let next = version(2);
    std::fs::write(&path, &next[..next.len() / 2]).unwrap();
    assert_eq!(watch.look(Urgency::Settled).await, Look::Settling);
    std::fs::write(&path, &next).unwrap();
    assert_eq!(watch.look(Urgency::Settled).await, Look::Settling);
    assert_eq!(watch.look(Urgency::Settled).await, Look::Applied);
    assert_eq!(served_version(&gateway).await, "version 2");
    assert_eq!(watch.look(Urgency::Settled).await, Look::Known);
    assert!(!gateway.supergraph_status().refused);

    // Broken for good: refused once by itself, again when somebody insists.
    std::fs::write(&path, "type Query {").unwrap();
    assert_eq!(watch.look(Urgency::Settled).await, Look::Settling);
    assert_eq!(watch.look(Urgency::Settled).await, Look::Refused);
    assert_eq!(watch.look(Urgency::Settled).await, Look::Known);
    assert_eq!(watch.look(Urgency::Now).await, Look::Refused);
    assert!(gateway.supergraph_status().refused);
    assert_eq!(served_version(&gateway).await, "version 2");

    // Put back to what is served: nothing is wrong any more.
    std::fs::write(&path, &next).unwrap();
    assert_eq!(watch.look(Urgency::Settled).await, Look::Known);
    assert!(!gateway.supergraph_status().refused);

    // Somebody says that it is complete.
    std::fs::write(&path, version(3)).unwrap();
    assert_eq!(watch.look(Urgency::Now).await, Look::Applied);
    assert_eq!(served_version(&gateway).await, "version 3");
}

#[tokio::test]
async fn a_watch_follows_its_ticks_and_its_notifications() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("supergraph.graphql");
    std::fs::write(&path, version(2)).unwrap();
    let gateway = Arc::new(local());
    let notify = Arc::new(Notify::new());
    let reached = |generation| {
        let gateway = gateway.clone();
        let waiting = async move {
            while gateway.supergraph_status().generation < generation {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_mins(1), waiting)
    };
    let every = Duration::from_millis(1);
    let ticking = tokio::spawn(FileWatch::new(gateway.clone(), &path).run(Some(every), notify.clone()));
    reached(2).await.unwrap();
    ticking.abort();

    std::fs::write(&path, version(3)).unwrap();
    let told = tokio::spawn(FileWatch::new(gateway.clone(), &path).run(None, notify.clone()));
    notify.notify_one();
    reached(3).await.unwrap();
    told.abort();
}
