//! Records the fetches of a request: timing, size and failure. Used only for requests that ask for an explanation.

use std::time::Instant;

use parking_lot::Mutex;
use serde::Serialize;

use crate::{
    planning::Fetch,
    transport::{SubgraphBody, TransportError},
};

/// A fetch that was sent.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FetchTrace {
    /// Index of the fetch in the plan.
    pub number: usize,
    /// The subgraph that was asked.
    pub subgraph: String,
    /// Number of distinct entities that were requested; zero for root fields.
    pub entities: usize,
    /// Size of the response in bytes; `None` for an in-process subgraph or when there is no response.
    pub bytes: Option<usize>,
    /// Milliseconds from the start of the execution until the fetch was sent.
    pub started_ms: f64,
    /// Milliseconds until the response arrived.
    pub ms: f64,
    /// Why there is no response.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
}

/// Collects the fetches of one request.
pub(crate) struct Trace {
    start: Instant,
    fetches: Mutex<Vec<FetchTrace>>,
}

impl Trace {
    pub(crate) fn start() -> Self {
        Self { start: Instant::now(), fetches: Mutex::new(Vec::new()) }
    }

    pub(crate) fn fetched(
        &self,
        number: usize,
        fetch: &Fetch,
        entities: usize,
        sent: Instant,
        result: &Result<SubgraphBody, TransportError>,
    ) {
        let ms = |from: Instant, to: Instant| to.saturating_duration_since(from).as_secs_f64() * 1_000.0;
        self.fetches.lock().push(FetchTrace {
            number,
            subgraph: fetch.service.to_string(),
            entities,
            bytes: match result {
                Ok(SubgraphBody::Json(body)) => Some(body.len()),
                Ok(SubgraphBody::Tree(_)) | Err(_) => None,
            },
            started_ms: ms(self.start, sent),
            ms: ms(sent, Instant::now()),
            failure: result.as_ref().err().map(ToString::to_string),
        });
    }

    pub(crate) fn finish(self) -> Vec<FetchTrace> {
        self.fetches.into_inner()
    }
}
