//! Builds the federation and compares its two topologies.

use std::{
    collections::BTreeMap,
    fmt::Write,
    sync::{Arc, Mutex, atomic::AtomicI32},
    time::{Duration, Instant},
};

use async_graphql::{Executor, SDLExportOptions};
use axum::{Json, Router, extract::State, routing::post};
use futures::future::{BoxFuture, FutureExt};
use gateway::{
    Gateway, GatewayConfig, GraphQlRequest,
    compose::{SubgraphSdl, compose},
    config::SubgraphErrors,
    transport::{LocalContext, LocalSubgraph, SubgraphRequest, SubgraphResponse, Transport, TransportError},
};
use serde_json::Value;

use crate::{accounts, inventory, products, reviews};

/// An async-graphql schema as a local subgraph.
pub struct Local<E>(pub E);

impl<E: Executor> LocalSubgraph for Local<E> {
    fn execute<'a>(
        &'a self,
        _context: LocalContext<'a>,
        request: async_graphql::Request,
    ) -> BoxFuture<'a, async_graphql::Response> {
        self.0.execute(request).boxed()
    }
}

/// What a subgraph behind HTTP knows of a request.
pub fn of_http(headers: &http::HeaderMap) -> LocalContext<'_> {
    LocalContext { headers, deadline: Instant::now() + Duration::from_secs(30), budget: None }
}

/// A transport that never answers.
pub struct Down;

impl Transport for Down {
    fn fetch<'a>(&'a self, _request: SubgraphRequest<'a>) -> BoxFuture<'a, Result<SubgraphResponse, TransportError>> {
        futures::future::ready(Err(TransportError::Connect("refused".to_owned()))).boxed()
    }

    fn ready(&self) -> BoxFuture<'_, Result<(), String>> {
        futures::future::ready(Err("connection refused".to_owned())).boxed()
    }
}

/// A local transport that keeps what was asked.
pub struct Recorder {
    name: &'static str,
    inner: gateway::transport::LocalTransport,
    log: Log,
}

pub type Log = Arc<Mutex<Vec<String>>>;

impl Transport for Recorder {
    fn fetch<'a>(&'a self, request: SubgraphRequest<'a>) -> BoxFuture<'a, Result<SubgraphResponse, TransportError>> {
        let mut line = format!("{}: {}", self.name, request.operation.text());
        for variable in request.variables {
            let json = String::from_utf8_lossy(variable.json);
            write!(line, " ${}={json}", variable.name).unwrap();
        }
        self.log.lock().unwrap().push(line);
        self.inner.fetch(request)
    }

    fn ready(&self) -> BoxFuture<'_, Result<(), String>> {
        self.inner.ready()
    }
}

pub fn subgraphs() -> BTreeMap<&'static str, (String, Arc<dyn LocalSubgraph>)> {
    fn sdl<Q, M, S>(schema: &async_graphql::Schema<Q, M, S>) -> String
    where
        Q: async_graphql::ObjectType + 'static,
        M: async_graphql::ObjectType + 'static,
        S: async_graphql::SubscriptionType + 'static,
    {
        schema.sdl_with_options(SDLExportOptions::new().federation())
    }
    let counter = Arc::new(AtomicI32::new(0));
    let accounts = accounts::schema(counter.clone());
    let inventory = inventory::schema();
    let products = products::schema(counter);
    let reviews = reviews::schema();
    BTreeMap::from([
        ("accounts", (sdl(&accounts), Arc::new(Local(accounts)) as Arc<dyn LocalSubgraph>)),
        ("inventory", (sdl(&inventory), Arc::new(Local(inventory)) as _)),
        ("products", (sdl(&products), Arc::new(Local(products)) as _)),
        ("reviews", (sdl(&reviews), Arc::new(Local(reviews)) as _)),
    ])
}

pub fn supergraph_sdl() -> String {
    let subgraphs: Vec<_> = subgraphs()
        .into_iter()
        .map(|(name, (sdl, _))| SubgraphSdl { name: name.to_owned(), url: format!("http://{name}.test/graphql"), sdl })
        .collect();
    compose(&subgraphs).unwrap()
}

/// The settings of most tests: what the subgraphs say is seen.
pub fn pass_through() -> GatewayConfig {
    GatewayConfig { subgraph_errors: SubgraphErrors::PassThrough, ..GatewayConfig::default() }
}

pub fn local() -> Gateway {
    let builder = Gateway::builder(supergraph_sdl()).config(pass_through());
    subgraphs().into_iter().fold(builder, |builder, (name, (_, schema))| builder.local(name, schema)).build().unwrap()
}

pub fn local_with(config: GatewayConfig, down: &[&str]) -> Gateway {
    let builder = Gateway::builder(supergraph_sdl()).config(config);
    subgraphs()
        .into_iter()
        .fold(builder, |builder, (name, (_, schema))| {
            if down.contains(&name) { builder.transport(name, Arc::new(Down)) } else { builder.local(name, schema) }
        })
        .build()
        .unwrap()
}

pub fn recorded() -> (Gateway, Log) {
    let log = Log::default();
    let builder = Gateway::builder(supergraph_sdl()).config(pass_through());
    let gateway = subgraphs().into_iter().fold(builder, |builder, (name, (_, schema))| {
        let inner = gateway::transport::LocalTransport::new(schema);
        builder.transport(name, Arc::new(Recorder { name, inner, log: log.clone() }))
    });
    (gateway.build().unwrap(), log)
}

/// Serves a router on a free port; gives its address.
pub async fn serve(router: Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}")
}

pub async fn over_http() -> Gateway {
    over_http_with(pass_through()).await
}

pub async fn over_http_with(config: GatewayConfig) -> Gateway {
    let mut builder = Gateway::builder(supergraph_sdl()).config(config);
    for (name, (_, schema)) in subgraphs() {
        let router = Router::new()
            .route(
                "/graphql",
                post(
                    |State(schema): State<Arc<dyn LocalSubgraph>>,
                     headers: http::HeaderMap,
                     Json(request): Json<async_graphql::Request>| async move {
                        Json(schema.execute(of_http(&headers), request).await)
                    },
                ),
            )
            .with_state(schema);
        builder = builder.url(name, format!("{}/graphql", serve(router).await));
    }
    builder.build().unwrap()
}

pub async fn ask(gateway: &Gateway, query: &str) -> Value {
    ask_with(gateway, query, &serde_json::json!({})).await
}

pub async fn ask_with(gateway: &Gateway, query: &str, variables: &Value) -> Value {
    let request = GraphQlRequest::new(query).with_variables(variables).unwrap();
    serde_json::from_slice(&gateway.execute(request).await.body).unwrap()
}

/// The answer, which must be the same bytes in process and over HTTP.
pub async fn answer(query: &str, variables: &Value) -> Value {
    let request = GraphQlRequest::new(query).with_variables(variables).unwrap();
    let local = local().execute(request.clone()).await;
    let remote = over_http().await.execute(request).await;
    assert_eq!(String::from_utf8_lossy(&local.body), String::from_utf8_lossy(&remote.body), "{query}");
    serde_json::from_slice(&local.body).unwrap()
}

/// The data of an answer without errors.
pub async fn data(query: &str) -> Value {
    let mut answer = answer(query, &serde_json::json!({})).await;
    assert_eq!(answer.get("errors"), None, "{answer}");
    answer["data"].take()
}

/// Compares the plan of an operation with the committed one.
pub async fn check_plan(name: &str, query: &str) {
    let plan = local().engine().explain(query, None).await.unwrap();
    insta::assert_snapshot!(name, plan);
}
