//! What each step of a request costs, under the load of the public federation benchmark: four subgraphs, a deep
//! operation, an answer of some 87 kB. No network takes part: the subgraphs' answers are recorded once, then replayed.
//!
//! Steps are reached through the crate's public doors, so two of them are shown by a trick: a document that was never
//! seen before with the name of an operation that it does not have is parsed and validated and then refused; and over a
//! supergraph with a single subgraph nothing is joined, so that reading one response and projecting the answer remain.

#[path = "../../bench/src/subgraphs/mod.rs"]
mod subgraphs;

use std::{
    collections::HashMap,
    hint::black_box,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use bytes::Bytes;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use futures::future::{BoxFuture, FutureExt, ready};
use gateway::{
    Gateway, GraphQlRequest,
    compose::{SubgraphSdl, compose},
    transport::{SubgraphRequest, SubgraphResponse, Transport, TransportError},
};
use parking_lot::Mutex;
use subgraphs::Subgraph;
use tokio::runtime::{Builder, Runtime};

const SUPERGRAPH: &str = include_str!("../../bench/load/supergraph.graphql");
const OPERATION: &str = include_str!("../../bench/load/operation.graphql");

/// Answers from memory; what it has not been asked before it passes on to the subgraph.
struct Replay {
    subgraph: Subgraph,
    answers: Mutex<HashMap<Vec<u8>, Bytes>>,
}

impl Transport for Replay {
    fn fetch<'a>(&'a self, request: SubgraphRequest<'a>) -> BoxFuture<'a, Result<SubgraphResponse, TransportError>> {
        let body = body(&request);
        if let Some(answer) = self.answers.lock().get(&body) {
            return ready(Ok(SubgraphResponse::json(answer.clone()))).boxed();
        }
        async move {
            let malformed = |error: serde_json::Error| TransportError::Malformed(error.to_string());
            let request = serde_json::from_slice(&body).map_err(malformed)?;
            let response = self.subgraph.execute(request).await;
            let answer = Bytes::from(serde_json::to_vec(&response).map_err(malformed)?);
            self.answers.lock().insert(body, answer.clone());
            Ok(SubgraphResponse::json(answer))
        }
        .boxed()
    }

    fn ready(&self) -> BoxFuture<'_, Result<(), String>> {
        ready(Ok(())).boxed()
    }
}

/// The one subgraph of a supergraph in which it owns everything.
struct Whole(Bytes);

impl Transport for Whole {
    fn fetch<'a>(&'a self, _request: SubgraphRequest<'a>) -> BoxFuture<'a, Result<SubgraphResponse, TransportError>> {
        ready(Ok(SubgraphResponse::json(self.0.clone()))).boxed()
    }

    fn ready(&self) -> BoxFuture<'_, Result<(), String>> {
        ready(Ok(())).boxed()
    }
}

/// The JSON body that the HTTP transport would send.
fn body(request: &SubgraphRequest<'_>) -> Vec<u8> {
    let mut body = request.operation.body_prefix().to_vec();
    for (number, variable) in request.variables.iter().enumerate() {
        body.extend_from_slice(if number == 0 { b",\"variables\":{" } else { b"," });
        body.extend_from_slice(format!("{:?}:", variable.name).as_bytes());
        body.extend_from_slice(variable.json);
    }
    body.extend_from_slice(if request.variables.is_empty() { b"}" } else { b"}}" });
    body
}

fn federation() -> Gateway {
    subgraphs::all()
        .into_iter()
        .fold(Gateway::builder(SUPERGRAPH), |builder, subgraph| {
            let name = subgraph.name;
            let answers = Mutex::default();
            builder.transport(name, Arc::new(Replay { subgraph, answers }))
        })
        .build()
        .expect("gateway")
}

/// What clients see of the load's schema, all of it in a single subgraph.
const WHOLE_SCHEMA: &str = "
    type Query { users: [User] topProducts(first: Int = 5): [Product] }
    type User { id: ID! name: String username: String reviews: [Review] }
    type Review { id: ID! body: String product: Product author: User }
    type Product {
        upc: String! name: String price: Int weight: Int inStock: Boolean shippingEstimate: Int reviews: [Review]
    }";

fn single(answer: Bytes) -> Gateway {
    let whole = SubgraphSdl { name: "whole".to_owned(), url: String::new(), sdl: WHOLE_SCHEMA.to_owned() };
    Gateway::builder(compose(&[whole]).expect("supergraph"))
        .transport("whole", Arc::new(Whole(answer)))
        .build()
        .expect("gateway")
}

/// A text of the operation that no cache knows.
fn unseen_operation() -> String {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    format!("{OPERATION}# {}\n", NUMBER.fetch_add(1, Ordering::Relaxed))
}

fn answer(runtime: &Runtime, gateway: &Gateway) -> Bytes {
    let response = runtime.block_on(gateway.execute(GraphQlRequest::new(OPERATION)));
    assert!(response.executed, "{}", String::from_utf8_lossy(&response.body));
    response.body
}

fn steps(criterion: &mut Criterion) {
    let runtime = Builder::new_current_thread().enable_all().build().expect("runtime");
    let federation = federation();
    let expected = answer(&runtime, &federation);
    let single = single(expected.clone());
    assert_eq!(expected.len(), 87_327, "{}", String::from_utf8_lossy(&expected[..200]));
    assert_eq!(answer(&runtime, &single), expected);

    let mut group = criterion.benchmark_group("gateway");
    group.bench_function("parse_and_validate", |bencher| {
        bencher.iter(|| {
            let request = GraphQlRequest::new(unseen_operation()).with_operation_name("Absent");
            let refused = runtime.block_on(federation.execute(request));
            assert!(!refused.executed);
            black_box(refused)
        });
    });
    group.bench_function("parse_validate_and_plan", |bencher| {
        bencher.iter(|| {
            let plan = runtime.block_on(federation.engine().explain(&unseen_operation(), None));
            black_box(plan.expect("plan"))
        });
    });
    group.throughput(Throughput::Bytes(expected.len() as u64));
    group.bench_function("execute_over_four_subgraphs", |bencher| {
        bencher.iter(|| black_box(answer(&runtime, &federation)));
    });
    group.bench_function("read_and_project_one_response", |bencher| {
        bencher.iter(|| black_box(answer(&runtime, &single)));
    });
    group.finish();
}

criterion_group!(benches, steps);
criterion_main!(benches);
