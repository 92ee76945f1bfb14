//! Coalesces identical read requests of clients: those that run at the same time are executed once.

use std::sync::Arc;

use http::{HeaderMap, HeaderName, header};
use tokio::time::{Instant, timeout_at};

use super::{
    in_flight::{InFlight, Leader, Role},
    relevant_headers::RelevantHeaders,
    writes::Writes,
};
use crate::{GraphQlRequest, config::Dedupe};

/// Everything that can affect the answer to a read request. `P` is the prepared operation.
struct RequestKey<P> {
    /// Compared by address. The document cache compares texts in full, so equal texts have the same prepared operation.
    /// The key keeps it alive, so its address cannot be reused.
    prepared: Arc<P>,
    /// Unparsed: equal bytes are equal values.
    variables: Option<Box<str>>,
    /// Headers that the subgraphs are sent, and the client's credentials.
    headers: Box<[HeaderMap]>,
    /// What the caller may see, if it stands for the credentials.
    visibility: Option<Box<str>>,
    writes: u64,
}

/// Says what a caller may see, from the headers of the request. Callers with equal texts get equal answers. `None`: the
/// request is not shared, for example because its credential is not valid.
pub type Visibility = Arc<dyn Fn(&HeaderMap) -> Option<String> + Send + Sync>;

/// Requests that are running, by key.
pub(crate) struct SharedRequests<P, V> {
    running: InFlight<RequestKey<P>, V>,
    headers: RelevantHeaders,
    visibility: Option<Visibility>,
    writes: Writes,
}

/// What the caller must do with a request.
pub(crate) enum Turn<'a, P, V> {
    /// Nothing: it gets the answer of another request.
    Answered(V),
    /// Execute it, and share the answer with the requests that wait for it.
    Lead(Lead<'a, P, V>),
    /// Execute it alone: it is not shared, or its time ran out while it waited. In the second case every fetch reports
    /// the timeout at its own path.
    Alone,
}

/// The leader of identical requests. Dropping it makes another one the leader.
pub(crate) struct Lead<'a, P, V>(Leader<'a, RequestKey<P>, V>);

impl<P, V: Clone> Lead<'_, P, V> {
    /// Shares the answer. Refusals are not shared, because they are fast. An answer after the leader's deadline is not
    /// shared, because the others may have more time.
    pub(crate) fn finish<E>(self, answer: &Result<V, E>, deadline: Instant) {
        let in_time = Instant::now() < deadline;
        self.0.finish(|| answer.as_ref().ok().filter(|_| in_time).cloned());
    }
}

impl<P, V: Clone> SharedRequests<P, V> {
    pub(crate) fn new(settings: &Dedupe, visibility: Option<Visibility>, writes: Writes) -> Self {
        let mut ignored = settings.ignore_headers.clone();
        if visibility.is_some() {
            ignored.extend(CREDENTIALS);
        }
        Self { running: InFlight::new(), headers: RelevantHeaders::all_but(&ignored), visibility, writes }
    }

    /// How many requests shared the answer of another request.
    pub(crate) fn shared(&self) -> u64 {
        self.running.shared()
    }

    /// Waits for an identical query that is already running, or returns how to execute this one.
    pub(crate) async fn turn(
        &self,
        prepared: &Arc<P>,
        request: &GraphQlRequest,
        forwarded: &[HeaderMap],
        deadline: Instant,
    ) -> Turn<'_, P, V> {
        // All fields are listed, so that a new field of the request does not compile until somebody decides whether it
        // affects the answer. `prepared` covers the text and the name of the operation. `read_only` was checked before.
        let GraphQlRequest {
            query: _,
            document_id: _,
            persisted_query: _,
            operation_name: _,
            variables,
            headers,
            read_only: _,
        } = request;
        let variables = variables.as_deref().map(serde_json::value::RawValue::get);
        let visibility = match &self.visibility {
            None => None,
            Some(visibility) => match visibility(headers) {
                None => return Turn::Alone,
                visible => visible,
            },
        };
        let credentials = credentials(headers);
        let parts = || forwarded.iter().chain([&credentials]);
        let writes = self.writes.ended();
        let hash = self.running.hash(|hasher| {
            hasher.write_usize(Arc::as_ptr(prepared).addr());
            hasher.write(variables.unwrap_or_default().as_bytes());
            for part in parts() {
                let sum = self.headers.hash(part, |name, value| self.running.hash_one((name, value)));
                hasher.write_u64(sum);
            }
            hasher.write(visibility.as_deref().unwrap_or_default().as_bytes());
            hasher.write_u64(writes);
        });
        loop {
            let role = self.running.join(
                hash,
                |key| {
                    Arc::ptr_eq(&key.prepared, prepared)
                        && key.variables.as_deref() == variables
                        && key.writes == writes
                        && key.visibility.as_deref() == visibility.as_deref()
                        && key.headers.iter().zip(parts()).all(|(copy, part)| self.headers.is_same(copy, part))
                },
                || RequestKey {
                    prepared: prepared.clone(),
                    variables: variables.map(Into::into),
                    headers: parts().map(|part| self.headers.copy(part)).collect(),
                    visibility: visibility.as_deref().map(Into::into),
                    writes,
                },
            );
            match role {
                Role::Leader(leader) => return Turn::Lead(Lead(leader)),
                Role::Follower(follower) => match timeout_at(deadline, follower.wait()).await {
                    Ok(Some(answer)) => return Turn::Answered(answer),
                    Ok(None) => {}
                    Err(_) => return Turn::Alone,
                },
            }
        }
    }
}

/// Headers with credentials.
const CREDENTIALS: [HeaderName; 2] = [header::AUTHORIZATION, header::COOKIE];

/// Credentials are part of the key even if no subgraph gets them, because a proxy in front of the gateway may have used
/// them to authorize the request.
fn credentials(headers: &HeaderMap) -> HeaderMap {
    let mut credentials = HeaderMap::new();
    for name in CREDENTIALS {
        for value in headers.get_all(&name) {
            credentials.append(name.clone(), value.clone());
        }
    }
    credentials
}
