//! Telemetry: Prometheus metrics, spans for logs and traces, and W3C trace context.
//!
//! - [`metrics`] has all counters and gauges and writes them as text;
//! - [`operation_metrics`] counts requests by operation name, for a limited number of names;
//! - [`subgraph_metrics`] counts fetches by subgraph;
//! - [`histogram`] counts durations without a lock;
//! - [`span`] opens the span of a request;
//! - [`trace_context`] continues the caller's trace and propagates it to the subgraphs.
//!
//! Metric handles are looked up once, when an operation is planned. After that, a request costs only a few atomic
//! additions.

mod histogram;
mod metrics;
mod operation_metrics;
mod span;
mod subgraph_metrics;
mod trace_context;

pub use self::{
    metrics::{CacheMetrics, Metrics, ReloadOutcome},
    operation_metrics::Outcome,
    subgraph_metrics::{BreakerState, FetchTimer, SubgraphMetrics},
};
pub(crate) use self::{
    operation_metrics::{OperationMetrics, RequestTimer},
    span::{record_operation, request_span},
    trace_context::inject,
};
