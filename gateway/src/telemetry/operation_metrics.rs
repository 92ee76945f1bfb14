//! Request metrics by operation name and outcome. Only a limited number of names get their own metrics, and later names
//! are counted together. Clients choose the names, and each name costs memory in the gateway and in Prometheus.

use std::{
    sync::{Arc, OnceLock},
    time::{Duration, Instant},
};

use ahash::HashMap;
use parking_lot::Mutex;
use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family, gauge::Gauge},
    registry::Registry,
};

use super::histogram::DurationHistogram;

/// The label of operations without a name.
const ANONYMOUS: &str = "anonymous";
/// The label of names that arrived when the table was full.
const OTHER: &str = "other";
/// The label of requests without a valid operation.
const INVALID: &str = "invalid";

/// How a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Executed, without errors.
    Success,
    /// Executed, with errors in addition to the data.
    Partial,
    /// Not executed, because the request was refused.
    Refused,
    /// Not executed, because of an internal error.
    Failed,
    /// The client disconnected before the answer.
    Cancelled,
}

impl Outcome {
    const COUNT: usize = 5;

    /// The value of the `outcome` label.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Partial => "partial",
            Self::Refused => "refused",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    operation: Arc<str>,
    outcome: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OperationLabels {
    operation: Arc<str>,
}

type Requests = Family<RequestLabels, Counter>;

/// Handles for one operation name.
pub(crate) struct OperationMetrics {
    label: Arc<str>,
    family: Requests,
    by_outcome: [OnceLock<Counter>; Outcome::COUNT],
    duration: DurationHistogram,
}

impl OperationMetrics {
    fn observe(&self, outcome: Outcome, elapsed: Duration) {
        let counter = self.by_outcome[outcome as usize].get_or_init(|| {
            self.family.get_or_create_owned(&RequestLabels { operation: self.label.clone(), outcome: outcome.as_str() })
        });
        counter.inc();
        self.duration.observe(elapsed);
    }
}

/// All operation names that have their own metrics.
pub(super) struct Operations {
    requests: Requests,
    durations: Family<OperationLabels, DurationHistogram>,
    in_flight: Gauge,
    names: Mutex<HashMap<Box<str>, Arc<OperationMetrics>>>,
    max_names: usize,
    invalid: Arc<OperationMetrics>,
}

impl Operations {
    pub(super) fn new(registry: &mut Registry, max_names: usize) -> Self {
        let requests = Requests::default();
        let durations = Family::default();
        let in_flight = Gauge::default();
        registry.register("gateway_requests", "GraphQL requests by operation name and outcome", requests.clone());
        registry.register(
            "gateway_request_duration_seconds",
            "Time from the start of a GraphQL request to its answer",
            durations.clone(),
        );
        registry.register("gateway_requests_in_flight", "GraphQL requests that run now", in_flight.clone());
        let invalid = handles(INVALID, &requests, &durations);
        Self { requests, durations, in_flight, names: Mutex::default(), max_names, invalid }
    }

    /// The handles for an operation. Called once, when the operation is planned.
    pub(super) fn named(&self, name: Option<&str>) -> Arc<OperationMetrics> {
        let mut names = self.names.lock();
        let name = name.unwrap_or(ANONYMOUS);
        let full = names.len() >= self.max_names;
        let name = if full && name != ANONYMOUS && !names.contains_key(name) { OTHER } else { name };
        if let Some(known) = names.get(name) {
            return known.clone();
        }
        let made = handles(name, &self.requests, &self.durations);
        names.insert(name.into(), made.clone());
        made
    }

    /// Starts to measure a request.
    pub(super) fn start(&self, started: Instant) -> RequestTimer {
        self.in_flight.inc();
        RequestTimer {
            started,
            operation: self.invalid.clone(),
            outcome: Outcome::Cancelled,
            in_flight: self.in_flight.clone(),
        }
    }
}

fn handles(
    label: &str,
    requests: &Requests,
    durations: &Family<OperationLabels, DurationHistogram>,
) -> Arc<OperationMetrics> {
    let label: Arc<str> = label.into();
    let duration = durations.get_or_create_owned(&OperationLabels { operation: label.clone() });
    Arc::new(OperationMetrics { label, family: requests.clone(), by_outcome: Default::default(), duration })
}

/// Measures one request. It is recorded when dropped, so that an abandoned request is counted too.
pub(crate) struct RequestTimer {
    started: Instant,
    operation: Arc<OperationMetrics>,
    outcome: Outcome,
    in_flight: Gauge,
}

impl RequestTimer {
    pub(crate) fn operation(&mut self, operation: &Arc<OperationMetrics>) {
        self.operation = operation.clone();
    }

    pub(crate) fn outcome(&mut self, outcome: Outcome) {
        self.outcome = outcome;
    }
}

impl Drop for RequestTimer {
    fn drop(&mut self) {
        self.in_flight.dec();
        self.operation.observe(self.outcome, self.started.elapsed());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_beyond_the_bound_are_counted_together() {
        let operations = Operations::new(&mut Registry::default(), 2);
        let label = |name| operations.named(name).label.to_string();
        assert_eq!(label(Some("A")), "A");
        assert_eq!(label(Some("B")), "B");
        assert_eq!(label(Some("C")), "other");
        assert_eq!(label(Some("D")), "other");
        assert_eq!(label(Some("A")), "A");
        assert_eq!(label(None), "anonymous");
        assert!(Arc::ptr_eq(&operations.named(Some("C")), &operations.named(Some("D"))));
    }

    #[test]
    fn an_abandoned_request_is_counted_as_cancelled() {
        let operations = Operations::new(&mut Registry::default(), 2);
        let timer = operations.start(Instant::now());
        assert_eq!(operations.in_flight.get(), 1);
        drop(timer);
        assert_eq!(operations.in_flight.get(), 0);
        let labels = RequestLabels { operation: INVALID.into(), outcome: "cancelled" };
        assert_eq!(operations.requests.get_or_create(&labels).get(), 1);
    }
}
