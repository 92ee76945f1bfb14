//! Runs a plan: starts each fetch as early as the plan allows, and merges each response when it arrives.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Instant,
};

use futures::future::{BoxFuture, FutureExt, join_all};
use parking_lot::Mutex;
use tracing::{Instrument, field::Empty};

use super::{
    failure::{Failures, Path, Place},
    merge::{EntitySink, RootSink, merge_local_entities, merge_local_root},
    reader::{Expected, ReadError, Reported, read_json},
    representations::{Collector, Representations, walk},
    sizes::Sizes,
    tree::{ROOT, Tree, Value},
    unanswered::{self, Came},
};
use crate::{
    error::GraphQlError,
    explanation::Trace,
    headers::{ForwardedHeaders, ResponseHeaders},
    planning::{Fetch, FetchTarget, Plan, PlanNode},
    supergraph::TypeTable,
    telemetry::SubgraphMetrics,
    transport::{Budget, SubgraphBody, SubgraphRequest, TransportError, Variable},
};

/// Values of the client's variables as JSON text, by position. `None` for a variable with neither a value nor a
/// default.
pub(crate) type VariableValues = Vec<Option<Box<[u8]>>>;

/// Everything that the fetches of one request share.
pub(crate) struct Run<'a, 'r> {
    pub(crate) plan: &'a Plan,
    pub(crate) types: &'a TypeTable,
    pub(crate) variable_names: &'a [Box<str>],
    pub(crate) variables: &'a VariableValues,
    /// By index of the fetch.
    pub(crate) subgraph_metrics: &'a [Arc<SubgraphMetrics>],
    pub(crate) sizes: &'a Sizes,
    pub(crate) measured: bool,
    pub(crate) headers: &'a ForwardedHeaders<'a>,
    /// Collects headers of the subgraphs' responses for the client.
    pub(crate) response_headers: ResponseHeaders<'r>,
    pub(crate) deadline: Instant,
    pub(crate) budget: Option<Budget>,
    pub(crate) failures: Failures,
    pub(crate) tree: Mutex<Tree>,
    /// Set once any fetch has failed or reported errors.
    pub(crate) failed: AtomicBool,
    /// Errors with the index of the fetch, so that their order does not depend on timing.
    pub(crate) errors: Mutex<Vec<(usize, GraphQlError)>>,
    /// Records each fetch, for a request that asks for an explanation.
    pub(crate) trace: Option<Trace>,
}

impl<'a> Run<'a, '_> {
    /// Runs the whole plan.
    pub(crate) async fn run(&self) {
        if let Some(root) = &self.plan.root {
            self.node(root).await;
        }
    }

    fn node(&self, node: &'a PlanNode) -> BoxFuture<'_, ()> {
        match node {
            PlanNode::Fetch(number) => self.fetch(*number).boxed(),
            PlanNode::Sequence(nodes) => async move {
                for node in nodes {
                    self.node(node).await;
                }
            }
            .boxed(),
            PlanNode::Parallel(nodes) => join_all(nodes.iter().map(|node| self.node(node))).map(|_| ()).boxed(),
        }
    }

    async fn fetch(&self, number: usize) {
        let fetch = &self.plan.fetches[number];
        match &fetch.target {
            FetchTarget::Root { path, .. } => {
                let bases = match path {
                    None => vec![ROOT],
                    Some(path) => {
                        let tree = self.tree.lock();
                        let mut bases = Vec::new();
                        walk(&tree, Value::Object { base: ROOT }, path, &mut |base| bases.push(base));
                        bases
                    }
                };
                if bases.is_empty() {
                    return;
                }
                let result = self.traced(number, &[], None).await;
                self.merge_root(number, fetch, &bases, result);
            }
            FetchTarget::Entities { inputs, outputs } => {
                let size = &self.sizes.representations[number];
                let collected: Vec<Representations> = {
                    let mut tree = self.tree.lock();
                    let strict = self.failed.load(Ordering::Relaxed);
                    let collect = |input: &crate::planning::EntityInput| {
                        let collector =
                            Collector { tree: &tree, types: self.types, requirement: &input.requirement, strict };
                        let collected = collector.collect(&input.paths, size.or_at_least(64));
                        size.learn(collected.json().len());
                        collected
                    };
                    let collected: Vec<Representations> = inputs.iter().map(collect).collect();
                    for output in outputs {
                        for &(base, fetch) in &collected[output.input].lacking {
                            unanswered::mark_absent(&mut tree, &self.plan.objects[output.object], base, fetch);
                        }
                    }
                    collected
                };
                if collected.iter().all(Representations::is_empty) {
                    return;
                }
                let representations: Vec<Variable<'_>> = inputs
                    .iter()
                    .zip(&collected)
                    .map(|(input, collected)| Variable { name: &input.variable, json: collected.json() })
                    .collect();
                let entities = collected.iter().map(Representations::len).sum();
                let result = self.traced(number, &representations, Some(entities)).await;
                self.merge_entities(number, fetch, &collected, result);
            }
        }
    }

    async fn traced(
        &self,
        number: usize,
        representations: &[Variable<'_>],
        entities: Option<usize>,
    ) -> Result<SubgraphBody, TransportError> {
        let Some(trace) = &self.trace else {
            return self.send(number, representations, entities).await;
        };
        let sent = Instant::now();
        let result = self.send(number, representations, entities).await;
        let fetch = &self.plan.fetches[number];
        trace.fetched(number, fetch, entities.unwrap_or_default(), sent, &result);
        result
    }

    async fn send(
        &self,
        number: usize,
        representations: &[Variable<'_>],
        entities: Option<usize>,
    ) -> Result<SubgraphBody, TransportError> {
        let fetch = &self.plan.fetches[number];
        let span = tracing::info_span!(
            "fetch",
            otel.kind = "client",
            otel.status_code = Empty,
            subgraph = &*fetch.service,
            entities,
            graphql.operation.type = fetch.operation.kind().as_str(),
            http.request.body.size = Empty,
            http.response.status_code = Empty,
            http.response.body.size = Empty,
            error.type = Empty,
        );
        let _timer = self.measured.then(|| self.subgraph_metrics[number].fetch_started());
        let mut variables = Vec::with_capacity(representations.len() + fetch.variables.len());
        variables.extend_from_slice(representations);
        for &position in &fetch.variables {
            if let Some(json) = self.variables.get(position).and_then(Option::as_deref) {
                variables.push(Variable { name: &self.variable_names[position], json });
            }
        }
        let request = SubgraphRequest {
            operation: &fetch.operation,
            variables: &variables,
            headers: self.headers.of(&fetch.service),
            deadline: self.deadline,
            budget: self.budget.as_ref(),
        };
        let answer = fetch.transport.fetch(request).instrument(span.clone());
        let answer =
            tokio::time::timeout_at(self.deadline.into(), answer).await.unwrap_or(Err(TransportError::Timeout));
        if let Err(error) = &answer {
            span.record("otel.status_code", "ERROR");
            span.record("error.type", error.kind());
        }
        let headers = answer.as_ref().ok().map(|response| &response.headers);
        self.response_headers.take(number, &fetch.service, headers);
        answer.map(|response| response.body)
    }

    fn merge_root(&self, number: usize, fetch: &Fetch, bases: &[u32], result: Result<SubgraphBody, TransportError>) {
        let FetchTarget::Root { output, .. } = &fetch.target else {
            return;
        };
        let mut tree = self.tree.lock();
        let (objects, object) = (&self.plan.objects, output.object);
        let merged = result.and_then(|response| {
            let read = match response {
                SubgraphBody::Json(body) => {
                    read_json(&mut tree, self.expected(number), &body, &mut RootSink { objects, object, bases })
                }
                SubgraphBody::Tree(response) => {
                    merge_local_root(&mut tree, self.expected(number), *response, object, bases)
                }
            };
            read.map_err(|error| unreadable(&error))
        });
        self.report(number, fetch, &tree, &[], merged, |_| Vec::new());
    }

    fn merge_entities(
        &self,
        number: usize,
        fetch: &Fetch,
        collected: &[Representations],
        result: Result<SubgraphBody, TransportError>,
    ) {
        let FetchTarget::Entities { inputs, outputs } = &fetch.target else {
            return;
        };
        let mut tree = self.tree.lock();
        let mut came = vec![Came::Nothing; outputs.len()];
        let objects = &self.plan.objects;
        let merged = result.and_then(|response| {
            let read = match response {
                SubgraphBody::Json(body) => {
                    let mut sink = EntitySink { objects, outputs, collected, came: std::mem::take(&mut came) };
                    let read = read_json(&mut tree, self.expected(number), &body, &mut sink);
                    came = sink.came;
                    read
                }
                SubgraphBody::Tree(response) => {
                    merge_local_entities(&mut tree, self.expected(number), *response, outputs, collected, &mut came)
                }
            };
            read.map_err(|error| unreadable(&error))
        });
        let unanswered = match &merged {
            Ok(reported) => unanswered::entities(&came, outputs, collected, &reported.errors),
            Err(_) => Vec::new(),
        };
        for &output in &unanswered {
            unanswered::forget(&mut tree, objects, inputs, &outputs[output], collected);
        }
        self.report(number, fetch, &tree, collected, merged, |place| {
            unanswered.iter().flat_map(|output| place.entity_fields(&outputs[*output])).collect()
        });
    }

    fn expected(&self, number: usize) -> Expected<'_> {
        let fetch = u32::try_from(number).unwrap_or(u32::MAX);
        Expected { fetch, objects: &self.plan.objects, types: self.types }
    }

    /// Turns what went wrong into errors with the paths that the client knows. `unanswered` gives the places that the
    /// subgraph left out.
    fn report(
        &self,
        number: usize,
        fetch: &Fetch,
        tree: &Tree,
        collected: &[Representations],
        merged: Result<Reported, TransportError>,
        unanswered: impl FnOnce(&Place<'_>) -> Vec<Path>,
    ) {
        let place = Place { tree, fetch, objects: &self.plan.objects, collected };
        let (kind, errors) = match merged {
            Ok(reported) => {
                let unanswered = unanswered(&place);
                let is_whole = unanswered.is_empty() && !reported.lacks_fields;
                if is_whole && reported.errors.is_empty() {
                    return;
                }
                // What an error explains may be absent.
                let is_explained = !reported.errors.is_empty();
                if !is_whole && !is_explained {
                    tracing::warn!(subgraph = &*fetch.service, "a subgraph did not answer what it was asked");
                }
                let mut errors = self.failures.reported(&place, reported.errors);
                errors.extend(unanswered.into_iter().map(|path| Failures::unanswered(&fetch.service, path)));
                (if is_whole || is_explained { "graphql" } else { "malformed" }, errors)
            }
            Err(error) => (error.kind(), Failures::unavailable(&place, &error)),
        };
        if self.measured {
            self.subgraph_metrics[number].failed(kind);
        }
        self.failed.store(true, Ordering::Relaxed);
        self.errors.lock().extend(errors.into_iter().map(|error| (number, error)));
    }
}

fn unreadable(error: &ReadError) -> TransportError {
    TransportError::Malformed(error.to_string())
}
