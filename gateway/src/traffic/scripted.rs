//! A transport for tests that follows a script, one step for each call.

use std::{
    collections::VecDeque,
    sync::{
        Arc, LazyLock,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use futures::future::{BoxFuture, FutureExt};
use http::{HeaderMap, HeaderValue, header};
use parking_lot::Mutex;
use tokio::time::{Instant, sleep};

use crate::transport::{
    OperationKind, SubgraphBody, SubgraphOperation, SubgraphRequest, SubgraphResponse, Transport, TransportError,
};

pub(super) enum Step {
    Answer,
    AnswerAfter(Duration),
    TreeAfter(Duration),
    Fail(TransportError),
    FailAfter(Duration, TransportError),
    Hang,
}

pub(super) struct Scripted {
    steps: Mutex<VecDeque<Step>>,
    calls: AtomicUsize,
}

impl Scripted {
    pub(super) fn new(steps: impl IntoIterator<Item = Step>) -> Arc<Self> {
        Arc::new(Self { steps: Mutex::new(steps.into_iter().collect()), calls: AtomicUsize::new(0) })
    }

    pub(super) fn calls(&self) -> usize {
        self.calls.load(Ordering::Relaxed)
    }
}

fn json() -> SubgraphResponse {
    respond(SubgraphBody::Json(Bytes::from_static(br#"{"data":{"n":1}}"#)))
}

fn respond(body: SubgraphBody) -> SubgraphResponse {
    let mut headers = HeaderMap::new();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("max-age=7"));
    SubgraphResponse { body, headers }
}

impl Transport for Scripted {
    fn fetch<'a>(&'a self, _request: SubgraphRequest<'a>) -> BoxFuture<'a, Result<SubgraphResponse, TransportError>> {
        async move {
            self.calls.fetch_add(1, Ordering::Relaxed);
            let step = self.steps.lock().pop_front().expect("a step for this call");
            match step {
                Step::Answer => Ok(json()),
                Step::AnswerAfter(time) => {
                    sleep(time).await;
                    Ok(json())
                }
                Step::TreeAfter(time) => {
                    sleep(time).await;
                    let data = async_graphql::Value::from_json(serde_json::json!({ "n": 1 })).expect("a value");
                    Ok(respond(SubgraphBody::Tree(Box::new(async_graphql::Response::new(data)))))
                }
                Step::Fail(error) => Err(error),
                Step::FailAfter(time, error) => {
                    sleep(time).await;
                    Err(error)
                }
                Step::Hang => std::future::pending().await,
            }
        }
        .boxed()
    }

    fn ready(&self) -> BoxFuture<'_, Result<(), String>> {
        futures::future::ready(Ok(())).boxed()
    }
}

pub(super) fn read() -> SubgraphOperation {
    SubgraphOperation::new("{ n }".to_owned(), OperationKind::Query)
}

pub(super) fn write() -> SubgraphOperation {
    SubgraphOperation::new("mutation { n }".to_owned(), OperationKind::Mutation)
}

pub(super) fn deadline_in(operation: &SubgraphOperation, time: Duration) -> SubgraphRequest<'_> {
    static NO_HEADERS: LazyLock<HeaderMap> = LazyLock::new(HeaderMap::new);
    let deadline = (Instant::now() + time).into_std();
    SubgraphRequest { operation, variables: &[], headers: &NO_HEADERS, deadline, budget: None }
}
