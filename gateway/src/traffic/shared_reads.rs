//! Coalesces identical reads of one subgraph that run at the same time.

use std::sync::Arc;

use bytes::Bytes;
use futures::future::{BoxFuture, FutureExt};
use http::HeaderMap;

use super::{
    in_flight::{InFlight, Role},
    relevant_headers::RelevantHeaders,
    writes::Writes,
};
use crate::transport::{OperationKind, SubgraphBody, SubgraphRequest, SubgraphResponse, Transport, TransportError};

/// Everything that can affect the response to a read.
struct ReadKey {
    operation: Box<str>,
    variables: Vec<(Box<str>, Box<[u8]>)>,
    headers: HeaderMap,
    writes: u64,
}

/// A response as text with its headers, which can be cloned for each follower.
type SharedAnswer = Result<(Bytes, HeaderMap), TransportError>;

/// The layer.
pub(crate) struct SharedReads {
    inner: Arc<dyn Transport>,
    running: InFlight<ReadKey, SharedAnswer>,
    headers: RelevantHeaders,
    writes: Writes,
}

impl SharedReads {
    pub(crate) fn new(inner: Arc<dyn Transport>, ignore_headers: &[http::HeaderName], writes: Writes) -> Self {
        Self { inner, running: InFlight::new(), headers: RelevantHeaders::all_but(ignore_headers), writes }
    }

    /// How many reads shared the response of another fetch.
    pub(super) fn shared(&self) -> u64 {
        self.running.shared()
    }

    fn hash(&self, request: &SubgraphRequest<'_>, writes: u64) -> u64 {
        let headers = self.headers.hash(request.headers, |name, value| self.running.hash_one((name, value)));
        self.running.hash(|hasher| {
            hasher.write_u64(writes);
            hasher.write_u64(headers);
            hasher.write(request.operation.text().as_bytes());
            for variable in request.variables {
                hasher.write(variable.name.as_bytes());
                hasher.write(variable.json);
            }
        })
    }

    fn is_same(&self, key: &ReadKey, request: &SubgraphRequest<'_>, writes: u64) -> bool {
        key.writes == writes
            && *key.operation == *request.operation.text()
            && key.variables.len() == request.variables.len()
            && key
                .variables
                .iter()
                .zip(request.variables)
                .all(|((name, json), other)| **name == *other.name && **json == *other.json)
            && self.headers.is_same(&key.headers, request.headers)
    }

    fn own(&self, request: &SubgraphRequest<'_>, writes: u64) -> ReadKey {
        ReadKey {
            operation: request.operation.text().into(),
            variables: request.variables.iter().map(|variable| (variable.name.into(), variable.json.into())).collect(),
            headers: self.headers.copy(request.headers),
            writes,
        }
    }

    async fn read(&self, request: SubgraphRequest<'_>) -> Result<SubgraphResponse, TransportError> {
        let writes = self.writes.ended();
        let hash = self.hash(&request, writes);
        loop {
            let role =
                self.running.join(hash, |key| self.is_same(key, &request, writes), || self.own(&request, writes));
            match role {
                Role::Leader(leader) => {
                    let answer = self.inner.fetch(request).await;
                    leader.finish(|| shareable(&answer));
                    return answer;
                }
                Role::Follower(follower) => {
                    if let Some(answer) = follower.wait().await {
                        return answer
                            .map(|(body, headers)| SubgraphResponse { body: SubgraphBody::Json(body), headers });
                    }
                }
            }
        }
    }
}

/// The response for followers. An in-process response is serialized for them, which happens only if a follower is
/// waiting.
///
/// A timeout is not shared, because it depends on the leader's deadline, and a follower may have more time.
fn shareable(answer: &Result<SubgraphResponse, TransportError>) -> Option<SharedAnswer> {
    let response = match answer {
        Ok(response) => response,
        Err(TransportError::Timeout) => return None,
        Err(error) => return Some(Err(error.clone())),
    };
    let body = match &response.body {
        SubgraphBody::Json(body) => body.clone(),
        SubgraphBody::Tree(tree) => serde_json::to_vec(&**tree).ok()?.into(),
    };
    Some(Ok((body, response.headers.clone())))
}

impl Transport for SharedReads {
    fn fetch<'a>(&'a self, request: SubgraphRequest<'a>) -> BoxFuture<'a, Result<SubgraphResponse, TransportError>> {
        match request.operation.kind() {
            OperationKind::Query => self.read(request).boxed(),
            OperationKind::Mutation => async move {
                let _write = self.writes.begin();
                self.inner.fetch(request).await
            }
            .boxed(),
            OperationKind::Subscription => self.inner.fetch(request),
        }
    }

    fn ready(&self) -> BoxFuture<'_, Result<(), String>> {
        self.inner.ready()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use futures::future::join_all;
    use http::HeaderValue;

    use super::*;
    use crate::{
        traffic::scripted::{Scripted, Step, deadline_in, read, write},
        transport::Variable,
    };

    const SOON: Duration = Duration::from_millis(10);

    fn layer(steps: impl IntoIterator<Item = Step>) -> (SharedReads, Arc<Scripted>) {
        let inner = Scripted::new(steps);
        let ignored = [http::HeaderName::from_static("x-request-id")];
        (SharedReads::new(inner.clone(), &ignored, Writes::default()), inner)
    }

    fn body(answer: Result<SubgraphResponse, TransportError>) -> String {
        let response = answer.expect("a response");
        assert_eq!(response.headers["cache-control"], "max-age=7", "headers are shared too");
        match response.body {
            SubgraphBody::Json(body) => String::from_utf8(body.to_vec()).expect("text"),
            SubgraphBody::Tree(tree) => serde_json::to_string(&*tree).expect("JSON"),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn identical_reads_are_one_fetch_with_the_same_bytes() {
        for step in [Step::AnswerAfter(SOON), Step::TreeAfter(SOON)] {
            let (layer, inner) = layer([step]);
            let operation = read();
            let request = deadline_in(&operation, Duration::from_secs(1));
            let answers = join_all((0..5).map(|_| layer.fetch(request))).await;
            let bodies: Vec<_> = answers.into_iter().map(body).collect();
            assert!(bodies.iter().all(|body| *body == r#"{"data":{"n":1}}"#), "{bodies:?}");
            assert_eq!((inner.calls(), layer.shared()), (1, 4));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn whatever_can_change_the_answer_keeps_reads_apart() {
        let (layer, inner) = layer((0..9).map(|_| Step::AnswerAfter(SOON)));
        let operation = read();
        let base = deadline_in(&operation, Duration::from_secs(1));
        let first = [Variable { name: "a", json: b"1" }];
        let second = [Variable { name: "a", json: b"2" }];
        let mut anna = HeaderMap::new();
        anna.insert("authorization", HeaderValue::from_static("anna"));
        let mut named = anna.clone();
        named.insert("x-request-id", HeaderValue::from_static("1"));
        let requests = [
            base,
            SubgraphRequest { variables: &first, ..base },
            SubgraphRequest { variables: &second, ..base },
            SubgraphRequest { headers: &anna, ..base },
            SubgraphRequest { headers: &named, ..base },
        ];
        join_all(requests.into_iter().map(|request| layer.fetch(request))).await;
        // Only the last request equals another one.
        assert_eq!((inner.calls(), layer.shared()), (4, 1));
    }

    #[tokio::test(start_paused = true)]
    async fn mutations_are_never_shared_and_part_the_reads_around_them() {
        let (layer, inner) = layer((0..9).map(|_| Step::AnswerAfter(SOON)));
        let (reading, writing) = (read(), write());
        let change = deadline_in(&writing, Duration::from_secs(1));
        let look = deadline_in(&reading, Duration::from_secs(1));
        join_all([layer.fetch(change), layer.fetch(change)]).await;
        assert_eq!(inner.calls(), 2);

        let early = layer.fetch(look);
        let write_then_read = async {
            assert!(tokio::time::timeout(SOON / 2, layer.fetch(change)).await.is_err(), "left unfinished");
            layer.fetch(look).await
        };
        let (early, late) = tokio::join!(early, write_then_read);
        assert!(early.is_ok() && late.is_ok());
        assert_eq!((inner.calls(), layer.shared()), (5, 0));
    }

    #[tokio::test(start_paused = true)]
    async fn a_leader_that_leaves_takes_nobody_along() {
        let (layer, inner) = layer([Step::Hang, Step::AnswerAfter(SOON)]);
        let operation = read();
        let request = deadline_in(&operation, Duration::from_secs(1));
        let leaving = tokio::time::timeout(SOON, layer.fetch(request));
        let (left, first, second) = tokio::join!(leaving, layer.fetch(request), layer.fetch(request));
        assert!(left.is_err() && first.is_ok() && second.is_ok());
        assert_eq!((inner.calls(), layer.shared()), (2, 1));
    }

    #[tokio::test(start_paused = true)]
    async fn each_follower_keeps_its_own_deadline() {
        let (layer, inner) = layer([Step::AnswerAfter(SOON * 10)]);
        let operation = read();
        let request = deadline_in(&operation, Duration::from_secs(1));
        let (leader, follower) = tokio::join!(layer.fetch(request), tokio::time::timeout(SOON, layer.fetch(request)));
        assert!(leader.is_ok() && follower.is_err());
        assert_eq!(inner.calls(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn failures_are_shared_and_timeouts_are_not() {
        let refused = Step::FailAfter(SOON, TransportError::Connect("refused".to_owned()));
        let (layer, inner) = layer([refused, Step::FailAfter(SOON, TransportError::Timeout), Step::AnswerAfter(SOON)]);
        let operation = read();
        let request = deadline_in(&operation, Duration::from_secs(1));
        let (first, second) = tokio::join!(layer.fetch(request), layer.fetch(request));
        assert!(first.is_err() && second.is_err());
        assert_eq!(inner.calls(), 1);
        let (first, second) = tokio::join!(layer.fetch(request), layer.fetch(request));
        assert!(first.is_err() && second.is_ok());
        assert_eq!(inner.calls(), 3);
    }
}
