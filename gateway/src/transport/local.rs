//! In-process transport: calls a subgraph in the same process, without HTTP, without serializing the response and
//! without parsing the operation again.

use std::{sync::Arc, time::Instant};

use async_graphql::{Name, Request, Response, Variables};
use futures::future::{BoxFuture, FutureExt};
use http::{HeaderMap, HeaderValue, header};

use super::{Budget, SubgraphBody, SubgraphRequest, SubgraphResponse, Transport, TransportError};
use crate::json::to_graphql_value;

/// What an in-process subgraph is told beside the operation.
#[derive(Clone, Copy, Debug)]
pub struct LocalContext<'a> {
    /// Headers, already filtered by the header rules.
    pub headers: &'a HeaderMap,
    /// When nobody waits for the response any more. The execution is then dropped.
    pub deadline: Instant,
    /// The work that the client's request may cause.
    pub budget: Option<&'a Budget>,
}

/// An async-graphql schema that runs in this process.
///
/// The implementation adds what its resolvers need to the request (for example a principal or data loaders) and
/// executes it.
pub trait LocalSubgraph: Send + Sync + 'static {
    /// Executes one operation. The request contains the parsed document; its text is only for logs.
    ///
    /// The future is dropped when the client disconnects and when the deadline passes.
    fn execute<'a>(&'a self, context: LocalContext<'a>, request: Request) -> BoxFuture<'a, Response>;

    /// Whether the subgraph is ready to answer. The error says why not.
    fn ready(&self) -> BoxFuture<'_, Result<(), String>> {
        futures::future::ready(Ok(())).boxed()
    }
}

/// Sends fetches to a [`LocalSubgraph`].
pub struct LocalTransport {
    subgraph: Arc<dyn LocalSubgraph>,
}

impl LocalTransport {
    /// Creates a transport for one in-process subgraph.
    #[must_use]
    pub fn new(subgraph: Arc<dyn LocalSubgraph>) -> Self {
        Self { subgraph }
    }
}

/// The headers that an HTTP server would send with the response: those that resolvers set, and `Cache-Control`.
fn headers(response: &mut Response) -> HeaderMap {
    let mut headers = std::mem::take(&mut response.http_headers);
    let freshness = response.cache_control.value().map(HeaderValue::try_from);
    if let Some(Ok(value)) = freshness.filter(|_| response.is_ok()) {
        headers.entry(header::CACHE_CONTROL).or_insert(value);
    }
    headers
}

impl Transport for LocalTransport {
    fn fetch<'a>(&'a self, request: SubgraphRequest<'a>) -> BoxFuture<'a, Result<SubgraphResponse, TransportError>> {
        async move {
            let document = request
                .operation
                .parsed()
                .map_err(|error| TransportError::Malformed(format!("the operation does not parse: {error}")))?;
            let mut variables = Variables::default();
            for variable in request.variables {
                let value =
                    to_graphql_value(variable.json).map_err(|error| TransportError::Malformed(error.to_string()))?;
                variables.insert(Name::new(variable.name), value);
            }
            let mut local = Request::new(request.operation.text()).variables(variables);
            local.set_parsed_query(document.clone());
            let SubgraphRequest { headers: sent, deadline, budget, .. } = request;
            let context = LocalContext { headers: sent, deadline, budget };
            let mut response = self.subgraph.execute(context, local).await;
            Ok(SubgraphResponse { headers: headers(&mut response), body: SubgraphBody::Tree(Box::new(response)) })
        }
        .boxed()
    }

    fn ready(&self) -> BoxFuture<'_, Result<(), String>> {
        self.subgraph.ready()
    }
}
