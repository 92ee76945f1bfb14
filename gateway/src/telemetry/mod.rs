//! What an operator sees of the gateway: metrics for Prometheus, spans for logs and traces, W3C trace context.
//!
//! - [`metrics`] holds every counter and gauge and writes them as text;
//! - [`operation_metrics`] counts requests by operation name, with a bounded number of names;
//! - [`subgraph_metrics`] counts fetches by subgraph;
//! - [`histogram`] counts durations without a lock;
//! - [`span`] opens the span of a request;
//! - [`trace_context`] continues a caller's trace and hands it to the subgraphs.
//!
//! Handles are resolved once, when an operation is planned. After that a request costs a few atomic additions.

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
