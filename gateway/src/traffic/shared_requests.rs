//! Identical read requests that run at the same time are executed once.

use std::sync::Arc;

use http::{HeaderMap, header};
use tokio::time::{Instant, timeout_at};

use super::{
    in_flight::{InFlight, Leader, Role},
    relevant_headers::RelevantHeaders,
    writes::Writes,
};
use crate::{GraphQlRequest, config::Dedupe};

/// Everything that can change the answer to a read request. `P` is what was prepared of its document and operation.
struct RequestKey<P> {
    /// Compared by address: the document cache, which compares texts in full, gives equal texts one value, and the key
    /// keeps it alive, so that its address is not used again.
    prepared: Arc<P>,
    /// As they came: equal bytes are equal values.
    variables: Option<Box<str>>,
    /// What the subgraphs are sent, and the credentials.
    headers: Box<[HeaderMap]>,
    writes: u64,
}

/// Requests that run now, and what they will have answered.
pub(crate) struct SharedRequests<P, V> {
    running: InFlight<RequestKey<P>, V>,
    headers: RelevantHeaders,
    writes: Writes,
}

/// What a request is to do.
pub(crate) enum Turn<'a, P, V> {
    /// Nothing: another one was executed for it.
    Answered(V),
    /// Be executed, also for those that come meanwhile.
    Lead(Lead<'a, P, V>),
    /// Be executed for itself: its time ran out while it waited, and then every fetch says so at its own path.
    OutOfTime,
}

/// The duty to tell the others; dropping it makes one of them lead.
pub(crate) struct Lead<'a, P, V>(Leader<'a, RequestKey<P>, V>);

impl<P, V: Clone> Lead<'_, P, V> {
    /// Tells the others the answer. Not shared is a refusal, which comes fast, and what came of the leader's running
    /// out of time, since others may have more.
    pub(crate) fn finish<E>(self, answer: &Result<V, E>, deadline: Instant) {
        let in_time = Instant::now() < deadline;
        self.0.finish(|| answer.as_ref().ok().filter(|_| in_time).cloned());
    }
}

impl<P, V: Clone> SharedRequests<P, V> {
    pub(crate) fn new(settings: &Dedupe, writes: Writes) -> Self {
        Self {
            running: InFlight::new(),
            headers: RelevantHeaders::all_but(&settings.ignore_headers),
            writes,
        }
    }

    /// Requests that were answered by another's execution.
    pub(crate) fn shared(&self) -> u64 {
        self.running.shared()
    }

    /// Waits for a query that is running already, or says that this one is to be executed.
    pub(crate) async fn turn(
        &self,
        prepared: &Arc<P>,
        request: &GraphQlRequest,
        forwarded: &[HeaderMap],
        deadline: Instant,
    ) -> Turn<'_, P, V> {
        // Taken apart in full, so that nobody adds a member without asking here whether it changes the answer. The
        // text and the name of the operation are in `prepared`; who may send what was decided before.
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
        let credentials = credentials(headers);
        let parts = || forwarded.iter().chain([&credentials]);
        let writes = self.writes.ended();
        let hash = self.running.hash(|hasher| {
            hasher.write_usize(Arc::as_ptr(prepared).addr());
            hasher.write(variables.unwrap_or_default().as_bytes());
            for part in parts() {
                let sum = self
                    .headers
                    .hash(part, |name, value| self.running.hash_one((name, value)));
                hasher.write_u64(sum);
            }
            hasher.write_u64(writes);
        });
        loop {
            let role = self.running.join(
                hash,
                |key| {
                    Arc::ptr_eq(&key.prepared, prepared)
                        && key.variables.as_deref() == variables
                        && key.writes == writes
                        && key
                            .headers
                            .iter()
                            .zip(parts())
                            .all(|(copy, part)| self.headers.is_same(copy, part))
                },
                || RequestKey {
                    prepared: prepared.clone(),
                    variables: variables.map(Into::into),
                    headers: parts().map(|part| self.headers.copy(part)).collect(),
                    writes,
                },
            );
            match role {
                Role::Leader(leader) => return Turn::Lead(Lead(leader)),
                Role::Follower(follower) => match timeout_at(deadline, follower.wait()).await {
                    Ok(Some(answer)) => return Turn::Answered(answer),
                    Ok(None) => {}
                    Err(_) => return Turn::OutOfTime,
                },
            }
        }
    }
}

/// A credential keeps requests apart even where no subgraph sees it: whatever stands before the gateway may have decided
/// by it.
fn credentials(headers: &HeaderMap) -> HeaderMap {
    let mut credentials = HeaderMap::new();
    for name in [header::AUTHORIZATION, header::COOKIE] {
        for value in headers.get_all(&name) {
            credentials.append(name.clone(), value.clone());
        }
    }
    credentials
}
